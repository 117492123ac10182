//! Reading a store: the same calls for the node that writes it and for the command line beside it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_protocol::federation::MessageKind;
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::log::{Tile, TileSource};
use countersign_protocol::registry::{LedgerAccount, Outcome};
use rocksdb::{ColumnFamily, DB, DBRawIteratorWithThreadMode, ReadOptions};

use super::column::{COLUMNS, account_key, bundle_key, leaf_key, meta, tile_key};
use super::guard::{GuardContent, HeadGuard};
use super::open::{
    DATABASE_FOLDER, GUARD_FILE, check_acknowledged, check_columns, check_frames, check_schema,
    read_identity, survey,
};
use super::options::{descriptors, reader_options};
use super::{Column, GuardedHead, Identity, StoreError, StoreTuning, StoredPosting, StoredRequest};

/// How often a reader tries again when the writer moved its files meanwhile. The writer does so about once a second
/// under full load.
const OPEN_ATTEMPTS_MAX: u32 = 40;
const OPEN_PAUSE: Duration = Duration::from_millis(20);

/// A store opened for reading.
///
/// [`super::Store`] derefs to it. [`StoreReader::open`] opens one beside a running node without disturbing it: it sees
/// the ledger as it was at that moment.
pub struct StoreReader {
    pub(super) db: DB,
    pub(super) dir: PathBuf,
    /// The head guard as it was when a reader was opened; a writer reads its own anew.
    guard: Option<GuardContent>,
}

impl StoreReader {
    pub(super) const fn primary(db: DB, dir: PathBuf) -> Self {
        Self {
            db,
            dir,
            guard: None,
        }
    }

    /// Opens the store in `dir` for reading, whether or not a node is writing it. Writes nothing into `dir`.
    ///
    /// # Errors
    /// The same refusals as [`super::Store::open`] except those that need to know whose node this is.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let mut before = FileStamp::of(dir);
        let mut opened = Self::open_once(dir);
        for _ in 1..OPEN_ATTEMPTS_MAX {
            let after = FileStamp::of(dir);
            match &opened {
                // The writer drops a log once tables hold its records, oldest first. While every log that was there
                // still is, the manifest that was read and the logs that were read leave no gap between them.
                Ok(_) if before.logs.is_subset(&after.logs) => return opened,
                // Nothing moved: the error is not the writer's doing.
                Err(_) if before == after => return opened,
                _ => {}
            }
            std::thread::sleep(OPEN_PAUSE);
            before = FileStamp::of(dir);
            opened = Self::open_once(dir);
        }
        opened.and_then(|_| {
            Err(StoreError::Busy {
                dir: dir.to_owned(),
            })
        })
    }

    fn open_once(dir: &Path) -> Result<Self, StoreError> {
        survey(dir)?;
        // The guard is written after the records: what it names now must be there in a copy opened later.
        let content = HeadGuard::peek_settled(&dir.join(GUARD_FILE))?;
        if let Some(head) = &content.head {
            check_schema(dir, head.schema)?;
        }
        let tuning = StoreTuning::default();
        let options = reader_options(&tuning);
        check_frames(dir)?;
        check_columns(dir, &options)?;
        let db = DB::open_cf_descriptors_read_only(
            &options,
            dir.join(DATABASE_FOLDER),
            descriptors(&tuning),
            false,
        )
        .map_err(|e| StoreError::database("open for reading", dir, e))?;
        let mut reader = Self::primary(db, dir.to_owned());
        check_acknowledged(dir, reader.leaf_count()?, &content, None)?;
        read_identity(&reader)?;
        reader.guard = Some(content);
        Ok(reader)
    }

    /// The store's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whose ledger this is.
    ///
    /// # Errors
    /// When the rows are missing or of another schema version.
    pub fn identity(&self) -> Result<Identity, StoreError> {
        read_identity(self)
    }

    /// The newest head that was acknowledged, with its signed checkpoint; `None` before the first block.
    ///
    /// # Errors
    /// When the guard file cannot be read.
    pub fn acknowledged_head(&self) -> Result<Option<GuardedHead>, StoreError> {
        match &self.guard {
            Some(content) => Ok(content.head.clone()),
            None => Ok(HeadGuard::peek(&self.dir.join(GUARD_FILE))?.head),
        }
    }

    /// The newest checkpoint that carried a quorum of cosignatures.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn witnessed_note(&self) -> Result<Option<String>, StoreError> {
        self.get(Column::Meta, meta::WITNESSED)?
            .map(|bytes| {
                String::from_utf8(bytes).map_err(|_| {
                    self.malformed(Column::Meta, meta::WITNESSED, "the note is not text")
                })
            })
            .transpose()
    }

    /// Digest of the registry's state after the last block; `None` before the first.
    ///
    /// # Errors
    /// When the row cannot be read or is not a digest.
    pub fn state_digest(&self) -> Result<Option<[u8; 32]>, StoreError> {
        self.get(Column::Meta, meta::STATE_DIGEST)?
            .map(|bytes| {
                let malformed =
                    |_| self.malformed(Column::Meta, meta::STATE_DIGEST, "not a digest");
                bytes.try_into().map_err(malformed)
            })
            .transpose()
    }

    /// Number of leaves, read from the last key.
    ///
    /// # Errors
    /// When the column cannot be read.
    pub fn leaf_count(&self) -> Result<u64, StoreError> {
        let mut rows = self.raw_iterator(Column::Leaf, ReadOptions::default())?;
        rows.seek_to_last();
        match rows.key() {
            Some(key) => Ok(self.leaf_index(key)? + 1),
            None => {
                rows.status().map_err(|e| self.failed("read", e))?;
                Ok(0)
            }
        }
    }

    /// The canonical bytes of the record at `index`.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn leaf(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(Column::Leaf, &leaf_key(index))
    }

    /// The records of `range` in order, read ahead. Ends early where the ledger ends.
    ///
    /// # Errors
    /// When the column cannot be opened; each step may fail too.
    pub fn leaves(&self, range: Range<u64>) -> Result<Leaves<'_>, StoreError> {
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(leaf_key(range.end).to_vec());
        options.set_readahead_size(1 << 20);
        options.fill_cache(range.end.saturating_sub(range.start) <= 256);
        let mut rows = self.raw_iterator(Column::Leaf, options)?;
        rows.seek(leaf_key(range.start));
        Ok(Leaves {
            reader: self,
            rows,
            started: false,
        })
    }

    /// The hashes of tile `index` of `level` as far as it is filled, concatenated; `None` when it does not exist.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn tile_bytes(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let key = tile_key(level, index);
        let bytes = self.get(Column::Tile, &key)?;
        match &bytes {
            Some(b) if !b.len().is_multiple_of(32) || b.is_empty() || b.len() > 256 * 32 => {
                Err(self.malformed(Column::Tile, &key, "not 1 to 256 hashes"))
            }
            _ => Ok(bytes),
        }
    }

    /// The last tile of `level`: its index and hashes; `None` when the level is empty.
    ///
    /// # Errors
    /// When the column cannot be read.
    pub fn last_tile(&self, level: u8) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let mut rows = self.raw_iterator(Column::Tile, ReadOptions::default())?;
        rows.seek_for_prev(tile_key(level, u64::MAX));
        let Some(key) = rows.key() else {
            rows.status().map_err(|e| self.failed("read", e))?;
            return Ok(None);
        };
        match <&[u8; 9]>::try_from(key) {
            Ok([found, index @ ..]) if *found == level => {
                let index = u64::from_be_bytes(*index);
                Ok(self.tile_bytes(level, index)?.map(|hashes| (index, hashes)))
            }
            Ok(_) => Ok(None),
            Err(_) => Err(self.malformed(Column::Tile, key, "key is not a level and an index")),
        }
    }

    /// Calls `visit` with every registry key and value.
    ///
    /// # Errors
    /// The first failure of a read or of `visit`.
    pub fn each_state<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(Column::State, &mut visit)?;
        self.each(Column::Transfer, &mut visit)
    }

    /// The registry value under a key that is no transfer's.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn state(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(Column::State, key)
    }

    /// The registry value under the key of a transfer.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn transfer(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(Column::Transfer, key)
    }

    /// What is remembered of a request.
    ///
    /// # Errors
    /// When the row cannot be read or is malformed.
    pub fn request(&self, request: &RequestId) -> Result<Option<StoredRequest>, StoreError> {
        let column = self.column(Column::Request)?;
        let row = self
            .db
            .get_pinned_cf(column, request.as_bytes())
            .map_err(|e| self.failed("read", e))?;
        row.map(|bytes| {
            StoredRequest::decode(&bytes).ok_or_else(|| {
                self.malformed(Column::Request, request.as_bytes(), "not a stored receipt")
            })
        })
        .transpose()
    }

    /// The postings of an account from leaf `from` on, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When a row cannot be read or is malformed.
    pub fn postings(
        &self,
        account: LedgerAccount,
        from: u64,
        limit: usize,
    ) -> Result<Vec<StoredPosting>, StoreError> {
        let prefix = account_key(account);
        let mut options = ReadOptions::default();
        options.set_prefix_same_as_start(true);
        let mut rows = self.raw_iterator(Column::Posting, options)?;
        rows.seek([prefix.as_slice(), &from.to_be_bytes()].concat());
        let mut found = Vec::new();
        while found.len() < limit {
            let Some((key, value)) = rows.item().filter(|(key, _)| key.starts_with(&prefix)) else {
                break;
            };
            let posting = StoredPosting::decode(&key[prefix.len()..], value)
                .ok_or_else(|| self.malformed(Column::Posting, key, "not a posting"))?;
            found.push(posting);
            rows.next();
        }
        rows.status().map_err(|e| self.failed("read", e))?;
        Ok(found)
    }

    /// What the records of `range` brought about, in order; records with nothing to say are left out.
    ///
    /// # Errors
    /// When a row cannot be read or is malformed.
    pub fn outcomes(&self, range: Range<u64>) -> Result<Vec<(u64, Outcome)>, StoreError> {
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(leaf_key(range.end).to_vec());
        let mut rows = self.raw_iterator(Column::Outcome, options)?;
        rows.seek(leaf_key(range.start));
        let mut found = Vec::new();
        while let Some((key, value)) = rows.item() {
            let outcome = Outcome::from_bytes(value)
                .map_err(|_| self.malformed(Column::Outcome, key, "not an outcome"))?;
            found.push((self.leaf_index(key)?, outcome));
            rows.next();
        }
        rows.status().map_err(|e| self.failed("read", e))?;
        Ok(found)
    }

    /// The partner's bundle of this kind for a transfer.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn bundle(
        &self,
        transfer: &TransferId,
        kind: MessageKind,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(Column::Bundle, &bundle_key(transfer, kind))
    }

    /// Calls `visit` with every row of every column: column, key, value. Every block's checksum is compared on the way.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] at the first block that fails, or the first failure of `visit`.
    pub fn each_row<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(Column, &[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        for column in Column::ALL {
            self.each(column, &mut |key, value| visit(column, key, value))?;
        }
        Ok(())
    }

    /// Slots of the head guard that hold something other than a head. Not zero means that the file was damaged.
    ///
    /// # Errors
    /// When the guard file cannot be read.
    pub fn damaged_guard_slots(&self) -> Result<u8, StoreError> {
        match &self.guard {
            Some(content) => Ok(content.damaged_slots),
            None => Ok(HeadGuard::peek_settled(&self.dir.join(GUARD_FILE))?.damaged_slots),
        }
    }

    fn each<E: From<StoreError>>(
        &self,
        column: Column,
        visit: &mut impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut options = ReadOptions::default();
        options.fill_cache(false);
        options.set_readahead_size(1 << 20);
        // Some columns are hashed by prefix in memory; their order is made for us.
        options.set_total_order_seek(true);
        let mut rows = self.raw_iterator(column, options)?;
        rows.seek_to_first();
        while let Some((key, value)) = rows.item() {
            visit(key, value)?;
            rows.next();
        }
        rows.status().map_err(|e| self.failed("read", e))?;
        Ok(())
    }

    pub(super) fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db
            .get_cf(self.column(column)?, key)
            .map_err(|e| self.failed("read", e))
    }

    fn raw_iterator(
        &self,
        column: Column,
        options: ReadOptions,
    ) -> Result<DBRawIteratorWithThreadMode<'_, DB>, StoreError> {
        Ok(self.db.raw_iterator_cf_opt(self.column(column)?, options))
    }

    fn column(&self, column: Column) -> Result<&ColumnFamily, StoreError> {
        self.db
            .cf_handle(column.name())
            .ok_or_else(|| StoreError::Damaged {
                dir: self.dir.clone(),
                what: format!("column {column} is not there"),
            })
    }

    pub(super) fn columns(&self) -> Result<[&ColumnFamily; COLUMNS], StoreError> {
        let [
            meta,
            leaf,
            tile,
            state,
            transfer,
            posting,
            request,
            bundle,
            outcome,
        ] = Column::ALL;
        Ok([
            self.column(meta)?,
            self.column(leaf)?,
            self.column(tile)?,
            self.column(state)?,
            self.column(transfer)?,
            self.column(posting)?,
            self.column(request)?,
            self.column(bundle)?,
            self.column(outcome)?,
        ])
    }

    fn leaf_index(&self, key: &[u8]) -> Result<u64, StoreError> {
        key.try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| self.malformed(Column::Leaf, key, "key is not an index"))
    }

    pub(super) fn failed(&self, action: &'static str, source: rocksdb::Error) -> StoreError {
        StoreError::database(action, &self.dir, source)
    }

    fn malformed(&self, column: Column, key: &[u8], why: &'static str) -> StoreError {
        StoreError::Malformed {
            dir: self.dir.clone(),
            column,
            key: hex::encode(key),
            why,
        }
    }
}

/// The files that a writer moves: the manifest's name and length, and the write-ahead logs.
#[derive(PartialEq)]
struct FileStamp {
    manifest: Option<(String, u64)>,
    logs: BTreeSet<OsString>,
}

impl FileStamp {
    fn of(dir: &Path) -> Self {
        let entries = std::fs::read_dir(dir.join(DATABASE_FOLDER));
        let names = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name());
        Self {
            manifest: survey(dir).ok(),
            logs: names
                .filter(|name| Path::new(name).extension().is_some_and(|it| it == "log"))
                .collect(),
        }
    }
}

impl std::fmt::Debug for StoreReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreReader")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

/// Tiles of any tree up to the newest: a partial one is the head of what is stored. A row that cannot be read is
/// missing, so whoever builds a proof gets none instead of a wrong one.
impl TileSource for StoreReader {
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        let stored = self.tile_bytes(tile.level(), tile.index());
        let mut bytes = stored
            .inspect_err(|error| tracing::error!(%error, "a tile cannot be read"))
            .ok()
            .flatten()?;
        let wanted = usize::from(tile.width()) * 32;
        (bytes.len() >= wanted).then(|| {
            bytes.truncate(wanted);
            bytes
        })
    }
}

/// Records in order, lent one at a time.
pub struct Leaves<'a> {
    reader: &'a StoreReader,
    rows: DBRawIteratorWithThreadMode<'a, DB>,
    started: bool,
}

impl Leaves<'_> {
    /// The next record: its index and canonical bytes. `None` at the end.
    ///
    /// # Errors
    /// When the next row cannot be read.
    pub fn next_leaf(&mut self) -> Result<Option<(u64, &[u8])>, StoreError> {
        if self.started {
            self.rows.next();
        }
        self.started = true;
        if !self.rows.valid() {
            self.rows
                .status()
                .map_err(|e| self.reader.failed("read", e))?;
            return Ok(None);
        }
        match self.rows.item() {
            Some((key, value)) => Ok(Some((self.reader.leaf_index(key)?, value))),
            None => Ok(None),
        }
    }
}
