//! Proof bundles: one leaf, its place in a log and the witnessed checkpoint that binds it, in one text that can be
//! checked without any network (C2SP tlog-proof v1).

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::merkle::{Hash, PROOF_HASHES_MAX, ProofError, leaf_hash, verify_inclusion};
use super::policy::{Policy, PolicyError, VerifiedCheckpoint};
use super::text::{FieldFault, parse_base64, parse_decimal, parse_hash, to_base64};
use super::tile::ENTRY_BYTES_MAX;

/// Largest bundle read, in bytes: the longest leaf, the longest proof and the longest note fit.
pub const BUNDLE_BYTES_MAX: usize = 256 * 1024;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A proof bundle as read. Nothing in it is believed before [`TlogProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes of the leaf. The format does not authenticate them; they count only because their hash is proven.
    pub extra: Option<Vec<u8>>,
    /// Index of the leaf in the log.
    pub index: u64,
    /// Inclusion proof, from the leaf's sibling upwards.
    pub hashes: Vec<Hash>,
    /// The checkpoint note, with its signatures, verbatim.
    pub checkpoint: String,
}

/// A leaf that is proven to stand in a log. Only verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProvenLeaf {
    /// The log.
    pub origin: String,
    /// Index of the leaf.
    pub index: u64,
    /// Bytes of the leaf.
    pub leaf: Vec<u8>,
    /// The checkpoint under which it is proven.
    pub checkpoint: Checkpoint,
}

/// Why a text is not a proof bundle.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BundleTextError {
    /// Larger than [`BUNDLE_BYTES_MAX`].
    #[error("the proof bundle is longer than {BUNDLE_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is another one.
    #[error("the first line of a proof bundle is {HEADER}")]
    Header,
    /// The leaf bytes cannot be read.
    #[error("the extra line cannot be read: {0}")]
    Extra(FieldFault),
    /// No index line where it must stand.
    #[error("the line \"index NUMBER\" is missing")]
    NoIndex,
    /// The index cannot be read.
    #[error("the index cannot be read: {0}")]
    Index(FieldFault),
    /// A line of the proof is not a hash.
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
    #[error("the checkpoint in the bundle cannot be read: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// Why a bundle proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BundleError {
    /// The checkpoint is not believed.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The bundle has no leaf bytes.
    #[error("the bundle carries no leaf: its extra line is missing")]
    NoLeaf,
    /// The leaf is not in the log.
    #[error("the leaf is not in the log: {0}")]
    Inclusion(#[from] ProofError),
    /// The bundle was held against another checkpoint than its own.
    #[error("the bundle belongs to another checkpoint than the verified one")]
    OtherCheckpoint,
}

impl TlogProof {
    /// A bundle for one leaf under a checkpoint note.
    #[must_use]
    pub const fn new(leaf: Vec<u8>, index: u64, hashes: Vec<Hash>, checkpoint: String) -> Self {
        Self {
            extra: Some(leaf),
            index,
            hashes,
            checkpoint,
        }
    }

    /// Verifies everything: the checkpoint by the policy, then the leaf under it.
    ///
    /// # Errors
    /// [`BundleError`] says what does not hold.
    pub fn verify(&self, policy: &Policy) -> Result<ProvenLeaf, BundleError> {
        self.verify_against(&policy.check_text(&self.checkpoint)?)
    }

    /// Verifies the leaf under a checkpoint that was verified before. Only hashes: with checkpoints cached by their text,
    /// many bundles under one checkpoint cost one round of signature checks.
    ///
    /// # Errors
    /// [`BundleError`] says what does not hold; [`BundleError::OtherCheckpoint`] when `verified` is not the checkpoint
    /// that this bundle carries.
    pub fn verify_against(&self, verified: &VerifiedCheckpoint) -> Result<ProvenLeaf, BundleError> {
        let checkpoint = verified.checkpoint();
        // The note's text begins with exactly these lines when it is the same checkpoint.
        if !self.checkpoint.starts_with(&checkpoint.to_text()) {
            return Err(BundleError::OtherCheckpoint);
        }
        let leaf = self.extra.as_deref().ok_or(BundleError::NoLeaf)?;
        let hash = leaf_hash(leaf);
        verify_inclusion(
            &hash,
            self.index,
            checkpoint.size,
            &self.hashes,
            &checkpoint.root,
        )?;
        Ok(ProvenLeaf {
            origin: checkpoint.origin.clone(),
            index: self.index,
            leaf: leaf.to_vec(),
            checkpoint: checkpoint.clone(),
        })
    }

    /// Reads a bundle. Printing the result gives the same bytes again.
    ///
    /// # Errors
    /// [`BundleTextError`] says which line is malformed.
    pub fn parse(text: &str) -> Result<Self, BundleTextError> {
        if text.len() > BUNDLE_BYTES_MAX {
            return Err(BundleTextError::TooLong);
        }
        let (header, rest) = text.split_once('\n').ok_or(BundleTextError::Header)?;
        if header != HEADER {
            return Err(BundleTextError::Header);
        }
        let (extra, rest) = read_extra(rest)?;
        let (index, rest) = rest.split_once('\n').ok_or(BundleTextError::NoIndex)?;
        let index = index
            .strip_prefix("index ")
            .ok_or(BundleTextError::NoIndex)?;
        let index = parse_decimal(index).map_err(BundleTextError::Index)?;
        let (hashes, checkpoint) = read_hashes(rest)?;
        Checkpoint::parse_note(checkpoint)?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

fn read_extra(text: &str) -> Result<(Option<Vec<u8>>, &str), BundleTextError> {
    let Some(rest) = text.strip_prefix("extra ") else {
        return Ok((None, text));
    };
    let (encoded, rest) = rest.split_once('\n').ok_or(BundleTextError::NoIndex)?;
    let extra = parse_base64(encoded).map_err(BundleTextError::Extra)?;
    if extra.len() > ENTRY_BYTES_MAX {
        return Err(BundleTextError::Extra(FieldFault::TooLong(ENTRY_BYTES_MAX)));
    }
    Ok((Some(extra), rest))
}

/// Reads hash lines up to the blank line; gives what follows it.
fn read_hashes(text: &str) -> Result<(Vec<Hash>, &str), BundleTextError> {
    match read_hash_lines(text) {
        Ok(read) => Ok(read),
        Err(HashLinesFault::Line { line, fault }) => Err(BundleTextError::Hash { line, fault }),
        Err(HashLinesFault::TooMany) => Err(BundleTextError::TooManyHashes),
        Err(HashLinesFault::NoBlankLine) => Err(BundleTextError::NoBlankLine),
    }
}

/// Why a run of hash lines was refused; tlog-proof and tlog-witness share it.
pub(super) enum HashLinesFault {
    Line { line: usize, fault: FieldFault },
    TooMany,
    NoBlankLine,
}

/// Reads at most 63 hash lines up to a blank line; gives what follows it.
pub(super) fn read_hash_lines(text: &str) -> Result<(Vec<Hash>, &str), HashLinesFault> {
    let mut hashes = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest.split_once('\n').ok_or(HashLinesFault::NoBlankLine)?;
        rest = after;
        if line.is_empty() {
            return Ok((hashes, rest));
        }
        if hashes.len() == PROOF_HASHES_MAX {
            return Err(HashLinesFault::TooMany);
        }
        let number = hashes.len() + 1;
        hashes.push(parse_hash(line).map_err(|fault| HashLinesFault::Line {
            line: number,
            fault,
        })?);
    }
}

/// Writes hash lines and the blank line after them.
pub(super) fn write_hash_lines(f: &mut fmt::Formatter<'_>, hashes: &[Hash]) -> fmt::Result {
    hashes
        .iter()
        .try_for_each(|hash| writeln!(f, "{}", to_base64(hash)))?;
    writeln!(f)
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_hash_lines(f, &self.hashes)?;
        f.write_str(&self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = BundleTextError;

    fn from_str(text: &str) -> Result<Self, BundleTextError> {
        Self::parse(text)
    }
}
