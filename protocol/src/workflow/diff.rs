//! What changed between two versions of a form, field by field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{Kind, Node, Schema};

/// A field that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Where the field is in the newer version, as a JSON Pointer; where it was in the older one, if it is gone.
    pub pointer: String,
    /// Where it was in the older version, if it was there. Another place than `pointer` when its list was reordered.
    pub old_pointer: Option<String>,
    /// What people read beside it, from the outside in.
    pub label: String,
    /// The value before; `None` when the field is new.
    pub old: Option<Value>,
    /// The value after; `None` when the field is gone.
    pub new: Option<Value>,
}

/// Stands between the labels of groups and fields.
const WITHIN: &str = " > ";

impl Schema {
    /// What changed from one instance to another, in the order of the form, with labels in one language.
    ///
    /// Items of a list that has a key are the same item when their keys are equal, wherever they stand; items of a list in
    /// which each stands once are the same when they are equal; items of other lists by their place. An outline on the map
    /// changes as a whole.
    #[must_use]
    pub fn diff(&self, old: &Value, new: &Value, language: &str) -> Vec<FieldChange> {
        let mut walk = Walk {
            language,
            changes: Vec::new(),
        };
        let place = Place::default();
        walk.pair(Some(&self.root), &place, Some(old), Some(new));
        walk.changes
    }
}

struct Walk<'a> {
    language: &'a str,
    changes: Vec<FieldChange>,
}

/// Where a pair of values is.
#[derive(Clone, Default)]
struct Place {
    old: String,
    new: String,
    label: String,
}

impl Place {
    fn field(&self, name: &str, label: &str) -> Self {
        let token = name.replace('~', "~0").replace('/', "~1");
        Self {
            old: format!("{}/{token}", self.old),
            new: format!("{}/{token}", self.new),
            label: self.inner(label),
        }
    }

    fn item(&self, old: usize, new: usize, label: &str) -> Self {
        Self {
            old: format!("{}/{old}", self.old),
            new: format!("{}/{new}", self.new),
            label: self.inner(label),
        }
    }

    fn inner(&self, label: &str) -> String {
        if self.label.is_empty() {
            label.to_owned()
        } else {
            format!("{}{WITHIN}{label}", self.label)
        }
    }
}

impl Walk<'_> {
    fn pair(
        &mut self,
        node: Option<&Node>,
        place: &Place,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        if old == new {
            return;
        }
        let kind = node.map(|node| &node.kind);
        match (kind, old, new) {
            (Some(Kind::Geometry), ..) => self.note(place, old, new),
            (_, Some(Value::Object(_)), Some(Value::Object(_))) => {
                self.group(kind, place, old, new);
            }
            (_, Some(Value::Array(before)), Some(Value::Array(after))) => {
                self.list(kind, place, before, after);
            }
            _ => self.note(place, old, new),
        }
    }

    fn note(&mut self, place: &Place, old: Option<&Value>, new: Option<&Value>) {
        let pointer = if new.is_some() {
            &place.new
        } else {
            &place.old
        };
        self.changes.push(FieldChange {
            pointer: pointer.clone(),
            old_pointer: old.map(|_| place.old.clone()),
            label: place.label.clone(),
            old: old.cloned(),
            new: new.cloned(),
        });
    }

    fn group(
        &mut self,
        kind: Option<&Kind>,
        place: &Place,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let fields = match kind {
            Some(Kind::Object { fields, .. }) => fields.as_slice(),
            _ => &[],
        };
        let named = fields.iter().map(|field| field.name.as_str());
        let mut names: Vec<&str> = named.collect();
        let known: BTreeSet<&str> = names.iter().copied().collect();
        let keys = |value: Option<&'_ Value>| -> BTreeSet<String> {
            let keys = value
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|it| it.keys());
            keys.filter(|key| !known.contains(key.as_str()))
                .cloned()
                .collect()
        };
        let others: BTreeSet<String> = &keys(old) | &keys(new);
        names.extend(others.iter().map(String::as_str));
        for name in names {
            let node = fields.iter().find(|field| field.name == name);
            let node = node.map(|field| &field.node);
            let title = node.map_or("", |node| node.title.get(self.language));
            let label = if title.is_empty() { name } else { title };
            let value = |of: Option<&'_ Value>| of.and_then(|it| it.get(name)).cloned();
            let (before, after) = (value(old), value(new));
            self.pair(
                node,
                &place.field(name, label),
                before.as_ref(),
                after.as_ref(),
            );
        }
    }

    fn list(&mut self, kind: Option<&Kind>, place: &Place, before: &[Value], after: &[Value]) {
        let (items, key, unique) = match kind {
            Some(Kind::Array {
                items, key, unique, ..
            }) => (Some(items.as_ref()), key.as_slice(), *unique),
            _ => (None, [].as_slice(), false),
        };
        let names = |list: &[Value]| -> Option<Vec<String>> {
            let names = list.iter().map(|item| identity(item, key, unique));
            let names: Vec<String> = names.collect::<Option<_>>()?;
            let distinct: BTreeSet<&String> = names.iter().collect();
            (distinct.len() == names.len()).then_some(names)
        };
        let by_name = names(before).zip(names(after));
        let Some((old_names, new_names)) = by_name else {
            for at in 0..before.len().max(after.len()) {
                let inner = place.item(at, at, &(at + 1).to_string());
                self.pair(items, &inner, before.get(at), after.get(at));
            }
            return;
        };
        for (at, name) in old_names.iter().enumerate() {
            if !new_names.contains(name) {
                let inner = place.item(at, at, name);
                self.pair(items, &inner, before.get(at), None);
            }
        }
        for (at, name) in new_names.iter().enumerate() {
            let was = old_names.iter().position(|it| it == name);
            let inner = place.item(was.unwrap_or(at), at, name);
            self.pair(
                items,
                &inner,
                was.and_then(|was| before.get(was)),
                after.get(at),
            );
        }
    }
}

/// By what an item is known in its list; `None` when it is known by its place.
fn identity(item: &Value, key: &[String], unique: bool) -> Option<String> {
    if key.is_empty() {
        return unique.then(|| shown(item));
    }
    let parts = key
        .iter()
        .map(|name| item.get(name).map(shown).unwrap_or_default());
    Some(parts.collect::<Vec<_>>().join(" "))
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
