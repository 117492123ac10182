//! Signed notes: a text and the signatures of any number of keys on it (C2SP signed-note).

use core::fmt;

use thiserror::Error;

use super::cosignature;
use super::key::{KeyId, KeyKind, SignerKey, VerifierKey};
use super::text::{FieldFault, check_name, is_control, parse_base64, to_base64};

/// Largest note read, in bytes: sixteen post-quantum signatures and a text fit.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;

/// Most signature lines read from one note. The format asks for at least 16.
pub const SIGNATURE_LINES_MAX: usize = 32;

const LINE_PREFIX: &str = "\u{2014} ";

/// Why a text is not a note, or a note is not to be believed. Lines count from 1 within the signatures.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Larger than [`NOTE_BYTES_MAX`].
    #[error("the note is longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("the note is not UTF-8 text")]
    NotUtf8,
    /// A control character other than newline, for instance a carriage return.
    #[error("the note contains the control character 0x{0:02x}; lines end in a newline only")]
    ControlCharacter(u8),
    /// The last line has no newline.
    #[error("the note does not end in a newline: its end is missing")]
    Unterminated,
    /// No blank line between text and signatures.
    #[error("the note has no blank line between text and signatures")]
    NoBlankLine,
    /// Nothing above the blank line.
    #[error("the note has no text")]
    NoText,
    /// No signature line.
    #[error("the note has no signature line")]
    NoSignature,
    /// More than [`SIGNATURE_LINES_MAX`] signature lines.
    #[error("the note has more than {SIGNATURE_LINES_MAX} signature lines")]
    TooManySignatures,
    /// A line below the blank line is not `— NAME SIGNATURE`.
    #[error("signature line {0} does not read \"\u{2014} NAME SIGNATURE\"")]
    NotASignatureLine(usize),
    /// The name in a signature line cannot be a key name.
    #[error("the name in signature line {line} cannot be used: {fault}")]
    Name {
        /// Number of the signature line.
        line: usize,
        /// What is wrong with the name.
        fault: FieldFault,
    },
    /// The signature is not base64.
    #[error("the signature in line {line} is damaged: {fault}")]
    Encoding {
        /// Number of the signature line.
        line: usize,
        /// What is wrong with the base64.
        fault: FieldFault,
    },
    /// Too short to hold a key id and a signature.
    #[error("the signature in line {0} is too short to hold a key id and a signature")]
    SignatureTooShort(usize),
    /// A known key's signature does not verify: the text or the signature was changed.
    #[error("the signature of {name} does not verify: the text or the signature was changed")]
    BadSignature {
        /// Name of the key.
        name: String,
    },
    /// No line is by a key that the reader knows.
    #[error("none of the signatures is by a known key")]
    NoKnownSignature,
    /// The key's kind signs other things than this.
    #[error("the key {name} is of a kind that cannot sign this")]
    WrongKeyKind {
        /// Name of the key.
        name: String,
    },
}

/// One signature line: who says to have signed, and the bytes. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: String,
    key_id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    pub(super) fn new(key: &VerifierKey, signature: Vec<u8>) -> Self {
        Self {
            name: key.name().to_owned(),
            key_id: key.id(),
            signature,
        }
    }

    /// Reads one line, with or without its newline.
    ///
    /// # Errors
    /// [`NoteError`] with line number 1.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        Self::parse_numbered(line.strip_suffix('\n').unwrap_or(line), 1)
    }

    fn parse_numbered(text: &str, line: usize) -> Result<Self, NoteError> {
        let body = text
            .strip_prefix(LINE_PREFIX)
            .ok_or(NoteError::NotASignatureLine(line))?;
        let (name, encoded) = body
            .split_once(' ')
            .ok_or(NoteError::NotASignatureLine(line))?;
        check_name(name).map_err(|fault| NoteError::Name { line, fault })?;
        let bytes = parse_base64(encoded).map_err(|fault| NoteError::Encoding { line, fault })?;
        let (key_id, signature) = bytes
            .split_first_chunk::<4>()
            .ok_or(NoteError::SignatureTooShort(line))?;
        if signature.is_empty() {
            return Err(NoteError::SignatureTooShort(line));
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }

    /// Name of the key, as the line claims it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Id of the key, as the line claims it.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// True when name and id are those of `key`, so that `key` decides whether the line is true.
    #[must_use]
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == key.name()
    }

    /// Checks the signature of `key` on `text`. For a cosignature, gives its time (seconds since 1970).
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when it does not verify, [`NoteError::WrongKeyKind`] when `key` cannot verify at all.
    pub fn verify(&self, text: &str, key: &VerifierKey) -> Result<Option<u64>, NoteError> {
        let bad = || NoteError::BadSignature {
            name: key.name().to_owned(),
        };
        match key.kind() {
            KeyKind::Ed25519 => {
                let signature = self.signature.as_slice().try_into().map_err(|_| bad())?;
                let good = key.verify_ed25519(text.as_bytes(), signature);
                if good { Ok(None) } else { Err(bad()) }
            }
            KeyKind::CosignatureV1 => cosignature::verify(text, &self.signature, key)
                .map(Some)
                .ok_or_else(bad),
            KeyKind::MlDsa44 => Err(NoteError::WrongKeyKind {
                name: key.name().to_owned(),
            }),
        }
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = [self.key_id.as_slice(), &self.signature].concat();
        writeln!(f, "{LINE_PREFIX}{} {}", self.name, to_base64(&signature))
    }
}

/// A note as read: text and signature lines, none of them verified. Believe it only after [`SignedNote::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// A signature line whose key is known and whose signature is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedSignature<'k> {
    /// The key that signed.
    pub key: &'k VerifierKey,
    /// For a cosignature, when it was made, in seconds since 1970.
    pub time_s: Option<u64>,
}

impl SignedNote {
    /// Reads a note. Printing the result gives the same bytes again.
    ///
    /// # Errors
    /// [`NoteError`] says what is malformed; no malformed note is mended.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        check_characters(note)?;
        let blank = note.rfind("\n\n").ok_or(NoteError::NoBlankLine)?;
        let (text, lines) = (&note[..=blank], &note[blank + 2..]);
        if text == "\n" {
            return Err(NoteError::NoText);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignature)?;
        if lines.split('\n').nth(SIGNATURE_LINES_MAX).is_some() {
            return Err(NoteError::TooManySignatures);
        }
        let signatures = lines
            .split('\n')
            .zip(1..)
            .map(|(line, number)| SignatureLine::parse_numbered(line, number))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Reads a note from bytes.
    ///
    /// # Errors
    /// As [`SignedNote::parse`], and [`NoteError::NotUtf8`].
    pub fn from_bytes(note: &[u8]) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        Self::parse(core::str::from_utf8(note).map_err(|_| NoteError::NotUtf8)?)
    }

    /// Signs a text with an [`KeyKind::Ed25519`] key. The text must be one that a note can hold.
    ///
    /// # Errors
    /// [`NoteError`] when the text cannot stand in a note, or the key makes cosignatures.
    pub fn sign(text: &str, key: &SignerKey) -> Result<Self, NoteError> {
        check_characters(text)?;
        if text == "\n" {
            return Err(NoteError::NoText);
        }
        if key.kind() != KeyKind::Ed25519 {
            return Err(NoteError::WrongKeyKind {
                name: key.name().to_owned(),
            });
        }
        let signature = key.sign_ed25519(text.as_bytes()).to_vec();
        let line = SignatureLine::new(key.verifier(), signature);
        Ok(Self {
            text: text.to_owned(),
            signatures: vec![line],
        })
    }

    /// The signed text, with its final newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signature lines, known or not, in the order of the note.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Adds a signature line, unless the same line stands there already.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] when the note is full.
    pub fn add(&mut self, line: SignatureLine) -> Result<(), NoteError> {
        if self.signatures.contains(&line) {
            return Ok(());
        }
        if self.signatures.len() >= SIGNATURE_LINES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(line);
        Ok(())
    }

    /// Keeps only the lines that `keep` accepts, for instance those of one log for a piece of evidence.
    pub fn retain(&mut self, keep: impl FnMut(&SignatureLine) -> bool) {
        self.signatures.retain(keep);
    }

    /// Verifies every line that is by one of `keys`; lines of other keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when a known key's line does not verify: such a note was tampered with, whatever its
    /// other lines say. [`NoteError::NoKnownSignature`] when no line is by a known key that can be checked.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<VerifiedSignature<'k>>, NoteError> {
        let mut verified = Vec::new();
        for key in keys.into_iter().filter(|key| key.can_verify()) {
            for line in self.signatures.iter().filter(|line| line.is_by(key)) {
                verified.push(VerifiedSignature {
                    key,
                    time_s: line.verify(&self.text, key)?,
                });
            }
        }
        if verified.is_empty() {
            Err(NoteError::NoKnownSignature)
        } else {
            Ok(verified)
        }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

/// What holds for every note and every text in one: bounded, no control characters, newline at the end.
fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong);
    }
    if let Some(byte) = text
        .bytes()
        .find(|b| is_control(char::from(*b)) && *b != b'\n')
    {
        return Err(NoteError::ControlCharacter(byte));
    }
    if text.ends_with('\n') {
        Ok(())
    } else {
        Err(NoteError::Unterminated)
    }
}
