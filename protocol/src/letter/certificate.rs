//! A certificate: a PDF file whose pages the key of the ledger's log has signed, together with the record that they tell of.
//!
//! A letter needs no signature: the ledger records its hash. A certificate is made for whoever asks for one, as often as they
//! ask, and writes nothing. So that nobody puts the true proof of a record behind pages of their own, the log's key signs
//! which pages belong to it.

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{AttachError, Signature, carry};
use crate::log::{Checkpoint, Hash, KeyKind, Policy, SignerKey, TlogProof, leaf_hash};
use crate::time::Timestamp;

/// The first line of what is signed. No checkpoint begins so: the name of a log has no space (C2SP signed-note).
const FIRST_LINE: &str = "countersign certificate v1";

/// Why a certificate cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertifyError {
    /// The bundle proves nothing, or is of a ledger that the key is not of.
    #[error("the proof is none that this key can sign pages for: {0}")]
    Proof(&'static str),
    /// The pages cannot carry it.
    #[error(transparent)]
    Attach(#[from] AttachError),
}

/// What a signature of pages says: these pages tell of this record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told<'a> {
    /// The ledger.
    pub(crate) origin: &'a str,
    /// Index of the record's leaf.
    pub(crate) index: u64,
    /// Hash of the leaf.
    pub(crate) leaf_hash: &'a Hash,
    /// SHA-256 of the pages: of the PDF file before anything was attached.
    pub(crate) pages: &'a Hash,
}

impl Told<'_> {
    fn text(&self) -> String {
        let Self {
            origin,
            index,
            leaf_hash,
            pages,
        } = self;
        let (leaf, pages) = (hex::encode(leaf_hash), hex::encode(pages));
        format!("{FIRST_LINE}\n{origin}\n{index}\n{leaf}\n{pages}\n")
    }

    /// Whether the key of a log of this policy has signed it: one of the log that the record stands in.
    pub(crate) fn is_signed(&self, policy: &Policy, signature: &Signature) -> bool {
        let text = self.text();
        let logs = policy.logs().iter().map(|log| &log.key);
        logs.filter(|key| key.kind() == KeyKind::Ed25519 && key.name() == self.origin)
            .any(|key| key.verify_ed25519(text.as_bytes(), signature))
    }
}

/// Pages with the proof of the record that they tell of, signed by the key of its ledger's log. `modified` dates the
/// attachment.
///
/// # Errors
/// [`CertifyError`] when the bundle is of another ledger or has no leaf, or the pages have another form than letters have.
pub fn certify(
    pages: &[u8],
    signer: &SignerKey,
    bundle: &str,
    modified: Timestamp,
) -> Result<Vec<u8>, CertifyError> {
    let proof = TlogProof::parse(bundle).map_err(|_| CertifyError::Proof("it is no bundle"))?;
    let leaf = proof.extra.as_deref();
    let leaf = leaf.ok_or(CertifyError::Proof("it carries no leaf"))?;
    let note = Checkpoint::parse_note(&proof.checkpoint);
    let (_, head) = note.map_err(|_| CertifyError::Proof("it has no checkpoint"))?;
    if head.origin != signer.name() {
        return Err(CertifyError::Proof("it is of another ledger"));
    }
    let told = Told {
        origin: &head.origin,
        index: proof.index,
        leaf_hash: &leaf_hash(leaf),
        pages: &Sha256::digest(pages).into(),
    };
    let signature = signer.sign_ed25519(told.text().as_bytes());
    Ok(carry(pages, bundle, modified, Some(&signature))?)
}
