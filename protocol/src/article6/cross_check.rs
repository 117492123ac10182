//! Two Parties' ledgers compared before either of them reports: what one first transferred or transferred to the other against
//! what the other acquired from it, unit by unit, as the Article 6 database compares them (6/CMA.4 annex I para 39).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::article6::{UnitEvent, UnitEventKind};
use crate::party::Party;
use crate::serial::CooperativeApproachId;
use crate::units::UnitRange;

/// Why two ledgers differ about some units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The sender has them gone, and the other Party has not acquired them.
    NotAcquired,
    /// The other Party acquired them, and the sender has not recorded its end: it may be on its way.
    NotTransferred,
    /// They are of two approaches.
    OtherApproach {
        /// In the sender's ledger.
        sent: CooperativeApproachId,
        /// In the other's.
        acquired: CooperativeApproachId,
    },
    /// They are of two vintages.
    OtherVintage {
        /// In the sender's ledger.
        sent: u16,
        /// In the other's.
        acquired: u16,
    },
    /// The two sides recorded it in two calendar years, and so report it in two.
    OtherYear {
        /// In the sender's ledger.
        sent: u16,
        /// In the other's.
        acquired: u16,
    },
}

/// One difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The sender.
    pub from: Party,
    /// The other Party.
    pub to: Party,
    /// The approach, as the side that has the units in its ledger says it; the sender's where both have.
    pub approach: CooperativeApproachId,
    /// The vintage, likewise.
    pub vintage: u16,
    /// The year in which it was recorded, likewise.
    pub year: u16,
    /// The units.
    pub units: UnitRange,
    /// Why.
    pub cause: Cause,
}

/// What moved one way in one year under one approach, of one vintage, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// As the sender has it.
    pub sent: u64,
    /// As the other Party has it.
    pub acquired: u64,
}

/// Names a total: sender, year, approach, vintage.
pub type TotalKey = (Party, u16, CooperativeApproachId, u16);

/// What two ledgers say about each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrossCheck {
    /// Every difference, with its cause.
    pub differences: Vec<Difference>,
    /// The totals of both sides.
    pub totals: BTreeMap<TotalKey, Total>,
}

impl CrossCheck {
    /// Whether the two agree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// The differences that touch the reports of a year.
    pub fn of_year(&self, year: u16) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(move |it| match it.cause {
            Cause::OtherYear { sent, acquired } => sent == year || acquired == year,
            _ => it.year == year,
        })
    }
}

/// Compares two ledgers, both ways.
#[must_use]
pub fn cross_check(one: (Party, &[UnitEvent]), two: (Party, &[UnitEvent])) -> CrossCheck {
    let mut check = CrossCheck::default();
    for (from, to) in [(one, two), (two, one)] {
        one_way(from, to, &mut check);
    }
    check
        .differences
        .sort_unstable_by_key(|it| (it.from, it.units));
    check
}

/// The events of one way, by the origin of their units.
#[derive(Default)]
struct Way<'a> {
    sent: Vec<&'a UnitEvent>,
    acquired: Vec<&'a UnitEvent>,
}

fn one_way(
    (from, senders): (Party, &[UnitEvent]),
    (to, receivers): (Party, &[UnitEvent]),
    check: &mut CrossCheck,
) {
    let mut ways: BTreeMap<Party, Way<'_>> = BTreeMap::new();
    let key = |event: &UnitEvent| (from, event.year(), event.approach, event.vintage);
    for event in senders.iter().filter(|it| is_sent(it, to)) {
        check.totals.entry(key(event)).or_default().sent += event.units.tonnes();
        ways.entry(event.units.origin())
            .or_default()
            .sent
            .push(event);
    }
    for event in receivers
        .iter()
        .filter(|it| it.kind == UnitEventKind::Acquired { from })
    {
        check.totals.entry(key(event)).or_default().acquired += event.units.tonnes();
        let way = ways.entry(event.units.origin()).or_default();
        way.acquired.push(event);
    }
    for (origin, way) in ways {
        compare((from, to, origin), &way, &mut check.differences);
    }
}

fn is_sent(event: &UnitEvent, to: Party) -> bool {
    match event.kind {
        UnitEventKind::FirstTransferred { to: whom, .. }
        | UnitEventKind::Transferred { to: whom } => whom == Some(to),
        _ => false,
    }
}

/// Every stretch of units that no event divides, with what both sides say of it.
fn compare((from, to, origin): (Party, Party, Party), way: &Way<'_>, found: &mut Vec<Difference>) {
    let all = way.sent.iter().chain(&way.acquired);
    let ends: BTreeSet<u64> = all
        .flat_map(|it| [it.units.first(), it.units.last() + 1])
        .collect();
    let ends: Vec<u64> = ends.into_iter().collect();
    let mut stretches: Vec<(Vec<&UnitEvent>, Vec<&UnitEvent>)> =
        vec![Default::default(); ends.len()];
    for (side, events) in [(0, &way.sent), (1, &way.acquired)] {
        for event in events {
            let first = ends.partition_point(|end| *end < event.units.first());
            let after = ends.partition_point(|end| *end <= event.units.last());
            for stretch in &mut stretches[first..after] {
                let list = if side == 0 {
                    &mut stretch.0
                } else {
                    &mut stretch.1
                };
                list.push(event);
            }
        }
    }
    for (place, (mut sent, mut acquired)) in stretches.into_iter().enumerate() {
        let Some(next) = ends.get(place + 1) else {
            continue;
        };
        let Ok(units) = UnitRange::new(origin, ends[place], next - 1) else {
            continue;
        };
        // A unit may go the same way again after it came back: the first goes with the first.
        sent.sort_by_key(|it| it.day);
        acquired.sort_by_key(|it| it.day);
        for pair in 0..sent.len().max(acquired.len()) {
            let (sent, acquired) = (sent.get(pair).copied(), acquired.get(pair).copied());
            let causes = causes(sent, acquired);
            let Some(event) = sent.or(acquired) else {
                continue;
            };
            found.extend(causes.into_iter().flatten().map(|cause| Difference {
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
    join(found);
}

fn causes(sent: Option<&UnitEvent>, acquired: Option<&UnitEvent>) -> [Option<Cause>; 3] {
    match (sent, acquired) {
        (Some(sent), Some(acquired)) => {
            let approaches = (sent.approach, acquired.approach);
            let vintages = (sent.vintage, acquired.vintage);
            let years = (sent.year(), acquired.year());
            [
                (approaches.0 != approaches.1).then_some(Cause::OtherApproach {
                    sent: approaches.0,
                    acquired: approaches.1,
                }),
                (vintages.0 != vintages.1).then_some(Cause::OtherVintage {
                    sent: vintages.0,
                    acquired: vintages.1,
                }),
                (years.0 != years.1).then_some(Cause::OtherYear {
                    sent: years.0,
                    acquired: years.1,
                }),
            ]
        }
        (Some(_), None) => [Some(Cause::NotAcquired), None, None],
        (None, Some(_)) => [Some(Cause::NotTransferred), None, None],
        (None, None) => [None, None, None],
    }
}

/// So many differences are looked back at for a neighbour: one stretch has few.
const NEAR: usize = 16;

/// Neighbours that differ in the same way become one.
fn join(found: &mut Vec<Difference>) {
    let same = |a: &Difference, b: &Difference| {
        (a.from, a.to, a.approach, a.vintage, a.year, a.cause)
            == (b.from, b.to, b.approach, b.vintage, b.year, b.cause)
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
