//! A ledger's store filled with leaves that were written elsewhere: the mirror of a partner's, or one's own after a loss.
//!
//! Every leaf is judged by the same rules that wrote it, so that whoever keeps a mirror audits it. What a store built this
//! way lacks is what leaves do not tell: the commands behind the receipts, and the bundles that partners sent as evidence.

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::log::{Checkpoint, Frontier, FrontierError, Hash, leaf_hash};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{Applied, At, SettledTransfers, State, TransferKey, apply};

use super::block::BlockError;
use super::leaf::{Leaf, follow, keep, log};
use super::open::judged_state;
use super::replay::{ReadLeaf, ReplayError, check_goes_on};
use super::requests::OpenRequests;
use super::settled::StoredTransfers;
use super::submission::LedgerError;
use super::tree::TreeEdge;
use crate::store::{Batch, Identity, OpenOptions, Store, StoreError};

/// Why leaves were not taken.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The store can not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store holds something else than a ledger.
    #[error(transparent)]
    Ledger(Box<LedgerError>),
    /// A block does not end.
    #[error("a block of this ledger is longer than {} MiB and has no end: no node writes such", ENDLESS_BYTES >> 20)]
    Endless,
    /// An earlier release stopped within a block that this one takes.
    #[error("the store ends within a block: fetch the ledger again")]
    Partial,
    /// What was read can not be kept.
    #[error("what follows from a leaf can not be kept: {0}")]
    Keep(String),
}

/// Leaves that wait in memory for the header of their block, bytes: thirty times what a node's fullest block has.
const ENDLESS_BYTES: usize = 64 << 20;

impl From<BlockError> for RebuildError {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::Store(error) => Self::Store(error),
            other => Self::Keep(other.to_string()),
        }
    }
}

/// A store that grows by leaves written elsewhere.
pub struct Rebuild {
    store: Arc<Store>,
    settled: Arc<StoredTransfers>,
    state: State,
    tree: TreeEdge,
    requests: OpenRequests,
    finding: Option<ReplayError>,
    /// Leaves of a block whose header is not here yet. A store holds whole blocks, so they are not in it.
    pending: Vec<Vec<u8>>,
}

/// A leaf that was judged, with what it did.
type Judged = (ReadLeaf, Applied);

impl Rebuild {
    /// Begins with an empty store in `dir`, which must be empty or absent.
    ///
    /// # Errors
    /// [`RebuildError::Store`].
    pub fn create(
        dir: &Path,
        identity: &Identity,
        options: &OpenOptions,
    ) -> Result<Self, RebuildError> {
        let store = Arc::new(Store::create(dir, identity, options)?);
        let settled = Arc::new(StoredTransfers::new(Arc::clone(&store)));
        Ok(Self {
            state: State::new(Arc::clone(&settled) as Arc<dyn SettledTransfers>),
            settled,
            store,
            tree: TreeEdge::default(),
            requests: OpenRequests::default(),
            finding: None,
            pending: Vec::new(),
        })
    }

    /// Goes on with a store that was begun before.
    ///
    /// # Errors
    /// [`RebuildError`]: also [`StoreError::NoGenesis`] for one that never got its first leaf.
    pub fn open(
        dir: &Path,
        identity: &Identity,
        options: &OpenOptions,
    ) -> Result<Self, RebuildError> {
        let store = Arc::new(Store::open(dir, identity, options)?);
        let settled = Arc::new(StoredTransfers::new(Arc::clone(&store)));
        let state = judged_state(&store, Arc::clone(&settled))
            .map_err(|error| RebuildError::Ledger(Box::new(error)))?;
        let size = store.leaf_count()?;
        let mut rebuild = Self {
            tree: TreeEdge::load(&store, size)?,
            store: Arc::clone(&store),
            settled,
            state,
            requests: OpenRequests::default(),
            finding: None,
            pending: Vec::new(),
        };
        // This release may know what an earlier one refused.
        let judged = rebuild.state.size();
        let mut batch = store.batch()?;
        let mut settled = Vec::new();
        let (mut first, mut block) = (judged, Vec::new());
        let mut leaves = store.leaves(judged..size)?;
        while rebuild.finding.is_none()
            && let Some((index, bytes)) = leaves.next_leaf()?
        {
            block.push(bytes.to_vec());
            if is_header(bytes) {
                for (leaf, applied) in rebuild.judge(first, &block).unwrap_or_default() {
                    let kept = follow(&mut batch, leaf.index, &leaf.record, applied)?;
                    settled.extend(kept.settled);
                    rebuild.receipts(&mut batch, &leaf);
                }
                (first, block) = (index + 1, Vec::new());
            }
        }
        drop(leaves);
        if rebuild.finding.is_none() && !block.is_empty() {
            return Err(RebuildError::Partial);
        }
        rebuild.write(batch, &settled)?;
        Ok(rebuild)
    }

    /// The store, for reading.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// The registry after the leaves so far.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size() + self.pending.len() as u64
    }

    /// Root of the tree of the leaves so far.
    ///
    /// # Errors
    /// [`FrontierError::Full`].
    pub fn root(&self) -> Result<Hash, FrontierError> {
        self.root_with(&[])
    }

    /// The root that the tree would have with these leaves more. Nothing is judged and nothing kept.
    ///
    /// # Errors
    /// [`FrontierError::Full`].
    pub fn root_with(&self, leaves: &[Vec<u8>]) -> Result<Hash, FrontierError> {
        let mut frontier: Frontier = self.tree.frontier().clone();
        for leaf in self.pending.iter().chain(leaves) {
            frontier.push(leaf_hash(leaf))?;
        }
        Ok(frontier.root())
    }

    /// The first leaf that is no record, or breaks a rule.
    #[must_use]
    pub const fn finding(&self) -> Option<&ReplayError> {
        self.finding.as_ref()
    }

    /// Takes leaves. Whole blocks are judged, applied and kept, in one synced write, up to the first leaf that breaks a rule
    /// ([`Self::finding`]); its block and what comes after it is kept as it is, for it is evidence.
    ///
    /// # Errors
    /// When the store fails: open it anew then.
    pub fn append(&mut self, leaves: &[Vec<u8>]) -> Result<(), RebuildError> {
        // What waits has no header.
        let waiting = self.pending.len();
        let bytes = self
            .pending
            .iter()
            .chain(leaves)
            .map(Vec::len)
            .sum::<usize>();
        if bytes > ENDLESS_BYTES && !leaves.iter().any(|bytes| is_header(bytes)) {
            self.pending = Vec::new();
            return Err(RebuildError::Endless);
        }
        self.pending.extend_from_slice(leaves);
        let whole = match &self.finding {
            Some(_) => self.pending.len(),
            None => {
                let last = leaves.iter().rposition(|bytes| is_header(bytes));
                last.map_or(0, |last| waiting + last + 1)
            }
        };
        let rest = self.pending.split_off(whole);
        let whole = std::mem::replace(&mut self.pending, rest);
        self.keep_blocks(&whole)
    }

    fn keep_blocks(&mut self, leaves: &[Vec<u8>]) -> Result<(), RebuildError> {
        let store = Arc::clone(&self.store);
        let mut batch = store.batch()?;
        let mut settled = Vec::new();
        for block in leaves.split_inclusive(|bytes| is_header(bytes)) {
            self.check_goes_on(block);
            let judged = match &self.finding {
                Some(_) => None,
                None => self.judge(self.tree.size(), block),
            };
            let Some(judged) = judged else {
                for bytes in block {
                    log(&mut batch, &mut self.tree, bytes, leaf_hash(bytes))?;
                }
                continue;
            };
            for (bytes, (leaf, applied)) in block.iter().zip(judged) {
                let kept = Leaf {
                    bytes,
                    hash: leaf.hash,
                    record: &leaf.record,
                };
                settled.extend(keep(&mut batch, &mut self.tree, kept, applied)?.settled);
                self.receipts(&mut batch, &leaf);
            }
        }
        self.tree.write_edge(&mut batch);
        self.write(batch, &settled)
    }

    /// A second genesis stands at the beginning of its block: the rules see to that.
    fn check_goes_on(&mut self, block: &[Vec<u8>]) {
        let first = block.first().map(|it| ReadLeaf::read(self.tree.size(), it));
        if let (None, Some(Ok(leaf))) = (&self.finding, first) {
            let checked = check_goes_on(&leaf, || self.tree.frontier().root());
            self.finding = checked.err();
        }
    }

    /// Judges and applies a block, all of it or nothing: a store's state is that of the last header.
    fn judge(&mut self, first: u64, block: &[Vec<u8>]) -> Option<Vec<Judged>> {
        let mut done: Vec<Judged> = Vec::with_capacity(block.len());
        for (bytes, index) in block.iter().zip(first..) {
            match self.judge_leaf(index, bytes) {
                Ok(judged) => done.push(judged),
                Err(error) => {
                    self.finding = Some(error);
                    self.revert(&done);
                    return None;
                }
            }
        }
        Some(done)
    }

    fn revert(&mut self, done: &[Judged]) {
        for (_, applied) in done.iter().rev() {
            self.state.revert(applied);
        }
    }

    fn judge_leaf(&mut self, index: u64, bytes: &[u8]) -> Result<Judged, ReplayError> {
        let leaf = ReadLeaf::read(index, bytes)?;
        let at = At {
            index,
            hash: leaf.hash,
        };
        let applied = apply(&mut self.state, at, &leaf.record);
        let applied = applied.map_err(|source| ReplayError::Rule {
            index,
            kind: leaf.record.body.kind(),
            source,
        })?;
        Ok((leaf, applied))
    }

    fn receipts(&mut self, batch: &mut Batch<'_>, leaf: &ReadLeaf) {
        for (request, stored) in self.requests.take(leaf.index, &leaf.record) {
            batch.request(&request, &stored);
        }
    }

    fn write(&mut self, mut batch: Batch<'_>, settled: &[TransferKey]) -> Result<(), RebuildError> {
        // "Unknown" would be a lie that could take units twice.
        if self.settled.has_failed() {
            return Err(BlockError::Settled.into());
        }
        batch.state_digest(&self.state.digest());
        self.store.commit(batch.finish())?;
        settled.iter().for_each(|key| self.state.evict(key));
        Ok(())
    }

    /// Remembers the witnessed checkpoint under which all leaves so far stand; with the ledger's own lines alone, which fit
    /// there, it guards against a loss of leaves. A tree that ends within a block is judged to its end: where its last
    /// leaves obey the rules, nothing is remembered until the block has ended.
    ///
    /// # Errors
    /// [`RebuildError::Store`]; [`RebuildError::Keep`] when the note is no checkpoint.
    pub fn stands_under(&mut self, witnessed: &str) -> Result<(), RebuildError> {
        let (mut signed, checkpoint) = Checkpoint::parse_note(witnessed)
            .map_err(|error| RebuildError::Keep(error.to_string()))?;
        signed.retain(|line| line.name() == checkpoint.origin);
        let tail = std::mem::take(&mut self.pending);
        if !tail.is_empty() {
            if let Some(judged) = self.judge(self.tree.size(), &tail) {
                self.revert(&judged);
                self.pending = tail;
                return Ok(());
            }
            self.keep_blocks(&tail)?;
        }
        self.store.acknowledge(self.size(), &signed.to_string())?;
        self.store.keep_witnessed(witnessed)?;
        Ok(())
    }
}

/// Whether a leaf ends a block.
fn is_header(bytes: &[u8]) -> bool {
    Record::decode(bytes).is_ok_and(|record| matches!(record.body, Body::BlockHeader(_)))
}
