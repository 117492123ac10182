//! A country's own wording of a fragment's field: it may ask less and add fields, and never allow what the fragment does not.

use super::schema::{Field, Kind, Node};

/// Holds a field against the fragment's, and takes over the titles and keys that it leaves out.
///
/// # Errors
/// In words, where it is wider.
pub(super) fn narrow(own: &mut Node, base: &Node) -> Result<(), String> {
    if own.title.0.is_empty() {
        own.title = base.title.clone();
    }
    match (&mut own.kind, &base.kind) {
        (
            Kind::Object { fields, open },
            Kind::Object {
                fields: base_fields,
                open: base_open,
            },
        ) => {
            if *open && !base_open {
                return Err("it has room for any field".to_owned());
            }
            narrow_fields(fields, base_fields)
        }
        (
            Kind::Array {
                items,
                min,
                max,
                unique,
                key,
            },
            Kind::Array {
                items: base_items,
                min: base_min,
                max: base_max,
                unique: base_unique,
                key: base_key,
            },
        ) => {
            // What a list leaves out is as in the fragment.
            *unique |= base_unique;
            *min = (*min).max(*base_min);
            *max = (*max).min(*base_max);
            if key.is_empty() {
                key.clone_from(base_key);
            }
            if key != base_key {
                return Err("its x-key is another".to_owned());
            }
            narrow(items, base_items)
        }
        (
            Kind::Text {
                min,
                max,
                format,
                choices,
            },
            Kind::Text {
                min: base_min,
                max: base_max,
                format: base_format,
                choices: base_choices,
            },
        ) => {
            *min = (*min).max(*base_min);
            *max = (*max).min(*base_max);
            *format = format.or(*base_format);
            if base_format.is_some() && format != base_format {
                return Err("its format is another".to_owned());
            }
            let stranger = choices.iter().find(|choice| !base_choices.contains(choice));
            if let Some(stranger) = stranger.filter(|_| !base_choices.is_empty()) {
                return Err(format!(
                    "the choice {stranger:?} is not among the fragment's"
                ));
            }
            if choices.is_empty() {
                choices.clone_from(base_choices);
            }
            Ok(())
        }
        (
            Kind::Integer { min, max },
            Kind::Integer {
                min: base_min,
                max: base_max,
            },
        ) => {
            *min = (*min).max(*base_min);
            *max = (*max).min(*base_max);
            Ok(())
        }
        (Kind::Boolean, Kind::Boolean) | (Kind::Geometry, Kind::Geometry) => Ok(()),
        _ => Err("it is of another type".to_owned()),
    }
}

fn narrow_fields(own: &mut [Field], base: &[Field]) -> Result<(), String> {
    for known in base {
        let found = own.iter_mut().find(|field| field.name == known.name);
        match found {
            Some(field) => {
                if known.required && !field.required {
                    return Err(format!("{:?} must be required in it", known.name));
                }
                narrow(&mut field.node, &known.node)
                    .map_err(|why| format!("{:?} in it: {why}", known.name))?;
            }
            None if known.required => {
                return Err(format!("{:?} must be in it", known.name));
            }
            None => {}
        }
    }
    Ok(())
}
