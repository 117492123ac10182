//! An exported ledger: files as C2SP tlog-tiles names them, and `records.jsonl`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use countersign_protocol::log::{Checkpoint, SignedNote, Tile, TilePath};

use super::source::SignedHead;
use super::{LedgerSource, VerifyError};

/// The signed head of an exported ledger.
pub const CHECKPOINT_FILE: &str = "checkpoint";
/// The decoded records of an exported ledger.
pub const RECORDS_FILE: &str = "records.jsonl";
/// The folder of tiles and entry bundles.
const TILE_FOLDER: &str = "tile";

/// Largest file read at once: 256 leaves of the longest kind with their lengths.
const FILE_BYTES_MAX: u64 = 256 * (2 + 65_535);

/// Files by their path below the folder of an export, with `/` between its parts.
pub trait Files: Sync {
    /// Where the files are, for messages.
    fn place(&self) -> String;

    /// Opens a file for reading; `None` when there is no such file.
    ///
    /// # Errors
    /// As the system refuses.
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Paths of all files below a folder.
    ///
    /// # Errors
    /// As the system refuses.
    fn below(&self, folder: &str) -> io::Result<Vec<String>>;
}

/// Files in a folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The files in and below a folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Files for Folder {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match File::open(self.0.join(path)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn below(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(self.0.join(&folder))? {
                let entry = entry?;
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                if entry.file_type()?.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        Ok(files)
    }
}

/// An exported ledger in files.
#[derive(Debug, Clone)]
pub struct ExportedLedger<F>(pub F);

impl<F: Files> ExportedLedger<F> {
    fn io(&self, path: &str, source: io::Error) -> VerifyError {
        VerifyError::Io {
            place: self.place_of(path),
            source,
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, VerifyError> {
        let failed = |error| self.io(path, error);
        let Some(file) = self.0.open(path).map_err(failed)? else {
            return Err(VerifyError::Missing {
                place: self.place_of(path),
            });
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(failed(io::ErrorKind::FileTooLarge.into()));
        }
        Ok(bytes)
    }

    /// The signed head, with its size. Nothing is believed yet.
    pub(super) fn head(&self) -> Result<(SignedHead, u64), VerifyError> {
        let malformed = |error| VerifyError::Checkpoint {
            place: self.place_of(CHECKPOINT_FILE),
            error,
        };
        let note = SignedNote::from_bytes(&self.read(CHECKPOINT_FILE)?)
            .map_err(|error| malformed(error.into()))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(malformed)?;
        let head = SignedHead {
            place: self.place_of(CHECKPOINT_FILE),
            note: note.to_string(),
        };
        Ok((head, checkpoint.size))
    }

    /// The lines of `records.jsonl`, if there are any.
    pub(super) fn lines(&self) -> Result<Option<Box<dyn Read + '_>>, VerifyError> {
        self.0
            .open(RECORDS_FILE)
            .map_err(|error| self.io(RECORDS_FILE, error))
    }

    /// Looks for files that no tree of this size has.
    pub(super) fn check_strangers(&self, size: u64) -> Result<(), VerifyError> {
        let files = self
            .0
            .below(TILE_FOLDER)
            .map_err(|error| self.io(TILE_FOLDER, error))?;
        let mut strangers: BTreeSet<String> = files.into_iter().collect();
        strangers.retain(|path| match path.parse() {
            Ok(TilePath::Hashes(tile) | TilePath::Entries(tile)) => {
                Tile::in_tree(tile.level(), tile.index(), size) != Some(tile)
            }
            Err(_) => true,
        });
        match strangers.pop_first() {
            None => Ok(()),
            Some(path) => Err(VerifyError::Stranger {
                place: self.place_of(&path),
                size,
            }),
        }
    }
}

impl<F: Files> LedgerSource for ExportedLedger<F> {
    fn place(&self) -> String {
        self.0.place()
    }

    fn entries(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        self.read(&tile.entries_path())
    }

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        self.read(&tile.path())
    }
}
