//! Files that must be private, whole and durable: created and replaced atomically, checked before they are read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The mode of folders that hold secrets: their owner only.
pub const PRIVATE_FOLDER_MODE: u32 = 0o700;

/// The mode of files that hold secrets: their owner only, not executable.
pub const PRIVATE_FILE_MODE: u32 = 0o600;

/// The mode of files that anyone may read.
pub const PUBLIC_FILE_MODE: u32 = 0o644;

/// What everybody but the owner must not have.
const OTHERS: u32 = 0o077;

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// There is no such file or folder.
    #[error("{0} does not exist")]
    Missing(PathBuf),
    /// The file exists and is never overwritten.
    #[error(
        "{0} exists and is not overwritten; move it away first if you are sure that it is not needed"
    )]
    Exists(PathBuf),
    /// Others than the owner have access to a secret.
    #[error(
        "{path} may be opened by others than its owner (mode {mode:04o}); run: chmod {wanted:o} {path}"
    )]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode that it must have.
        wanted: u32,
    },
    /// A folder, link or device stands where a plain file must.
    #[error("{0} is not a regular file; put the file itself there, not a link")]
    NotAFile(PathBuf),
    /// A file or link stands where a folder must.
    #[error("{0} is not a folder; put the folder itself there, not a link")]
    NotAFolder(PathBuf),
    /// The file is larger than any of its kind.
    #[error("{path} is larger than {max} bytes; it is not a file of this kind")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Most bytes allowed.
        max: u64,
    },
    /// The operating system failed.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl FileFault {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::NotFound => Self::Missing(path),
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }
}

/// Makes a folder for its owner only, with its parents; an existing one is checked.
///
/// # Errors
/// [`FileFault::Permissions`] when an existing folder is open to others.
pub fn create_private_folder(path: &Path) -> Result<(), FileFault> {
    let made = DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER_MODE)
        .create(path);
    match made {
        // Something else than a folder stands there: the check says so better.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other.map_err(FileFault::io("make the folder", path))?,
    }
    check_private_folder(path)
}

/// Checks that a folder is there, is no link, and is open to its owner only.
///
/// # Errors
/// [`FileFault`] with the command that mends it.
pub fn check_private_folder(path: &Path) -> Result<(), FileFault> {
    let metadata = fs::symlink_metadata(path).map_err(FileFault::io("look at", path))?;
    if !metadata.is_dir() {
        return Err(FileFault::NotAFolder(path.to_owned()));
    }
    check_mode(path, metadata.permissions().mode(), PRIVATE_FOLDER_MODE)
}

fn check_mode(path: &Path, mode: u32, wanted: u32) -> Result<(), FileFault> {
    let mode = mode & 0o7777;
    if mode & OTHERS != 0 {
        return Err(FileFault::Permissions {
            path: path.to_owned(),
            mode,
            wanted,
        });
    }
    Ok(())
}

/// Whose eyes a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// The owner's only; a file that others can open is refused.
    Private,
    /// Anyone's.
    Public,
}

/// Reads a whole file of at most `max` bytes. The bytes are wiped from memory when dropped.
///
/// # Errors
/// [`FileFault`] when it is missing, open to others though private, no regular file, or too large.
pub fn read(path: &Path, max: u64, privacy: Privacy) -> Result<Zeroizing<Vec<u8>>, FileFault> {
    // A private file is read where it lies: a link could point into a folder that others write.
    let look = if privacy == Privacy::Private {
        fs::symlink_metadata
    } else {
        fs::metadata
    };
    let metadata = look(path).map_err(FileFault::io("look at", path))?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(FileFault::io("open", path))?;
    // Size and mode are those of the open file, so that nobody can exchange it in between.
    let metadata = file.metadata().map_err(FileFault::io("look at", path))?;
    if privacy == Privacy::Private {
        check_mode(path, metadata.permissions().mode(), PRIVATE_FILE_MODE)?;
    }
    if metadata.len() > max {
        return Err(FileFault::TooLarge {
            path: path.to_owned(),
            max,
        });
    }
    // Room for everything at once: growing would leave copies of a secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(max).unwrap_or(0).saturating_add(1),
    ));
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(FileFault::io("read", path))?;
    if bytes.len() as u64 > max {
        return Err(FileFault::TooLarge {
            path: path.to_owned(),
            max,
        });
    }
    Ok(bytes)
}

/// Writes a new file: afterwards it is whole and durable, or it is not there at all.
///
/// # Errors
/// [`FileFault::Exists`] when there is one already.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileFault> {
    let draft = Draft::write(path, bytes, mode)?;
    // Linking, unlike renaming, fails when the name is taken.
    fs::hard_link(&draft.path, path).map_err(FileFault::io("create", path))?;
    drop(draft);
    sync_folder_of(path)
}

/// Replaces a file or creates it: afterwards its old or its new content is there, whole.
///
/// # Errors
/// [`FileFault::Io`] when the disk or the operating system refuses.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileFault> {
    let draft = Draft::write(path, bytes, mode)?;
    fs::rename(&draft.path, path).map_err(FileFault::io("replace", path))?;
    sync_folder_of(path)
}

/// A file under a temporary name beside its place, written and synced; removed again when dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn write(target: &Path, bytes: &[u8], mode: u32) -> Result<Self, FileFault> {
        let mut suffix = [0; 8];
        getrandom::fill(&mut suffix).map_err(|error| FileFault::Io {
            doing: "draw a temporary name for",
            path: target.to_owned(),
            source: io::Error::other(error.to_string()),
        })?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let draft = Self {
            path: target.with_file_name(format!(".{name}.{}", hex::encode(suffix))),
        };
        let write = || {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&draft.path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(FileFault::io("write", &draft.path))?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already after a rename. Left behind otherwise, it is an unused file in a private folder.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), FileFault> {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(FileFault::io("sync the folder", folder))
}

#[cfg(test)]
mod tests;
