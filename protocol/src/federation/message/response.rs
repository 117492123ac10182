use super::super::fault::FaultCode;
use super::limit::{at_most, within};
use super::outline::{self, decode, encode};
use super::wire::{self, response::Kind};
use super::{
    BUNDLE_BYTES_MAX, BUNDLES_MAX, CONSISTENCY_HASHES_MAX, ENTRIES_MAX, ENTRY_BYTES_MAX,
    MESSAGE_VERSION, MessageError, NOTE_BYTES_MAX, REASON_BYTES_MAX, TRUST_FILE_BYTES_MAX,
    WITNESSED_BYTES_MAX,
};

/// What a peer answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// Answers `Deliver`: one verdict for each bundle, in order.
    Delivered {
        /// The verdicts.
        verdicts: Vec<Verdict>,
    },
    /// Answers `GetConsistency`.
    Consistency {
        /// The proof, at most [`CONSISTENCY_HASHES_MAX`] hashes.
        hashes: Vec<[u8; 32]>,
    },
    /// Answers `GetCheckpoint`.
    Checkpoint {
        /// The signed note.
        note: String,
    },
    /// Answers `AddCheckpoint`, as the HTTP face of a witness would.
    Witnessed {
        /// The HTTP status of C2SP tlog-witness: 200, 400, 403, 404, 409 or 422.
        status: u32,
        /// The body that goes with it: cosignature lines at 200, the stored size at 409.
        body: String,
    },
    /// Answers `GetEntries`: leaves from the first one asked for, in order; at least one.
    Entries {
        /// The leaves, at most [`ENTRIES_MAX`] of at most [`ENTRY_BYTES_MAX`] bytes.
        entries: Vec<Vec<u8>>,
    },
    /// Answers `GetTrust`.
    Trust {
        /// The file, at most [`TRUST_FILE_BYTES_MAX`] bytes.
        file: Vec<u8>,
    },
    /// The request was not taken at all.
    Refused {
        /// The number of a [`FaultCode`]; one this version does not know is kept as it came.
        code: u32,
        /// One sentence, at most [`REASON_BYTES_MAX`] bytes.
        reason: String,
    },
}

/// What became of one bundle of a `Deliver`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// [`Verdict::TAKEN`], or the number of a [`FaultCode`]. A number this version does not know is kept as it came.
    pub code: u32,
    /// The bundle that answers, when there is one: an earlier answer is sent again byte for byte.
    pub answer: Option<Vec<u8>>,
}

impl Verdict {
    /// The code of a bundle that was taken, now or before.
    pub const TAKEN: u32 = 0;
}

impl Response {
    /// A refusal with this fault and one sentence; a longer sentence is cut at [`REASON_BYTES_MAX`].
    pub fn refused(fault: FaultCode, reason: &str) -> Response {
        Response::Refused {
            code: fault.code(),
            reason: reason[..reason.floor_char_boundary(REASON_BYTES_MAX)].to_owned(),
        }
    }

    /// A short stable name of the kind, for metrics and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Response::Delivered { .. } => "delivered",
            Response::Consistency { .. } => "consistency",
            Response::Checkpoint { .. } => "checkpoint",
            Response::Witnessed { .. } => "witnessed",
            Response::Entries { .. } => "entries",
            Response::Trust { .. } => "trust",
            Response::Refused { .. } => "refused",
        }
    }

    /// The one encoding of this response.
    ///
    /// # Errors
    /// A field, list or frame over its limit.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        self.check()?;
        let kind = match self.clone() {
            Response::Delivered { verdicts } => Kind::Delivered(wire::Delivered {
                verdicts: verdicts
                    .into_iter()
                    .map(|Verdict { code, answer }| wire::Verdict { code, answer })
                    .collect(),
            }),
            Response::Consistency { hashes } => Kind::Consistency(wire::Consistency {
                hashes: hashes.iter().map(|hash| hash.to_vec()).collect(),
            }),
            Response::Checkpoint { note } => Kind::Checkpoint(wire::Checkpoint { note }),
            Response::Witnessed { status, body } => {
                Kind::Witnessed(wire::Witnessed { status, body })
            }
            Response::Entries { entries } => Kind::Entries(wire::Entries { entries }),
            Response::Trust { file } => Kind::Trust(wire::Trust { file }),
            Response::Refused { code, reason } => Kind::Refused(wire::Refused { code, reason }),
        };
        let envelope = wire::Response {
            version: MESSAGE_VERSION,
            kind: Some(kind),
        };
        encode(&outline::RESPONSE, &envelope)
    }

    /// Reads a response from the bytes of one frame.
    ///
    /// # Errors
    /// Any bytes but those that [`Response::encode`] gives.
    pub fn decode(bytes: &[u8]) -> Result<Response, MessageError> {
        let envelope: wire::Response = decode(&outline::RESPONSE, bytes)?;
        let response = match envelope.kind.ok_or(MessageError::UnknownKind)? {
            Kind::Delivered(wire::Delivered { verdicts }) => Response::Delivered {
                verdicts: verdicts
                    .into_iter()
                    .map(|wire::Verdict { code, answer }| Verdict { code, answer })
                    .collect(),
            },
            Kind::Consistency(wire::Consistency { hashes }) => Response::Consistency {
                hashes: hashes
                    .iter()
                    .map(|hash| <[u8; 32]>::try_from(hash.as_slice()))
                    .collect::<Result<_, _>>()
                    .map_err(|_| MessageError::NotCanonical {
                        detail: "a hash is not 32 bytes long",
                    })?,
            },
            Kind::Checkpoint(wire::Checkpoint { note }) => Response::Checkpoint { note },
            Kind::Witnessed(wire::Witnessed { status, body }) => {
                Response::Witnessed { status, body }
            }
            Kind::Entries(wire::Entries { entries }) => Response::Entries { entries },
            Kind::Trust(wire::Trust { file }) => Response::Trust { file },
            Kind::Refused(wire::Refused { code, reason }) => Response::Refused { code, reason },
        };
        response.check()?;
        Ok(response)
    }

    fn check(&self) -> Result<(), MessageError> {
        match self {
            Response::Delivered { verdicts } => {
                at_most("verdicts", verdicts.len(), BUNDLES_MAX)?;
                verdicts
                    .iter()
                    .filter_map(|verdict| verdict.answer.as_ref())
                    .try_for_each(|answer| within("answer", answer.len(), BUNDLE_BYTES_MAX))
            }
            Response::Consistency { hashes } => {
                at_most("hashes", hashes.len(), CONSISTENCY_HASHES_MAX)
            }
            Response::Checkpoint { note } => within("note", note.len(), NOTE_BYTES_MAX),
            Response::Witnessed { body, .. } => within("body", body.len(), WITNESSED_BYTES_MAX),
            Response::Entries { entries } => {
                at_most("entries", entries.len(), ENTRIES_MAX)?;
                entries
                    .iter()
                    .try_for_each(|entry| within("entry", entry.len(), ENTRY_BYTES_MAX))
            }
            Response::Trust { file } => within("file", file.len(), TRUST_FILE_BYTES_MAX),
            Response::Refused { reason, .. } => within("reason", reason.len(), REASON_BYTES_MAX),
        }
    }
}
