//! The file `people.sqlite`: opened private, brought to the newest schema, written by one transaction at a time.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row, Sqlite, Transaction};

use super::error::{PeopleError, is_busy};
use super::secret::fill;
use crate::ops::files::{FileFault, PRIVATE_FILE_MODE};

/// The name of the file in a data folder.
pub const PEOPLE_FILE: &str = "people.sqlite";

/// Connections for reading.
const READERS: u32 = 4;
/// How long a writer waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How often opening is tried while another process makes the file.
const OPEN_TRIES: u32 = 100;
const OPEN_PAUSE: Duration = Duration::from_millis(50);
/// How often old pages are tried to be cleared after an erasure.
const SCRUB_TRIES: u32 = 20;
const SALT_BYTES: usize = 32;

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[include_str!("schema/0001.sql")];

pub(super) type Tx = Transaction<'static, Sqlite>;

/// The database.
pub(super) struct Store {
    // One connection: writers of this process wait in line here, not in SQLite's busy loop.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Drawn for this file; makes keys of throttles meaningless outside it.
    pub(super) salt: Vec<u8>,
}

impl Store {
    pub(super) async fn open(folder: &Path) -> Result<Self, PeopleError> {
        let path = folder.join(PEOPLE_FILE);
        create_private(&path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            // A revocation that was answered must outlive a power cut.
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
        let (writer, salt) = loop {
            let opened = async {
                let writer = pool(1).connect_with(options.clone()).await?;
                let salt = migrate(&writer).await?;
                Ok::<_, PeopleError>((writer, salt))
            };
            match opened.await {
                // Turning a new file to WAL does not wait for others who do the same.
                Err(PeopleError::Busy) if tries < OPEN_TRIES => {
                    tries += 1;
                    tokio::time::sleep(OPEN_PAUSE).await;
                }
                other => break other?,
            }
        };
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self {
            writer,
            readers,
            salt,
        })
    }

    /// For reading: cannot write.
    pub(super) const fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins to write: nobody else writes before it ends, so that what is read inside stays true until then.
    pub(super) async fn begin(&self) -> Result<Tx, PeopleError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Moves everything into the file itself and empties the log beside it, so that no old page stays in either.
    pub(super) async fn scrub(&self) -> Result<(), PeopleError> {
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
        Err(PeopleError::NotScrubbed)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Makes the file for its owner only, or checks that nobody else may open it. SQLite gives the same mode to its log.
fn create_private(path: &Path) -> Result<(), PeopleError> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE_FILE_MODE)
        .open(path);
    let fault = |source| FileFault::Io {
        doing: "make",
        path: path.to_owned(),
        source,
    };
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(check_private(path)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(FileFault::Missing(path.parent().map_or_else(PathBuf::new, Path::to_owned)).into())
        }
        Err(error) => Err(fault(error).into()),
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

/// Takes the steps of the schema that the file lacks, all or none, and gives the salt.
async fn migrate(writer: &SqlitePool) -> Result<Vec<u8>, PeopleError> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *tx)
        .await?;
    let known = i64::try_from(SCHEMA.len()).unwrap_or(i64::MAX);
    let Some(done) = usize::try_from(found).ok().filter(|_| found <= known) else {
        return Err(PeopleError::Newer { found, known });
    };
    for step in SCHEMA.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
    }
    if done < SCHEMA.len() {
        set_version(&mut tx, known).await?;
    }
    if done == 0 {
        let mut salt = [0; SALT_BYTES];
        fill(&mut salt)?;
        sqlx::query("INSERT INTO node (salt) VALUES (?)")
            .bind(salt.as_slice())
            .execute(&mut *tx)
            .await?;
    }
    let salt = sqlx::query_scalar("SELECT salt FROM node")
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(salt)
}

async fn set_version(tx: &mut SqliteConnection, version: i64) -> Result<(), PeopleError> {
    // A pragma takes no bound value; the number is one of this program's own.
    let statement = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"));
    sqlx::query(statement).execute(tx).await?;
    Ok(())
}

/// A time or a count for a column.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A time or a count out of a column.
pub(super) fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}
