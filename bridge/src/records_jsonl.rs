//! `records.jsonl`: a ledger's records for programs that read JSON and no protobuf. One line per leaf, in order:
//!
//! ```json
//! {"index":7,"leaf_hash":"<64 hex digits>","record":{"time_ms":1,"request":"<32 hex digits>","body":{"split":{…}}}}
//! ```
//!
//! The file proves nothing: the leaf does. The leaf's bytes follow from the line (read the record, encode it), so a
//! reader can check that the line says what the leaf says. docs/formats.md names every field.

use countersign_protocol::log::{Hash, leaf_hash};
use countersign_protocol::record::Record;
use serde::{Deserialize, Serialize};

/// One line: a leaf and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Index of the leaf in the log.
    pub index: u64,
    /// SHA-256 of a zero byte and the leaf's bytes (RFC 6962 section 2.1), as hex.
    #[serde(with = "hex::serde")]
    pub leaf_hash: Hash,
    /// What the leaf says.
    pub record: Record,
}

/// What is written: the same as [`Line`], lent.
#[derive(Serialize)]
struct LineRef<'a> {
    index: u64,
    #[serde(with = "hex::serde")]
    leaf_hash: &'a Hash,
    record: &'a Record,
}

/// Why a line was refused.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not the JSON of a line.
    #[error("not a line of records.jsonl: {0}")]
    Json(#[from] serde_json::Error),
    /// The record's bytes have another leaf hash than the line says.
    #[error("the record of line {index} does not have the leaf hash that the line gives for it")]
    LeafHash {
        /// The index that the line gives.
        index: u64,
    },
}

/// Appends the line of a leaf to `out`, with its newline.
///
/// # Errors
/// Never in practice: every record has a JSON form, and a `Vec` takes every byte.
pub fn write_line(
    out: &mut Vec<u8>,
    index: u64,
    leaf_hash: &Hash,
    record: &Record,
) -> Result<(), serde_json::Error> {
    let line = LineRef {
        index,
        leaf_hash,
        record,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

/// Reads a line, with or without its newline, and checks that its record has the leaf hash that it gives.
///
/// # Errors
/// [`LineError`] says what does not hold.
pub fn read_line(line: &str) -> Result<Line, LineError> {
    let line: Line = serde_json::from_str(line)?;
    if leaf_hash(&line.record.encode()) == line.leaf_hash {
        Ok(line)
    } else {
        Err(LineError::LeafHash { index: line.index })
    }
}
