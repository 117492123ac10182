//! The rows of the agreed electronic format for one year (4/CMA.6 annex II), out of the book.
//!
//! The reported year of an action is the year in which it was recorded, never the vintage. An approach without an initial report
//! has no rows (4/CMA.6 paras 26 and 27). Transfers between accounts of the Party are no actions.

mod rows;
mod words;

pub use words::Mapping;

use std::collections::{BTreeMap, BTreeSet};

use crate::article6::aef::Aef;
use crate::article6::aef::value::{ActionDate, Version};
use crate::article6::book::{Book, Movement};
use crate::article6::{HoldingFilter, UnitEventKind, approach_of, held_in};
use crate::party::{Party, RegistryId};
use crate::period::Day;
use crate::serial::CooperativeApproachId;

/// What a submission is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AefTerms {
    /// The reported year.
    pub year: u16,
    /// The version; 1.0 is the first of a year.
    pub version: Version,
    /// The day of submission.
    pub submitted: Day,
    /// Sectors and mitigation types.
    pub mapping: Mapping,
    /// Whether a use that is the first transfer has a row of its own as a cancellation too. The decision leaves it open; the
    /// default is no.
    pub second_row_for_use: bool,
}

impl AefTerms {
    /// The first submission for a year, with every default.
    #[must_use]
    pub fn first(year: u16, submitted: Day) -> Self {
        Self {
            year,
            version: Version::FIRST,
            submitted,
            mapping: Mapping::default(),
            second_row_for_use: false,
        }
    }
}

/// A submission as the ledger has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearAef {
    /// The rows.
    pub aef: Aef,
    /// Approaches with something to report, and no initial report on or before the day of submission: their rows are left out.
    pub without_initial_report: BTreeSet<CooperativeApproachId>,
}

/// The book for one year.
struct Year<'a> {
    book: &'a Book,
    terms: &'a AefTerms,
    own: Party,
    registry: RegistryId,
}

/// Which approaches have their initial report, and those that were asked for and have none.
struct Gate<'a> {
    book: &'a Book,
    submitted: Day,
    missing: BTreeSet<CooperativeApproachId>,
}

impl Gate<'_> {
    /// Whether the initial report of an approach was submitted, on the day of the submission at the latest.
    fn lets(&mut self, approach: CooperativeApproachId) -> bool {
        let reports = self.book.reports.get(&approach).into_iter().flatten();
        let found = reports.into_iter().any(|it| it.submitted <= self.submitted);
        if !found {
            self.missing.insert(approach);
        }
        found
    }
}

impl Book {
    /// The submission for a year, from everything that the ledger has up to now; `None` before the first record.
    ///
    /// What the platform fills stays a placeholder, and what the ledger cannot know is `NA` (docs/article6.md lists it). The
    /// rows are in the order of the ledger, so that the same ledger gives the same submission.
    #[must_use]
    pub fn aef(&self, terms: &AefTerms) -> Option<YearAef> {
        let (own, registry) = self.own?;
        let year = Year {
            book: self,
            terms,
            own,
            registry,
        };
        let mut gate = Gate {
            book: self,
            submitted: terms.submitted,
            missing: BTreeSet::new(),
        };
        let aef = Aef {
            submission: year.submission(),
            authorisations: year.authorisations(&mut gate),
            actions: year.actions(&mut gate),
            holdings: year.holdings(&mut gate),
            entities: year.entities(&mut gate),
        };
        Some(YearAef {
            aef,
            without_initial_report: gate.missing,
        })
    }
}

impl Year<'_> {
    /// Table 2: every version that is dated in the year, and the ends by revocation. Copies of partners' authorisations are
    /// theirs to report.
    fn authorisations(&self, gate: &mut Gate<'_>) -> Vec<rows::AuthorisationRow> {
        let mut rows = Vec::new();
        for it in &self.book.authorisations {
            let (revoked, date) = match &it.revoked {
                None => (None, it.terms.date),
                Some(end) => (Some(end), end.date),
            };
            let is_here = it.terms.party == self.own && date.year() == self.terms.year;
            if is_here && gate.lets(it.terms.approach) {
                rows.push(self.authorisation(&it.terms, revoked));
            }
        }
        rows
    }

    /// Table 3: what was recorded in the year.
    fn actions(&self, gate: &mut Gate<'_>) -> Vec<rows::ActionRow> {
        let mut rows = Vec::new();
        for movement in &self.book.movements {
            let is_action = movement.kind != UnitEventKind::Authorised
                && (!is_told(movement) || self.terms.second_row_for_use);
            let date = ActionDate::Moment(movement.time_ms);
            if is_action && date.day().year() == self.terms.year && gate.lets(movement.approach) {
                rows.extend(self.action(movement, date));
            }
        }
        rows
    }

    /// Table 4: ITMOs that were here at the end of 31 December, but for contributed shares of proceeds.
    fn holdings(&self, gate: &mut Gate<'_>) -> Vec<rows::BlockRow> {
        let book = self.book;
        let held = book
            .history
            .holdings_at(end_of_year_ms(self.terms.year), HoldingFilter::default());
        let mut rows = Vec::new();
        for (block, place) in held {
            // What was contributed is reported as transferred.
            let is_contributed = held_in(place).is_some_and(|it| book.is_share_account(it));
            if let (Some(approach), Some(_), false) =
                (approach_of(&block), block.first_transfer, is_contributed)
                && gate.lets(approach)
            {
                rows.push(self.block(&block));
            }
        }
        rows
    }

    /// Table 5: what was last recorded in the year of each entity.
    fn entities(&self, gate: &mut Gate<'_>) -> Vec<rows::EntityRow> {
        let mut last = BTreeMap::new();
        for (place, it) in self.book.entities.iter().enumerate() {
            if it.date.year() == self.terms.year {
                last.insert((it.approach, &it.identification), place);
            }
        }
        let mut places: Vec<usize> = last.into_values().collect();
        places.sort_unstable();
        let known = places.into_iter().map(|place| &self.book.entities[place]);
        known
            .filter(|it| gate.lets(it.approach))
            .map(rows::entity)
            .collect()
    }
}

/// Whether another Party reports it: units of its own whose first transfer was here.
const fn is_told(it: &Movement) -> bool {
    matches!(it.kind, UnitEventKind::PartnersFirstTransfer { .. })
}

/// The last millisecond of a year.
pub(super) fn end_of_year_ms(year: u16) -> u64 {
    let next = format!("{:04}-01-01", year.saturating_add(1));
    let next = next.parse().unwrap_or(Day::LAST);
    next.start_ms().saturating_sub(1)
}
