//! What a witness has promised, on disk: for each log the last checkpoint that it cosigned.
//!
//! One small RocksDB. A key is a kind byte and the SHA-256 of the log's origin, a value is a text: the cosigned note, or
//! evidence. A write is synced before it returns, because a witness that forgets can be made to cosign a fork.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rocksdb::{DB, DBRecoveryMode, ErrorKind, LogLevel, Options, WriteOptions};
use sha2::{Digest, Sha256};

use super::WitnessStoreError;
use crate::ops::frames::first_impossible;

/// SHA-256 of a log's origin: its name at a witness.
pub type OriginHash = [u8; 32];

/// SHA-256 of an origin, as C2SP tlog-witness uses it in addresses.
#[must_use]
pub fn origin_hash(origin: &str) -> OriginHash {
    Sha256::digest(origin).into()
}

const SCHEMA_VERSION: u32 = 1;
const SCHEMA_KEY: &[u8] = b"schema";
const NAME_KEY: &[u8] = b"name";
/// Kind bytes in front of an origin hash; they differ from the first letters of the keys above.
const CHECKPOINT: u8 = b'c';
const EVIDENCE: u8 = b'e';

/// Logs share this many locks, by the first byte of their hash: RocksDB joins the writes of different logs into one sync.
const STRIPES: usize = 64;

/// The memory of one witness.
#[derive(Debug)]
pub struct WitnessStore {
    db: DB,
    dir: PathBuf,
    name: String,
    stripes: Vec<Mutex<()>>,
}

impl WitnessStore {
    /// Makes an empty store for the witness `name` in `dir`, which must be empty or absent.
    ///
    /// # Errors
    /// [`WitnessStoreError::Exists`] when the folder holds anything, and failures to write.
    pub fn create(dir: &Path, name: &str) -> Result<Self, WitnessStoreError> {
        std::fs::create_dir_all(dir).map_err(|source| io("create", dir, source))?;
        if !is_empty(dir)? {
            return Err(WitnessStoreError::Exists {
                dir: dir.to_owned(),
            });
        }
        let mut options = options();
        options.create_if_missing(true);
        options.set_error_if_exists(true);
        let db = DB::open(&options, dir).map_err(|source| database("create", dir, source))?;
        let mut batch = rocksdb::WriteBatch::default();
        batch.put(SCHEMA_KEY, SCHEMA_VERSION.to_string());
        batch.put(NAME_KEY, name);
        db.write_opt(batch, &synced())
            .map_err(|source| database("write", dir, source))?;
        Ok(Self::assemble(db, dir, name.to_owned()))
    }

    /// Opens the store in `dir`.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when it is absent, in use, damaged or of another release. An absent store is never made
    /// silently: the witness would have forgotten its promises.
    pub fn open(dir: &Path) -> Result<Self, WitnessStoreError> {
        if !dir.join("CURRENT").is_file() {
            return Err(WitnessStoreError::Absent {
                dir: dir.to_owned(),
            });
        }
        let impossible = first_impossible(dir).map_err(|source| io("read", dir, source))?;
        if let Some(impossible) = impossible {
            return Err(WitnessStoreError::Damaged {
                dir: dir.to_owned(),
                what: impossible.to_string(),
            });
        }
        let db = DB::open(&options(), dir).map_err(|source| database("open", dir, source))?;
        let found = text(&db, dir, SCHEMA_KEY)?;
        let found = found.unwrap_or_else(|| "none".to_owned());
        if found != SCHEMA_VERSION.to_string() {
            let dir = dir.to_owned();
            return Err(WitnessStoreError::Schema {
                dir,
                found,
                supported: SCHEMA_VERSION,
            });
        }
        let name = text(&db, dir, NAME_KEY)?.unwrap_or_default();
        Ok(Self::assemble(db, dir, name))
    }

    fn assemble(db: DB, dir: &Path, name: String) -> Self {
        let stripes = (0..STRIPES).map(|_| Mutex::default()).collect();
        Self {
            db,
            dir: dir.to_owned(),
            name,
            stripes,
        }
    }

    /// Name of the witness whose promises these are.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the only right to compare and remember for a log, until the slot is dropped.
    #[must_use]
    pub(super) fn lock(&self, origin: OriginHash) -> Slot<'_> {
        let stripe = &self.stripes[usize::from(origin[0]) % STRIPES];
        // A panic while holding the lock leaves no half-done work: a write happens or does not.
        let guard = stripe.lock().unwrap_or_else(PoisonError::into_inner);
        Slot {
            store: self,
            origin,
            _guard: guard,
        }
    }

    /// The note cosigned last for a log.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when it cannot be read.
    pub fn latest(&self, origin: OriginHash) -> Result<Option<String>, WitnessStoreError> {
        text(&self.db, &self.dir, &key(CHECKPOINT, origin))
    }

    /// The first evidence kept against a log.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when it cannot be read.
    pub fn evidence(&self, origin: OriginHash) -> Result<Option<String>, WitnessStoreError> {
        text(&self.db, &self.dir, &key(EVIDENCE, origin))
    }

    /// Keeps evidence against a log. The first stays: it is enough, and a liar cannot fill the disk.
    pub(super) fn keep_evidence(
        &self,
        origin: OriginHash,
        evidence: &str,
    ) -> Result<(), WitnessStoreError> {
        if self.evidence(origin)?.is_some() {
            return Ok(());
        }
        self.put(&key(EVIDENCE, origin), evidence)
    }

    fn put(&self, key: &[u8], value: &str) -> Result<(), WitnessStoreError> {
        self.db
            .put_opt(key, value, &synced())
            .map_err(|source| database("write", &self.dir, source))
    }
}

/// The right to compare and remember for one log.
pub(super) struct Slot<'s> {
    store: &'s WitnessStore,
    origin: OriginHash,
    _guard: MutexGuard<'s, ()>,
}

impl Slot<'_> {
    /// The note cosigned last.
    pub(super) fn latest(&self) -> Result<Option<String>, WitnessStoreError> {
        self.store.latest(self.origin)
    }

    /// Remembers a cosigned note; on return it is on the disk.
    pub(super) fn remember(&self, note: &str) -> Result<(), WitnessStoreError> {
        self.store.put(&key(CHECKPOINT, self.origin), note)
    }
}

fn key(kind: u8, origin: OriginHash) -> Vec<u8> {
    [&[kind], origin.as_slice()].concat()
}

fn text(db: &DB, dir: &Path, key: &[u8]) -> Result<Option<String>, WitnessStoreError> {
    let value = db
        .get(key)
        .map_err(|source| database("read", dir, source))?;
    value
        .map(String::from_utf8)
        .transpose()
        .map_err(|_| WitnessStoreError::NotText {
            key: hex::encode(key),
        })
}

fn synced() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(true);
    options
}

fn options() -> Options {
    let mut options = Options::default();
    // A torn last record was never answered and may go; damage before it is damage to promises and must not pass.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_paranoid_checks(true);
    options.set_write_buffer_size(1 << 20);
    options.set_max_open_files(32);
    options.set_max_background_jobs(2);
    options.set_skip_stats_update_on_db_open(true);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options.set_log_level(LogLevel::Warn);
    options.set_keep_log_file_num(2);
    options.set_max_log_file_size(1 << 20);
    options
}

fn is_empty(dir: &Path) -> Result<bool, WitnessStoreError> {
    let mut entries = std::fs::read_dir(dir).map_err(|source| io("read", dir, source))?;
    Ok(entries.next().is_none())
}

fn io(action: &'static str, dir: &Path, source: std::io::Error) -> WitnessStoreError {
    WitnessStoreError::Io {
        action,
        dir: dir.to_owned(),
        source,
    }
}

fn database(action: &'static str, dir: &Path, source: rocksdb::Error) -> WitnessStoreError {
    let dir = dir.to_owned();
    let locked = source.kind() == ErrorKind::Busy
        || (source.kind() == ErrorKind::IOError && source.as_ref().contains("lock"));
    if locked {
        return WitnessStoreError::InUse { dir };
    }
    WitnessStoreError::Database {
        action,
        dir,
        source,
    }
}
