//! Writing a ledger out: the files that any tool for C2SP tlog-tiles reads, and `records.jsonl`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use countersign_protocol::log::{Checkpoint, CheckpointError, Hash, Tile, TileTree, root_at};

use super::files::{CHECKPOINT_FILE, RECORDS_FILE};
use super::source::AsTiles;
use super::walk::{Bundle, Visit, walk};
use super::{LedgerSource, Progress, SignedHead, VerifyError};

/// Why a ledger was not written out.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The ledger itself is damaged.
    #[error(transparent)]
    Ledger(#[from] VerifyError),
    /// Something is in the folder already.
    #[error("{0} is not empty: name a new folder, so that two exports never mix")]
    NotEmpty(PathBuf),
    /// The operating system refused to write.
    #[error("cannot write {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason given by the system.
        source: io::Error,
    },
}

/// Writes the tree of a signed head into a new or empty folder. The checkpoint is written last: a folder that holds one is
/// complete. Every leaf and tile is checked on the way.
///
/// # Errors
/// [`WriteError`] when the ledger is damaged, the head is not its, or the folder cannot be written.
pub fn write(
    source: &(impl LedgerSource + ?Sized),
    head: &SignedHead,
    out: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Checkpoint, WriteError> {
    let malformed = |error: CheckpointError| VerifyError::Checkpoint {
        place: head.place.clone(),
        error,
    };
    let (_, checkpoint) = Checkpoint::parse_note(&head.note).map_err(malformed)?;
    let mut writer = Writer::create(out, checkpoint.size, progress)?;
    walk(source, checkpoint.size, true, &mut writer)?;
    writer.finish()?;
    let tree = TileTree::new(AsTiles(source), checkpoint.size);
    let root = root_at(&tree, checkpoint.size).map_err(|error| VerifyError::Tree {
        place: head.place.clone(),
        error,
    })?;
    if root != checkpoint.root {
        return Err(WriteError::Ledger(VerifyError::Root {
            place: head.place.clone(),
            size: checkpoint.size,
            computed: hex::encode(root),
            signed: hex::encode(checkpoint.root),
        }));
    }
    put(&out.join(CHECKPOINT_FILE), head.note.as_bytes())?;
    Ok(checkpoint)
}

/// The folder being filled.
struct Writer<'a> {
    out: &'a Path,
    lines: BufWriter<File>,
    size: u64,
    progress: &'a mut dyn FnMut(Progress),
}

impl<'a> Writer<'a> {
    fn create(
        out: &'a Path,
        size: u64,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self, WriteError> {
        fs::create_dir_all(out).map_err(|error| failed(out, error))?;
        let mut entries = fs::read_dir(out).map_err(|error| failed(out, error))?;
        if entries.next().is_some() {
            return Err(WriteError::NotEmpty(out.to_owned()));
        }
        let path = out.join(RECORDS_FILE);
        let lines = File::create(&path).map_err(|error| failed(&path, error))?;
        Ok(Self {
            out,
            lines: BufWriter::with_capacity(1 << 18, lines),
            size,
            progress,
        })
    }

    fn finish(self) -> Result<(), WriteError> {
        let file = self
            .lines
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all())
            .map_err(|error| failed(&self.out.join(RECORDS_FILE), error))
    }
}

impl Visit for Writer<'_> {
    type Error = WriteError;

    fn bundle(&mut self, bundle: Bundle) -> Result<(), WriteError> {
        let entries = self.out.join(bundle.tile.entries_path());
        put(&entries, &bundle.entries)?;
        put(
            &self.out.join(bundle.tile.path()),
            bundle.hashes.as_flattened(),
        )?;
        self.lines
            .write_all(&bundle.lines)
            .map_err(|error| failed(&self.out.join(RECORDS_FILE), error))?;
        (self.progress)(Progress {
            done: bundle.first + u64::from(bundle.tile.width()),
            total: self.size,
        });
        Ok(())
    }

    fn tile(&mut self, tile: Tile, hashes: &[Hash]) -> Result<(), WriteError> {
        put(&self.out.join(tile.path()), hashes.as_flattened())
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    fs::write(path, bytes).map_err(|error| failed(path, error))
}

fn failed(path: &Path, source: io::Error) -> WriteError {
    WriteError::Io {
        path: path.to_owned(),
        source,
    }
}
