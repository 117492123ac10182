//! The agreed electronic format (AEF): what a Party reports each year by 15 April to the Article 6 database (2/CMA.3 annex,
//! paragraph 20), in the second version of the draft (4/CMA.6, Annex II).
//!
//! An [`Aef`] is one submission, cell by cell, whoever made it: the fold of a ledger fills it, and so does the reader of a
//! file. Each cell is a [`Field`], which also holds what a file has in it and cannot be read. The words that the format
//! allows are data with a date ([`Nomenclature`]), as are its columns ([`Table::columns`]). Where the sources disagree, the
//! country chooses ([`Switches`]).

pub mod check;
pub mod diff;
pub mod first_draft;
pub mod layout;
pub mod nomenclature;
mod row;
mod switches;
mod table;
pub mod value;

pub use nomenclature::Nomenclature;
pub use row::{Action, Authorisation, AuthorisedEntity, ItmoBlock, Row, Submission};
pub use switches::{ActionDateForm, IdForm, Switches, TimeframeForm};
pub use table::{Column, Kind, Origin, Requirement, Table};
pub use value::{
    ActionDate, ActionType, CarpCell, Cell, Decimal, Field, List, Metric, Parties, PartyCode,
    RegistryCode, State, Timeframe, Uid, UnitId, Version,
};

/// One submission of the agreed electronic format: Tables 1 to 5.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aef {
    /// Table 1: who submits what, for which year.
    pub submission: Submission,
    /// Table 2: authorisations and new versions of them.
    pub authorisations: Vec<Authorisation>,
    /// Table 3: what was done with ITMOs in the reported year.
    pub actions: Vec<Action>,
    /// Table 4: what the Party held on 31 December of the reported year.
    pub holdings: Vec<ItmoBlock>,
    /// Table 5: entities that were authorised.
    pub entities: Vec<AuthorisedEntity>,
}

impl Aef {
    /// The rows of a table, one for Table 1.
    #[must_use]
    pub fn len(&self, table: Table) -> usize {
        match table {
            Table::Submission => 1,
            Table::Authorisations => self.authorisations.len(),
            Table::Actions => self.actions.len(),
            Table::Holdings => self.holdings.len(),
            Table::Entities => self.entities.len(),
        }
    }

    /// The cells of a row, counted from 0; none where there is no such row.
    #[must_use]
    pub fn cells(&self, table: Table, row: usize) -> Option<Vec<&dyn Cell>> {
        match table {
            Table::Submission => (row == 0).then(|| self.submission.cells()),
            Table::Authorisations => self.authorisations.get(row).map(Row::cells),
            Table::Actions => self.actions.get(row).map(Row::cells),
            Table::Holdings => self.holdings.get(row).map(Row::cells),
            Table::Entities => self.entities.get(row).map(Row::cells),
        }
    }

    /// A cell, to be filled; none where there is no such row or column.
    pub fn cell_mut(&mut self, table: Table, row: usize, column: usize) -> Option<&mut dyn Cell> {
        let cells = match table {
            Table::Submission => (row == 0).then(|| self.submission.cells_mut()),
            Table::Authorisations => self.authorisations.get_mut(row).map(Row::cells_mut),
            Table::Actions => self.actions.get_mut(row).map(Row::cells_mut),
            Table::Holdings => self.holdings.get_mut(row).map(Row::cells_mut),
            Table::Entities => self.entities.get_mut(row).map(Row::cells_mut),
        };
        cells?.into_iter().nth(column)
    }

    /// Adds a row to a table from the texts of its cells; in Table 1, fills its one row. Texts beyond the columns are left
    /// out, and missing ones are blank.
    pub fn push_texts<'a>(&mut self, table: Table, texts: impl IntoIterator<Item = &'a str>) {
        match table {
            Table::Submission => self.submission = row::of_texts(texts),
            Table::Authorisations => self.authorisations.push(row::of_texts(texts)),
            Table::Actions => self.actions.push(row::of_texts(texts)),
            Table::Holdings => self.holdings.push(row::of_texts(texts)),
            Table::Entities => self.entities.push(row::of_texts(texts)),
        }
    }

    /// The same submission in the forms that the switches name: identifiers, action dates and timeframes are brought to one
    /// spelling, so that what is written and read again is equal to this.
    ///
    /// An identifier that is only a number stays one: a row does not tell the registry that minted it.
    #[must_use]
    pub fn written_as(mut self, switches: &Switches) -> Self {
        for row in &mut self.authorisations {
            switches.apply_to_timeframe(&mut row.timeframe);
        }
        for row in &mut self.actions {
            switches.apply_to_date(&mut row.date);
            switches.apply_to_block(&mut row.block);
        }
        for block in &mut self.holdings {
            switches.apply_to_block(block);
        }
        self
    }
}
