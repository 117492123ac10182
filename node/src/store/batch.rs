//! One block's writes, collected and then written at once.

use std::collections::HashMap;

use countersign_protocol::federation::MessageKind;
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::registry::Posting;
use rocksdb::{ColumnFamily, WriteBatch};

use super::column::{COLUMNS, bundle_key, leaf_key, meta, posting_row, tile_key};
use super::{Column, StoreReader, StoredRequest};

/// Writes that become durable together or not at all.
pub struct Batch<'a> {
    columns: [&'a ColumnFamily; COLUMNS],
    writes: WriteBatch,
    /// Registry values, by key and whether it is a transfer's: only what a block leaves behind is written, however often
    /// its records changed it.
    state: HashMap<(bool, Vec<u8>), Option<Vec<u8>>>,
}

/// The finished writes of a block, free of the store they are for.
pub struct Writes(pub(super) WriteBatch);

impl<'a> Batch<'a> {
    pub(super) fn new(reader: &'a StoreReader) -> Result<Self, super::StoreError> {
        Ok(Self {
            columns: reader.columns()?,
            writes: WriteBatch::default(),
            state: HashMap::with_capacity(128),
        })
    }

    fn put(&mut self, column: Column, key: &[u8], value: &[u8]) {
        self.writes.put_cf(self.columns[column.slot()], key, value);
    }

    /// Adds the canonical bytes of the record at `index`.
    pub fn leaf(&mut self, index: u64, bytes: &[u8]) {
        self.put(Column::Leaf, &leaf_key(index), bytes);
    }

    /// Writes tile `index` of `level`: all its 32-byte hashes so far, one after the other.
    pub fn tile(&mut self, level: u8, index: u64, hashes: &[u8]) {
        debug_assert!(hashes.len().is_multiple_of(32) && !hashes.is_empty());
        self.put(Column::Tile, &tile_key(level, index), hashes);
    }

    /// Sets a registry key, or removes it. `is_transfer` tells which column it lives in. The last word on a key counts.
    pub fn state(&mut self, is_transfer: bool, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.state.insert((is_transfer, key), value);
    }

    fn write_state(&mut self) {
        for ((is_transfer, key), value) in std::mem::take(&mut self.state) {
            let column = if is_transfer {
                Column::Transfer
            } else {
                Column::State
            };
            match value {
                Some(value) => self.put(column, &key, &value),
                None => self.writes.delete_cf(self.columns[column.slot()], &key),
            }
        }
    }

    /// Adds posting number `position` of the leaf at `index`.
    pub fn posting(&mut self, index: u64, position: u32, posting: &Posting) {
        let (key, value) = posting_row(index, position, posting);
        self.put(Column::Posting, &key, &value);
    }

    /// Keeps what the record at `index` brought about, in its stored form.
    pub fn outcome(&mut self, index: u64, bytes: &[u8]) {
        self.put(Column::Outcome, &leaf_key(index), bytes);
    }

    /// Remembers the receipt of a request.
    pub fn request(&mut self, request: &RequestId, stored: &StoredRequest) {
        self.put(Column::Request, request.as_bytes(), &stored.encode());
    }

    /// Keeps a partner's proof bundle as evidence.
    pub fn bundle(&mut self, transfer: &TransferId, kind: MessageKind, bundle: &[u8]) {
        self.put(Column::Bundle, &bundle_key(transfer, kind), bundle);
    }

    /// Keeps the digest of the registry's state after this block.
    pub fn state_digest(&mut self, digest: &[u8; 32]) {
        self.put(Column::Meta, meta::STATE_DIGEST, digest);
    }

    /// Names the log key that signs from this block on (text form of the verifier key).
    pub fn log_key(&mut self, verifier_key: &str) {
        self.put(Column::Meta, meta::LOG_KEY, verifier_key.as_bytes());
    }

    pub(super) fn meta(&mut self, key: &[u8], value: &[u8]) {
        self.put(Column::Meta, key, value);
    }

    /// Bytes collected so far, as they go to the write-ahead log; registry values are added at the end.
    #[must_use]
    pub fn size_in_bytes(&self) -> usize {
        self.writes.size_in_bytes()
    }

    /// Ends collecting.
    #[must_use]
    pub fn finish(mut self) -> Writes {
        self.write_state();
        Writes(self.writes)
    }
}
