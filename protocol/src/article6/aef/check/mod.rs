//! What can be seen to be wrong in a submission from the files alone: this one, earlier ones, a partner's.
//!
//! Every check has an id that never changes, a severity, and a place in the tables. None of them sees the ledger, so a file of
//! any registry is judged alike. Blocks are compared by sorting, so that 100,000 actions take seconds.

mod actions;
mod authorisations;
mod block;
mod cells;
mod chain;
mod earlier;
mod entities;
mod holdings;
mod list;
mod partner;
mod span;
mod submission;
mod uses;

pub use list::{CHECKS, file};

use super::Aef;
use super::row::Submission;
use super::switches::Switches;
use super::table::Table;
use super::value::PartyCode;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most findings of one check that are kept; the rest is counted.
pub const FINDINGS_OF_A_CHECK_MAX: usize = 200;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The submission must not go out like this.
    Error,
    /// Somebody should look at it.
    Warning,
}

/// A check.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id, for ever: `AEF-A-012`.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What it finds.
    pub finds: &'static str,
    /// Where the rule is from.
    pub source: &'static str,
}

/// A place in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The table.
    pub table: Table,
    /// The row, counted from 0; none where the whole table is meant.
    pub row: Option<usize>,
    /// The column, counted from 0; none where the whole row is meant.
    pub column: Option<usize>,
}

impl Place {
    /// A cell.
    #[must_use]
    pub const fn cell(table: Table, row: usize, column: usize) -> Self {
        Self {
            table,
            row: Some(row),
            column: Some(column),
        }
    }

    /// A whole row.
    #[must_use]
    pub const fn row(table: Table, row: usize) -> Self {
        Self {
            table,
            row: Some(row),
            column: None,
        }
    }

    /// A whole table.
    #[must_use]
    pub const fn table(table: Table) -> Self {
        Self {
            table,
            row: None,
            column: None,
        }
    }
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// Where.
    pub place: Place,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Everything that was found, in the order of the tables.
#[derive(Debug, Default)]
pub struct Report {
    /// At most [`FINDINGS_OF_A_CHECK_MAX`] of each check.
    pub findings: Vec<Finding>,
    /// How often each check found something, by its id.
    pub counts: BTreeMap<&'static str, (Severity, usize)>,
}

impl Report {
    /// Adds a finding; the message is made only where it is kept.
    pub fn add(&mut self, check: &'static Check, place: Place, message: impl FnOnce() -> String) {
        let count = self.counts.entry(check.id).or_insert((check.severity, 0));
        count.1 += 1;
        if count.1 <= FINDINGS_OF_A_CHECK_MAX {
            let message = message();
            self.findings.push(Finding {
                check,
                place,
                message,
            });
        }
    }

    /// How many findings of a severity there were, with those that were not kept.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let counts = self.counts.values();
        let of_it = counts.filter(|(its, _)| *its == severity);
        of_it.map(|(_, count)| count).sum()
    }

    /// How many findings were counted and not kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        let all: usize = self.counts.values().map(|(_, count)| count).sum();
        all - self.findings.len()
    }

    /// Brings the findings into the order of the tables.
    pub fn sort(&mut self) {
        self.findings
            .sort_by(|a, b| (a.place, a.check.id).cmp(&(b.place, b.check.id)));
    }
}

/// Checks a submission: by itself, against the earlier submissions of the same Party and against those of partners.
///
/// Of the earlier ones only the newest version of each year before the reported one counts; those of the same year are
/// looked at for their version.
#[must_use]
pub fn check(aef: &Aef, earlier: &[Aef], partners: &[Aef], switches: &Switches) -> Report {
    let mut report = Report::default();
    let world = World::new(aef, earlier, partners, switches);
    cells::check(&world, &mut report);
    submission::check(&world, &mut report);
    authorisations::check(&world, &mut report);
    block::check(&world, &mut report);
    actions::check(&world, &mut report);
    uses::check(&world, &mut report);
    chain::check(&world, &mut report);
    holdings::check(&world, &mut report);
    entities::check(&world, &mut report);
    earlier::check(&world, earlier, &mut report);
    partner::check(&world, &mut report);
    report.sort();
    report
}

/// What the checks look at.
struct World<'a> {
    aef: &'a Aef,
    /// The newest version of each earlier year, the oldest year first.
    past: Vec<&'a Aef>,
    partners: &'a [Aef],
    switches: &'a Switches,
    authorisations: authorisations::Book<'a>,
}

impl<'a> World<'a> {
    fn new(aef: &'a Aef, earlier: &'a [Aef], partners: &'a [Aef], switches: &'a Switches) -> Self {
        let past = newest_of_each_year(aef, earlier);
        let authorisations = authorisations::Book::new(aef, &past, partners);
        Self {
            aef,
            past,
            partners,
            switches,
            authorisations,
        }
    }

    fn party(&self) -> Option<PartyCode> {
        self.aef.submission.party.get()
    }

    fn year(&self) -> Option<u16> {
        self.aef.submission.reported_year.get()
    }

    /// The earlier submissions and this one, in the order of their years.
    fn own(&self) -> impl Iterator<Item = &'a Aef> + '_ {
        self.past.iter().copied().chain([self.aef])
    }

    /// Whether a submission is the one that is checked.
    fn is_this(&self, aef: &Aef) -> bool {
        std::ptr::eq(self.aef, aef)
    }
}

fn newest_of_each_year<'a>(aef: &Aef, earlier: &'a [Aef]) -> Vec<&'a Aef> {
    let mut newest = BTreeMap::<u16, &Aef>::new();
    for other in earlier {
        let Submission {
            reported_year,
            version,
            ..
        } = &other.submission;
        let Some(year) = reported_year.get() else {
            continue;
        };
        let before = aef
            .submission
            .reported_year
            .get()
            .is_none_or(|it| year < it);
        let newer = newest
            .get(&year)
            .is_none_or(|known| known.submission.version.get() < version.get());
        if before && newer {
            newest.insert(year, other);
        }
    }
    newest.into_values().collect()
}

/// The places of columns that the checks name.
mod column {
    pub(super) const DATE: usize = 0;
    pub(super) const SUBTYPE: usize = 2;
    pub(super) const TRANSFERRING: usize = 19;
    pub(super) const ACQUIRING: usize = 20;
    pub(super) const PURPOSE: usize = 21;
    pub(super) const USING_PARTY: usize = 22;
    pub(super) const USING_ENTITY: usize = 23;
    pub(super) const USE_YEAR: usize = 24;
    /// Where the block begins in the actions; in the holdings it begins at 0.
    pub(super) const BLOCK: usize = 3;
    pub(super) const APPROACH: usize = 0;
    pub(super) const AUTHORISATION: usize = 1;
    pub(super) const FIRST_TRANSFERRING: usize = 2;
    pub(super) const REGISTRY: usize = 3;
    pub(super) const FIRST: usize = 4;
    pub(super) const LAST: usize = 5;
    pub(super) const FIRST_UNIT: usize = 7;
    pub(super) const LAST_UNIT: usize = 8;
    pub(super) const METRIC: usize = 9;
    pub(super) const NON_GHG_METRIC: usize = 11;
    pub(super) const QUANTITY: usize = 12;
    pub(super) const QUANTITY_NON_GHG: usize = 13;
    pub(super) const MITIGATION: usize = 14;
    pub(super) const VINTAGE: usize = 15;
}
