//! Open data: the registry's public tables as files, made at night from the read model at one entry of the ledger.
//!
//! A set of files is made beside the one that is served, and takes its place in one step when all of it is on disk. Its
//! descriptor is a Data Package (version 2.0) that names the entry, the root of the log there, and each file with its SHA-256.

mod error;
mod files;
mod formats;
mod geo;
mod package;
mod parquet;
mod writer;

pub use countersign_client::types::LedgerPlace;
pub use error::OpenDataError;
pub use package::{Package, Resource};

pub(crate) use geo::Feature;
pub(crate) use writer::{Batch, Making, write};

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use countersign_protocol::log::Hash;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

/// The folder in a data folder.
pub const OPEN_DATA_FOLDER: &str = "open-data";

/// The descriptor.
pub const PACKAGE_FILE: &str = "datapackage.json";

/// The hashes of all files, as `sha256sum --check` reads them.
pub const SUMS_FILE: &str = "SHA256SUMS";

/// Names the set that is served.
const CURRENT_FILE: &str = "current";

/// A file of the set that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Hash,
    /// Rows, for a table.
    pub rows: Option<u64>,
}

/// A whole set.
#[derive(Clone, Debug)]
pub struct OpenSet {
    folder: PathBuf,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// Its descriptor.
    pub package: Package,
    /// Its files, the descriptor and the sums among them.
    pub files: Vec<OpenFile>,
}

impl OpenSet {
    /// A file by its name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&OpenFile> {
        self.files.iter().find(|it| it.name == name)
    }

    pub(crate) fn path(&self, file: &OpenFile) -> PathBuf {
        self.folder.join(&file.name)
    }

    /// A set on disk.
    fn load(folder: PathBuf) -> Result<Self, OpenDataError> {
        let (text, own) = small_file(&folder, PACKAGE_FILE, "application/json")?;
        let path = folder.join(PACKAGE_FILE);
        let package: Package = serde_json::from_slice(&text)
            .map_err(|error| OpenDataError::Damaged(path.clone(), error.to_string()))?;
        let files = package.resources.iter().map(Resource::file);
        let mut files: Vec<OpenFile> = files
            .collect::<Option<_>>()
            .ok_or_else(|| OpenDataError::Damaged(path, "a hash is none".to_owned()))?;
        files.push(own);
        files.push(small_file(&folder, SUMS_FILE, "text/plain; charset=utf-8")?.1);
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let made_ms = name.split('-').next().and_then(|it| it.parse().ok());
        Ok(Self {
            made_ms: made_ms.unwrap_or(0),
            folder,
            package,
            files,
        })
    }
}

/// The largest descriptor.
const SMALL_BYTES_MAX: u64 = 1 << 20;

fn small_file(
    folder: &Path,
    name: &str,
    media_type: &'static str,
) -> Result<(Vec<u8>, OpenFile), OpenDataError> {
    use crate::ops::files::{Privacy, read};
    let bytes = read(&folder.join(name), SMALL_BYTES_MAX, Privacy::Public)?;
    let file = OpenFile {
        name: name.to_owned(),
        media_type,
        bytes: bytes.len() as u64,
        sha256: Sha256::digest(&bytes).into(),
        rows: None,
    };
    Ok((bytes.to_vec(), file))
}

/// The open data of a node. Clones share everything.
#[derive(Clone)]
pub struct OpenData(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    current: RwLock<Option<Arc<OpenSet>>>,
    /// Held while a set is made.
    turn: Mutex<()>,
}

impl OpenData {
    /// The open data of a data folder. A set that can not be read is as none: the next one takes its place.
    #[must_use]
    pub fn open(data: &Path) -> Self {
        let folder = data.join(OPEN_DATA_FOLDER);
        let current = match files::current(&folder) {
            Ok(named) => named.map(OpenSet::load),
            Err(error) => Some(Err(error)),
        };
        let current = match current {
            None => None,
            Some(Ok(set)) => Some(Arc::new(set)),
            Some(Err(error)) => {
                tracing::warn!(%error, "the open data can not be served until it is made anew");
                None
            }
        };
        Self(Arc::new(Inner {
            folder,
            current: RwLock::new(current),
            turn: Mutex::new(()),
        }))
    }

    /// The set that is served.
    #[must_use]
    pub fn current(&self) -> Option<Arc<OpenSet>> {
        let current = self.0.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds the turn to make a set; none while another is made.
    pub(crate) fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        self.0.turn.try_lock().ok()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Takes a set that is whole on disk into service, and the one before the last out of the folder.
    pub(crate) fn take_over(&self, name: &str) -> Result<Arc<OpenSet>, OpenDataError> {
        let set = Arc::new(OpenSet::load(self.0.folder.join(name))?);
        files::point_to(&self.0.folder, name)?;
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let last = current.replace(Arc::clone(&set));
        drop(current);
        let kept = last.as_ref().map(|it| it.folder.as_path());
        files::tidy(&self.0.folder, &[Some(set.folder.as_path()), kept]);
        Ok(set)
    }
}
