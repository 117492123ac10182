//! Notifications from underlying registries (2/CMA.3 annex para 29; 4/CMA.6 paras 5(j) and 13): what was issued, used or
//! cancelled where the mitigation outcomes come from, or where they went, and what was contributed to the Adaptation Fund.
//!
//! No standard for them was found, so the file is our own: one JSON object a line. Reading and checking change nothing: each line
//! gives a draft that officials carry out, or says why it gives none.
//!
//! ```json
//! {"registry":"VCS","reference":"N-17","event":"use","day":"2026-03-01","authorisation":"GH-CH-2025-01","vintage":2023,"quantity":10,"units":"GH-1-10","purpose":"international_mitigation","party":"CH"}
//! ```

mod check;

pub use check::{Draft, Outcome, Why, check};

use countersign_protocol::id::AuthorisationId;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{Clause, Identification, Purpose};
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 4 * 1024;

/// The most lines of a file.
pub const LINES_MAX: usize = 50_000;

/// What happened in the other registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Mitigation outcomes were issued there under an authorisation.
    Issuance,
    /// Units were used.
    Use,
    /// Units were cancelled.
    Cancellation,
    /// Units were contributed to the Adaptation Fund (4/CMA.6 para 16).
    Contribution,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// The registry that tells, as the authorisation names it.
    pub registry: Identification,
    /// Its own reference: the same registry never uses it twice.
    pub reference: Clause,
    /// What happened.
    pub event: Event,
    /// When.
    pub day: Day,
    /// The authorisation of this Party.
    pub authorisation: AuthorisationId,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
    /// In t CO2 eq.
    pub quantity: u64,
    /// The units of this Party that were used, cancelled or contributed; none for an issuance.
    #[serde(default)]
    pub units: Option<UnitRange>,
    /// For what they were used or cancelled; none for an issuance and a contribution.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// The Party that used, cancelled or contributed them, if not this one.
    #[serde(default)]
    pub party: Option<Party>,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// The notification, or why it is none.
    pub notification: Result<Notification, String>,
}

/// Why a file is refused as a whole.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is too large.
    #[error("the file has {found} bytes, and at most {FILE_BYTES_MAX} are read: divide it")]
    Bytes {
        /// Its bytes.
        found: usize,
    },
    /// It has too many lines.
    #[error("the file has more than {LINES_MAX} lines: divide it")]
    Lines,
    /// It has no line.
    #[error("the file is empty: it has one JSON object a line")]
    Empty,
    /// It is no text.
    #[error("the file is no text in UTF-8 from byte {0} on")]
    Text(usize),
}

/// Reads a file line by line; blank lines are passed over.
///
/// # Errors
/// [`ReadError`] where the file is too large or no text. A line that is wrong is told at its place.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    if bytes.len() > FILE_BYTES_MAX {
        let found = bytes.len();
        return Err(ReadError::Bytes { found });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ReadError::Text(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if lines.len() == LINES_MAX {
            return Err(ReadError::Lines);
        }
        let notification = if line.len() > LINE_BYTES_MAX {
            let found = line.len();
            Err(format!(
                "the line has {found} bytes, and at most {LINE_BYTES_MAX} are read"
            ))
        } else {
            serde_json::from_str(line).map_err(|error| error.to_string())
        };
        lines.push(Line {
            number,
            notification,
        });
    }
    if lines.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(lines)
}
