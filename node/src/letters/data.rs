//! What a letter says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::LetterError;

/// The most bytes of a letter's data, as JSON.
pub const LETTER_DATA_BYTES_MAX: usize = 64 * 1024;

/// Which letter: its id in the country's process. Presets stand behind `no-objection`, `authorisation`, `registration`,
/// `issuance`, `cancellation` and `rejection`; any other takes the preset `general`, which prints the letter's title and
/// details, unless the country has a template of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterId(String);

/// A language that letters are written in (BCP 47): a tag such as `en`, `fr` or `pt-br`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

/// Names of files and folders are made of these, so they are short and of few characters.
fn is_name(text: &str, bytes_max: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=bytes_max).contains(&text.len())
        && text.bytes().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
}

impl LetterId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Language {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LetterId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if !is_name(text, 48) {
            return Err(
                "a letter's id is 1 to 48 lower-case letters, digits and hyphens, such as authorisation",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let text = text.to_ascii_lowercase();
        if !is_name(&text, 16) {
            return Err("a language is a tag such as en, fr or pt-br");
        }
        Ok(Self(text))
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a letter says. Templates see it as `it`, with these names written with hyphens, and the language and the logo
/// beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LetterData {
    /// The title of a letter that has no template of its own.
    pub title: String,
    /// The country, as its letters name it.
    pub country: String,
    /// The authority that writes.
    pub ministry: String,
    /// Lines under its name: postal address, telephone, web site.
    pub address: Vec<String>,
    /// The reference number.
    pub reference: String,
    /// The day, as `2026-11-23`.
    pub date: String,
    /// Whom it is for.
    pub addressee: Addressee,
    /// The project that it is about.
    pub project: Option<LetterProject>,
    /// What else the decision states, in this order.
    pub details: Vec<Detail>,
    /// The reasons of a refusal.
    pub reasons: Vec<String>,
    /// Who signs.
    pub signatory: Signatory,
    /// Where its decision stands in the ledger.
    pub proof: LetterProof,
    /// Whether the decision was not taken yet: such a letter shows that it is none.
    #[serde(default)]
    pub preview: bool,
}

/// Whom a letter is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Addressee {
    /// The organisation.
    pub name: String,
    /// Lines under its name.
    pub lines: Vec<String>,
}

/// The project that a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LetterProject {
    /// Its number in the registry.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
}

/// One thing that a decision states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Detail {
    /// A name that the words of the language translate, such as `serials`; another one is printed as it is.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Signatory {
    /// The person's name, where the country prints it.
    pub name: Option<String>,
    /// The office.
    pub role: String,
    /// Where it is signed.
    pub place: String,
}

/// Where the decision stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LetterProof {
    /// The ledger's origin.
    pub origin: String,
    /// The leaf of the decision.
    pub leaf: u64,
    /// The leaves that the root is over.
    pub size: u64,
    /// The root of the ledger's tree, in hex.
    pub root: String,
    /// Where the proof can be had; also in the code.
    pub verify_url: String,
}

impl LetterData {
    /// The day of the letter.
    pub(super) fn day(&self) -> Result<(i32, u8, u8), LetterError> {
        let wrong = || LetterError::Data("its date is not a day such as 2026-11-23".to_owned());
        let bytes = self.date.as_bytes();
        let shape = |(at, byte): (usize, &u8)| {
            if matches!(at, 4 | 7) {
                *byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        };
        if bytes.len() != 10 || !bytes.iter().enumerate().all(shape) {
            return Err(wrong());
        }
        let number = |from: usize, to: usize| self.date[from..to].parse::<u16>();
        match (number(0, 4), number(5, 7), number(8, 10)) {
            (Ok(year), Ok(month), Ok(day)) => Ok((
                year.into(),
                u8::try_from(month).map_err(|_| wrong())?,
                u8::try_from(day).map_err(|_| wrong())?,
            )),
            _ => Err(wrong()),
        }
    }

    /// Invented data for trying a template, complete, so that every part of it shows.
    #[must_use]
    pub fn sample() -> Self {
        let detail = |name: &str, value: &str| Detail {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        Self {
            title: "Sample letter".to_owned(),
            country: "Republic of Example".to_owned(),
            ministry: "Ministry of Environment and Climate".to_owned(),
            address: vec!["12 Independence Avenue, Example City · climate.example.gov".to_owned()],
            reference: "MEC/A6/2026/0017".to_owned(),
            date: "2026-11-23".to_owned(),
            addressee: Addressee {
                name: "Upper West Cook-stoves Ltd".to_owned(),
                lines: vec!["P.O. Box 123".to_owned(), "Example City".to_owned()],
            },
            project: Some(LetterProject {
                number: Some("P-0042".to_owned()),
                title: "Efficient cook-stoves for rural households".to_owned(),
            }),
            details: vec![
                detail("sector", "3, Energy demand"),
                detail("cooperative-approach", "CA0001"),
                detail(
                    "authorised-uses",
                    "NDC; other international mitigation purposes",
                ),
                detail("first-transfer", "Authorisation"),
                detail("acquiring-party", "Switzerland"),
                detail("vintage", "2024 – 2026"),
                detail("tonnes", "20,000"),
                detail("serials", "EX-1-20000"),
            ],
            reasons: vec![
                "The additionality of the activity is not shown: the stoves are required by law."
                    .to_owned(),
                "The monitoring plan names no sampling method.".to_owned(),
            ],
            signatory: Signatory {
                name: None,
                role: "Director of Climate Change".to_owned(),
                place: "Example City".to_owned(),
            },
            proof: LetterProof {
                origin: "registry.example.gov/ledger".to_owned(),
                leaf: 1733,
                size: 1790,
                root: "6b1f5c0d4e8a97d2b3aa01c9e77f40518c2d6e3f9b04a5d1c8e7f6a5b4c3d2e1".to_owned(),
                verify_url: "https://registry.example.gov/proof/1733".to_owned(),
            },
            preview: false,
        }
    }
}
