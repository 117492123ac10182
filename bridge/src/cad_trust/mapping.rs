//! The table of words: a file that comes with the program, and the country's own on top of it.

use std::collections::BTreeMap;

use countersign_protocol::log::leaf_hash;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use serde::Deserialize;

use super::words::Words;
use crate::frame::{MappingError, known_format, laid_over};

/// The table that comes with the program.
pub const DEFAULT_MAPPING: &str = include_str!("../../presets/cad-trust.toml");

/// Names, the best first; the first that a live list has is taken.
pub(crate) type Names = Vec<String>;

/// What the registry's words are at CAD Trust.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    format: i64,
    /// The version of the table.
    pub version: String,
    pub(crate) registry: RegistryWords,
    pub(crate) links: Links,
    #[serde(default)]
    pub(crate) organisation: Organisation,
    countries: BTreeMap<String, Names>,
    pub(crate) sectors: BTreeMap<String, Names>,
    pub(crate) project_types: BTreeMap<String, Names>,
    pub(crate) unit_types: BTreeMap<String, Names>,
    pub(crate) project_status: BTreeMap<String, Names>,
    pub(crate) coverage: BTreeMap<String, Names>,
    pub(crate) unit_status: BTreeMap<String, Names>,
    pub(crate) unit_reasons: BTreeMap<String, String>,
    pub(crate) adjustment: Adjustment,
    pub(crate) labels: BTreeMap<String, Names>,
    pub(crate) goals: BTreeMap<String, Names>,
    pub(crate) relations: BTreeMap<String, String>,
    pub(crate) raters: BTreeMap<String, Names>,
    #[serde(default)]
    pub(crate) bodies: BTreeMap<String, Names>,
    pub(crate) validation: BTreeMap<String, Names>,
    pub(crate) stakeholders: BTreeMap<String, Names>,
    pub(crate) aef: BTreeMap<String, Names>,
    #[serde(default)]
    submissions: BTreeMap<String, Vec<Submitted>>,
}

/// A submission in the agreed electronic format that was made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submitted {
    /// X.Y.
    pub(crate) version: String,
    /// The day.
    pub(crate) date: String,
}

/// What the registry is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistryWords {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) program: Option<String>,
    #[serde(default)]
    pub(crate) verification_approach: Option<String>,
    pub(crate) unit_metric: Names,
    pub(crate) issuance_methodology: Which,
    pub(crate) issuance_location: Which,
}

/// Which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    /// The only one; none where there are several.
    Only,
    /// The first, because the country says so.
    First,
}

impl Which {
    /// One of them.
    pub(crate) fn of<T>(self, all: &[T]) -> Option<&T> {
        match (self, all) {
            (Self::Only, [one]) => Some(one),
            (Self::Only, _) => None,
            (Self::First, all) => all.first(),
        }
    }
}

/// Where people read about things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Links {
    #[serde(default)]
    pub(crate) base: Option<String>,
}

/// The organisation at CAD Trust.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    #[serde(default)]
    pub(crate) create: bool,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) icon: Option<String>,
}

/// The two words of a corresponding adjustment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adjusted {
    pub(crate) declaration: Names,
    pub(crate) status: Names,
}

/// Corresponding adjustments, by what the ledger knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adjustment {
    #[serde(default)]
    pub(crate) reported_through: Option<u16>,
    pub(crate) not_authorised: Adjusted,
    pub(crate) authorised: Adjusted,
    pub(crate) first_transferred: Adjusted,
    pub(crate) reported: Adjusted,
}

impl Mapping {
    /// The program's table with the country's on top: a key of the country's takes the place of the same key.
    ///
    /// # Errors
    /// [`MappingError`] with the place where it can be named.
    pub fn parse(country: &str) -> Result<Self, MappingError> {
        let mapping: Self = laid_over(DEFAULT_MAPPING, country)?;
        known_format(mapping.format)?;
        mapping.check_submissions()?;
        Ok(mapping)
    }

    /// Years, versions and days that are none are told before anything runs.
    fn check_submissions(&self) -> Result<(), MappingError> {
        for (year, made) in &self.submissions {
            let is_year = year.parse::<u16>().is_ok_and(|it| it >= 2021);
            let is_good = |it: &Submitted| {
                let version = it.version.split_once('.');
                let is_number = |text: &str| text.parse::<u16>().is_ok();
                version.is_some_and(|(x, y)| is_number(x) && is_number(y))
                    && it.date.parse::<Day>().is_ok()
            };
            if !is_year || made.is_empty() || !made.iter().all(is_good) {
                let why = format!(
                    "[submissions] {year}: write {year} = [{{ version = \"1.0\", date = \"2025-12-15\" }}], with the year that was reported on"
                );
                return Err(MappingError::Unreadable(why));
            }
        }
        Ok(())
    }

    /// The submissions for a year, the oldest first.
    pub(crate) fn submissions(&self, year: u16) -> &[Submitted] {
        let found = self.submissions.get(&year.to_string());
        found.map_or(&[], Vec::as_slice)
    }

    /// SHA-256 of everything in it, as hex: another word is another drawing.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(leaf_hash(format!("{self:?}").as_bytes()))
    }

    /// A country's name in a list.
    pub(crate) fn country(
        &self,
        party: Party,
        list: &str,
        words: &Words,
    ) -> Result<String, String> {
        let mut names = self
            .countries
            .get(&party.to_string())
            .cloned()
            .unwrap_or_default();
        names.push(party.name().to_owned());
        words
            .choose(list, &names)
            .map_err(|why| format!("country {party}: {why}; name it in [countries]"))
    }

    /// A page about something.
    pub(crate) fn link(&self, path: &str) -> Result<String, String> {
        let base = self.links.base.as_deref();
        let base =
            base.ok_or("the mapping does not say where people read about it; give [links] base")?;
        Ok(format!("{}/{path}", base.trim_end_matches('/')))
    }

    /// What the registry is called.
    pub(crate) fn registry_name(&self) -> Result<String, String> {
        let name = self.registry.name.clone();
        name.ok_or_else(|| {
            "the mapping does not name this registry; give [registry] name".to_owned()
        })
    }
}

/// The word of a key in a table, as a live list has it; without a list the first name.
pub(crate) fn word(
    table: &BTreeMap<String, Names>,
    section: &str,
    key: &str,
    list: Option<&str>,
    words: &Words,
) -> Result<String, String> {
    let names = table
        .get(key)
        .ok_or_else(|| format!("{key:?} has no word in [{section}] of the mapping"))?;
    let chosen = match list {
        Some(list) => words.choose(list, names),
        None => names
            .first()
            .cloned()
            .ok_or_else(|| "no name is given".to_owned()),
    };
    chosen.map_err(|why| format!("{key:?} in [{section}]: {why}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn the_countrys_keys_take_the_place_of_the_programs_and_nothing_else_changes() {
        let own = "[registry]\nname = \"R\"\n[sectors]\n3 = [\"Mine\"]\n";
        let (mapping, default) = (Mapping::parse(own).unwrap(), Mapping::parse("").unwrap());
        assert_eq!(mapping.registry.name.as_deref(), Some("R"));
        assert_eq!(mapping.sectors["3"], ["Mine"]);
        assert_eq!(mapping.sectors["4"], default.sectors["4"]);
    }

    #[test]
    fn what_is_misspelt_is_refused_by_name() {
        let error = Mapping::parse("[sectorz]\n3 = [\"x\"]").unwrap_err();
        assert!(error.to_string().contains("sectorz"), "{error}");
        assert_eq!(
            Mapping::parse("format = 2").unwrap_err(),
            MappingError::Format(2)
        );
    }

    #[test]
    fn a_word_that_is_not_there_is_an_error_and_never_a_guess() {
        let mapping = Mapping::parse("").unwrap();
        let words = Words::of([("t", vec!["Wind".to_owned()])]);
        let of = |key: &str| {
            word(
                &mapping.project_types,
                "project_types",
                key,
                Some("t"),
                &words,
            )
        };
        assert_eq!(of("wind"), Ok("Wind".to_owned()));
        assert!(
            of("solar").unwrap_err().contains("live list"),
            "{:?}",
            of("solar")
        );
        assert!(of("other").unwrap_err().contains("[project_types]"));
    }
}
