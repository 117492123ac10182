//! Reconciliation: whether two ledgers agree where units are.
//!
//! Kyoto's log compared totals first, then blocks, then asked for the audit trail (data exchange standards, section 8). Here
//! each country has the whole witnessed ledger of the other, so blocks are compared at once, and the audit trail of each is a
//! proof away. Units in doubt stay where they are until a comparison finds no difference.

use std::collections::BTreeSet;

use crate::party::Party;
use crate::record::{Discrepancy, PositionDifference};
use crate::registry::{Holding, Place, State};
use crate::units::UnitRange;

/// Two ledgers beside each other.
pub struct Reconciliation<'a> {
    own: Side<'a>,
    other: Side<'a>,
    /// Size of this ledger before the other's head was asked for.
    asked_at: u64,
}

struct Side<'a> {
    party: Party,
    state: &'a State,
}

impl<'a> Reconciliation<'a> {
    /// Puts a partner's ledger beside this one. `asked_at` is the size that this ledger had before the partner was asked for the
    /// head that `other` is read up to: what came here later may have left there later, too, and is not judged.
    ///
    /// `None` where one of the two has no genesis yet, or where this ledger has relied on leaves of the partner that `other`
    /// lacks.
    #[must_use]
    pub fn new(own: &'a State, other: &'a State, asked_at: u64) -> Option<Self> {
        let (here, there) = (own.genesis()?.party, other.genesis()?.party);
        let is_behind = own.pin(there).is_some_and(|pin| pin.size > other.size());
        (!is_behind).then_some(Self {
            own: Side {
                party: here,
                state: own,
            },
            other: Side {
                party: there,
                state: other,
            },
            asked_at,
        })
    }

    /// What the two disagree about among the units of a range, in order. A stretch is named once.
    #[must_use]
    pub fn differences(&self, range: UnitRange) -> Vec<PositionDifference> {
        let mut found = Vec::new();
        let mut first = range.first();
        loop {
            let (own, own_ends) = self.own.at(range, first);
            let (other, other_ends) = self.other.at(range, first);
            let last = own_ends.min(other_ends);
            let piece = UnitRange::known(range.origin(), first, last);
            if let Some(kind) = self.judge(piece, own.as_ref(), other.as_ref()) {
                found.push(PositionDifference { range: piece, kind });
            }
            if last >= range.last() {
                return found;
            }
            first = last + 1;
        }
    }

    fn judge(
        &self,
        piece: UnitRange,
        own: Option<&Holding>,
        other: Option<&Holding>,
    ) -> Option<Discrepancy> {
        match (own, other) {
            (None, None) => None,
            (Some(known), None) => unknown_to(self.other.party, piece, known)
                .filter(|kind| self.is_old_enough(known) || *kind == Discrepancy::Nowhere),
            (None, Some(known)) => unknown_to(self.own.party, piece, known),
            (Some(here), Some(there)) => self.both_know(here, there),
        }
    }

    /// Units that were here before the partner was asked had left it by then, if they ever were there, under a head that
    /// witnesses had seen (rule R2), by whichever countries they came.
    fn is_old_enough(&self, here: &Holding) -> bool {
        here.since < self.asked_at
    }

    fn both_know(&self, here: &Holding, there: &Holding) -> Option<Discrepancy> {
        let given_each_other = here.place == Place::Abroad(self.other.party)
            && there.place == Place::Abroad(self.own.party);
        if has(here) && has(there) && self.is_old_enough(here) {
            return Some(Discrepancy::HeldTwice);
        }
        if given_each_other {
            return Some(Discrepancy::Nowhere);
        }
        let is_same = here.block.is_of_one_issuance_with(&there.block);
        (!is_same).then_some(Discrepancy::Attributes)
    }
}

/// A ledger does not know units that the other says something of.
fn unknown_to(ignorant: Party, piece: UnitRange, known: &Holding) -> Option<Discrepancy> {
    if piece.origin() == ignorant {
        return Some(Discrepancy::NeverIssued);
    }
    (known.place == Place::Abroad(ignorant)).then_some(Discrepancy::Nowhere)
}

/// Whether a ledger has the units itself: to dispose of, on hold, or used up. Those in escrow are on their way: whoever they are
/// for may have taken them and given them on before the source hears of it.
fn has(holding: &Holding) -> bool {
    !matches!(holding.place, Place::Abroad(_) | Place::Escrow(_))
}

impl Side<'_> {
    /// What is known at a number, and how far that reaches within a range.
    fn at(&self, range: UnitRange, first: u64) -> (Option<Holding>, u64) {
        let rest = UnitRange::known(range.origin(), first, range.last());
        match self.state.holdings_over(rest).next() {
            None => (None, range.last()),
            Some(holding) if holding.block.range().first() > first => {
                (None, holding.block.range().first() - 1)
            }
            Some(holding) => {
                let ends = holding.block.range().last().min(range.last());
                (Some(holding), ends)
            }
        }
    }
}

/// All differences as one record names them: in ascending order, none overlapping another, at most `max`. Where there are more,
/// the nearest of one origin are joined with what lies between them, and the gravest kind stands for all.
#[must_use]
pub fn in_one_record(
    found: impl IntoIterator<Item = PositionDifference>,
    max: usize,
) -> Vec<PositionDifference> {
    let sorted: BTreeSet<PositionDifference> = found.into_iter().collect();
    let mut joined: Vec<PositionDifference> = Vec::new();
    for next in sorted {
        match joined.last_mut() {
            Some(last) if last.range.overlaps(next.range) => join(last, next),
            Some(last) if last.range.is_adjacent(next.range) && last.kind == next.kind => {
                join(last, next);
            }
            _ => joined.push(next),
        }
    }
    while joined.len() > max {
        let Some(at) = narrowest_gap(&joined) else {
            // One of each origin, and still too many: the rest comes when these are cleared.
            joined.truncate(max);
            break;
        };
        let next = joined.remove(at + 1);
        if let Some(last) = joined.get_mut(at) {
            join(last, next);
        }
    }
    joined
}

fn join(into: &mut PositionDifference, next: PositionDifference) {
    let last = into.range.last().max(next.range.last());
    into.range = UnitRange::known(into.range.origin(), into.range.first(), last);
    into.kind = into.kind.min(next.kind);
}

fn narrowest_gap(list: &[PositionDifference]) -> Option<usize> {
    let gaps = list.windows(2).enumerate().filter_map(|(at, pair)| {
        let [left, right] = pair else { return None };
        let is_one_origin = left.range.origin() == right.range.origin();
        is_one_origin.then(|| (right.range.first() - left.range.last(), at))
    });
    gaps.min().map(|(_, at)| at)
}
