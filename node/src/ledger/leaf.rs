//! What a record leaves in the store beside its bytes: tiles, values of the registry, postings, outcome.

use countersign_protocol::log::Hash;
use countersign_protocol::record::Record;
use countersign_protocol::registry::{Applied, Key, TransferKey, Value};

use super::block::BlockError;
use super::tree::TreeEdge;
use crate::store::Batch;

/// A record that was judged and applied.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) hash: Hash,
    pub(super) record: &'a Record,
}

/// What the record asks of whoever keeps it.
#[derive(Default)]
pub(super) struct Kept {
    /// Transfers that the store answers for once the batch is written.
    pub(super) settled: Vec<TransferKey>,
    /// The tree is signed by another key from here on.
    pub(super) rotates_key: bool,
}

/// Puts a leaf into the log, and nothing that follows from it.
pub(super) fn log(
    batch: &mut Batch<'_>,
    tree: &mut TreeEdge,
    bytes: &[u8],
    hash: Hash,
) -> Result<(), BlockError> {
    batch.leaf(tree.size(), bytes);
    Ok(tree.push(hash, batch)?)
}

/// Puts an applied record and everything that follows from it into the batch.
pub(super) fn keep(
    batch: &mut Batch<'_>,
    tree: &mut TreeEdge,
    leaf: Leaf<'_>,
    applied: Applied,
) -> Result<Kept, BlockError> {
    let index = tree.size();
    log(batch, tree, leaf.bytes, leaf.hash)?;
    follow(batch, index, leaf.record, applied)
}

/// Puts what follows from an applied record into the batch.
pub(super) fn follow(
    batch: &mut Batch<'_>,
    index: u64,
    record: &Record,
    applied: Applied,
) -> Result<Kept, BlockError> {
    let outcome = applied.outcome(record);
    if !outcome.is_empty() {
        batch.outcome(index, &outcome.to_bytes()?);
    }
    for (change, (key, value)) in applied.changes.iter().zip(applied.encoded) {
        let is_transfer = matches!(change.key, Key::Transfer(_));
        batch.state(is_transfer, key, value);
    }
    for (posting, position) in applied.postings.iter().zip(0..) {
        batch.posting(index, position, posting);
    }
    let mut kept = Kept::default();
    for change in &applied.changes {
        match (&change.key, &change.after) {
            (Key::Transfer(key), Some(Value::Transfer(it))) if it.is_settled() => {
                kept.settled.push(*key);
            }
            (_, Some(Value::LogKey { key, .. })) => {
                batch.log_key(key.as_str());
                kept.rotates_key = true;
            }
            _ => {}
        }
    }
    Ok(kept)
}
