//! Line by line to a table: first its headings, then its rows.

use std::collections::BTreeMap;

use countersign_protocol::article6::aef::check::{Place, Report, file};
use countersign_protocol::article6::aef::layout::{Lines, TableLayout, letters};
use countersign_protocol::article6::aef::{Kind, Table};

use super::headings::{Headings, Matched};
use super::{COLUMNS_MAX, HEADING_LINES_MAX, ROWS_MAX, ReadError};

/// A cell that is not blank.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    pub(super) column: u32,
    pub(super) text: String,
    pub(super) is_number: bool,
    pub(super) is_formula: bool,
    pub(super) is_error: bool,
}

impl Filled {
    pub(super) fn text(column: u32, text: &str) -> Self {
        Self {
            column,
            text: text.to_owned(),
            is_number: false,
            is_formula: false,
            is_error: false,
        }
    }
}

/// A table in the making: lines go in, texts of rows come out.
pub(super) struct TableReader {
    table: Table,
    headings: Headings,
    /// The column that holds X.Y.
    version: Option<usize>,
    sheet: Option<String>,
    state: State,
    rows: usize,
    lines: Vec<u32>,
    /// Blank lines after the rows so far: a finding once another row follows.
    blank: Option<u32>,
}

enum State {
    Headings,
    Rows {
        columns: Vec<Option<u32>>,
        by_place: BTreeMap<u32, usize>,
        unknown: Vec<u32>,
        first_line: u32,
    },
    /// Table 1 lies on its side: the line of each cell, and its texts.
    Sideways {
        columns: Vec<Option<u32>>,
        values: u32,
        texts: Vec<String>,
    },
}

impl TableReader {
    pub(super) fn new(table: Table, sheet: Option<String>) -> Self {
        let mut columns = table.columns().iter();
        let version = columns.position(|column| column.kind == Kind::Version);
        Self {
            version,
            ..Self::with(table, Headings::of(table), sheet)
        }
    }

    /// The same for headings that are not those of the table.
    pub(super) fn with(table: Table, headings: Headings, sheet: Option<String>) -> Self {
        let columns = headings.labels.len();
        let state = if table == Table::Submission {
            State::Sideways {
                columns: vec![None; columns],
                values: 0,
                texts: vec![String::new(); columns],
            }
        } else {
            State::Headings
        };
        Self {
            table,
            headings,
            version: None,
            sheet,
            state,
            rows: 0,
            lines: Vec::new(),
            blank: None,
        }
    }

    pub(super) const fn table(&self) -> Table {
        self.table
    }

    /// A cell of the file, as a person finds it.
    fn cell_name(&self, line: u32, column: u32) -> String {
        match &self.sheet {
            Some(sheet) => format!("{sheet}!{}{}", letters(column), line.saturating_add(1)),
            None => format!("line {}, column {}", line + 1, column + 1),
        }
    }

    /// Takes a line. A row that is whole comes back as the texts of its columns.
    pub(super) fn line(
        &mut self,
        line: u32,
        cells: &[Filled],
        report: &mut Report,
    ) -> Result<Option<Vec<String>>, ReadError> {
        self.line_from(line, line < HEADING_LINES_MAX, cells, report)
    }

    /// The same; headings are looked for only where the caller says so.
    pub(super) fn line_from(
        &mut self,
        line: u32,
        is_looking: bool,
        cells: &[Filled],
        report: &mut Report,
    ) -> Result<Option<Vec<String>>, ReadError> {
        match &mut self.state {
            State::Headings => {
                if is_looking {
                    let texts = cells.iter().map(|cell| (cell.column, cell.text.as_str()));
                    if let Some(matched) = self.headings.match_line(texts) {
                        self.begin(line, matched, report);
                    }
                }
                Ok(None)
            }
            State::Sideways { .. } => {
                self.sideways(line, cells, report);
                Ok(None)
            }
            State::Rows { .. } => self.row(line, cells, report),
        }
    }

    fn begin(&mut self, line: u32, matched: Matched, report: &mut Report) {
        let whole = Place::table(self.table);
        for (column, text) in &matched.twice {
            let cell = self.cell_name(line, *column);
            report.add(&file::COLUMN_TWICE, whole, || {
                format!(
                    "{cell}: the heading {text:?} stands there twice: remove one of the columns"
                )
            });
        }
        for (column, text) in &matched.unknown {
            let cell = self.cell_name(line, *column);
            report.add(&file::COLUMN_UNKNOWN, whole, || {
                format!("{cell}: {text:?} is no heading of the table: its column is not read")
            });
        }
        for (column, text, at) in &matched.misspelt {
            let cell = self.cell_name(line, *column);
            let label = &self.headings.labels[*at];
            report.add(&file::HEADING_SPELLING, whole, || {
                format!("{cell}: the heading {text:?} was read as {label:?}: write it so")
            });
        }
        self.missing(&matched.places, report);
        let places = matched.places.iter().enumerate();
        let by_place = places.filter_map(|(at, place)| place.map(|place| (place, at)));
        let unknown = matched.unknown.iter().chain(&matched.twice);
        self.state = State::Rows {
            by_place: by_place.collect(),
            unknown: unknown.map(|(column, _)| *column).collect(),
            columns: matched.places,
            first_line: line + 1,
        };
    }

    fn missing(&self, places: &[Option<u32>], report: &mut Report) {
        let missing = places.iter().zip(&self.headings.labels);
        for (_, label) in missing.filter(|(place, _)| place.is_none()) {
            report.add(&file::COLUMN_MISSING, Place::table(self.table), || {
                format!(
                    "{:?} has no column {label:?}: add it, with NA where it does not apply",
                    self.table.heading()
                )
            });
        }
    }

    fn row(
        &mut self,
        line: u32,
        cells: &[Filled],
        report: &mut Report,
    ) -> Result<Option<Vec<String>>, ReadError> {
        let State::Rows {
            by_place, unknown, ..
        } = &self.state
        else {
            return Ok(None);
        };
        let mut texts = vec![String::new(); self.headings.labels.len()];
        let mut filled = false;
        let mut beyond = None;
        for cell in cells.iter().filter(|cell| !cell.text.trim().is_empty()) {
            match by_place.get(&cell.column) {
                Some(at) => {
                    filled = true;
                    texts[*at] = self.text_of(*at, cell);
                    mark(cell, Place::cell(self.table, self.rows, *at), report);
                }
                None if unknown.contains(&cell.column) => {}
                None => beyond = Some(cell.column),
            }
        }
        if let Some(column) = beyond {
            let cell = self.cell_name(line, column);
            report.add(&file::BEYOND, Place::table(self.table), || {
                format!("{cell} has no heading over it and is not read: remove it, or move it into the column where it belongs")
            });
        }
        if !filled {
            self.blank.get_or_insert(line);
            return Ok(None);
        }
        // Lines that a reader of sheets never hands over are blank too.
        let next = self.lines.last().map(|last| last + 1);
        if let Some(blank) = self
            .blank
            .take()
            .or(next.filter(|next| *next < line && self.sheet.is_some()))
        {
            report.add(&file::EMPTY_ROW, Place::row(self.table, self.rows), || {
                format!(
                    "line {} before this row is empty: remove it, because readers may stop there",
                    blank + 1
                )
            });
        }
        if self.rows >= ROWS_MAX {
            return Err(ReadError::TooManyRows {
                table: self.table.heading(),
            });
        }
        self.rows += 1;
        self.lines.push(line);
        Ok(Some(texts))
    }

    /// A version that a spreadsheet took for a number has lost its `.0`.
    fn text_of(&self, at: usize, cell: &Filled) -> String {
        if self.version == Some(at) && cell.is_number && !cell.text.contains('.') {
            return format!("{}.0", cell.text);
        }
        cell.text.clone()
    }

    /// A line of Table 1: a label, and the value beside it.
    fn sideways(&mut self, line: u32, cells: &[Filled], report: &mut Report) {
        let found = cells.iter().enumerate().find_map(|(at, cell)| {
            let column = self.headings.find(&cell.text)?;
            Some((at, cell, column))
        });
        let Some((at, label, column)) = found else {
            return;
        };
        let cell_name = self.cell_name(line, label.column);
        let value = cells
            .iter()
            .skip(at + 1)
            .find(|cell| !cell.text.trim().is_empty());
        let text = value.map(|cell| self.text_of(column, cell));
        let expected = &self.headings.labels[column];
        let State::Sideways {
            columns,
            values,
            texts,
        } = &mut self.state
        else {
            return;
        };
        if columns[column].is_some() {
            report.add(&file::COLUMN_TWICE, Place::table(self.table), || {
                format!(
                    "{cell_name}: {:?} stands there twice: remove one of the lines",
                    label.text
                )
            });
            return;
        }
        if label.text.trim() != expected {
            report.add(&file::HEADING_SPELLING, Place::table(self.table), || {
                format!(
                    "{cell_name}: the heading {:?} was read as {expected:?}: write it so",
                    label.text.trim()
                )
            });
        }
        columns[column] = Some(line);
        *values = value
            .map_or(*values, |cell| cell.column)
            .max(label.column + 1);
        if let (Some(cell), Some(text)) = (value, text) {
            mark(cell, Place::cell(self.table, 0, column), report);
            texts[column] = text;
        }
    }

    /// Merged cells, once the rows are known: lines and columns of two corners.
    pub(super) fn merged(&self, (first, last): ((u32, u32), (u32, u32)), report: &mut Report) {
        let State::Rows {
            by_place,
            first_line,
            ..
        } = &self.state
        else {
            return;
        };
        let end = self.lines.last().copied().unwrap_or(0);
        if last.0 < *first_line || first.0 > end || first == last || last.1 < first.1 {
            return;
        }
        let row = self
            .lines
            .partition_point(|line| *line < first.0.max(*first_line));
        let column = by_place.range(first.1..=last.1).next().map(|(_, at)| *at);
        let row = row.min(self.rows.saturating_sub(1));
        let place = column.map_or(Place::row(self.table, row), |at| {
            Place::cell(self.table, row, at)
        });
        let (from, to) = (
            self.cell_name(first.0, first.1),
            self.cell_name(last.0, last.1),
        );
        report.add(&file::MERGED, place, || {
            format!("{from} to {to} are merged, so only the first holds a value: unmerge them and fill each")
        });
    }

    /// Where the cells stand, and the texts of Table 1. A table whose headings were not found is a finding.
    pub(super) fn finish(self, report: &mut Report) -> (TableLayout, Option<Vec<String>>) {
        let sheet = self.sheet.clone();
        match &self.state {
            State::Headings => {
                report.add(&file::COLUMN_MISSING, Place::table(self.table), || {
                    format!(
                        "{:?} has no line with its headings: put them over the rows",
                        self.table.heading()
                    )
                });
                let columns = vec![None; self.headings.labels.len()];
                let lines = Lines::Each(Vec::new());
                (
                    TableLayout {
                        sheet,
                        columns,
                        lines,
                    },
                    None,
                )
            }
            State::Sideways {
                columns,
                values,
                texts,
            } => {
                self.missing(columns, report);
                let layout = TableLayout {
                    sheet,
                    columns: columns.clone(),
                    lines: Lines::From(*values),
                };
                (layout, Some(texts.clone()))
            }
            State::Rows { columns, .. } => {
                let layout = TableLayout {
                    sheet,
                    columns: columns.clone(),
                    lines: Lines::Each(self.lines),
                };
                (layout, None)
            }
        }
    }
}

/// What of a cell is a finding, whatever its text.
fn mark(cell: &Filled, place: Place, report: &mut Report) {
    if cell.is_error {
        report.add(&file::ERROR_VALUE, place, || {
            format!(
                "the cell shows the spreadsheet error {}: write the value itself",
                cell.text
            )
        });
    } else if cell.is_formula {
        report.add(&file::FORMULA, place, || {
            format!("the cell holds a formula, and its last result {:?} was read: write the value itself", cell.text)
        });
    }
}

/// Whether a column is looked at.
pub(super) const fn is_looked_at(column: u32) -> bool {
    column < COLUMNS_MAX
}
