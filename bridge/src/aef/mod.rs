//! Files in the agreed electronic format (AEF): workbooks, CSV and JSON, read and written.
//!
//! [`read`] takes a file of any registry. It finds sheets and headings that are spelt a little otherwise, keeps what it cannot
//! read as a cell that says so, and tells everything it stumbled over as findings with their cells. A file is refused as a
//! whole only where it is none: damaged, too large, or without a single table.

mod csv_files;
mod early;
mod headings;
mod json;
mod rows;
mod weigh;
mod workbook_read;
mod workbook_write;

pub use csv_files::{write_csv, write_csv_table};
pub use json::write_json;
pub use workbook_write::{WriteError, write_workbook};

use countersign_protocol::article6::aef::Aef;
use countersign_protocol::article6::aef::check::Report;
use countersign_protocol::article6::aef::first_draft::FirstDraft;
use countersign_protocol::article6::aef::layout::Layout;

/// The largest file that is read, in bytes: a workbook of 100,000 actions has a tenth of it.
pub const FILE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// What a workbook may unpack to, in bytes.
pub const UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// The most files inside a workbook.
pub const PARTS_MAX: usize = 2_000;

/// The most rows of a table.
pub const ROWS_MAX: usize = 500_000;

/// The last column of a sheet that is looked at.
pub const COLUMNS_MAX: u32 = 256;

/// The lines from the top in which headings are looked for.
pub const HEADING_LINES_MAX: u32 = 60;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook of spreadsheets.
    Xlsx,
    /// Tables as text, one under the other or one alone.
    Csv,
    /// JSON.
    Json,
}

/// Which draft of the format a file is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// The second, which is written today.
    Second,
    /// The first, as it was read; the submission is what it maps to.
    First(Box<FirstDraft>),
}

/// What was read from a file.
#[derive(Debug)]
pub struct Reading {
    /// The submission.
    pub aef: Aef,
    /// The draft in which it was written.
    pub draft: Draft,
    /// The kind of the file.
    pub format: Format,
    /// Where its cells stand.
    pub layout: Layout,
    /// What reading it stumbled over.
    pub report: Report,
}

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is too large.
    #[error("the file has {bytes} bytes and may have {FILE_BYTES_MAX}; split it by year")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It unpacks to too much, or to too many parts.
    #[error(
        "the workbook unpacks to more than {} MB or {PARTS_MAX} parts: that is no report, and it was not opened",
        UNPACKED_BYTES_MAX / 1024 / 1024
    )]
    Bomb,
    /// It is no workbook, or damaged.
    #[error("the file is no whole workbook ({0}); get it again, or open it and save it as .xlsx")]
    NoWorkbook(String),
    /// It is an old binary workbook.
    #[error(
        "the file is an old binary workbook (.xls) or is encrypted; open it and save it as .xlsx without a password"
    )]
    OldWorkbook,
    /// It is no text in UTF-8.
    #[error("the file is no text in UTF-8; save it as \"CSV UTF-8\"")]
    NoText,
    /// It is no JSON of this format.
    #[error("the JSON cannot be read: {0}")]
    NoJson(String),
    /// It has no table of the format.
    #[error(
        "the file has no table of the agreed electronic format: neither a sheet or title such as \"Table 3 Actions\", nor its headings"
    )]
    NoTable,
    /// A table has too many rows.
    #[error("{table} has more than {ROWS_MAX} rows; split the file by year")]
    TooManyRows {
        /// The table.
        table: &'static str,
    },
}

/// Reads a file of any of the formats; its content tells which one it is.
///
/// # Errors
/// [`ReadError`] where the file is none; everything else is a finding.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    if bytes.starts_with(b"PK") {
        return workbook_read::read(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(ReadError::OldWorkbook);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ReadError::NoText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return json::read(text);
    }
    csv_files::read(&[text])
}

/// Reads one CSV file for each table.
///
/// # Errors
/// As [`read`].
pub fn read_csv_tables(files: &[&[u8]]) -> Result<Reading, ReadError> {
    let bytes = files.iter().map(|file| file.len()).sum();
    if bytes > FILE_BYTES_MAX {
        return Err(ReadError::TooLarge { bytes });
    }
    let texts: Result<Vec<&str>, _> = files.iter().map(|file| std::str::from_utf8(file)).collect();
    let texts = texts.map_err(|_| ReadError::NoText)?;
    let texts: Vec<&str> = texts
        .into_iter()
        .map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
        .collect();
    csv_files::read(&texts)
}
