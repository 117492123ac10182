//! The file: private, in WAL, brought to the newest schema.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};

use crate::frame::store::StoreError;

/// The steps of the schema. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[
    include_str!("../schema/0001.sql"),
    include_str!("../schema/0002.sql"),
];
const PRIVATE: u32 = 0o600;
const BUSY_WAIT: Duration = Duration::from_secs(2);
const OPEN_WAIT: Duration = Duration::from_secs(10);

pub(super) async fn open(path: &Path) -> Result<SqlitePool, StoreError> {
    create_private(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // A power cut may take back the last things that were written, never some of them; what the other side has by then is
        // looked for there. Steps of runs are written through, see `run::step`.
        .synchronous(SqliteSynchronous::Normal)
        // Two that drive one bridge would send everything twice: the second does not get the file.
        .locking_mode(SqliteLockingMode::Exclusive)
        .foreign_keys(true)
        .busy_timeout(BUSY_WAIT)
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(OPEN_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|error| in_use(path, error))?;
    migrate(&pool).await.map_err(|error| in_use(path, error))?;
    Ok(pool)
}

fn in_use(path: &Path, error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|it| it.code());
    let code = code.and_then(|it| it.parse::<i64>().ok());
    match code {
        // SQLITE_BUSY and SQLITE_LOCKED, with what extends them.
        Some(code) if matches!(code & 0xff, 5 | 6) => StoreError(format!(
            "{} is in use: another process runs this bridge",
            path.display()
        )),
        _ => error.into(),
    }
}

fn create_private(path: &Path) -> Result<(), StoreError> {
    let fault = |what: &str| StoreError(format!("{} {what}", path.display()));
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let known = std::fs::symlink_metadata(path).map_err(|it| fault(&it.to_string()))?;
            if !known.is_file() {
                return Err(fault("is no file"));
            }
            if known.permissions().mode() & 0o077 != 0 {
                return Err(fault("is open to others; chmod 600 it"));
            }
            Ok(())
        }
        Err(error) => Err(fault(&format!("can not be made: {error}"))),
    }
}

async fn migrate(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *tx)
        .await?;
    let done = usize::try_from(found).ok().filter(|it| *it <= SCHEMA.len());
    let Some(done) = done else {
        let known = SCHEMA.len();
        let why = format!(
            "it has schema {found}, and this program knows {known}: it was written by a newer one"
        );
        return Err(sqlx::Error::Protocol(why));
    };
    for step in SCHEMA.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
    }
    if done < SCHEMA.len() {
        // A pragma takes no bound value; the number is one of this program's own.
        let version = format!("PRAGMA user_version = {}", SCHEMA.len());
        sqlx::query(sqlx::AssertSqlSafe(version))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}
