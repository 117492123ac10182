//! Intents to place and lift holds.

use crate::record::{
    Body, FreezeHonoured, HoldLifted, HoldOn, HoldPlaced, MAX_RANGES, PositionsCompared, Split,
};
use crate::registry::{LiftHold, Place, PlaceHold, Refusal, State};
use crate::units::UnitRange;

/// The hold, and before it the splits that leave the rest of its ranges free to move.
pub(super) fn place(state: &State, new: &PlaceHold) -> Result<Vec<Body>, Refusal> {
    let PlaceHold {
        mut on,
        reason,
        authority,
        reference,
        expiry_ms,
        by,
    } = new.clone();
    let mut bodies = Vec::new();
    if let HoldOn::Ranges(ranges) = &mut on {
        if ranges.len() > MAX_RANGES {
            return Err(Refusal::TooManyRanges);
        }
        ranges.sort_unstable();
        bodies = splits(state, ranges)?;
    }
    let last = state.holds_after(0).next_back();
    bodies.push(Body::HoldPlaced(HoldPlaced {
        hold: last.map_or(0, |last| last.placed.hold) + 1,
        on,
        reason,
        authority,
        reference,
        expiry_ms,
        by,
    }));
    Ok(bodies)
}

/// An order of a partner, and before it the splits that leave the rest of its ranges free to move.
pub(super) fn honour(state: &State, new: &FreezeHonoured) -> Result<Vec<Body>, Refusal> {
    let mut bodies = splits(state, &new.ranges)?;
    bodies.push(Body::FreezeHonoured(Box::new(new.clone())));
    Ok(bodies)
}

/// What a comparison found, and before it the splits that leave the rest of its ranges free to move.
pub(super) fn compared(state: &State, new: &PositionsCompared) -> Result<Vec<Body>, Refusal> {
    let ranges: Vec<UnitRange> = new.differences.iter().map(|found| found.range).collect();
    let mut bodies = splits(state, &ranges)?;
    bodies.push(Body::PositionsCompared(new.clone()));
    Ok(bodies)
}

/// Cuts what an account can dispose of at the ends of ascending ranges.
fn splits(state: &State, ranges: &[UnitRange]) -> Result<Vec<Body>, Refusal> {
    let mut bodies = Vec::new();
    // What the last cut left behind: the state does not know it yet.
    let mut rest: Option<UnitRange> = None;
    for range in ranges {
        for holding in state.holdings_over(*range) {
            if !matches!(holding.place, Place::Available(_)) {
                continue;
            }
            let whole = holding.block.range();
            let mut piece = rest.filter(|it| whole.contains_range(*it)).unwrap_or(whole);
            for at in [range.first(), range.last().saturating_add(1)] {
                if piece.first() < at && at <= piece.last() {
                    bodies.push(Body::Split(Split { range: piece, at }));
                    let cut = piece.split_at(at).map_err(|_| Refusal::Overflow)?;
                    piece = cut.1;
                }
            }
            rest = Some(piece);
        }
    }
    Ok(bodies)
}

pub(super) fn lift(new: &LiftHold) -> Body {
    let LiftHold {
        hold,
        reason,
        authority,
        reference,
        by,
    } = new.clone();
    Body::HoldLifted(HoldLifted {
        hold,
        reason,
        authority,
        reference,
        by,
    })
}
