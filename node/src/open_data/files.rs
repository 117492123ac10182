//! The folder of sets: which one is served, and files that are hashed while they are written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use countersign_protocol::log::Hash;
use sha2::{Digest, Sha256};

use super::{CURRENT_FILE, OpenDataError};
use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, Privacy};

/// The longest name of a set.
const NAME_BYTES_MAX: u64 = 64;

/// The folder of the set that is served; none before the first.
pub(super) fn current(folder: &Path) -> Result<Option<PathBuf>, OpenDataError> {
    let bytes = match files::read(&folder.join(CURRENT_FILE), NAME_BYTES_MAX, Privacy::Public) {
        Err(FileFault::Missing(_)) => return Ok(None),
        other => other?,
    };
    let name = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    let path = folder.join(CURRENT_FILE);
    let damaged = || OpenDataError::Damaged(path, "it names no set".to_owned());
    is_name.then(|| Some(folder.join(name))).ok_or_else(damaged)
}

/// Serves another set from now on.
pub(super) fn point_to(folder: &Path, name: &str) -> Result<(), OpenDataError> {
    let line = format!("{name}\n");
    Ok(files::replace(
        &folder.join(CURRENT_FILE),
        line.as_bytes(),
        PUBLIC_FILE_MODE,
    )?)
}

/// Takes every set away but these: the one that is served, and the one before it, of which somebody may just be reading the
/// descriptor.
pub(super) fn tidy(folder: &Path, kept: &[Option<&Path>]) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir()
            && !kept.contains(&Some(path.as_path()))
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(path = %path.display(), %error, "an old set of open data could not be removed");
        }
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync(folder: &Path) -> Result<(), OpenDataError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(OpenDataError::io(folder))
}

/// A file that is hashed while it is written.
pub(super) struct HashedFile {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl HashedFile {
    pub(super) fn create(path: PathBuf) -> Result<Self, OpenDataError> {
        let file = File::create_new(&path).map_err(OpenDataError::io(&path))?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(1 << 16, file),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), OpenDataError> {
        let path = &self.path;
        let failed = OpenDataError::io(path);
        self.file.write_all(bytes).map_err(failed)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Everything on disk: size and hash.
    pub(super) fn finish(self) -> Result<(u64, Hash), OpenDataError> {
        let failed = OpenDataError::io(&self.path);
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(failed)?;
        Ok((self.bytes, self.hash.finalize().into()))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
