//! What the rest of the node holds of the ledger.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use countersign_protocol::log::{
    Hash, ProveError, SignerKey, TileTree, prove_consistency, prove_inclusion, root_at,
};
use countersign_protocol::registry::{LedgerAccount, State};
use tokio::sync::{mpsc, oneshot, watch};

use super::Clock;
use super::gate::{Gate, WriteHold};
use super::head::Head;
use super::submission::{Receipt, Submission, SubmitError};
use super::writer::Message;
use crate::store::{Store, StoreError, StoreReader, StoredPosting};

/// What the threads and the handles share.
#[derive(Debug)]
pub(super) struct Shared {
    head: watch::Sender<Head>,
    witnessed: watch::Sender<Option<Head>>,
    failure: OnceLock<Arc<str>>,
    failed: watch::Sender<Option<Arc<str>>>,
    pub(super) gate: Arc<Gate>,
}

impl Shared {
    pub(super) fn new(head: Head, witnessed: Option<Head>) -> Self {
        Self {
            head: watch::Sender::new(head),
            witnessed: watch::Sender::new(witnessed),
            failure: OnceLock::new(),
            failed: watch::Sender::new(None),
            gate: Arc::default(),
        }
    }

    pub(super) fn announce(&self, head: Head) {
        self.head.send_replace(head);
    }

    pub(super) fn durable_size(&self) -> u64 {
        self.head.borrow().size
    }

    /// Makes the ledger read-only. The first reason stands.
    pub(super) fn fail(&self, reason: &str) {
        tracing::error!(reason, "the ledger is read-only from here on");
        let reason = self.failure.get_or_init(|| reason.into());
        self.failed.send_replace(Some(Arc::clone(reason)));
    }

    /// Whether the ledger is read-only.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.get().is_some()
    }

    /// What a submission is told that will not be written.
    pub(super) fn refusal(&self) -> SubmitError {
        match self.failure.get() {
            Some(reason) => SubmitError::ReadOnly {
                reason: Arc::clone(reason),
            },
            None => SubmitError::Closed,
        }
    }
}

/// A handle to the ledger: cheap to clone, safe to use from any task.
#[derive(Clone)]
pub struct LedgerHandle {
    pub(super) queue: mpsc::Sender<Message>,
    pub(super) store: Arc<Store>,
    pub(super) state: Arc<RwLock<State>>,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Clock,
}

impl LedgerHandle {
    /// The time by the ledger's clock, in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Submits an intent and waits for its receipt: then it is durable, in the tree and under a signed checkpoint.
    ///
    /// When the caller goes away while waiting, the submission still takes its course; the same request id brings its
    /// receipt.
    ///
    /// # Errors
    /// [`SubmitError`]: refused by a rule, in conflict with an earlier request, or not taken at the moment.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, SubmitError> {
        let receipt = self.enqueue(submission)?;
        receipt.await.unwrap_or_else(|_| Err(self.shared.refusal()))
    }

    /// The same for a thread that may block.
    ///
    /// # Errors
    /// As [`LedgerHandle::submit`].
    pub fn submit_blocking(&self, submission: Submission) -> Result<Receipt, SubmitError> {
        let receipt = self.enqueue(submission)?;
        receipt
            .blocking_recv()
            .unwrap_or_else(|_| Err(self.shared.refusal()))
    }

    fn enqueue(
        &self,
        submission: Submission,
    ) -> Result<oneshot::Receiver<Result<Receipt, SubmitError>>, SubmitError> {
        let (reply, receipt) = oneshot::channel();
        let message = Message::Submit {
            submission: Box::new(submission),
            reply,
        };
        self.send(message)?;
        Ok(receipt)
    }

    fn send(&self, message: Message) -> Result<(), SubmitError> {
        self.queue.try_send(message).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Busy {
                waiting: self.queue.max_capacity(),
            },
            mpsc::error::TrySendError::Closed(_) => self.shared.refusal(),
        })
    }

    /// Gives the ledger a further log key, so that [`countersign_protocol::registry::Command::RotateKey`] may name it.
    ///
    /// # Errors
    /// When the queue is full or closed.
    pub fn hold_key(&self, key: SignerKey) -> Result<(), SubmitError> {
        self.send(Message::Hold(Box::new(key)))
    }

    /// Submissions that wait in the queue.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// The newest signed head.
    #[must_use]
    pub fn latest_head(&self) -> Head {
        self.shared.head.borrow().clone()
    }

    /// The newest signed head, and every one that follows.
    ///
    /// Clone what `borrow()` lends and let go of it at once: while it is lent, the writer can not announce the next
    /// head. [`LedgerHandle::latest_head`] does that.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Head> {
        self.shared.head.subscribe()
    }

    /// The newest head with a quorum of cosignatures, and every one that follows.
    #[must_use]
    pub fn witnessed(&self) -> watch::Receiver<Option<Head>> {
        self.shared.witnessed.subscribe()
    }

    /// Announces a head that a quorum of witnesses has cosigned and keeps it. One of fewer leaves than the last is ignored.
    ///
    /// # Errors
    /// When the store refuses the write.
    pub fn set_witnessed(&self, head: &Head) -> Result<(), StoreError> {
        let is_newer = self.shared.witnessed.send_if_modified(|last| {
            // The same head with other cosignatures takes the place of the first: other witnesses may count by now.
            let newer = last.as_ref().is_none_or(|last| {
                head.size > last.size || (head.size == last.size && head.note != last.note)
            });
            if newer {
                *last = Some(head.clone());
            }
            newer
        });
        if is_newer {
            self.store.keep_witnessed(&head.note)?;
        }
        Ok(())
    }

    /// Holds writes back while the result lives. What is submitted waits in the queue.
    pub fn hold_writes(&self) -> WriteHold {
        self.shared.gate.hold()
    }

    /// Makes the ledger read-only: for a node that has learnt that its history is not the one that witnesses know. A block
    /// that is being written is still finished; what waits behind it is refused, and so is whatever comes later.
    pub fn stop_writes(&self, reason: &str) {
        self.shared.fail(reason);
    }

    /// Becomes `Some` with the reason when the ledger can write no more. The node shuts down in order then.
    #[must_use]
    pub fn failed(&self) -> watch::Receiver<Option<Arc<str>>> {
        self.shared.failed.subscribe()
    }

    /// Reads the registry's state. Keep it short: the writer waits.
    ///
    /// The state may be ahead of [`LedgerHandle::head`] by the block that is being written; nobody holds a receipt for
    /// that one yet.
    pub fn read<T>(&self, reader: impl FnOnce(&State) -> T) -> T {
        reader(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The canonical bytes of a leaf.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn leaf(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.leaf(index)
    }

    /// Inclusion proof of leaf `index` in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`ProveError`] when the leaf is not in that tree or the tree is larger than the newest head.
    pub fn proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, ProveError> {
        self.within_head(index, size)?;
        prove_inclusion(&self.tree(size), index, size)
    }

    /// Proof that the tree of `new` leaves extends the tree of `old` leaves.
    ///
    /// # Errors
    /// [`ProveError`] when `old` is 0 or above `new`, or `new` is larger than the newest head.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ProveError> {
        self.within_head(old, new)?;
        prove_consistency(&self.tree(new), old, new)
    }

    /// Root of the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`ProveError`] when it is larger than the newest head.
    pub fn root(&self, size: u64) -> Result<Hash, ProveError> {
        self.within_head(size, size)?;
        root_at(&self.tree(size), size)
    }

    /// Postings of an account of the general ledger from leaf `from` on, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn postings(
        &self,
        account: LedgerAccount,
        from: u64,
        limit: usize,
    ) -> Result<Vec<StoredPosting>, StoreError> {
        self.store.postings(account, from, limit)
    }

    /// The store, for reading: tiles, ranges of leaves, bundles.
    #[must_use]
    pub fn store(&self) -> &StoreReader {
        &self.store
    }

    fn tree(&self, size: u64) -> TileTree<&StoreReader> {
        TileTree::new(self.store(), size)
    }

    fn within_head(&self, asked: u64, size: u64) -> Result<(), ProveError> {
        if size > self.shared.durable_size() {
            return Err(ProveError::OutOfRange { asked, size });
        }
        Ok(())
    }
}

impl std::fmt::Debug for LedgerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerHandle")
            .field("size", &self.shared.durable_size())
            .finish_non_exhaustive()
    }
}
