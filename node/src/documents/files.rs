//! The files: `documents/<2 hex>/<sha256>` for what is kept, `documents/incoming/<id>` for what is under way.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_protocol::log::Hash;

use super::document::DocumentId;
use super::error::DocumentError;
use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE, sync_folder_of};

const INCOMING: &str = "incoming";
const LOCK: &str = "lock";

pub(super) struct Files {
    folder: PathBuf,
    /// Locked while this is open: another process would sweep uploads that are under way here.
    _lock: File,
}

/// A file under way; removed when dropped, unless it was put in its place.
pub(super) struct Draft {
    pub(super) path: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already once it was put in its place. Left behind otherwise, it is swept at the next opening.
        let _ = fs::remove_file(&self.path);
    }
}

impl Files {
    pub(super) fn open(folder: &Path) -> Result<Self, DocumentError> {
        files::create_private_folder(folder)?;
        files::create_private_folder(&folder.join(INCOMING))?;
        let path = folder.join(LOCK);
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE_MODE)
            .open(&path)
            .map_err(io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(DocumentError::InUse(folder.to_owned()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(io("lock", &path)(error).into()),
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// A new file under way.
    pub(super) fn draft(&self, id: DocumentId) -> Result<(Draft, File), FileFault> {
        let draft = Draft {
            path: self.draft_path(id),
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(PRIVATE_FILE_MODE)
            .open(&draft.path)
            .map_err(io("make", &draft.path))?;
        Ok((draft, file))
    }

    /// The files under way: at opening, those that a crash left.
    pub(super) fn drafts(&self) -> Result<Vec<(PathBuf, Option<DocumentId>)>, FileFault> {
        let folder = self.folder.join(INCOMING);
        let list = || -> io::Result<Vec<_>> {
            fs::read_dir(&folder)?
                .map(|entry| {
                    let entry = entry?;
                    let id = entry.file_name().to_str().and_then(|it| it.parse().ok());
                    Ok((entry.path(), id))
                })
                .collect()
        };
        list().map_err(io("list", &folder))
    }

    /// Puts a file under way in its place, durably. What is there already stays: it has the same bytes. Only a file of
    /// another length, which cannot have them, gives way.
    pub(super) fn place(&self, draft: &Path, sha256: &Hash, bytes: u64) -> Result<(), FileFault> {
        let path = self.path(sha256);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        // Linking, unlike renaming, fails when the name is taken.
        match fs::hard_link(draft, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let look = fs::symlink_metadata(&path).map_err(io("look at", &path))?;
                if look.len() != bytes {
                    tracing::error!(?path, "a damaged document is replaced by a whole one");
                    fs::rename(draft, &path).map_err(io("replace", &path))?;
                }
            }
            Err(error) => return Err(io("make", &path)(error)),
        }
        sync_folder_of(&path)?;
        match fs::remove_file(draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io("remove", draft)(error)),
            _ => Ok(()),
        }
    }

    /// Removes a kept file for good; one that is gone already is fine.
    pub(super) fn remove(&self, sha256: &Hash) -> Result<(), FileFault> {
        let path = self.path(sha256);
        match fs::remove_file(&path) {
            Ok(()) => sync_folder_of(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io("remove", &path)(error)),
        }
    }

    /// Where the bytes of this hash lie.
    pub(super) fn path(&self, sha256: &Hash) -> PathBuf {
        let name = hex::encode(sha256);
        self.folder.join(&name[..2]).join(name)
    }

    /// What the disk has left for this process.
    pub(super) fn free_bytes(&self) -> Result<u64, FileFault> {
        let look = rustix::fs::statvfs(&self.folder)
            .map_err(|error| io("ask for the free space of", &self.folder)(error.into()))?;
        Ok(look.f_bavail.saturating_mul(look.f_frsize))
    }

    fn draft_path(&self, id: DocumentId) -> PathBuf {
        self.folder.join(INCOMING).join(id.to_string())
    }
}

/// Makes a folder in the documents' own, whose mode was checked.
fn make_folder(folder: &Path) -> Result<(), FileFault> {
    match DirBuilder::new().mode(PRIVATE_FOLDER_MODE).create(folder) {
        Ok(()) => sync_folder_of(folder),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(io("make the folder", folder)(error)),
    }
}

pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileFault + use<> {
    let path = path.to_owned();
    move |source| FileFault::Io {
        doing,
        path,
        source,
    }
}
