//! Where the cells of a submission stand in a file.

use super::Aef;
use super::check::Place;
use super::table::Table;

/// Where the cells of one table stand in a sheet, or in a text with lines and columns. Lines and columns are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLayout {
    /// The sheet; none in a text.
    pub sheet: Option<String>,
    /// The place of each column of the table; none where the file has no such column. In Table 1, the line.
    pub columns: Vec<Option<u32>>,
    /// The line of each row. In Table 1, the one column of the values.
    pub lines: Lines,
}

/// The lines of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// One after the other, from this one on.
    From(u32),
    /// Each by itself.
    Each(Vec<u32>),
}

/// Where the cells of a submission stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// In sheets, or in a text with lines and columns: Tables 1 to 5.
    Sheets(Vec<TableLayout>),
    /// In a JSON text.
    Json,
}

/// Lines over the rows of a table in a workbook of ours: a blank line, the heading of the table, a blank line, the headings
/// of groups, those of columns.
pub const HEADING_LINES: u32 = 5;

/// The column in which the tables of a workbook of ours begin: the first is blank.
pub const FIRST_COLUMN: u32 = 1;

impl TableLayout {
    /// The place of a table in a workbook of ours.
    #[must_use]
    pub fn ours(table: Table) -> Self {
        let sheet = Some(table.sheet().to_owned());
        if table == Table::Submission {
            let lines = (HEADING_LINES - 2..).take(table.columns().len());
            return Self {
                sheet,
                columns: lines.map(Some).collect(),
                lines: Lines::From(FIRST_COLUMN + 1),
            };
        }
        let mut next = FIRST_COLUMN;
        let columns = table.columns().iter().map(|column| {
            let at = next + u32::from(column.gap_before);
            next = at + 1;
            Some(at)
        });
        Self {
            sheet,
            columns: columns.collect(),
            lines: Lines::From(HEADING_LINES),
        }
    }

    /// The line and the column of a cell of the file.
    fn at(&self, table: Table, row: usize, column: Option<usize>) -> Option<(u32, Option<u32>)> {
        let line = match &self.lines {
            Lines::From(first) => u32::try_from(row).ok()?.checked_add(*first)?,
            Lines::Each(lines) => *lines.get(row)?,
        };
        let place = match column {
            Some(column) => *self.columns.get(column)?,
            None => None,
        };
        // Table 1 lies on its side.
        match (table, place) {
            (Table::Submission, Some(place)) => Some((place, Some(line))),
            (Table::Submission, None) => None,
            (_, place) => Some((line, place)),
        }
    }
}

impl Layout {
    /// The layout of a workbook of ours.
    #[must_use]
    pub fn ours() -> Self {
        Self::Sheets(Table::ALL.map(TableLayout::ours).into())
    }

    /// Where a place is, as a person finds it: `Table 3 Actions!H7` in a workbook, `line 8, column 3` in a text,
    /// `/actions/3/Vintage` in JSON.
    #[must_use]
    pub fn name(&self, place: Place) -> String {
        let table = place.table;
        match self {
            Self::Json => {
                let row = place.row.filter(|_| table != Table::Submission);
                let row = row.map(|row| format!("/{row}")).unwrap_or_default();
                let column = place.column.and_then(|column| table.columns().get(column));
                let column = column.map(|column| format!("/{}", column.name));
                format!("/{}{row}{}", table.name(), column.unwrap_or_default())
            }
            Self::Sheets(tables) => {
                let layout = tables.get(table as usize);
                let sheet = layout.and_then(|it| it.sheet.as_deref());
                let at = layout
                    .zip(place.row)
                    .and_then(|(it, row)| it.at(table, row, place.column));
                match (sheet, at) {
                    (Some(sheet), Some((line, Some(column)))) => {
                        format!("{sheet}!{}{}", letters(column), line + 1)
                    }
                    (Some(sheet), Some((line, None))) => format!("{sheet}!{}:{0}", line + 1),
                    (Some(sheet), None) => sheet.to_owned(),
                    (None, Some((line, Some(column)))) => {
                        format!("{}, line {}, column {}", table.name(), line + 1, column + 1)
                    }
                    (None, Some((line, None))) => format!("{}, line {}", table.name(), line + 1),
                    (None, None) => table.name().to_owned(),
                }
            }
        }
    }
}

/// The letters of a column: `A`, `Z`, `AA`.
#[must_use]
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    loop {
        // A remainder of 26 fits a byte.
        letters.push(b'A' + u8::try_from(left % 26).unwrap_or_default());
        left /= 26;
        if left == 0 {
            break;
        }
        left -= 1;
    }
    letters
        .iter()
        .rev()
        .map(|letter| char::from(*letter))
        .collect()
}

/// The text of a cell as a file holds it: the placeholder where the platform has not filled its cell yet.
#[must_use]
pub fn written(aef: &Aef, table: Table, row: usize) -> Vec<std::borrow::Cow<'_, str>> {
    use super::table::Kind;
    use super::value::CarpCell;
    use std::borrow::Cow;
    let cells = aef.cells(table, row).unwrap_or_default();
    let columns = table.columns().iter();
    let texts = cells.into_iter().zip(columns).map(|(cell, column)| {
        let text = cell.text();
        match column.kind {
            Kind::Carp if text.is_empty() => Cow::Borrowed(CarpCell::POPULATED),
            Kind::CarpLink if text.is_empty() => Cow::Borrowed(CarpCell::LINK),
            _ => text,
        }
    });
    texts.collect()
}
