//! What goes into the ledger's queue and what comes back.

use std::sync::Arc;

use countersign_protocol::federation::{MessageKind, ProvenRecord};
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::record::{Body, MAX_RECORD_BYTES};
use countersign_protocol::registry::{Command, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// The request id under which the ledger writes its own records: genesis and block headers.
pub const OWN_REQUEST: RequestId = RequestId([0; 16]);

/// Longest partner's bundle that is kept as evidence, in bytes of text: a record of full length in base64, with room
/// for a proof of 63 hashes and a well-cosigned checkpoint.
pub const BUNDLE_BYTES_MAX: usize = 4 * MAX_RECORD_BYTES;

/// Something to write.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Chosen by whoever wants the effect, once, before the first try: the same id has one effect, however often it is
    /// sent. Not all zero.
    pub request: RequestId,
    /// What is wanted.
    pub command: Command,
    /// The case by whose present state the command was judged outside the ledger, and the leaf of its last change: the
    /// command is refused when something happened in between. Not part of what is wanted, so a repetition may differ.
    pub case_as_of: Option<(u64, u64)>,
    /// For [`Command::Proven`]: the partner's bundle, kept as evidence beside the records that it justified.
    pub bundle: Option<String>,
}

impl Submission {
    /// A submission without a bundle.
    #[must_use]
    pub const fn new(request: RequestId, command: Command) -> Self {
        Self {
            request,
            command,
            case_as_of: None,
            bundle: None,
        }
    }

    /// The same, if nothing happens in a case after this leaf.
    #[must_use]
    pub fn if_unchanged(self, case: u64, changed_at: u64) -> Self {
        Self {
            case_as_of: Some((case, changed_at)),
            ..self
        }
    }

    /// SHA-256 of the command's bytes: what tells a repetition from a conflict. The bundle is not part of it: another
    /// proof of the same leaf is the same intent.
    pub(super) fn command_sha256(&self) -> Result<[u8; 32], SubmitError> {
        let bytes = postcard::to_stdvec(&self.command).map_err(|_| SubmitError::Encoding)?;
        Ok(Sha256::digest(bytes).into())
    }

    /// Where the bundle belongs.
    pub(super) fn evidence(&self) -> Option<(TransferId, MessageKind, &str)> {
        let (Command::Proven(proven), Some(bundle)) = (&self.command, &self.bundle) else {
            return None;
        };
        let (transfer, kind) = subject(proven)?;
        Some((transfer, kind, bundle))
    }
}

fn subject(proven: &ProvenRecord) -> Option<(TransferId, MessageKind)> {
    match &proven.record.body {
        Body::Lock(it) => Some((it.transfer, MessageKind::Offer)),
        Body::AskCancel(it) => Some((it.transfer, MessageKind::CancelAsk)),
        Body::Acquire(it) => Some((it.transfer, MessageKind::Receipt)),
        Body::Refuse(it) => Some((it.transfer, MessageKind::Receipt)),
        Body::Finalise(it) => Some((it.transfer, MessageKind::Notice)),
        Body::Release(it) => Some((it.transfer, MessageKind::Notice)),
        _ => None,
    }
}

/// Proof for the caller that the effect is durable and under a signed checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The request that this answers.
    pub request: RequestId,
    /// Index of the first leaf that the request wrote.
    pub first_index: u64,
    /// Number of leaves that it wrote, one after the other; 0 when the intent was fulfilled before.
    pub count: u32,
    /// Size of the first signed checkpoint that covers them.
    pub size: u64,
    /// Time of the leaves, in milliseconds since the Unix epoch by the ledger's clock.
    pub time_ms: u64,
}

/// Why a submission has no receipt.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The rules stand against it. Nothing was written.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The request id was used for something else.
    #[error(
        "request {request} was already used for another command, at leaf {first_index}: use a new request id for a new \
         intent, and the same command to ask for the first receipt again"
    )]
    Conflict {
        /// The id.
        request: RequestId,
        /// First leaf of the request that has it.
        first_index: u64,
    },
    /// The request id is the ledger's own.
    #[error("a request id of zeros is kept for the ledger's own records: draw a random one")]
    ReservedRequest,
    /// More is waiting than the ledger takes at a time. Nothing was written.
    #[error(
        "the ledger is busy: {waiting} submissions are waiting; send the same request again in a moment"
    )]
    Busy {
        /// Capacity of the queue.
        waiting: usize,
    },
    /// The bundle is longer than any that the protocol makes.
    #[error("the bundle has {bytes} bytes and may have {BUNDLE_BYTES_MAX}")]
    BundleTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The ledger is to sign with a key that this node does not hold.
    #[error("this node does not hold the secret of {key}: add the key file first, then rotate")]
    KeyNotHeld {
        /// The verifier key.
        key: String,
    },
    /// The command does not encode.
    #[error("the command can not be encoded")]
    Encoding,
    /// A write failed earlier. The outcome of submissions that were under way is known after a restart only: send them
    /// again then, with the same request ids.
    #[error(
        "the ledger is read-only since a failure: {reason}. Mend the cause, start the node again and repeat the \
         request with the same id"
    )]
    ReadOnly {
        /// What failed.
        reason: Arc<str>,
    },
    /// The ledger is shutting down.
    #[error("the ledger is shutting down: repeat the request with the same id when it is back")]
    Closed,
}

/// Why a ledger can not be created or opened.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored state does not load.
    #[error("the state in {dir} does not load: {source}. Restore the folder from a backup")]
    State {
        /// The store's folder.
        dir: std::path::PathBuf,
        /// Why.
        source: countersign_protocol::registry::StateError,
    },
    /// The genesis record breaks a rule.
    #[error("this genesis can not begin a ledger: {0}")]
    Genesis(Refusal),
    /// No key was given, or the genesis names another one.
    #[error("the genesis names the log key {wanted}, which this node does not hold")]
    GenesisKey {
        /// The verifier key in the genesis.
        wanted: String,
    },
    /// The head must be signed with a key that is not here.
    #[error(
        "the checkpoint of size {size} must be signed with {wanted}, which this node does not hold: put its key file \
         back until the next block is written"
    )]
    HeadKey {
        /// Tree size.
        size: u64,
        /// The verifier key, or what is known of it.
        wanted: String,
    },
    /// The checkpoint can not be signed.
    #[error("the checkpoint can not be signed: {0}")]
    Sign(#[from] countersign_protocol::log::CheckpointError),
    /// A thread can not be started.
    #[error("the ledger's threads can not be started: {0}")]
    Thread(std::io::Error),
}
