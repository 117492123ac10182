//! One way, one origin: every stretch of units that no event divides, with what both sides say of it.

use std::collections::BTreeSet;

use super::{Cause, Difference};
use crate::article6::UnitEvent;
use crate::party::Party;
use crate::units::UnitRange;

/// The events of one way, by the side that recorded them.
#[derive(Default)]
pub(super) struct Way<'a> {
    pub(super) sent: Vec<&'a UnitEvent>,
    pub(super) acquired: Vec<&'a UnitEvent>,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Transfers with acquisitions.
    Transfer,
    /// Uses abroad with what the Party of origin was told. Only that Party reports them, so their years need not be the same.
    Use,
}

pub(super) fn compare(
    (from, to, origin): (Party, Party, Party),
    what: What,
    way: &Way<'_>,
    found: &mut Vec<Difference>,
) {
    let mut differences = Vec::new();
    for (units, mut sent, mut acquired) in stretches(origin, way) {
        // A unit may go the same way again after it came back: the first goes with the first.
        sent.sort_by_key(|it| it.day);
        acquired.sort_by_key(|it| it.day);
        for pair in 0..sent.len().max(acquired.len()) {
            let (sent, acquired) = (sent.get(pair).copied(), acquired.get(pair).copied());
            let Some(event) = sent.or(acquired) else {
                continue;
            };
            let causes = causes(what, sent, acquired);
            differences.extend(causes.into_iter().flatten().map(|cause| Difference {
                from,
                to,
                approach: event.approach,
                vintage: event.vintage,
                year: event.year(),
                units,
                cause,
            }));
        }
    }
    join(&mut differences);
    found.append(&mut differences);
}

/// Some units, with the events of both sides that are about all of them.
type Stretch<'a> = (UnitRange, Vec<&'a UnitEvent>, Vec<&'a UnitEvent>);

fn stretches<'a>(origin: Party, way: &Way<'a>) -> Vec<Stretch<'a>> {
    let all = way.sent.iter().chain(&way.acquired);
    let ends: BTreeSet<u64> = all
        .flat_map(|it| [it.units.first(), it.units.last() + 1])
        .collect();
    let ends: Vec<u64> = ends.into_iter().collect();
    let mut stretches: Vec<Stretch<'a>> = Vec::with_capacity(ends.len());
    for pair in ends.windows(2) {
        // Both ends are of events of this origin, and the first is below the second.
        if let Ok(units) = UnitRange::new(origin, pair[0], pair[1] - 1) {
            stretches.push((units, Vec::new(), Vec::new()));
        }
    }
    for (is_sent, events) in [(true, &way.sent), (false, &way.acquired)] {
        for event in events {
            let first = stretches.partition_point(|it| it.0.first() < event.units.first());
            let after = stretches.partition_point(|it| it.0.first() <= event.units.last());
            for stretch in &mut stretches[first..after] {
                let side = if is_sent {
                    &mut stretch.1
                } else {
                    &mut stretch.2
                };
                side.push(event);
            }
        }
    }
    stretches
}

/// What differs between the two sides of one event.
fn causes(
    what: What,
    sent: Option<&UnitEvent>,
    acquired: Option<&UnitEvent>,
) -> [Option<Cause>; 5] {
    let mut causes = [None; 5];
    let (sent, acquired) = match (sent, acquired) {
        (Some(sent), Some(acquired)) => (sent, acquired),
        (sent, _) => {
            causes[0] = Some(match (what, sent.is_some()) {
                (What::Transfer, true) => Cause::NotAcquired,
                (What::Transfer, false) => Cause::NotTransferred,
                (What::Use, true) => Cause::NotUsed,
                (What::Use, false) => Cause::NotNotified,
            });
            return causes;
        }
    };
    if sent.approach != acquired.approach {
        let (sent, acquired) = (sent.approach, acquired.approach);
        causes[0] = Some(Cause::OtherApproach { sent, acquired });
    }
    if sent.vintage != acquired.vintage {
        let (sent, acquired) = (sent.vintage, acquired.vintage);
        causes[1] = Some(Cause::OtherVintage { sent, acquired });
    }
    if sent.uses != acquired.uses {
        let (sent, acquired) = (sent.uses, acquired.uses);
        causes[2] = Some(Cause::OtherUses { sent, acquired });
    }
    if sent.metric != acquired.metric || counts_differ(sent, acquired) {
        let (sent, acquired) = (sent.metric, acquired.metric);
        causes[3] = Some(Cause::OtherMetric { sent, acquired });
    }
    if what == What::Transfer && sent.year() != acquired.year() {
        let (sent, acquired) = (sent.year(), acquired.year());
        causes[4] = Some(Cause::OtherYear { sent, acquired });
    }
    causes
}

/// Whether the two count a tonne by different numbers.
fn counts_differ(one: &UnitEvent, two: &UnitEvent) -> bool {
    let cross = |it: &UnitEvent, other: &UnitEvent| {
        u128::from(it.quantity) * u128::from(other.units.tonnes())
    };
    cross(one, two) != cross(two, one)
}

/// So many differences are looked back at for a neighbour: one stretch has few.
const NEAR: usize = 16;

/// Neighbours that differ in the same way become one.
fn join(found: &mut Vec<Difference>) {
    let same = |a: &Difference, b: &Difference| {
        (a.approach, a.vintage, a.year, a.cause) == (b.approach, b.vintage, b.year, b.cause)
    };
    let mut joined: Vec<Difference> = Vec::with_capacity(found.len());
    for it in found.drain(..) {
        let last = joined
            .iter_mut()
            .rev()
            .take(NEAR)
            .find(|last| same(last, &it));
        match last.and_then(|last| Some((last.units.join(it.units).ok()?, last))) {
            Some((units, last)) => last.units = units,
            None => joined.push(it),
        }
    }
    *found = joined;
}
