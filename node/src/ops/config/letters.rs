//! `[letters]`: what stands on a country's letters.

use std::fmt::{self, Write};

use countersign_protocol::id::Text;
use serde::Deserialize;
use toml::Spanned;

use super::print::quoted;
use super::read::{Fault, Parsed};
use super::words::Words;
use crate::letters::LetterheadText;

/// The most lines of an address.
pub const ADDRESS_LINES_MAX: usize = 8;

/// The letterhead. What is absent follows from the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LettersConfig {
    /// The country, as its letters name it.
    pub country: Option<LetterheadText>,
    /// The authority that writes.
    pub ministry: Option<LetterheadText>,
    /// Lines under its name.
    pub address: Vec<String>,
    /// Where letters are signed.
    pub place: Option<LetterheadText>,
}

/// The longest line, in bytes.
const LINE_MAX: usize = 200;

type Line = Parsed<Text<LINE_MAX>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct LettersSection {
    country: Option<Words<LINE_MAX>>,
    ministry: Option<Words<LINE_MAX>>,
    #[serde(default)]
    address: Vec<Spanned<Line>>,
    place: Option<Words<LINE_MAX>>,
}

impl Words<LINE_MAX> {
    fn text(self) -> LetterheadText {
        match self {
            Self::Plain(Parsed(text)) => LetterheadText::Plain(text.to_string()),
            Self::ByLanguage(texts) => {
                let texts = texts.into_iter();
                let texts = texts.map(|(language, text)| (language, text.0.to_string()));
                LetterheadText::ByLanguage(texts.collect())
            }
        }
    }
}

impl LettersSection {
    pub(super) fn check(self, text: &str) -> Result<LettersConfig, Fault> {
        if let Some(extra) = self.address.get(ADDRESS_LINES_MAX) {
            let why = format!("an address has at most {ADDRESS_LINES_MAX} lines");
            return Err(Fault::at(text, extra.span(), why));
        }
        let lines = self.address.into_iter();
        Ok(LettersConfig {
            country: self.country.map(Words::text),
            ministry: self.ministry.map(Words::text),
            address: lines.map(|line| line.into_inner().0.to_string()).collect(),
            place: self.place.map(Words::text),
        })
    }
}

impl LettersConfig {
    /// The section, unless it says nothing.
    pub(super) fn print(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        let Self {
            country,
            ministry,
            address,
            place,
        } = self;
        writeln!(out, "\n# What stands on the country's letters.\n[letters]")?;
        for (name, words) in [
            ("country", country),
            ("ministry", ministry),
            ("place", place),
        ] {
            match words {
                None => {}
                Some(LetterheadText::Plain(text)) => writeln!(out, "{name} = {}", quoted(text))?,
                Some(LetterheadText::ByLanguage(texts)) => {
                    let mut table = String::new();
                    for (language, text) in texts {
                        let comma = if table.is_empty() { "" } else { ", " };
                        write!(table, "{comma}{} = {}", quoted(language), quoted(text))?;
                    }
                    writeln!(out, "{name} = {{ {table} }}")?;
                }
            }
        }
        if !address.is_empty() {
            let lines = address.iter().map(|line| quoted(line).to_string());
            let lines = lines.collect::<Vec<_>>().join(", ");
            writeln!(out, "address = [{lines}]")?;
        }
        Ok(())
    }
}
