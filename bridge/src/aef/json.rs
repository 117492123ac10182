//! JSON: the tables under their names, each row an object under the technical names of the columns.
//!
//! Numbers are numbers where every reader keeps all of their digits, and texts elsewhere. A blank cell is `null`.

use std::fmt::Write as _;

use countersign_protocol::article6::aef::check::{Place, Report, file};
use countersign_protocol::article6::aef::layout::{Layout, written};
use countersign_protocol::article6::aef::{Aef, Kind, State, Table};
use serde_json::{Map, Value};

use super::{Draft, Format, ROWS_MAX, ReadError, Reading};

/// What the file says it is.
const FORMAT: &str = "AEF v2";

/// The largest number that every reader of JSON keeps.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// A submission as JSON, one row a line.
#[must_use]
pub fn write_json(aef: &Aef) -> String {
    let mut text = format!("{{\n  \"format\": \"{FORMAT}\"");
    for table in Table::ALL {
        // Writing into a text cannot fail.
        let _ = write!(text, ",\n  \"{}\": ", table.name());
        if table == Table::Submission {
            row(&mut text, aef, table, 0);
            continue;
        }
        text.push('[');
        for at in 0..aef.len(table) {
            text.push_str(if at == 0 { "\n    " } else { ",\n    " });
            row(&mut text, aef, table, at);
        }
        text.push_str(if aef.len(table) == 0 { "]" } else { "\n  ]" });
    }
    text.push_str("\n}\n");
    text
}

fn row(text: &mut String, aef: &Aef, table: Table, at: usize) {
    let cells = aef.cells(table, at).unwrap_or_default();
    let texts = written(aef, table, at);
    text.push('{');
    for (place, ((cell, written), column)) in
        cells.iter().zip(texts).zip(table.columns()).enumerate()
    {
        text.push_str(if place == 0 { "" } else { ", " });
        let is_count = matches!(
            column.kind,
            Kind::Year | Kind::Integer | Kind::Decimal | Kind::UnitId
        );
        let number = written
            .parse::<u64>()
            .ok()
            .filter(|number| *number <= NUMBER_MAX);
        let value = match number {
            _ if written.is_empty() => Value::Null,
            Some(number) if is_count && cell.state() == State::Is => Value::from(number),
            _ => Value::from(written.as_ref()),
        };
        let _ = write!(text, "{}: {value}", Value::from(column.name.as_str()));
    }
    text.push('}');
}

/// Reads JSON.
pub(super) fn read(text: &str) -> Result<Reading, ReadError> {
    let wrong = |what: &dyn std::fmt::Display| ReadError::NoJson(what.to_string());
    let mut top: Map<String, Value> = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    let format = top.remove("format");
    if let Some(other) = format.filter(|it| it.as_str() != Some(FORMAT)) {
        return Err(wrong(&format_args!(
            "its format is {other}, and {FORMAT:?} can be read"
        )));
    }
    let mut report = Report::default();
    let mut aef = Aef::default();
    let mut any = false;
    for table in Table::ALL {
        let rows = match top.remove(table.name()) {
            None => {
                report.add(&file::SHEET_MISSING, Place::table(table), || {
                    format!(
                        "there is no {:?}: add it, even where it has no rows",
                        table.name()
                    )
                });
                continue;
            }
            Some(Value::Array(rows)) if table != Table::Submission => rows,
            Some(row @ Value::Object(_)) if table == Table::Submission => vec![row],
            Some(_) => {
                let what = if table == Table::Submission {
                    "one object"
                } else {
                    "a list of objects"
                };
                return Err(wrong(&format_args!("{:?} is {what}", table.name())));
            }
        };
        any = true;
        if rows.len() > ROWS_MAX {
            return Err(ReadError::TooManyRows {
                table: table.heading(),
            });
        }
        for (at, row) in rows.into_iter().enumerate() {
            let Value::Object(row) = row else {
                return Err(wrong(&format_args!("/{}/{at} is no object", table.name())));
            };
            let texts = texts(table, at, row, &mut report);
            aef.push_texts(table, texts.iter().map(String::as_str));
        }
    }
    for name in top.keys() {
        report.add(
            &file::SHEET_UNKNOWN,
            Place::table(Table::Submission),
            || format!("{name:?} is no table of the format and was not read"),
        );
    }
    if !any {
        return Err(ReadError::NoTable);
    }
    Ok(Reading {
        aef,
        draft: Draft::Second,
        format: Format::Json,
        layout: Layout::Json,
        report,
    })
}

fn texts(table: Table, at: usize, mut row: Map<String, Value>, report: &mut Report) -> Vec<String> {
    let texts = table
        .columns()
        .iter()
        .map(|column| match row.remove(&column.name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            // A number as it stands there; what is no value at all is told by the cell's check.
            Some(other) => other.to_string(),
        });
    let texts = texts.collect();
    for name in row.keys() {
        report.add(&file::COLUMN_UNKNOWN, Place::row(table, at), || {
            format!("{name:?} is no column of the table and is not read")
        });
    }
    texts
}
