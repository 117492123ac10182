//! A CSV file (RFC 4180) as rows of named columns, with the line of everything.

use std::collections::BTreeMap;
use std::fmt;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::File;

/// The largest file, in bytes: a country's organisations and people have a hundredth of it.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most rows of a file.
pub const ROWS_MAX: usize = 20_000;

/// The longest value that is shown in a message, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// The most mistakes that are reported for one file.
const FAULTS_MAX: usize = 200;

/// Columns whose content is never shown, kept or read.
const SECRET: &[&str] = &["PASSWORD", "APIKEY"];

/// What is wrong with one field, row or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, where one is meant.
    pub column: Option<String>,
    /// The value; none for secrets.
    pub value: Option<String>,
    /// What is wrong and how to mend it.
    pub why: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: ", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(out, "{column}")?;
            if let Some(value) = self.value.as_ref().filter(|value| !value.is_empty()) {
                write!(out, " {value:?}")?;
            }
            out.write_str(": ")?;
        }
        out.write_str(&self.why)
    }
}

/// A file that was read.
pub(super) struct Sheet<'a> {
    name: &'a str,
    columns: BTreeMap<String, usize>,
    unknown: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

impl<'a> Sheet<'a> {
    /// Reads a file with these columns: all of `wanted`, and those of `also` that are there.
    pub(super) fn read(
        file: File<'a>,
        wanted: &[&str],
        also: &[&str],
    ) -> Result<Self, Vec<RowError>> {
        let text = text(file).map_err(|fault| vec![fault])?;
        let mut reader = ReaderBuilder::new()
            .has_headers(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let of_csv = |error: &csv::Error| of_csv(file.name, text, error);
        let header = reader.headers().map_err(|error| vec![of_csv(&error)])?;
        let columns = columns(file.name, header, wanted)?;
        let known =
            |name: &&String| wanted.contains(&name.as_str()) || also.contains(&name.as_str());
        let unknown = columns
            .keys()
            .filter(|name| !known(name))
            .cloned()
            .collect();
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for row in reader.records() {
            match row {
                Ok(row) => {
                    let line = row.position().map_or(0, |at| line_of(text, at));
                    if !row.iter().all(str::is_empty) {
                        rows.push((line, row));
                    }
                }
                Err(error) => faults.push(of_csv(&error)),
            }
            if rows.len() > ROWS_MAX || faults.len() >= FAULTS_MAX {
                let why = format!(
                    "the file has more than {ROWS_MAX} rows, or too many that cannot be read; import it in parts"
                );
                faults.push(of_file(file.name, 0, &why));
                break;
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            name: file.name,
            columns,
            unknown,
            rows,
        })
    }

    /// What is not taken over.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let unknown = self.unknown.iter();
        unknown.map(|name| format!("{}: the column {name} is not taken over", self.name))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row {
            sheet: self,
            line: *line,
            record,
        })
    }
}

/// A row.
pub(super) struct Row<'a> {
    sheet: &'a Sheet<'a>,
    line: u64,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// What stands in a column; nothing where the file has no such column.
    pub(super) fn slot(&self, column: &'static str) -> Slot<'a> {
        let place = self.sheet.columns.get(column);
        let text = place.and_then(|place| self.record.get(*place));
        Slot {
            file: self.sheet.name,
            line: self.line,
            column,
            text: text.unwrap_or_default(),
        }
    }
}

/// One value, with its place.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    file: &'a str,
    line: u64,
    column: &'static str,
    text: &'a str,
}

impl<'a> Slot<'a> {
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn fault(&self, why: &str) -> RowError {
        let shown: String = self.text.chars().take(SHOWN_CHARS_MAX).collect();
        RowError {
            file: self.file.to_owned(),
            line: self.line,
            column: Some(self.column.to_owned()),
            value: Some(shown).filter(|_| !SECRET.contains(&self.column)),
            why: why.to_owned(),
        }
    }
}

/// The bytes as text without a byte order mark.
fn text<'a>(file: File<'a>) -> Result<&'a str, RowError> {
    if file.bytes.len() > FILE_BYTES_MAX {
        let why = format!("the file has more than {FILE_BYTES_MAX} bytes; import it in parts");
        return Err(of_file(file.name, 0, &why));
    }
    let bytes = file.bytes;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let why = "this is UTF-16; save it as \"CSV UTF-8\", or convert it with `iconv -f UTF-16 -t UTF-8`";
        return Err(of_file(file.name, 1, why));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        let why = format!(
            "character {column} of the line is not UTF-8: the file was most likely saved as Latin-1 or Windows-1252; convert it with `iconv -f WINDOWS-1252 -t UTF-8`"
        );
        of_file(file.name, u64::try_from(line).unwrap_or(u64::MAX), &why)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The place of each column by its name in capitals.
fn columns(
    file: &str,
    header: &StringRecord,
    wanted: &[&str],
) -> Result<BTreeMap<String, usize>, Vec<RowError>> {
    let mut columns = BTreeMap::new();
    let mut faults = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let name = name
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_uppercase();
        if columns.insert(name.clone(), place).is_some() {
            faults.push(of_file(
                file,
                1,
                &format!("the column {name} stands there twice"),
            ));
        }
    }
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| !columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        let apart = header.len() == 1 && header.iter().any(|name| name.contains(';'));
        let hint = if apart {
            "; the fields are separated by semicolons: export the file with commas"
        } else {
            ""
        };
        let why = format!("the header lacks {}{hint}", missing.join(", "));
        faults.push(of_file(file, 1, &why));
    }
    if faults.is_empty() {
        Ok(columns)
    } else {
        Err(faults)
    }
}

/// The line of a place. The reader's own count is one short where lines end in a carriage return and a line feed: its
/// records begin before the feed.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let before_feed = text.as_bytes().get(start) == Some(&b'\n');
    at.line() + u64::from(before_feed)
}

fn of_csv(file: &str, text: &str, error: &csv::Error) -> RowError {
    let line = error.position().map_or(0, |at| line_of(text, at));
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!(
            "the row has {len} fields and the header {expected_len}; put a value that has a comma in it between double quotes"
        ),
        _ => "the row is no CSV; look for a double quote that is not closed".to_owned(),
    };
    of_file(file, line, &why)
}

fn of_file(file: &str, line: u64, why: &str) -> RowError {
    RowError {
        file: file.to_owned(),
        line,
        column: None,
        value: None,
        why: why.to_owned(),
    }
}
