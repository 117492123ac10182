//! Forms: the part of JSON Schema 2020-12 that forms need, checked the same way on every machine and for ever.
//!
//! A general validator is no part of a ledger's rules: it hashes with a random seed, counts in floating point and changes
//! its mind from release to release. [`Schema::to_json`] gives the standard form, so that any validator can be held
//! against this one (a test does). Two habits differ from the standard's defaults and are written out there: fields that
//! a form does not name are refused, and texts and lists have a greatest length. Whole numbers are written without a
//! point; other numbers are texts of format `decimal`, so that no digit is lost.

use super::model::Label;
use super::schema_json::{example, to_json};
use crate::project::{self, Geometry};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The greatest length of a text whose schema names none, in characters.
pub const TEXT_CHARS_MAX: u64 = 10_000;
/// The greatest length of a list whose schema names none.
pub const ITEMS_MAX: u64 = 1_000;
/// The most errors reported for one instance.
const ERRORS_MAX: usize = 100;

/// A form's schema; its root is an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    pub(super) root: Node,
    /// The fragment that it includes, if it does.
    pub(super) fragment: Option<&'static str>,
}

/// One value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What people read beside it.
    pub title: Label,
    /// What it may be.
    pub kind: Kind,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Named fields.
    Object {
        /// The fields, in the order of the file.
        fields: Vec<Field>,
        /// Whether other fields may stand beside them.
        open: bool,
    },
    /// A list.
    Array {
        /// What each item is.
        items: Box<Node>,
        /// The least number of items.
        min: u64,
        /// The greatest number of items.
        max: u64,
        /// Whether no item may come twice.
        unique: bool,
        /// The fields of an item that name it: no two items of the list have the same. Empty where items have no name.
        key: Vec<String>,
    },
    /// A text.
    Text {
        /// The least length in characters.
        min: u64,
        /// The greatest length in characters.
        max: u64,
        /// What it must look like.
        format: Option<Format>,
        /// The texts that are allowed; empty for all.
        choices: Vec<String>,
    },
    /// A whole number.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// Yes or no.
    Boolean,
    /// A point or an outline on the map, as GeoJSON (RFC 7946).
    Geometry,
}

/// A named field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its value.
    pub node: Node,
}

/// What a text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `2026-11-23`, a day that exists.
    Date,
    /// `2026-11-23T10:00:00Z`.
    DateTime,
    /// A decimal number such as `-12.50`.
    Decimal,
    /// Something with one `@` inside.
    Email,
    /// An address on the web.
    Uri,
}

impl Format {
    /// Every format with its word.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Date, "date"),
        (Self::DateTime, "date-time"),
        (Self::Decimal, "decimal"),
        (Self::Email, "email"),
        (Self::Uri, "uri"),
    ];

    /// The word that a schema uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Decimal => "decimal",
            Self::Email => "email",
            Self::Uri => "uri",
        }
    }

    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Date => "2026-01-01",
            Self::DateTime => "2026-01-01T00:00:00Z",
            Self::Decimal => "1.5",
            Self::Email => "office@example.org",
            Self::Uri => "https://example.org",
        }
    }

    fn holds(self, text: &str) -> bool {
        match self {
            Self::Date => format!("{text}T00:00:00Z").parse::<Timestamp>().is_ok(),
            Self::DateTime => text.parse::<Timestamp>().is_ok(),
            Self::Decimal => is_decimal(text),
            Self::Email => {
                let mut parts = text.split('@');
                let mut part = || parts.next().is_some_and(|part| !part.is_empty());
                part() && part() && parts.next().is_none() && !text.contains(char::is_whitespace)
            }
            Self::Uri => {
                let rest = text
                    .strip_prefix("https://")
                    .or_else(|| text.strip_prefix("http://"));
                rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
            }
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

/// What is wrong with one value of a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormError {
    /// The value, as a JSON Pointer (RFC 6901); empty for the whole form.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub message: String,
    /// Whether nothing is wrong but that the value is not there yet.
    pub is_missing: bool,
}

impl FormError {
    /// A value that is wrong.
    #[must_use]
    pub const fn wrong(pointer: String, message: String) -> Self {
        Self {
            pointer,
            message,
            is_missing: false,
        }
    }

    /// A value that is not there.
    #[must_use]
    pub const fn missing(pointer: String, message: String) -> Self {
        Self {
            pointer,
            message,
            is_missing: true,
        }
    }
}

impl std::fmt::Display for FormError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() {
            "the form"
        } else {
            &self.pointer
        };
        write!(formatter, "{place}: {}", self.message)
    }
}

impl Schema {
    /// The fields of the form, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match &self.root.kind {
            Kind::Object { fields, .. } => fields,
            _ => &[],
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// Everything that is wrong with an instance; empty when it is right. At most 100 errors.
    #[must_use]
    pub fn errors(&self, instance: &Value) -> Vec<FormError> {
        let mut errors = Vec::new();
        check(&self.root, instance, "", &mut errors);
        if self.fragment == Some(project::FRAGMENT) {
            errors.extend(project::faults(instance));
        }
        errors.truncate(ERRORS_MAX);
        errors
    }

    /// The fragment that the form includes, by its name with version.
    #[must_use]
    pub const fn fragment(&self) -> Option<&'static str> {
        self.fragment
    }

    /// The smallest instance that is right: every required field with the least that is allowed.
    #[must_use]
    pub fn example(&self) -> Value {
        example(&self.root, 0)
    }

    /// The schema in the standard's own form, with titles in one language.
    #[must_use]
    pub fn to_json(&self, language: &str) -> Value {
        let mut schema = to_json(&self.root, language);
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema
    }
}

fn check(node: &Node, value: &Value, pointer: &str, errors: &mut Vec<FormError>) {
    if errors.len() >= ERRORS_MAX {
        return;
    }
    let mut wrong = |message: String| {
        errors.push(FormError::wrong(pointer.to_owned(), message));
    };
    match (&node.kind, value) {
        (Kind::Object { fields, open }, Value::Object(found)) => {
            check_object(fields, *open, found, pointer, errors);
        }
        (
            Kind::Array {
                items,
                min,
                max,
                unique,
                key,
            },
            Value::Array(found),
        ) => {
            let count = found.len() as u64;
            if count < *min || count > *max {
                wrong(format!("has {count} items; give {min} to {max}"));
            }
            if *unique
                && found
                    .iter()
                    .enumerate()
                    .any(|(at, item)| found[..at].contains(item))
            {
                wrong("has an item twice; give each once".to_owned());
            }
            if let Some((at, first)) = repeated(found, key) {
                let what = key.join(" and ");
                let message = format!("has the {what} of item {first}; give each once");
                errors.push(FormError::wrong(format!("{pointer}/{at}"), message));
            }
            for (at, item) in found.iter().enumerate() {
                check(items, item, &format!("{pointer}/{at}"), errors);
            }
        }
        (
            Kind::Text {
                min,
                max,
                format,
                choices,
            },
            Value::String(text),
        ) => {
            let count = text.chars().count() as u64;
            if count < *min || count > *max {
                wrong(format!("has {count} characters; give {min} to {max}"));
            } else if !choices.is_empty() && !choices.contains(text) {
                wrong(format!(
                    "is none of the choices; give one of {}",
                    choices.join(", ")
                ));
            } else if let Some(format) = format.filter(|format| !format.holds(text)) {
                wrong(format!(
                    "is no {}; write it as {}",
                    format.word(),
                    format.example()
                ));
            }
        }
        (Kind::Integer { min, max }, Value::Number(number)) => {
            if !number
                .as_i64()
                .is_some_and(|number| (*min..=*max).contains(&number))
            {
                wrong(format!(
                    "is no whole number from {min} to {max}; give one, without a point"
                ));
            }
        }
        (Kind::Boolean, Value::Bool(_)) => {}
        (Kind::Geometry, value) => {
            errors.extend(Geometry::read(value, pointer).err().into_iter().flatten());
        }
        (kind, _) => wrong(format!("is not {}; give one", kind.noun())),
    }
}

/// The first item that has the key of an earlier one, and that one's place.
fn repeated(items: &[Value], key: &[String]) -> Option<(usize, usize)> {
    if key.is_empty() {
        return None;
    }
    let mut seen = BTreeMap::new();
    items.iter().enumerate().find_map(|(at, item)| {
        let parts = key.iter().map(|name| item.get(name).map(Value::to_string));
        let first = *seen.entry(parts.collect::<Vec<_>>()).or_insert(at);
        (first != at).then_some((at, first))
    })
}

fn check_object(
    fields: &[Field],
    open: bool,
    found: &Map<String, Value>,
    pointer: &str,
    errors: &mut Vec<FormError>,
) {
    let place = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    for field in fields {
        match found.get(&field.name) {
            Some(value) => check(&field.node, value, &place(&field.name), errors),
            None if field.required => errors.push(FormError::missing(
                place(&field.name),
                "is missing; fill it in".to_owned(),
            )),
            None => {}
        }
    }
    let known = |name: &String| fields.iter().any(|field| &field.name == name);
    for name in found
        .keys()
        .filter(|name| !open && !known(name))
        .take(ERRORS_MAX)
    {
        let message = "is no field of this form; take it out".to_owned();
        errors.push(FormError::wrong(place(name), message));
    }
}

impl Kind {
    const fn noun(&self) -> &'static str {
        match self {
            Self::Object { .. } => "a group of fields",
            Self::Array { .. } => "a list",
            Self::Text { .. } => "a text",
            Self::Integer { .. } => "a whole number",
            Self::Boolean => "true or false",
            Self::Geometry => "a GeoJSON geometry",
        }
    }
}
