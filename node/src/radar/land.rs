//! The land of a project, laid over another's.

use countersign_protocol::project::geometry::UNITS_PER_DEGREE;
use countersign_protocol::project::{Bounds, Geometry, Polygon, Position};
use geo::{
    BooleanOps, BoundingRect, Contains, Coord, GeodesicArea, LineString, MultiPolygon, Point,
    unary_union,
};
use rstar::primitives::Rectangle;

use super::Corner;

/// Less than this is no overlap but the width of a line: 100 square metres, the hundredth part of a hectare.
const OVERLAP_M2_MIN: f64 = 100.0;
const HUNDREDTH_HECTARE_M2: f64 = 100.0;

/// Land that two projects claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// How much, in hundredths of a hectare, on the ellipsoid.
    pub hundredths_ha: u64,
    /// In percent of the project that was asked about, rounded up.
    pub percent_of_this: u8,
    /// In percent of the other, rounded up.
    pub percent_of_other: u8,
}

/// The outlines of a project as one area, and its points.
#[derive(Debug)]
pub(super) struct Land {
    area: MultiPolygon<f64>,
    points: Vec<Point<f64>>,
    /// Around each piece of the area and each point.
    bounds: Vec<Rectangle<Corner>>,
}

impl Land {
    pub(super) fn new<'a>(geometries: impl Iterator<Item = &'a Geometry> + Clone) -> Self {
        let outlines: Vec<geo::Polygon<f64>> = geometries
            .clone()
            .flat_map(Geometry::polygons)
            .map(polygon)
            .collect();
        let area = match outlines.len() {
            0 | 1 => MultiPolygon::new(outlines),
            // Places of one project may overlap: each piece of land counts once.
            _ => unary_union(&outlines),
        };
        let point = |it: &Geometry| match it {
            Geometry::Point(at) => Some(Point::from(coord(*at))),
            _ => None,
        };
        let points: Vec<Point<f64>> = geometries.clone().filter_map(point).collect();
        let bounds = geometries.map(|it| rectangle(it.bounds())).collect();
        Self {
            area,
            points,
            bounds,
        }
    }

    pub(super) fn bounds(&self) -> &[Rectangle<Corner>] {
        &self.bounds
    }

    /// The land that both claim; `None` when there is none worth the name.
    pub(super) fn overlap(&self, other: &Self) -> Option<Overlap> {
        if self.area.0.is_empty() || other.area.0.is_empty() || !self.meets(other) {
            return None;
        }
        let common_m2 = self.area.intersection(&other.area).geodesic_area_unsigned();
        (common_m2 >= OVERLAP_M2_MIN).then(|| Overlap {
            hundredths_ha: whole(common_m2 / HUNDREDTH_HECTARE_M2),
            percent_of_this: percent(common_m2, self.area.geodesic_area_unsigned()),
            percent_of_other: percent(common_m2, other.area.geodesic_area_unsigned()),
        })
    }

    fn meets(&self, other: &Self) -> bool {
        let pair = self.area.bounding_rect().zip(other.area.bounding_rect());
        pair.is_some_and(|(one, other)| geo::Intersects::intersects(&one, &other))
    }

    /// How many points of either lie in the area of the other or on a point of it.
    pub(super) fn points_in(&self, other: &Self) -> usize {
        let inside = |points: &[Point<f64>], land: &Self| {
            let hit = |at: &&Point<f64>| land.area.contains(*at);
            points.iter().filter(hit).count()
        };
        let same = self
            .points
            .iter()
            .filter(|at| other.points.contains(at))
            .count();
        inside(&self.points, other) + inside(&other.points, self) + same
    }
}

/// The square that two rectangles have in common, in square degrees: to say which overlap more.
pub(super) fn common_square(one: &Rectangle<Corner>, other: &Rectangle<Corner>) -> f64 {
    let side = |at: usize| {
        let low = one.lower()[at].max(other.lower()[at]);
        (one.upper()[at].min(other.upper()[at]) - low).max(0.0)
    };
    side(0) * side(1)
}

fn degrees(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS_PER_DEGREE)
}

fn coord(at: Position) -> Coord<f64> {
    Coord {
        x: degrees(at.lon),
        y: degrees(at.lat),
    }
}

fn polygon(of: &Polygon) -> geo::Polygon<f64> {
    let ring = |ring: &Vec<Position>| LineString::new(ring.iter().copied().map(coord).collect());
    geo::Polygon::new(ring(&of.outer), of.holes.iter().map(ring).collect())
}

fn rectangle(bounds: Bounds) -> Rectangle<Corner> {
    let corner = |at: Position| [degrees(at.lon), degrees(at.lat)];
    Rectangle::from_corners(corner(bounds.least), corner(bounds.greatest))
}

/// A part in percent, rounded up: whatever overlaps is at least one percent.
fn percent(part: f64, of: f64) -> u8 {
    let percent = (part / of * 100.0).ceil().clamp(0.0, 100.0);
    u8::try_from(whole(percent)).unwrap_or(100)
}

/// The nearest whole number. An area on the earth has at most 5.1e14 square metres, which a float holds exactly.
fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, never negative and far below 2^53"
    )]
    let whole = number.round().max(0.0) as u64;
    whole
}
