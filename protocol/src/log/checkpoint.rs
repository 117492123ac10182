//! Checkpoints: the signed head of a log (C2SP tlog-checkpoint).

use core::fmt;

use thiserror::Error;

use super::key::{KeyKind, SignerKey};
use super::merkle::Hash;
use super::note::{NoteError, SignedNote};
use super::text::{FieldFault, NAME_BYTES_MAX, is_control, parse_decimal, parse_hash, to_base64};

/// Most extension lines read. Ours have none: no monitor can check them.
const EXTENSION_LINES_MAX: usize = 16;

/// Head of a log: which log, how many leaves, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Identity of the log, for instance `gh.example/ledger`. At most 255 bytes, one line.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that many leaves.
    pub root: Hash,
}

/// Why a note text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note around it is malformed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines, or the last one has no newline.
    #[error("a checkpoint has three lines (origin, size, root), each ending in a newline")]
    MissingLine,
    /// The origin cannot be one.
    #[error("the origin of the checkpoint cannot be used: {0}")]
    Origin(FieldFault),
    /// The size is not a number in its one spelling.
    #[error("the size of the checkpoint cannot be read: {0}")]
    Size(FieldFault),
    /// The root is not a hash in base64.
    #[error("the root of the checkpoint cannot be read: {0}")]
    Root(FieldFault),
    /// An empty line among the extension lines.
    #[error("a checkpoint has no empty line")]
    EmptyLine,
    /// Too many lines after the root.
    #[error("the checkpoint has more than {EXTENSION_LINES_MAX} extension lines")]
    TooManyExtensions,
    /// The signing key is another log's.
    #[error("the key of {key} cannot sign a checkpoint of {origin}: a log signs under its origin")]
    ForeignKey {
        /// Name of the key.
        key: String,
        /// Origin of the checkpoint.
        origin: String,
    },
}

impl Checkpoint {
    /// Reads the text of a checkpoint note, without signatures. Extension lines are accepted and not kept: signatures
    /// cover them because they cover the text.
    ///
    /// # Errors
    /// [`CheckpointError`] says which line is malformed.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::MissingLine)?;
        let mut lines = body.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::MissingLine);
        let (origin, size, root) = (line()?, line()?, line()?);
        check_origin(origin).map_err(CheckpointError::Origin)?;
        let size = parse_decimal(size).map_err(CheckpointError::Size)?;
        let root = parse_hash(root).map_err(CheckpointError::Root)?;
        for (extension, count) in lines.zip(1..) {
            if extension.is_empty() {
                return Err(CheckpointError::EmptyLine);
            }
            if count > EXTENSION_LINES_MAX {
                return Err(CheckpointError::TooManyExtensions);
            }
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Reads a whole note and the checkpoint in it. Nothing is verified.
    ///
    /// # Errors
    /// [`CheckpointError`] when the note or its text is malformed.
    pub fn parse_note(note: &str) -> Result<(SignedNote, Self), CheckpointError> {
        let note = SignedNote::parse(note)?;
        let checkpoint = Self::parse(note.text())?;
        Ok((note, checkpoint))
    }

    /// The text that is signed: origin, size and root, one line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_string()
    }

    /// Signs the checkpoint with the log's key and gives the note.
    ///
    /// # Errors
    /// [`CheckpointError`] when the origin or size cannot stand in a checkpoint, or the key is a cosigner's or another
    /// log's.
    pub fn sign(&self, key: &SignerKey) -> Result<String, CheckpointError> {
        check_origin(&self.origin).map_err(CheckpointError::Origin)?;
        if self.size > super::merkle::TREE_SIZE_MAX {
            return Err(CheckpointError::Size(FieldFault::TooLarge));
        }
        if key.kind() == KeyKind::Ed25519 && key.name() != self.origin {
            return Err(CheckpointError::ForeignKey {
                key: key.name().to_owned(),
                origin: self.origin.clone(),
            });
        }
        Ok(SignedNote::sign(&self.to_text(), key)?.to_string())
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            to_base64(&self.root)
        )
    }
}

fn check_origin(origin: &str) -> Result<(), FieldFault> {
    if origin.is_empty() {
        return Err(FieldFault::Empty);
    }
    if origin.len() > NAME_BYTES_MAX {
        return Err(FieldFault::TooLong(NAME_BYTES_MAX));
    }
    if origin.chars().any(is_control) {
        return Err(FieldFault::NotAName);
    }
    Ok(())
}
