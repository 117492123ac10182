//! Verifying a store from its leaves up: every leaf, tile and signature, and with replay every rule, balance and row.

mod fold;
mod signed;
mod tree;

use std::path::PathBuf;

use countersign_protocol::log::Hash;
use countersign_protocol::registry::{State, StateError};

use super::replay::{CHUNK_LEAVES, ChunkSink, ReadLeaf, ReplayError, in_two_threads};
use super::rows::RowSum;
use crate::store::{Column, StoreError, StoreReader};
use fold::Fold;
use signed::Checkpoints;
use tree::TreeCheck;

/// What a verification found to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Leaves.
    pub size: u64,
    /// Root of the tree of all leaves.
    pub root: Hash,
    /// Size of the newest signed checkpoint.
    pub signed_size: u64,
    /// Rows of the database, every one of which was read.
    pub rows: u64,
    /// Whether every rule was applied again.
    pub replayed: bool,
}

/// What a verification found to be wrong. The message names the place.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The store does not open or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The leaves are not a ledger.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A folded value does not encode.
    #[error(transparent)]
    State(#[from] StateError),
    /// Something in the store contradicts the leaves.
    #[error("{what} in {dir} does not follow from the leaves: restore the folder from a backup")]
    Contradiction {
        /// The store's folder.
        dir: PathBuf,
        /// Which part.
        what: String,
    },
    /// A checkpoint is not what the log's key signed.
    #[error("the {which} checkpoint in {dir} is wrong: {why}")]
    Checkpoint {
        /// The store's folder.
        dir: PathBuf,
        /// Which one.
        which: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// Verifies the store behind `reader`. `progress` hears how many leaves are done, of how many.
///
/// # Errors
/// The first thing found wrong.
pub fn verify(
    reader: &StoreReader,
    replay: bool,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<Verified, VerifyError> {
    let size = reader.leaf_count()?;
    let mut signed = Checkpoints::read(reader)?;
    let mut tree = TreeCheck::new(reader);
    let mut fold = replay.then(Fold::default);
    let mut rows = Rows::default();
    in_two_threads(
        |sink| {
            read_leaves(reader, size, sink, |leaf| {
                signed.learn(&leaf.record.body);
                tree.push(leaf)?;
                signed.check_at(tree.frontier.size(), || tree.frontier.root())?;
                if leaf.index + 1 == size || (leaf.index + 1).is_multiple_of(PROGRESS_LEAVES) {
                    progress(leaf.index + 1, size);
                }
                Ok(())
            })?;
            // The other thread is still folding.
            rows = Rows::read(reader, replay)?;
            Ok(())
        },
        |chunk| match &mut fold {
            Some(fold) => fold.take(&chunk),
            None => Ok(()),
        },
    )?;
    let signed_size = signed.finish()?;
    let tiles = tree.finish()?;
    rows.compare(reader, fold.as_ref(), tiles)?;
    Ok(Verified {
        size,
        root: tree.frontier.root(),
        signed_size,
        rows: rows.counts.iter().sum(),
        replayed: replay,
    })
}

/// How often progress is told.
const PROGRESS_LEAVES: u64 = 4096;

fn read_leaves(
    reader: &StoreReader,
    size: u64,
    sink: &ChunkSink,
    mut check: impl FnMut(&ReadLeaf) -> Result<(), VerifyError>,
) -> Result<(), VerifyError> {
    let mut leaves = reader.leaves(0..size)?;
    let mut chunk = Vec::with_capacity(CHUNK_LEAVES);
    for expected in 0..size {
        let next = leaves.next_leaf()?;
        let Some((index, bytes)) = next.filter(|(index, _)| *index == expected) else {
            return Err(contradiction(reader, format!("the gap at leaf {expected}")));
        };
        let leaf = ReadLeaf::read(index, bytes)?;
        check(&leaf)?;
        chunk.push(leaf);
        if chunk.len() == CHUNK_LEAVES || index + 1 == size {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_LEAVES));
            if !sink.put(full) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn contradiction(reader: &StoreReader, what: String) -> VerifyError {
    VerifyError::Contradiction {
        dir: reader.dir().to_owned(),
        what,
    }
}

/// What the columns hold: how many rows, and sums over those that follow from the leaves.
#[derive(Default)]
struct Rows {
    counts: [u64; Column::ALL.len()],
    values: RowSum,
    postings: RowSum,
    outcomes: RowSum,
    requests: RowSum,
}

impl Rows {
    /// Reads every row of every column, so that every checksum is compared.
    fn read(reader: &StoreReader, with_sums: bool) -> Result<Self, VerifyError> {
        let mut rows = Self::default();
        reader.each_row::<VerifyError>(|column, key, value| {
            rows.counts[column as usize] += 1;
            match column {
                _ if !with_sums => {}
                Column::State | Column::Transfer => rows.values.add(key, value),
                Column::Posting => rows.postings.add(key, value),
                Column::Outcome => rows.outcomes.add(key, value),
                // The digest of the command does not follow from the leaves.
                Column::Request => rows.requests.add(key, value.get(32..).unwrap_or_default()),
                _ => {}
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Holds the rows against what was folded.
    fn compare(
        &self,
        reader: &StoreReader,
        fold: Option<&Fold>,
        tiles: u64,
    ) -> Result<(), VerifyError> {
        if self.counts[Column::Tile as usize] != tiles {
            return Err(contradiction(reader, "the number of tiles".to_owned()));
        }
        let Some(fold) = fold else { return Ok(()) };
        let state = fold.replay.state();
        let checks = [
            (self.values == fold.values()?, "the column of state"),
            (self.postings == fold.postings, "the column of postings"),
            (self.outcomes == fold.outcomes, "the column of outcomes"),
            (self.requests == fold.requests, "the column of requests"),
            (
                reader.state_digest()? == Some(state.digest()),
                "the digest of the state",
            ),
            (
                is_identity_of(reader, state)?,
                "the identity in column meta",
            ),
        ];
        match checks.iter().find(|(holds, _)| !holds) {
            Some((_, what)) => Err(contradiction(reader, (*what).to_owned())),
            None => Ok(()),
        }
    }
}

fn is_identity_of(reader: &StoreReader, state: &State) -> Result<bool, StoreError> {
    let identity = reader.identity()?;
    let Some((genesis, (log_key, _))) = state.genesis().zip(state.log_key()) else {
        return Ok(false);
    };
    Ok(identity.party == genesis.party
        && identity.origin == genesis.origin
        && identity.log_keys == [log_key.to_string()])
}
