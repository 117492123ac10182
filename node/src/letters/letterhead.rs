//! Who writes: what stands on every letter of a country, from its configuration.

use std::collections::BTreeMap;

use super::data::Language;

/// A text of the letterhead: the same in every language, or one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterheadText {
    /// In every language.
    Plain(String),
    /// By language, as in `{ en = "Ministry", fr = "Ministère" }`.
    ByLanguage(BTreeMap<String, String>),
}

impl LetterheadText {
    /// The text in a language; where that has none, in English, and where there is none either, the first.
    #[must_use]
    pub fn get(&self, language: &Language) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::ByLanguage(texts) => {
                let english = || texts.get("en").or_else(|| texts.values().next());
                let found = texts.get(language.as_str()).or_else(english);
                found.map_or("", String::as_str)
            }
        }
    }
}

/// What stands on every letter. What is not configured follows from the ledger: the country's name from its Party, the
/// ministry from the organisation that keeps the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// The country, as its letters name it.
    pub country: Option<LetterheadText>,
    /// The authority that writes.
    pub ministry: Option<LetterheadText>,
    /// Lines under its name: postal address, telephone, web site.
    pub address: Vec<String>,
    /// Where letters are signed.
    pub place: Option<LetterheadText>,
    /// Where everybody reaches the node's HTTP, without a slash at the end: proofs are asked for below it.
    pub public_url: String,
}

impl Letterhead {
    /// Where the proof of a leaf can be had.
    #[must_use]
    pub fn proof_url(&self, leaf: u64) -> String {
        format!("{}/api/v1/ledger/proof?index={leaf}", self.public_url)
    }
}
