//! Schemas in the standard's own form, and examples of them.

use super::schema::{Kind, Node};
use serde_json::{Map, Value, json};

/// The smallest value that is right. `at` makes the items of one list differ, for lists that ask it.
pub(super) fn example(node: &Node, at: u64) -> Value {
    match &node.kind {
        Kind::Object { fields, .. } => {
            let required = fields.iter().filter(|field| field.required);
            let filled = required.map(|field| (field.name.clone(), example(&field.node, at)));
            Value::Object(filled.collect())
        }
        Kind::Array { items, min, .. } => (0..*min).map(|at| example(items, at)).collect(),
        Kind::Text {
            min,
            max,
            format,
            choices,
        } => {
            let count = choices.len() as u64;
            if let Some(choice) = usize::try_from(at % count.max(1))
                .ok()
                .and_then(|at| choices.get(at))
            {
                return json!(choice);
            }
            if let Some(format) = format {
                return json!(format.example());
            }
            let length = usize::try_from((*min).max(5).min(*max)).unwrap_or_default();
            let letters = format!("{at:x>length$}");
            json!(letters.chars().take(length).collect::<String>())
        }
        Kind::Integer { min, max } => {
            let least = if (*min..=*max).contains(&1) { 1 } else { *min };
            json!(least.saturating_add_unsigned(at).min(*max))
        }
        Kind::Boolean => json!(true),
        Kind::Geometry => json!({"type": "Point", "coordinates": [0, 0]}),
    }
}

/// A node in the standard's own form.
pub(super) fn to_json(node: &Node, language: &str) -> Value {
    let mut schema = match &node.kind {
        Kind::Object { fields, open } => {
            let properties = fields
                .iter()
                .map(|field| (field.name.clone(), to_json(&field.node, language)));
            let required: Vec<&String> = fields
                .iter()
                .filter(|field| field.required)
                .map(|field| &field.name)
                .collect();
            json!({"type": "object", "properties": properties.collect::<Map<_, _>>(), "required": required, "additionalProperties": open})
        }
        Kind::Array {
            items,
            min,
            max,
            unique,
            key,
        } => {
            let mut schema = json!({"type": "array", "items": to_json(items, language), "minItems": min, "maxItems": max, "uniqueItems": unique});
            if !key.is_empty() {
                schema["x-key"] = json!(key);
            }
            schema
        }
        Kind::Text {
            min,
            max,
            format,
            choices,
        } => {
            let mut schema = json!({"type": "string", "minLength": min, "maxLength": max});
            if let Some(format) = format {
                schema["format"] = json!(format.word());
            }
            if !choices.is_empty() {
                schema["enum"] = json!(choices);
            }
            schema
        }
        Kind::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Geometry => json!({
            "type": "object",
            "format": "geojson",
            "required": ["type", "coordinates"],
            "properties": {"type": {"enum": ["Point", "Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
        }),
    };
    let title = node.title.get(language);
    if !title.is_empty() {
        schema["title"] = json!(title);
    }
    schema
}
