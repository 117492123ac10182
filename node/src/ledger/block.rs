//! One block in the making: records are judged, applied and collected until it is sealed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use countersign_protocol::id::RequestId;
use countersign_protocol::log::{FrontierError, Hash, leaf_hash};
use countersign_protocol::record::{BlockHeader, Body, Commitment, Record};
use countersign_protocol::registry::{
    Applied, At, Refusal, State, StateError, TransferKey, apply, plan,
};
use tokio::sync::oneshot;

use super::leaf::{Leaf, keep};
use super::submission::{OWN_REQUEST, Receipt, Submission, SubmitError};
use super::tree::TreeEdge;
use crate::store::{Batch, Store, StoreError, StoredRequest, Writes};

/// Where a receipt is awaited.
pub(super) type Reply = oneshot::Sender<Result<Receipt, SubmitError>>;

/// What was asked under a request id, and what came of it.
pub(super) type Remembered = (/* command */ [u8; 32], Receipt);

/// A record with its bytes, not yet applied.
struct Drafted {
    record: Record,
    bytes: Vec<u8>,
    hash: Hash,
}

impl Drafted {
    fn new(time_ms: u64, request: RequestId, body: Body) -> Self {
        let record = Record {
            time_ms,
            request,
            body,
        };
        let bytes = record.encode();
        let hash = leaf_hash(&bytes);
        Self {
            record,
            bytes,
            hash,
        }
    }
}

/// A block that still takes records.
pub(super) struct Block<'a> {
    batch: Batch<'a>,
    first: u64,
    /// Requests that this block answers first. Sizes are filled in when it is sealed.
    requests: HashMap<RequestId, Remembered>,
    replies: Vec<(Reply, Receipt)>,
    /// Requests whose id this block gives to another command: what it names must be on the disk before they hear of it.
    conflicts: Vec<(Reply, SubmitError)>,
    settled: Vec<TransferKey>,
    is_last_of_key: bool,
}

/// A block that is ready for the disk.
pub(super) struct Sealed {
    /// `None` when everything in it was known already.
    pub(super) writes: Option<Writes>,
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) replies: Vec<(Reply, Receipt)>,
    /// Callers who hear of what is in it, and get none.
    pub(super) conflicts: Vec<(Reply, SubmitError)>,
    /// Transfers that the store answers for once the block is written.
    pub(super) settled: Vec<TransferKey>,
}

/// Why a block can not be sealed. Any of these stops the ledger.
#[derive(Debug, thiserror::Error)]
pub(super) enum BlockError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tree(#[from] FrontierError),
    #[error("the rules refuse the ledger's own record: {0}")]
    Own(Refusal),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("a settled transfer could not be read back")]
    Settled,
}

impl<'a> Block<'a> {
    pub(super) fn begin(store: &'a Store, first: u64) -> Result<Self, StoreError> {
        Ok(Self {
            batch: store.batch()?,
            first,
            requests: HashMap::new(),
            replies: Vec::new(),
            conflicts: Vec::new(),
            settled: Vec::new(),
            is_last_of_key: false,
        })
    }

    /// Number of callers that wait for this block.
    pub(super) fn waiting(&self) -> usize {
        self.replies.len() + self.conflicts.len()
    }

    /// Whether the next record belongs under another signature.
    pub(super) const fn is_last_of_key(&self) -> bool {
        self.is_last_of_key
    }

    pub(super) fn remembered(&self, request: &RequestId) -> Option<&Remembered> {
        self.requests.get(request)
    }

    /// Lets a caller wait for this block with a receipt that is known. A size of 0 stands for this block's.
    pub(super) fn answer(&mut self, reply: Reply, receipt: Receipt) {
        self.replies.push((reply, receipt));
    }

    /// Lets a caller hear, with this block, that the id means something else.
    pub(super) fn conflict(&mut self, reply: Reply, conflict: SubmitError) {
        self.conflicts.push((reply, conflict));
    }

    /// Plans, judges and applies one submission: all of its records or none.
    pub(super) fn add(
        &mut self,
        state: &RwLock<State>,
        tree: &mut TreeEdge,
        submission: &Submission,
        command_sha256: [u8; 32],
        now_ms: u64,
    ) -> Result<Receipt, Rejected> {
        let (time_ms, bodies) = {
            let state = state.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((case, changed_at)) = submission.case_as_of {
                state.unchanged_case(case, changed_at)?;
            }
            let time_ms = now_ms.max(state.time_ms());
            (time_ms, plan(&state, time_ms, &submission.command)?)
        };
        // Encoding and hashing need no lock.
        let drafts: Vec<Drafted> = bodies
            .into_iter()
            .map(|body| Drafted::new(time_ms, submission.request, body))
            .collect();
        let first_index = tree.size();
        let applied = {
            let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
            apply_all(&mut state, first_index, &drafts)?
        };
        for (draft, applied) in drafts.iter().zip(applied) {
            self.take(tree, draft, applied)?;
        }
        let receipt = Receipt {
            request: submission.request,
            first_index,
            count: u32::try_from(drafts.len()).unwrap_or(u32::MAX),
            size: 0,
            time_ms,
        };
        if receipt.count > 0 {
            self.requests
                .insert(submission.request, (command_sha256, receipt));
            if let Some((transfer, kind, bundle)) = submission.evidence() {
                self.batch.bundle(&transfer, kind, bundle.as_bytes());
            }
        }
        Ok(receipt)
    }

    /// Adds one of the ledger's own records.
    pub(super) fn add_own(
        &mut self,
        state: &RwLock<State>,
        tree: &mut TreeEdge,
        time_ms: u64,
        body: Body,
    ) -> Result<(), BlockError> {
        let draft = Drafted::new(time_ms, OWN_REQUEST, body);
        let at = At {
            index: tree.size(),
            hash: draft.hash,
        };
        let applied = {
            let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
            apply(&mut state, at, &draft.record).map_err(BlockError::Own)?
        };
        self.take(tree, &draft, applied)
    }

    /// Puts an applied record and everything that follows from it into the batch.
    fn take(
        &mut self,
        tree: &mut TreeEdge,
        draft: &Drafted,
        applied: Applied,
    ) -> Result<(), BlockError> {
        let leaf = Leaf {
            bytes: &draft.bytes,
            hash: draft.hash,
            record: &draft.record,
        };
        let kept = keep(&mut self.batch, tree, leaf, applied)?;
        self.settled.extend(kept.settled);
        self.is_last_of_key |= kept.rotates_key;
        Ok(())
    }

    /// Ends the block: header, edge of the tree, receipts. An empty block stays empty.
    pub(super) fn seal(
        mut self,
        state: &RwLock<State>,
        tree: &mut TreeEdge,
        now_ms: u64,
    ) -> Result<Sealed, BlockError> {
        let is_empty = tree.size() == self.first;
        if !is_empty {
            let (time_ms, header) = header(state, now_ms);
            self.add_own(state, tree, time_ms, header)?;
            tree.write_edge(&mut self.batch);
            let digest = state
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .digest();
            self.batch.state_digest(&digest);
        }
        let size = tree.size();
        for (request, (command_sha256, receipt)) in &mut self.requests {
            receipt.size = size;
            let stored = StoredRequest {
                command_sha256: *command_sha256,
                first_index: receipt.first_index,
                count: receipt.count,
                size,
                time_ms: receipt.time_ms,
            };
            self.batch.request(request, &stored);
        }
        for (_, receipt) in &mut self.replies {
            if receipt.size == 0 {
                receipt.size = size;
            }
        }
        Ok(Sealed {
            writes: (!is_empty).then(|| self.batch.finish()),
            size,
            root: tree.root(),
            replies: self.replies,
            conflicts: self.conflicts,
            settled: self.settled,
        })
    }
}

/// Why one submission did not enter a block.
pub(super) enum Rejected {
    /// It breaks a rule; the block goes on without it.
    Refused(Refusal),
    /// The block itself is lost.
    Broken(BlockError),
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<BlockError> for Rejected {
    fn from(error: BlockError) -> Self {
        Self::Broken(error)
    }
}

/// Applies records one after the other; a refusal takes back those before it.
fn apply_all(state: &mut State, first: u64, drafts: &[Drafted]) -> Result<Vec<Applied>, Refusal> {
    let mut done: Vec<Applied> = Vec::with_capacity(drafts.len());
    for (draft, index) in drafts.iter().zip(first..) {
        let at = At {
            index,
            hash: draft.hash,
        };
        match apply(state, at, &draft.record) {
            Ok(applied) => done.push(applied),
            Err(refusal) => {
                done.iter().rev().for_each(|applied| state.revert(applied));
                return Err(refusal);
            }
        }
    }
    Ok(done)
}

fn header(state: &RwLock<State>, now_ms: u64) -> (u64, Body) {
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let head = state.head();
    let header = BlockHeader {
        height: head.map_or(0, |head| head.height) + 1,
        first: head.map_or(0, |head| head.index + 1),
        previous: head.map(|head| Commitment(head.hash)),
        state: state.digest(),
    };
    (now_ms.max(state.time_ms()), Body::BlockHeader(header))
}
