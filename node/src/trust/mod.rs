//! The trust registry as a node holds it: kept in its folder, taken in from whoever has a newer version, handed on to others.
//!
//! What is believed of it is decided by [`countersign_protocol::trust`]; here are the files. Who gives them does not matter,
//! since they prove themselves from the hash of the first root on, which stands in the configuration.

mod folder;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use countersign_protocol::log::Hash;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{
    ROOT_BYTES_MAX, TIMESTAMP_BYTES_MAX, Trust, TrustRefusal, TrustSource, metadata_path,
};

use sha2::{Digest, Sha256};

use folder::Overlay;
pub use folder::{Recorder, TrustFolder};

use crate::ops::files::FileFault;

/// Why a version was not taken in. What is held is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It does not prove itself, or is older than what is held.
    #[error(transparent)]
    Refused(#[from] TrustRefusal),
    /// The source has no first root.
    #[error("the source has no trust registry")]
    Nothing,
    /// It can not be kept.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// The trust registry of a node.
#[derive(Debug)]
pub struct TrustKeeper {
    folder: TrustFolder,
    pinned: Hash,
    held: RwLock<Option<Arc<Trust>>>,
    /// One version is taken in at a time.
    turn: Mutex<()>,
}

impl TrustKeeper {
    /// Opens the folder; what lies in it is checked as if a stranger had given it, except that it may have expired.
    ///
    /// # Errors
    /// [`TrustRefusal`] when the folder holds another federation's registry. One that is damaged further on is held as far
    /// as it goes, and is mended by the next version that comes in.
    pub fn open(dir: PathBuf, pinned: Hash) -> Result<Self, TrustRefusal> {
        let folder = TrustFolder::new(dir);
        let mut held = None;
        if let Some(root) = folder.file(&metadata_path("root", 1), ROOT_BYTES_MAX) {
            let mut trust = Trust::bootstrap(&root, &pinned)?;
            if let Err(problem) = trust.restore(&folder) {
                tracing::warn!(%problem, "the trust registry in the data folder is not whole: it is fetched again");
            }
            held = Some(Arc::new(trust));
        }
        Ok(Self {
            folder,
            pinned,
            held: RwLock::new(held),
            turn: Mutex::default(),
        })
    }

    /// What is held now; `None` before the first version came.
    #[must_use]
    pub fn held(&self) -> Option<Arc<Trust>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The hash of the first root that is believed.
    #[must_use]
    pub const fn pinned(&self) -> &Hash {
        &self.pinned
    }

    /// A file for another member; `None` for a name that is none of the registry's.
    #[must_use]
    pub fn served(&self, name: &str) -> Option<Vec<u8>> {
        self.folder.served(name)
    }

    /// Every file of the newest version that is held and of all its roots, by name: whoever has them needs no other source.
    #[must_use]
    pub fn whole(&self) -> BTreeMap<String, Vec<u8>> {
        let recorder = Recorder::new(&self.folder);
        let root = recorder.file(&metadata_path("root", 1), ROOT_BYTES_MAX);
        let read = root
            .and_then(|root| Trust::bootstrap(&root, &self.pinned).ok())
            .map(|mut trust| trust.restore(&recorder));
        match read {
            Some(Ok(())) => recorder.given(),
            _ => BTreeMap::new(),
        }
    }

    /// SHA-256 of the timestamp that is held: another version has another one.
    #[must_use]
    pub fn timestamp_sha256(&self) -> Option<Hash> {
        let bytes = self
            .folder
            .file(&metadata_path("timestamp", 0), TIMESTAMP_BYTES_MAX)?;
        Some(Sha256::digest(bytes).into())
    }

    /// Whether the source's newest version is the one that is held: whoever publishes one signs another timestamp. Where its log is
    /// not in order here, whoever gave it may have left something out, and another source is looked at.
    fn has_the_same(&self, source: &impl TrustSource) -> bool {
        let is_in_order = |held: Arc<Trust>| held.to_settle().is_some() && held.is_logged().is_ok();
        if !self.held().is_some_and(is_in_order) {
            return false;
        }
        let newest =
            |from: &dyn TrustSource| from.file(&metadata_path("timestamp", 0), TIMESTAMP_BYTES_MAX);
        newest(source).is_some_and(|bytes| newest(&self.folder) == Some(bytes))
    }

    /// Takes in a newer version, if the source has one: `Some` with what is held then. Blocks.
    ///
    /// # Errors
    /// [`TrustError`] says why what the source has is not taken.
    pub fn take_in(
        &self,
        source: &impl TrustSource,
        now: Timestamp,
    ) -> Result<Option<Arc<Trust>>, TrustError> {
        if self.has_the_same(source) {
            return Ok(None);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let recorder = Recorder::new(source);
        let before = self.held();
        let mut trust = match &before {
            Some(held) => Trust::clone(held),
            None => {
                let path = metadata_path("root", 1);
                let root = recorder.file(&path, ROOT_BYTES_MAX);
                Trust::bootstrap(&root.ok_or(TrustError::Nothing)?, &self.pinned)?
            }
        };
        // What this node has already need not be sent again.
        let refreshed = trust.refresh(&Overlay::new(&recorder, &self.folder), now);
        if before.as_deref() == Some(&trust) {
            refreshed?;
            return Ok(None);
        }
        // What was seen of roots, timestamp and snapshot counts even where the rest is missing.
        self.folder
            .write(&recorder.kept(before.as_deref(), &trust))?;
        let trust = Arc::new(trust);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&trust));
        refreshed?;
        Ok(Some(trust))
    }
}
