//! The witness rule: when a checkpoint may be cosigned (C2SP tlog-witness, add-checkpoint). Pure: the caller stores the
//! accepted checkpoint, in one step with this comparison, before it hands out a cosignature.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::VerifierKey;
use super::merkle::{Hash, PROOF_HASHES_MAX, ProofError, empty_root, verify_consistency};
use super::note::{NOTE_BYTES_MAX, NoteError, SignedNote};
use super::proof::{HashLinesFault, read_hash_lines, write_hash_lines};
use super::text::{FieldFault, parse_decimal};

/// Largest add-checkpoint request read, in bytes: 63 proof lines and a note.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = NOTE_BYTES_MAX + 4 * 1024;

/// A request to cosign a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the tree that the witness is thought to have cosigned last; 0 for none.
    pub old_size: u64,
    /// Consistency proof from `old_size` to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint note, verbatim.
    pub checkpoint: String,
}

/// Why a request cannot be read; a witness answers 400.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddCheckpointError {
    /// Larger than [`ADD_CHECKPOINT_BYTES_MAX`].
    #[error("the request is longer than {ADD_CHECKPOINT_BYTES_MAX} bytes")]
    TooLong,
    /// No `old NUMBER` line.
    #[error("the first line must read \"old NUMBER\"")]
    NoOldSize,
    /// The old size cannot be read.
    #[error("the old size cannot be read: {0}")]
    OldSize(FieldFault),
    /// A proof line is not a hash.
    #[error("proof line {line} cannot be read: {fault}")]
    Hash {
        /// Number of the proof line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// More than 63 proof lines.
    #[error("the proof has more than {PROOF_HASHES_MAX} lines")]
    TooManyHashes,
    /// The text ends before the checkpoint.
    #[error("the blank line before the checkpoint is missing")]
    NoBlankLine,
    /// The checkpoint cannot be read.
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// Why a witness does not cosign. [`WitnessRefusal::status`] is the HTTP status of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WitnessRefusal {
    /// 400: the request cannot be read.
    #[error(transparent)]
    Malformed(#[from] AddCheckpointError),
    /// 404: the witness does not know the log.
    #[error("the log {origin} is not known here")]
    UnknownOrigin {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// 403: no known key of the log signed.
    #[error("the checkpoint carries no signature by a key known for {origin}")]
    NoLogSignature {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// 403: a known key is named, but its signature does not verify.
    #[error("the signature on the checkpoint of {origin} does not verify")]
    BadLogSignature {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// 400: the old size is larger than the checkpoint's.
    #[error("the old size {old} is larger than the checkpoint's size {new}")]
    OldSizeTooLarge {
        /// Old size in the request.
        old: u64,
        /// Size of the checkpoint.
        new: u64,
    },
    /// 409: the witness has cosigned another size last.
    #[error(
        "the largest tree cosigned here has {stored} leaves, not {old}: send a proof from {stored}"
    )]
    Conflict {
        /// Old size in the request.
        old: u64,
        /// Size that the witness has cosigned last.
        stored: u64,
    },
    /// 422: an empty tree with leaves, or the same size with another root, or a proof that does not hold.
    #[error("the checkpoint does not extend the tree cosigned here: {0}")]
    Inconsistent(ProofError),
}

impl WitnessRefusal {
    /// HTTP status that C2SP tlog-witness assigns to this refusal.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldSizeTooLarge { .. } => 400,
            Self::NoLogSignature { .. } | Self::BadLogSignature { .. } => 403,
            Self::UnknownOrigin { .. } => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }

    /// True when the log signed something that contradicts what it signed before: worth keeping as evidence.
    #[must_use]
    pub const fn is_suspicious(&self) -> bool {
        matches!(self, Self::Inconsistent(_))
    }
}

/// Decides whether `request` may be cosigned, given the checkpoint `stored` for its log (the last one cosigned) and the
/// keys of that log. Gives the checkpoint to store.
///
/// An unknown log is the caller's to refuse: only the caller knows which logs there are.
///
/// # Errors
/// [`WitnessRefusal`] with the status that the protocol assigns.
pub fn judge<'k>(
    stored: Option<&Checkpoint>,
    request: &AddCheckpoint,
    keys: impl IntoIterator<Item = &'k VerifierKey>,
) -> Result<Checkpoint, WitnessRefusal> {
    let (note, checkpoint) =
        Checkpoint::parse_note(&request.checkpoint).map_err(AddCheckpointError::from)?;
    let origin = || checkpoint.origin.clone();
    if stored.is_some_and(|stored| stored.origin != checkpoint.origin) {
        return Err(WitnessRefusal::UnknownOrigin { origin: origin() });
    }
    check_signature(&note, keys, origin)?;
    if request.old_size > checkpoint.size {
        return Err(WitnessRefusal::OldSizeTooLarge {
            old: request.old_size,
            new: checkpoint.size,
        });
    }
    let stored_size = stored.map_or(0, |stored| stored.size);
    if request.old_size != stored_size {
        return Err(WitnessRefusal::Conflict {
            old: request.old_size,
            stored: stored_size,
        });
    }
    let stored_root = stored.map_or_else(empty_root, |stored| stored.root);
    check_extends(stored_size, &stored_root, &checkpoint, &request.proof)
        .map_err(WitnessRefusal::Inconsistent)?;
    Ok(checkpoint)
}

fn check_signature<'k>(
    note: &SignedNote,
    keys: impl IntoIterator<Item = &'k VerifierKey>,
    origin: impl Fn() -> String,
) -> Result<(), WitnessRefusal> {
    match note.verify(keys) {
        Ok(_) => Ok(()),
        Err(NoteError::NoKnownSignature) => {
            Err(WitnessRefusal::NoLogSignature { origin: origin() })
        }
        Err(_) => Err(WitnessRefusal::BadLogSignature { origin: origin() }),
    }
}

/// True consistency. From the empty tree there is nothing to prove, so the proof must be empty, and a tree that is still
/// empty must have the one root of an empty tree.
fn check_extends(
    old_size: u64,
    old_root: &Hash,
    new: &Checkpoint,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > 0 {
        return verify_consistency(old_size, new.size, old_root, &new.root, proof);
    }
    if !proof.is_empty() {
        return Err(ProofError::TooLong { given: proof.len() });
    }
    if new.size == 0 && new.root != empty_root() {
        return Err(ProofError::NewRootMismatch);
    }
    Ok(())
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`AddCheckpointError`] says which line is malformed.
    pub fn parse(text: &str) -> Result<Self, AddCheckpointError> {
        if text.len() > ADD_CHECKPOINT_BYTES_MAX {
            return Err(AddCheckpointError::TooLong);
        }
        let (old_size, rest) = text.split_once('\n').ok_or(AddCheckpointError::NoOldSize)?;
        let old_size = old_size
            .strip_prefix("old ")
            .ok_or(AddCheckpointError::NoOldSize)?;
        let old_size = parse_decimal(old_size).map_err(AddCheckpointError::OldSize)?;
        let (proof, checkpoint) = read_hash_lines(rest).map_err(|fault| match fault {
            HashLinesFault::Line { line, fault } => AddCheckpointError::Hash { line, fault },
            HashLinesFault::TooMany => AddCheckpointError::TooManyHashes,
            HashLinesFault::NoBlankLine => AddCheckpointError::NoBlankLine,
        })?;
        Checkpoint::parse_note(checkpoint)?;
        Ok(Self {
            old_size,
            proof,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        write_hash_lines(f, &self.proof)?;
        f.write_str(&self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = AddCheckpointError;

    fn from_str(text: &str) -> Result<Self, AddCheckpointError> {
        Self::parse(text)
    }
}
