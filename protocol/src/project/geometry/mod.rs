//! Places on the map: a point or an outline, as GeoJSON (RFC 7946) and as whole numbers.
//!
//! A coordinate is kept in ten-millionths of a degree (at most 11 mm on the ground), so that every rule here counts exactly
//! and gives the same answer on every machine. Longitudes and latitudes are those of WGS 84.

mod check;
mod read;
mod write;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::workflow::FormError;

/// Parts of a degree.
pub const UNITS_PER_DEGREE: i32 = 10_000_000;
/// The most positions of one geometry.
pub const POSITIONS_MAX: usize = 4_000;
/// The most rings of one geometry, outer and inner ones.
pub const RINGS_MAX: usize = 400;

/// A position, in ten-millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Longitude, east positive: at most 180 degrees either way.
    pub lon: i32,
    /// Latitude, north positive: at most 90 degrees either way.
    pub lat: i32,
}

/// An outline with its holes. Every ring ends where it begins; the outer one goes round against the clock, holes with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Polygon {
    /// The outer ring.
    pub outer: Vec<Position>,
    /// The holes.
    pub holes: Vec<Vec<Position>>,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Geometry {
    /// One position.
    Point(Position),
    /// One outline.
    Polygon(Polygon),
    /// Several outlines.
    MultiPolygon(Vec<Polygon>),
}

/// The least rectangle around a geometry, in ten-millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Least longitude and latitude.
    pub least: Position,
    /// Greatest longitude and latitude.
    pub greatest: Position,
}

impl Polygon {
    /// The outer ring, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &Vec<Position>> {
        std::iter::once(&self.outer).chain(&self.holes)
    }
}

impl Geometry {
    /// Reads a GeoJSON geometry: `Point`, `Polygon` or `MultiPolygon`.
    ///
    /// A third number of a position, its height, is left aside. Rings that go round the wrong way are turned.
    ///
    /// # Errors
    /// Every fault that was found, each by JSON Pointer below `pointer`; never an empty list.
    pub fn read(value: &Value, pointer: &str) -> Result<Self, Vec<FormError>> {
        read::read(value, pointer)
    }

    /// The geometry as GeoJSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        write::write(self)
    }

    /// Its outlines; none for a point.
    #[must_use]
    pub fn polygons(&self) -> &[Polygon] {
        match self {
            Self::Point(_) => &[],
            Self::Polygon(polygon) => std::slice::from_ref(polygon),
            Self::MultiPolygon(polygons) => polygons,
        }
    }

    /// The least rectangle around it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let point = match self {
            Self::Point(position) => Some(*position),
            _ => None,
        };
        let outer = self.polygons().iter().flat_map(|it| &it.outer).copied();
        let mut all = point.into_iter().chain(outer);
        // A geometry that was read has a position.
        let first = all.next().unwrap_or(Position { lon: 0, lat: 0 });
        all.fold(
            Bounds {
                least: first,
                greatest: first,
            },
            |bounds, it| Bounds {
                least: Position {
                    lon: bounds.least.lon.min(it.lon),
                    lat: bounds.least.lat.min(it.lat),
                },
                greatest: Position {
                    lon: bounds.greatest.lon.max(it.lon),
                    lat: bounds.greatest.lat.max(it.lat),
                },
            },
        )
    }
}

impl Serialize for Geometry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Geometry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value, "").map_err(|errors| {
            let first = errors.first().map(ToString::to_string);
            serde::de::Error::custom(first.unwrap_or_default())
        })
    }
}
