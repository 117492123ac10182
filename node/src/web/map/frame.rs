//! The part of the world that a picture shows, and where a place lies in it.

use countersign_protocol::project::geometry::{Bounds, Geometry, Position, UNITS_PER_DEGREE};

use super::Dot;
use super::outlines::{Extent, Point};

/// The width of every picture.
pub(super) const WIDTH: f64 = 640.0;

/// The least part of the world that is shown, in degrees: a point needs something around it.
const SPAN_MIN: f64 = 1.0;

/// Room around what is shown.
const ROOM: f64 = 1.3;

/// How wide a picture is at the least, for its height: that of places, and that of countries.
const WIDE_MIN: f64 = 0.8;
const WORLD_WIDE_MIN: f64 = 1.6;

/// Where the picture of the whole world is cut: in the ocean between America and Asia.
const WORLD_WEST: f64 = -169.0;
const WORLD_NORTH: f64 = 84.0;
const WORLD_SOUTH: f64 = -58.0;

/// From so many degrees on the whole world is shown.
const WORLD_ACROSS: f64 = 170.0;

/// A part of the world, in degrees. It may reach beyond the meridian of 180 degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) west: f64,
    pub(super) north: f64,
    pub(super) across: f64,
    pub(super) down: f64,
    /// How much longer a degree of latitude is drawn than one of longitude.
    stretch: f64,
}

pub(super) fn degrees(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS_PER_DEGREE)
}

/// The rectangles around the pieces of a place.
fn extents(of: &Geometry) -> Vec<Extent> {
    let polygons = of.polygons();
    if polygons.is_empty() {
        return vec![extent(of.bounds())];
    }
    let of_polygon = |positions: &[Position]| {
        let lons = || positions.iter().map(|it| degrees(it.lon));
        let lats = || positions.iter().map(|it| degrees(it.lat));
        Extent {
            west: lons().fold(f64::INFINITY, f64::min),
            south: lats().fold(f64::INFINITY, f64::min),
            east: lons().fold(f64::NEG_INFINITY, f64::max),
            north: lats().fold(f64::NEG_INFINITY, f64::max),
        }
    };
    let outer = polygons.iter().filter_map(|it| it.rings().next());
    outer
        .filter(|it| !it.is_empty())
        .map(|it| of_polygon(it))
        .collect()
}

fn extent(of: Bounds) -> Extent {
    Extent {
        west: degrees(of.least.lon),
        south: degrees(of.least.lat),
        east: degrees(of.greatest.lon),
        north: degrees(of.greatest.lat),
    }
}

/// The shortest stretch of longitudes that has all of them: its west and its east, which may lie beyond 180 degrees.
fn longitudes(of: &[Extent]) -> Option<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> = of.iter().map(|it| (it.west, it.east)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, mut reached) = *sorted.first()?;
    // The widest gap between neighbours, and where it ends.
    let mut widest = (0.0, first, None);
    for (west, east) in sorted {
        if west - reached > widest.0 {
            widest = (west - reached, west, Some(reached));
        }
        reached = reached.max(east);
    }
    let around = first + 360.0 - reached;
    match widest {
        (gap, west, Some(before)) if gap > around => Some((west, before + 360.0)),
        _ => Some((first, reached)),
    }
}

impl Frame {
    /// Everything, with some room around it; with a country, its largest piece as well.
    pub(super) fn around(dots: &[Dot], country: Option<Extent>) -> Option<Self> {
        let mut all: Vec<Extent> = dots.iter().flat_map(|it| extents(&it.geometry)).collect();
        if !all.is_empty() {
            all.extend(country);
        }
        Self::of(&all, SPAN_MIN, WIDE_MIN)
    }

    /// Some points with room around them, and no less than so many degrees; the whole world if they lie all around it.
    pub(super) fn around_points(points: &[Point], least: f64) -> Option<Self> {
        let extent = |(lon, lat): &Point| Extent {
            west: *lon,
            south: *lat,
            east: *lon,
            north: *lat,
        };
        let all: Vec<Extent> = points.iter().map(extent).collect();
        let frame = Self::of(&all, least, WORLD_WIDE_MIN)?;
        Some(if frame.across > WORLD_ACROSS {
            Self::world()
        } else {
            frame
        })
    }

    fn of(all: &[Extent], least: f64, wide_min: f64) -> Option<Self> {
        let (west, east) = longitudes(all)?;
        let south = all.iter().map(|it| it.south).fold(f64::INFINITY, f64::min);
        let north = all.iter().map(|it| it.north);
        let north = north.fold(f64::NEG_INFINITY, f64::max);
        let wide = |span: f64| (span * ROOM).max(least);
        let (across, down) = (wide(east - west), wide(north - south));
        let (middle_lon, middle_lat) = (f64::midpoint(west, east), f64::midpoint(south, north));
        // Meridians come together towards the poles; a part that has both is not of one shape anyway.
        let stretch = if across > 120.0 {
            1.0
        } else {
            1.0 / middle_lat.to_radians().cos().max(0.2)
        };
        // No strip is so narrow that nothing can be seen on it.
        let (across, down) = (
            across.max(down * stretch * wide_min).min(360.0),
            down.max(across / stretch * 0.5).min(180.0),
        );
        Some(Self {
            west: middle_lon - across / 2.0,
            north: (middle_lat + down / 2.0).clamp(-90.0 + down, 90.0),
            across,
            down,
            stretch,
        })
    }

    /// Where people live.
    pub(super) const fn world() -> Self {
        Self {
            west: WORLD_WEST,
            north: WORLD_NORTH,
            across: 360.0,
            down: WORLD_NORTH - WORLD_SOUTH,
            stretch: 1.0,
        }
    }

    pub(super) fn south(self) -> f64 {
        self.north - self.down
    }

    pub(super) fn height(self) -> f64 {
        WIDTH * self.down * self.stretch / self.across
    }

    /// A longitude as this part of the world counts it.
    pub(super) fn wound(self, lon: f64) -> f64 {
        let beyond = (lon - self.west).rem_euclid(360.0);
        self.west + beyond
    }

    /// Where a longitude lies that is counted as this part of the world does.
    pub(super) fn x(self, lon: f64) -> f64 {
        (lon - self.west) / self.across * WIDTH
    }

    pub(super) fn y(self, lat: f64) -> f64 {
        (self.north - lat) / self.down * self.height()
    }

    pub(super) fn at(self, (lon, lat): Point) -> (f64, f64) {
        (self.x(self.wound(lon)), self.y(lat))
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::project::geometry::{Geometry, Position};

    use super::{Dot, Frame, WIDTH};

    fn dot(lon: i32, lat: i32) -> Dot {
        let position = Position {
            lon: lon * 10_000_000,
            lat: lat * 10_000_000,
        };
        Dot {
            geometry: Geometry::Point(position),
            label: String::new(),
        }
    }

    #[test]
    fn every_place_lies_in_the_picture_wherever_on_earth_it_is() {
        for places in [
            vec![(0, 0)],
            vec![(180, 90), (-180, -90)],
            vec![(179, -89)],
            vec![(-180, 0), (-179, 80)],
            vec![(178, -17), (-179, -16)],
            vec![(-120, 0), (0, 0), (120, 0)],
        ] {
            let dots: Vec<Dot> = places.iter().map(|(lon, lat)| dot(*lon, *lat)).collect();
            let frame = Frame::around(&dots, None).unwrap();
            assert!(frame.height() < 4000.0, "{places:?}: {}", frame.height());
            for (lon, lat) in places {
                let (x, y) = frame.at((f64::from(lon), f64::from(lat)));
                assert!((-0.1..=WIDTH + 0.1).contains(&x), "{lon} is at {x}");
                assert!(
                    (-0.1..=frame.height() + 0.1).contains(&y),
                    "{lat} is at {y}"
                );
            }
        }
        assert!(Frame::around(&[], None).is_none());
    }

    #[test]
    fn countries_are_shown_on_a_wide_picture_or_on_the_whole_world() {
        let near = Frame::around_points(&[(-1.0, 8.0), (8.0, 47.0)], 40.0).unwrap();
        assert!(near.height() <= WIDTH / 1.6 + 1.0, "{near:?}");
        assert!(near.across < 120.0, "{near:?}");
        let far = Frame::around_points(&[(-100.0, 8.0), (8.0, 47.0), (178.0, -18.0)], 40.0);
        assert!(far.unwrap().across > 359.0);
        let one = Frame::around_points(&[(73.0, 4.0)], 40.0).unwrap();
        assert!(one.across >= 40.0 && one.height() <= WIDTH / 1.6 + 1.0);
        assert!(Frame::around_points(&[], 40.0).is_none());
    }

    #[test]
    fn a_country_on_both_sides_of_the_last_meridian_is_near_together() {
        let fiji = Frame::around(&[dot(178, -18), dot(-179, -17)], None).unwrap();
        assert!(fiji.across < 6.0, "{fiji:?}");
        let (west, east) = (fiji.at((178.0, -18.0)).0, fiji.at((-179.0, -17.0)).0);
        assert!(west < east, "{west}, {east}");
        let africa = Frame::around(&[dot(-17, 14), dot(51, 12)], None).unwrap();
        assert!(africa.across < 100.0 && africa.west < -17.0, "{africa:?}");
    }
}
