//! What a bridge reads of the registry: the event feed, and what projects say of themselves.
//!
//! A node implements [`Feed`] over its own ledger, and [`HttpFeed`](super::HttpFeed) over the HTTP API of a node: the same
//! bridge runs inside of one and beside one.

use async_trait::async_trait;
use countersign_protocol::project::Description;

use crate::event::Event;

/// Why the registry could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Not now: the node is away or busy. Asked again later.
    #[error("the registry does not answer: {0}")]
    Away(String),
    /// The answer is not what a registry gives.
    #[error("the registry gave an answer that cannot be read: {0}")]
    Unreadable(String),
}

/// The registry as a bridge sees it.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The events of the leaves from index `from` on, in order and without holes, at most `limit` of them. Only leaves that may
    /// be told to others: where the ledger is witnessed, those under a quorum.
    ///
    /// # Errors
    /// [`FeedError`].
    async fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>, FeedError>;

    /// What was handed in about a project, once its country has published it; `None` before.
    ///
    /// # Errors
    /// [`FeedError`].
    async fn description(&self, project: u32) -> Result<Option<Description>, FeedError>;

    /// Projects of the national MRV from which a case was opened here that is over: their ids there, each with its last such
    /// case. Nothing where it is not known, as beside a node.
    ///
    /// # Errors
    /// [`FeedError`].
    async fn ended(&self) -> Result<Vec<(String, u64)>, FeedError> {
        Ok(Vec::new())
    }
}
