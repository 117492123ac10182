//! What a registry shows of its units (2/CMA.3 annex para 29): who held what at a moment, and everything that happened to a
//! block. Read off the ledger as it is folded; nothing is looked up in a store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::party::Party;
use crate::registry::{Applied, Key, Place, Value};
use crate::serial::CooperativeApproachId;
use crate::units::{UnitBlock, UnitRange};

/// A block came to a place, changed, or was divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The leaf.
    pub leaf: u64,
    /// Its time in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// The origin of the units.
    pub origin: Party,
    /// The first number of the block.
    pub first: u64,
    /// The block and its place from then on; `None` where another block took the number in.
    pub after: Option<(UnitBlock, Place)>,
}

/// Which blocks are meant; what is `None` does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HoldingFilter {
    /// In this account.
    pub account: Option<AccountId>,
    /// ITMOs, or authorised units, of this cooperative approach.
    pub approach: Option<CooperativeApproachId>,
    /// Of this vintage.
    pub vintage: Option<u16>,
}

/// Every step of every block, in the order of the ledger.
#[derive(Clone, Debug, Default)]
pub struct UnitHistory {
    steps: Vec<Step>,
}

/// The account in which a block is, if it is here and not at its end.
#[must_use]
pub const fn held_in(place: Place) -> Option<AccountId> {
    match place {
        Place::Available(account)
        | Place::OnHold(account)
        | Place::Escrow(account)
        | Place::Reserved(account) => Some(account),
        Place::Abroad(_) | Place::Used | Place::Cancelled => None,
    }
}

/// The approach of a block: of its first transfer, else of its authorisation.
#[must_use]
pub fn approach_of(block: &UnitBlock) -> Option<CooperativeApproachId> {
    let first = block.first_transfer.map(|it| it.cooperative_approach);
    first.or_else(|| block.authorisation.map(|it| it.cooperative_approach))
}

impl HoldingFilter {
    fn takes(self, block: &UnitBlock, place: Place) -> bool {
        let account = held_in(place);
        self.account.is_none_or(|wanted| account == Some(wanted))
            && self
                .approach
                .is_none_or(|wanted| approach_of(block) == Some(wanted))
            && self
                .vintage
                .is_none_or(|wanted| block.serial.year() == wanted)
    }
}

impl UnitHistory {
    /// Takes in what a record did. Records come in the order of the ledger.
    pub fn observe(&mut self, leaf: u64, time_ms: u64, applied: &Applied) {
        for change in &applied.changes {
            let Key::Holding(origin, first) = change.key else {
                continue;
            };
            let after = match &change.after {
                Some(Value::Holding(it)) => Some((it.block, it.place)),
                _ => None,
            };
            self.steps.push(Step {
                leaf,
                time_ms,
                origin,
                first,
                after,
            });
        }
    }

    /// The steps up to a moment, that moment included, in the order of the ledger.
    pub(super) fn until(&self, time_ms: u64) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .take_while(move |it| it.time_ms <= time_ms)
    }

    /// What was held here at a moment, that moment included, in order of origin and number.
    #[must_use]
    pub fn holdings_at(&self, time_ms: u64, filter: HoldingFilter) -> Vec<(UnitBlock, Place)> {
        let mut at: BTreeMap<(Party, u64), (UnitBlock, Place)> = BTreeMap::new();
        for step in self.until(time_ms) {
            let key = (step.origin, step.first);
            let is_meant = |(block, place): &(UnitBlock, Place)| {
                held_in(*place).is_some() && filter.takes(block, *place)
            };
            match step.after.filter(is_meant) {
                Some(after) => drop(at.insert(key, after)),
                None => drop(at.remove(&key)),
            }
        }
        at.into_values().collect()
    }

    /// Every step of every block that shares a unit with a range.
    pub fn of(&self, range: UnitRange) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| {
            let block = step.after.map(|(block, _)| block.range());
            block.is_some_and(|block| block.overlaps(range))
        })
    }
}
