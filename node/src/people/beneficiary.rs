//! The names of those in whose favour units were used.
//!
//! The ledger carries `SHA-256(salt || name)`. Salt and name lie in one private file per request: whoever has them can
//! show that the ledger means this name, and once the file is gone nobody can, while every proof stays valid.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Commitment, Name};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE, Privacy};

const FILE_BYTES_MAX: u64 = 4096;

/// Why a name cannot be kept or read. No message holds a name.
#[derive(Debug, thiserror::Error)]
pub enum BeneficiaryError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// A file is damaged.
    #[error("{path} does not hold a salt and a name: {reason}; restore it from your backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}

/// A beneficiary's name and the salt of its commitment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beneficiary {
    /// Drawn for this name and this request.
    #[serde(with = "hex::serde")]
    pub salt: [u8; 32],
    /// The name.
    pub name: Name,
}

impl Beneficiary {
    fn draw(name: Name) -> Result<Self, BeneficiaryError> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|error| BeneficiaryError::Random(error.to_string()))?;
        Ok(Self { salt, name })
    }

    /// What the ledger carries: `SHA-256(salt || name)`.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(self.name.as_str().as_bytes());
        Commitment(hash.finalize().into())
    }
}

impl std::fmt::Debug for Beneficiary {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Beneficiary").finish_non_exhaustive()
    }
}

/// The folder with one file for each named beneficiary.
#[derive(Clone, Debug)]
pub struct Beneficiaries {
    folder: PathBuf,
}

impl Beneficiaries {
    /// Opens the folder, or makes it, for its owner only.
    ///
    /// # Errors
    /// [`FileFault`] when it is open to others or cannot be made.
    pub fn open(folder: &Path) -> Result<Self, BeneficiaryError> {
        files::create_private_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Keeps a name for a request and gives its commitment; the same name again gives the same commitment.
    ///
    /// `is_written` says that the ledger carries the request already. Then another name does not replace the kept one:
    /// its commitment differs, so that the ledger sees another request under the same id and refuses it.
    ///
    /// # Errors
    /// [`BeneficiaryError`] when the file cannot be read or written.
    pub fn keep(
        &self,
        request: &RequestId,
        name: &Name,
        is_written: bool,
    ) -> Result<Commitment, BeneficiaryError> {
        let kept = self.get(request)?;
        match kept {
            Some(kept) if kept.name == *name => return Ok(kept.commitment()),
            Some(kept) if is_written => {
                let other = Beneficiary {
                    name: name.clone(),
                    ..kept
                };
                return Ok(other.commitment());
            }
            _ => {}
        }
        let drawn = Beneficiary::draw(name.clone())?;
        if !is_written {
            let path = self.path(request);
            let text = serde_json::to_vec(&drawn).map_err(damaged(&path))?;
            files::replace(&path, &text, PRIVATE_FILE_MODE)?;
        }
        Ok(drawn.commitment())
    }

    /// The kept name and salt of a request.
    ///
    /// # Errors
    /// [`BeneficiaryError`] when the file is open to others or damaged.
    pub fn get(&self, request: &RequestId) -> Result<Option<Beneficiary>, BeneficiaryError> {
        let path = self.path(request);
        match files::read(&path, FILE_BYTES_MAX, Privacy::Private) {
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes).map_err(damaged(&path))?,
            )),
            Err(FileFault::Missing(_)) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Forgets name and salt of a request for ever.
    ///
    /// # Errors
    /// [`BeneficiaryError`] when the file cannot be removed.
    pub fn erase(&self, request: &RequestId) -> Result<(), BeneficiaryError> {
        let path = self.path(request);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(FileFault::Io {
                doing: "remove",
                path,
                source: error,
            }
            .into()),
            _ => Ok(()),
        }
    }

    fn path(&self, request: &RequestId) -> PathBuf {
        self.folder.join(format!("{request}.json"))
    }
}

fn damaged(path: &Path) -> impl FnOnce(serde_json::Error) -> BeneficiaryError + use<> {
    let path = path.to_owned();
    // serde_json names line and column of what it met, never the text.
    move |error| BeneficiaryError::Damaged {
        reason: format!("line {}, column {}", error.line(), error.column()),
        path,
    }
}
