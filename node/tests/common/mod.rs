//! Stores in temporary folders, and ways to hurt them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

use std::fs;
use std::path::{Path, PathBuf};

use countersign_node::store::{Identity, OpenOptions, Store, StoreError, StoredRequest};
use countersign_protocol::federation::MessageKind;
use countersign_protocol::id::{AccountId, RequestId, TransferId};
use countersign_protocol::registry::{LedgerAccount, Posting};
use countersign_protocol::units::UnitRange;

pub fn identity() -> Identity {
    Identity {
        party: "GH".parse().unwrap(),
        origin: "gh.example/ledger".parse().unwrap(),
        log_keys: vec!["gh.example/ledger+11111111+a2V5".to_owned()],
    }
}

pub fn leaf(index: u64) -> Vec<u8> {
    format!("record number {index}").into_bytes()
}

/// Commits and acknowledges one block with one leaf, at `index`.
pub fn append(store: &Store, index: u64) {
    let byte = u8::try_from(index).unwrap();
    let mut batch = store.batch().unwrap();
    batch.leaf(index, &leaf(index));
    batch.tile(0, 0, &vec![byte; 32 * (usize::from(byte) + 1)]);
    batch.state(
        false,
        format!("key {index}").into_bytes(),
        Some(b"value".to_vec()),
    );
    batch.state(
        true,
        format!("transfer {index}").into_bytes(),
        Some(b"value".to_vec()),
    );
    let posting = Posting {
        account: LedgerAccount::Available(AccountId(1)),
        tonnes: 5,
        range: UnitRange::new("GH".parse().unwrap(), 1, 5).unwrap(),
        balance: 5 * i64::from(byte) + 5,
    };
    batch.posting(index, 0, &posting);
    let stored = StoredRequest {
        command_sha256: [1; 32],
        first_index: index,
        count: 1,
        size: index + 1,
        time_ms: 1,
    };
    batch.request(&RequestId([byte; 16]), &stored);
    batch.bundle(&TransferId([byte; 32]), MessageKind::Offer, b"bundle");
    store.commit(batch.finish()).unwrap();
    store
        .acknowledge(index + 1, &format!("note {index}\n"))
        .unwrap();
}

/// A store folder inside a temporary folder.
pub struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    pub fn empty() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    /// A closed store with `count` blocks of one leaf, all in the write-ahead log.
    pub fn with_blocks(count: u64) -> Self {
        let folder = Self::empty();
        let store = Store::create(&folder.path(), &identity(), &OpenOptions::default()).unwrap();
        (0..count).for_each(|index| append(&store, index));
        folder
    }

    pub fn path(&self) -> PathBuf {
        self.root.path().join("ledger")
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("db")
    }

    pub fn guard(&self) -> PathBuf {
        self.path().join("head")
    }

    /// The newest write-ahead log.
    pub fn wal(&self) -> PathBuf {
        only_file(&self.database(), ".log")
    }

    pub fn open(&self) -> Result<Store, StoreError> {
        Store::open(&self.path(), &identity(), &OpenOptions::default())
    }

    /// Moves everything from the write-ahead log to tables, as closing and opening does.
    pub fn flush(&self) {
        drop(self.open().unwrap());
    }

    pub fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(&self.path(), &copy.path());
        copy
    }

    pub fn listing(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.database())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    /// Writes a row of the meta column behind the store's back.
    pub fn raw_put(&self, key: &[u8], value: &[u8]) {
        self.raw().put(key, value).unwrap();
    }

    /// Adds a column behind the store's back.
    pub fn raw_column(&self, name: &str) {
        self.raw()
            .create_cf(name, &rocksdb::Options::default())
            .unwrap();
    }

    fn raw(&self) -> rocksdb::DB {
        let options = rocksdb::Options::default();
        let columns = rocksdb::DB::list_cf(&options, self.database()).unwrap();
        rocksdb::DB::open_cf(&options, self.database(), columns).unwrap()
    }
}

/// The newest file of `folder` whose name contains `part`.
pub fn only_file(folder: &Path, part: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().contains(part))
        .collect();
    found.sort();
    found
        .pop()
        .unwrap_or_else(|| panic!("no file with {part} in {}", folder.display()))
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
