//! What a verification says when everything holds.

use countersign_protocol::log::{Checkpoint, Cosigner};
use countersign_protocol::party::Party;
use countersign_protocol::registry::LedgerAccount;

/// How far a verification, an export or a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Leaves done.
    pub done: u64,
    /// Leaves in all.
    pub total: u64,
}

/// A ledger of which everything that was checked holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Leaves checked.
    pub size: u64,
    /// Whether `records.jsonl` was there and checked.
    pub has_lines: bool,
    /// What the replay ended with, if there was one.
    pub replayed: Option<Replayed>,
    /// Whose ledger the genesis says it is.
    pub party: Party,
    /// The authority that the genesis names.
    pub name: String,
    /// The federation that the genesis names.
    pub network: String,
    /// Blocks.
    pub blocks: u64,
    /// The signed head.
    pub checkpoint: Checkpoint,
    /// The key that the ledger names for this head, and that signed it.
    pub log_key: String,
    /// Whether a trust file was given: without one nobody but the ledger itself was believed.
    pub trusted: bool,
    /// The witnesses of the trust file that cosigned the head.
    pub cosigned_by: Vec<Cosigner>,
    /// Signature lines by keys that were not known: they count for nothing.
    pub unknown_signatures: usize,
}

/// The state at the end of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Digest of every change.
    pub digest: [u8; 32],
    /// Tonnes that this Party issued.
    pub issued: u64,
    /// Every balance of the general ledger, in tonnes.
    pub balances: Vec<(LedgerAccount, i64)>,
}
