//! Why a store cannot be opened, read or written. Every message says what, where and how to mend it.

use std::path::{Path, PathBuf};

use super::Column;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder is missing or empty although a ledger was expected in it.
    #[error(
        "no ledger in {dir}: the folder is missing or empty. If it is on another disk, mount that disk. If this node \
         is new, run `countersign init`. If this node had a ledger, do not initialise it again: partners hold its \
         checkpoints and would see a rollback; restore the folder from a backup"
    )]
    Absent {
        /// The store's folder.
        dir: PathBuf,
    },
    /// A new store was asked for where files already are.
    #[error(
        "{dir} already holds files: choose an empty folder for the new ledger, or open the existing one"
    )]
    Exists {
        /// The store's folder.
        dir: PathBuf,
    },
    /// Initialisation stopped before the genesis record was durable.
    #[error(
        "{dir} holds no record at all: initialisation was interrupted before the genesis record. Nothing was \
         acknowledged: remove the folder and run `countersign init` again"
    )]
    NoGenesis {
        /// The store's folder.
        dir: PathBuf,
    },
    /// Another process has the store open for writing.
    #[error(
        "{dir} is in use by another process: a ledger has one writer. Stop the other node, or read with the CLI"
    )]
    InUse {
        /// The store's folder.
        dir: PathBuf,
    },
    /// A node moves the files faster than they can be read.
    #[error(
        "{dir} changes faster than it can be opened for reading: try again, or ask the running node"
    )]
    Busy {
        /// The store's folder.
        dir: PathBuf,
    },
    /// The store was written by a release with another schema.
    #[error(
        "{dir} has schema version {found}, this release reads version {supported}: run `countersign migrate` \
         (a release older than the data cannot read it: install the newer one)"
    )]
    Schema {
        /// The store's folder.
        dir: PathBuf,
        /// The version found on disk; 0 when the layout is not one of ours.
        found: u32,
        /// The version that this release reads and writes.
        supported: u32,
    },
    /// The store belongs to another country.
    #[error(
        "{dir} is the ledger of {found}, but this node is configured for {expected}: correct the party or the data folder in the configuration"
    )]
    WrongParty {
        /// The store's folder.
        dir: PathBuf,
        /// The party whose ledger it is.
        found: String,
        /// The configured party.
        expected: String,
    },
    /// The store belongs to another log.
    #[error(
        "{dir} is the log `{found}`, but this node is configured for `{expected}`: correct the origin or the data folder in the configuration"
    )]
    WrongOrigin {
        /// The store's folder.
        dir: PathBuf,
        /// The origin on disk.
        found: String,
        /// The configured origin.
        expected: String,
    },
    /// The store was signed with another key than the one this node holds.
    #[error(
        "the checkpoints in {dir} are signed by {found}, but this node holds {expected}: put the right key file back, \
         or run `countersign key rotate` while the old key is there"
    )]
    ForeignKey {
        /// The store's folder.
        dir: PathBuf,
        /// Verifier key that the store was written with.
        found: String,
        /// Verifier key of this node.
        expected: String,
    },
    /// A file that the store cannot do without is gone.
    #[error(
        "{file} is missing from {dir}: restore the whole folder from a backup; do not create the file by hand"
    )]
    MissingFile {
        /// The store's folder.
        dir: PathBuf,
        /// The file, relative to the folder where known.
        file: String,
    },
    /// Bytes on disk fail their checksum or contradict each other.
    #[error(
        "{dir} is damaged: {what}. Keep a copy of the folder, then restore it from a backup; `countersign ledger verify` tests the result"
    )]
    Damaged {
        /// The store's folder.
        dir: PathBuf,
        /// Which file or row, and what is wrong with it.
        what: String,
    },
    /// Records that were acknowledged are not there any more.
    #[error(
        "{dir} lost acknowledged records: size {acknowledged} was acknowledged, only {recovered} are there, {} missing. \
         Starting would be a rollback that witnesses and partners refuse. Restore a backup that holds them, or recover \
         them from a partner's mirror. Only if no witness has cosigned a size above {recovered} may the loss be \
         accepted: start once with `--accept-head {recovered}`",
        .acknowledged - .recovered
    )]
    LostRecords {
        /// The store's folder.
        dir: PathBuf,
        /// Number of leaves found.
        recovered: u64,
        /// Number of leaves that the head guard proves were acknowledged.
        acknowledged: u64,
    },
    /// The tree on disk is not the tree that was acknowledged.
    #[error(
        "{dir} holds another history than the one this node signed at size {size}: the root is {found}, the signed \
         checkpoint says {signed}. The files were exchanged or damaged; restore the folder from a backup"
    )]
    OtherHistory {
        /// The store's folder.
        dir: PathBuf,
        /// Tree size of the signed checkpoint.
        size: u64,
        /// Root computed from the tiles, hex.
        found: String,
        /// Root in the signed checkpoint, hex.
        signed: String,
    },
    /// A row does not have its layout.
    #[error(
        "row {key} of column {column} in {dir} is malformed: {why}. Run `countersign ledger verify`"
    )]
    Malformed {
        /// The store's folder.
        dir: PathBuf,
        /// The column family.
        column: Column,
        /// The key, hex.
        key: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The reason given by the system.
        source: std::io::Error,
    },
    /// RocksDB refused for a reason that has no variant of its own.
    #[error("the database in {dir} failed to {action}: {source}")]
    Database {
        /// What was tried.
        action: &'static str,
        /// The store's folder.
        dir: PathBuf,
        /// RocksDB's own message.
        source: rocksdb::Error,
    },
}

impl StoreError {
    pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Sorts RocksDB's errors into ours. RocksDB tells the cases apart only in its text.
    pub(super) fn database(action: &'static str, dir: &Path, source: rocksdb::Error) -> Self {
        let dir = dir.to_owned();
        let words: Vec<String> = source
            .to_string()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let text = words.join(" ").trim_end_matches('.').to_owned();
        if text.contains("lock hold by current process") || text.contains("While lock file") {
            return Self::InUse { dir };
        }
        if text.contains("No such file or directory") {
            return Self::MissingFile {
                dir,
                file: named_file(&text),
            };
        }
        match source.kind() {
            rocksdb::ErrorKind::Corruption => Self::Damaged { dir, what: text },
            _ => Self::Database {
                action,
                dir,
                source,
            },
        }
    }
}

/// The first path-like word of RocksDB's message, or the message itself.
fn named_file(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c == ':')
        .find(|word| word.contains('/') && word.contains(|c: char| c.is_ascii_digit() || c == 'C'))
        .and_then(|word| word.trim_end_matches(['.', ',']).rsplit('/').next())
        .map_or_else(|| text.to_owned(), |file| format!("db/{file}"))
}
