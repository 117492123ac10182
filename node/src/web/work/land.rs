//! Places on the map in a form: GeoJSON (RFC 7946) from a file or pasted, or a point by its coordinates.

use serde_json::{Value, json};

use super::posted::Posted;

/// What a field's name ends with that takes a file, a latitude or a longitude.
const FILE: &str = "#file";
const LATITUDE: &str = "#lat";
const LONGITUDE: &str = "#lon";

/// The place that was given at a pointer: the file before what was pasted, and that before coordinates.
pub(super) fn read(pointer: &str, posted: &Posted) -> Option<Value> {
    let named = |end: &str| posted.given(&format!("{pointer}{end}"));
    if let Some(text) = named(FILE).or_else(|| posted.given(pointer)) {
        return Some(match serde_json::from_str(text) {
            Ok(value) => geometry(value),
            // It stays as it was typed, and the check says what is wrong.
            Err(_) => Value::String(text.to_owned()),
        });
    }
    let (latitude, longitude) = (named(LATITUDE), named(LONGITUDE));
    if latitude.is_none() && longitude.is_none() {
        return None;
    }
    let (latitude, longitude) = (latitude.unwrap_or_default(), longitude.unwrap_or_default());
    let point = coordinate(longitude).zip(coordinate(latitude));
    Some(match point {
        Some((x, y)) => json!({"type": "Point", "coordinates": [x, y]}),
        None => Value::String(format!("{latitude}, {longitude}")),
    })
}

/// A number as JSON keeps it, so that no digit is lost on the way.
fn coordinate(text: &str) -> Option<Value> {
    let plain = text.replace('−', "-");
    // A comma for the point, as most languages write it.
    let plain = if plain.contains('.') {
        plain
    } else {
        plain.replace(',', ".")
    };
    serde_json::from_str(&plain)
        .ok()
        .filter(|it: &Value| it.is_number())
}

/// The geometry in what map programs export: a feature, or a collection of one.
fn geometry(value: Value) -> Value {
    let kind = value.get("type").and_then(Value::as_str);
    let within = match kind {
        Some("Feature") => value.get("geometry"),
        Some("FeatureCollection") => {
            let features = value.get("features").and_then(Value::as_array);
            let only = features
                .filter(|it| it.len() == 1)
                .and_then(|it| it.first());
            only.and_then(|it| it.get("geometry"))
        }
        _ => None,
    };
    within.cloned().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{coordinate, geometry};

    #[test]
    fn what_map_programs_export_is_unwrapped() {
        let point = json!({"type": "Point", "coordinates": [1, 2]});
        let feature = json!({"type": "Feature", "properties": {}, "geometry": point});
        assert_eq!(geometry(feature.clone()), point);
        let one = json!({"type": "FeatureCollection", "features": [feature]});
        assert_eq!(geometry(one.clone()), point);
        let two = json!({"type": "FeatureCollection", "features": [feature, feature]});
        assert_eq!(geometry(two.clone()), two);
        assert_eq!(geometry(point.clone()), point);
    }

    #[test]
    fn coordinates_are_numbers_with_a_point_or_a_comma() {
        assert_eq!(coordinate("-19.5"), Some(json!(-19.5)));
        assert_eq!(coordinate("−19,5"), Some(json!(-19.5)));
        assert_eq!(coordinate("19° N"), None);
        assert_eq!(coordinate("[1]"), None);
    }
}
