//! Folding a ledger again from its leaves: the state is what the leaves say, or the ledger is wrong.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use countersign_protocol::log::{Frontier, FrontierError, Hash, leaf_hash};
use countersign_protocol::record::{Body, DecodeError, Record};
use countersign_protocol::registry::{Applied, At, Refusal, State, apply};

/// Leaves that are handed from the reading thread to the folding thread at a time: enough to make the hand-over cheap.
pub const CHUNK_LEAVES: usize = 1024;

/// Chunks under way between the two threads.
const CHUNKS: usize = 4;

/// Why leaves are not a ledger.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A leaf is not a record.
    #[error("leaf {index} is not a record: {source}")]
    Leaf {
        /// Index of the leaf.
        index: u64,
        /// What is wrong with its bytes.
        source: DecodeError,
    },
    /// A record breaks a rule. Header records carry the digest of the state, so a record that was exchanged shows at
    /// the next header at the latest.
    #[error("the {kind} record at leaf {index} breaks a rule: {source}")]
    Rule {
        /// Index of the leaf.
        index: u64,
        /// Kind of the record.
        kind: &'static str,
        /// The rule.
        source: Refusal,
    },
    /// There are more leaves than a tree can have.
    #[error(transparent)]
    Tree(#[from] FrontierError),
}

/// A leaf that was decoded and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLeaf {
    /// Its index.
    pub index: u64,
    /// Its leaf hash.
    pub hash: Hash,
    /// What it says.
    pub record: Record,
}

impl ReadLeaf {
    /// Decodes and hashes a leaf's bytes.
    ///
    /// # Errors
    /// [`ReplayError::Leaf`] when the bytes are not a canonical record.
    pub fn read(index: u64, bytes: &[u8]) -> Result<Self, ReplayError> {
        let record = Record::decode(bytes).map_err(|source| ReplayError::Leaf { index, source })?;
        Ok(Self {
            index,
            hash: leaf_hash(bytes),
            record,
        })
    }
}

/// A ledger folded again, leaf by leaf.
#[derive(Debug, Default)]
pub struct Replay {
    state: State,
    frontier: Frontier,
}

impl Replay {
    /// Before the first leaf.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges and applies the next leaf by the same rules that wrote it.
    ///
    /// # Errors
    /// [`ReplayError::Rule`] when the rules refuse it here.
    pub fn fold(&mut self, leaf: &ReadLeaf) -> Result<Applied, ReplayError> {
        let at = At {
            index: leaf.index,
            hash: leaf.hash,
        };
        check_goes_on(leaf, || self.frontier.root())?;
        let applied =
            apply(&mut self.state, at, &leaf.record).map_err(|source| ReplayError::Rule {
                index: leaf.index,
                kind: leaf.record.body.kind(),
                source,
            })?;
        self.frontier.push(leaf.hash)?;
        Ok(applied)
    }

    /// The state after the leaves so far.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Root of the tree of the leaves so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }
}

/// A second genesis names the closed ledger whose leaves stand before it: they make the root that it names. The rules, which
/// see one leaf after the other, can not know.
///
/// # Errors
/// [`ReplayError::Rule`] when they make another.
pub(super) fn check_goes_on(
    leaf: &ReadLeaf,
    root: impl FnOnce() -> Hash,
) -> Result<(), ReplayError> {
    let Body::Genesis(genesis) = &leaf.record.body else {
        return Ok(());
    };
    match &genesis.continues {
        Some(closed) if closed.root != root() => Err(ReplayError::Rule {
            index: leaf.index,
            kind: leaf.record.body.kind(),
            source: Refusal::Continued("the leaves before it are not those of the closed ledger"),
        }),
        _ => Ok(()),
    }
}

/// Runs `read` in a thread of its own and `take` in this one: `read` hands over chunks of decoded leaves, `take` folds
/// them meanwhile. Both stop at the first error of either; the reader's counts first, for what was read wrong is folded
/// wrong.
///
/// # Errors
/// The first failure.
pub fn in_two_threads<E: Send>(
    read: impl FnOnce(&ChunkSink) -> Result<(), E> + Send,
    mut take: impl FnMut(Vec<ReadLeaf>) -> Result<(), E>,
) -> Result<(), E> {
    let (sink, chunks) = sync_channel(CHUNKS);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(&ChunkSink(sink)));
        let taken = take_all(&chunks, &mut take);
        drop(chunks);
        match reader.join() {
            Ok(read) => read.and(taken),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn take_all<E>(
    chunks: &Receiver<Vec<ReadLeaf>>,
    take: &mut impl FnMut(Vec<ReadLeaf>) -> Result<(), E>,
) -> Result<(), E> {
    while let Ok(chunk) = chunks.recv() {
        take(chunk)?;
    }
    Ok(())
}

/// Where the reading thread puts chunks.
#[derive(Debug)]
pub struct ChunkSink(SyncSender<Vec<ReadLeaf>>);

impl ChunkSink {
    /// Hands a chunk over; false when nobody takes chunks any more.
    #[must_use]
    pub fn put(&self, chunk: Vec<ReadLeaf>) -> bool {
        self.0.send(chunk).is_ok()
    }
}
