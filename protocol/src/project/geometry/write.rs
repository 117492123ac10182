//! Geometries as GeoJSON.

use serde_json::{Value, json};

use super::{Geometry, Polygon, Position, UNITS_PER_DEGREE};

pub(super) fn write(geometry: &Geometry) -> Value {
    match geometry {
        Geometry::Point(at) => json!({"type": "Point", "coordinates": position(*at)}),
        Geometry::Polygon(it) => json!({"type": "Polygon", "coordinates": polygon(it)}),
        Geometry::MultiPolygon(all) => {
            let all: Vec<Value> = all.iter().map(polygon).collect();
            json!({"type": "MultiPolygon", "coordinates": all})
        }
    }
}

fn polygon(polygon: &Polygon) -> Value {
    let ring = |ring: &Vec<Position>| ring.iter().copied().map(position).collect::<Value>();
    polygon.rings().map(ring).collect()
}

fn position(at: Position) -> Value {
    Value::Array(vec![degrees(at.lon), degrees(at.lat)])
}

/// Ten-millionths of a degree as a JSON number of degrees.
fn degrees(units: i32) -> Value {
    let part = UNITS_PER_DEGREE.unsigned_abs();
    let (whole, rest) = (units.unsigned_abs() / part, units.unsigned_abs() % part);
    let sign = if units < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:07}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    // Digits with at most one point between them are a JSON number.
    text.parse().unwrap_or_default()
}
