//! What a country calls something: one text, or one for each language.

use std::collections::BTreeMap;

use countersign_protocol::id::Text;
use serde::Deserialize;

use super::read::Parsed;

/// The text, at most `MAX` bytes long in each language.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "write a text, or one for each language: { en = \"...\", fr = \"...\" }"
)]
pub(super) enum Words<const MAX: usize> {
    Plain(Parsed<Text<MAX>>),
    ByLanguage(BTreeMap<String, Parsed<Text<MAX>>>),
}
