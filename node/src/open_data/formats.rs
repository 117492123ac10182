//! A table as CSV (RFC 4180) and as JSON Lines.

use serde_json::Value as Json;

use super::OpenDataError;
use super::files::HashedFile;
use crate::projection::{Column, Holds, Table, Value};
use crate::web::{harmless, machine};

/// The text of a value; none for nothing.
fn shown(column: &Column, value: &Value) -> Option<String> {
    match (value, column.holds) {
        (Value::Nothing, _) => None,
        (Value::Number(ms), Holds::Time) => Some(machine(u64::try_from(*ms).unwrap_or(0))),
        (Value::Number(number), _) => Some(number.to_string()),
        (Value::Text(text), _) => Some(text.clone()),
    }
}

/// A table as CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it.
pub(super) struct CsvFile(HashedFile);

impl CsvFile {
    pub(super) fn begin(mut file: HashedFile, table: &Table) -> Result<Self, OpenDataError> {
        let head = table.columns.iter().map(|it| it.name.to_owned());
        file.put(&line(head)?)?;
        Ok(Self(file))
    }

    pub(super) fn row(&mut self, table: &Table, row: &[Value]) -> Result<(), OpenDataError> {
        let cells = table.columns.iter().zip(row);
        let cells = cells.map(|(column, value)| {
            let text = shown(column, value).unwrap_or_default();
            match column.holds {
                Holds::Text => harmless(text),
                Holds::Number | Holds::Time => text,
            }
        });
        self.0.put(&line(cells)?)
    }

    pub(super) fn end(self) -> HashedFile {
        self.0
    }
}

fn line(cells: impl Iterator<Item = String>) -> Result<Vec<u8>, OpenDataError> {
    let failed = |error: std::io::Error| OpenDataError::io("a line of CSV".as_ref())(error);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer
        .write_record(cells)
        .map_err(|error| failed(error.into()))?;
    writer
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}

/// A table as JSON Lines: an object on each line, with every column, in their order.
pub(super) struct JsonFile(HashedFile);

impl JsonFile {
    pub(super) const fn begin(file: HashedFile) -> Self {
        Self(file)
    }

    pub(super) fn row(&mut self, table: &Table, row: &[Value]) -> Result<(), OpenDataError> {
        let mut text = Vec::from(*b"{");
        for (column, value) in table.columns.iter().zip(row) {
            if text.len() > 1 {
                text.push(b',');
            }
            let (name, value) = (Json::from(column.name), json(column, value));
            text.extend(format!("{name}:{value}").bytes());
        }
        text.extend(b"}\n");
        self.0.put(&text)
    }

    pub(super) fn end(self) -> HashedFile {
        self.0
    }
}

fn json(column: &Column, value: &Value) -> Json {
    match (value, column.holds) {
        (Value::Number(number), Holds::Number) => Json::from(*number),
        (value, _) => shown(column, value).map_or(Json::Null, Json::String),
    }
}
