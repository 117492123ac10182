use super::limit::{check_bundles, pack, within};
use super::outline::{self, decode, encode};
use super::wire::{self, gossip::Kind};
use super::{
    EVIDENCE_TEXT_BYTES_MAX, GOSSIP_BYTES_MAX, MESSAGE_VERSION, MessageError, NOTE_BYTES_MAX,
};

/// What is told to everybody who listens, as the second way beside the direct one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gossip {
    /// Bundles, on [`Topic::Transfers`].
    Transfers {
        /// tlog-proof texts with their leaf bytes.
        bundles: Vec<Vec<u8>>,
    },
    /// A checkpoint with cosignatures, on [`Topic::Checkpoints`].
    Checkpoint {
        /// The signed note.
        note: String,
    },
    /// Evidence against a ledger, on [`Topic::Evidence`].
    Evidence {
        /// Its text.
        evidence: String,
    },
}

/// The topics of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Bundles of transfers.
    Transfers,
    /// Checkpoints.
    Checkpoints,
    /// Evidence against ledgers that contradict themselves.
    Evidence,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 3] = [Topic::Transfers, Topic::Checkpoints, Topic::Evidence];

    /// The topic's name in the network of this name: `/countersign/<network>/transfers/1`.
    pub fn name(self, network: &str) -> String {
        format!("/countersign/{network}/{}/1", self.label())
    }

    /// A short stable name for metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Topic::Transfers => "transfers",
            Topic::Checkpoints => "checkpoints",
            Topic::Evidence => "evidence",
        }
    }
}

impl Gossip {
    /// Packs bundles into as few messages as the limits allow, in order. A bundle too long to send stays alone in its
    /// message, which [`Gossip::encode`] then refuses by name.
    pub fn transfers_all(bundles: Vec<Vec<u8>>) -> Vec<Gossip> {
        pack(bundles, GOSSIP_BYTES_MAX)
            .into_iter()
            .map(|bundles| Gossip::Transfers { bundles })
            .collect()
    }

    /// The topic this message belongs on.
    pub const fn topic(&self) -> Topic {
        match self {
            Gossip::Transfers { .. } => Topic::Transfers,
            Gossip::Checkpoint { .. } => Topic::Checkpoints,
            Gossip::Evidence { .. } => Topic::Evidence,
        }
    }

    /// The one encoding of this message.
    ///
    /// # Errors
    /// A field, list or frame over its limit.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        self.check()?;
        let kind = match self.clone() {
            Gossip::Transfers { bundles } => Kind::Transfers(wire::Bundles { bundles }),
            Gossip::Checkpoint { note } => Kind::Checkpoint(wire::Checkpoint { note }),
            Gossip::Evidence { evidence } => Kind::Evidence(wire::Evidence { evidence }),
        };
        let envelope = wire::Gossip {
            version: MESSAGE_VERSION,
            kind: Some(kind),
        };
        encode(&outline::GOSSIP, &envelope)
    }

    /// Reads a message that came on `topic`.
    ///
    /// # Errors
    /// Any bytes but those that [`Gossip::encode`] gives, and a message that belongs on another topic.
    pub fn decode(topic: Topic, bytes: &[u8]) -> Result<Gossip, MessageError> {
        let envelope: wire::Gossip = decode(&outline::GOSSIP, bytes)?;
        let gossip = match envelope.kind.ok_or(MessageError::UnknownKind)? {
            Kind::Transfers(list) => Gossip::Transfers {
                bundles: list.bundles,
            },
            Kind::Checkpoint(wire::Checkpoint { note }) => Gossip::Checkpoint { note },
            Kind::Evidence(wire::Evidence { evidence }) => Gossip::Evidence { evidence },
        };
        if gossip.topic() != topic {
            return Err(MessageError::UnknownKind);
        }
        gossip.check()?;
        Ok(gossip)
    }

    fn check(&self) -> Result<(), MessageError> {
        match self {
            Gossip::Transfers { bundles } => check_bundles(bundles),
            Gossip::Checkpoint { note } => within("note", note.len(), NOTE_BYTES_MAX),
            Gossip::Evidence { evidence } => {
                within("evidence", evidence.len(), EVIDENCE_TEXT_BYTES_MAX)
            }
        }
    }
}
