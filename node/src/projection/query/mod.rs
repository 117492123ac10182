//! Questions to the read model. Columns and orders come from closed lists; everything that a caller says is bound.

mod accounts;
mod article6;
mod cases;
mod cursor;
mod holdings;
mod letters;
mod list;
mod organisations;
mod projects;
mod retirements;
mod search;
mod statistics;
mod transfers;
mod units;

pub use accounts::AccountRow;
pub use article6::USE_NOTICES;
pub use cases::{CaseActRow, CaseQuery, CaseSort};
pub(in crate::projection) use holdings::block;
pub use holdings::{HoldingQuery, HoldingSort};
pub use letters::LetterRow;
pub use organisations::{OrganisationQuery, OrganisationRow, OrganisationSort};
pub use projects::{ProjectQuery, ProjectRow, ProjectSort, VintageTotals};
pub use retirements::{RetirementQuery, RetirementRow};
pub use search::Found;
pub use statistics::{PassedStage, PlacedUnits, Statistics, Tonnes};
pub use transfers::{TransferQuery, TransferRow};
pub use units::EventRow;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Where to go on: the `next` of the page before.
    pub after: Option<String>,
    /// The most items.
    pub limit: usize,
    /// From the end of the order.
    pub descending: bool,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items. They may be fewer than asked for, and still not be the last.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
    /// Leaves that the read model held.
    pub size: u64,
}

impl<T> Page<T> {
    /// The same page of other things.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
            size: self.size,
        }
    }
}
