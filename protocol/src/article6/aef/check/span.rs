//! Blocks of ITMOs that can be compared: sorted, never pair by pair.

use super::super::Aef;
use super::super::row::{Action, ItmoBlock};
use super::super::value::{PartyCode, RegistryCode, UnitId};
use crate::period::Day;
use crate::serial::CooperativeApproachId;
use std::fmt;

/// What, beside its number, names an ITMO (6/CMA.4, Annex I, paragraph 5). The registry is left out where a file gives numbers
/// only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    approach: CooperativeApproachId,
    registry: Option<RegistryCode>,
    party: PartyCode,
    vintage: u16,
}

impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.approach)?;
        if let Some(registry) = self.registry {
            write!(out, "-{registry}")?;
        }
        write!(out, "-{} of {}", self.party, self.vintage)
    }
}

/// A readable block and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) series: Series,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) block: &'a ItmoBlock,
    /// None for a holding.
    pub(super) action: Option<&'a Action>,
    pub(super) row: usize,
    /// Whether it stands in the submission that is checked.
    pub(super) here: bool,
    /// The reported year of the submission in which it stands.
    pub(super) year: Option<u16>,
}

impl Span<'_> {
    pub(super) fn day(&self) -> Option<Day> {
        self.action?.date.get().map(|date| date.day())
    }

    /// Where it stands, in words.
    pub(super) fn place(&self) -> String {
        let table = if self.action.is_some() { 3 } else { 4 };
        let row = self.row + 1;
        match self.year.filter(|_| !self.here) {
            None => format!("row {row} of Table {table}"),
            Some(year) => format!("row {row} of Table {table} of {year}"),
        }
    }
}

/// Whether some block of these submissions is given as a number only: then registries cannot be compared.
pub(super) fn any_number<'a>(submissions: impl Iterator<Item = &'a Aef>) -> bool {
    let number = |block: &ItmoBlock| matches!(block.first_id.get(), Some(UnitId::Number(_)));
    let mut submissions = submissions;
    submissions.any(|aef| {
        aef.actions.iter().any(|row| number(&row.block)) || aef.holdings.iter().any(number)
    })
}

fn span(block: &ItmoBlock, coarse: bool) -> Option<(Series, u64, u64)> {
    let (first, last) = (block.first_id.get()?, block.last_id.get()?);
    let series = match first.full() {
        Some(uid) => Series {
            approach: uid.cooperative_approach,
            registry: Some(uid.registry).filter(|_| !coarse),
            party: uid.first_transferring_party,
            vintage: uid.vintage,
        },
        None => Series {
            approach: block.cooperative_approach.get()?,
            registry: None,
            party: block.first_transferring_party.get()?,
            vintage: block.vintage.get()?,
        },
    };
    (first.number() <= last.number()).then_some((series, first.number(), last.number()))
}

/// The actions of a submission whose blocks can be read.
pub(super) fn actions(aef: &Aef, coarse: bool, here: bool) -> impl Iterator<Item = Span<'_>> {
    let year = aef.submission.reported_year.get();
    let rows = aef.actions.iter().enumerate();
    rows.filter_map(move |(row, action)| {
        let (series, first, last) = span(&action.block, coarse)?;
        Some(Span {
            series,
            first,
            last,
            block: &action.block,
            action: Some(action),
            row,
            here,
            year,
        })
    })
}

/// The holdings of a submission whose blocks can be read.
pub(super) fn holdings(aef: &Aef, coarse: bool, here: bool) -> impl Iterator<Item = Span<'_>> {
    let year = aef.submission.reported_year.get();
    let rows = aef.holdings.iter().enumerate();
    rows.filter_map(move |(row, block)| {
        let (series, first, last) = span(block, coarse)?;
        Some(Span {
            series,
            first,
            last,
            block,
            action: None,
            row,
            here,
            year,
        })
    })
}

/// Blocks in which a block is looked up in the time of a binary search.
pub(super) struct Index<'a> {
    spans: Vec<Span<'a>>,
    /// For each place, which of the blocks up to it reaches furthest in its series.
    furthest: Vec<usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(spans: impl Iterator<Item = Span<'a>>) -> Self {
        let mut spans: Vec<_> = spans.collect();
        // The order of the rows decides between equals, so that the same file gives the same findings.
        spans.sort_by_key(|span| (span.series, span.first, span.year, span.row));
        let mut furthest: Vec<usize> = Vec::with_capacity(spans.len());
        for (at, span) in spans.iter().enumerate() {
            let before = furthest.last().copied();
            let further = before.filter(|before| {
                let other = &spans[*before];
                other.series == span.series && other.last >= span.last
            });
            furthest.push(further.unwrap_or(at));
        }
        Self { spans, furthest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A block that shares an ITMO with this one.
    pub(super) fn hit(&self, (series, first, last): (Series, u64, u64)) -> Option<&Span<'a>> {
        let end = self
            .spans
            .partition_point(|span| (span.series, span.first) <= (series, last));
        let other = &self.spans[*self.furthest.get(end.checked_sub(1)?)?];
        (other.series == series && other.last >= first).then_some(other)
    }

    /// Every block that shares an ITMO with one before it, and that one.
    pub(super) fn overlaps(&self) -> impl Iterator<Item = (&Span<'a>, &Span<'a>)> {
        let pairs = self.spans.iter().skip(1).zip(&self.furthest);
        pairs.filter_map(|(span, before)| {
            let before = &self.spans[*before];
            let shared = before.series == span.series && before.last >= span.first;
            // The finding belongs into the submission that is checked, at the later row of it.
            let (span, before) = match (span.here, before.here) {
                (false, true) => (before, span),
                (true, true) if before.row > span.row => (before, span),
                _ => (span, before),
            };
            (shared && span.here).then_some((span, before))
        })
    }

    pub(super) fn spans(&self) -> &[Span<'a>] {
        &self.spans
    }
}
