//! Evidence that is kept: one file for each, named by its SHA-256, for ever.

use std::path::PathBuf;

use countersign_protocol::federation::evidence::{EVIDENCE_BYTES_MAX, Evidence};
use countersign_protocol::log::Hash;

use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, Privacy};

/// The end of the name of a file of evidence.
pub const EVIDENCE_SUFFIX: &str = "evidence";

/// The folder of evidence.
#[derive(Debug, Clone)]
pub struct EvidenceFolder(PathBuf);

impl EvidenceFolder {
    /// The folder at this path, whether it exists or not.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    fn path(&self, sha256: &Hash) -> PathBuf {
        let name = format!("{}.{EVIDENCE_SUFFIX}", hex::encode(sha256));
        self.0.join(name)
    }

    /// Keeps evidence; keeping it again changes nothing.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn keep(&self, evidence: &Evidence) -> Result<(), FileFault> {
        let path = self.path(&evidence.sha256());
        if path.exists() {
            return Ok(());
        }
        if !self.0.exists() {
            files::create_private_folder(&self.0)?;
        }
        files::replace(&path, evidence.to_string().as_bytes(), PUBLIC_FILE_MODE)
    }

    /// The text of evidence; `None` where it is not kept here.
    ///
    /// # Errors
    /// When it can not be read.
    pub fn text(&self, sha256: &Hash) -> Result<Option<String>, FileFault> {
        let path = self.path(sha256);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read(&path, EVIDENCE_BYTES_MAX as u64, Privacy::Public)?;
        Ok(String::from_utf8(bytes.to_vec()).ok())
    }
}
