//! The single writer: takes submissions from the queue, makes blocks, hands them on to be committed.
//!
//! It is the only code that changes the registry's state. While one block is being synced the next one is in the
//! making, so a block holds whatever arrived during one sync.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, RwLock};

use countersign_protocol::id::RequestId;
use countersign_protocol::log::SignerKey;
use countersign_protocol::registry::{Command, State};
use tokio::sync::mpsc;

use super::block::{Block, BlockError, Rejected, Remembered, Reply, Sealed};
use super::commit::Commit;
use super::handle::Shared;
use super::keyring::Keyring;
use super::settled::StoredTransfers;
use super::submission::{LedgerError, OWN_REQUEST, Receipt, Submission, SubmitError};
use super::tree::TreeEdge;
use super::{BUNDLE_BYTES_MAX, Clock};
use crate::store::{Store, StoreError};

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
    Key(#[from] LedgerError),
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
    pub(super) queue: mpsc::Receiver<Message>,
    pub(super) commits: SyncSender<Commit>,
    pub(super) shared: Arc<Shared>,
    pub(super) block_submissions_max: usize,
    pub(super) recent: Recent,
}

/// Requests in blocks that are sealed but perhaps not on disk yet.
#[derive(Default)]
pub(super) struct Recent {
    blocks: VecDeque<(u64, HashMap<RequestId, Remembered>)>,
}

impl Recent {
    fn find(&self, request: &RequestId) -> Option<&Remembered> {
        self.blocks
            .iter()
            .find_map(|(_, requests)| requests.get(request))
    }

    fn forget_up_to(&mut self, durable: u64) {
        while self
            .blocks
            .front()
            .is_some_and(|(size, _)| *size <= durable)
        {
            self.blocks.pop_front();
        }
    }
}

impl Writer {
    /// Runs until told to stop, or until every handle is gone.
    pub(super) fn run(mut self) {
        let store = Arc::clone(&self.store);
        while let Some(first) = self.queue.blocking_recv() {
            if let Err(fatal) = self.make_block(&store, first) {
                self.shared.fail(&fatal.to_string());
            }
            if self.shared.has_failed() {
                break;
            }
        }
        self.refuse_the_rest();
    }

    /// Makes one block out of what waits.
    fn make_block(&mut self, store: &Store, first: Message) -> Result<(), Fatal> {
        self.recent.forget_up_to(self.shared.durable_size());
        let mut block = Block::begin(store, self.tree.size())?;
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Submit { submission, reply } => {
                    self.submit(&mut block, &submission, reply)?;
                }
                Message::Hold(key) => self.keys.add(*key),
                // What is queued is still received, then the queue ends.
                Message::Stop => self.queue.close(),
            }
            if block.waiting() < self.block_submissions_max && !block.is_last_of_key() {
                next = self.queue.try_recv().ok();
            }
        }
        let sealed = block.seal(&self.state, &mut self.tree, (self.clock)())?;
        self.hand_on(sealed)
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
        if let Some((first_sha256, receipt)) = self.remembered(block, &submission.request)? {
            if first_sha256 == command_sha256 {
                // Not before the block that wrote it: the first writer has no receipt yet either.
                block.answer(reply, receipt);
            } else {
                let _ = reply.send(Err(SubmitError::Conflict {
                    request: submission.request,
                    first_index: receipt.first_index,
                }));
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

    /// An earlier submission with this id: in this block, in one on its way to the disk, or on the disk.
    fn remembered(
        &self,
        block: &Block<'_>,
        request: &RequestId,
    ) -> Result<Option<Remembered>, StoreError> {
        if let Some(known) = block
            .remembered(request)
            .or_else(|| self.recent.find(request))
        {
            return Ok(Some(*known));
        }
        let stored = self.store.request(request)?;
        Ok(stored.map(|it| {
            let receipt = Receipt {
                request: *request,
                first_index: it.first_index,
                count: it.count,
                size: it.size,
                time_ms: it.time_ms,
            };
            (it.command_sha256, receipt)
        }))
    }

    fn hand_on(&mut self, mut sealed: Sealed) -> Result<(), Fatal> {
        let signer = self.keys.for_size(sealed.size)?;
        let requests = std::mem::take(&mut sealed.requests);
        self.recent.blocks.push_back((sealed.size, requests));
        {
            let state = self
                .state
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            self.keys.follow(&state, None)?;
        }
        // The other end is gone only when it failed, and then it has said so.
        let _ = self.commits.send(Commit { sealed, signer });
        Ok(())
    }

    fn refuse_the_rest(&mut self) {
        self.queue.close();
        while let Ok(message) = self.queue.try_recv() {
            if let Message::Submit { reply, .. } = message {
                let _ = reply.send(Err(self.shared.refusal()));
            }
        }
    }
}
