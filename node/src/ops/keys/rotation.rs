//! Changing the log key: the successor waits beside the current key until the ledger says that it signs.

use super::store::{KeyFolder, new_signer};
use super::{KeyFileError, KeyRole};
use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, check_private_folder};
use countersign_protocol::log::{KeyKind, VerifierKey};
use secrecy::SecretString;
use std::fs;
use std::path::Path;

impl KeyFolder {
    /// Makes the successor of the log key and leaves it beside it as pending. The current passphrase is needed, so
    /// that all keys keep one passphrase. The current key signs until [`KeyFolder::promote_pending`].
    ///
    /// # Errors
    /// [`KeyFileError::File`] with [`FileFault::Exists`] when a rotation is under way already.
    pub fn begin_rotation(&self, passphrase: &SecretString) -> Result<VerifierKey, KeyFileError> {
        check_private_folder(&self.path)?;
        self.refuse_existing(&[KeyRole::PendingLog])?;
        let current = self.load_signer(KeyRole::Log, passphrase)?;
        let next = new_signer(current.name(), KeyKind::Ed25519)?;
        self.write_signer(KeyRole::PendingLog, &next, passphrase)?;
        Ok(next.verifier().clone())
    }

    /// Puts the pending log key in the place of the log key, once the ledger says that it signs from now on. The old
    /// key stays in the folder as retired. Doing it again after a crash at any point completes it; doing it when it is
    /// done changes nothing.
    ///
    /// # Errors
    /// [`KeyFileError::OtherPending`] when the pending key is not `expected`.
    pub fn promote_pending(&self, expected: &VerifierKey) -> Result<(), KeyFileError> {
        check_private_folder(&self.path)?;
        let pending = match self.public_signer(KeyRole::PendingLog) {
            Ok(pending) => pending,
            Err(KeyFileError::NoKey { .. }) if self.public_signer(KeyRole::Log)? == *expected => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if pending != *expected {
            let (found, expected) = (pending.to_string(), expected.to_string());
            return Err(KeyFileError::OtherPending { found, expected });
        }
        let (log, waiting) = (
            self.secret_path(KeyRole::Log),
            self.secret_path(KeyRole::PendingLog),
        );
        if waiting.symlink_metadata().is_ok() {
            self.retire(&log, &self.public_signer(KeyRole::Log)?)?;
            rename(&waiting, &log)?;
        }
        self.finish_promotion(expected)
    }

    /// After the pending key has taken the place of the log key: its public half follows.
    pub(super) fn finish_promotion(&self, promoted: &VerifierKey) -> Result<(), KeyFileError> {
        let (public, pending) = (
            self.public_path(KeyRole::Log),
            self.public_path(KeyRole::PendingLog),
        );
        files::replace(
            &public,
            format!("{promoted}\n").as_bytes(),
            PUBLIC_FILE_MODE,
        )?;
        let removed = fs::remove_file(&pending);
        removed.map_err(|source| FileFault::Io {
            doing: "remove",
            path: pending,
            source,
        })?;
        Ok(files::sync_folder_of(&public)?)
    }

    /// Whether a promotion was cut off after the pending key, this one, had taken the place of the log key.
    pub(super) fn is_half_promoted(&self, key: &VerifierKey) -> bool {
        let gone = self
            .secret_path(KeyRole::PendingLog)
            .symlink_metadata()
            .is_err();
        gone && self
            .public_signer(KeyRole::PendingLog)
            .is_ok_and(|pending| pending == *key)
    }

    /// Gives the old log key a second name that nothing overwrites.
    fn retire(&self, log: &Path, old: &VerifierKey) -> Result<(), KeyFileError> {
        let retired = self
            .path
            .join(format!("log.{}.retired.age", hex::encode(old.id())));
        match fs::hard_link(log, &retired) {
            // A second name from an earlier attempt.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            other => Ok(other.map_err(|source| FileFault::Io {
                doing: "retire",
                path: log.to_owned(),
                source,
            })?),
        }
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), KeyFileError> {
    fs::rename(from, to).map_err(|source| FileFault::Io {
        doing: "replace",
        path: to.to_owned(),
        source,
    })?;
    Ok(files::sync_folder_of(to)?)
}
