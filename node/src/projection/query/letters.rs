//! Letters that were issued.

use countersign_protocol::log::Hash;

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// A letter that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// The leaf that records it.
    pub leaf: u64,
    /// The case.
    pub case: u64,
    /// Leaf of the act that named it.
    pub act: u64,
    /// Its id in the process.
    pub letter: String,
    /// The language.
    pub language: String,
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// When it was recorded, in milliseconds since the Unix epoch.
    pub time_ms: u64,
}

const COLUMNS: &[&str] = &[
    "leaf",
    "case_number",
    "act",
    "letter",
    "language",
    "sha256",
    "time_ms",
];

const BY_LEAF: Order = Order {
    name: "letters/leaf",
    columns: &[("leaf", Holds::Int)],
};

impl Projection {
    /// The letters of a case, oldest first.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn letters_of(
        &self,
        case: u64,
        window: &Window,
    ) -> Result<Page<LetterRow>, ProjectionError> {
        let mut list = List::of("letters", COLUMNS, BY_LEAF);
        list.led_by("case_number = ?", "case_number", Some(Cell::from(case)));
        list.page(self, window, row).await
    }

    /// All letters, by their leaves.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn letters(&self, window: &Window) -> Result<Page<LetterRow>, ProjectionError> {
        let list = List::of("letters", COLUMNS, BY_LEAF);
        list.page(self, window, row).await
    }

    /// The letter with this hash, and the leaves that the read model held when it looked. Of several, which takes two acts
    /// that say the same, the first.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn letter(&self, sha256: &Hash) -> Result<(Option<LetterRow>, u64), ProjectionError> {
        let (db, size) = self.ready()?;
        let columns = COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM letters WHERE sha256 = $1 ORDER BY leaf LIMIT 1");
        let cells = vec![Cell::text(hex::encode(sha256))];
        let rows = db.rows(sql, cells).await?;
        Ok((rows.first().map(row).transpose()?, size))
    }
}

fn row(row: &Row) -> Result<LetterRow, ProjectionError> {
    let mut sha256 = Hash::default();
    hex::decode_to_slice(row.parsed::<String>(5)?, &mut sha256)
        .map_err(|_| ProjectionError::Row(5))?;
    Ok(LetterRow {
        leaf: row.number(0)?,
        case: row.number(1)?,
        act: row.number(2)?,
        letter: row.parsed(3)?,
        language: row.parsed(4)?,
        sha256,
        time_ms: row.number(6)?,
    })
}
