//! Wishes that a running case goes on under a newer version of the process. A second official must approve each.

use countersign_protocol::log::Hash;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::People;
use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};
use super::waiting::{Waiting, not_open};

/// The most open wishes: a country moves its cases and then decides on them.
pub const MIGRATIONS_MAX: u32 = 1000;

const COLUMNS: &str = "id, subject, process, version, proposer, proposed_ms";

/// Somebody wants a case to go on under a newer process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number.
    pub id: u64,
    /// The case.
    pub case: u64,
    /// SHA-256 of the newer process's file.
    pub process: Hash,
    /// The version of that process in this registry.
    pub version: u32,
    /// Who proposed it.
    pub proposer: UserId,
    /// When, in milliseconds since 1970.
    pub proposed_ms: u64,
}

impl People {
    /// Keeps a wish; the case stays as it is. The same wish of the same person again is the one that is open already. Gives
    /// its number.
    ///
    /// # Errors
    /// [`PeopleError::Full`] when too many wait already.
    pub async fn propose_migration(
        &self,
        proposer: UserId,
        case: u64,
        (process, version): (&Hash, u32),
        now_ms: u64,
    ) -> Result<u64, PeopleError> {
        let mut tx = self.store().begin().await?;
        let open: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM migrations \
             WHERE decided_ms IS NULL AND subject = ? AND process = ? AND proposer = ?",
        )
        .bind(column(case))
        .bind(process.as_slice())
        .bind(proposer.column())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(open) = open {
            return Ok(number(open));
        }
        let waiting: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM migrations WHERE decided_ms IS NULL")
                .fetch_one(&mut *tx)
                .await?;
        if number(waiting) >= u64::from(MIGRATIONS_MAX) {
            return Err(PeopleError::Full {
                what: "migrations that wait for a second person",
                max: MIGRATIONS_MAX as usize,
            });
        }
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO migrations (subject, process, version, proposer, proposed_ms) \
             VALUES (?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(column(case))
        .bind(process.as_slice())
        .bind(version)
        .bind(proposer.column())
        .bind(column(now_ms))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(number(id))
    }

    /// Wishes that nobody has decided on, oldest first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn migrations(&self) -> Result<Vec<Migration>, PeopleError> {
        let query = format!(
            "SELECT {COLUMNS} FROM migrations WHERE decided_ms IS NULL ORDER BY id LIMIT {MIGRATIONS_MAX}"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(self.store().reader())
            .await?;
        rows.iter().map(migration).collect()
    }

    /// A wish, whether it was decided on or not.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none of this number.
    pub async fn migration(&self, id: u64) -> Result<Migration, PeopleError> {
        let query = format!("SELECT {COLUMNS} FROM migrations WHERE id = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(id))
            .fetch_optional(self.store().reader())
            .await?;
        migration(&row.ok_or(PeopleError::Missing("migration"))?)
    }

    /// Whether a migration still waits for a second person.
    ///
    /// # Errors
    /// [`PeopleError::Decided`] when it was decided on; [`PeopleError::Missing`] when there is none of this number.
    pub async fn migration_waits(&self, id: u64) -> Result<(), PeopleError> {
        let query = "SELECT EXISTS (SELECT 1 FROM migrations WHERE id = ? AND decided_ms IS NULL)";
        let waits: bool = sqlx::query_scalar(query)
            .bind(column(id))
            .fetch_one(self.store().reader())
            .await?;
        if waits {
            return Ok(());
        }
        Err(not_open(self.store().reader(), Waiting::Migration, id).await?)
    }

    /// Notes what was decided. Whoever decides first has decided: a second decision changes nothing.
    ///
    /// # Errors
    /// [`PeopleError::Decided`] when it was decided on before; [`PeopleError::Missing`] when there is none of this number.
    pub async fn decide_migration(
        &self,
        decider: UserId,
        id: u64,
        approve: bool,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let decided = sqlx::query(
            "UPDATE migrations SET decider = ?, decided_ms = ?, approved = ? \
             WHERE id = ? AND decided_ms IS NULL",
        )
        .bind(decider.column())
        .bind(column(now_ms))
        .bind(approve)
        .bind(column(id))
        .execute(&mut *tx)
        .await?;
        if decided.rows_affected() == 0 {
            return Err(not_open(&mut *tx, Waiting::Migration, id).await?);
        }
        Ok(tx.commit().await?)
    }
}

fn migration(row: &SqliteRow) -> Result<Migration, PeopleError> {
    let process: Vec<u8> = row.try_get("process")?;
    Ok(Migration {
        id: number(row.try_get("id")?),
        case: number(row.try_get("subject")?),
        process: process
            .try_into()
            .map_err(|_| PeopleError::Damaged("the hash of a process"))?,
        version: row.try_get("version")?,
        proposer: UserId::from_column(row.try_get("proposer")?)?,
        proposed_ms: number(row.try_get("proposed_ms")?),
    })
}
