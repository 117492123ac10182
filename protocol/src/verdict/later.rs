//! What came later: whether units moved on since a record, as far as texts at hand show it.

use serde::Deserialize;

use super::{LATER_TEXTS_MAX, Place, Statement, prove, read};
use crate::log::Policy;
use crate::units::UnitRange;

/// Largest answer of the registry that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Where units moved on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The ledger that says so; `None` where an answer of the registry does.
    pub origin: Option<String>,
    /// The entry that moved them.
    pub index: u64,
}

/// What the later texts show together.
pub(super) struct Evidence {
    /// The earliest move.
    pub(super) moved: Option<Moved>,
    /// The registry answered that every unit is where the record put it.
    pub(super) unmoved: bool,
}

/// A page of `GET /api/v1/units/{name}`, as far as it counts here.
#[derive(Deserialize)]
struct Answer {
    items: Vec<Holding>,
}

#[derive(Deserialize)]
struct Holding {
    range: UnitRange,
    since: u64,
}

impl Evidence {
    pub(super) fn gather(
        policy: &Policy,
        later: &[&[u8]],
        place: &Place,
        statement: &Statement,
    ) -> Self {
        let mut evidence = Self {
            moved: None,
            unmoved: false,
        };
        if statement.is_lasting() {
            return evidence;
        }
        for text in later.iter().take(LATER_TEXTS_MAX) {
            let moved = if text.trim_ascii_start().starts_with(b"{") {
                evidence.answer(text, place, statement)
            } else {
                moved_by(policy, text, place, statement)
            };
            // A proof weighs more than an answer.
            evidence.moved = [evidence.moved.take(), moved]
                .into_iter()
                .flatten()
                .min_by_key(|it| (it.origin.is_none(), it.origin.clone(), it.index));
        }
        evidence
    }

    /// Whether an answer, and no proof, decides.
    pub(super) fn is_answer(&self) -> bool {
        match &self.moved {
            Some(moved) => moved.origin.is_none(),
            None => self.unmoved,
        }
    }

    fn answer(&mut self, text: &[u8], place: &Place, statement: &Statement) -> Option<Moved> {
        if text.len() > ANSWER_BYTES_MAX || statement.ranges.is_empty() {
            return None;
        }
        let Answer { items } = serde_json::from_slice(text).ok()?;
        let after = |it: &&Holding| {
            let touches = statement
                .ranges
                .iter()
                .any(|range| range.overlaps(it.range));
            touches && it.since > place.index
        };
        let moved = items.iter().filter(after).map(|it| it.since).min();
        let here: Vec<UnitRange> = items
            .iter()
            .filter(|it| it.since == place.index)
            .map(|it| it.range)
            .collect();
        self.unmoved |= moved.is_none() && statement.ranges.iter().all(|it| is_covered(*it, &here));
        moved.map(|index| Moved {
            origin: None,
            index,
        })
    }
}

/// Whether every unit of a range is in one of the others.
fn is_covered(range: UnitRange, by: &[UnitRange]) -> bool {
    let mut parts: Vec<UnitRange> = by
        .iter()
        .copied()
        .filter(|part| part.overlaps(range))
        .collect();
    parts.sort_unstable();
    let mut next = range.first();
    for part in parts {
        if part.first() > next {
            return false;
        }
        // Numbers end at 2^63 - 1.
        next = next.max(part.last() + 1);
    }
    next > range.last()
}

/// The move that another bundle proves. Within one ledger the later entry is the one with the larger index; between two, the
/// later record is the one with the later time.
fn moved_by(policy: &Policy, text: &[u8], place: &Place, statement: &Statement) -> Option<Moved> {
    let (later, leaf) = prove(policy, text).ok()?;
    let (_, said) = read(&leaf, &later.head.origin).ok()?;
    let is_after = if later.head.origin == place.head.origin {
        later.index > place.index
    } else {
        said.time_ms > statement.time_ms
    };
    (is_after && said.overtakes(statement)).then_some(Moved {
        origin: Some(later.head.origin),
        index: later.index,
    })
}
