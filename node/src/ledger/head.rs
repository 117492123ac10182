//! The newest signed head, and the newest one that a quorum of witnesses has cosigned.

use std::sync::Arc;

use countersign_protocol::log::{Checkpoint, CheckpointError, Hash};

/// A head of the ledger: everything below it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that many leaves.
    pub root: Hash,
    /// The checkpoint as a signed note.
    pub note: Arc<str>,
}

impl Head {
    /// Reads a note. No signature is verified.
    ///
    /// # Errors
    /// When the note is not a checkpoint.
    pub fn from_note(note: &str) -> Result<Self, CheckpointError> {
        let (_, Checkpoint { size, root, .. }) = Checkpoint::parse_note(note)?;
        Ok(Self {
            size,
            root,
            note: note.into(),
        })
    }
}
