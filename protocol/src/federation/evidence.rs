//! Evidence that a ledger contradicts itself, for anybody to check at any time, offline.
//!
//! | number | shows | made of |
//! |---|---|---|
//! | E1 | two trees of one size | two signed checkpoints ([`Equivocation`]) |
//! | E2 | two blocks of one height | two headers, each proven under a signed checkpoint |
//! | E3 | two ends of one transfer | an acquisition and a refusal, or a finalisation and a release, each proven |
//! | E4 | two leaves at one index | two leaves, each proven |
//! | E5 | a leaf that the rules refuse | the leaf, proven; that it breaks a rule shows whoever replays the ledger up to it |
//!
//! All that counts is what the ledger itself has signed: cosignatures are left out, since anybody could add false ones.
//! An honest ledger never produces any of these, whatever it crashes through, so E1 to E4 are never a matter of opinion. E5 is
//! one of the release that judges: a record that a newer release knows accuses nobody.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::id::{Origin, TransferId};
use crate::log::{
    BundleTextError, Checkpoint, CheckpointError, Equivocation, EvidenceError as EquivocationError,
    Hash, NoteError, ProofError, SignedNote, TlogProof, VerifierKey, leaf_hash, verify_inclusion,
};
use crate::party::Party;
pub use crate::record::Contradiction;
use crate::record::{Body, DecodeError, Record};

/// Longest evidence read, in bytes. Two headers or two answers take two to four KiB.
pub const EVIDENCE_BYTES_MAX: usize = super::message::EVIDENCE_TEXT_BYTES_MAX;

const HEADER: &str = "countersign/contradiction@v1 ";

const HEADER_OF_A_LEAF: &str = "countersign/broken-rule@v1\n";

/// Evidence against one ledger. Its text form is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Two checkpoints: E1.
    Checkpoints(Box<Equivocation>),
    /// Two leaves with their proofs: E2, E3 and E4.
    Leaves(Box<[TlogProof; 2]>),
    /// One leaf with its proof: E5.
    Leaf(Box<TlogProof>),
}

/// What checked evidence proves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProvenContradiction {
    /// The ledger.
    pub origin: Origin,
    /// What it did.
    pub kind: Contradiction,
    /// The trees that it signed, the smaller first, then the smaller root; both are one where one leaf accuses.
    pub heads: [(u64, Hash); 2],
    /// Where the leaf stands that breaks a rule: replay the ledger up to it.
    pub leaf: Option<u64>,
}

/// Why something is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Larger than [`EVIDENCE_BYTES_MAX`].
    #[error("the evidence is longer than {EVIDENCE_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is another one.
    #[error(
        "evidence begins with \"countersign/equivocation@v1\", \"countersign/contradiction@v1\" or \"countersign/broken-rule@v1\""
    )]
    Header,
    /// The length of the first part can not be read, or does not lie within the text.
    #[error("the length of the first part can not be read")]
    Length,
    /// The parts can be read, but are not written in their one form.
    #[error("the evidence is not written in its one form")]
    Spelling,
    /// It is two checkpoints that prove nothing.
    #[error(transparent)]
    Equivocation(#[from] EquivocationError),
    /// A part is no proof bundle.
    #[error("a part of the evidence is no proof bundle: {0}")]
    Bundle(#[from] BundleTextError),
    /// A checkpoint can not be read.
    #[error("a checkpoint in the evidence can not be read: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A bundle without its leaf.
    #[error("a part of the evidence carries no leaf")]
    NoLeaf,
    /// A leaf that is no record of ours.
    #[error("a leaf in the evidence is no record: {0}")]
    Leaf(#[from] DecodeError),
    /// A leaf is not where its proof says.
    #[error("a leaf in the evidence is not in the tree that was signed: {0}")]
    Inclusion(#[from] ProofError),
    /// A checkpoint is not signed by the ledger.
    #[error("a checkpoint in the evidence is not signed by the ledger {origin}: {reason}")]
    Signature {
        /// The ledger.
        origin: String,
        /// What is wrong with the signature.
        reason: NoteError,
    },
    /// The parts are of two ledgers.
    #[error("the two parts are of two ledgers: that is no contradiction")]
    OtherLog,
    /// Both parts can be true.
    #[error("both parts can be true: that is no contradiction")]
    Consistent,
}

impl Evidence {
    /// Makes evidence of two bundles of one ledger, if they contradict each other by their leaves or by their checkpoints.
    ///
    /// # Errors
    /// [`EvidenceError`] when they prove nothing.
    pub fn of_bundles(
        first: &str,
        second: &str,
        keys: &[VerifierKey],
    ) -> Result<Self, EvidenceError> {
        let first: TlogProof = first.parse()?;
        let second: TlogProof = second.parse()?;
        if let Ok(equivocation) = Equivocation::new(&first.checkpoint, &second.checkpoint, keys) {
            return Ok(Self::Checkpoints(Box::new(equivocation)));
        }
        let parts = [only_by(first, keys)?, only_by(second, keys)?];
        let evidence = Self::Leaves(Box::new(parts));
        evidence.check(keys)?;
        Ok(evidence)
    }

    /// Makes evidence of the bundle of a leaf that the rules refuse.
    ///
    /// # Errors
    /// [`EvidenceError`] when the ledger has not signed a tree with this leaf.
    pub fn of_broken_rule(bundle: &str, keys: &[VerifierKey]) -> Result<Self, EvidenceError> {
        let evidence = Self::Leaf(Box::new(only_by(bundle.parse()?, keys)?));
        evidence.check(keys)?;
        Ok(evidence)
    }

    /// Makes evidence of two checkpoints of one ledger and one size.
    ///
    /// # Errors
    /// [`EvidenceError`] when they prove nothing.
    pub fn of_checkpoints(
        first: &str,
        second: &str,
        keys: &[VerifierKey],
    ) -> Result<Self, EvidenceError> {
        let equivocation = Equivocation::new(first, second, keys)?;
        Ok(Self::Checkpoints(Box::new(equivocation)))
    }

    /// The ledger that is accused, unchecked: to find its keys.
    ///
    /// # Errors
    /// [`EvidenceError`] when the first part can not be read.
    pub fn origin(&self) -> Result<String, EvidenceError> {
        match self {
            Self::Checkpoints(it) => Ok(it.origin()?),
            Self::Leaves(it) => Ok(Checkpoint::parse_note(&it[0].checkpoint)?.1.origin),
            Self::Leaf(it) => Ok(Checkpoint::parse_note(&it.checkpoint)?.1.origin),
        }
    }

    /// Checks the evidence with the keys of the ledger that it accuses: those that may have signed trees of these sizes.
    ///
    /// # Errors
    /// [`EvidenceError`] says why it proves nothing.
    pub fn check(&self, keys: &[VerifierKey]) -> Result<ProvenContradiction, EvidenceError> {
        match self {
            Self::Checkpoints(it) => {
                let proven = it.check(keys)?;
                let heads = proven.roots.map(|root| (proven.size, root));
                proven_of(&proven.origin, Contradiction::TwoTrees, heads)
            }
            Self::Leaves(it) => {
                let [first, second] = &**it;
                let (first, second) = (Proven::of(first, keys)?, Proven::of(second, keys)?);
                if first.checkpoint.origin != second.checkpoint.origin {
                    return Err(EvidenceError::OtherLog);
                }
                let kind = contradiction(&first, &second).ok_or(EvidenceError::Consistent)?;
                let heads = [&first, &second].map(|it| (it.checkpoint.size, it.checkpoint.root));
                proven_of(&first.checkpoint.origin, kind, heads)
            }
            Self::Leaf(it) => {
                let (checkpoint, _) = signed_leaf(it, keys)?;
                let head = (checkpoint.size, checkpoint.root);
                let proven = proven_of(&checkpoint.origin, Contradiction::BrokenRule, [head; 2])?;
                let leaf = Some(it.index);
                Ok(ProvenContradiction { leaf, ..proven })
            }
        }
    }

    /// SHA-256 of the text: its name.
    #[must_use]
    pub fn sha256(&self) -> Hash {
        Sha256::digest(self.to_string()).into()
    }
}

fn proven_of(
    origin: &str,
    kind: Contradiction,
    mut heads: [(u64, Hash); 2],
) -> Result<ProvenContradiction, EvidenceError> {
    heads.sort_unstable();
    // The origin of a record's ledger is narrower than a checkpoint's: what is none was never a partner.
    let origin = origin.parse().map_err(|_| EvidenceError::OtherLog)?;
    Ok(ProvenContradiction {
        origin,
        kind,
        heads,
        leaf: None,
    })
}

/// The bundle with the lines of the log alone.
fn only_by(bundle: TlogProof, keys: &[VerifierKey]) -> Result<TlogProof, EvidenceError> {
    let mut note = SignedNote::parse(&bundle.checkpoint).map_err(CheckpointError::from)?;
    note.retain(|line| keys.iter().any(|key| line.is_by(key)));
    if note.signatures().is_empty() {
        let origin = Checkpoint::parse(note.text())?.origin;
        let reason = NoteError::NoKnownSignature;
        return Err(EvidenceError::Signature { origin, reason });
    }
    let checkpoint = note.to_string();
    Ok(TlogProof {
        checkpoint,
        ..bundle
    })
}

/// The checkpoint of a bundle, and the hash of its leaf, which stands in a tree that the log signed.
fn signed_leaf(
    bundle: &TlogProof,
    keys: &[VerifierKey],
) -> Result<(Checkpoint, Hash), EvidenceError> {
    let (note, checkpoint) = Checkpoint::parse_note(&bundle.checkpoint)?;
    let hash = leaf_hash(bundle.extra.as_deref().ok_or(EvidenceError::NoLeaf)?);
    let (size, root) = (checkpoint.size, &checkpoint.root);
    verify_inclusion(&hash, bundle.index, size, &bundle.hashes, root)?;
    note.verify(keys.iter().filter(|key| key.name() == checkpoint.origin))
        .map_err(|reason| EvidenceError::Signature {
            origin: checkpoint.origin.clone(),
            reason,
        })?;
    Ok((checkpoint, hash))
}

/// A leaf under a checkpoint that its ledger signed.
struct Proven {
    index: u64,
    hash: Hash,
    body: Body,
    checkpoint: Checkpoint,
}

impl Proven {
    fn of(bundle: &TlogProof, keys: &[VerifierKey]) -> Result<Self, EvidenceError> {
        let leaf = bundle.extra.as_deref().ok_or(EvidenceError::NoLeaf)?;
        let body = Record::decode(leaf)?.body;
        let (checkpoint, hash) = signed_leaf(bundle, keys)?;
        Ok(Self {
            index: bundle.index,
            hash,
            body,
            checkpoint,
        })
    }
}

fn contradiction(first: &Proven, second: &Proven) -> Option<Contradiction> {
    if first.hash == second.hash {
        return None;
    }
    if let (Body::BlockHeader(a), Body::BlockHeader(b)) = (&first.body, &second.body)
        && a.height == b.height
    {
        return Some(Contradiction::TwoBlocks);
    }
    if let (Some((a, one)), Some((b, other))) = (end_of(&first.body), end_of(&second.body))
        && a == b
        && one != other
    {
        return Some(Contradiction::TwoEnds);
    }
    (first.index == second.index).then_some(Contradiction::TwoLeaves)
}

/// Which transfer a record ends at this ledger, and whether the units moved. The source of an answer is part of its name;
/// an end of an own transfer names none.
fn end_of(body: &Body) -> Option<((Option<Party>, TransferId), bool)> {
    match body {
        Body::Acquire(it) => Some(((Some(it.source), it.transfer), true)),
        Body::Refuse(it) => Some(((Some(it.source), it.transfer), false)),
        Body::Finalise(it) => Some(((None, it.transfer), true)),
        Body::Release(it) => Some(((None, it.transfer), false)),
        _ => None,
    }
}

/// One line with the length of the first part in bytes, then both parts.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoints(it) => it.fmt(f),
            Self::Leaves(it) => {
                let [first, second] = &**it;
                let first = first.to_string();
                write!(f, "{HEADER}{}\n{first}{second}", first.len())
            }
            Self::Leaf(it) => write!(f, "{HEADER_OF_A_LEAF}{it}"),
        }
    }
}

impl FromStr for Evidence {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, EvidenceError> {
        if text.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::TooLong);
        }
        if let Some(rest) = text.strip_prefix(HEADER_OF_A_LEAF) {
            return one_spelling(Self::Leaf(Box::new(rest.parse()?)), text);
        }
        let Some(rest) = text.strip_prefix(HEADER) else {
            let read = text.parse::<Equivocation>();
            return match read {
                Ok(it) => Ok(Self::Checkpoints(Box::new(it))),
                Err(EquivocationError::Header) => Err(EvidenceError::Header),
                Err(error) => Err(error.into()),
            };
        };
        let (length, rest) = rest.split_once('\n').ok_or(EvidenceError::Header)?;
        let length: usize = crate::text::canonical(length).ok_or(EvidenceError::Length)?;
        let (first, second) = rest.split_at_checked(length).ok_or(EvidenceError::Length)?;
        let evidence = Self::Leaves(Box::new([first.parse()?, second.parse()?]));
        one_spelling(evidence, text)
    }
}

/// Evidence has one spelling, and so one hash.
fn one_spelling(evidence: Evidence, text: &str) -> Result<Evidence, EvidenceError> {
    if evidence.to_string() == text {
        Ok(evidence)
    } else {
        Err(EvidenceError::Spelling)
    }
}
