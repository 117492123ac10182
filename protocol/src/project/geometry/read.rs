//! Geometries out of GeoJSON.

use serde_json::{Number, Value};

use super::check;
use super::{Geometry, POSITIONS_MAX, Polygon, Position, RINGS_MAX, UNITS_PER_DEGREE};
use crate::workflow::FormError;

/// The most faults reported of one geometry.
const FAULTS_MAX: usize = 20;
/// Digits of a degree behind the point that are kept.
const DIGITS: usize = 7;

pub(super) fn read(value: &Value, pointer: &str) -> Result<Geometry, Vec<FormError>> {
    let mut reader = Reader { faults: Vec::new() };
    let geometry = reader.geometry(value, pointer);
    match geometry {
        Some(geometry) if reader.faults.is_empty() => {
            check::check(&geometry, pointer, &mut reader.faults);
            if reader.faults.is_empty() {
                return Ok(geometry);
            }
        }
        _ => {}
    }
    if reader.faults.is_empty() {
        reader.wrong(pointer, "is no geometry");
    }
    Err(reader.faults)
}

struct Reader {
    faults: Vec<FormError>,
}

impl Reader {
    fn wrong(&mut self, pointer: &str, message: &str) {
        if self.faults.len() < FAULTS_MAX {
            let fault = FormError::wrong(pointer.to_owned(), message.to_owned());
            self.faults.push(fault);
        }
    }

    fn geometry(&mut self, value: &Value, pointer: &str) -> Option<Geometry> {
        let Some(object) = value.as_object() else {
            self.wrong(
                pointer,
                "is no GeoJSON geometry; give an object with type and coordinates",
            );
            return None;
        };
        for name in object.keys() {
            match name.as_str() {
                "type" | "coordinates" | "bbox" => {}
                "crs" => self.wrong(
                    &format!("{pointer}/crs"),
                    "GeoJSON is always WGS 84 (RFC 7946 section 4); convert the coordinates and take crs out",
                ),
                name => {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    self.wrong(&format!("{pointer}/{name}"), "is no member of a geometry; take it out");
                }
            }
        }
        let kind = object
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let place = format!("{pointer}/coordinates");
        let Some(coordinates) = object.get("coordinates") else {
            self.wrong(&place, "is missing; give the coordinates");
            return None;
        };
        if count(coordinates, POSITIONS_MAX + 1) > POSITIONS_MAX {
            let message = format!("has over {POSITIONS_MAX} positions; simplify the outline");
            self.wrong(&place, &message);
            return None;
        }
        match kind {
            "Point" => self.position(coordinates, &place).map(Geometry::Point),
            "Polygon" => self.polygon(coordinates, &place).map(Geometry::Polygon),
            "MultiPolygon" => {
                let polygons = self.list(coordinates, &place, Self::polygon)?;
                Some(Geometry::MultiPolygon(polygons))
            }
            "Feature" | "FeatureCollection" | "GeometryCollection" => {
                self.wrong(
                    &format!("{pointer}/type"),
                    "give the geometry alone, not what stands around it",
                );
                None
            }
            _ => {
                self.wrong(
                    &format!("{pointer}/type"),
                    "is none of Point, Polygon and MultiPolygon; give one",
                );
                None
            }
        }
    }

    fn list<T>(
        &mut self,
        value: &Value,
        pointer: &str,
        read: impl Fn(&mut Self, &Value, &str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
            self.wrong(
                pointer,
                "is no list, or an empty one; give the coordinates as RFC 7946 says",
            );
            return None;
        };
        let items = items.iter().enumerate();
        items
            .map(|(at, item)| read(self, item, &format!("{pointer}/{at}")))
            .collect()
    }

    fn polygon(&mut self, value: &Value, pointer: &str) -> Option<Polygon> {
        if value
            .as_array()
            .is_some_and(|rings| rings.len() > RINGS_MAX)
        {
            self.wrong(
                pointer,
                &format!("has over {RINGS_MAX} rings; simplify the outline"),
            );
            return None;
        }
        let mut rings = self.list(value, pointer, Self::ring)?.into_iter();
        let outer = turned(rings.next()?, true);
        let holes = rings.map(|ring| turned(ring, false)).collect();
        Some(Polygon { outer, holes })
    }

    /// A closed ring in which no position comes twice in a row.
    fn ring(&mut self, value: &Value, pointer: &str) -> Option<Vec<Position>> {
        let mut ring = self.list(value, pointer, Self::position)?;
        if ring.first() != ring.last() {
            self.wrong(pointer, "is not closed; end it with its first position");
            return None;
        }
        ring.dedup();
        if ring.len() < 4 {
            self.wrong(pointer, "has fewer than three corners; give at least four positions, the last like the first");
            return None;
        }
        let wide = |pair: &[Position]| {
            pair[0].lon.abs_diff(pair[1].lon) > 180 * UNITS_PER_DEGREE.unsigned_abs()
        };
        if ring.windows(2).any(wide) {
            self.wrong(
                pointer,
                "has an edge over more than 180 degrees; cut it at the antimeridian into a MultiPolygon (RFC 7946 section 3.1.9)",
            );
            return None;
        }
        Some(ring)
    }

    fn position(&mut self, value: &Value, pointer: &str) -> Option<Position> {
        let numbers: Option<Vec<&Number>> = value.as_array().and_then(|items| {
            let numbers = items.iter().map(|item| match item {
                Value::Number(number) => Some(number),
                _ => None,
            });
            numbers.collect()
        });
        let numbers = numbers.filter(|it| (2..=3).contains(&it.len()));
        let Some(numbers) = numbers else {
            self.wrong(
                pointer,
                "is no position; give longitude and latitude in degrees",
            );
            return None;
        };
        let lon = units(numbers[0]).filter(|lon| lon.abs() <= 180 * UNITS_PER_DEGREE);
        let lat = units(numbers[1]).filter(|lat| lat.abs() <= 90 * UNITS_PER_DEGREE);
        let (Some(lon), Some(lat)) = (lon, lat) else {
            self.wrong(
                pointer,
                "is not on the earth; give the longitude from -180 to 180 first, then the latitude from -90 to 90",
            );
            return None;
        };
        Some(Position { lon, lat })
    }
}

/// The positions in nested lists, counted no further than `most`.
fn count(value: &Value, most: usize) -> usize {
    let Value::Array(items) = value else {
        return 0;
    };
    if items.first().is_some_and(Value::is_number) {
        return 1;
    }
    let mut found = 0;
    for item in items {
        found += count(item, most).max(1);
        if found >= most {
            break;
        }
    }
    found
}

/// The ring so that it goes round against the clock, or with it.
fn turned(mut ring: Vec<Position>, against_the_clock: bool) -> Vec<Position> {
    if (check::doubled_area(&ring) > 0) != against_the_clock {
        ring.reverse();
    }
    ring
}

/// A number of degrees in ten-millionths, rounded; `None` when it is far out of range.
fn units(number: &Number) -> Option<i32> {
    let text = number.to_string();
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
    // The digits that stand before the point once it has moved seven places to the right.
    let kept = i32::try_from(whole.len() + DIGITS)
        .ok()?
        .checked_add(exponent)?;
    let mut units: i32 = 0;
    for at in 0..kept {
        let digit = usize::try_from(at)
            .ok()
            .and_then(|at| digits.get(at))
            .copied();
        let digit = i32::from(digit.unwrap_or(b'0').checked_sub(b'0')?);
        // Ends a number that is too large long before a monstrous exponent is counted through.
        units = units.checked_mul(10)?.checked_add(digit)?;
        if units == 0 && at > 64 {
            break;
        }
    }
    let next = usize::try_from(kept).ok().and_then(|at| digits.get(at));
    if next.is_some_and(|digit| *digit >= b'5') {
        units = units.checked_add(1)?;
    }
    Some(if is_negative { -units } else { units })
}
