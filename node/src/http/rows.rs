//! Reading the rows of a file: CSV with a heading, or JSON line by line. Every row becomes the JSON of a single request.

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value};

use super::dto::BulkKind;
use super::problem::{ApiError, Kind};

/// The most rows of a file.
pub(super) const ROWS_MAX: usize = 5_000;

/// The largest file, in bytes.
pub(super) const BYTES_MAX: usize = 8 * 1024 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    JsonLines,
}

impl Form {
    /// The form that a `Content-Type` names.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" | "application/jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// A row as it was read.
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// The JSON of a request, or why it is none.
    pub(super) json: Result<Vec<u8>, ApiError>,
}

/// Reads a file.
///
/// # Errors
/// What is wrong with the file as a whole: its text, its heading, its length.
pub(super) fn read(kind: BulkKind, form: Form, bytes: &[u8]) -> Result<Vec<Row>, ApiError> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| ApiError::new(Kind::Malformed, "the file is not UTF-8 text"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows = match form {
        Form::Csv => csv_rows(kind, text)?,
        Form::JsonLines => json_lines(text),
    };
    match rows.len() {
        0 => Err(ApiError::body("", &"the file has no rows")),
        1..=ROWS_MAX => Ok(rows),
        count => {
            let detail = format!("the file has {count} rows; send at most {ROWS_MAX} at a time");
            Err(ApiError::new(Kind::TooLarge, detail))
        }
    }
}

fn json_lines(text: &str) -> Vec<Row> {
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, text)| !text.trim().is_empty());
    lines
        .map(|(line, text)| Row {
            line,
            json: Ok(text.as_bytes().to_vec()),
        })
        .collect()
}

/// What a column of a file holds.
#[derive(Clone, Copy)]
enum Cell {
    Text,
    Number,
    Bool,
    /// Ranges with blanks between them.
    Ranges,
}

/// The columns of a kind; a case has any, by the path of the member.
fn columns(kind: BulkKind) -> &'static [(&'static str, Cell)] {
    match kind {
        BulkKind::Accounts => &[
            ("organisation", Cell::Number),
            ("name", Cell::Text),
            ("kind", Cell::Text),
        ],
        BulkKind::AccountTransfers => &[
            ("from", Cell::Number),
            ("to", Cell::Number),
            ("tonnes", Cell::Number),
            ("ranges", Cell::Ranges),
        ],
        BulkKind::Retirements => &[
            ("account", Cell::Number),
            ("tonnes", Cell::Number),
            ("ranges", Cell::Ranges),
            ("kind", Cell::Text),
            ("purpose", Cell::Text),
            ("reason", Cell::Text),
            ("jurisdiction", Cell::Text),
            ("ndc_year", Cell::Number),
            ("beneficiary", Cell::Text),
            ("beneficiary_id", Cell::Number),
            ("beneficiary_public", Cell::Bool),
        ],
        BulkKind::StandingHolds => &[
            ("account", Cell::Number),
            ("project", Cell::Number),
            ("organisation", Cell::Number),
            ("ranges", Cell::Ranges),
            ("reason", Cell::Text),
            ("authority", Cell::Number),
            ("reference", Cell::Text),
            ("expiry_ms", Cell::Number),
        ],
        BulkKind::Cases => &[],
    }
}

/// Members that are one of several columns, under the name of the request's member.
fn choice(kind: BulkKind) -> Option<(&'static str, &'static [&'static str])> {
    match kind {
        BulkKind::AccountTransfers | BulkKind::Retirements => {
            Some(("units", &["tonnes", "ranges"]))
        }
        BulkKind::StandingHolds => Some(("on", &["account", "project", "organisation", "ranges"])),
        BulkKind::Accounts | BulkKind::Cases => None,
    }
}

fn csv_rows(kind: BulkKind, text: &str) -> Result<Vec<Row>, ApiError> {
    let heading = text.lines().next().unwrap_or_default();
    // Where a comma is a decimal sign, spreadsheets write semicolons.
    let is_semicolon = heading.contains(';') && !heading.contains(',');
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .delimiter(if is_semicolon { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let heading = reader.headers().cloned();
    let heading = heading.map_err(|error| ApiError::body("", &error))?;
    check_heading(kind, &heading)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let (line, json) = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                (line, row_json(kind, &heading, &record))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, Err(ApiError::new(Kind::Malformed, error.to_string())))
            }
        };
        rows.push(Row { line, json });
        if rows.len() > ROWS_MAX {
            let detail = format!("the file has more than {ROWS_MAX} rows; send them in parts");
            return Err(ApiError::new(Kind::TooLarge, detail));
        }
    }
    Ok(rows)
}

fn check_heading(kind: BulkKind, heading: &StringRecord) -> Result<(), ApiError> {
    let known = columns(kind);
    for (place, name) in heading.iter().enumerate() {
        let is_twice = heading.iter().take(place).any(|before| before == name);
        let is_known = match kind {
            BulkKind::Cases => name.starts_with("open.") || name.starts_with("act."),
            _ => known.iter().any(|(known, _)| *known == name),
        };
        if is_known && !is_twice {
            continue;
        }
        let shown: String = name.chars().take(48).collect();
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let wanted = match kind {
            BulkKind::Cases => "paths such as open.flow and act.form.receiver".to_owned(),
            _ => names.join(", "),
        };
        let detail = format!(
            "the first line names the columns; {shown:?} is none or stands twice. There are: {wanted}"
        );
        return Err(ApiError::body("", &detail));
    }
    Ok(())
}

/// A record of the file as the JSON of a request. An empty cell is a member that is left out.
fn row_json(
    kind: BulkKind,
    heading: &StringRecord,
    record: &StringRecord,
) -> Result<Vec<u8>, ApiError> {
    let cells = heading.iter().zip(record.iter());
    let cells = cells.filter(|(_, text)| !text.is_empty());
    let mut row = Map::new();
    if kind == BulkKind::Cases {
        for (path, text) in cells {
            put(&mut row, path, cell_of_case(text));
        }
    } else {
        for (name, text) in cells {
            let known = columns(kind).iter().find(|(known, _)| *known == name);
            let cell = known.map_or(Cell::Text, |(_, cell)| *cell);
            row.insert(name.to_owned(), value(cell, text));
        }
        choose(kind, &mut row)?;
    }
    serde_json::to_vec(&row).map_err(|_| ApiError::new(Kind::Internal, "a row could not be read"))
}

/// What is no number or truth value stays text, and the request says what is wrong with it.
fn value(cell: Cell, text: &str) -> Value {
    let as_text = || Value::from(text);
    match cell {
        Cell::Text => as_text(),
        Cell::Number => text.parse::<u64>().map_or_else(|_| as_text(), Value::from),
        Cell::Bool => text.parse::<bool>().map_or_else(|_| as_text(), Value::from),
        Cell::Ranges => text.split_whitespace().collect(),
    }
}

/// A cell of a case: JSON where it is JSON other than bare text, so that forms can hold numbers, lists and objects.
fn cell_of_case(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// Puts a value at a path such as `act.form.receiver`. A path through a value that is no object replaces it, and the
/// request says what is wrong.
fn put(row: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(row.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = row
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Gathers the one of several columns that is filled in.
fn choose(kind: BulkKind, row: &mut Map<String, Value>) -> Result<(), ApiError> {
    let Some((member, names)) = choice(kind) else {
        return Ok(());
    };
    let found: Vec<(&str, Value)> = names
        .iter()
        .filter_map(|name| Some((*name, row.remove(*name)?)))
        .collect();
    let Ok([(name, value)]) = <[_; 1]>::try_from(found) else {
        let why = format!("fill in exactly one of {}", names.join(", "));
        return Err(ApiError::body(&format!("/{member}"), &why));
    };
    let chosen = Map::from_iter([(name.to_owned(), value)]);
    row.insert(member.to_owned(), Value::Object(chosen));
    Ok(())
}
