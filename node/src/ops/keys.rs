//! The secret keys of a node: made, encrypted, read, rotated.
//!
//! A key folder holds for each key an [age](https://age-encryption.org/v1) file under the operator's passphrase and
//! a text file with its public half:
//!
//! | file | holds |
//! |---|---|
//! | `log.age`, `log.pub` | the key that signs checkpoints: C2SP signer key text, Ed25519 (0x01) |
//! | `log.pending.age`, `log.pending.pub` | its successor, while a rotation is under way |
//! | `log.<id>.retired.age` | its predecessors |
//! | `cosigner.age`, `cosigner.pub` | the key that cosigns others' checkpoints: cosignature (0x04) |
//! | `holder.age`, `holder.pub` | a keyholder of the trust registry, in a folder of its own: Ed25519 (0x01) |
//! | `peer.age`, `peer.pub` | the libp2p identity: its protobuf encoding in base64, and the peer id |
//!
//! Nothing is ever overwritten. An operator can open every file with the `age` program and the passphrase alone.

mod passphrase;
mod rotation;
mod sealed;
mod store;

pub use passphrase::{PASSPHRASE_LEN_MAX, PASSPHRASE_LEN_MIN, PassphraseError, PassphraseSource};
pub use sealed::{WORK_FACTOR, WORK_FACTOR_MAX};
pub use store::{KEY_FILE_BYTES_MAX, KeyFolder, NodeKeys};

use super::files::FileFault;
use countersign_protocol::log::KeyError;
use std::fmt;
use std::path::PathBuf;

/// Which key of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRole {
    /// Signs the checkpoints of the own ledger.
    Log,
    /// Will sign them after the rotation that is under way.
    PendingLog,
    /// Cosigns the checkpoints of others.
    Cosigner,
    /// Identifies the node to its peers.
    Peer,
    /// Signs for the trust registry, away from any node.
    Holder,
}

impl KeyRole {
    /// The name of the key's files, without their endings.
    const fn stem(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::PendingLog => "log.pending",
            Self::Cosigner => "cosigner",
            Self::Peer => "peer",
            Self::Holder => "holder",
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Log => "log key",
            Self::PendingLog => "pending log key",
            Self::Cosigner => "cosigner key",
            Self::Peer => "peer key",
            Self::Holder => "keyholder's key",
        })
    }
}

/// Why a key cannot be made, read or rotated. No message and no debug output holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The passphrase cannot be read, or is too short for a new key.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// There is no key of that role.
    #[error(
        "there is no {role} at {path}; make the keys with `countersign init`, or restore them from your backup"
    )]
    NoKey {
        /// The key that is missing.
        role: KeyRole,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The passphrase does not open the file.
    #[error("the passphrase does not open {0}; try again, and check the keyboard layout")]
    WrongPassphrase(PathBuf),
    /// The file asks for more work than a node spends.
    #[error("{path} asks for scrypt work factor {found} and at most {max} is accepted; encrypt the key again", max = WORK_FACTOR_MAX)]
    TooMuchWork {
        /// The file.
        path: PathBuf,
        /// The work factor in it.
        found: u8,
    },
    /// The file is no age file under a passphrase, or was changed.
    #[error(
        "{path} is damaged or no passphrase-encrypted age file: {reason}; restore it from your backup"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file holds a key of another kind.
    #[error(
        "{path} holds another kind of key than the {role}; restore the right file from your backup"
    )]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// The key that belongs there.
        role: KeyRole,
    },
    /// Secret and public file do not belong together.
    #[error(
        "{public} does not belong to the key in {secret}; one was exchanged: restore both from your backup"
    )]
    PublicMismatch {
        /// The public file.
        public: PathBuf,
        /// The secret file.
        secret: PathBuf,
    },
    /// The key to promote is not the one that waits.
    #[error(
        "the pending log key is {found}, not {expected}; the ledger names another key than this folder holds"
    )]
    OtherPending {
        /// The key that waits.
        found: String,
        /// The key that was to be promoted.
        expected: String,
    },
    /// A name that no key can have.
    #[error("cannot make a key: {0}")]
    Name(#[from] KeyError),
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}

#[cfg(test)]
mod tests;
