//! Holds: what may not move, by whose order and how long.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganisationId};
use crate::party::Party;
use crate::record::{HoldLifted, HoldOn, HoldPlaced};
use crate::registry::restraint::{Restraint, RestraintKey};
use crate::registry::{Key, Refusal, State, Value};
use crate::units::{UnitBlock, UnitRange};

/// A hold as the registry keeps it, also after it was lifted or has expired.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RegistryHold {
    /// The order.
    pub placed: HoldPlaced,
    /// Leaf that placed it.
    pub placed_at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub placed_ms: u64,
    /// How it was lifted, if it was.
    pub lifted: Option<Lifted>,
}

/// The end of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lifted {
    /// The order.
    pub order: HoldLifted,
    /// Leaf that lifted it.
    pub at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
}

impl RegistryHold {
    /// Whether it counts at a moment.
    #[must_use]
    pub fn is_in_force(&self, time_ms: u64) -> bool {
        self.lifted.is_none() && self.placed.expiry_ms.is_none_or(|expiry| time_ms < expiry)
    }

    pub(super) fn refusal(&self) -> Refusal {
        Refusal::Held {
            hold: self.placed.hold,
            reason: self.placed.reason.to_string(),
            expiry_ms: self.placed.expiry_ms,
        }
    }
}

/// Derived: the holds that were not lifted, by what they are on.
#[derive(Clone, Default)]
pub(super) struct HoldIndex {
    accounts: BTreeMap<AccountId, BTreeSet<u64>>,
    projects: BTreeMap<u32, BTreeSet<u64>>,
    organisations: BTreeMap<OrganisationId, BTreeSet<u64>>,
    /// Stretches of numbers that lie apart: first number, then last number and what restrains all of it.
    stretches: BTreeMap<(Party, u64), (u64, BTreeSet<RestraintKey>)>,
}

impl HoldIndex {
    fn change(&mut self, number: u64, on: &HoldOn, holds: bool) {
        match on {
            HoldOn::Account(id) => list(&mut self.accounts, *id, number, holds),
            HoldOn::Project(project) => list(&mut self.projects, *project, number, holds),
            HoldOn::Organisation(id) => list(&mut self.organisations, *id, number, holds),
            HoldOn::Ranges(ranges) => {
                for range in ranges {
                    self.stretch(RestraintKey::Hold(number), *range, holds);
                }
            }
        }
    }

    /// Cuts the stretches at both ends of a range, then lists the restraint on each inside, and on a new one in each gap.
    pub(super) fn stretch(&mut self, key: RestraintKey, range: UnitRange, holds: bool) {
        let (origin, first, last) = (range.origin(), range.first(), range.last());
        self.cut(origin, first);
        self.cut(origin, last.saturating_add(1));
        let inside: Vec<(u64, u64)> = self
            .stretches
            .range((origin, first)..=(origin, last))
            .map(|((_, first), (last, _))| (*first, *last))
            .collect();
        let mut free = first;
        for (start, end) in inside {
            if holds && free < start {
                let only = (start - 1, BTreeSet::from([key]));
                self.stretches.insert((origin, free), only);
            }
            free = end.saturating_add(1);
            let place = (origin, start);
            if let Some((_, on)) = self.stretches.get_mut(&place) {
                if holds {
                    on.insert(key);
                } else {
                    on.remove(&key);
                }
                if on.is_empty() {
                    self.stretches.remove(&place);
                }
            }
        }
        if holds && free <= last {
            let only = (last, BTreeSet::from([key]));
            self.stretches.insert((origin, free), only);
        }
    }

    /// No stretch reaches across `at`: one that does becomes two.
    fn cut(&mut self, origin: Party, at: u64) {
        let before = self
            .stretches
            .range_mut((origin, 0)..(origin, at))
            .next_back();
        let Some((_, (last, on))) = before.filter(|(_, (last, _))| *last >= at) else {
            return;
        };
        let tail = (std::mem::replace(last, at - 1), on.clone());
        self.stretches.insert((origin, at), tail);
    }

    /// What restrains any number of a range.
    pub(super) fn over(&self, range: UnitRange) -> impl Iterator<Item = RestraintKey> {
        let origin = range.origin();
        self.stretches
            .range((origin, 0)..=(origin, range.last()))
            .rev()
            .take_while(move |(_, (last, _))| *last >= range.first())
            .flat_map(|(_, (_, on))| on.iter().copied())
    }
}

fn list<T: Ord>(listed: &mut BTreeMap<T, BTreeSet<u64>>, on: T, number: u64, holds: bool) {
    if holds {
        listed.entry(on).or_default().insert(number);
        return;
    }
    if let Some(numbers) = listed.get_mut(&on) {
        numbers.remove(&number);
        if numbers.is_empty() {
            listed.remove(&on);
        }
    }
}

impl State {
    /// A hold, also one that was lifted.
    #[must_use]
    pub fn hold(&self, number: u64) -> Option<&RegistryHold> {
        match self.others.get(&Key::Hold(number)) {
            Some(Value::Hold(it)) => Some(it),
            _ => None,
        }
    }

    /// The holds with a number above `after`, also those that were lifted.
    pub fn holds_after(&self, after: u64) -> impl DoubleEndedIterator<Item = &RegistryHold> {
        self.others
            .range(Key::Hold(after.saturating_add(1))..=Key::Hold(u64::MAX))
            .filter_map(|(_, value)| match value {
                Value::Hold(it) => Some(it.as_ref()),
                _ => None,
            })
    }

    /// A hold in force at a moment that keeps everything in an account: on the account, or on its organisation.
    #[must_use]
    pub fn hold_on_account(&self, id: AccountId, time_ms: u64) -> Option<&RegistryHold> {
        let organisation = self.account(id)?.organisation;
        let on_account = self.hold_index.accounts.get(&id);
        let on_organisation = self.hold_index.organisations.get(&organisation);
        let numbers = on_account.into_iter().chain(on_organisation).flatten();
        self.first_in_force(numbers.copied(), time_ms)
    }

    /// A hold in force at a moment that keeps a project's units where they are, and lets no more be issued.
    #[must_use]
    pub fn hold_on_project(&self, project: u32, time_ms: u64) -> Option<&RegistryHold> {
        let numbers = self.hold_index.projects.get(&project);
        self.first_in_force(numbers.into_iter().flatten().copied(), time_ms)
    }

    /// What keeps units where they are at a moment, in whichever account: a hold on any of their numbers or on the project of
    /// this country that they come from, a partner's order that is honoured here, or a difference with a partner's ledger.
    #[must_use]
    pub fn restraint_on(&self, block: &UnitBlock, time_ms: u64) -> Option<Restraint<'_>> {
        let range = block.range();
        let mut on_numbers = self.hold_index.over(range);
        let on_numbers = on_numbers.find_map(|key| self.restraint(key, time_ms));
        let own = self.is_own(range.origin());
        on_numbers.or_else(|| {
            let project = Some(block.serial.project()).filter(|_| own)?;
            self.hold_on_project(project, time_ms).map(Restraint::Hold)
        })
    }

    fn first_in_force(
        &self,
        mut numbers: impl Iterator<Item = u64>,
        time_ms: u64,
    ) -> Option<&RegistryHold> {
        numbers.find_map(|number| self.hold(number).filter(|it| it.is_in_force(time_ms)))
    }

    /// Sets a hold and keeps the index in step; returns the value before.
    pub(super) fn put_hold(
        &mut self,
        key: &Key,
        number: u64,
        after: Option<Value>,
    ) -> Option<Value> {
        let listed = |value: Option<&Value>| match value {
            Some(Value::Hold(it)) if it.lifted.is_none() => Some(it.placed.on.clone()),
            _ => None,
        };
        let joined = listed(after.as_ref());
        let before = self.set_other(key, after);
        if let Some(on) = listed(before.as_ref()) {
            self.hold_index.change(number, &on, false);
        }
        if let Some(on) = joined {
            self.hold_index.change(number, &on, true);
        }
        before
    }
}
