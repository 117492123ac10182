//! Countries as a picture shows them: only what lies in its frame, and no finer than it can show.

use std::fmt::Write;

use countersign_protocol::party::Party;

use super::frame::{Frame, WIDTH};
use super::outlines::{self, Country, Point, Ring};

/// Steps of a point of the picture in which outlines are drawn.
const STEPS: f64 = 2.0;

/// How far a line may leave the outline, in steps.
const TOLERANCE: f64 = 1.5;

/// The least width or height with which a piece is drawn, in points of the picture.
const PIECE_MIN: f64 = 1.2;

/// The least that a country is drawn as an outline alone; a smaller one gets a dot, too.
const OUTLINE_MIN: f64 = 3.0;

/// What lies beyond the picture and is drawn all the same, so that no cut is seen: points of the picture.
const MARGIN: f64 = 4.0;

/// Land in a picture, as paths in half points.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Land {
    /// Every country but one.
    pub(in crate::web) others: String,
    /// Countries that are too small for an outline.
    pub(in crate::web) dots: String,
    /// The country whose registry it is.
    pub(in crate::web) own: String,
    /// The same, where it is too small for an outline.
    pub(in crate::web) own_dot: String,
}

impl Land {
    /// What lies in a frame.
    pub(super) fn of(frame: Frame, own: Party) -> Self {
        let mut land = Self::default();
        for country in outlines::countries() {
            let (path, dot) = if country.party == Some(own) {
                (&mut land.own, &mut land.own_dot)
            } else {
                (&mut land.others, &mut land.dots)
            };
            let size = draw(frame, country, path);
            if size < OUTLINE_MIN && country.party.is_some() {
                place_dot(frame, country.middle, dot);
            }
        }
        land
    }
}

/// Draws the pieces of a country that can be seen; gives the size of the largest one in points of the picture.
fn draw(frame: Frame, country: &Country, path: &mut String) -> f64 {
    let scale = WIDTH / frame.across;
    let mut largest = 0.0_f64;
    for ring in &country.rings {
        let wide = (ring.extent.east - ring.extent.west) * scale;
        let high = frame.y(ring.extent.south) - frame.y(ring.extent.north);
        let size = wide.max(high);
        largest = largest.max(size);
        if size >= PIECE_MIN {
            for turn in [-360.0, 0.0, 360.0] {
                draw_ring(frame, ring, turn, path);
            }
        }
    }
    largest
}

fn draw_ring(frame: Frame, ring: &Ring, turn: f64, path: &mut String) {
    let margin = MARGIN * frame.across / WIDTH;
    let (west, east) = (frame.west - margin, frame.west + frame.across + margin);
    let (south, north) = (frame.south() - margin, frame.north + margin);
    let extent = ring.extent;
    if extent.east + turn < west
        || extent.west + turn > east
        || extent.north < south
        || extent.south > north
    {
        return;
    }
    let turned = ring.points.iter().map(|(lon, lat)| (lon + turn, *lat));
    // The last point is the first one.
    let mut points: Vec<Point> = turned.take(ring.points.len().saturating_sub(1)).collect();
    let is_within = extent.west + turn >= west
        && extent.east + turn <= east
        && extent.south >= south
        && extent.north <= north;
    if !is_within {
        for side in [
            Side::West(west),
            Side::East(east),
            Side::South(south),
            Side::North(north),
        ] {
            points = side.clip(&points);
        }
    }
    let is_open = open_at_seam(&mut points);
    let steps: Vec<(f64, f64)> = points
        .iter()
        .map(|(lon, lat)| (frame.x(*lon) * STEPS, frame.y(*lat) * STEPS))
        .collect();
    write_ring(&thinned(&steps), is_open, path);
}

/// Some islands are cut in two at the meridian of 180 degrees, where there is no coast. A ring that runs along it begins at the
/// end of that run and is left open there: its area is the same, and no line is drawn.
fn open_at_seam(points: &mut [Point]) -> bool {
    let is_seam = |lon: f64| (lon.abs() - 180.0).rem_euclid(360.0).abs() < 1e-9;
    let count = points.len();
    let runs = |at: usize| {
        let (one, next) = (points.get(at), points.get((at + 1) % count.max(1)));
        one.zip(next)
            .is_some_and(|(a, b)| is_seam(a.0) && is_seam(b.0))
    };
    let is_end = |at: &usize| runs(*at) && !runs((at + 1) % count);
    let end = (0..count).find(is_end);
    if let Some(end) = end {
        points.rotate_left((end + 1) % count);
    }
    end.is_some()
}

/// A side of the frame, and where it is.
enum Side {
    West(f64),
    East(f64),
    South(f64),
    North(f64),
}

impl Side {
    /// How far inside a point is.
    fn depth(&self, (lon, lat): Point) -> f64 {
        match self {
            Self::West(at) => lon - at,
            Self::East(at) => at - lon,
            Self::South(at) => lat - at,
            Self::North(at) => at - lat,
        }
    }

    /// What of a ring is inside (Sutherland and Hodgman, 1974).
    fn clip(&self, ring: &[Point]) -> Vec<Point> {
        let mut kept = Vec::with_capacity(ring.len());
        let Some(mut before) = ring.last().copied() else {
            return kept;
        };
        for point in ring.iter().copied() {
            let (from, to) = (self.depth(before), self.depth(point));
            if (from < 0.0) != (to < 0.0) {
                let part = from / (from - to);
                kept.push((
                    before.0 + (point.0 - before.0) * part,
                    before.1 + (point.1 - before.1) * part,
                ));
            }
            if to >= 0.0 {
                kept.push(point);
            }
            before = point;
        }
        kept
    }
}

/// The points of a ring that matter at this size (Douglas and Peucker, 1973), from its first one on.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(last) = points.len().checked_sub(1).filter(|it| *it >= 2) else {
        return Vec::new();
    };
    let mut is_kept = vec![false; points.len()];
    is_kept[0] = true;
    is_kept[last] = true;
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let distances =
            (from + 1..to).map(|at| (at, squared_distance(points[at], points[from], points[to])));
        let farthest = distances.max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, _)) = farthest.filter(|(_, squared)| *squared > TOLERANCE * TOLERANCE) {
            is_kept[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    let kept = points.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept);
    kept.map(|(point, _)| *point).collect()
}

/// How far a point is from the stretch between two others, squared: the root would be a third of the time of a map.
fn squared_distance(of: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (along, away) = (
        (to.0 - from.0, to.1 - from.1),
        (of.0 - from.0, of.1 - from.1),
    );
    let length = along.0 * along.0 + along.1 * along.1;
    let part = if length == 0.0 {
        0.0
    } else {
        ((away.0 * along.0 + away.1 * along.1) / length).clamp(0.0, 1.0)
    };
    let (x, y) = (away.0 - along.0 * part, away.1 - along.1 * part);
    x * x + y * y
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a picture, which is cut to a few thousand steps"
)]
fn step(value: f64) -> i32 {
    value.clamp(-10_000.0, 10_000.0).round() as i32
}

/// `M10 20l3-1 4 5z`: whole steps, each from the one before.
fn write_ring(points: &[(f64, f64)], is_open: bool, path: &mut String) {
    let mut steps: Vec<(i32, i32)> = points.iter().map(|(x, y)| (step(*x), step(*y))).collect();
    steps.dedup();
    let (Some(first), true) = (steps.first().copied(), steps.len() > 2) else {
        return;
    };
    let _ = write!(path, "M{} {}l", first.0, first.1);
    let mut last = first;
    for (at, next) in steps.iter().skip(1).enumerate() {
        let (x, y) = (next.0 - last.0, next.1 - last.1);
        let gap = |value: i32| if value < 0 { "" } else { " " };
        let before = if at == 0 { "" } else { gap(x) };
        let _ = write!(path, "{before}{x}{}{y}", gap(y));
        last = *next;
    }
    if !is_open {
        path.push('z');
    }
}

/// A dot is a line without length that has a round end.
fn place_dot(frame: Frame, middle: Point, path: &mut String) {
    let (x, y) = frame.at(middle);
    if (0.0..=WIDTH).contains(&x) && (0.0..=frame.height()).contains(&y) {
        let _ = write!(path, "M{} {}h0", step(x * STEPS), step(y * STEPS));
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::project::geometry::{Geometry, Position};

    use super::super::Dot;
    use super::{Frame, Land, Side, WIDTH, open_at_seam, thinned};

    /// Around places in tenths of degrees.
    fn frame(places: &[(i32, i32)]) -> Frame {
        let dot = |(lon, lat): &(i32, i32)| Dot {
            geometry: Geometry::Point(Position {
                lon: lon * 1_000_000,
                lat: lat * 1_000_000,
            }),
            label: String::new(),
        };
        let dots: Vec<Dot> = places.iter().map(dot).collect();
        Frame::around(&dots, None).unwrap()
    }

    /// Every place where a path begins, in points of the picture.
    fn beginnings(path: &str) -> Vec<(f64, f64)> {
        let numbers = path.split('M').skip(1).map(|part| {
            let end = part.find(['l', 'h']).unwrap();
            let (x, y) = part[..end].split_once(' ').unwrap();
            (
                x.parse::<f64>().unwrap() / 2.0,
                y.parse::<f64>().unwrap() / 2.0,
            )
        });
        numbers.collect()
    }

    #[test]
    fn the_whole_world_is_small_and_every_small_state_can_be_seen() {
        let land = Land::of(Frame::world(), "MV".parse().unwrap());
        assert!(land.others.len() < 26_000, "{} bytes", land.others.len());
        assert!(land.others.len() > 8_000, "{} bytes", land.others.len());
        assert!(beginnings(&land.dots).len() > 30, "{}", land.dots);
        assert_eq!(beginnings(&land.own_dot).len(), 1);
        let height = Frame::world().height();
        for (x, y) in beginnings(&land.dots) {
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=height).contains(&y));
        }
    }

    #[test]
    fn fiji_is_one_picture_on_both_sides_of_the_last_meridian() {
        let around = frame(&[(1775, -180), (-1792, -168)]);
        let land = Land::of(around, "FJ".parse().unwrap());
        let seam = around.x(180.0);
        let begun = beginnings(&land.own);
        assert!(begun.iter().any(|(x, _)| *x < seam - 20.0), "{begun:?}");
        assert!(begun.iter().any(|(x, _)| *x > seam + 1.0), "{begun:?}");
        // Taveuni lies on the meridian itself and is cut there: both of its parts are open at the cut.
        assert!(land.own.matches('M').count() >= land.own.matches('z').count() + 2);
    }

    #[test]
    fn a_frame_inside_a_country_is_all_land_and_one_in_the_ocean_is_empty() {
        let inside = Land::of(frame(&[(-530, -100)]), "BR".parse().unwrap());
        assert_eq!(beginnings(&inside.own).len(), 1, "{}", inside.own);
        assert!(inside.own.len() < 60, "{}", inside.own);
        let ocean = Land::of(frame(&[(-300, 300)]), "BR".parse().unwrap());
        assert_eq!(ocean.own, "");
        assert_eq!(ocean.others, "");
    }

    #[test]
    fn what_lies_outside_is_cut_off_and_what_does_not_matter_is_left_out() {
        let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)];
        let cut = Side::East(1.0).clip(&square);
        assert!(cut.iter().all(|it| it.0 <= 1.0), "{cut:?}");
        assert!(
            cut.contains(&(1.0, 0.0)) && cut.contains(&(1.0, 4.0)),
            "{cut:?}"
        );
        assert!(Side::West(5.0).clip(&square).is_empty());
        let line = [(0.0, 0.0), (10.0, 0.3), (20.0, 0.0), (20.0, 20.0)];
        assert_eq!(thinned(&line), [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0)]);
        assert!(thinned(&line[..2]).is_empty());
    }

    #[test]
    fn only_a_ring_that_runs_along_the_seam_is_open() {
        let mut ring = [(170.0, 0.0), (180.0, 0.0), (180.0, 5.0), (170.0, 5.0)];
        assert!(open_at_seam(&mut ring));
        assert_eq!(
            ring,
            [(180.0, 5.0), (170.0, 5.0), (170.0, 0.0), (180.0, 0.0)]
        );
        let mut inland = [(10.0, 0.0), (20.0, 0.0), (20.0, 5.0)];
        assert!(!open_at_seam(&mut inland));
        assert!(!open_at_seam(&mut []));
        let mut touching = [(170.0, 0.0), (180.0, 2.0), (170.0, 5.0)];
        assert!(!open_at_seam(&mut touching));
    }
}
