//! The words that the format allows, as data with a date: `protocol/presets/aef/nomenclature-*.toml`.
//!
//! Lists grow and their words are never taken back (6/CMA.4, Annex I, paragraph 31): a word of an older list is still read,
//! and the list to which it belongs is named.

use crate::period::Day;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Every edition that comes with the program, the newest first.
const FILES: [&str; 2] = [
    include_str!("../../../presets/aef/nomenclature-2026-02-17.toml"),
    include_str!("../../../presets/aef/nomenclature-2022-11-20.toml"),
];

/// One edition: every list of one date.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nomenclature {
    /// The date of the edition.
    pub date: Day,
    /// Where it is from.
    pub source: String,
    /// The lists by their names, such as `sector`.
    pub lists: BTreeMap<String, CodeList>,
}

/// One list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// What it lists.
    pub title: String,
    /// Its number in the published list.
    pub table: Option<String>,
    /// Where it is from, where that is not the edition's source.
    pub source: Option<String>,
    /// The values in their order.
    pub values: Vec<Code>,
}

/// One value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The value, letter by letter.
    pub value: String,
    /// Other spellings that are read.
    #[serde(default)]
    pub also: Vec<String>,
    /// What is to be known about it.
    pub note: Option<String>,
    /// Whether 4/CMA.6 prints it.
    #[serde(default)]
    pub decision: bool,
    /// The date of the list that dropped it.
    pub until: Option<Day>,
    /// The value of the newest list that took its place.
    pub now: Option<String>,
    /// The purposes that a purpose is made of: NDC, IMP, OP.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The action types that a subtype may have; none where every one is right.
    #[serde(default, rename = "with")]
    pub types: Vec<String>,
    /// The action types about which the sources disagree.
    #[serde(default, rename = "doubtful_with")]
    pub doubtful_types: Vec<String>,
}

/// How a word was found.
#[derive(Debug, Clone, Copy)]
pub enum Found {
    /// A value of the newest list.
    Value(&'static Code),
    /// Another spelling of a value of the newest list.
    Spelling(&'static Code),
    /// A value that is in an older list only, with the date from which it is no longer written.
    Older(&'static Code, Day),
}

impl Found {
    /// The value that was found.
    #[must_use]
    pub const fn code(self) -> &'static Code {
        match self {
            Self::Value(code) | Self::Spelling(code) | Self::Older(code, _) => code,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "the files are compiled in, and a test reads each"
)]
static EDITIONS: LazyLock<Vec<Nomenclature>> = LazyLock::new(|| {
    let read = |text| toml::from_str(text).expect("a nomenclature that comes with the program");
    FILES.map(read).into()
});

impl Nomenclature {
    /// Every edition, the newest first.
    #[must_use]
    pub fn editions() -> &'static [Self] {
        &EDITIONS
    }

    /// The newest edition.
    #[must_use]
    pub fn newest() -> &'static Self {
        // There is one file at least.
        &EDITIONS[0]
    }

    /// Looks a word up in a list: in the newest edition, then in the older ones.
    #[must_use]
    pub fn find(list: &str, word: &str) -> Option<Found> {
        let newest = Self::newest();
        if let Some(codes) = newest.lists.get(list) {
            if let Some(code) = codes.values.iter().find(|code| code.value == word) {
                return Some(match code.until {
                    None => Found::Value(code),
                    Some(until) => Found::Older(code, until),
                });
            }
            let mut values = codes.values.iter();
            if let Some(code) = values.find(|code| code.is_spelt(word)) {
                return Some(Found::Spelling(code));
            }
        }
        Self::editions().iter().skip(1).find_map(|edition| {
            let mut values = edition.lists.get(list)?.values.iter();
            let code = values.find(|code| code.value == word || code.is_spelt(word))?;
            Some(Found::Older(code, newest.date))
        })
    }
}

impl Code {
    fn is_spelt(&self, word: &str) -> bool {
        let mut spellings = self.also.iter().chain([&self.value]);
        spellings.any(|spelling| spelling.eq_ignore_ascii_case(word))
    }
}

/// The purposes that the code of a purpose is made of: NDC, IMP, OP; none where it is no purpose.
#[must_use]
pub fn purposes(code: &str) -> &'static [String] {
    Nomenclature::find("purpose", code).map_or(&[], |found| &found.code().parts)
}

/// Words of the newest lists that rules and ledgers write; a test finds each in its list.
pub mod words {
    /// Action subtype: the first transfer is the first international one.
    pub const TO_ANOTHER_PARTY: &str = "First transfer to another Party";
    /// First transfer definition, and the subtype of the first transfer that follows from it.
    pub const AUTHORIZATION: &str = "Authorization";
    /// First transfer definition, and the subtype of the first transfer that follows from it.
    pub const ISSUANCE: &str = "Issuance";
    /// First transfer definition, and the subtype of the first transfer that follows from it.
    pub const USE_OR_CANCELLATION: &str = "Use or cancellation";
    /// First transfer definition that 2/CMA.3 does not have, but some letters.
    pub const FIRST_INTERNATIONAL_TRANSFER: &str = "First international transfer";
    /// Action subtype: the mandatory share of A6.4ERs.
    pub const MANDATORY_ADAPTATION: &str = "Mandatory transfer to the Adaptation Fund (A6.4 ERs)";
    /// Action subtype: a voluntary share.
    pub const VOLUNTARY_ADAPTATION: &str = "Voluntary transfer to the Adaptation Fund (A6.4 ERs)";
    /// Action subtype: overall mitigation in global emissions.
    pub const MANDATORY_OMGE: &str = "Mandatory cancellation to deliver OMGE";
    /// Action subtype: overall mitigation in global emissions.
    pub const VOLUNTARY_OMGE: &str = "Voluntary cancellation to deliver OMGE";
    /// Action subtype: any other cancellation.
    pub const OTHER_CANCELLATIONS: &str = "Other cancellations";
    /// Action subtype: to be told later.
    pub const NOT_YET_DEFINED: &str = "Not yet defined";
    /// Purpose: towards an NDC.
    pub const NDC: &str = "NDC";
    /// Purpose: other international mitigation purposes.
    pub const OIMP: &str = "OIMP";
    /// Purpose: international mitigation purposes other than an NDC.
    pub const IMP: &str = "IMP";
    /// Purpose: other purposes that the first transferring Party sets.
    pub const OP: &str = "OP";
    /// Mitigation type.
    pub const EMISSION_REDUCTIONS: &str = "Emission reductions";
    /// Mitigation type.
    pub const REMOVALS: &str = "Removals";
    /// Consistency result: the database found something.
    pub const INCONSISTENT: &str = "Checked, inconsistencies identified";
}
