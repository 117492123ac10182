//! Whether the read model says what the ledger says: every row of it, against one that is made anew beside it.

use super::ProjectionError;
use super::db::{Cell, Db, Row};
use super::schema::{Table, tables};

/// Rows that are compared at a time.
const ROWS_COMPARED: usize = 2000;

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Every row is as the ledger wants it.
    Same {
        /// How many rows.
        rows: u64,
    },
    /// This row is the first that is not.
    Differs(Difference),
}

/// A row that somebody else than the node wrote, or took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row, by its key.
    pub row: String,
    /// What is wrong with it.
    pub why: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { table, row, why } = self;
        write!(out, "table {table}, row {row}: {why}")
    }
}

/// Compares a model with one that follows from the same leaves.
pub(super) async fn compare(found: &Db, wanted: &Db) -> Result<Checked, ProjectionError> {
    let mut rows = 0;
    // Where the model stands is no part of what it says.
    for table in tables().filter(|table| table.name != "cursor_at") {
        let mut after: Option<Vec<Cell>> = None;
        loop {
            let is = read(found, &table, after.as_deref()).await?;
            let must = read(wanted, &table, after.as_deref()).await?;
            if let Some(difference) = first_difference(&table, &is, &must) {
                return Ok(Checked::Differs(difference));
            }
            rows += is.len() as u64;
            if is.len() < ROWS_COMPARED {
                break;
            }
            after = is.last().map(|row| table.key_of(row));
        }
    }
    Ok(Checked::Same { rows })
}

/// The rows behind a key, in the order of the key.
async fn read(
    db: &Db,
    table: &Table,
    after: Option<&[Cell]>,
) -> Result<Vec<Vec<Cell>>, ProjectionError> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let key = table.key.join(", ");
    let beyond = after.map_or_else(String::new, |after| {
        let places: Vec<String> = (1..=after.len()).map(|place| format!("${place}")).collect();
        format!("WHERE ({key}) > ({})", places.join(", "))
    });
    let sql = format!(
        "SELECT {} FROM {} {beyond} ORDER BY {key} LIMIT {ROWS_COMPARED}",
        names.join(", "),
        table.name
    );
    let rows = db.rows(sql, after.unwrap_or_default().to_vec()).await?;
    rows.iter().map(|row| cells(table, row)).collect()
}

fn cells(table: &Table, row: &Row) -> Result<Vec<Cell>, ProjectionError> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(at, (_, is_text))| {
            Ok(if *is_text {
                Cell::shown(row.text(at)?)
            } else {
                Cell::Int(row.int(at)?)
            })
        })
        .collect()
}

fn first_difference(table: &Table, is: &[Vec<Cell>], must: &[Vec<Cell>]) -> Option<Difference> {
    let at = is.iter().zip(must).position(|(is, must)| is != must);
    let at = at.unwrap_or_else(|| is.len().min(must.len()));
    let (row, why) = match (is.get(at), must.get(at)) {
        (None, None) => return None,
        (None, Some(must)) => (must, "it is missing".to_owned()),
        (Some(is), None) => (is, "it does not follow from the ledger".to_owned()),
        (Some(is), Some(must)) => match table.key_of(is).cmp(&table.key_of(must)) {
            std::cmp::Ordering::Less => (is, "it does not follow from the ledger".to_owned()),
            std::cmp::Ordering::Greater => (must, "it is missing".to_owned()),
            std::cmp::Ordering::Equal => (is, changed(table, is, must)),
        },
    };
    let key: Vec<String> = table.key_of(row).iter().map(shown).collect();
    Some(Difference {
        table: table.name,
        row: key.join(" "),
        why,
    })
}

fn changed(table: &Table, is: &[Cell], must: &[Cell]) -> String {
    let columns = table.columns.iter().zip(is.iter().zip(must));
    let mut differing = columns.filter(|(_, (is, must))| is != must);
    differing
        .next()
        .map(|((name, _), (is, must))| {
            format!(
                "{name} is {}, and follows from the ledger as {}",
                shown(is),
                shown(must)
            )
        })
        .unwrap_or_default()
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Int(Some(number)) => number.to_string(),
        Cell::Text(Some(text)) => format!("{text:?}"),
        Cell::Int(None) | Cell::Text(None) => "empty".to_owned(),
    }
}
