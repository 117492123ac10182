//! What keeps units where they are beside this country's own holds: partners' orders, and differences with their ledgers.

use serde::{Deserialize, Serialize};

use crate::log::Hash;
use crate::party::Party;
use crate::record::{FreezeEnded, FreezeHonoured, PositionDifference};
use crate::registry::{Key, Refusal, RegistryHold, State, Value};
use crate::units::UnitRange;

/// A partner's order as the registry keeps it, also after it ended or has expired.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartnerFreeze {
    /// The order.
    pub honoured: FreezeHonoured,
    /// Leaf that honours it.
    pub at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// How it ended, if it did before its expiry.
    pub ended: Option<FreezeEnd>,
}

/// The end of a partner's order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FreezeEnd {
    /// The record.
    pub order: FreezeEnded,
    /// Leaf that ends it.
    pub at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
}

impl PartnerFreeze {
    /// Whether it counts at a moment.
    #[must_use]
    pub fn is_in_force(&self, time_ms: u64) -> bool {
        self.ended.is_none() && time_ms < self.honoured.expiry_ms
    }
}

/// What the last comparison with a partner's ledger that found something new says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Comparison {
    /// Leaf that says so.
    pub at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// Size of the partner's tree that was compared.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// All differences that stand.
    pub differences: Vec<PositionDifference>,
}

/// Names what restrains a stretch of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RestraintKey {
    Hold(u64),
    Freeze(Party, u64),
    Difference(Party),
}

/// Why units stay where they are.
#[derive(Clone, Copy, Debug)]
pub enum Restraint<'a> {
    /// A hold of this country.
    Hold(&'a RegistryHold),
    /// A partner's order.
    Freeze(&'a PartnerFreeze),
    /// This ledger and a partner's disagree about them.
    Difference(Party, &'a Comparison),
}

impl Restraint<'_> {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Hold(hold) => hold.refusal(),
            Self::Freeze(freeze) => Refusal::FrozenByPartner {
                party: freeze.honoured.party,
                hold: freeze.honoured.hold,
                reason: freeze.honoured.reason.to_string(),
                expiry_ms: freeze.honoured.expiry_ms,
            },
            Self::Difference(party, comparison) => Refusal::Disputed {
                party: *party,
                at: comparison.at,
            },
        }
    }
}

impl State {
    /// A partner's order that was honoured here, by its number there; also one that ended.
    #[must_use]
    pub fn freeze(&self, party: Party, hold: u64) -> Option<&PartnerFreeze> {
        match self.others.get(&Key::Freeze(party, hold)) {
            Some(Value::Freeze(it)) => Some(it),
            _ => None,
        }
    }

    /// Every partner's order that was honoured here, also those that ended.
    pub fn freezes(&self) -> impl DoubleEndedIterator<Item = &PartnerFreeze> {
        let all = Key::Freeze(Party::BEFORE_ALL, 0)..=Key::Freeze(Party::AFTER_ALL, u64::MAX);
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::Freeze(it) => Some(it.as_ref()),
            _ => None,
        })
    }

    /// What the last comparison with a partner's ledger that found something new says; `None` where none ever did.
    #[must_use]
    pub fn comparison(&self, party: Party) -> Option<&Comparison> {
        match self.others.get(&Key::Comparison(party)) {
            Some(Value::Comparison(it)) => Some(it),
            _ => None,
        }
    }

    /// What a key of the index names, if it counts at a moment.
    pub(super) fn restraint(&self, key: RestraintKey, time_ms: u64) -> Option<Restraint<'_>> {
        match key {
            RestraintKey::Hold(number) => self
                .hold(number)
                .filter(|it| it.is_in_force(time_ms))
                .map(Restraint::Hold),
            RestraintKey::Freeze(party, hold) => self
                .freeze(party, hold)
                .filter(|it| it.is_in_force(time_ms))
                .map(Restraint::Freeze),
            RestraintKey::Difference(party) => self
                .comparison(party)
                .map(|it| Restraint::Difference(party, it)),
        }
    }

    /// Sets a freeze or a comparison and keeps the index in step; returns the value before.
    pub(super) fn put_restraint(&mut self, key: &Key, after: Option<Value>) -> Option<Value> {
        let joined = after.as_ref().map(restrained);
        let before = self.set_other(key, after);
        let Some(index_key) = index_key(key) else {
            return before;
        };
        for range in before.as_ref().map(restrained).into_iter().flatten() {
            self.hold_index.stretch(index_key, range, false);
        }
        for range in joined.into_iter().flatten() {
            self.hold_index.stretch(index_key, range, true);
        }
        before
    }
}

fn index_key(key: &Key) -> Option<RestraintKey> {
    match key {
        Key::Freeze(party, hold) => Some(RestraintKey::Freeze(*party, *hold)),
        Key::Comparison(party) => Some(RestraintKey::Difference(*party)),
        _ => None,
    }
}

/// The numbers that a value restrains.
fn restrained(value: &Value) -> Vec<UnitRange> {
    match value {
        Value::Freeze(it) if it.ended.is_none() => it.honoured.ranges.clone(),
        Value::Comparison(it) => it.differences.iter().map(|found| found.range).collect(),
        _ => Vec::new(),
    }
}
