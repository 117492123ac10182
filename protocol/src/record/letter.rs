//! The record of a letter: its file stays outside the ledger.

use serde::{Deserialize, Serialize};

use crate::id::Text;
use crate::log::Hash;
use crate::record::Word;

/// A language of a process (BCP 47), such as `fr` or `pt-BR`.
pub type LanguageTag = Text<12>;

/// A letter that an act of a case named was made, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LetterIssued {
    /// The case.
    pub case: u64,
    /// Leaf index of the act that named the letter.
    pub act: u64,
    /// The letter's id in the process.
    pub letter: Word,
    /// The language that it is written in.
    pub language: LanguageTag,
    /// SHA-256 of the file.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub sha256: Hash,
}
