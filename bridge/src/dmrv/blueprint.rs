//! Blueprints: how tonnes follow from data points.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::log::{Hash, leaf_hash};
use serde::Deserialize;

use super::formula::{Formula, FormulaError};
use super::number::{Bounded, NumberError, parse as parse_number};

/// The longest file, in bytes.
const FILE_BYTES_MAX: usize = 64 * 1024;
/// The most inputs and constants together.
const NAMES_MAX: usize = 64;
/// The longest name, unit or version.
const WORD_BYTES_MAX: usize = 64;

/// Why a blueprint can not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlueprintError {
    /// The file is none.
    #[error("the blueprint can not be read: {0}")]
    Unreadable(String),
    /// A word of it is none.
    #[error("{place}: {why}")]
    Word {
        /// Where.
        place: String,
        /// What is wanted there.
        why: &'static str,
    },
    /// A constant is no number.
    #[error("[constants] {name}: {error}")]
    Constant {
        /// Which.
        name: String,
        /// Why.
        error: NumberError,
    },
    /// The formula.
    #[error("[result] formula: {0}")]
    Formula(#[from] FormulaError),
    /// An input that the formula does not use.
    #[error("[inputs.{0}] is not in the formula: take it out, or use it")]
    Unused(String),
}

/// How the points of an input become one value for a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// Their sum; the uncertainties are added too, as if all erred in the same direction.
    Sum,
    /// Their mean, with the mean of the uncertainties.
    Mean,
}

/// What is credited of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credited {
    /// The lower bound: the uncertainty is the project's.
    Lower,
    /// The value itself.
    Value,
}

/// An input.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The unit; a point in another unit is refused and never converted.
    pub unit: String,
    /// How its points become one value.
    pub take: Take,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: i64,
    id: String,
    version: String,
    title: String,
    #[serde(default)]
    source: Option<String>,
    inputs: BTreeMap<String, Input>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
    result: WrittenResult,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenResult {
    formula: String,
    credited: Credited,
}

/// A blueprint that was read. Its result is in tonnes of CO2 equivalent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blueprint {
    /// Its id.
    pub id: String,
    /// Its version: id and version together never change what they say.
    pub version: String,
    /// For people.
    pub title: String,
    /// Where the formula comes from, such as a methodology and its section.
    pub source: Option<String>,
    /// What it takes, by name.
    pub inputs: BTreeMap<String, Input>,
    /// What is credited of its result.
    pub credited: Credited,
    /// SHA-256 of the file, as a leaf of RFC 6962.
    pub hash: Hash,
    pub(super) constants: BTreeMap<String, Bounded>,
    pub(super) formula: Formula,
}

impl Blueprint {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BlueprintError`] with the place.
    pub fn parse(text: &str) -> Result<Self, BlueprintError> {
        if text.len() > FILE_BYTES_MAX {
            let why = format!("it has more than {FILE_BYTES_MAX} bytes");
            return Err(BlueprintError::Unreadable(why));
        }
        let written: Written = toml::from_str(text)
            .map_err(|error| BlueprintError::Unreadable(error.to_string().trim_end().to_owned()))?;
        checked(&written)?;
        let mut constants = BTreeMap::new();
        for (name, number) in written.constants {
            let number = parse_number(&number).map_err(|error| BlueprintError::Constant {
                name: name.clone(),
                error,
            })?;
            constants.insert(name, Bounded::exact(number));
        }
        let formula = Formula::parse(&written.result.formula)?;
        let mut names = BTreeSet::new();
        formula.names(&mut names);
        let is_known =
            |name: &&&str| written.inputs.contains_key(**name) || constants.contains_key(**name);
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return Err(FormulaError::Unknown((*unknown).to_owned()).into());
        }
        if let Some(unused) = written
            .inputs
            .keys()
            .find(|it| !names.contains(it.as_str()))
        {
            return Err(BlueprintError::Unused(unused.clone()));
        }
        Ok(Self {
            id: written.id,
            version: written.version,
            title: written.title,
            source: written.source,
            inputs: written.inputs,
            credited: written.result.credited,
            hash: leaf_hash(text.as_bytes()),
            constants,
            formula,
        })
    }
}

/// Whether a text is a name: small letters, digits, underscores.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    text.len() <= WORD_BYTES_MAX
        && text
            .bytes()
            .next()
            .is_some_and(|it| it.is_ascii_lowercase())
        && text.bytes().all(is_part)
}

/// Whether a text is a unit: printable, without blanks at the ends.
pub(super) fn is_unit(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= WORD_BYTES_MAX
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

fn checked(of: &Written) -> Result<(), BlueprintError> {
    let wrong = |place: String, why| Err(BlueprintError::Word { place, why });
    if of.format != 1 {
        return wrong("format".to_owned(), "this program reads format 1");
    }
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if of.id.is_empty() || of.id.len() > WORD_BYTES_MAX || !of.id.bytes().all(is_plain) {
        return wrong("id".to_owned(), "small letters, digits and hyphens");
    }
    let is_version = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-');
    if of.version.is_empty()
        || of.version.len() > WORD_BYTES_MAX
        || !of.version.bytes().all(is_version)
    {
        return wrong("version".to_owned(), "letters, digits, points and hyphens");
    }
    if of.title.trim().is_empty() || of.title.len() > 200 {
        return wrong("title".to_owned(), "1 to 200 bytes");
    }
    if of.inputs.is_empty() || of.inputs.len() + of.constants.len() > NAMES_MAX {
        return wrong("[inputs]".to_owned(), "1 to 64 inputs and constants");
    }
    for (name, input) in &of.inputs {
        let place = format!("[inputs.{name}]");
        if !is_name(name) || matches!(name.as_str(), "min" | "max") {
            return wrong(place, "a name has small letters, digits and underscores");
        }
        if !is_unit(&input.unit) {
            return wrong(
                place,
                "a unit has 1 to 64 printable bytes; \"1\" for a share",
            );
        }
        if of.constants.contains_key(name) {
            return wrong(place, "a name is an input or a constant, not both");
        }
    }
    match of.constants.keys().find(|it| !is_name(it)) {
        Some(name) => wrong(
            format!("[constants] {name}"),
            "a name has small letters, digits and underscores",
        ),
        None => Ok(()),
    }
}
