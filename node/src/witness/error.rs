//! Why a witness cannot start or answer.

use std::path::PathBuf;

use countersign_protocol::log::{CheckpointError, CosignError, NoteError, WitnessRefusal};

/// Why a witness does not cosign.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The rule says no.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// The memory of the witness cannot be read or written.
    #[error(transparent)]
    Store(#[from] WitnessStoreError),
    /// The cosignature cannot be made, for instance because the clock stands before 1970.
    #[error(transparent)]
    Cosign(#[from] CosignError),
    /// The cosigned note cannot be put together.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The key is not a cosigner key.
    #[error(
        "the key of {name} is not a cosigner key (type 0x04): make one with `countersign init`"
    )]
    NotACosigner {
        /// Name of the key.
        name: String,
    },
    /// The store remembers the promises of a witness of another name.
    #[error(
        "the store holds the promises of the witness {store}, but the key is that of {key}: use the key and the folder \
         of one witness"
    )]
    OtherWitness {
        /// Name in the store.
        store: String,
        /// Name of the key.
        key: String,
    },
}

/// Why the memory of a witness cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum WitnessStoreError {
    /// There is no store where one is expected.
    #[error(
        "no witness store in {dir}. If it is on another disk, mount that disk. If this witness is new, initialise it. \
         A witness that lost its store must not start again under its name: it has forgotten what it cosigned, and \
         could cosign a fork. Give it a new name and key"
    )]
    Absent {
        /// The folder.
        dir: PathBuf,
    },
    /// A new store was asked for where files already are.
    #[error(
        "{dir} already holds files: choose an empty folder for the new witness, or open the existing one"
    )]
    Exists {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process has the store open.
    #[error("{dir} is in use by another process: one witness has one store. Stop the other one")]
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder is not a witness store, or that of another release.
    #[error(
        "{dir} holds a witness store of version {found}, this release reads version {supported}: install the release \
         that fits"
    )]
    Schema {
        /// The folder.
        dir: PathBuf,
        /// Version found; `none` when it is not a witness store.
        found: String,
        /// Version of this release.
        supported: u32,
    },
    /// The folder cannot be made or read.
    #[error("cannot {action} {dir}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The folder.
        dir: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// RocksDB fails.
    #[error(
        "cannot {action} the witness store in {dir}: {source}. Do not delete it: it is what keeps this witness from \
         cosigning a fork"
    )]
    Database {
        /// What was tried.
        action: &'static str,
        /// The folder.
        dir: PathBuf,
        /// What RocksDB says.
        source: rocksdb::Error,
    },
    /// Bytes on disk are not what was written.
    #[error(
        "the witness store in {dir} is damaged: {what}. Do not delete it, and keep a copy: it is what keeps this witness from \
         cosigning a fork. A witness whose store is lost needs a new name and key"
    )]
    Damaged {
        /// The folder.
        dir: PathBuf,
        /// Which file, and what is wrong with it.
        what: String,
    },
    /// A remembered checkpoint cannot be read.
    #[error("the checkpoint remembered for the log {key} cannot be read: {reason}")]
    Malformed {
        /// SHA-256 of the origin, hex.
        key: String,
        /// What is wrong with it.
        reason: CheckpointError,
    },
    /// A stored value is not text.
    #[error("the entry {key} of the witness store is not text")]
    NotText {
        /// The key, hex.
        key: String,
    },
}
