//! The table of words and places: a file that comes with the program, and the country's own on top of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::frame::{MappingError, known_format, laid_over};

/// The table that comes with the program.
pub const DEFAULT_MAPPING: &str = include_str!("../../presets/itmo-platform.toml");

/// What a step of the platform means here.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum EventWord {
    /// The project comes here as a draft.
    Draft,
    /// What was handed in was validated.
    Validated,
    /// The project got its number.
    Numbered,
    /// A monitoring report is there: a proposal to issue.
    Monitored,
}

/// A sector in the words of the registry's form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sector {
    pub(super) sector: String,
    pub(super) sectoral_scope: u8,
}

/// What the platform's words are here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    format: i64,
    /// The version of the table.
    pub version: String,
    events: BTreeMap<String, EventWord>,
    status: BTreeMap<String, Vec<String>>,
    pub(super) fields: BTreeMap<String, Vec<String>>,
    pub(super) about: BTreeMap<String, Vec<String>>,
    sectors: BTreeMap<String, Sector>,
    owners: BTreeMap<String, u32>,
    pub(super) monitoring: Monitoring,
}

/// How the form of a monitoring period is filled.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Monitoring {
    /// The form, with `$word` where a word of `[about]` goes.
    pub(super) form: serde_json::Value,
}

impl Mapping {
    /// The program's table with the country's on top: a key of the country's takes the place of the same key.
    ///
    /// # Errors
    /// [`MappingError`] with the place where it can be named.
    pub fn parse(country: &str) -> Result<Self, MappingError> {
        let mapping: Self = laid_over(DEFAULT_MAPPING, country)?;
        known_format(mapping.format)?;
        Ok(mapping)
    }

    /// What a step of this name means.
    pub(super) fn event(&self, name: &str) -> Option<EventWord> {
        let wanted = tidy(name);
        let found = self.events.iter().find(|(known, _)| tidy(known) == wanted);
        found.map(|(_, event)| *event)
    }

    /// Whether a status means that a step is done.
    pub(super) fn is_done(&self, status: &str) -> bool {
        let done = self.status.get("done").into_iter().flatten();
        done.into_iter().any(|it| tidy(it) == tidy(status))
    }

    /// The organisation here that a project's owner is: by the owner's name there, or by the project's id where the platform names
    /// none.
    pub(super) fn organisation(&self, owner: Option<&str>, project: &str) -> Option<u32> {
        let named = |wanted: &str| {
            let mut all = self.owners.iter();
            all.find(|(known, _)| tidy(known) == tidy(wanted))
                .map(|(_, number)| *number)
        };
        owner.and_then(named).or_else(|| named(project))
    }

    pub(super) fn sector(&self, theirs: &str) -> Option<&Sector> {
        let found = self
            .sectors
            .iter()
            .find(|(known, _)| tidy(known) == tidy(theirs));
        found.map(|(_, sector)| sector)
    }
}

fn tidy(text: &str) -> String {
    text.trim().to_lowercase()
}
