//! A letter that carries its own proof: the PDF file of a letter, and after it the proof bundle of the record of its hash, as an
//! attachment (ISO 19005-3, PDF/A-3) in an incremental update (ISO 32000-1 section 7.5.6).
//!
//! The letter's own bytes come first and stay as they are, so their SHA-256 is still the one in the ledger. The update has one
//! form only, and a file in which it differs in one byte carries no proof: an update could otherwise draw other words over the pages
//! of a genuine letter.
//!
//! A [certificate](certify) is carried in the same way, and its pages are signed: no record holds their hash.

mod certificate;
mod pdf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::time::Timestamp;
use pdf::Ending;

pub(crate) use certificate::Told;
pub use certificate::{CertifyError, certify};

/// The largest letter that proofs are attached to and looked for in, in bytes.
pub const LETTER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The largest bundle that is attached, in bytes.
pub const ATTACHED_BYTES_MAX: usize = 256 * 1024;

/// The name of the attachment.
pub const ATTACHMENT_NAME: &str = "proof.tlog-proof";

/// What the first line of the update begins with. A comment to readers of PDF.
const BEGIN: &str = "\n%countersign-";

/// What it says of a letter: the bundle's bytes and the day follow.
const LETTER: &str = "proof/v1 ";

/// What it says of a certificate: the bundle's bytes, the day and the signature of the pages follow.
const CERTIFICATE: &str = "certificate/v1 ";

/// An Ed25519 signature (RFC 8032).
type Signature = [u8; 64];

/// Why a proof cannot be attached to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AttachError {
    /// Larger than [`LETTER_BYTES_MAX`].
    #[error("the letter is larger than {LETTER_BYTES_MAX} bytes")]
    LetterTooLong,
    /// Larger than [`ATTACHED_BYTES_MAX`].
    #[error("the proof is larger than {ATTACHED_BYTES_MAX} bytes")]
    ProofTooLong,
    /// Not a PDF file of the simple form that letters have: one cross-reference table, a catalog without files.
    #[error("the file is not a PDF as letters are: {0}")]
    Form(&'static str),
}

/// A letter or a certificate, and the proof that it carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The file before anything was attached. The SHA-256 of a letter is the one that the ledger records.
    pub letter: &'a [u8],
    /// The proof bundle.
    pub bundle: &'a str,
    /// Of a certificate: what the ledger's key has signed of its pages.
    pub signature: Option<[u8; 64]>,
}

/// The letter with a proof attached, which is dated `modified`.
///
/// # Errors
/// [`AttachError`] when the letter has another form than letters have, or something is too large.
pub fn attach(letter: &[u8], bundle: &str, modified: Timestamp) -> Result<Vec<u8>, AttachError> {
    carry(letter, bundle, modified, None)
}

fn carry(
    letter: &[u8],
    bundle: &str,
    modified: Timestamp,
    signature: Option<&Signature>,
) -> Result<Vec<u8>, AttachError> {
    if letter.len() > LETTER_BYTES_MAX {
        return Err(AttachError::LetterTooLong);
    }
    if bundle.len() > ATTACHED_BYTES_MAX {
        return Err(AttachError::ProofTooLong);
    }
    let ending = Ending::of(letter)?;
    let mut file = letter.to_vec();
    let length = bundle.len();
    let line = match signature {
        None => format!("{BEGIN}{LETTER}{length} {modified}\n"),
        Some(it) => format!(
            "{BEGIN}{CERTIFICATE}{length} {modified} {}\n",
            URL_SAFE_NO_PAD.encode(it)
        ),
    };
    file.extend_from_slice(line.as_bytes());
    ending.update(&mut file, bundle, modified);
    Ok(file)
}

/// The letter and the proof in a file that [`attach`] or [`certify`] made; `None` for any other.
#[must_use]
pub fn detach(file: &[u8]) -> Option<Carried<'_>> {
    if file.len() > LETTER_BYTES_MAX + 2 * ATTACHED_BYTES_MAX {
        return None;
    }
    let at = pdf::last(file, BEGIN.as_bytes())?;
    let (letter, update) = file.split_at(at);
    let update = std::str::from_utf8(update).ok()?;
    let (line, rest) = update.strip_prefix(BEGIN)?.split_once('\n')?;
    let (line, signature) = match line.strip_prefix(LETTER) {
        Some(line) => (line, None),
        None => {
            let (line, signature) = line.strip_prefix(CERTIFICATE)?.rsplit_once(' ')?;
            let signature: Signature = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
            (line, Some(signature))
        }
    };
    let (length, modified) = line.split_once(' ')?;
    let length = length.parse::<usize>().ok()?;
    let (_, stream) = rest.split_once("stream\n")?;
    let bundle = stream.get(..length)?;
    let again = carry(letter, bundle, modified.parse().ok()?, signature.as_ref()).ok()?;
    (again == file).then_some(Carried {
        letter,
        bundle,
        signature,
    })
}

/// Whether bytes begin as a PDF file does.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}
