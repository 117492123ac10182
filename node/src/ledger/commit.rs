//! The second half of a block's way: disk, signature, guard, announcement, receipts. In this order, always.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_protocol::log::{Checkpoint, SignerKey};
use countersign_protocol::registry::State;

use super::block::Sealed;
use super::handle::Shared;
use super::head::Head;
use super::submission::LedgerError;
use crate::store::{Store, Writes};

/// A sealed block and the key that signs it.
pub(super) struct Commit {
    pub(super) sealed: Sealed,
    pub(super) signer: Arc<SignerKey>,
}

/// What the commit thread owns.
pub(super) struct Committer {
    pub(super) store: Arc<Store>,
    pub(super) state: Arc<RwLock<State>>,
    pub(super) origin: String,
    pub(super) commits: Receiver<Commit>,
    pub(super) shared: Arc<Shared>,
}

impl Committer {
    /// Runs until the writer is gone and everything that it sealed is answered.
    pub(super) fn run(self) {
        while let Ok(Commit { mut sealed, signer }) = self.commits.recv() {
            let written = match sealed.writes.take() {
                Some(writes) if !self.shared.has_failed() => self.write(writes, &sealed, &signer),
                _ => Ok(()),
            };
            if let Err(error) = written {
                self.shared.fail(&error.to_string());
            }
            let failed = self.shared.has_failed();
            for (reply, receipt) in sealed.replies {
                // Nobody may be waiting any more; the receipt is kept under the request id.
                let _ = reply.send(if failed {
                    Err(self.shared.refusal())
                } else {
                    Ok(receipt)
                });
            }
        }
    }

    fn write(
        &self,
        writes: Writes,
        sealed: &Sealed,
        signer: &SignerKey,
    ) -> Result<(), LedgerError> {
        self.store.commit(writes)?;
        let head = sign(&self.origin, sealed, signer)?;
        self.store.acknowledge(head.size, &head.note)?;
        if !sealed.settled.is_empty() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            sealed.settled.iter().for_each(|key| state.evict(key));
        }
        self.shared.announce(head);
        Ok(())
    }
}

pub(super) fn sign(origin: &str, sealed: &Sealed, signer: &SignerKey) -> Result<Head, LedgerError> {
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size: sealed.size,
        root: sealed.root,
    };
    let note = checkpoint.sign(signer)?;
    Ok(Head {
        size: sealed.size,
        root: sealed.root,
        note: note.into(),
    })
}
