//! Writing one item: fields go in, and what is missing stops it.

use countersign_protocol::period::Day;
use serde_json::{Map, Value, json};

use crate::frame::{Drawn, Item, Stopped};

/// An item in the writing.
pub(crate) struct Pen {
    key: String,
    group: String,
    body: Map<String, Value>,
    stopped: Vec<Stopped>,
    is_shared: bool,
}

impl Pen {
    pub(crate) fn new(key: impl Into<String>) -> Self {
        let key = key.into();
        Self {
            group: key.clone(),
            key,
            body: Map::new(),
            stopped: Vec::new(),
            is_shared: false,
        }
    }

    /// The same as one that several projects draw.
    pub(crate) const fn shared(mut self) -> Self {
        self.is_shared = true;
        self
    }

    /// A field where it is known; left out else.
    pub(crate) fn may<T: Into<Value>>(&mut self, field: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(field, value);
        }
    }

    /// A reference to another item.
    pub(crate) fn refer(&mut self, field: &str, key: &str) {
        self.put(field, reference(key));
    }

    /// The same as one of a group.
    pub(crate) fn in_group(mut self, group: String) -> Self {
        self.group = group;
        self
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A field that is known, or is to be empty.
    pub(crate) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.body.insert(field.to_owned(), value.into());
    }

    /// A field that must be known.
    pub(crate) fn must<T: Into<Value>>(&mut self, field: &str, value: Result<T, String>) {
        match value {
            Ok(value) => self.put(field, value),
            Err(why) => self.stop(field, why),
        }
    }

    /// A field that must have words.
    pub(crate) fn must_have<T: Into<Value>>(&mut self, field: &str, value: Option<T>, why: &str) {
        self.must(field, value.ok_or_else(|| why.to_owned()));
    }

    /// The item can not be sent.
    pub(crate) fn stop(&mut self, field: &str, why: impl Into<String>) {
        self.stopped.push(Stopped {
            key: self.key.clone(),
            group: self.group.clone(),
            field: field.to_owned(),
            why: why.into(),
        });
    }

    /// Into the drawing, as an item or as what stopped it.
    pub(crate) fn finish(self, drawn: &mut Drawn, kind: &'static str, order: u16) {
        if !self.stopped.is_empty() {
            drawn.stopped.extend(self.stopped);
            return;
        }
        drawn.items.push(Item {
            key: self.key,
            kind,
            order,
            group: self.group,
            body: self.body.into(),
            is_shared: self.is_shared,
        });
    }
}

/// A reference to another item.
pub(crate) fn reference(key: &str) -> Value {
    json!({"$ref": key})
}

/// A day, as CAD Trust writes it.
pub(crate) fn day(time_ms: u64) -> String {
    Day::of_ms(time_ms).to_string()
}
