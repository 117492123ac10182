//! Opening a store: everything that must be right before a single record is read or written.

use std::path::Path;

use countersign_protocol::id::Origin;
use countersign_protocol::party::Party;
use rocksdb::DB;

use super::column::meta;
use super::guard::{GuardContent, HeadGuard};
use super::options::{database_options, descriptors};
use super::{Batch, Column, GuardedHead, Store, StoreError, StoreReader, StoreTuning};
use crate::ops::frames::first_impossible;

/// Version of the layout of columns, keys and values.
pub const SCHEMA_VERSION: u32 = 1;

pub(super) const DATABASE_FOLDER: &str = "db";
pub(super) const GUARD_FILE: &str = "head";

/// Whose ledger a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The country.
    pub party: Party,
    /// Origin line of the log's checkpoints.
    pub origin: Origin,
    /// Verifier keys in text form. A store records the one in force; a node may hold several around a rotation, and
    /// the first one is the one that a new store begins with.
    pub log_keys: Vec<String>,
}

/// How to open a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenOptions {
    /// Memory limits.
    pub tuning: StoreTuning,
    /// The operator's word that acknowledged records above this size may be given up, because no witness has seen
    /// them. Must equal the size that is found.
    pub accept_head: Option<u64>,
}

impl Store {
    /// Makes an empty store for `identity` in `dir`, which must be empty or absent.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the folder holds anything, and failures to write.
    pub fn create(
        dir: &Path,
        identity: &Identity,
        options: &OpenOptions,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::io("create", dir, e))?;
        if !is_empty(dir)? {
            return Err(StoreError::Exists {
                dir: dir.to_owned(),
            });
        }
        let mut database = database_options(&options.tuning);
        database.create_if_missing(true);
        database.create_missing_column_families(true);
        database.set_error_if_exists(true);
        let db = DB::open_cf_descriptors(
            &database,
            dir.join(DATABASE_FOLDER),
            descriptors(&options.tuning),
        )
        .map_err(|e| StoreError::database("create", dir, e))?;
        let guard = HeadGuard::create(&dir.join(GUARD_FILE), SCHEMA_VERSION)?;
        sync_folder(dir)?;
        let store = Self::assemble(StoreReader::primary(db, dir.to_owned()), guard);
        let mut batch = store.batch()?;
        write_identity(&mut batch, identity);
        store.commit(batch.finish())?;
        Ok(store)
    }

    /// Opens the store in `dir` after checking that it is whole, of this schema version and of `identity`.
    ///
    /// Whether the tree has the root that was signed is checked by the ledger, which knows the hashes.
    ///
    /// # Errors
    /// One [`StoreError`] for every reason not to start; see there.
    pub fn open(
        dir: &Path,
        identity: &Identity,
        options: &OpenOptions,
    ) -> Result<Self, StoreError> {
        survey(dir)?;
        let (guard, content) = HeadGuard::open(&dir.join(GUARD_FILE), SCHEMA_VERSION)?;
        if let Some(head) = &content.head {
            // Before RocksDB touches anything: another release's files are left exactly as they are.
            check_schema(dir, head.schema)?;
        }
        let database = database_options(&options.tuning);
        check_frames(dir)?;
        check_columns(dir, &database)?;
        let db = DB::open_cf_descriptors(
            &database,
            dir.join(DATABASE_FOLDER),
            descriptors(&options.tuning),
        )
        .map_err(|e| StoreError::database("open", dir, e))?;
        let reader = StoreReader::primary(db, dir.to_owned());
        check_acknowledged(dir, reader.leaf_count()?, &content, options.accept_head)?;
        check_identity(dir, &read_identity(&reader)?, identity)?;
        Ok(Self::assemble(reader, guard))
    }
}

/// Looks at the folder before RocksDB does, for what it would report in its own words or quietly create. Returns the
/// name and length of the manifest: as long as they stay, no table was added or dropped.
pub(super) fn survey(dir: &Path) -> Result<(String, u64), StoreError> {
    let missing = |file: &str| StoreError::MissingFile {
        dir: dir.to_owned(),
        file: file.to_owned(),
    };
    if !dir.exists() || is_empty(dir)? {
        return Err(StoreError::Absent {
            dir: dir.to_owned(),
        });
    }
    let database = dir.join(DATABASE_FOLDER);
    if !database.is_dir() {
        return Err(missing(DATABASE_FOLDER));
    }
    if !dir.join(GUARD_FILE).is_file() {
        return Err(missing(GUARD_FILE));
    }
    let current = database.join("CURRENT");
    if !current.is_file() {
        return Err(missing("db/CURRENT"));
    }
    let named =
        std::fs::read_to_string(&current).map_err(|e| StoreError::io("read", &current, e))?;
    let manifest = named
        .strip_suffix('\n')
        .filter(|name| is_manifest_name(name));
    let Some(name) = manifest else {
        return Err(StoreError::Damaged {
            dir: dir.to_owned(),
            what: "db/CURRENT does not name a manifest".to_owned(),
        });
    };
    match std::fs::metadata(database.join(name)) {
        Ok(file) => Ok((name.to_owned(), file.len())),
        Err(_) => Err(missing(&format!("{DATABASE_FOLDER}/{name}"))),
    }
}

fn is_manifest_name(name: &str) -> bool {
    name.strip_prefix("MANIFEST-")
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_empty(dir: &Path) -> Result<bool, StoreError> {
    let mut entries = std::fs::read_dir(dir).map_err(|e| StoreError::io("read", dir, e))?;
    // ext4 puts lost+found into the root of a fresh disk.
    Ok(!entries.any(|entry| entry.map_or(true, |e| e.file_name() != "lost+found")))
}

/// Whether RocksDB can finish reading the files: asked before anything that makes it read them.
pub(super) fn check_frames(dir: &Path) -> Result<(), StoreError> {
    let impossible = first_impossible(&dir.join(DATABASE_FOLDER));
    match impossible.map_err(|e| StoreError::io("read", dir, e))? {
        None => Ok(()),
        Some(impossible) => Err(StoreError::Damaged {
            dir: dir.to_owned(),
            what: impossible.to_string(),
        }),
    }
}

/// A layout with other columns is of another schema version, whatever it says of itself.
pub(super) fn check_columns(dir: &Path, options: &rocksdb::Options) -> Result<(), StoreError> {
    let mut found = DB::list_cf(options, dir.join(DATABASE_FOLDER))
        .map_err(|e| StoreError::database("list the columns", dir, e))?;
    let mut ours: Vec<String> = Column::ALL.iter().map(|c| c.name().to_owned()).collect();
    found.sort_unstable();
    ours.sort_unstable();
    if found == ours {
        Ok(())
    } else {
        check_schema(dir, 0)
    }
}

pub(super) fn check_schema(dir: &Path, found: u32) -> Result<(), StoreError> {
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    Err(StoreError::Schema {
        dir: dir.to_owned(),
        found,
        supported: SCHEMA_VERSION,
    })
}

fn check_identity(dir: &Path, found: &Identity, expected: &Identity) -> Result<(), StoreError> {
    let dir = dir.to_owned();
    if found.party != expected.party {
        return Err(StoreError::WrongParty {
            dir,
            found: found.party.to_string(),
            expected: expected.party.to_string(),
        });
    }
    if found.origin != expected.origin {
        return Err(StoreError::WrongOrigin {
            dir,
            found: found.origin.to_string(),
            expected: expected.origin.to_string(),
        });
    }
    if !found
        .log_keys
        .iter()
        .all(|key| expected.log_keys.contains(key))
    {
        return Err(StoreError::ForeignKey {
            dir,
            found: found.log_keys.join(", "),
            expected: expected.log_keys.join(", "),
        });
    }
    Ok(())
}

/// Compares what is there with what was acknowledged.
pub(super) fn check_acknowledged(
    dir: &Path,
    recovered: u64,
    content: &GuardContent,
    accept_head: Option<u64>,
) -> Result<(), StoreError> {
    match &content.head {
        Some(GuardedHead { size, .. }) if *size > recovered && accept_head != Some(recovered) => {
            Err(StoreError::LostRecords {
                dir: dir.to_owned(),
                recovered,
                acknowledged: *size,
            })
        }
        None if content.damaged_slots > 0 => Err(StoreError::Damaged {
            dir: dir.to_owned(),
            what: "no slot of the file head can be read".to_owned(),
        }),
        _ if recovered == 0 => Err(StoreError::NoGenesis {
            dir: dir.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn write_identity(batch: &mut Batch<'_>, identity: &Identity) {
    batch.meta(meta::SCHEMA, &SCHEMA_VERSION.to_be_bytes());
    batch.meta(meta::PARTY, identity.party.to_string().as_bytes());
    batch.meta(meta::ORIGIN, identity.origin.as_str().as_bytes());
    if let Some(key) = identity.log_keys.first() {
        batch.log_key(key);
    }
}

pub(super) fn read_identity(reader: &StoreReader) -> Result<Identity, StoreError> {
    let lost = |what: &str| StoreError::Damaged {
        dir: reader.dir.clone(),
        what: format!("row `{what}` of column meta is missing or unreadable"),
    };
    let schema = reader
        .get(Column::Meta, meta::SCHEMA)?
        .ok_or_else(|| lost("schema"))?;
    let schema = schema
        .try_into()
        .map(u32::from_be_bytes)
        .map_err(|_| lost("schema"))?;
    check_schema(&reader.dir, schema)?;
    let text = |key: &[u8], name: &str| {
        let bytes = reader.get(Column::Meta, key)?.ok_or_else(|| lost(name))?;
        String::from_utf8(bytes).map_err(|_| lost(name))
    };
    Ok(Identity {
        party: text(meta::PARTY, "party")?
            .parse()
            .map_err(|_| lost("party"))?,
        origin: text(meta::ORIGIN, "origin")?
            .parse()
            .map_err(|_| lost("origin"))?,
        log_keys: vec![text(meta::LOG_KEY, "log-key")?],
    })
}

/// Makes the names in a folder durable.
fn sync_folder(dir: &Path) -> Result<(), StoreError> {
    std::fs::File::open(dir)
        .and_then(|f| f.sync_all())
        .map_err(|e| StoreError::io("sync", dir, e))
}
