//! The files of a trust registry in a folder, laid out as a TUF repository is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_protocol::federation::message::{TRUST_FILE_BYTES_MAX, TRUST_NAME_BYTES_MAX};
use countersign_protocol::trust::{Trust, TrustLog, TrustSource};

use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, Privacy};

/// The subfolders of a TUF repository, and that of the log of its versions.
const FOLDERS: [&str; 3] = ["metadata/", "targets/", "log/"];

/// The file that says what is newest: written last, so that what it names is there.
const TIMESTAMP: &str = "metadata/timestamp.json";

/// The folder.
#[derive(Debug, Clone)]
pub struct TrustFolder(PathBuf);

impl TrustFolder {
    /// The folder at this path, whether it exists or not.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn served(&self, name: &str) -> Option<Vec<u8>> {
        is_of_the_registry(name)
            .then(|| self.file(name, TRUST_FILE_BYTES_MAX))
            .flatten()
    }

    pub(super) fn write(&self, new: &BTreeMap<String, Vec<u8>>) -> Result<(), FileFault> {
        let (last, first): (Vec<_>, Vec<_>) = new.iter().partition(|(name, _)| *name == TIMESTAMP);
        for (name, bytes) in first.into_iter().chain(last) {
            let path = self.0.join(name);
            if let Some(folder) = path.parent() {
                make(folder)?;
            }
            files::replace(&path, bytes, PUBLIC_FILE_MODE)?;
        }
        Ok(())
    }
}

fn make(folder: &Path) -> Result<(), FileFault> {
    if folder.is_dir() {
        return Ok(());
    }
    files::create_private_folder(folder)
}

impl TrustSource for TrustFolder {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        // One byte more than a file of its kind may have is enough to see that it is too large.
        let bytes = files::read(&self.0.join(path), max as u64 + 1, Privacy::Public);
        bytes.ok().map(|bytes| bytes.to_vec())
    }
}

/// Whether a name is one of a file of a registry, and leads nowhere else.
fn is_of_the_registry(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.len() <= TRUST_NAME_BYTES_MAX
        && FOLDERS.iter().any(|folder| {
            let rest = name.strip_prefix(folder);
            rest.is_some_and(|rest| rest.split('/').all(plain))
        })
}

/// A source that remembers what it gave, byte for byte.
#[derive(Debug)]
pub struct Recorder<'s, S> {
    source: &'s S,
    given: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'s, S: TrustSource> Recorder<'s, S> {
    /// In front of this source.
    pub const fn new(source: &'s S) -> Self {
        Self {
            source,
            given: RefCell::new(BTreeMap::new()),
        }
    }

    /// What is to be kept of it, now that it was taken in: not the timestamp of a version that is held already, which is not taken
    /// in, and of the log what is held, which may be more than was given.
    #[must_use]
    pub fn kept(self, before: Option<&Trust>, now: &Trust) -> BTreeMap<String, Vec<u8>> {
        let mut kept = self.given();
        if before.map(Trust::seen) == Some(now.seen()) {
            kept.remove(TIMESTAMP);
        }
        kept.extend(now.log().map(TrustLog::files).unwrap_or_default());
        kept
    }

    /// What was given so far, by name.
    #[must_use]
    pub fn given(self) -> BTreeMap<String, Vec<u8>> {
        self.given.into_inner()
    }
}

impl<S: TrustSource> TrustSource for Recorder<'_, S> {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        let bytes = self.source.file(path, max)?;
        let mut given = self.given.borrow_mut();
        given.insert(path.to_owned(), bytes.clone());
        Some(bytes)
    }
}

/// A source, except for versioned files that are here already: their names say which version, or which bytes.
pub(super) struct Overlay<'s, S> {
    source: &'s S,
    folder: &'s TrustFolder,
}

impl<'s, S: TrustSource> Overlay<'s, S> {
    pub(super) const fn new(source: &'s S, folder: &'s TrustFolder) -> Self {
        Self { source, folder }
    }
}

impl<S: TrustSource> TrustSource for Overlay<'_, S> {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        // A target's name holds its hash; metadata is asked for anew, for whoever wrote it here may have been wrong.
        if path.starts_with("targets/")
            && let Some(known) = self.folder.file(path, max)
        {
            return Some(known);
        }
        self.source.file(path, max)
    }
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::*;

    #[test]
    fn only_files_of_the_registry_are_handed_out() {
        for good in [
            "metadata/1.root.json",
            "metadata/timestamp.json",
            "targets/members/ab12.GHA01.txt",
        ] {
            assert!(is_of_the_registry(good), "{good}");
        }
        for bad in [
            "",
            "metadata/",
            "metadata/../config.toml",
            "metadata//x",
            "../keys/log.age",
            "/etc/passwd",
            "metadata/.hidden",
            "targets/a b",
            "keys/log.age",
            "metadata/\u{0}",
        ] {
            assert!(!is_of_the_registry(bad), "{bad}");
        }
        assert!(!is_of_the_registry(&format!("targets/{}", "a".repeat(200))));
    }
}
