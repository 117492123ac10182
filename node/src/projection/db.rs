//! Two databases under one face: the same statements for SQLite and for PostgreSQL.
//!
//! Every column is a whole number or a text, so a value on its way in or out is a [`Cell`]. What differs between the two
//! is here and in the schema, and nowhere else.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Postgres, Row as _, Sqlite, Transaction};

use super::ProjectionError;
use super::settings::ProjectionSettings;

/// Connections for reading: more would only wait for the same two or four cores.
const READERS: u32 = 4;
/// How long a statement waits for a connection, or for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Pages of the database that the connection that writes keeps in memory, in KiB: every new row goes into the middle of half a
/// dozen indexes.
const WRITER_CACHE_KIB: u32 = 16 << 10;
/// The same while a model is made anew, which is soon over: indexes are sorted in it.
const FILLER_CACHE_KIB: u32 = 64 << 10;
/// Statements that a connection keeps prepared: every insert of every table in each of its lengths, and the lists.
const STATEMENTS_KEPT: usize = 256;

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// A whole number.
    Int(Option<i64>),
    /// A text.
    Text(Option<Cow<'static, str>>),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(Cow::Owned(text.into())))
    }

    pub(super) const fn word(word: &'static str) -> Self {
        Self::Text(Some(Cow::Borrowed(word)))
    }

    /// The text form of a thing, or nothing.
    pub(super) fn shown<T: std::fmt::Display>(thing: Option<T>) -> Self {
        Self::Text(thing.map(|it| Cow::Owned(it.to_string())))
    }

    /// As PostgreSQL's COPY reads a value in its text form.
    fn copied(&self, text: &mut String) {
        match self {
            Self::Int(None) | Self::Text(None) => text.push_str("\\N"),
            Self::Int(Some(number)) => text.push_str(&number.to_string()),
            Self::Text(Some(word)) => {
                for c in word.chars() {
                    match c {
                        '\\' => text.push_str("\\\\"),
                        '\t' => text.push_str("\\t"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        c => text.push(c),
                    }
                }
            }
        }
    }

    /// A number, or nothing. What does not fit is as large as can be: only times of far futures are.
    pub(super) fn number<T: TryInto<i64>>(number: Option<T>) -> Self {
        Self::Int(number.map(|it| it.try_into().unwrap_or(i64::MAX)))
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::number(Some(number))
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Int(Some(number.into()))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

/// A row that was read.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn int(&self, at: usize) -> Result<Option<i64>, ProjectionError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(at)?,
            Self::Postgres(row) => row.try_get(at)?,
        })
    }

    pub(super) fn text(&self, at: usize) -> Result<Option<String>, ProjectionError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(at)?,
            Self::Postgres(row) => row.try_get(at)?,
        })
    }

    /// A column that is never empty.
    pub(super) fn number<T: TryFrom<i64>>(&self, at: usize) -> Result<T, ProjectionError> {
        let found = self.int(at)?.and_then(|it| T::try_from(it).ok());
        found.ok_or(ProjectionError::Row(at))
    }

    /// A column that may be empty.
    pub(super) fn maybe<T: TryFrom<i64>>(&self, at: usize) -> Result<Option<T>, ProjectionError> {
        let read = |it| T::try_from(it).map_err(|_| ProjectionError::Row(at));
        self.int(at)?.map(read).transpose()
    }

    /// A text that is never empty and has a form.
    pub(super) fn parsed<T: FromStr>(&self, at: usize) -> Result<T, ProjectionError> {
        self.maybe_parsed(at)?.ok_or(ProjectionError::Row(at))
    }

    /// A text that may be missing and otherwise has a form.
    pub(super) fn maybe_parsed<T: FromStr>(&self, at: usize) -> Result<Option<T>, ProjectionError> {
        let read = |it: String| it.parse().map_err(|_| ProjectionError::Row(at));
        self.text(at)?.map(read).transpose()
    }
}

/// The statement with its values, for one of the two databases.
macro_rules! bound {
    ($database:ty, $sql:expr, $cells:expr) => {{
        // Statements are made of this module's own words; what comes from outside is bound.
        let mut query = sqlx::query::<$database>(AssertSqlSafe($sql));
        for cell in $cells {
            query = match cell {
                Cell::Int(number) => query.bind(number),
                Cell::Text(text) => query.bind(text.map(Cow::into_owned)),
            };
        }
        query
    }};
}

/// An open read model.
pub(super) enum Db {
    Sqlite {
        // One connection: writers of this process wait in line here, not in SQLite's busy loop.
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    pub(super) async fn open(settings: &ProjectionSettings) -> Result<Self, ProjectionError> {
        match &settings.url {
            Some(url) => Self::postgres(url).await,
            None => Self::sqlite(&settings.file).await,
        }
    }

    /// Opens an empty database that is filled by one connection. A crash may leave anything there, until what is in it is
    /// [`settled`](settle).
    pub(super) async fn open_to_fill(
        settings: &ProjectionSettings,
    ) -> Result<Self, ProjectionError> {
        if let Some(url) = &settings.url {
            return Self::postgres(url).await;
        }
        remove(&settings.file);
        let options = sqlite_options(&settings.file)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .locking_mode(SqliteLockingMode::Exclusive)
            .pragma("cache_size", format!("-{FILLER_CACHE_KIB}"))
            .pragma("threads", "1");
        let writer = sqlite_pool(1).connect_with(options.clone()).await?;
        let readers = sqlite_pool(READERS).connect_lazy_with(options);
        Ok(Self::Sqlite { writer, readers })
    }

    async fn sqlite(file: &Path) -> Result<Self, ProjectionError> {
        let options = sqlite_options(file)
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut may take the last transactions, never the order of them: they are folded again.
            .synchronous(SqliteSynchronous::Normal);
        let writes = options
            .clone()
            .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"));
        let writer = sqlite_pool(1).connect_with(writes).await?;
        let reads = options.pragma("query_only", "ON");
        let readers = sqlite_pool(READERS).connect_lazy_with(reads);
        Ok(Self::Sqlite { writer, readers })
    }

    async fn postgres(url: &str) -> Result<Self, ProjectionError> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(READERS + 1)
            .acquire_timeout(BUSY_WAIT)
            .connect_with(
                options
                    .application_name("countersign")
                    .statement_cache_capacity(STATEMENTS_KEPT)
                    .disable_statement_logging(),
            )
            .await?;
        Ok(Self::Postgres(pool))
    }

    pub(super) async fn begin(&self) -> Result<Tx, ProjectionError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads, and sees the database as it is at its first statement until it is dropped.
    pub(super) async fn begin_reading(&self) -> Result<Tx, ProjectionError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::Postgres(pool.begin_with(begin).await?)
            }
        })
    }

    /// Reads rows. The statement names its values `$1`, `$2`, ... in the order of `cells`.
    pub(super) async fn rows(
        &self,
        sql: impl Into<String>,
        cells: Vec<Cell>,
    ) -> Result<Vec<Row>, ProjectionError> {
        let sql: String = sql.into();
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                let rows = bound!(Sqlite, sql, cells).fetch_all(readers).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = bound!(Postgres, sql, cells).fetch_all(pool).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(BUSY_WAIT)
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(STATEMENTS_KEPT)
        .disable_statement_logging()
}

fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Makes what was filled in last, and was closed, as durable as any other file.
pub(super) fn settle(settings: &ProjectionSettings) -> Result<(), ProjectionError> {
    if settings.url.is_some() {
        return Ok(());
    }
    let synced = std::fs::File::open(&settings.file).and_then(|file| file.sync_all());
    synced.map_err(|error| ProjectionError::File {
        path: settings.file.clone(),
        why: error.to_string(),
    })
}

/// Takes a read model in SQLite away.
pub(super) fn remove(file: &Path) {
    for path in sqlite_files(file) {
        // What is not there need not go.
        let _ = std::fs::remove_file(path);
    }
}

/// A transaction. Dropping it takes everything back.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(super) async fn execute(
        &mut self,
        sql: impl Into<String>,
        cells: Vec<Cell>,
    ) -> Result<u64, ProjectionError> {
        let sql: String = sql.into();
        Ok(match self {
            Self::Sqlite(tx) => {
                let done = bound!(Sqlite, sql, cells).execute(&mut **tx).await?;
                done.rows_affected()
            }
            Self::Postgres(tx) => {
                let done = bound!(Postgres, sql, cells).execute(&mut **tx).await?;
                done.rows_affected()
            }
        })
    }

    /// Takes in many rows of a table at once, none of which may be there; false where the database has no way for that.
    pub(super) async fn copy(
        &mut self,
        table: &str,
        columns: &[&str],
        cells: &[Cell],
    ) -> Result<bool, ProjectionError> {
        let Self::Postgres(tx) = self else {
            return Ok(false);
        };
        let mut text = String::new();
        for row in cells.chunks(columns.len()) {
            for (place, cell) in row.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "\t" });
                cell.copied(&mut text);
            }
            text.push('\n');
        }
        let statement = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let mut copy = tx.copy_in_raw(&statement).await?;
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
        Ok(true)
    }

    /// Reads rows inside the transaction.
    pub(super) async fn rows(
        &mut self,
        sql: impl Into<String>,
        cells: Vec<Cell>,
    ) -> Result<Vec<Row>, ProjectionError> {
        let sql: String = sql.into();
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = bound!(Sqlite, sql, cells).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = bound!(Postgres, sql, cells).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(super) async fn commit(self) -> Result<(), ProjectionError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The files of a SQLite read model: the database, and what WAL keeps beside it.
fn sqlite_files(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}
