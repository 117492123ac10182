use super::limit::{at_most, check_bundles, pack, within};
use super::outline::{self, decode, encode};
use super::wire::{self, request::Kind};
use super::{
    ADD_CHECKPOINT_BYTES_MAX, ENTRIES_MAX, MESSAGE_VERSION, MessageError, ORIGIN_BYTES_MAX,
    REQUEST_BYTES_MAX, TRUST_NAME_BYTES_MAX,
};

/// What one peer asks of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Here are bundles: offers, receipts, notices, cancel requests. The leaf in each says which.
    Deliver {
        /// tlog-proof texts with their leaf bytes, at most [`BUNDLES_MAX`] of at most [`BUNDLE_BYTES_MAX`] bytes.
        bundles: Vec<Vec<u8>>,
    },
    /// Prove that one size of your log extends another (RFC 6962 section 2.1.2).
    GetConsistency {
        /// The log's origin line.
        origin: String,
        /// The smaller size, leaves.
        from_size: u64,
        /// The larger size, leaves.
        to_size: u64,
    },
    /// Send your newest checkpoint of this log, with the cosignatures you hold.
    GetCheckpoint {
        /// The log's origin line.
        origin: String,
    },
    /// Cosign this checkpoint (C2SP tlog-witness, add-checkpoint).
    AddCheckpoint {
        /// The request body of add-checkpoint: old size, consistency proof, checkpoint.
        body: String,
    },
    /// Send leaves of this log, yours or one that you mirror (the entries of C2SP tlog-tiles). Fewer may come back.
    GetEntries {
        /// The log's origin line.
        origin: String,
        /// Index of the first leaf.
        from: u64,
        /// Index after the last leaf: above `from`, and at most [`ENTRIES_MAX`] more.
        to: u64,
    },
    /// Send a file of the trust registry (TUF 1.0).
    GetTrust {
        /// Its name as the registry lays it out, at most [`TRUST_NAME_BYTES_MAX`] bytes.
        name: String,
    },
}

impl Request {
    /// Packs bundles into as few `Deliver` requests as the limits allow, in order.
    ///
    /// A bundle longer than [`BUNDLE_BYTES_MAX`] gets a request of its own, which [`Request::encode`] then refuses by name.
    pub fn deliver_all(bundles: Vec<Vec<u8>>) -> Vec<Request> {
        pack(bundles, REQUEST_BYTES_MAX)
            .into_iter()
            .map(|bundles| Request::Deliver { bundles })
            .collect()
    }

    /// A short stable name of the kind, for metrics and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Request::Deliver { .. } => "deliver",
            Request::GetConsistency { .. } => "get-consistency",
            Request::GetCheckpoint { .. } => "get-checkpoint",
            Request::AddCheckpoint { .. } => "add-checkpoint",
            Request::GetEntries { .. } => "get-entries",
            Request::GetTrust { .. } => "get-trust",
        }
    }

    /// The one encoding of this request.
    ///
    /// # Errors
    /// A field, list or frame over its limit.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        self.check()?;
        let kind = match self.clone() {
            Request::Deliver { bundles } => Kind::Deliver(wire::Bundles { bundles }),
            Request::GetConsistency {
                origin,
                from_size,
                to_size,
            } => Kind::GetConsistency(wire::GetConsistency {
                origin,
                from_size,
                to_size,
            }),
            Request::GetCheckpoint { origin } => {
                Kind::GetCheckpoint(wire::GetCheckpoint { origin })
            }
            Request::AddCheckpoint { body } => Kind::AddCheckpoint(wire::AddCheckpoint { body }),
            Request::GetEntries { origin, from, to } => {
                Kind::GetEntries(wire::GetEntries { origin, from, to })
            }
            Request::GetTrust { name } => Kind::GetTrust(wire::GetTrust { name }),
        };
        let envelope = wire::Request {
            version: MESSAGE_VERSION,
            kind: Some(kind),
        };
        encode(&outline::REQUEST, &envelope)
    }

    /// Reads a request from the bytes of one frame.
    ///
    /// # Errors
    /// Any bytes but those that [`Request::encode`] gives.
    pub fn decode(bytes: &[u8]) -> Result<Request, MessageError> {
        let envelope: wire::Request = decode(&outline::REQUEST, bytes)?;
        let request = match envelope.kind.ok_or(MessageError::UnknownKind)? {
            Kind::Deliver(list) => Request::Deliver {
                bundles: list.bundles,
            },
            Kind::GetConsistency(wire::GetConsistency {
                origin,
                from_size,
                to_size,
            }) => Request::GetConsistency {
                origin,
                from_size,
                to_size,
            },
            Kind::GetCheckpoint(wire::GetCheckpoint { origin }) => {
                Request::GetCheckpoint { origin }
            }
            Kind::AddCheckpoint(wire::AddCheckpoint { body }) => Request::AddCheckpoint { body },
            Kind::GetEntries(wire::GetEntries { origin, from, to }) => {
                Request::GetEntries { origin, from, to }
            }
            Kind::GetTrust(wire::GetTrust { name }) => Request::GetTrust { name },
        };
        request.check()?;
        Ok(request)
    }

    /// Checks every limit but the frame's, without encoding.
    ///
    /// # Errors
    /// A field or list over its limit.
    pub fn check(&self) -> Result<(), MessageError> {
        match self {
            Request::Deliver { bundles } => check_bundles(bundles),
            Request::GetConsistency { origin, .. } | Request::GetCheckpoint { origin } => {
                within("origin", origin.len(), ORIGIN_BYTES_MAX)
            }
            Request::AddCheckpoint { body } => within("body", body.len(), ADD_CHECKPOINT_BYTES_MAX),
            Request::GetEntries { origin, from, to } => {
                within("origin", origin.len(), ORIGIN_BYTES_MAX)?;
                let wanted = to.checked_sub(*from).filter(|wanted| *wanted > 0);
                let wanted = wanted.ok_or(MessageError::NotCanonical {
                    detail: "the range of leaves is empty",
                })?;
                at_most(
                    "entries",
                    usize::try_from(wanted).unwrap_or(usize::MAX),
                    ENTRIES_MAX,
                )
            }
            Request::GetTrust { name } => within("name", name.len(), TRUST_NAME_BYTES_MAX),
        }
    }
}
