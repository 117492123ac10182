//! Values of a permission file, each taken with its type and limits checked and its line noted.

use super::action::Action;
use super::problem::Problem;
use super::read::ID_BYTES_MAX;
use crate::text::excerpt;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Collects what is wrong while values are taken out.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub(super) problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, at: usize, message: String, mend: &str) {
        let before = self.text.as_bytes().iter().take(at);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        self.problems.push(Problem {
            line,
            message,
            mend: mend.to_owned(),
        });
    }

    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let message = format!("{:?} means nothing here", excerpt(key.get_ref()));
                let mend = format!("the keys are {}", known.join(", "));
                self.note(key.span().start, message, &mend);
            }
        }
    }

    pub(super) fn array<'a>(&mut self, value: &'a Value<'a>, max: usize) -> Vec<&'a Value<'a>> {
        match value.get_ref() {
            DeValue::Array(list) if list.len() <= max => list.iter().collect(),
            DeValue::Array(list) => {
                let message = format!("the list has {} entries", list.len());
                self.note(value.span().start, message, &format!("keep to {max}"));
                Vec::new()
            }
            other => {
                self.mistyped(value, other, "a list");
                Vec::new()
            }
        }
    }

    pub(super) fn table<'a>(&mut self, value: &'a Value<'a>) -> Option<&'a DeTable<'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => {
                self.mistyped(value, other, "a table");
                None
            }
        }
    }

    pub(super) fn text_of(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() && text.len() <= 2 * ID_BYTES_MAX + 1 => {
                Some(text.clone().into_owned())
            }
            DeValue::String(text) => {
                let message = format!("{:?} is empty or too long", excerpt(text));
                self.note(value.span().start, message, "write a short word");
                None
            }
            other => {
                self.mistyped(value, other, "a text in quotation marks");
                None
            }
        }
    }

    fn mistyped(&mut self, value: &Value<'_>, found: &DeValue<'_>, wanted: &str) {
        let message = format!("here stands the type {}", found.type_str());
        self.note(value.span().start, message, &format!("give {wanted}"));
    }

    pub(super) fn actions(&mut self, list: &Value<'_>) -> Vec<(usize, Action)> {
        let mut found = Vec::new();
        for value in self.array(list, Action::ALL.len()) {
            let Some(word) = self.text_of(value) else {
                continue;
            };
            match Action::from_str(&word) {
                Ok(action) => found.push((value.span().start, action)),
                Err(error) => self.note(value.span().start, error.to_string(), "mend the word"),
            }
        }
        found
    }
}
