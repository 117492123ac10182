//! Workbooks, of ours or of anybody's.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use countersign_protocol::article6::aef::check::{Place, Report, file};
use countersign_protocol::article6::aef::layout::{Layout, Lines, TableLayout};
use countersign_protocol::article6::aef::{Aef, Table};

use super::headings::{plain, table_of};
use super::rows::{Filled, TableReader, is_looked_at};
use super::weigh::weigh;
use super::{Draft, Format, HEADING_LINES_MAX, ReadError, Reading, UNPACKED_BYTES_MAX, early};

/// Sheets that hold no table and are expected.
const OTHER_SHEETS: [&str; 2] = ["index", "summary information"];

/// The lines of a sheet.
const SHEET_LINES_MAX: u32 = 1_048_576;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    weigh(bytes, UNPACKED_BYTES_MAX)?;
    // The reader of workbooks meets whatever strangers send; should it panic, that is a damaged file and not our end.
    catch_unwind(AssertUnwindSafe(|| read_weighed(bytes))).unwrap_or_else(|_| {
        Err(ReadError::NoWorkbook(
            "its content is not as the format demands".to_owned(),
        ))
    })
}

fn damaged(error: &XlsxError) -> ReadError {
    ReadError::NoWorkbook(error.to_string())
}

fn read_weighed(bytes: &[u8]) -> Result<Reading, ReadError> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let names = book.sheet_names();
    if let Some(sheets) = early_sheets(&mut book, &names)? {
        return early::read(
            &mut |sheet, line| each_line(&mut book, sheet, line),
            &sheets,
        );
    }
    let mut report = Report::default();
    let sheets = sheets_of(&mut book, &names, &mut report)?;
    if sheets.is_empty() {
        return Err(ReadError::NoTable);
    }
    let mut aef = Aef::default();
    let mut layouts = Vec::new();
    for table in Table::ALL {
        let Some(sheet) = sheets.get(&table) else {
            report.add(&file::SHEET_MISSING, Place::table(table), || {
                format!(
                    "there is no sheet {:?}: add it, even where it has no rows",
                    table.sheet()
                )
            });
            layouts.push(TableLayout {
                sheet: None,
                columns: vec![None; table.columns().len()],
                lines: Lines::Each(Vec::new()),
            });
            continue;
        };
        layouts.push(read_sheet(
            &mut book,
            sheet,
            table,
            (&mut aef, &mut report),
        )?);
    }
    Ok(Reading {
        aef,
        draft: Draft::Second,
        format: Format::Xlsx,
        layout: Layout::Sheets(layouts),
        report,
    })
}

fn read_sheet(
    book: &mut Book<'_>,
    sheet: &str,
    table: Table,
    (aef, report): (&mut Aef, &mut Report),
) -> Result<TableLayout, ReadError> {
    let merged = book
        .merge_cells_by_sheet_name(sheet)
        .map_err(|error| damaged(&error))?;
    let mut reader = TableReader::new(table, Some(sheet.to_owned()));
    each_line(book, sheet, &mut |line, cells| {
        if let Some(texts) = reader.line(line, cells, report)? {
            aef.push_texts(table, texts.iter().map(String::as_str));
        }
        Ok(true)
    })?;
    for corners in merged {
        reader.merged((corners.start, corners.end), report);
    }
    let (layout, sideways) = reader.finish(report);
    if let Some(texts) = sideways {
        aef.push_texts(table, texts.iter().map(String::as_str));
    }
    Ok(layout)
}

/// The sheet of each table: by its name, or else by a title in it.
fn sheets_of(
    book: &mut Book<'_>,
    names: &[String],
    report: &mut Report,
) -> Result<BTreeMap<Table, String>, ReadError> {
    let mut sheets = BTreeMap::new();
    let mut others = Vec::new();
    for name in names {
        match table_of(name) {
            Some(table) if sheets.contains_key(&table) => {
                report.add(&file::COLUMN_TWICE, Place::table(table), || {
                    format!(
                        "the sheet {name:?} is the same table as another one: remove one of them"
                    )
                });
            }
            Some(table) => {
                if name != table.sheet() {
                    report.add(&file::HEADING_SPELLING, Place::table(table), || {
                        format!(
                            "the sheet {name:?} was read as {:?}: name it so",
                            table.sheet()
                        )
                    });
                }
                sheets.insert(table, name.clone());
            }
            None if OTHER_SHEETS.contains(&plain(name).as_str()) => {}
            None => others.push(name),
        }
    }
    for name in others {
        let titled = titled(book, name)?.filter(|table| !sheets.contains_key(table));
        let place = Place::table(titled.unwrap_or(Table::Submission));
        if let Some(table) = titled {
            sheets.insert(table, name.clone());
            report.add(&file::HEADING_SPELLING, place, || {
                format!(
                    "the sheet {name:?} was read as {:?} after a title in it: name it so",
                    table.sheet()
                )
            });
        } else {
            report.add(&file::SHEET_UNKNOWN, place, || {
                format!("the sheet {name:?} is no table of the format and was not read")
            });
        }
    }
    Ok(sheets)
}

/// The table whose title stands at the top of a sheet.
fn titled(book: &mut Book<'_>, sheet: &str) -> Result<Option<Table>, ReadError> {
    let mut found = None;
    each_line(book, sheet, &mut |line, cells| {
        found = cells.iter().find_map(|cell| table_of(&cell.text));
        Ok(found.is_none() && line < HEADING_LINES_MAX)
    })?;
    Ok(found)
}

/// The sheets of a workbook in the first draft: there is a heading that only it has.
fn early_sheets(book: &mut Book<'_>, names: &[String]) -> Result<Option<Vec<String>>, ReadError> {
    let mut is_early = false;
    for name in names {
        each_line(book, name, &mut |line, cells| {
            is_early |= cells.iter().any(|cell| early::is_mark(&cell.text));
            Ok(!is_early && line < HEADING_LINES_MAX)
        })?;
    }
    Ok(is_early.then(|| names.to_vec()))
}

/// What takes a line of a sheet: its number from 0 and its cells that are not blank. It says whether it wants more.
pub(super) type TakeLine<'a> = dyn FnMut(u32, &[Filled]) -> Result<bool, ReadError> + 'a;

/// Hands over the lines of a sheet that are not blank, in their order.
fn each_line(book: &mut Book<'_>, sheet: &str, take: &mut TakeLine<'_>) -> Result<(), ReadError> {
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        // A sheet of charts has no cells.
        Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => return Ok(()),
        Err(error) => return Err(damaged(&error)),
    };
    let mut line = 0;
    let mut filled: Vec<Filled> = Vec::new();
    loop {
        let cell = cells
            .next_cell_with_formula_metadata()
            .map_err(|error| damaged(&error))?;
        let next = cell.as_ref().map(|cell| cell.pos.0);
        if next != Some(line) && !filled.is_empty() {
            // A file may give its cells in any order.
            filled.sort_by_key(|cell| cell.column);
            if !take(line, &filled)? {
                return Ok(());
            }
            filled.clear();
        }
        let Some(cell) = cell else { return Ok(()) };
        line = cell.pos.0;
        if line >= SHEET_LINES_MAX {
            let line = u64::from(line) + 1;
            return Err(ReadError::NoWorkbook(format!(
                "it has a line {line}, and a sheet ends at {SHEET_LINES_MAX}"
            )));
        }
        if !is_looked_at(cell.pos.1) {
            continue;
        }
        let Some(text) = text_of(&cell.value) else {
            continue;
        };
        filled.push(Filled {
            column: cell.pos.1,
            text,
            is_number: matches!(cell.value, DataRef::Int(_) | DataRef::Float(_)),
            is_formula: cell.formula.is_some(),
            is_error: matches!(cell.value, DataRef::Error(_)),
        });
    }
}

/// A value as the text that a person would have typed.
fn text_of(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            if (hour, minute, second, milli) == (0, 0, 0, 0) {
                format!("{day:02}/{month:02}/{year:04}")
            } else {
                format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
                )
            }
        }
    })
}
