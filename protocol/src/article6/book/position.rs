//! What a registry holds for which purpose at a moment (2/CMA.3 annex para 29; 6/CMA.4 annex I paras 1 to 8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article6::book::Book;
use crate::article6::book::aef::end_of_year_ms;
use crate::article6::{HoldingFilter, approach_of, held_in};
use crate::record::{AccountKind, Purpose};
use crate::serial::CooperativeApproachId;

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

impl Book {
    /// The positions at the end of 31 December of a year, in order of approach, purpose and vintage.
    #[must_use]
    pub fn positions_at_end_of(&self, year: u16) -> Vec<Position> {
        self.positions_at(end_of_year_ms(year))
    }

    /// The positions at a moment, that moment included, in order of approach, purpose and vintage.
    #[must_use]
    pub fn positions_at(&self, time_ms: u64) -> Vec<Position> {
        let mut sums = BTreeMap::<_, (u64, u64)>::new();
        let mut add = |approach, purpose, vintage, tonnes: u64, is_itmo: bool| {
            let sum = sums.entry((approach, purpose, vintage)).or_default();
            let part = if is_itmo { &mut sum.0 } else { &mut sum.1 };
            *part = part.saturating_add(tonnes);
        };
        for (block, place) in self.history.holdings_at(time_ms, HoldingFilter::default()) {
            let kind = held_in(place).and_then(|account| self.accounts.get(&account));
            if let (Some(approach), Some((_, kind))) = (approach_of(&block), kind) {
                let (vintage, is_itmo) = (block.serial.year(), block.first_transfer.is_some());
                add(approach, (*kind).into(), vintage, block.tonnes(), is_itmo);
            }
        }
        let known = self.movements.iter().take_while(|it| it.time_ms <= time_ms);
        for it in known {
            // Only what ended here names the account that it was in.
            if let (Some(_), Some(purpose)) = (it.account, it.purpose) {
                let vintage = it.block.serial.year();
                add(
                    it.approach,
                    end_for(purpose),
                    vintage,
                    it.block.tonnes(),
                    true,
                );
            }
        }
        let positions = sums.into_iter();
        positions
            .map(
                |((approach, purpose, vintage), (itmos, authorised))| Position {
                    approach,
                    purpose,
                    vintage,
                    itmos,
                    authorised,
                },
            )
            .collect()
    }
}
