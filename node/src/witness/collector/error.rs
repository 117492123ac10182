//! Why a round of cosigning failed, as a whole and at one witness.

use countersign_protocol::log::{CheckpointError, PolicyError};
use thiserror::Error;

use super::ANSWER_TIMEOUT;
use crate::witness::ClientError;

/// Why there is no quorum.
#[derive(Debug, Error)]
pub enum CollectError {
    /// The checkpoint cannot be read.
    #[error("the checkpoint cannot be sent to witnesses: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The policy refuses the checkpoint whatever witnesses say: its log or its signature is wrong.
    #[error("the own policy refuses the own checkpoint: {0}")]
    Policy(PolicyError),
    /// A witness holds a checkpoint with this log's true signature and more leaves than this node has.
    #[error(
        "the witness {witness} has cosigned {size} leaves of this ledger, more than this node has: it was restored from \
         an old copy"
    )]
    RolledBack {
        /// Name of the witness.
        witness: String,
        /// Leaves that it has cosigned.
        size: u64,
    },
    /// A witness holds a checkpoint with this log's true signature and a tree that this node's tree does not extend.
    #[error(
        "the witness {witness} has cosigned another history of this ledger at {size} leaves: this node writes a fork"
    )]
    Forked {
        /// Name of the witness.
        witness: String,
        /// Size at which the witness's tree differs.
        size: u64,
    },
    /// Too few witnesses cosigned.
    #[error("{have} of the {need} needed members of the quorum have cosigned{}", list(.problems))]
    NoQuorum {
        /// Members of the quorum that have witnessed.
        have: usize,
        /// Members that must have.
        need: usize,
        /// What was wrong with each of the others: name and problem.
        problems: Vec<(String, WitnessProblem)>,
    },
}

fn list(problems: &[(String, WitnessProblem)]) -> String {
    problems
        .iter()
        .map(|(name, problem)| format!("; {name}: {problem}"))
        .collect()
}

/// Why one witness did not cosign.
#[derive(Debug, Error)]
pub enum WitnessProblem {
    /// It could not be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// It did not answer in time.
    #[error("no answer in {} s", ANSWER_TIMEOUT.as_secs())]
    TimedOut,
    /// It said no.
    #[error("refused with {status}: {reason}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it says, shortened.
        reason: String,
    },
    /// Its answer makes no sense, or carries no cosignature that the policy knows.
    #[error("{0}")]
    Nonsense(&'static str),
    /// It claims to know more leaves than we have, but shows no checkpoint with our signature.
    #[error("claims {0} leaves, but shows no checkpoint of ours with as many")]
    Unproven(u64),
    /// Our own tree did not give the proof.
    #[error("no consistency proof: {0}")]
    NoProof(String),
}
