//! Why a node was asked in vain.

use std::error::Error;

use crate::types::Problem;

/// Why a node was asked in vain.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node refuses, and says why.
    #[error("{}", .0.detail)]
    Refused(Box<Problem>),
    /// Something answers that is no Countersign node, or a proxy before it.
    #[error("{base} answers {status}")]
    NoNode {
        /// What was asked.
        base: String,
        /// The status and its words.
        status: String,
    },
    /// The answer is not what this client reads: the node is of another version.
    #[error("{base} answers what cannot be read: {why}")]
    Unreadable {
        /// The node.
        base: String,
        /// Why.
        why: String,
    },
    /// There is no answer. Whether a write was done is not known: the same one with the same [`Key`](crate::Key) does it once.
    #[error("the node at {base} does not answer: {why}")]
    Unreachable {
        /// The node.
        base: String,
        /// Why.
        why: String,
        /// Whether there was not even a connection, so that nothing was asked.
        is_connection: bool,
    },
    /// The client could not be made: the system has no certificates, or the like.
    #[error("the HTTP client could not be made: {0}")]
    Setup(String),
    /// The system gives no random bytes.
    #[error("no key could be drawn: {0}")]
    Random(String),
}

impl ClientError {
    pub(crate) fn of(base: &str, error: &reqwest::Error) -> Self {
        let (base, why) = (base.to_owned(), innermost(error));
        if error.is_decode() {
            return Self::Unreadable { base, why };
        }
        Self::Unreachable {
            base,
            why,
            is_connection: error.is_connect(),
        }
    }

    /// The problem that the node names, if it refused.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether it is open if a write was done.
    #[must_use]
    pub const fn leaves_open(&self) -> bool {
        match self {
            Self::Unreachable { is_connection, .. } => !*is_connection,
            Self::Unreadable { .. } | Self::NoNode { .. } => true,
            Self::Refused(_) | Self::Setup(_) | Self::Random(_) => false,
        }
    }
}

/// The innermost cause says what happened.
fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
