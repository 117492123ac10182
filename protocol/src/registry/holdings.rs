//! The ranges of a registry in memory: a million of them in less than two hundred megabytes.
//!
//! A [`Holding`] as the rules see it says again what its place in the map says, and what many ranges have in common. Kept
//! is what differs from range to range; first transfers and authorisations are kept once each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::party::Party;
use crate::registry::{Holding, Place};
use crate::serial::{DomesticSerial, IssuedFor};
use crate::units::{FirstTransfer, UnitAuthorisation, UnitBlock, UnitRange};

/// Every range that a ledger knows of, by Party of origin and first number.
#[derive(Clone, Debug, Default)]
pub(super) struct Holdings {
    of: BTreeMap<Party, BTreeMap<u64, Kept>>,
    /// Too few for any to be worth forgetting: one for each version of an authorisation that units were ever under, and for
    /// each kind of first transfer.
    terms: BTreeSet<Arc<Terms>>,
}

/// A range without what its place in the map says.
#[derive(Clone, Debug)]
struct Kept {
    last: u64,
    issued_at: u64,
    since: u64,
    // Apart: most ranges of most registries were never split.
    split_from: Option<Box<UnitRange>>,
    terms: Option<Arc<Terms>>,
    place: Place,
    issued_for: IssuedFor,
}

/// What whole issuances have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Terms {
    first_transfer: Option<FirstTransfer>,
    authorisation: Option<UnitAuthorisation>,
}

impl PartialEq for Holdings {
    /// Two are equal when they hold the same ranges, whatever terms were known on the way.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Holdings {
    /// How many ranges there are.
    pub(super) fn len(&self) -> usize {
        self.of.values().map(BTreeMap::len).sum()
    }

    /// The range that begins at this number.
    pub(super) fn get(&self, origin: Party, first: u64) -> Option<Holding> {
        let kept = self.of.get(&origin)?.get(&first)?;
        Some(kept.holding(origin, first))
    }

    /// The last range that begins at this number or below.
    pub(super) fn at_or_below(&self, origin: Party, number: u64) -> Option<Holding> {
        let (first, kept) = self.of.get(&origin)?.range(..=number).next_back()?;
        Some(kept.holding(origin, *first))
    }

    /// The ranges of an origin that begin at these numbers, in order.
    pub(super) fn beginning(
        &self,
        origin: Party,
        first: u64,
        last: u64,
    ) -> impl Iterator<Item = Holding> {
        let of = self.of.get(&origin).into_iter();
        of.flat_map(move |ranges| ranges.range(first..=last))
            .map(move |(first, kept)| kept.holding(origin, *first))
    }

    /// Every range, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Holding> {
        self.of.iter().flat_map(|(origin, ranges)| {
            let holding = |(first, kept): (&u64, &Kept)| kept.holding(*origin, *first);
            ranges.iter().map(holding)
        })
    }

    /// The ranges that begin at a number of an origin or after it, in order.
    pub(super) fn from(&self, origin: Party, first: u64) -> impl Iterator<Item = Holding> {
        self.of.range(origin..).flat_map(move |(of, ranges)| {
            let begin = if *of == origin { first } else { 0 };
            let holding = |(first, kept): (&u64, &Kept)| kept.holding(*of, *first);
            ranges.range(begin..).map(holding)
        })
    }

    /// Puts a range in; gives the one that began there before.
    pub(super) fn insert(&mut self, holding: &Holding) -> Option<Holding> {
        let range = holding.block.range();
        let kept = Kept {
            last: range.last(),
            issued_at: holding.block.issued_at,
            since: holding.since,
            split_from: holding.block.split_from.map(Box::new),
            terms: self.known(&holding.block),
            place: holding.place,
            issued_for: holding.block.serial.issued_for(),
        };
        let ranges = self.of.entry(range.origin()).or_default();
        let before = ranges.insert(range.first(), kept)?;
        Some(before.holding(range.origin(), range.first()))
    }

    /// Takes a range away; gives it.
    pub(super) fn remove(&mut self, origin: Party, first: u64) -> Option<Holding> {
        let kept = self.of.get_mut(&origin)?.remove(&first)?;
        Some(kept.holding(origin, first))
    }

    fn known(&mut self, block: &UnitBlock) -> Option<Arc<Terms>> {
        if block.first_transfer.is_none() && block.authorisation.is_none() {
            return None;
        }
        let terms = Terms {
            first_transfer: block.first_transfer,
            authorisation: block.authorisation,
        };
        if let Some(known) = self.terms.get(&terms) {
            return Some(Arc::clone(known));
        }
        let new = Arc::new(terms);
        self.terms.insert(Arc::clone(&new));
        Some(new)
    }
}

impl Kept {
    fn holding(&self, origin: Party, first: u64) -> Holding {
        let range = UnitRange::known(origin, first, self.last);
        Holding {
            block: UnitBlock {
                serial: DomesticSerial::of(range, self.issued_for),
                issued_at: self.issued_at,
                split_from: self.split_from.as_deref().copied(),
                first_transfer: self.terms.as_ref().and_then(|it| it.first_transfer),
                authorisation: self.terms.as_ref().and_then(|it| it.authorisation),
            },
            place: self.place,
            since: self.since,
        }
    }
}
