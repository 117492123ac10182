//! What a verification found that does not hold: what, and exactly where.

use countersign_protocol::log::{CheckpointError, KeyError, PolicyError, ProveError, TileError};

use crate::ledger::replay::ReplayError;
use crate::store::StoreError;

/// The first thing that does not hold. `place` is a file of an export, or a row of a store.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Something that the tree needs is not there.
    #[error("{place} is missing: export or fetch the ledger again")]
    Missing {
        /// What is missing.
        place: String,
    },
    /// The operating system refused to read, or the file is larger than its kind can be.
    #[error("cannot read {place}: {source}")]
    Io {
        /// What was read.
        place: String,
        /// The reason given by the system.
        source: std::io::Error,
    },
    /// The store that is exported can not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not a checkpoint.
    #[error("{place} is not a checkpoint: {error}")]
    Checkpoint {
        /// Where the note is.
        place: String,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// The checkpoint is of another log than the one whose genesis is leaf 0.
    #[error("{place} is a checkpoint of {signed}, but leaf 0 is the genesis of {genesis}")]
    OtherLog {
        /// Where the note is.
        place: String,
        /// Origin that the note names.
        signed: String,
        /// Origin that the genesis names.
        genesis: String,
    },
    /// A key that the ledger names can not be used.
    #[error("the log key that record {index} names cannot be used: {error}")]
    LogKey {
        /// Leaf index.
        index: u64,
        /// What is wrong with it.
        error: KeyError,
    },
    /// The key that the ledger names for this size did not sign, or its signature does not verify.
    #[error("{place} is not signed by {key}, the key that the ledger names for its size")]
    NotSigned {
        /// Where the note is.
        place: String,
        /// Name of the key and its id.
        key: String,
    },
    /// The trust file does not believe the checkpoint.
    #[error("{place} is not trusted: {error}")]
    NotTrusted {
        /// Where the note is.
        place: String,
        /// Why.
        error: PolicyError,
    },
    /// The leaves lead to another root than the one that was signed.
    #[error("the root of the first {size} leaves is {computed}, but {place} signs {signed}")]
    Root {
        /// Where the note is.
        place: String,
        /// Tree size.
        size: u64,
        /// Root computed from the leaves, hex.
        computed: String,
        /// Root that was signed, hex.
        signed: String,
    },
    /// The root at a checkpoint's size can not be computed.
    #[error("{place} cannot be compared with the leaves: {error}")]
    Tree {
        /// Where the note is.
        place: String,
        /// Why.
        error: ProveError,
    },
    /// An entry bundle or a tile does not have its form.
    #[error("{place} is damaged: {error}")]
    Tile {
        /// The file or row.
        place: String,
        /// What is wrong with it.
        error: TileError,
    },
    /// A hash in a tile is not the one that the leaves give.
    #[error("{place} is damaged: hash {position} is not that of leaves {first} to {last}")]
    Hash {
        /// The tile.
        place: String,
        /// Position in the tile, from 0.
        position: usize,
        /// First leaf under the hash.
        first: u64,
        /// Last leaf under the hash.
        last: u64,
    },
    /// A leaf is not a record, or a record breaks a rule of the registry.
    #[error("{place}: {error}")]
    Leaf {
        /// The entry bundle.
        place: String,
        /// Which leaf, and why.
        error: ReplayError,
    },
    /// The leaves do not begin with a genesis or do not end with a block header.
    #[error(
        "record {index} is {found}: a ledger begins with a genesis and ends with a block header"
    )]
    Border {
        /// Leaf index.
        index: u64,
        /// Kind found.
        found: &'static str,
    },
    /// Balances and holdings say different things after a replay.
    #[error("after the replay {account} has a balance of {balance} t, but its units are {units} t")]
    Balance {
        /// The account of the general ledger.
        account: String,
        /// The balance by double entry.
        balance: i64,
        /// The sum of the units there.
        units: i64,
    },
    /// A line of `records.jsonl` is not that of its leaf.
    #[error("line {line} of {place} does not say what record {index} says")]
    Line {
        /// The file.
        place: String,
        /// Line number, from 1.
        line: u64,
        /// Leaf index.
        index: u64,
    },
    /// `records.jsonl` goes on after the last leaf.
    #[error("{place} goes on after record {last}, the last of the ledger")]
    TooManyLines {
        /// The file.
        place: String,
        /// The last leaf.
        last: u64,
    },
    /// A file that this tree does not have.
    #[error("{place} belongs to no tree of {size} leaves: remove it, or export again")]
    Stranger {
        /// The file.
        place: String,
        /// Size of the tree.
        size: u64,
    },
    /// A record has no JSON form.
    #[error("record {index} cannot be written as JSON: {error}")]
    Json {
        /// Leaf index.
        index: u64,
        /// Why.
        error: serde_json::Error,
    },
    /// A reading thread ended before its work.
    #[error("the verification was interrupted: run it again")]
    Interrupted,
}
