//! Two Parties' ledgers compared before either of them reports: what one first transferred or transferred to the other against
//! what the other acquired from it, unit by unit, as the Article 6 database compares them (6/CMA.4 annex I para 39). And the uses
//! abroad that are first transfers: what the user recorded against what the Party of origin was told of.

mod compare;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article6::{AuthorisedUse, MetricKind, UnitEvent, UnitEventKind};
use crate::party::Party;
use crate::serial::CooperativeApproachId;
use crate::units::UnitRange;

use compare::{Way, What, compare};

/// Why two ledgers differ about some units. What the sender says comes first; of a use, what the Party of origin says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The sender has them gone, and the other Party has not acquired them.
    NotAcquired,
    /// The other Party acquired them, and the sender has not recorded its end: it may be on its way.
    NotTransferred,
    /// The other Party used or cancelled them, which is their first transfer, and the Party of origin was not told of it yet.
    NotNotified,
    /// The Party of origin was told of a use or cancellation that the other Party has not recorded.
    NotUsed,
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
    /// They are authorised for two kinds of use.
    OtherUses {
        /// In the sender's ledger.
        sent: AuthorisedUse,
        /// In the other's.
        acquired: AuthorisedUse,
    },
    /// They count in two metrics, or by two numbers a tonne.
    OtherMetric {
        /// In the sender's ledger.
        sent: MetricKind,
        /// In the other's.
        acquired: MetricKind,
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
    /// The sender; of a use, the Party of origin.
    pub from: Party,
    /// The other Party; of a use, the Party that used or cancelled.
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
    /// Every difference, with its cause, in order of sender and units.
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
        transfers(from, to, &mut check);
        uses(from, to, &mut check);
    }
    check
        .differences
        .sort_unstable_by_key(|it| (it.from, it.units, it.cause));
    check
}

/// What one sent and the other acquired, by the origin of the units.
fn transfers(
    (from, senders): (Party, &[UnitEvent]),
    (to, receivers): (Party, &[UnitEvent]),
    check: &mut CrossCheck,
) {
    let mut ways: BTreeMap<Party, Way<'_>> = BTreeMap::new();
    let key = |event: &UnitEvent| (from, event.year(), event.approach, event.vintage);
    for event in senders.iter().filter(|it| is_sent(it, to)) {
        check.totals.entry(key(event)).or_default().sent += event.units.tonnes();
        let way = ways.entry(event.units.origin()).or_default();
        way.sent.push(event);
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
        compare(
            (from, to, origin),
            What::Transfer,
            &way,
            &mut check.differences,
        );
    }
}

fn is_sent(event: &UnitEvent, to: Party) -> bool {
    match event.kind {
        UnitEventKind::FirstTransferred { to: whom, .. }
        | UnitEventKind::Transferred { to: whom } => whom == Some(to),
        _ => false,
    }
}

/// Uses by one Party of units that the other issued, where the use is the first transfer.
fn uses(
    (origin, owners): (Party, &[UnitEvent]),
    (user, users): (Party, &[UnitEvent]),
    check: &mut CrossCheck,
) {
    let told = |it: &&UnitEvent| {
        let first = matches!(it.kind, UnitEventKind::FirstTransferred { .. });
        first && it.user == Some(user) && it.units.origin() == origin
    };
    let used = |it: &&UnitEvent| {
        let first = matches!(it.kind, UnitEventKind::PartnersFirstTransfer { .. });
        first && it.units.origin() == origin
    };
    let way = Way {
        sent: owners.iter().filter(told).collect(),
        acquired: users.iter().filter(used).collect(),
    };
    compare(
        (origin, user, origin),
        What::Use,
        &way,
        &mut check.differences,
    );
}
