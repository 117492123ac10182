//! Letters of cases.

use std::fmt;
use std::str::FromStr;

use countersign_protocol::log::Hash;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// SHA-256 of a file, as 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHash(pub Hash);

impl FromStr for FileHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let mut bytes = Hash::default();
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| "the SHA-256 of a file has 64 hex digits")?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// A letter of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LetterView {
    /// The case.
    pub case: u64,
    /// Leaf of the act that named it.
    pub act: u64,
    /// Its id in the process.
    pub letter: String,
    /// Its title.
    pub title: String,
    /// The language.
    pub language: String,
    /// SHA-256 of its file; none while it is still to be made.
    #[schema(value_type = Option<countersign_protocol::openapi::Sha256>)]
    pub sha256: Option<String>,
    /// The leaf that records it.
    pub leaf: Option<u64>,
    /// When it was recorded, in milliseconds since 1970.
    pub issued_ms: Option<u64>,
    /// Why it could not be made so far.
    pub trouble: Option<String>,
}

/// `GET /api/v1/letters/{sha256}`: what the ledger says of a file. Anybody may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LetterCheckView {
    /// SHA-256 of the file.
    #[schema(value_type = countersign_protocol::openapi::Sha256)]
    pub sha256: String,
    /// Whether a letter with this hash was issued here.
    pub issued: bool,
    /// The letter.
    pub letter: Option<LetterView>,
    /// Leaves of the ledger that were looked through.
    pub size: u64,
}

/// A letter that an act would issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedLetter {
    /// Its id in the process.
    pub letter: String,
    /// The language.
    pub language: String,
}
