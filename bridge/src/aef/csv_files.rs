//! CSV (RFC 4180): the tables one under the other, each under its title; or one table in a file.

use countersign_protocol::article6::aef::check::{Place, Report, file};
use countersign_protocol::article6::aef::layout::{Layout, Lines, TableLayout, written};
use countersign_protocol::article6::aef::{Aef, Table};
use csv::{ReaderBuilder, Terminator, Writer, WriterBuilder};

use super::headings::{Headings, table_of};
use super::rows::{Filled, TableReader, is_looked_at};
use super::{Draft, Format, HEADING_LINES_MAX, ReadError, Reading};

/// Every table, each under its title, with a blank line between.
#[must_use]
pub fn write_csv(aef: &Aef) -> String {
    let mut text = String::new();
    for table in Table::ALL {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(table.heading());
        text.push('\n');
        text.push_str(&write_csv_table(aef, table));
    }
    text
}

/// One table under its headings; Table 1 with a heading and its value on each line.
#[must_use]
pub fn write_csv_table(aef: &Aef, table: Table) -> String {
    let writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    // Writing into memory has nothing to fail at.
    let bytes = rows(writer, aef, table).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn rows(mut writer: Writer<Vec<u8>>, aef: &Aef, table: Table) -> Result<Vec<u8>, csv::Error> {
    let labels = table.columns().iter().map(|column| column.label.as_str());
    if table == Table::Submission {
        for (label, text) in labels.zip(written(aef, table, 0)) {
            writer.write_record([label, &text])?;
        }
    } else {
        writer.write_record(labels)?;
        for row in 0..aef.len(table) {
            writer.write_record(written(aef, table, row).iter().map(|text| text.as_bytes()))?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

/// What separates the fields: a semicolon where the top of the file has more of them than commas.
fn separator(text: &str) -> u8 {
    let top = text.lines().take(20);
    let count = |of: char| {
        top.clone()
            .map(|line| line.matches(of).count())
            .sum::<usize>()
    };
    if count(';') > count(',') { b';' } else { b',' }
}

/// Reads files that hold tables one under the other, or one each.
pub(super) fn read(texts: &[&str]) -> Result<Reading, ReadError> {
    let mut reading = Tables::default();
    for text in texts {
        reading.file(text)?;
    }
    reading.finish()
}

#[derive(Default)]
struct Tables {
    aef: Aef,
    report: Report,
    layouts: Vec<(Table, TableLayout)>,
}

impl Tables {
    fn file(&mut self, text: &str) -> Result<(), ReadError> {
        let mut records = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let all: Vec<Headings> = Table::ALL.into_iter().map(Headings::of).collect();
        let mut open: Option<TableReader> = None;
        // A line number of a file of this size fits; the reader of a table sees lines from its own top.
        let mut top = 0;
        for record in records.records() {
            let record = record.map_err(|error| ReadError::NoWorkbook(error.to_string()))?;
            let line = record
                .position()
                .map_or(0, |at| at.line().saturating_sub(1));
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            let cells = filled(&record);
            let [first, rest @ ..] = &cells[..] else {
                // A line of commas is an empty row.
                if let Some(reader) = &mut open {
                    self.line(reader, line, top, &cells)?;
                }
                continue;
            };
            let begins = if rest.is_empty() {
                table_of(&first.text)
            } else {
                None
            };
            if let Some(table) = begins {
                self.close(open.replace(TableReader::new(table, None)));
                top = line;
                continue;
            }
            if open.is_none() && line < HEADING_LINES_MAX {
                open = alone(&all, &cells).map(|table| TableReader::new(table, None));
            }
            if let Some(reader) = &mut open {
                self.line(reader, line, top, &cells)?;
            }
        }
        self.close(open);
        Ok(())
    }

    fn line(
        &mut self,
        reader: &mut TableReader,
        line: u32,
        top: u32,
        cells: &[Filled],
    ) -> Result<(), ReadError> {
        // Headings are looked for from the title on, however far down it stands.
        let is_looking = line.saturating_sub(top) < HEADING_LINES_MAX;
        if let Some(texts) = reader.line_from(line, is_looking, cells, &mut self.report)? {
            self.aef
                .push_texts(reader.table(), texts.iter().map(String::as_str));
        }
        Ok(())
    }

    fn close(&mut self, reader: Option<TableReader>) {
        let Some(reader) = reader else { return };
        let table = reader.table();
        if self.layouts.iter().any(|(known, _)| *known == table) {
            self.report
                .add(&file::COLUMN_TWICE, Place::table(table), || {
                    format!(
                        "{:?} stands there twice: put all of its rows under one heading",
                        table.heading()
                    )
                });
        }
        let (layout, sideways) = reader.finish(&mut self.report);
        if let Some(texts) = sideways {
            self.aef.push_texts(table, texts.iter().map(String::as_str));
        }
        match self.layouts.iter_mut().find(|(known, _)| *known == table) {
            Some((_, known)) => {
                if let (Lines::Each(known), Lines::Each(more)) = (&mut known.lines, layout.lines) {
                    known.extend(more);
                }
            }
            None => self.layouts.push((table, layout)),
        }
    }

    fn finish(mut self) -> Result<Reading, ReadError> {
        if self.layouts.is_empty() {
            return Err(ReadError::NoTable);
        }
        let mut layouts = Vec::new();
        for table in Table::ALL {
            let at = self.layouts.iter().position(|(known, _)| *known == table);
            layouts.push(match at {
                Some(at) => self.layouts.swap_remove(at).1,
                None => {
                    self.report.add(&file::SHEET_MISSING, Place::table(table), || {
                        format!("there is no {:?}: add its title and headings, even where it has no rows", table.heading())
                    });
                    TableLayout {
                        sheet: None,
                        columns: vec![None; table.columns().len()],
                        lines: Lines::Each(Vec::new()),
                    }
                }
            });
        }
        Ok(Reading {
            aef: self.aef,
            draft: Draft::Second,
            format: Format::Csv,
            layout: Layout::Sheets(layouts),
            report: self.report,
        })
    }
}

fn filled(record: &csv::StringRecord) -> Vec<Filled> {
    let fields = (0..).zip(record.iter());
    let fields = fields.filter(|(column, text)| !text.trim().is_empty() && is_looked_at(*column));
    fields
        .map(|(column, text)| Filled::text(column, text))
        .collect()
}

/// The table of a file without a title: the one whose headings the line has, or whose first label stands in it.
fn alone(all: &[Headings], cells: &[Filled]) -> Option<Table> {
    let texts = || cells.iter().map(|cell| (cell.column, cell.text.as_str()));
    let found = Table::ALL
        .into_iter()
        .zip(all)
        .filter_map(|(table, headings)| {
            if table == Table::Submission {
                let label = headings.find(&cells.first()?.text);
                return (cells.len() == 2 && label.is_some()).then_some((1, table));
            }
            let matched = headings.match_line(texts())?;
            Some((matched.places.iter().flatten().count(), table))
        });
    found
        .max_by_key(|(count, _)| *count)
        .map(|(_, table)| table)
}
