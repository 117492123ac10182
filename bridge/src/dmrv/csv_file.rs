//! Points as CSV.

use super::point::Point;
use super::{CSV_BYTES_MAX, POINTS_MAX};

/// The columns, in their order.
pub const CSV_COLUMNS: [&str; 8] = [
    "source",
    "input",
    "value",
    "unit",
    "uncertainty",
    "start",
    "end",
    "signature",
];

/// Why a file can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// It is too long.
    #[error(
        "a file of points has at most {CSV_BYTES_MAX} bytes and {POINTS_MAX} lines: send it in parts"
    )]
    TooLong,
    /// A line of it.
    #[error("line {line}: {why}")]
    Line {
        /// Which, counted from 1 with the heading.
        line: u64,
        /// Why.
        why: String,
    },
}

/// Reads points. The first line has the names of the columns, in any order.
///
/// # Errors
/// [`CsvError`] with the line.
pub fn read_csv(text: &[u8]) -> Result<Vec<Point>, CsvError> {
    if text.len() > CSV_BYTES_MAX {
        return Err(CsvError::TooLong);
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text);
    let wrong = |error: &csv::Error| CsvError::Line {
        line: error.position().map_or(1, csv::Position::line),
        why: format!("{error}; the columns are {}", CSV_COLUMNS.join(",")),
    };
    let mut points = Vec::new();
    for row in reader.deserialize::<Point>() {
        if points.len() >= POINTS_MAX {
            return Err(CsvError::TooLong);
        }
        points.push(row.map_err(|error| wrong(&error))?);
    }
    Ok(points)
}

/// Writes points, so that [`read_csv`] reads the same.
#[must_use]
pub fn write_csv(points: &[Point]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes everything.
    for point in points {
        drop(writer.serialize(point));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
