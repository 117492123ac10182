//! Forms with words in them that are filled from a step.

use serde_json::{Map, Value};

use crate::arrival::Missing;

/// Fills a template: `$word` becomes what `of` gives for the word. A field without a value is left out, with what is empty by it, and
/// noted by its place (JSON Pointer, RFC 6901).
pub(super) fn filled(
    template: &Value,
    of: &impl Fn(&str) -> Option<Value>,
    missing: &mut Vec<Missing>,
) -> Value {
    fill(template, String::new(), of, missing).unwrap_or_else(|| Value::Object(Map::new()))
}

fn fill(
    template: &Value,
    place: String,
    of: &impl Fn(&str) -> Option<Value>,
    missing: &mut Vec<Missing>,
) -> Option<Value> {
    match template {
        Value::String(text) => {
            let Some(word) = text.strip_prefix('$') else {
                return Some(template.clone());
            };
            let value = of(word);
            if value.is_none() {
                missing.push(Missing {
                    field: place,
                    why: "the platform does not give it".to_owned(),
                });
            }
            value
        }
        Value::Object(fields) => {
            let filled: Map<String, Value> = fields
                .iter()
                .filter_map(|(name, field)| {
                    let value = fill(field, format!("{place}/{name}"), of, missing)?;
                    Some((name.clone(), value))
                })
                .collect();
            (!filled.is_empty()).then_some(filled.into())
        }
        Value::Array(all) => {
            let filled: Vec<Value> = all
                .iter()
                .enumerate()
                .filter_map(|(at, it)| fill(it, format!("{place}/{at}"), of, missing))
                .collect();
            (!filled.is_empty()).then_some(filled.into())
        }
        other => Some(other.clone()),
    }
}
