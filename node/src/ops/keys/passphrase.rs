//! Where a passphrase comes from: a prompt, a file or a systemd credential. Never an argument or an environment
//! variable, which other users and crash reports can see.

use crate::ops::files::{self, FileFault, Privacy};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::{Path, PathBuf};

/// The shortest passphrase for a new key, in bytes.
pub const PASSPHRASE_LEN_MIN: usize = 12;

/// The longest passphrase, in bytes.
pub const PASSPHRASE_LEN_MAX: usize = 1024;

/// The variable in which systemd names the folder of a service's credentials (systemd.exec, "Credentials").
const CREDENTIALS_FOLDER: &str = "CREDENTIALS_DIRECTORY";

/// Why there is no usable passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// The file cannot be read.
    #[error("passphrase: {0}")]
    File(#[from] FileFault),
    /// The service has no credentials.
    #[error(
        "there is no systemd credential {0}: {CREDENTIALS_FOLDER} is not set; run under systemd with \
         LoadCredentialEncrypted={0}:FILE, or name a passphrase file"
    )]
    NoCredentials(String),
    /// The name would lead out of the folder of credentials.
    #[error("{0:?} is not the name of a systemd credential; give the plain name without slashes")]
    CredentialName(String),
    /// Empty, several lines, or not text.
    #[error(
        "the passphrase must be one line of UTF-8 text, not empty and of at most {PASSPHRASE_LEN_MAX} bytes"
    )]
    NotOneLine,
    /// Too short to protect a new key.
    #[error(
        "a new passphrase needs at least {PASSPHRASE_LEN_MIN} bytes; take five or six random words"
    )]
    TooShort,
}

/// Where to get the passphrase of the key files.
#[derive(Clone)]
pub enum PassphraseSource {
    /// Typed by the operator; whoever prompts passes it on.
    Given(SecretString),
    /// The only line of a file that its owner alone can open.
    File(PathBuf),
    /// A systemd credential, as found by [`PassphraseSource::credential`].
    Credential(PathBuf),
}

/// Shows where the passphrase comes from, never the passphrase.
impl fmt::Debug for PassphraseSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => formatter.write_str("Given([hidden])"),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Credential(path) => formatter.debug_tuple("Credential").field(path).finish(),
        }
    }
}

impl PassphraseSource {
    /// The systemd credential of this name.
    ///
    /// # Errors
    /// [`PassphraseError::NoCredentials`] outside a service with credentials, [`PassphraseError::CredentialName`]
    /// when the name is a path.
    pub fn credential(name: &str) -> Result<Self, PassphraseError> {
        let folder = std::env::var_os(CREDENTIALS_FOLDER).map(PathBuf::from);
        Self::credential_in(folder.as_deref(), name)
    }

    pub(super) fn credential_in(
        folder: Option<&Path>,
        name: &str,
    ) -> Result<Self, PassphraseError> {
        if name.is_empty() || name.contains('/') || name == "." || name == ".." {
            return Err(PassphraseError::CredentialName(name.to_owned()));
        }
        let folder = folder.ok_or_else(|| PassphraseError::NoCredentials(name.to_owned()))?;
        Ok(Self::Credential(folder.join(name)))
    }

    /// Reads the passphrase. One newline at the end of a file is not part of it.
    ///
    /// # Errors
    /// [`PassphraseError`] when it cannot be read or is not one line of text.
    pub fn read(&self) -> Result<SecretString, PassphraseError> {
        let (path, privacy) = match self {
            Self::Given(secret) => return check(secret.expose_secret()).map(|()| secret.clone()),
            Self::File(path) => (path, Privacy::Private),
            // systemd guards its folder itself; the access list that it sets shows as group rights in the mode.
            Self::Credential(path) => (path, Privacy::Public),
        };
        let bytes = files::read(path, PASSPHRASE_LEN_MAX as u64 + 2, privacy)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| PassphraseError::NotOneLine)?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        check(line)?;
        Ok(SecretString::from(line))
    }

    /// Reads the passphrase for a new key.
    ///
    /// # Errors
    /// As [`PassphraseSource::read`], and [`PassphraseError::TooShort`].
    pub fn read_for_new_key(&self) -> Result<SecretString, PassphraseError> {
        let secret = self.read()?;
        if secret.expose_secret().len() < PASSPHRASE_LEN_MIN {
            return Err(PassphraseError::TooShort);
        }
        Ok(secret)
    }
}

fn check(line: &str) -> Result<(), PassphraseError> {
    let fits = !line.is_empty() && line.len() <= PASSPHRASE_LEN_MAX;
    if !fits || line.chars().any(char::is_control) {
        return Err(PassphraseError::NotOneLine);
    }
    Ok(())
}
