//! The verdict on a proof bundle, for whoever holds one and nothing else: no data folder, no network.
//!
//! One function judges for the command line, for the page that works without a network, and for the corpus on which a second
//! verifier, written in another language, has to agree.

mod later;
mod statement;

pub use later::Moved;
pub use statement::{ProofPlace, Statement, StatementError};

use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::letter::{self, Told};
use crate::log::{
    BundleTextError, Checkpoint, Cosigner, Hash, Policy, PolicyError, ProofError, TlogProof,
    leaf_hash, verify_inclusion,
};
use crate::record::{DecodeError, Record};
use later::Evidence;

/// The most texts about what came later that one judgement reads.
pub const LATER_TEXTS_MAX: usize = 16;

/// What holds of a bundle. Words for people are in `docs/verify.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The record stands in the ledger, and either nothing can overtake what it says, or the registry answered that nothing
    /// has.
    Valid,
    /// The record stands in the ledger, and units that it is about have moved on since.
    Moved,
    /// The record stands in the ledger; whether a later one has overtaken it is not known.
    FreshnessUnknown,
    /// The ledger signed, and fewer of its witnesses than the policy wants.
    NotWitnessed,
    /// The record stands in the ledger, and is none that this release can read or that keeps to the rules of its format.
    Unreadable,
    /// The text is no bundle any more, or never was: something in it was changed.
    Altered,
    /// Nobody whom the policy names has signed.
    UnknownIssuer,
}

/// Why a bundle proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unproven {
    /// Not text.
    #[error("it is no text in UTF-8")]
    NotText,
    /// Not a bundle.
    #[error(transparent)]
    Text(#[from] BundleTextError),
    /// No leaf in it.
    #[error("the bundle carries no leaf: its extra line is missing")]
    NoLeaf,
    /// A PDF file that carries no proof.
    #[error(
        "the file carries no proof in the form that letters do: none was attached, or it was changed since"
    )]
    NoProof,
    /// A letter with the proof of something else.
    #[error("the proof is of another letter than the one that carries it")]
    OtherLetter,
    /// A certificate whose pages the ledger did not sign.
    #[error(
        "the ledger's key did not sign that these pages tell of the record in the proof; if the ledger has a new key since, ask the registry for the certificate anew"
    )]
    OtherPages,
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The leaf is not in the log.
    #[error("the leaf is not in the log: {0}")]
    Inclusion(#[from] ProofError),
}

/// A leaf that is proven to stand in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The head that it is proven under.
    pub head: Checkpoint,
    /// The witnesses of the policy that cosigned the head, ascending by name.
    pub cosigned_by: Vec<Cosigner>,
    /// Index of the leaf.
    pub index: u64,
    /// Hash of the leaf.
    pub leaf_hash: Hash,
}

/// A bundle, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// In one word.
    pub verdict: Verdict,
    /// What is wrong, for people; `None` where nothing is.
    pub why: Option<String>,
    /// Why it proves nothing, where it does not.
    pub unproven: Option<Unproven>,
    /// Where the record stands, as far as that is proven.
    pub place: Option<Place>,
    /// The record, where this release reads it.
    pub record: Option<Record>,
    /// What the record says.
    pub statement: Option<Statement>,
    /// The earliest known record that moved its units on.
    pub moved: Option<Moved>,
    /// Whether the verdict rests on an answer of the registry, which nobody signed.
    pub answered: bool,
}

/// Judges a bundle, or a letter or certificate that carries one ([`crate::letter`]), by `policy`, in the light of what came `later`: other bundles, and answers of the registry to the question
/// where units are (`GET /api/v1/units/{name}`). What cannot be read or proven among them changes nothing; neither do more
/// than [`LATER_TEXTS_MAX`].
#[must_use]
pub fn judge(policy: &Policy, bundle: &[u8], later: &[&[u8]]) -> Judgement {
    let (bundle, pages) = match open(bundle) {
        Ok(opened) => opened,
        Err(why) => return Judgement::unproven(verdict_on(&why), &why),
    };
    let (place, leaf) = match prove(policy, bundle) {
        Ok(proven) => proven,
        Err(why) => return Judgement::unproven(verdict_on(&why), &why),
    };
    let (record, statement) = match read(&leaf, &place.head.origin) {
        Ok(read) => read,
        Err(why) => {
            return Judgement {
                place: Some(place),
                ..Judgement::without(Verdict::Unreadable, &why)
            };
        }
    };
    if let Some(pages) = pages
        && let Err(why) = pages.belong(policy, &place, &statement)
    {
        return Judgement::unproven(Verdict::Altered, &why);
    }
    let evidence = Evidence::gather(policy, later, &place, &statement);
    let verdict = match &evidence {
        _ if statement.is_lasting() => Verdict::Valid,
        Evidence { moved: Some(_), .. } => Verdict::Moved,
        Evidence { unmoved: true, .. } => Verdict::Valid,
        Evidence { .. } => Verdict::FreshnessUnknown,
    };
    Judgement {
        verdict,
        why: None,
        unproven: None,
        answered: evidence.is_answer(),
        place: Some(place),
        record: Some(record),
        statement: Some(statement),
        moved: evidence.moved,
    }
}

impl Judgement {
    fn without(verdict: Verdict, why: &dyn std::fmt::Display) -> Self {
        Self {
            verdict,
            why: Some(why.to_string()),
            unproven: None,
            place: None,
            record: None,
            statement: None,
            moved: None,
            answered: false,
        }
    }

    fn unproven(verdict: Verdict, why: &Unproven) -> Self {
        Self {
            unproven: Some(why.clone()),
            ..Self::without(verdict, why)
        }
    }
}

/// The pages that carried a bundle.
struct Pages {
    sha256: Hash,
    signature: Option<[u8; 64]>,
}

impl Pages {
    /// That they are of the record: of a letter, their hash is in it; of a certificate, the ledger's key says so.
    fn belong(
        &self,
        policy: &Policy,
        place: &Place,
        statement: &Statement,
    ) -> Result<(), Unproven> {
        let Some(signature) = &self.signature else {
            let is_it = statement.sha256 == Some(self.sha256);
            return is_it.then_some(()).ok_or(Unproven::OtherLetter);
        };
        let told = Told {
            origin: &place.head.origin,
            index: place.index,
            leaf_hash: &place.leaf_hash,
            pages: &self.sha256,
        };
        let is_signed = told.is_signed(policy, signature);
        is_signed.then_some(()).ok_or(Unproven::OtherPages)
    }
}

/// The bundle, and the pages that carried it.
fn open(given: &[u8]) -> Result<(&[u8], Option<Pages>), Unproven> {
    if !letter::is_pdf(given) {
        return Ok((given, None));
    }
    let carried = letter::detach(given).ok_or(Unproven::NoProof)?;
    let pages = Pages {
        sha256: Sha256::digest(carried.letter).into(),
        signature: carried.signature,
    };
    Ok((carried.bundle.as_bytes(), Some(pages)))
}

/// Proves the leaf of a bundle. What was changed is told before what is missing, so that a bundle with few witnesses is not
/// taken for one that only has to wait for more.
fn prove(policy: &Policy, bundle: &[u8]) -> Result<(Place, Vec<u8>), Unproven> {
    let text = std::str::from_utf8(bundle).map_err(|_| Unproven::NotText)?;
    let bundle = TlogProof::parse(text)?;
    let leaf = bundle.extra.ok_or(Unproven::NoLeaf)?;
    let (head, cosigned_by, short) = match policy.check_text(&bundle.checkpoint) {
        Ok(verified) => {
            let cosigned_by = verified.cosigned_by().to_vec();
            (verified.into_checkpoint(), cosigned_by, None)
        }
        Err(short @ PolicyError::NoQuorum { .. }) => {
            let note = Checkpoint::parse_note(&bundle.checkpoint);
            let (_, head) = note.map_err(BundleTextError::from)?;
            (head, Vec::new(), Some(short))
        }
        Err(why) => return Err(why.into()),
    };
    let leaf_hash = leaf_hash(&leaf);
    verify_inclusion(
        &leaf_hash,
        bundle.index,
        head.size,
        &bundle.hashes,
        &head.root,
    )?;
    if let Some(short) = short {
        return Err(short.into());
    }
    let mut cosigned_by = cosigned_by;
    cosigned_by.sort_by(|a, b| a.witness.cmp(&b.witness));
    let place = Place {
        head,
        cosigned_by,
        index: bundle.index,
        leaf_hash,
    };
    Ok((place, leaf))
}

const fn verdict_on(why: &Unproven) -> Verdict {
    match why {
        Unproven::Policy(PolicyError::NoQuorum { .. }) => Verdict::NotWitnessed,
        Unproven::Policy(PolicyError::UnknownLog { .. } | PolicyError::NoLogSignature { .. }) => {
            Verdict::UnknownIssuer
        }
        Unproven::NotText
        | Unproven::Text(_)
        | Unproven::NoLeaf
        | Unproven::NoProof
        | Unproven::OtherLetter
        | Unproven::OtherPages
        | Unproven::Policy(_)
        | Unproven::Inclusion(_) => Verdict::Altered,
    }
}

/// Why a proven leaf says nothing.
#[derive(Debug, Error)]
enum Unread {
    #[error(transparent)]
    Record(#[from] DecodeError),
    #[error(transparent)]
    Statement(#[from] StatementError),
}

fn read(leaf: &[u8], origin: &str) -> Result<(Record, Statement), Unread> {
    let record = Record::decode(leaf)?;
    let statement = Statement::of(&record, origin)?;
    Ok((record, statement))
}
