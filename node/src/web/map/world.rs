//! Countries as nodes, and what went between them as arcs.

use countersign_protocol::party::Party;

use super::frame::{Frame, WIDTH};
use super::land::Land;
use super::outlines::{self, Point};
use super::{short, whole};
use crate::web::page::Page;

/// The least part of the world that is shown, in degrees: countries are told apart by what lies around them.
const SPAN_MIN: f64 = 40.0;

/// How far an arc keeps from the middle of a country.
const CLEAR: f64 = 10.0;

const ARC_MIN: f64 = 1.5;
const ARC_MAX: f64 = 9.0;

/// How a country is drawn: each way has a shape of its own, so that nothing depends on its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Mark {
    /// The own country.
    Own,
    /// All is well.
    Good,
    /// Something is late, or cannot be seen.
    Late,
    /// Nothing is known for now.
    Silent,
    /// It cannot be trusted.
    Bad,
    /// A country of which only transfers are known.
    Other,
}

impl Mark {
    /// Its shape around a point.
    pub(in crate::web) const fn path(self) -> &'static str {
        match self {
            Self::Own => {
                "m0-9 2.600 5.400 5.900.900-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900-4.300-4.100 5.900-.900z"
            }
            Self::Good => "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
            Self::Late => "m0-8 8 8-8 8-8-8z",
            Self::Silent => "m-6-6h12v12h-12z",
            Self::Bad => "m0-8 8 14h-16z",
            Self::Other => "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
        }
    }

    /// Its colour.
    pub(in crate::web) const fn fill(self) -> &'static str {
        match self {
            Self::Own => "#7a5c12",
            Self::Good => "#1d6b45",
            Self::Late => "#b45309",
            Self::Silent => "#5b6870",
            Self::Bad => "#a4161a",
            Self::Other => "#37454f",
        }
    }
}

/// A country to draw.
pub(in crate::web) struct Node {
    pub(in crate::web) party: Party,
    pub(in crate::web) mark: Mark,
    /// What is said of it.
    pub(in crate::web) label: String,
}

/// Tonnes to draw.
pub(in crate::web) struct Flow {
    pub(in crate::web) from: Party,
    pub(in crate::web) to: Party,
    pub(in crate::web) tonnes: u64,
    /// What is said of it.
    pub(in crate::web) label: String,
}

/// A node in the picture.
pub(in crate::web) struct Placed {
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    pub(in crate::web) mark: Mark,
    pub(in crate::web) code: String,
    pub(in crate::web) label: String,
}

/// An arc in the picture, with its head.
pub(in crate::web) struct Arc {
    pub(in crate::web) path: String,
    pub(in crate::web) head: String,
    pub(in crate::web) width: String,
    pub(in crate::web) label: String,
}

/// A map of countries.
pub(in crate::web) struct World {
    pub(in crate::web) width: u32,
    pub(in crate::web) height: u32,
    pub(in crate::web) land: Land,
    pub(in crate::web) arcs: Vec<Arc>,
    pub(in crate::web) nodes: Vec<Placed>,
    pub(in crate::web) about: String,
}

impl World {
    /// Draws countries; those that have no outlines are only in the table.
    pub(in crate::web) fn new(
        page: &Page,
        nodes: Vec<Node>,
        flows: &[Flow],
        about: String,
    ) -> Self {
        let own = page.site.genesis.party;
        let middle = |party: Party| outlines::country(party).map(|it| it.middle);
        let places: Vec<Point> = nodes.iter().filter_map(|it| middle(it.party)).collect();
        let frame = Frame::around_points(&places, SPAN_MIN).unwrap_or_else(Frame::world);
        let most = flows.iter().map(|it| it.tonnes).max().unwrap_or(0);
        let arc = |flow: &Flow| {
            let (from, to) = (middle(flow.from)?, middle(flow.to)?);
            let width = wide(flow.tonnes, most);
            Some(arc(frame.at(from), frame.at(to), width, flow.label.clone()))
        };
        let placed = nodes.into_iter().filter_map(|it| {
            let (x, y) = frame.at(middle(it.party)?);
            Some(Placed {
                x: short(x),
                y: short(y),
                mark: it.mark,
                code: it.party.to_string(),
                label: it.label,
            })
        });
        Self {
            width: whole(WIDTH),
            height: whole(frame.height()),
            land: Land::of(frame, own),
            arcs: flows.iter().filter_map(arc).collect(),
            nodes: placed.collect(),
            about,
        }
    }
}

/// How wide an arc is: its width squared goes with the tonnes.
#[expect(
    clippy::cast_precision_loss,
    reason = "the width of a line in a picture"
)]
fn wide(tonnes: u64, most: u64) -> f64 {
    let part = tonnes as f64 / most.max(1) as f64;
    (part.sqrt() * ARC_MAX).clamp(ARC_MIN, ARC_MAX)
}

/// An arc that bends to its left, so that what comes back lies beside it.
fn arc(from: (f64, f64), to: (f64, f64), width: f64, label: String) -> Arc {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.hypot(y).max(1.0);
    let (along_x, along_y) = (x / length, y / length);
    let bend = (length * 0.18).clamp(8.0, 60.0);
    let control = (
        f64::midpoint(from.0, to.0) + along_y * bend,
        f64::midpoint(from.1, to.1) - along_x * bend,
    );
    let clear = CLEAR.min(length / 4.0);
    let towards = |at: (f64, f64), to: (f64, f64), by: f64| {
        let (x, y) = (to.0 - at.0, to.1 - at.1);
        let length = x.hypot(y).max(0.1);
        (at.0 + x / length * by, at.1 + y / length * by)
    };
    let (begin, tip) = (towards(from, control, clear), towards(to, control, clear));
    let head_long = (width * 1.6).max(7.0).min(length / 3.0);
    let end = towards(tip, control, head_long);
    // Across the last stretch, for the sides of the head.
    let (back_x, back_y) = (end.0 - tip.0, end.1 - tip.1);
    let (side_x, side_y) = (-back_y * 0.55, back_x * 0.55);
    let pair = |(x, y): (f64, f64)| format!("{} {}", short(x), short(y));
    Arc {
        path: format!("M{}Q{} {}", pair(begin), pair(control), pair(end)),
        head: format!(
            "M{}L{}L{}Z",
            pair(tip),
            pair((end.0 + side_x, end.1 + side_y)),
            pair((end.0 - side_x, end.1 - side_y))
        ),
        width: short(width),
        label,
    }
}

#[cfg(test)]
mod tests {
    use super::{ARC_MAX, ARC_MIN, arc, wide};

    #[test]
    fn an_arc_is_the_wider_the_more_went_and_never_too_thin_to_see() {
        assert!((wide(0, 0) - ARC_MIN).abs() < 1e-9);
        assert!((wide(100, 100) - ARC_MAX).abs() < 1e-9);
        assert!((wide(25, 100) - ARC_MAX / 2.0).abs() < 1e-9);
        assert!((wide(u64::MAX, u64::MAX) - ARC_MAX).abs() < 1e-9);
    }

    #[test]
    fn what_comes_back_lies_on_the_other_side_and_nothing_is_drawn_from_nowhere() {
        let there = arc((0.0, 100.0), (100.0, 100.0), 3.0, String::new());
        let back = arc((100.0, 100.0), (0.0, 100.0), 3.0, String::new());
        assert!(there.path.contains("Q50 82"), "{}", there.path);
        assert!(back.path.contains("Q50 118"), "{}", back.path);
        let same = arc((5.0, 5.0), (5.0, 5.0), 3.0, String::new());
        assert!(!same.path.contains("NaN") && !same.head.contains("NaN"));
    }
}
