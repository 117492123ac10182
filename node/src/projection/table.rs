//! Rows on their way into a table, many in one statement.

use super::ProjectionError;
use super::db::{Cell, Tx};

/// The most rows in one statement. More of them make it no faster.
const ROWS_MAX: usize = 64;

/// A table: its columns, of which the first `key` are its key.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    pub(super) key: usize,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $table:literal, $key:literal: $($column:literal)*;)*) => {$(
        $(#[$doc])*
        pub(super) static $name: Table = Table { name: $table, columns: &[$($column),*], key: $key };
    )*};
}

tables! {
    ORGANISATIONS = "organisations", 1: "id" "name" "folded" "kind" "type" "scopes" "standing" "changed_at";
    ACCOUNTS = "accounts", 1: "id" "organisation" "name" "kind" "available" "on_hold" "escrow" "changed_at";
    PROJECTS = "projects", 1: "number" "organisation" "title" "folded" "scope" "standing" "changed_at";
    CASES = "cases", 1: "number" "parent" "project" "kind" "title" "folded" "flow" "track" "stage" "ended" "certifier"
        "counterparty" "since_ms" "due_ms" "paused_ms" "acts" "changed_at";
    CASE_OWNERS = "case_owners", 2: "case_number" "organisation";
    CASE_WAITS = "case_waits", 4: "case_number" "step" "organisation_type" "role" "due_ms";
    CASE_ACTS = "case_acts", 1: "leaf" "case_number" "step" "answer" "organisation" "organisation_type" "role"
        "time_ms";
    LETTERS = "letters", 1: "leaf" "case_number" "act" "letter" "language" "sha256" "time_ms";
    ARTICLE6 = "article6", 1: "leaf" "subject" "time_ms";
    RESERVATIONS = "reservations", 1: "case_number" "reservation";
    RANGES = "ranges", 2: "origin" "first_unit" "last_unit" "unit_type" "scope" "project" "vintage" "reserved"
        "issued_at" "split_from" "first_transfer" "authorisation" "place" "set_aside" "account" "party" "since";
    RANGE_EVENTS = "range_events", 2: "leaf" "position" "time_ms" "kind" "origin" "first_unit" "last_unit" "width"
        "from_account" "to_account" "party" "reference";
    TRANSFERS = "transfers", 1: "opened_at" "id" "direction" "partner" "stage" "agreement" "account" "tonnes"
        "changed_at";
    RETIREMENTS = "retirements", 2: "leaf" "position" "time_ms" "account" "organisation" "kind" "purpose"
        "beneficiary" "reason" "jurisdiction" "case_number" "origin" "first_unit" "last_unit" "unit_type" "scope" "project" "vintage" "reserved"
        "issued_at" "split_from" "first_transfer" "authorisation";
    PARTNERS = "partners", 1: "party" "origin" "registry" "status" "changed_at";
}

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Rows {
    table: &'static Table,
    cells: Vec<Cell>,
}

impl Rows {
    pub(super) const fn of(table: &'static Table) -> Self {
        Self {
            table,
            cells: Vec::new(),
        }
    }

    pub(super) fn push<const N: usize>(&mut self, row: [Cell; N]) {
        debug_assert_eq!(N, self.table.columns.len(), "{}", self.table.name);
        self.cells.extend(row);
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len() / self.table.columns.len()
    }

    /// Inserts rows of which none is there yet.
    pub(super) async fn fill(self, tx: &mut Tx) -> Result<(), ProjectionError> {
        let Table { name, columns, .. } = self.table;
        if tx.copy(name, columns, &self.cells).await? {
            return Ok(());
        }
        self.write(tx).await
    }

    /// Inserts the rows; one whose key is there already takes its place.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), ProjectionError> {
        let width = self.table.columns.len();
        let mut left = self.len();
        let mut cells = self.cells.into_iter();
        while left > 0 {
            // Powers of two, so that few statements are ever prepared.
            let rows = if left >= ROWS_MAX {
                ROWS_MAX
            } else {
                1 << left.ilog2()
            };
            let values = cells.by_ref().take(rows * width).collect();
            tx.execute(insert(self.table, rows, tx.is_sqlite()), values)
                .await?;
            left -= rows;
        }
        Ok(())
    }
}

/// Removes the rows of a key, or of the first columns of one.
pub(super) async fn delete(
    tx: &mut Tx,
    table: &Table,
    key: Vec<Cell>,
) -> Result<(), ProjectionError> {
    let conditions: Vec<String> = (1..=key.len())
        .zip(table.columns)
        .map(|(n, column)| format!("{column} = ${n}"))
        .collect();
    let sql = format!(
        "DELETE FROM {} WHERE {}",
        table.name,
        conditions.join(" AND ")
    );
    tx.execute(sql, key).await?;
    Ok(())
}

/// `INSERT ... VALUES (...), (...) ON CONFLICT ...`. SQLite looks named values up one by one, so there they have no names.
fn insert(table: &Table, rows: usize, is_sqlite: bool) -> String {
    let mut values = String::new();
    let mut number = 0;
    for row in 0..rows {
        values.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..table.columns.len() {
            number += 1;
            let comma = if column == 0 { "" } else { ", " };
            if is_sqlite {
                values.push_str(comma);
                values.push('?');
            } else {
                values.push_str(&format!("{comma}${number}"));
            }
        }
        values.push(')');
    }
    let (key, rest) = table.columns.split_at(table.key);
    let replaced: Vec<String> = rest
        .iter()
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let otherwise = if replaced.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", replaced.join(", "))
    };
    format!(
        "INSERT INTO {} ({}) VALUES {values} ON CONFLICT ({}) DO {otherwise}",
        table.name,
        table.columns.join(", "),
        key.join(", ")
    )
}
