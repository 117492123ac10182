//! The single writer: takes submissions from the queue, makes a block of what waits, and takes it all the way: disk,
//! signature, guard, announcement, receipts. In this order, always.
//!
//! It is the only code that changes the registry's state. A sync costs the same for one record as for a thousand, so a
//! block holds everything that arrived during the sync of the one before it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use countersign_protocol::log::{Checkpoint, SignerKey};
use countersign_protocol::registry::{Command, State};

use super::block::{Block, BlockError, Rejected, Remembered, Reply, Sealed};
use super::handle::Shared;
use super::head::Head;
use super::keyring::Keyring;
use super::queue::Queue;
use super::settled::StoredTransfers;
use super::submission::{LedgerError, OWN_REQUEST, Receipt, Submission, SubmitError};
use super::tree::TreeEdge;
use super::{BUNDLE_BYTES_MAX, Clock};
use crate::store::{Store, StoreError, StoredRequest};

/// What the queue carries.
pub(super) enum Message {
    /// Write this.
    Submit {
        submission: Box<Submission>,
        reply: Reply,
    },
    /// Hold this key too, for a rotation to come.
    Hold(Box<SignerKey>),
    /// Finish what is queued and end.
    Stop,
}

/// Why the writer stopped for good.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for Fatal {
    fn from(error: StoreError) -> Self {
        Self::Block(error.into())
    }
}

/// What the writer thread owns.
pub(super) struct Writer {
    pub(super) store: Arc<Store>,
    pub(super) state: Arc<RwLock<State>>,
    pub(super) settled: Arc<StoredTransfers>,
    pub(super) tree: TreeEdge,
    pub(super) keys: Keyring,
    pub(super) clock: Clock,
    pub(super) origin: String,
    pub(super) queue: Queue,
    pub(super) shared: Arc<Shared>,
    pub(super) block_submissions_max: usize,
    pub(super) pace: Pace,
}

/// How long it pays to wait for callers who have just got their receipts and are about to come back.
///
/// Without it, callers split into two halves that take turns: each sync would carry half of them. Waiting a fraction
/// of a sync for the others brings all of them into one.
#[derive(Default)]
pub(super) struct Pace {
    /// How many were waiting when the last block was done, in it or behind it.
    callers: usize,
    sync: Duration,
}

impl Pace {
    /// The longest wait, whatever a sync takes.
    const WAIT_MAX: Duration = Duration::from_millis(1);

    fn wait(&self) -> Duration {
        (self.sync / 2).min(Self::WAIT_MAX)
    }
}

impl Writer {
    /// Runs until told to stop, until every handle is gone, or until a failure.
    pub(super) fn run(mut self) {
        let store = Arc::clone(&self.store);
        while let Some(first) = self.queue.next() {
            self.shared.gate.wait();
            // Somebody else than the writer may have found a reason to write no more.
            if self.shared.has_failed() {
                self.refuse(first);
                break;
            }
            if self.block(&store, first).is_err() {
                break;
            }
        }
        self.queue.close();
        while let Some(message) = self.queue.next() {
            self.refuse(message);
        }
    }

    fn refuse(&self, message: Message) {
        if let Message::Submit { reply, .. } = message {
            let _ = reply.send(Err(self.shared.refusal()));
        }
    }

    /// Makes one block and commits it. A failure makes the ledger read-only before any caller hears of it.
    fn block(&mut self, store: &Store, first: Message) -> Result<(), Fatal> {
        let failed = |shared: &Shared, error: Fatal| {
            shared.fail(&error.to_string());
            error
        };
        let begun = Block::begin(store, self.tree.size());
        let mut block = begun.map_err(|error| failed(&self.shared, error.into()))?;
        self.fill(&mut block, first)
            .map_err(|error| failed(&self.shared, error))?;
        let sealed = block.seal(&self.state, &mut self.tree, (self.clock)());
        let mut sealed = sealed.map_err(|error| failed(&self.shared, error.into()))?;
        if let Some(writes) = sealed.writes.take() {
            self.make_durable(store, &sealed, writes)
                .map_err(|error| failed(&self.shared, error))?;
        }
        self.pace.callers = sealed.replies.len() + self.queue.len();
        for (reply, receipt) in sealed.replies {
            // Nobody may be waiting any more; the receipt is kept under the request id.
            let _ = reply.send(Ok(receipt));
        }
        for (reply, conflict) in sealed.conflicts {
            let _ = reply.send(Err(conflict));
        }
        Ok(())
    }

    /// Takes what waits into the block.
    fn fill(&mut self, block: &mut Block<'_>, first: Message) -> Result<(), Fatal> {
        let mut wait_until = None;
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Submit { submission, reply } => self.submit(block, &submission, reply)?,
                Message::Hold(key) => self.keys.add(*key),
                // What is queued is still received, then the queue ends.
                Message::Stop => self.queue.close(),
            }
            if block.is_last_of_key() || block.waiting() >= self.block_submissions_max {
                break;
            }
            next = self.queue.try_next();
            if next.is_none() && block.waiting() < self.pace.callers {
                let until = *wait_until.get_or_insert_with(|| Instant::now() + self.pace.wait());
                next = self.queue.next_until(until);
            }
        }
        Ok(())
    }

    fn submit(
        &mut self,
        block: &mut Block<'_>,
        submission: &Submission,
        reply: Reply,
    ) -> Result<(), Fatal> {
        let command_sha256 = match self.check(submission) {
            Ok(sha256) => sha256,
            Err(error) => {
                let _ = reply.send(Err(error));
                return Ok(());
            }
        };
        if let Some((first_sha256, receipt)) = self.remembered(block, submission)? {
            // After a recovery the command is not known any more: its id is, and says that it was done.
            if first_sha256 == command_sha256 || first_sha256 == StoredRequest::UNKNOWN_COMMAND {
                // With this block at the earliest: the first submission may be in it.
                block.answer(reply, receipt);
            } else {
                let conflict = SubmitError::Conflict {
                    request: submission.request,
                    first_index: receipt.first_index,
                };
                block.conflict(reply, conflict);
            }
            return Ok(());
        }
        let now_ms = (self.clock)();
        let added = block.add(
            &self.state,
            &mut self.tree,
            submission,
            command_sha256,
            now_ms,
        );
        if self.settled.has_failed() {
            return Err(BlockError::Settled.into());
        }
        match added {
            Ok(receipt) => block.answer(reply, receipt),
            Err(Rejected::Refused(refusal)) => {
                let _ = reply.send(Err(refusal.into()));
            }
            Err(Rejected::Broken(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// What can be said against a submission without the state.
    fn check(&self, submission: &Submission) -> Result<[u8; 32], SubmitError> {
        if submission.request == OWN_REQUEST {
            return Err(SubmitError::ReservedRequest);
        }
        let bytes = submission.bundle.as_ref().map_or(0, String::len);
        if bytes > BUNDLE_BYTES_MAX {
            return Err(SubmitError::BundleTooLong { bytes });
        }
        if let Command::RotateKey { log_key } = &submission.command
            && self.keys.find(log_key.as_str()).is_none()
        {
            return Err(SubmitError::KeyNotHeld {
                key: log_key.to_string(),
            });
        }
        submission.command_sha256()
    }

    /// An earlier submission with the same id, in this block or on the disk.
    fn remembered(
        &self,
        block: &Block<'_>,
        submission: &Submission,
    ) -> Result<Option<Remembered>, StoreError> {
        let request = submission.request;
        if let Some(known) = block.remembered(&request) {
            return Ok(Some(*known));
        }
        let stored = self.store.request(&request)?;
        Ok(stored.map(|it| {
            let receipt = Receipt {
                request,
                first_index: it.first_index,
                count: it.count,
                size: it.size,
                time_ms: it.time_ms,
            };
            (it.command_sha256, receipt)
        }))
    }

    /// Disk, signature, guard, announcement.
    fn make_durable(
        &mut self,
        store: &Store,
        sealed: &Sealed,
        writes: crate::store::Writes,
    ) -> Result<(), Fatal> {
        let start = Instant::now();
        store.commit(writes)?;
        self.pace.sync = start.elapsed();
        let signer = self.keys.for_size(sealed.size)?;
        let head = sign(&self.origin, sealed, &signer)?;
        store.acknowledge(head.size, &head.note)?;
        if !sealed.settled.is_empty() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            sealed.settled.iter().for_each(|key| state.evict(key));
        }
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        self.keys.follow(&state, None)?;
        drop(state);
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
