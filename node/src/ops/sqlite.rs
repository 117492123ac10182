//! A private SQLite file in a data folder: opened for its owner only, brought to the newest schema, written by one
//! transaction at a time, read by several connections. What is deleted is overwritten.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row, Sqlite, Transaction};

use super::files::{FileFault, PRIVATE_FILE_MODE};

/// Connections for reading.
const READERS: u32 = 4;
/// How long a writer waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How often opening is tried while another process makes the file.
const OPEN_TRIES: u32 = 100;
const OPEN_PAUSE: Duration = Duration::from_millis(50);
/// How often old pages are tried to be cleared after an erasure.
const SCRUB_TRIES: u32 = 20;

/// A transaction that nobody else can write beside.
pub(crate) struct Tx {
    inner: Transaction<'static, Sqlite>,
    is_trial: bool,
}

impl Tx {
    const fn new(inner: Transaction<'static, Sqlite>) -> Self {
        let is_trial = false;
        Self { inner, is_trial }
    }

    /// The same, of which nothing will stay: all checks are made, and all statements run.
    pub(crate) fn trial(mut self) -> Self {
        self.is_trial = true;
        self
    }

    /// Makes what was written stay; for a trial, makes it as if nothing had been.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        if self.is_trial {
            return self.inner.rollback().await;
        }
        self.inner.commit().await
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) enum SqliteFault {
    /// Another connection holds the file. Nothing was changed.
    Busy,
    /// Readers held old pages of the file in place.
    NotScrubbed,
    /// The file was written by a newer version of this program.
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The file is open to others, or cannot be made.
    File(FileFault),
    /// The database failed.
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for SqliteFault {
    fn from(error: sqlx::Error) -> Self {
        if is_busy(&error) {
            return Self::Busy;
        }
        Self::Sql(error)
    }
}

impl From<FileFault> for SqliteFault {
    fn from(fault: FileFault) -> Self {
        Self::File(fault)
    }
}

/// Codes of SQLite for a file that another connection holds: `SQLITE_BUSY` and what extends it, `SQLITE_LOCKED`.
fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(fault) => {
            let code = fault.code().and_then(|code| code.parse::<i64>().ok());
            code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
        }
        _ => false,
    }
}

/// An open file. Several processes may have the same one open.
pub(crate) struct Database {
    // One connection: writers of this process wait in line here, not in SQLite's busy loop.
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Database {
    /// Opens a file or makes it, and takes the steps of the schema that it lacks. Steps are never changed once released;
    /// new ones go at the end.
    pub(crate) async fn open(path: &Path, schema: &[&'static str]) -> Result<Self, SqliteFault> {
        create_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_WAIT)
            // What is deleted is overwritten.
            .pragma("secure_delete", "ON")
            .pragma("trusted_schema", "OFF")
            .disable_statement_logging();
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(BUSY_WAIT)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let mut tries = 0;
        let writer = loop {
            let opened = async {
                let writer = pool(1).connect_with(options.clone()).await?;
                migrate(&writer, schema).await?;
                Ok::<_, SqliteFault>(writer)
            };
            match opened.await {
                // Turning a new file to WAL does not wait for others who do the same.
                Err(SqliteFault::Busy) if tries < OPEN_TRIES => {
                    tries += 1;
                    tokio::time::sleep(OPEN_PAUSE).await;
                }
                other => break other?,
            }
        };
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self { writer, readers })
    }

    /// For reading: cannot write.
    pub(crate) const fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins to write: nobody else writes before it ends, so that what is read inside stays true until then.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        // What was answered, such as a revocation, must outlive a power cut.
        let begin = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";
        Ok(Tx::new(self.writer.begin_with(begin).await?))
    }

    /// As [`Database::begin`], but the end of the transaction does not wait for the disk: a power cut may take it back,
    /// and never half of it. For what can be derived from elsewhere again.
    pub(crate) async fn begin_derived(&self) -> Result<Tx, sqlx::Error> {
        let begin = "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";
        Ok(Tx::new(self.writer.begin_with(begin).await?))
    }

    /// Moves everything into the file itself and empties the log beside it, so that no old page stays in either.
    pub(crate) async fn scrub(&self) -> Result<(), SqliteFault> {
        for _ in 0..SCRUB_TRIES {
            let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_one(&self.writer)
                .await;
            match row {
                Ok(row) if row.try_get::<i64, _>(0)? == 0 => return Ok(()),
                Err(error) if !is_busy(&error) => return Err(error.into()),
                _ => tokio::time::sleep(OPEN_PAUSE).await,
            }
        }
        Err(SqliteFault::NotScrubbed)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Makes the file for its owner only, or checks that nobody else may open it. SQLite gives the same mode to its log.
fn create_private(path: &Path) -> Result<(), FileFault> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE_FILE_MODE)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_private(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(FileFault::Missing(
            path.parent().map_or_else(PathBuf::new, Path::to_owned),
        )),
        Err(source) => Err(FileFault::Io {
            doing: "make",
            path: path.to_owned(),
            source,
        }),
    }
}

fn check_private(path: &Path) -> Result<(), FileFault> {
    let look = fs::symlink_metadata(path).map_err(|source| FileFault::Io {
        doing: "look at",
        path: path.to_owned(),
        source,
    })?;
    if !look.is_file() {
        return Err(FileFault::NotAFile(path.to_owned()));
    }
    let mode = look.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(FileFault::Permissions {
            path: path.to_owned(),
            mode,
            wanted: PRIVATE_FILE_MODE,
        });
    }
    Ok(())
}

/// Takes the steps of the schema that the file lacks, all or none.
async fn migrate(writer: &SqlitePool, schema: &[&'static str]) -> Result<(), SqliteFault> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *tx)
        .await?;
    let known = i64::try_from(schema.len()).unwrap_or(i64::MAX);
    let Some(done) = usize::try_from(found).ok().filter(|_| found <= known) else {
        return Err(SqliteFault::Newer { found, known });
    };
    for step in schema.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
    }
    if done < schema.len() {
        set_version(&mut tx, known).await?;
    }
    Ok(tx.commit().await?)
}

async fn set_version(tx: &mut SqliteConnection, version: i64) -> Result<(), sqlx::Error> {
    // A pragma takes no bound value; the number is one of this program's own.
    let statement = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"));
    sqlx::query(statement).execute(tx).await?;
    Ok(())
}

/// A time or a count for a column.
pub(crate) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A time or a count out of a column.
pub(crate) fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}
