//! Reading a table of a process file key by key: every mistake is noted with its place, and reading goes on.

use super::super::model::Id;
use super::super::problem::ProblemKind;
use super::notes::Notes;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest id, in characters.
pub const ID_CHARS_MAX: usize = 48;
/// The longest label, in characters.
pub const LABEL_CHARS_MAX: usize = 200;
/// The longest list of ids.
pub const LIST_MAX: usize = 64;

/// A table that is being read.
pub(super) struct Table<'a, 'n> {
    pub(super) notes: &'n mut Notes,
    pub(super) path: String,
    table: &'a DeTable<'a>,
    start: usize,
    read: BTreeSet<&'static str>,
}

impl<'a, 'n> Table<'a, 'n> {
    pub(super) fn new(
        notes: &'n mut Notes,
        path: String,
        table: &'a DeTable<'a>,
        start: usize,
    ) -> Self {
        notes.place(&path, start);
        Self {
            notes,
            path,
            table,
            start,
            read: BTreeSet::new(),
        }
    }

    /// The path of a key of this table.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(super) fn wrong(&mut self, kind: ProblemKind, key: &str, message: String, mend: &str) {
        let path = self.key(key);
        self.notes.on(kind, &path, message, mend.to_owned());
    }

    /// The value of a key, if the key is there.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.read.insert(key);
        let value = self.table.get(key)?;
        let path = self.key(key);
        self.notes.place(&path, value.span().start);
        Some(value)
    }

    pub(super) fn missing(&mut self, key: &'static str) {
        let path = self.key(key);
        let start = self.start;
        self.notes.at(
            ProblemKind::MissingKey,
            start,
            &path,
            format!("{key:?} is missing"),
            format!("add {key} = ..."),
        );
    }

    pub(super) fn mistyped(&mut self, key: &str, found: &DeValue<'_>, wanted: &str) {
        let message = format!(
            "{key:?} is {} {}",
            article(found.type_str()),
            found.type_str()
        );
        self.wrong(
            ProblemKind::WrongType,
            key,
            message,
            &format!("give {wanted}"),
        );
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) if bounded(text) => Some(text.clone().into_owned()),
            DeValue::String(_) => {
                let message = format!(
                    "{key:?} is empty, longer than {LABEL_CHARS_MAX} characters, or not on one line"
                );
                self.wrong(
                    ProblemKind::TooLarge,
                    key,
                    message,
                    "write a short text on one line",
                );
                None
            }
            other => {
                self.mistyped(key, other, "a text in quotation marks");
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// An id, required.
    pub(super) fn id(&mut self, key: &'static str) -> Id {
        let text = self.required_text(key);
        if !text.is_empty() {
            self.check_id(key, &text);
        }
        text
    }

    fn check_id(&mut self, key: &str, text: &str) {
        if !is_id(text) {
            let message = format!("{text:?} is no id");
            self.wrong(
                ProblemKind::BadValue,
                key,
                message,
                "write 1 to 48 characters out of a-z 0-9 - that begin with a letter",
            );
        }
    }

    /// A list of texts; absent is empty.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.mistyped(key, value.get_ref(), "a list in square brackets");
            return Vec::new();
        };
        if items.len() > LIST_MAX {
            self.wrong(
                ProblemKind::TooLarge,
                key,
                format!("{key:?} has {} entries", items.len()),
                "give at most 64",
            );
            return Vec::new();
        }
        let mut texts: Vec<String> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{}.{at}", self.key(key));
            self.notes.place(&path, item.span().start);
            match item.get_ref() {
                DeValue::String(text)
                    if bounded(text) && !texts.iter().any(|known| known == text) =>
                {
                    texts.push(text.clone().into_owned());
                }
                DeValue::String(text) => {
                    let message = format!("{text:?} is empty, too long, or listed twice");
                    self.notes.on(
                        ProblemKind::BadValue,
                        &path,
                        message,
                        "give each text once".to_owned(),
                    );
                }
                other => {
                    let message = format!(
                        "an entry of {key:?} is {} {}",
                        article(other.type_str()),
                        other.type_str()
                    );
                    self.notes.on(
                        ProblemKind::WrongType,
                        &path,
                        message,
                        "give texts in quotation marks".to_owned(),
                    );
                }
            }
        }
        texts
    }

    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        match self.value(key).map(Spanned::get_ref) {
            Some(DeValue::Boolean(flag)) => *flag,
            Some(other) => {
                self.mistyped(key, other, "true or false");
                false
            }
            None => false,
        }
    }

    pub(super) fn integer(
        &mut self,
        key: &'static str,
        allowed: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.value(key)?.get_ref();
        let DeValue::Integer(number) = value else {
            self.mistyped(key, value, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let allowed_number = number.filter(|number| allowed.contains(number));
        if allowed_number.is_none() {
            let mend = format!("give {} to {}", allowed.start(), allowed.end());
            self.wrong(
                ProblemKind::BadValue,
                key,
                format!("{key:?} is out of range"),
                &mend,
            );
        }
        allowed_number
    }

    /// A list of whole numbers; absent is empty.
    pub(super) fn integers(&mut self, key: &'static str) -> Vec<i64> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.mistyped(key, value.get_ref(), "a list of whole numbers");
            return Vec::new();
        };
        let mut numbers = Vec::new();
        for item in items.iter().take(LIST_MAX) {
            match item.get_ref() {
                DeValue::Integer(number) => {
                    numbers.extend(i64::from_str_radix(number.as_str(), number.radix()).ok());
                }
                other => self.mistyped(key, other, "a list of whole numbers"),
            }
        }
        numbers
    }

    /// A whole number that fits `u32`.
    pub(super) fn count(&mut self, key: &'static str, max: u32) -> Option<u32> {
        self.integer(key, 1..=i64::from(max))
            .and_then(|number| u32::try_from(number).ok())
    }

    /// A table under a key, if it is there.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Table<'a, '_>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                let path = self.key(key);
                Some(Table::new(self.notes, path, table, value.span().start))
            }
            other => {
                self.mistyped(key, other, "a table");
                None
            }
        }
    }

    /// Reads each table of a list, under a path made from its id.
    pub(super) fn each<T>(
        &mut self,
        key: &'static str,
        max: usize,
        mut read: impl FnMut(&mut Table<'a, '_>) -> T,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.mistyped(key, value.get_ref(), "a list of tables");
            return Vec::new();
        };
        if items.len() > max {
            self.wrong(
                ProblemKind::TooLarge,
                key,
                format!("{key:?} has {} entries", items.len()),
                &format!("give at most {max}"),
            );
            return Vec::new();
        }
        let mut all = Vec::new();
        let mut ids = BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            let DeValue::Table(table) = item.get_ref() else {
                self.mistyped(key, item.get_ref(), "a list of tables");
                continue;
            };
            let id = table.get("id").and_then(|id| id.get_ref().as_str());
            let path = format!(
                "{}.{}",
                self.key(key),
                id.map_or_else(|| at.to_string(), str::to_owned)
            );
            if let Some(id) = id.filter(|id| !ids.insert((*id).to_owned())) {
                let message = format!("the id {id:?} stands here a second time");
                self.notes.at(
                    ProblemKind::DuplicateId,
                    item.span().start,
                    &path,
                    message,
                    "give each thing its own id".to_owned(),
                );
            }
            let mut inner = Table::new(self.notes, path, table, item.span().start);
            all.push(read(&mut inner));
            inner.finish();
        }
        all
    }

    /// The keys of this table with their places, in the order of the file.
    pub(super) fn entries(&self) -> Vec<(&'a str, Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries
    }

    /// Notes every key that nothing asked for.
    pub(super) fn finish(&mut self) {
        for (key, span, _) in self.entries() {
            if !self.read.contains(key) {
                let known: Vec<&str> = self.read.iter().copied().collect();
                let path = self.key(key);
                let mend = format!("use one of {}", known.join(", "));
                self.notes.at(
                    ProblemKind::UnknownKey,
                    span.start,
                    &path,
                    format!("{key:?} means nothing here"),
                    mend,
                );
            }
        }
    }
}

pub(super) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= ID_CHARS_MAX
        && text.bytes().all(allowed)
        && text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

/// BCP 47 in the small: a language of two or three letters, with a script or country behind it.
pub(super) fn is_language(text: &str) -> bool {
    let primary = text.split('-').next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.len() <= 12
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

pub(super) fn bounded(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LABEL_CHARS_MAX && !text.contains(char::is_control)
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
