//! Sets of unit numbers: which of them were seen, without looking at each.

use std::collections::BTreeMap;

use crate::party::Party;
use crate::units::UnitRange;

/// Units, kept as ranges that do not touch each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    /// Last number by origin and first number.
    ranges: BTreeMap<(Party, u64), u64>,
}

impl Units {
    /// Adds a range; says how many of its units are new.
    pub(super) fn insert(&mut self, range: UnitRange) -> u64 {
        let fresh = range.tonnes() - self.tonnes_in(range);
        let (origin, mut first, mut last) = (range.origin(), range.first(), range.last());
        while let Some((key, end)) = self.touching(origin, first, last) {
            self.ranges.remove(&key);
            first = first.min(key.1);
            last = last.max(end);
        }
        self.ranges.insert((origin, first), last);
        fresh
    }

    /// How many units of a range are in the set.
    pub(super) fn tonnes_in(&self, range: UnitRange) -> u64 {
        let inside =
            |(first, last): (u64, u64)| last.min(range.last()) - first.max(range.first()) + 1;
        self.over(range).map(inside).sum()
    }

    /// The ranges of the set that share a unit with a range.
    fn over(&self, range: UnitRange) -> impl Iterator<Item = (u64, u64)> {
        let origin = range.origin();
        let before = self
            .ranges
            .range((origin, 0)..=(origin, range.first()))
            .next_back()
            .map(|(key, last)| (key.1, *last))
            .filter(|(first, last)| *first < range.first() && *last >= range.first());
        let inside = self
            .ranges
            .range((origin, range.first())..=(origin, range.last()))
            .map(|(key, last)| (key.1, *last));
        before.into_iter().chain(inside)
    }

    /// A range that overlaps or borders on `first` to `last`.
    fn touching(&self, origin: Party, first: u64, last: u64) -> Option<((Party, u64), u64)> {
        // No overflow: numbers end at i64::MAX.
        let (key, end) = self
            .ranges
            .range((origin, 0)..=(origin, last + 1))
            .next_back()?;
        (key.0 == origin && *end + 1 >= first).then_some((*key, *end))
    }
}
