//! Why the read model can not be used.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_protocol::registry::StateError;

use crate::ledger::replay::ReplayError;
use crate::store::StoreError;

/// Why the read model can not be read or folded further. Nothing of the ledger is lost by any of these.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The database failed.
    #[error(
        "the read model's database failed: {0}; check the disk or the server of [projection] url, or run `countersign \
         projection rebuild`"
    )]
    Database(Arc<sqlx::Error>),
    /// A stored row is not what this program writes.
    #[error(
        "a row of the read model is not what this program writes (column {0}): run `countersign projection rebuild`"
    )]
    Row(usize),
    /// The ledger can not be read.
    #[error("the ledger can not be read: {0}")]
    Ledger(Arc<StoreError>),
    /// A stored value of the registry can not be read.
    #[error(transparent)]
    State(StateError),
    /// A leaf is not a record.
    #[error("the ledger can not be read: {0}")]
    Leaf(Arc<ReplayError>),
    /// A leaf below the head is missing.
    #[error("leaf {0} of the ledger is missing: `countersign ledger verify` says more")]
    Gap(u64),
    /// Somebody else folds into the same database.
    #[error("another process writes to this read model; each node needs a database of its own")]
    Moved,
    /// A file of the read model can not be removed or locked.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The place in a list is not one of this list.
    #[error("this is not a place in this list: give the `next` of the page before")]
    Cursor,
    /// The read model is not there yet.
    #[error("the read model is not ready: {0}; ask again in a moment")]
    NotReady(Arc<str>),
    /// A part of the work ended early.
    #[error("a part of the work ended early: this is a defect, please report it")]
    Aborted,
}

impl ProjectionError {
    /// Whether the database file is damaged, so that making it anew is the way on.
    pub(super) fn is_damage(&self) -> bool {
        let Self::Database(error) = self else {
            return matches!(self, Self::Row(_));
        };
        // SQLITE_CORRUPT and SQLITE_NOTADB.
        let code = error.as_database_error().and_then(|fault| fault.code());
        code.and_then(|code| code.parse::<i64>().ok())
            .is_some_and(|code| matches!(code & 0xff, 11 | 26))
    }
}

impl From<sqlx::Error> for ProjectionError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<StoreError> for ProjectionError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(Arc::new(error))
    }
}

impl From<ReplayError> for ProjectionError {
    fn from(error: ReplayError) -> Self {
        Self::Leaf(Arc::new(error))
    }
}

impl From<StateError> for ProjectionError {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
