//! The node's ledger on disk: RocksDB, one synced write batch per block.
//!
//! A store is a folder with two things in it: `db`, the database, and `head`, the guard that remembers the newest
//! acknowledged checkpoint. [`Store`] is the one writer's view, [`StoreReader`] everybody else's.
//!
//! What a crash may do: a block whose write was never acknowledged may be there or not, whole in both cases. What it
//! may not do: lose a block that was acknowledged. [`Store::open`] tells the two apart and refuses the second.

mod batch;
mod column;
mod error;
mod guard;
mod open;
mod options;
mod reader;
mod row;

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use rocksdb::WriteOptions;

pub use batch::{Batch, Writes};
pub use column::Column;
pub(crate) use column::posting_row;
pub use error::StoreError;
pub use guard::GuardedHead;
pub use open::{Identity, OpenOptions, SCHEMA_VERSION};
pub use options::StoreTuning;
pub use reader::{Leaves, StoreReader};
pub use row::{StoredPosting, StoredRequest};

use column::meta;
use guard::HeadGuard;

/// A store opened for writing. There is one per folder; RocksDB's lock sees to it.
#[derive(Debug)]
pub struct Store {
    reader: StoreReader,
    guard: Mutex<HeadGuard>,
}

impl Store {
    fn assemble(reader: StoreReader, guard: HeadGuard) -> Self {
        Self {
            reader,
            guard: Mutex::new(guard),
        }
    }

    /// Starts collecting the writes of a block.
    ///
    /// # Errors
    /// When a column is missing.
    pub fn batch(&self) -> Result<Batch<'_>, StoreError> {
        Batch::new(&self.reader)
    }

    /// Writes a block and returns once it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses. Nothing can be assumed about the block then: stop writing and start again.
    pub fn commit(&self, writes: Writes) -> Result<(), StoreError> {
        let mut options = WriteOptions::default();
        options.set_sync(true);
        options.set_memtable_insert_hint_per_batch(true);
        self.reader
            .db
            .write_opt(writes.0, &options)
            .map_err(|e| self.reader.failed("write a block", e))
    }

    /// Records that the block which made the tree `size` leaves large is about to be acknowledged under the signed
    /// checkpoint `note`. Call it after [`Store::commit`] and before anybody hears of the block.
    ///
    /// # Errors
    /// When the guard file cannot be written, or the note is longer than a slot.
    pub fn acknowledge(&self, size: u64, note: &str) -> Result<(), StoreError> {
        self.guard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(size, note)
    }

    /// Keeps the newest checkpoint with a quorum of cosignatures. Not synced: a lost one is asked for again.
    ///
    /// # Errors
    /// When the database refuses the write.
    pub fn keep_witnessed(&self, note: &str) -> Result<(), StoreError> {
        self.reader
            .db
            .put(meta::WITNESSED, note)
            .map_err(|e| self.reader.failed("write", e))
    }
}

impl Deref for Store {
    type Target = StoreReader;

    fn deref(&self) -> &StoreReader {
        &self.reader
    }
}
