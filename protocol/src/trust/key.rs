//! Keys of keyholders, as TUF metadata writes them.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use super::fields::Field;
use super::json::Json;
use super::refusal::TrustRefusal;
use crate::log::{Hash, KeyKind, VerifierKey};
use crate::text::excerpt;

/// The id of a key in TUF metadata: SHA-256 over its canonical JSON (keytype, scheme and public value). One key has one id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TufKeyId(Hash);

/// Why a text is no key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key id of 64 lower-case hex digits")]
pub struct TufKeyIdError(String);

impl TufKeyId {
    /// The id of a key.
    #[must_use]
    pub fn of(key: &VerifierKey) -> Self {
        Self(Sha256::digest(key_json(key).canonical()).into())
    }
}

impl FromStr for TufKeyId {
    type Err = TufKeyIdError;

    fn from_str(text: &str) -> Result<Self, TufKeyIdError> {
        lower_hex(text)
            .map(Self)
            .ok_or_else(|| TufKeyIdError(excerpt(text)))
    }
}

impl fmt::Display for TufKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for TufKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TufKeyId({self})")
    }
}

/// Exactly `N` bytes in lower-case hex.
pub(super) fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// The key as TUF writes it. The holder's name is no part of it, so that other software finds the same id.
pub(super) fn key_json(key: &VerifierKey) -> Json {
    Json::object([
        ("keytype", Json::text("ed25519")),
        ("scheme", Json::text("ed25519")),
        (
            "keyval",
            Json::object([("public", Json::text(&hex::encode(key.public_key())))]),
        ),
    ])
}

/// Reads a key that stands under an id. `holder` becomes its name; without one it is named after its id.
pub(super) fn read_key(
    field: &Field<'_>,
    id: TufKeyId,
    holder: Option<&str>,
) -> Result<VerifierKey, TrustRefusal> {
    field.get("keytype")?.expect("ed25519")?;
    field.get("scheme")?.expect("ed25519")?;
    let public = field.get("keyval")?.get("public")?;
    let bytes: [u8; 32] = lower_hex(public.text()?)
        .ok_or_else(|| public.fault("it must be the 64 lower-case hex digits of an Ed25519 key"))?;
    let id_text = id.to_string();
    let name = holder.unwrap_or_else(|| id_text.get(..8).unwrap_or_default());
    let key =
        VerifierKey::new(name, KeyKind::Ed25519, &bytes).map_err(|error| field.fault(error))?;
    let expected = TufKeyId::of(&key);
    if expected != id {
        return Err(field.fault(format_args!(
            "it stands under the id of another key: its own is {expected}"
        )));
    }
    Ok(key)
}
