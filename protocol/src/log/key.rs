//! Keys of notes: who signs, with which algorithm, under which name (C2SP signed-note, "Verifier keys").

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use super::text::{FieldFault, check_name, parse_base64, to_base64};

/// First four bytes of a hash over name, kind and public key: tells keys apart, proves nothing.
pub type KeyId = [u8; 4];

const SECRET_PREFIX: &str = "PRIVATE+KEY+";
const ED25519_KEY_BYTES: usize = 32;
const ML_DSA_44_KEY_BYTES: usize = 1312;
/// Longest key text: a name and an ML-DSA-44 key in base64, with room to spare.
const KEY_TEXT_BYTES_MAX: usize = 4096;

/// The signature type byte of a key (C2SP signed-note, "Signature types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// 0x01: Ed25519 over the note text. What a log signs its checkpoints with.
    Ed25519,
    /// 0x04: timestamped Ed25519 cosignature of a checkpoint. What a witness signs with.
    CosignatureV1,
    /// 0x06: timestamped ML-DSA-44 cosignature. Keys and lines are kept; signatures are not checked yet and never count.
    MlDsa44,
}

impl KeyKind {
    /// The type byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
            Self::MlDsa44 => 0x06,
        }
    }

    /// The kind of a type byte, if it is one of ours.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            0x06 => Some(Self::MlDsa44),
            _ => None,
        }
    }

    const fn public_key_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::CosignatureV1 => ED25519_KEY_BYTES,
            Self::MlDsa44 => ML_DSA_44_KEY_BYTES,
        }
    }
}

/// Why a key text was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Longer than any key of ours.
    #[error("the key text is longer than {KEY_TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// Not the three parts of a verifier key.
    #[error("a verifier key reads NAME+ID+KEY with an eight-digit hex id and a base64 key")]
    NotAVerifierKey,
    /// Not the five parts of a signer key.
    #[error(
        "a signer key reads PRIVATE+KEY+NAME+ID+KEY with an eight-digit hex id and a base64 key"
    )]
    NotASignerKey,
    /// The name cannot be a key name.
    #[error("the key name cannot be used: {0}")]
    Name(FieldFault),
    /// The id is not eight lower-case hex digits.
    #[error("the key id is not eight lower-case hex digits")]
    IdFormat,
    /// The id is not the hash of name, kind and key: a typing error, or a key moved to another name.
    #[error(
        "the key id {given} does not belong to this name and key (it would be {expected}): copy the whole key text again"
    )]
    IdMismatch {
        /// Id in the text, hex.
        given: String,
        /// Id of the name and key in the text, hex.
        expected: String,
    },
    /// The key part is not base64.
    #[error("the key part is damaged: {0}")]
    Encoding(FieldFault),
    /// A signature type that this release does not know.
    #[error(
        "signature type 0x{0:02x} is not known; known are 0x01 (Ed25519), 0x04 (cosignature) and 0x06 (ML-DSA-44)"
    )]
    UnknownKind(u8),
    /// The kind has no signer here.
    #[error("this release cannot sign with type 0x{0:02x}")]
    CannotSign(u8),
    /// The key has the wrong length for its kind.
    #[error("the key has {given} bytes, its type needs {needed}")]
    Length {
        /// Bytes given.
        given: usize,
        /// Bytes that the kind needs.
        needed: usize,
    },
    /// Not a point of the curve in its one spelling, or one of the few weak points that verify forged signatures.
    #[error("the public key is not a usable Ed25519 point: it is malformed or weak")]
    Unusable,
}

/// Who may sign and how it is checked. As text: a C2SP "vkey", `NAME+ID+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    kind: KeyKind,
    material: Material,
}

#[derive(Clone, PartialEq, Eq)]
enum Material {
    Ed25519(VerifyingKey),
    /// Kept, so that the text survives and the id is known, but never checked.
    Opaque(Vec<u8>),
}

impl VerifierKey {
    /// Builds a key from its parts.
    ///
    /// # Errors
    /// [`KeyError`] when the name cannot be used, the length does not fit the kind or the point is malformed or weak.
    pub fn new(name: &str, kind: KeyKind, public_key: &[u8]) -> Result<Self, KeyError> {
        check_name(name).map_err(KeyError::Name)?;
        let needed = kind.public_key_bytes();
        if public_key.len() != needed {
            return Err(KeyError::Length {
                given: public_key.len(),
                needed,
            });
        }
        let material = match kind {
            KeyKind::Ed25519 | KeyKind::CosignatureV1 => {
                Material::Ed25519(usable_point(public_key)?)
            }
            KeyKind::MlDsa44 => Material::Opaque(public_key.to_vec()),
        };
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, kind, public_key),
            kind,
            material,
        })
    }

    /// Name under which the key signs; for a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Id that signature lines of this key carry.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Algorithm and meaning of its signatures.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key itself, without name and kind. Two keys with the same bytes are the same key.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        match &self.material {
            Material::Ed25519(key) => key.as_bytes(),
            Material::Opaque(bytes) => bytes,
        }
    }

    /// True when this release can check signatures of this key. Lines of other keys are treated as unknown.
    #[must_use]
    pub const fn can_verify(&self) -> bool {
        matches!(self.material, Material::Ed25519(_))
    }

    /// Ed25519 as strict as RFC 8032 allows: no small-order points, no second spelling of a signature.
    pub(crate) fn verify_ed25519(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match &self.material {
            Material::Ed25519(key) => key
                .verify_strict(message, &Signature::from_bytes(signature))
                .is_ok(),
            Material::Opaque(_) => false,
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed_key = vec![self.kind.byte()];
        typed_key.extend_from_slice(self.public_key());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex::encode(self.id),
            to_base64(&typed_key)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "VerifierKey({}+{}, {:?})",
            self.name,
            hex::encode(self.id),
            self.kind
        )
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let [name, id, key] = parts(text).ok_or(KeyError::NotAVerifierKey)?;
        let (kind, key) = typed_key(text, key)?;
        let parsed = Self::new(name, kind, &key)?;
        check_id(id, parsed.id)?;
        Ok(parsed)
    }
}

/// A key that signs. As text: Go's note "skey", `PRIVATE+KEY+NAME+ID+KEY`. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SignerKey {
    secret: SigningKey,
    verifier: VerifierKey,
}

impl SignerKey {
    /// Makes a key from 32 random bytes, which the caller draws and wipes.
    ///
    /// # Errors
    /// [`KeyError`] when the name cannot be used or this release cannot sign with `kind`.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if kind == KeyKind::MlDsa44 {
            return Err(KeyError::CannotSign(kind.byte()));
        }
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().as_bytes())?;
        Ok(Self { secret, verifier })
    }

    /// The same key under another name, for another log.
    ///
    /// # Errors
    /// [`KeyError`] when the name can not be used.
    pub fn under(&self, name: &str) -> Result<Self, KeyError> {
        Ok(Self {
            secret: self.secret.clone(),
            verifier: VerifierKey::new(name, self.kind(), self.verifier.public_key())?,
        })
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Name under which the key signs.
    #[must_use]
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// Algorithm and meaning of its signatures.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.verifier.kind()
    }

    /// The secret text. It is the key: encrypt it before it touches a disk, never print it.
    #[must_use]
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        let mut typed_key = Zeroizing::new([0_u8; 33]);
        typed_key[0] = self.kind().byte();
        typed_key[1..].copy_from_slice(self.secret.as_bytes());
        let key = Zeroizing::new(to_base64(typed_key.as_slice()));
        let id = hex::encode(self.verifier.id);
        Zeroizing::new([SECRET_PREFIX, self.name(), "+", &id, "+", key.as_str()].concat())
    }

    pub(crate) fn sign_ed25519(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, secret hidden)", self.name())
    }
}

impl FromStr for SignerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let public_part = text
            .strip_prefix(SECRET_PREFIX)
            .ok_or(KeyError::NotASignerKey)?;
        let [name, id, key] = parts(public_part).ok_or(KeyError::NotASignerKey)?;
        let (kind, key) = typed_key(text, key)?;
        let key = Zeroizing::new(key);
        let seed = <&[u8; 32]>::try_from(key.as_slice()).map_err(|_| KeyError::Length {
            given: key.len(),
            needed: 32,
        })?;
        let parsed = Self::from_seed(name, kind, seed)?;
        check_id(id, parsed.verifier.id)?;
        Ok(parsed)
    }
}

/// Id of a key: `SHA-256(name || LF || kind || public key)`, first four bytes.
#[must_use]
pub fn key_id(name: &str, kind: KeyKind, public_key: &[u8]) -> KeyId {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.byte()])
        .chain_update(public_key)
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Splits at the first two plus signs: base64 may contain more of them, a name none.
fn parts(text: &str) -> Option<[&str; 3]> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    Some([name, id, key])
}

/// Decodes `base64(kind || key)`. `whole` is the text it came from, for the length limit.
fn typed_key(whole: &str, encoded: &str) -> Result<(KeyKind, Vec<u8>), KeyError> {
    if whole.len() > KEY_TEXT_BYTES_MAX {
        return Err(KeyError::TooLong);
    }
    let bytes = Zeroizing::new(parse_base64(encoded).map_err(KeyError::Encoding)?);
    let (kind, key) = bytes
        .split_first()
        .ok_or(KeyError::Encoding(FieldFault::Empty))?;
    let kind = KeyKind::from_byte(*kind).ok_or(KeyError::UnknownKind(*kind))?;
    Ok((kind, key.to_vec()))
}

fn check_id(given: &str, expected: KeyId) -> Result<(), KeyError> {
    let is_id = given.len() == 8
        && given
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_id {
        return Err(KeyError::IdFormat);
    }
    let expected = hex::encode(expected);
    if given == expected {
        Ok(())
    } else {
        Err(KeyError::IdMismatch {
            given: given.to_owned(),
            expected,
        })
    }
}

fn usable_point(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
    let bytes = <&[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Unusable)?;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Unusable)?;
    if key.is_weak() || !is_reduced(bytes) {
        Err(KeyError::Unusable)
    } else {
        Ok(key)
    }
}

/// True when the encoded y coordinate is below the field prime 2^255 - 19: the only spelling RFC 8032 decoding accepts.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let high_ones = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|byte| *byte == 0xff);
    !(high_ones && bytes[0] >= 0xed)
}
