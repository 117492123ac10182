//! Whether rings bound an area: nothing crosses itself, holes lie inside, outlines lie beside each other.

use std::cmp::Ordering;

use super::{Geometry, Polygon, Position};
use crate::workflow::FormError;

/// An edge of a ring.
#[derive(Clone, Copy)]
struct Edge {
    from: Position,
    to: Position,
    /// The polygon and the ring in it that it belongs to.
    polygon: usize,
    ring: usize,
    /// Its place in the ring, and how many edges that has.
    at: usize,
    of: usize,
}

/// How two edges meet.
#[derive(PartialEq, Eq)]
enum Meeting {
    Apart,
    /// At one point that is an end of one of them.
    Touching,
    /// At one point inside both.
    Crossing,
    /// Along a piece of both.
    Along,
}

/// Notes what is wrong; the first fault of a kind is enough to mend.
pub(super) fn check(geometry: &Geometry, pointer: &str, faults: &mut Vec<FormError>) {
    let polygons = geometry.polygons();
    let is_multi = matches!(geometry, Geometry::MultiPolygon(_));
    let place = |polygon: usize, ring: usize| {
        if is_multi {
            format!("{pointer}/coordinates/{polygon}/{ring}")
        } else {
            format!("{pointer}/coordinates/{ring}")
        }
    };
    for (polygon, shape) in polygons.iter().enumerate() {
        for (ring, positions) in shape.rings().enumerate() {
            if doubled_area(positions) == 0 {
                let why = "encloses no area; give the corners in order";
                faults.push(FormError::wrong(place(polygon, ring), why.to_owned()));
                return;
            }
        }
    }
    if let Some((edge, [what, mend])) = first_meeting(polygons) {
        let (lon, lat) = (degrees(edge.from.lon), degrees(edge.from.lat));
        let why = format!("{what} near {lon}, {lat}; {mend}");
        faults.push(FormError::wrong(place(edge.polygon, edge.ring), why));
        return;
    }
    for (polygon, shape) in polygons.iter().enumerate() {
        if let Some((ring, why)) = misplaced_hole(shape) {
            faults.push(FormError::wrong(place(polygon, ring + 1), why.to_owned()));
            return;
        }
        let others = polygons[..polygon].iter();
        if others
            .into_iter()
            .any(|other| lies_within(shape, other) || lies_within(other, shape))
        {
            let why = "lies within another outline of the same place; give each area once";
            faults.push(FormError::wrong(place(polygon, 0), why.to_owned()));
            return;
        }
    }
}

fn degrees(units: i32) -> String {
    let part = super::UNITS_PER_DEGREE;
    format!(
        "{}{}.{:07}",
        if units < 0 { "-" } else { "" },
        (units / part).abs(),
        (units % part).abs()
    )
}

/// The first two edges that must not meet as they do. Edges are compared from west to east, so that those far apart never are.
fn first_meeting(polygons: &[Polygon]) -> Option<(Edge, [&'static str; 2])> {
    let mut edges = edges(polygons);
    edges.sort_by_key(|edge| edge.from.lon.min(edge.to.lon));
    for (at, edge) in edges.iter().enumerate() {
        let east = edge.from.lon.max(edge.to.lon);
        let reach = edges[at + 1..].iter();
        let near = reach.take_while(|other| other.from.lon.min(other.to.lon) <= east);
        for other in near.filter(|other| share_latitudes(edge, other)) {
            if let Some(why) = forbidden(edge, other) {
                return Some((*edge, why));
            }
        }
    }
    None
}

fn edges(polygons: &[Polygon]) -> Vec<Edge> {
    let mut all = Vec::new();
    for (polygon, shape) in polygons.iter().enumerate() {
        for (ring, positions) in shape.rings().enumerate() {
            let of = positions.len() - 1;
            let pairs = positions.windows(2).enumerate();
            all.extend(pairs.map(|(at, pair)| Edge {
                from: pair[0],
                to: pair[1],
                polygon,
                ring,
                at,
                of,
            }));
        }
    }
    all
}

fn share_latitudes(one: &Edge, other: &Edge) -> bool {
    let span = |edge: &Edge| {
        let (from, to) = (edge.from.lat, edge.to.lat);
        (from.min(to), from.max(to))
    };
    let ((south, north), (other_south, other_north)) = (span(one), span(other));
    south <= other_north && other_south <= north
}

/// What is wrong with how two edges meet, and how to mend it.
fn forbidden(one: &Edge, other: &Edge) -> Option<[&'static str; 2]> {
    let meeting = meeting(one, other);
    if one.polygon != other.polygon {
        // Neighbouring plots may share a border.
        return (meeting == Meeting::Crossing).then_some([
            "crosses another outline of the same place",
            "draw them beside each other",
        ]);
    }
    if one.ring != other.ring {
        return matches!(meeting, Meeting::Crossing | Meeting::Along).then_some([
            "crosses another ring of the same outline",
            "holes lie inside and apart",
        ]);
    }
    let apart = one.at.abs_diff(other.at);
    let are_neighbours = apart == 1 || apart == one.of - 1;
    let is_wrong = match meeting {
        Meeting::Apart => false,
        Meeting::Touching => !are_neighbours,
        Meeting::Crossing | Meeting::Along => true,
    };
    is_wrong.then_some(["crosses or touches itself", "draw it as one simple line"])
}

fn meeting(one: &Edge, other: &Edge) -> Meeting {
    let (a, b) = (
        turn(one.from, one.to, other.from),
        turn(one.from, one.to, other.to),
    );
    let (c, d) = (
        turn(other.from, other.to, one.from),
        turn(other.from, other.to, one.to),
    );
    if a == Ordering::Equal && b == Ordering::Equal {
        return on_one_line(one, other);
    }
    if a == b || c == d {
        return Meeting::Apart;
    }
    if [a, b, c, d].contains(&Ordering::Equal) {
        // An end of one lies on the line of the other: it must lie on the other itself.
        return if ends_on(one, other) {
            Meeting::Touching
        } else {
            Meeting::Apart
        };
    }
    Meeting::Crossing
}

/// Two edges on one line: apart, end to end, or one along the other.
fn on_one_line(one: &Edge, other: &Edge) -> Meeting {
    let sorted = |edge: &Edge| (edge.from.min(edge.to), edge.from.max(edge.to));
    let ((start, end), (other_start, other_end)) = (sorted(one), sorted(other));
    match start.max(other_start).cmp(&end.min(other_end)) {
        Ordering::Less => Meeting::Along,
        Ordering::Equal => Meeting::Touching,
        Ordering::Greater => Meeting::Apart,
    }
}

fn ends_on(one: &Edge, other: &Edge) -> bool {
    let on = |at: Position, edge: &Edge| is_on(at, edge.from, edge.to);
    on(one.from, other) || on(one.to, other) || on(other.from, one) || on(other.to, one)
}

fn is_on(at: Position, from: Position, to: Position) -> bool {
    turn(from, to, at) == Ordering::Equal
        && (from.lon.min(to.lon)..=from.lon.max(to.lon)).contains(&at.lon)
        && (from.lat.min(to.lat)..=from.lat.max(to.lat)).contains(&at.lat)
}

/// Greater when the way from `a` over `b` to `c` turns left.
fn turn(a: Position, b: Position, c: Position) -> Ordering {
    let (dx, dy) = (
        i128::from(b.lon) - i128::from(a.lon),
        i128::from(b.lat) - i128::from(a.lat),
    );
    let (ex, ey) = (
        i128::from(c.lon) - i128::from(a.lon),
        i128::from(c.lat) - i128::from(a.lat),
    );
    (dx * ey).cmp(&(dy * ex))
}

/// Twice the area in the plane of the coordinates; positive when the ring goes round against the clock.
pub(super) fn doubled_area(ring: &[Position]) -> i128 {
    let cross = |pair: &[Position]| {
        i128::from(pair[0].lon) * i128::from(pair[1].lat)
            - i128::from(pair[1].lon) * i128::from(pair[0].lat)
    };
    ring.windows(2).map(cross).sum()
}

/// Where a position is as a ring sees it: greater inside, equal on the line, less outside.
fn side(at: Position, ring: &[Position]) -> Ordering {
    let mut is_inside = false;
    for pair in ring.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        if is_on(at, from, to) {
            return Ordering::Equal;
        }
        // Counts the edges that a line from here to the east goes through.
        if (from.lat > at.lat) != (to.lat > at.lat) {
            let (low, high) = if from.lat < to.lat {
                (from, to)
            } else {
                (to, from)
            };
            is_inside ^= turn(low, high, at) == Ordering::Greater;
        }
    }
    if is_inside {
        Ordering::Greater
    } else {
        Ordering::Less
    }
}

/// The first hole that is not inside its outline, or lies in another hole.
fn misplaced_hole(shape: &Polygon) -> Option<(usize, &'static str)> {
    for (at, hole) in shape.holes.iter().enumerate() {
        if hole
            .iter()
            .any(|it| side(*it, &shape.outer) == Ordering::Less)
        {
            return Some((
                at,
                "is a hole outside its outline; the first ring is the outer one",
            ));
        }
        let mut others = shape.holes.iter().enumerate();
        if others.any(|(other, it)| other != at && is_around(it, hole)) {
            return Some((
                at,
                "is a hole in a hole; give the inner outline as a polygon of its own",
            ));
        }
    }
    None
}

/// Whether a ring lies around another: rings do not cross, so one corner off the line decides.
fn is_around(outer: &[Position], inner: &[Position]) -> bool {
    let sides = inner.iter().map(|it| side(*it, outer));
    sides.into_iter().find(|side| *side != Ordering::Equal) == Some(Ordering::Greater)
}

/// Whether an outline lies within the area of another, and not in one of its holes.
fn lies_within(inner: &Polygon, outer: &Polygon) -> bool {
    is_around(&outer.outer, &inner.outer)
        && !outer.holes.iter().any(|hole| is_around(hole, &inner.outer))
}
