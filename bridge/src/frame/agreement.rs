//! Field by field, what is here and what is there: of one item, as the bridge last saw it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::{Difference, compare};
use super::item::REF;
use super::store::{ItemState, Kept};

/// The most fields of one item that are shown.
pub const FIELDS_MAX: usize = 200;

/// A field of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldState {
    /// The field, as a JSON Pointer (RFC 6901) into the item.
    pub field: String,
    /// What we want; empty where it is to be absent. One of our keys stands for an id of the other side.
    pub ours: String,
    /// What is there, as far as it was seen; empty where it is absent.
    pub theirs: String,
    /// Whether both are the same.
    pub agrees: bool,
}

/// The fields of an item, those that do not agree first. At most [`FIELDS_MAX`].
#[must_use]
pub fn fields(kept: &Kept) -> Vec<FieldState> {
    let (ours, seen) = (parsed(kept.body.as_deref()), parsed(kept.agreed.as_deref()));
    let differing = match kept.state {
        ItemState::Agreed => Vec::new(),
        ItemState::Differs => kept.differences.clone(),
        _ => compare(&ours, &seen).differences,
    };
    // What is nowhere yet differs in everything.
    let is_nowhere = kept.agreed.is_none() && kept.state != ItemState::Differs;
    let mut leaves = BTreeMap::new();
    flatten(&ours, String::new(), &mut leaves);
    let mut shown: Vec<FieldState> = Vec::new();
    if !is_nowhere {
        shown.extend(differing.iter().map(told));
    }
    let is_told = |field: &str| differing.iter().any(|it| is_in(field, &it.field));
    for (field, ours) in leaves {
        let theirs = if is_nowhere {
            String::new()
        } else {
            ours.clone()
        };
        if is_nowhere || !is_told(&field) {
            let agrees = !is_nowhere;
            shown.push(FieldState {
                field,
                ours,
                theirs,
                agrees,
            });
        }
    }
    shown.truncate(FIELDS_MAX);
    shown
}

fn told(it: &Difference) -> FieldState {
    FieldState {
        field: it.field.clone(),
        ours: it.ours.clone(),
        theirs: it.theirs.clone(),
        agrees: false,
    }
}

/// Whether a field is another one, or lies in it.
fn is_in(field: &str, other: &str) -> bool {
    let rest = field.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn parsed(text: Option<&str>) -> Value {
    text.and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default()
}

/// Every value that has no parts, by its place.
fn flatten(value: &Value, at: String, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(key)) = map.get(REF) {
                out.insert(at, key.clone());
                return;
            }
            for (name, value) in map.iter().filter(|(name, _)| !name.starts_with('$')) {
                flatten(value, format!("{at}/{name}"), out);
            }
        }
        Value::Array(all) => {
            for (place, value) in all.iter().enumerate() {
                flatten(value, format!("{at}/{place}"), out);
            }
        }
        Value::Null => {}
        Value::String(text) => drop(out.insert(at, text.clone())),
        other => drop(out.insert(at, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(state: ItemState, body: &str, agreed: Option<&str>) -> Kept {
        Kept {
            key: "project/1".to_owned(),
            kind: "project".to_owned(),
            state,
            cause: None,
            body: Some(body.to_owned()),
            agreed: agreed.map(str::to_owned),
            theirs: None,
            differences: Vec::new(),
        }
    }

    fn shown(kept: &Kept) -> Vec<(String, String, String, bool)> {
        let all = fields(kept).into_iter();
        all.map(|it| (it.field, it.ours, it.theirs, it.agrees))
            .collect()
    }

    fn row(field: &str, ours: &str, theirs: &str, agrees: bool) -> (String, String, String, bool) {
        (field.to_owned(), ours.to_owned(), theirs.to_owned(), agrees)
    }

    const BODY: &str = r#"{"name": "A", "at": {"$ref": "place/1"}, "parts": [{"$key": "x", "n": 1}], "none": null}"#;

    #[test]
    fn what_agrees_is_shown_with_both_sides_and_keys_stand_for_ids() {
        let wanted = [
            row("/at", "place/1", "place/1", true),
            row("/name", "A", "A", true),
            row("/parts/0/n", "1", "1", true),
        ];
        assert_eq!(shown(&kept(ItemState::Agreed, BODY, Some(BODY))), wanted);
    }

    #[test]
    fn what_is_to_change_comes_first_and_what_is_nowhere_has_no_other_side() {
        let changed = BODY.replace("\"A\"", "\"B\"");
        let due = shown(&kept(ItemState::Due, &changed, Some(BODY)));
        assert_eq!(due.first(), Some(&row("/name", "B", "A", false)));
        assert_eq!(due.len(), 3);
        let new = shown(&kept(ItemState::Due, BODY, None));
        assert!(
            new.iter()
                .all(|(_, _, theirs, agrees)| theirs.is_empty() && !agrees)
        );
    }

    #[test]
    fn what_somebody_changed_there_is_shown_as_it_was_found() {
        let mut differs = kept(ItemState::Differs, BODY, Some(BODY));
        differs.differences = vec![Difference {
            field: "/parts/0".to_owned(),
            ours: "1".to_owned(),
            theirs: "2".to_owned(),
        }];
        let wanted = [
            row("/parts/0", "1", "2", false),
            row("/at", "place/1", "place/1", true),
            row("/name", "A", "A", true),
        ];
        assert_eq!(shown(&differs), wanted);
    }
}
