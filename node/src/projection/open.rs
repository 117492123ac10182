//! The read model at one entry of the ledger: whole tables, row by row. What open data is written from.

mod tables;

pub(crate) use tables::{STATISTICS, TABLES, sums};

use super::ProjectionError;
use super::db::{Cell, Row, Tx};
use super::folder::{CURSOR, cursor_of};
use super::follow::Projection;

/// Rows that are read at a time: all that of a table is in memory.
const ROWS_READ: usize = 2000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A whole number.
    Number,
    /// A moment, in milliseconds since the Unix epoch.
    Time,
    /// A text.
    Text,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// None.
    Nothing,
    /// A whole number, or a moment.
    Number(i64),
    /// A text.
    Text(String),
}

impl Value {
    fn text<T: std::fmt::Display>(text: &T) -> Self {
        Self::Text(text.to_string())
    }

    fn maybe<T: std::fmt::Display>(text: Option<T>) -> Self {
        text.map_or(Self::Nothing, |it| Self::text(&it))
    }

    fn number(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A column of a table, as everybody may see it.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) holds: Holds,
    /// Whether every row has a value.
    pub(crate) is_required: bool,
    /// What it means.
    pub(crate) about: &'static str,
}

/// A table, as everybody may see it.
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// What its rows are.
    pub(crate) about: &'static str,
    /// Its columns.
    pub(crate) columns: &'static [Column],
    /// The columns that no two rows share together.
    pub(crate) key: &'static [&'static str],
}

/// A table that lies in the read model.
pub(crate) struct Stored {
    /// The table.
    pub(crate) table: Table,
    /// What is read, with the columns of the order first.
    select: &'static str,
    /// The columns of the order, by which no two rows are the same.
    order: &'static [&'static str],
    read: fn(&Row) -> Result<Vec<Value>, ProjectionError>,
}

/// The read model as it was at one entry: what is read through it stays as it is, however the ledger goes on.
pub(crate) struct Snapshot {
    pub(super) tx: Tx,
    pub(super) size: u64,
}

/// Where the next rows of a table begin.
pub(crate) struct Place(Vec<Cell>);

impl Projection {
    /// The read model as it is now, to be read in several steps.
    ///
    /// # Errors
    /// [`ProjectionError::NotReady`] while it is made anew.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, ProjectionError> {
        let (db, _) = self.ready()?;
        let mut tx = db.begin_reading().await?;
        let cursor = cursor_of(&tx.rows(CURSOR, Vec::new()).await?)?;
        let cursor = cursor.filter(|it| it.complete);
        let size = cursor.map(|it| it.size);
        let not_ready = || ProjectionError::NotReady("it is made anew".into());
        Ok(Snapshot {
            tx,
            size: size.ok_or_else(not_ready)?,
        })
    }
}

impl Snapshot {
    /// Entries of the ledger that are in it.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The next rows of a table in its order, and where to go on; no place at the end.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub(crate) async fn rows(
        &mut self,
        stored: &Stored,
        after: Option<Place>,
    ) -> Result<(Vec<Vec<Value>>, Option<Place>), ProjectionError> {
        let order = stored.order.join(", ");
        let (beyond, cells) = match after {
            None => (String::new(), Vec::new()),
            Some(Place(cells)) => {
                let numbers: Vec<String> = (1..=cells.len()).map(|it| format!("${it}")).collect();
                (format!("WHERE ({order}) > ({})", numbers.join(", ")), cells)
            }
        };
        let sql = format!(
            "{} {beyond} ORDER BY {order} LIMIT {ROWS_READ}",
            stored.select
        );
        let found = self.tx.rows(sql, cells).await?;
        let last = found.last().filter(|_| found.len() == ROWS_READ);
        let place = last.map(|row| place(stored, row)).transpose()?;
        let rows = found.iter().map(stored.read).collect::<Result<_, _>>()?;
        Ok((rows, place))
    }
}

fn place(stored: &Stored, row: &Row) -> Result<Place, ProjectionError> {
    let cell = |at| {
        // A column holds a number or a text, and the database says which by refusing the other.
        row.int(at)
            .map(Cell::Int)
            .or_else(|_| row.text(at).map(Cell::shown))
    };
    let cells = (0..stored.order.len()).map(cell);
    cells.collect::<Result<_, _>>().map(Place)
}
