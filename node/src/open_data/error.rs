//! Why there is no open data.

use std::io;
use std::path::{Path, PathBuf};

use crate::ops::files::FileFault;

/// Why open data was not made or can not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenDataError {
    /// A file is missing or can not be read.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The disk or the system refused.
    #[error("cannot write {path}: {source}")]
    Io {
        /// On which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A table could not be written in columns.
    #[error("cannot write {0} as Parquet: {1}")]
    Parquet(PathBuf, String),
    /// A descriptor is not what was written.
    #[error("{0} is damaged: {1}; it is made anew at night, or by: countersign open-data make")]
    Damaged(PathBuf, String),
}

impl OpenDataError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
