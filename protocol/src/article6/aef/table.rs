//! The five tables and their columns, as data: `protocol/presets/aef/columns-v2.toml`.

use serde::Deserialize;
use std::sync::LazyLock;

const FILE: &str = include_str!("../../../presets/aef/columns-v2.toml");

/// A table of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Table 1: one row, written from top to bottom.
    Submission,
    /// Table 2.
    Authorisations,
    /// Table 3.
    Actions,
    /// Table 4.
    Holdings,
    /// Table 5.
    Entities,
}

/// A column of a table; in Table 1, a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its technical name: `CooperativeApproachID`.
    pub name: String,
    /// Its heading: `Cooperative approach ID`.
    pub label: String,
    /// The heading over it and its neighbours.
    pub group: String,
    /// Who has to fill it, and when.
    pub requirement: Requirement,
    /// What stands in it.
    pub kind: Kind,
    /// The list of the nomenclature that its values are from.
    pub list: Option<String>,
    /// The form of its values, for people.
    pub pattern: Option<String>,
    /// Whether an empty column of layout stands before it.
    #[serde(default)]
    pub gap_before: bool,
    /// Other headings under which it is found.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where a registry takes it from.
    pub origin: Origin,
    /// Why from there.
    pub why: String,
}

/// Whether a cell must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// In every row.
    Required,
    /// As the Party likes.
    Optional,
    /// In the rows to which it applies; `NA` in the others.
    Conditional,
    /// By the platform only.
    Carp,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Free text.
    Text,
    /// A code of a list.
    Code,
    /// Codes of a list, between commas.
    Codes,
    /// Texts between commas.
    List,
    /// A Party.
    Party,
    /// Parties between commas, or every Party.
    Parties,
    /// A registry of a Party.
    Registry,
    /// A cooperative approach.
    Approach,
    /// The identifier of an ITMO.
    UnitId,
    /// A metric.
    Metric,
    /// An action type.
    ActionType,
    /// A year.
    Year,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A day.
    Date,
    /// A day or a moment.
    ActionDate,
    /// X.Y.
    Version,
    /// Years or days.
    Timeframe,
    /// A placeholder, or what the platform put in its place.
    Carp,
    /// The same for a link.
    CarpLink,
}

/// Where a registry takes what stands in a column from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The ledger and its settings know it.
    Ledger,
    /// Somebody of the office has to enter it once.
    Office,
    /// The platform fills it.
    Carp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "date")]
    _date: String,
    tables: Vec<Sheet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    name: String,
    sheet: String,
    heading: String,
    columns: Vec<Column>,
}

#[expect(
    clippy::expect_used,
    reason = "the file is compiled in, and a test reads it"
)]
static TABLES: LazyLock<Vec<Sheet>> = LazyLock::new(|| {
    let file: File = toml::from_str(FILE).expect("the columns that come with the program");
    file.tables
});

impl Table {
    /// Every table, in order.
    pub const ALL: [Self; 5] = [
        Self::Submission,
        Self::Authorisations,
        Self::Actions,
        Self::Holdings,
        Self::Entities,
    ];

    /// Its number, 1 to 5.
    #[must_use]
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    fn data(self) -> &'static Sheet {
        // A test compares the tables of the file with these, one by one.
        &TABLES[self as usize]
    }

    /// Its name in files: `actions`.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.data().name
    }

    /// The name of its sheet in a workbook: `Table 3 Actions`.
    #[must_use]
    pub fn sheet(self) -> &'static str {
        &self.data().sheet
    }

    /// Its heading: `Table 3: Actions`.
    #[must_use]
    pub fn heading(self) -> &'static str {
        &self.data().heading
    }

    /// Its columns, from left to right.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        &self.data().columns
    }

    /// The place of a column by its technical name, counted from 0.
    #[must_use]
    pub fn column(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }
}
