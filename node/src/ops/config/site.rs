//! `[site]`: what a country sets about its pages.

use std::fmt::{self, Write};
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::print::quoted;
use super::read::{Fault, Parsed};
use super::words::Words;
use crate::web::{Colour, LANGUAGES, Wording};

/// What the pages say in the country's own words, and how they look. What is absent follows from the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteConfig {
    /// The name of the registry at the top of every page.
    pub title: Wording,
    /// Who keeps it.
    pub authority: Wording,
    /// A paragraph on the first page.
    pub welcome: Wording,
    /// How the authority is reached.
    pub contact: Wording,
    /// The colour of the head of every page and of buttons.
    pub colour: Option<Colour>,
    /// A PNG or SVG with the country's emblem, relative to the data folder.
    pub logo: Option<PathBuf>,
}

/// The longest text, in bytes.
const LINE_MAX: usize = 500;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteSection {
    title: Option<Spanned<Words<LINE_MAX>>>,
    authority: Option<Spanned<Words<LINE_MAX>>>,
    welcome: Option<Spanned<Words<LINE_MAX>>>,
    contact: Option<Spanned<Words<LINE_MAX>>>,
    colour: Option<Parsed<Colour>>,
    logo: Option<PathBuf>,
}

fn wording(text: &str, words: Option<Spanned<Words<LINE_MAX>>>) -> Result<Wording, Fault> {
    let Some(words) = words else {
        return Ok(Wording::default());
    };
    let span = words.span();
    match words.into_inner() {
        Words::Plain(Parsed(line)) => Ok(Wording::plain(line.to_string())),
        Words::ByLanguage(lines) => {
            let strange = lines.keys().find(|it| !LANGUAGES.contains(&it.as_str()));
            if let Some(strange) = strange {
                let known = LANGUAGES.join(", ");
                let why = format!("there are no pages in {strange:?}; write one of {known}");
                return Err(Fault::at(text, span, why));
            }
            let lines = lines.into_iter();
            Ok(Wording(
                lines
                    .map(|(language, line)| (language, line.0.to_string()))
                    .collect(),
            ))
        }
    }
}

impl SiteSection {
    pub(super) fn check(self, text: &str) -> Result<SiteConfig, Fault> {
        Ok(SiteConfig {
            title: wording(text, self.title)?,
            authority: wording(text, self.authority)?,
            welcome: wording(text, self.welcome)?,
            contact: wording(text, self.contact)?,
            colour: self.colour.map(|it| it.0),
            logo: self.logo,
        })
    }
}

impl SiteConfig {
    /// The section, unless it says nothing.
    pub(super) fn print(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        let Self {
            title,
            authority,
            welcome,
            contact,
            colour,
            logo,
        } = self;
        writeln!(out, "\n# What the pages say and how they look.\n[site]")?;
        for (name, Wording(lines)) in [
            ("title", title),
            ("authority", authority),
            ("welcome", welcome),
            ("contact", contact),
        ] {
            if lines.is_empty() {
                continue;
            }
            let mut table = String::new();
            for (language, line) in lines {
                let comma = if table.is_empty() { "" } else { ", " };
                write!(table, "{comma}{language} = {}", quoted(line))?;
            }
            writeln!(out, "{name} = {{ {table} }}")?;
        }
        if let Some(colour) = colour {
            writeln!(out, "colour = {}", quoted(colour))?;
        }
        if let Some(logo) = logo {
            writeln!(out, "logo = {}", quoted(logo.display()))?;
        }
        Ok(())
    }
}
