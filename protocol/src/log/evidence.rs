//! Evidence that a log lied: two checkpoints that it signed and that cannot both be true.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::VerifierKey;
use super::merkle::Hash;
use super::note::{NoteError, SignedNote};
use super::text::{FieldFault, parse_decimal};

/// Largest evidence read, in bytes: small enough to travel ahead of everything else.
pub const EVIDENCE_BYTES_MAX: usize = 8 * 1024;

const HEADER: &str = "countersign/equivocation@v1 ";

/// Two notes of one log with one size and two roots. Anybody who knows the log's key can check it, at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    first: SignedNote,
    second: SignedNote,
}

/// What checked evidence proves: the log signed two trees of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProvenEquivocation {
    /// The log that signed both.
    pub origin: String,
    /// The size of both trees.
    pub size: u64,
    /// The two roots, smaller one first.
    pub roots: [Hash; 2],
}

/// Why something is not evidence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// Larger than [`EVIDENCE_BYTES_MAX`].
    #[error("the evidence is longer than {EVIDENCE_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is another one.
    #[error("evidence begins with \"{HEADER}\" and the length of its first note")]
    Header,
    /// The length of the first note cannot be read, or does not lie within the text.
    #[error("the length of the first note cannot be read: {0}")]
    Length(FieldFault),
    /// A note is not a checkpoint.
    #[error("a note in the evidence cannot be read: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The notes are of two logs.
    #[error("the notes are of two logs: that is no contradiction")]
    OtherLog,
    /// The notes are of two sizes. They may contradict each other, but two notes alone cannot show it.
    #[error("the notes are of two sizes: that alone is no contradiction")]
    OtherSize,
    /// The notes say the same.
    #[error("the notes have the same root: that is no contradiction")]
    SameRoot,
    /// A note is not signed by the log.
    #[error("a note in the evidence is not signed by the log {origin}: {reason}")]
    Signature {
        /// Origin of the checkpoints.
        origin: String,
        /// What is wrong with the signature.
        reason: NoteError,
    },
}

impl Equivocation {
    /// Makes evidence of two notes and checks it. Lines that are not by the log are left out: they prove nothing about
    /// it, and anybody could add false ones.
    ///
    /// # Errors
    /// [`EvidenceError`] when the notes prove nothing.
    pub fn new(first: &str, second: &str, keys: &[VerifierKey]) -> Result<Self, EvidenceError> {
        let parse = |note| -> Result<SignedNote, EvidenceError> {
            let mut note = SignedNote::parse(note).map_err(CheckpointError::from)?;
            note.retain(|line| keys.iter().any(|key| line.is_by(key)));
            Ok(note)
        };
        let evidence = Self {
            first: parse(first)?,
            second: parse(second)?,
        };
        evidence.check(keys)?;
        Ok(evidence)
    }

    /// Checks the evidence with the keys of the log that it names.
    ///
    /// # Errors
    /// [`EvidenceError`] says why it proves nothing.
    pub fn check(&self, keys: &[VerifierKey]) -> Result<ProvenEquivocation, EvidenceError> {
        let first = Checkpoint::parse(self.first.text())?;
        let second = Checkpoint::parse(self.second.text())?;
        if first.origin != second.origin {
            return Err(EvidenceError::OtherLog);
        }
        if first.size != second.size {
            return Err(EvidenceError::OtherSize);
        }
        if first.root == second.root {
            return Err(EvidenceError::SameRoot);
        }
        for note in [&self.first, &self.second] {
            note.verify(keys.iter().filter(|key| key.name() == first.origin))
                .map_err(|reason| EvidenceError::Signature {
                    origin: first.origin.clone(),
                    reason,
                })?;
        }
        let mut roots = [first.root, second.root];
        roots.sort_unstable();
        Ok(ProvenEquivocation {
            origin: first.origin,
            size: first.size,
            roots,
        })
    }

    /// The log that the evidence accuses, unchecked: to find its keys.
    ///
    /// # Errors
    /// [`EvidenceError::Checkpoint`] when the first note is not a checkpoint.
    pub fn origin(&self) -> Result<String, EvidenceError> {
        Ok(Checkpoint::parse(self.first.text())?.origin)
    }
}

/// One line with the length of the first note in bytes, then both notes.
impl fmt::Display for Equivocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first.to_string();
        write!(f, "{HEADER}{}\n{first}{}", first.len(), self.second)
    }
}

impl FromStr for Equivocation {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, EvidenceError> {
        if text.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::TooLong);
        }
        let (header, rest) = text.split_once('\n').ok_or(EvidenceError::Header)?;
        let length = header.strip_prefix(HEADER).ok_or(EvidenceError::Header)?;
        let length = parse_decimal(length).map_err(EvidenceError::Length)?;
        let (first, second) = usize::try_from(length)
            .ok()
            .and_then(|length| rest.split_at_checked(length))
            .ok_or(EvidenceError::Length(FieldFault::TooLarge))?;
        let (first, _) = Checkpoint::parse_note(first)?;
        let (second, _) = Checkpoint::parse_note(second)?;
        Ok(Self { first, second })
    }
}
