//! What a registry holds for which purpose at a moment (2/CMA.3 annex para 29; 6/CMA.4 annex I paras 1 to 8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article6::book::Book;
use crate::article6::book::aef::end_of_year_ms;
use crate::article6::book::movement::Movement;
use crate::article6::{approach_of, held_in};
use crate::party::Party;
use crate::record::{AccountKind, Purpose};
use crate::registry::{Applied, Place, Value};
use crate::serial::CooperativeApproachId;
use crate::units::UnitBlock;

/// What an account is for. Accounts of use and cancellation are one of each kind for the whole registry: nothing leaves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountPurpose {
    /// Holding accounts of the Party.
    PartyHolding,
    /// Holding accounts of authorised entities.
    EntityHolding,
    /// Units set aside against reversals.
    Buffer,
    /// Shares of proceeds, such as for adaptation.
    ShareOfProceeds,
    /// Used towards the NDC.
    UseTowardsNdc,
    /// Used or cancelled for international mitigation purposes other than an NDC.
    InternationalMitigation,
    /// Used or cancelled for other purposes.
    OtherPurposes,
    /// Cancelled for overall mitigation in global emissions.
    OverallMitigation,
    /// Cancelled otherwise.
    OtherCancellation,
}

impl From<AccountKind> for AccountPurpose {
    fn from(kind: AccountKind) -> Self {
        match kind {
            AccountKind::PartyHolding => Self::PartyHolding,
            AccountKind::EntityHolding => Self::EntityHolding,
            AccountKind::Buffer => Self::Buffer,
            AccountKind::ShareOfProceeds => Self::ShareOfProceeds,
        }
    }
}

/// For what the units of a movement ended.
const fn end_for(purpose: Purpose) -> AccountPurpose {
    match purpose {
        Purpose::Ndc => AccountPurpose::UseTowardsNdc,
        Purpose::InternationalMitigation => AccountPurpose::InternationalMitigation,
        Purpose::OtherPurposes => AccountPurpose::OtherPurposes,
        Purpose::OverallMitigation => AccountPurpose::OverallMitigation,
        Purpose::Voluntary => AccountPurpose::OtherCancellation,
    }
}

/// How many units of one approach and vintage are in accounts of one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// The cooperative approach.
    pub approach: CooperativeApproachId,
    /// What the accounts are for.
    pub purpose: AccountPurpose,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
    /// First transferred units, in t CO2 eq.
    pub itmos: u64,
    /// Authorised units that are not first transferred, in t CO2 eq.
    pub authorised: u64,
}

/// What units are counted under: approach, purpose of their account, vintage.
type Under = (CooperativeApproachId, AccountPurpose, u16);

/// So many tonnes under one of them.
#[derive(Clone, Copy)]
struct Part {
    under: Under,
    tonnes: u64,
    is_itmo: bool,
}

/// Tonnes by what they are counted under.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums(BTreeMap<Under, Sum>);

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    itmos: u64,
    authorised: u64,
}

impl Sums {
    fn of(&mut self, part: &Part) -> &mut u64 {
        let sum = self.0.entry(part.under).or_default();
        if part.is_itmo {
            &mut sum.itmos
        } else {
            &mut sum.authorised
        }
    }

    fn add(&mut self, part: &Part) {
        let sum = self.of(part);
        *sum = sum.saturating_add(part.tonnes);
    }

    fn take(&mut self, part: &Part) {
        let sum = self.of(part);
        *sum = sum.saturating_sub(part.tonnes);
    }

    /// Those that are not nothing, in order.
    fn positions(&self) -> Vec<Position> {
        let some = self.0.iter().filter(|(_, it)| it.itmos + it.authorised > 0);
        let position = |(under, sum): (&Under, &Sum)| {
            let (approach, purpose, vintage) = *under;
            Position {
                approach,
                purpose,
                vintage,
                itmos: sum.itmos,
                authorised: sum.authorised,
            }
        };
        some.map(position).collect()
    }
}

impl Book {
    /// The positions at the end of 31 December of a year, in order of approach, purpose and vintage.
    #[must_use]
    pub fn positions_at_end_of(&self, year: u16) -> Vec<Position> {
        self.positions_at(end_of_year_ms(year))
    }

    /// The positions after the last record, in order of approach, purpose and vintage. They are kept as the ledger is read: who
    /// asks waits for nothing.
    #[must_use]
    pub fn positions(&self) -> Vec<Position> {
        self.positions.positions()
    }

    /// The positions at a moment, that moment included, in order of approach, purpose and vintage. The whole history is gone
    /// through.
    #[must_use]
    pub fn positions_at(&self, time_ms: u64) -> Vec<Position> {
        // Blocks that count: those without an approach may be a thousand times as many.
        let mut at: BTreeMap<(Party, u64), Part> = BTreeMap::new();
        for step in self.history.until(time_ms) {
            let key = (step.origin, step.first);
            match step.after.and_then(|it| self.part_of(&it.0, it.1)) {
                Some(part) => drop(at.insert(key, part)),
                None => drop(at.remove(&key)),
            }
        }
        let mut sums = Sums::default();
        at.values().for_each(|part| sums.add(part));
        let known = self.movements.iter().take_while(|it| it.time_ms <= time_ms);
        known.filter_map(ended).for_each(|part| sums.add(&part));
        sums.positions()
    }

    /// Keeps the positions, as a record changed blocks and moved units.
    pub(super) fn count(&mut self, applied: &Applied, movements: &[Movement]) {
        for change in &applied.changes {
            let part = |value: &Option<Value>| match value {
                Some(Value::Holding(it)) => self.part_of(&it.block, it.place),
                _ => None,
            };
            let (before, after) = (part(&change.before), part(&change.after));
            before.iter().for_each(|part| self.positions.take(part));
            after.iter().for_each(|part| self.positions.add(part));
        }
        for part in movements.iter().filter_map(ended) {
            self.positions.add(&part);
        }
    }

    /// What a block in an account counts as; `None` where Article 6 does not know it, or it is not in an account.
    fn part_of(&self, block: &UnitBlock, place: Place) -> Option<Part> {
        let approach = approach_of(block)?;
        let (_, kind) = self.accounts.get(&held_in(place)?)?;
        Some(Part {
            under: (approach, (*kind).into(), block.serial.year()),
            tonnes: block.tonnes(),
            is_itmo: block.first_transfer.is_some(),
        })
    }
}

/// What ended here: only that names the account that it was in.
fn ended(of: &Movement) -> Option<Part> {
    of.account?;
    let purpose = end_for(of.purpose?);
    Some(Part {
        under: (of.approach, purpose, of.block.serial.year()),
        tonnes: of.block.tonnes(),
        is_itmo: true,
    })
}
