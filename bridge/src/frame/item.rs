//! What a bridge wants to be at the other side: items with our keys, whose parts point at each other by our keys too.
//!
//! The body of an item is what the other side's API takes, with three marks in it. `{"$ref": KEY}` stands for the other side's
//! id of KEY. An object with `"$key": KEY` is a part of the item that has an id of its own there: it is sent with that id once
//! it is known, or it would be made a second time. An object with `"$use": KEY` is a copy of a part of another item, and must
//! carry its id.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

/// A reference to the other side's id of one of our keys.
pub(crate) const REF: &str = "$ref";
/// Our key of a part of the item itself.
pub(crate) const KEY: &str = "$key";
/// Our key of a part of another item.
pub(crate) const USE: &str = "$use";
/// Under which name parts carry the other side's id.
pub(crate) const ID: &str = "id";

/// A piece of the registry that is drawn at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What belongs to no project.
    Registry,
    /// A project and everything of it.
    Project(u32),
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry => out.write_str("registry"),
            Self::Project(number) => write!(out, "project/{number}"),
        }
    }
}

impl FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "registry" {
            return Ok(Self::Registry);
        }
        let number = text.strip_prefix("project/").and_then(|it| it.parse().ok());
        number.map(Self::Project).ok_or(())
    }
}

/// One thing that is to be at the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Our name of it: the same for ever.
    pub key: String,
    /// What it is there: the name of a table or resource.
    pub kind: &'static str,
    /// Its place in the order of sending: parents before children.
    pub order: u16,
    /// Items of one group are sent together or not at all: a range that shrinks goes with the range that was split off it.
    pub group: String,
    /// What the other side is to have, with the marks of this module.
    pub body: Value,
    /// Whether several scopes draw it, each the same; it is never taken away then, because nobody knows who else points at it.
    pub is_shared: bool,
}

/// Why a thing can not be sent: which field of it, and what is missing or has no word at the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The item's key.
    pub key: String,
    /// Its group, which waits with it.
    pub group: String,
    /// The field there.
    pub field: String,
    /// What is missing and where to give it.
    pub why: String,
}

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.field, self.why)
    }
}

/// Everything that a scope is to have at the other side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// What can be sent.
    pub items: Vec<Item>,
    /// What can not. An item that is not listed here and not among the items is to be taken away there.
    pub stopped: Vec<Stopped>,
    /// What was left out although the item is sent, such as a rating without a scale. For people to read.
    pub notes: Vec<Stopped>,
    /// Whether something was not known that items come from: what is not drawn then stays there as it is.
    pub is_partial: bool,
}

/// Our keys that must have an id before the item can be sent.
#[must_use]
pub fn needs(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(body, &mut |map| {
        for mark in [REF, USE] {
            if let Some(Value::String(key)) = map.get(mark) {
                found.insert(key.clone());
            }
        }
    });
    found
}

/// Our keys of the item's own parts.
#[must_use]
pub fn parts(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(body, &mut |map| {
        if let Some(Value::String(key)) = map.get(KEY) {
            found.insert(key.clone());
        }
    });
    found
}

fn visit(value: &Value, see: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            see(map);
            map.values().for_each(|it| visit(it, see));
        }
        Value::Array(all) => all.iter().for_each(|it| visit(it, see)),
        _ => {}
    }
}

/// The body with the other side's ids in it; marks of parts stay, for the comparison.
///
/// # Errors
/// The first key that must have an id and has none.
pub fn resolved(body: &Value, id_of: &impl Fn(&str) -> Option<String>) -> Result<Value, String> {
    match body {
        Value::Object(map) => {
            if let Some(Value::String(key)) = map.get(REF) {
                return id_of(key).map(Value::String).ok_or_else(|| key.clone());
            }
            let mut done = Map::new();
            for (name, value) in map {
                done.insert(name.clone(), resolved(value, id_of)?);
            }
            if let Some(Value::String(key)) = map.get(USE) {
                let id = id_of(key).ok_or_else(|| key.clone())?;
                done.insert(ID.to_owned(), Value::String(id));
            }
            if let Some(id) = map.get(KEY).and_then(Value::as_str).and_then(id_of) {
                done.insert(ID.to_owned(), Value::String(id));
            }
            Ok(Value::Object(done))
        }
        Value::Array(all) => all.iter().map(|it| resolved(it, id_of)).collect(),
        other => Ok(other.clone()),
    }
}

/// A resolved body without our marks: what goes over the wire.
#[must_use]
pub fn unmarked(body: &Value) -> Value {
    match body {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| !name.starts_with('$'));
            kept.map(|(name, value)| (name.clone(), unmarked(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(all) => all.iter().map(unmarked).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_go_where_the_marks_are_and_the_wire_sees_no_mark() {
        let body = json!({
            "at": {"$ref": "place"},
            "kept": [{"$key": "known", "n": 1}, {"$key": "new", "n": 2}],
            "copy": {"$use": "known", "n": 1},
        });
        assert_eq!(
            needs(&body),
            BTreeSet::from(["place".to_owned(), "known".to_owned()])
        );
        assert_eq!(
            parts(&body),
            BTreeSet::from(["known".to_owned(), "new".to_owned()])
        );
        let ids = |key: &str| matches!(key, "place" | "known").then(|| format!("id of {key}"));
        let sent = unmarked(&resolved(&body, &ids).unwrap());
        let wanted = json!({
            "at": "id of place",
            "kept": [{"id": "id of known", "n": 1}, {"n": 2}],
            "copy": {"id": "id of known", "n": 1},
        });
        assert_eq!(sent, wanted);
        assert_eq!(resolved(&body, &|_: &str| None), Err("place".to_owned()));
    }

    #[test]
    fn a_scope_reads_back_from_its_text() {
        for scope in [Scope::Registry, Scope::Project(7)] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert_eq!("project/x".parse::<Scope>(), Err(()));
    }
}
