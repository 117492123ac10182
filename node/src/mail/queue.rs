//! The queue: mail that is to go out, and what users were told, in a private SQLite file. It survives a stop.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::error::MailError;
use super::{MailKind, Waiting};
use crate::ops::sqlite::{Database, column, number};
use crate::people::UserId;

/// Dead mail that is good for something still at ?1: all of it, or the one that ?2 names.
const REVIVABLE: &str = "dead_ms IS NOT NULL AND body <> '' AND (urgent = 0 OR good_until_ms > ?1) AND (?2 IS NULL OR id = ?2)";

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[include_str!("schema/0001.sql")];

/// The most mails that wait. A country's mail of a week is far below.
pub const MAILS_WAITING_MAX: u64 = 100_000;
/// The longest fault that is kept, in characters.
const FAULT_CHARS_MAX: usize = 300;

/// A mail for the queue.
pub(super) struct NewMail {
    pub(super) kind: MailKind,
    pub(super) user: UserId,
    pub(super) recipient: String,
    pub(super) language: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) good_until_ms: u64,
}

/// A mail out of the queue.
#[derive(Clone)]
pub(super) struct Queued {
    pub(super) id: u64,
    pub(super) recipient: String,
    pub(super) language: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) queued_ms: u64,
    pub(super) tries: u32,
    pub(super) good_until_ms: u64,
}

/// Whom something was told: once for each of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ToldKey {
    pub(super) case: u64,
    /// When the case entered the stage, in milliseconds since 1970.
    pub(super) since_ms: u64,
    pub(super) kind: String,
    pub(super) user: UserId,
}

pub(super) struct Queue(Database);

impl Queue {
    pub(super) async fn open(path: &Path) -> Result<Self, MailError> {
        Ok(Self(Database::open(path, SCHEMA).await?))
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// Queues one mail.
    pub(super) async fn push(&self, mail: &NewMail, now_ms: u64) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        insert(&mut tx, mail, now_ms).await?;
        Ok(tx.commit().await?)
    }

    /// Notes what users are told, queues the mails of those who want them, and moves on to `size` leaves: all or nothing.
    /// What was told before is not told again. Gives how many mails were queued.
    pub(super) async fn tell(
        &self,
        news: &[(ToldKey, NewMail)],
        size: Option<u64>,
        now_ms: u64,
    ) -> Result<usize, MailError> {
        let mut tx = self.0.begin().await?;
        let mut queued = 0;
        for (key, mail) in news {
            let done = sqlx::query(
                "INSERT OR IGNORE INTO told (case_number, since_ms, kind, user, told_ms) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(column(key.case))
            .bind(column(key.since_ms))
            .bind(key.kind.as_str())
            .bind(column(key.user.number()))
            .bind(column(now_ms))
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 1 && !is_muted(&mut tx, key.user).await? {
                insert(&mut tx, mail, now_ms).await?;
                queued += 1;
            }
        }
        if let Some(size) = size {
            sqlx::query("INSERT OR REPLACE INTO news (one, size) VALUES (1, ?)")
                .bind(column(size))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(queued)
    }

    /// Leaves of which everybody was told; `None` in a new file.
    pub(super) async fn news_size(&self) -> Result<Option<u64>, MailError> {
        let size = sqlx::query_scalar::<_, i64>("SELECT size FROM news WHERE one = 1")
            .fetch_optional(self.0.reader())
            .await?;
        Ok(size.map(number))
    }

    /// When somebody was last reminded of cases that came to their stages at these moments.
    pub(super) async fn reminded(
        &self,
        stages: &[(u64, u64)],
    ) -> Result<BTreeMap<(u64, u64), u64>, MailError> {
        if stages.is_empty() {
            return Ok(BTreeMap::new());
        }
        let asked: Vec<(i64, i64)> = stages
            .iter()
            .map(|(case, since_ms)| (column(*case), column(*since_ms)))
            .collect();
        // One statement for any number of cases.
        let rows = sqlx::query_as::<_, (i64, i64, i64)>(
            "SELECT case_number, since_ms, MAX(told_ms) FROM json_each(?) AS asked \
             CROSS JOIN told ON case_number = asked.value ->> 0 AND since_ms = asked.value ->> 1 \
             WHERE kind LIKE 'remind-%' GROUP BY case_number, since_ms",
        )
        .bind(serde_json::json!(asked).to_string())
        .fetch_all(self.0.reader())
        .await?;
        let found = rows.into_iter();
        Ok(found
            .map(|(case, since_ms, told_ms)| ((number(case), number(since_ms)), number(told_ms)))
            .collect())
    }

    pub(super) async fn is_muted(&self, user: UserId) -> Result<bool, MailError> {
        let mut connection = self.0.reader().acquire().await?;
        is_muted(&mut connection, user).await
    }

    pub(super) async fn mute(&self, user: UserId, muted: bool) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        let statement = if muted {
            "INSERT OR IGNORE INTO muted (user) VALUES (?)"
        } else {
            "DELETE FROM muted WHERE user = ?"
        };
        sqlx::query(statement)
            .bind(column(user.number()))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Removes everything of a user, also from old pages of the file.
    pub(super) async fn forget(&self, user: UserId) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        for statement in [
            "DELETE FROM mails WHERE user = ?",
            "DELETE FROM told WHERE user = ?",
            "DELETE FROM muted WHERE user = ?",
        ] {
            sqlx::query(statement)
                .bind(column(user.number()))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(self.0.scrub().await?)
    }

    /// The next mail that is due, or when the next one will be.
    pub(super) async fn next(&self, now_ms: u64) -> Result<Result<Queued, Option<u64>>, MailError> {
        let due = sqlx::query(
            "SELECT id, recipient, language, subject, body, queued_ms, tries, good_until_ms FROM mails \
             WHERE dead_ms IS NULL AND next_ms <= ? ORDER BY urgent DESC, next_ms, id LIMIT 1",
        )
        .bind(column(now_ms))
        .fetch_optional(self.0.reader())
        .await?;
        if let Some(row) = due {
            return Ok(Ok(queued(&row)?));
        }
        let next = sqlx::query_scalar::<_, Option<i64>>(
            "SELECT MIN(next_ms) FROM mails WHERE dead_ms IS NULL",
        )
        .fetch_one(self.0.reader())
        .await?;
        Ok(Err(next.map(number)))
    }

    /// It is out: nothing of it is kept.
    pub(super) async fn done(&self, id: u64) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("DELETE FROM mails WHERE id = ?")
            .bind(column(id))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// It is tried again later.
    pub(super) async fn later(&self, id: u64, next_ms: u64, fault: &str) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("UPDATE mails SET tries = tries + 1, next_ms = ?, fault = ? WHERE id = ?")
            .bind(column(next_ms))
            .bind(bounded(fault))
            .bind(column(id))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// It is not tried any more unless the operator says so. What is too late for that loses its body.
    pub(super) async fn bury(&self, id: u64, now_ms: u64, fault: &str) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        sqlx::query(
            "UPDATE mails SET tries = tries + 1, dead_ms = ?1, fault = ?2, \
             body = CASE WHEN good_until_ms <= ?1 THEN '' ELSE body END WHERE id = ?3",
        )
        .bind(column(now_ms))
        .bind(bounded(fault))
        .bind(column(id))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Tries dead mail again, all of it or one; news have another `life_ms`, codes are good as long as they are. Gives how many.
    pub(super) async fn revive(
        &self,
        id: Option<u64>,
        life_ms: u64,
        now_ms: u64,
    ) -> Result<u64, MailError> {
        let mut tx = self.0.begin().await?;
        let query = format!(
            "UPDATE mails SET dead_ms = NULL, tries = 0, next_ms = ?1, \
             good_until_ms = CASE WHEN urgent = 1 THEN good_until_ms ELSE ?1 + ?3 END WHERE {REVIVABLE}"
        );
        let done = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(now_ms))
            .bind(id.map(column))
            .bind(column(life_ms))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        match (id, done.rows_affected()) {
            (Some(id), 0) => Err(MailError::NotDead(id)),
            (_, count) => Ok(count),
        }
    }

    /// How many of them can be sent still.
    pub(super) async fn revivable(&self, id: Option<u64>, now_ms: u64) -> Result<u64, MailError> {
        let query = format!("SELECT COUNT(*) FROM mails WHERE {REVIVABLE}");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .bind(column(now_ms))
            .bind(id.map(column))
            .fetch_one(self.0.reader())
            .await?;
        match (id, count) {
            (Some(id), 0) => Err(MailError::NotDead(id)),
            (_, count) => Ok(number(count)),
        }
    }

    /// Forgets what died before a moment, and empties what is too late to be sent.
    pub(super) async fn sweep(&self, before_ms: u64, now_ms: u64) -> Result<(), MailError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("DELETE FROM mails WHERE dead_ms < ?")
            .bind(column(before_ms))
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE mails SET body = '' WHERE dead_ms IS NOT NULL AND good_until_ms <= ? AND body <> ''")
            .bind(column(now_ms))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// How many wait, since when the oldest does, and how many are dead.
    pub(super) async fn counts(&self) -> Result<(u64, Option<u64>, u64), MailError> {
        let row = sqlx::query(
            "SELECT SUM(dead_ms IS NULL) AS waiting, MIN(CASE WHEN dead_ms IS NULL THEN queued_ms END) AS oldest, \
             SUM(dead_ms IS NOT NULL) AS dead FROM mails",
        )
        .fetch_one(self.0.reader())
        .await?;
        let count = |name: &str| row.try_get::<Option<i64>, _>(name);
        Ok((
            number(count("waiting")?.unwrap_or(0)),
            count("oldest")?.map(number),
            number(count("dead")?.unwrap_or(0)),
        ))
    }

    /// Mail that waits or died, dead first, at most `limit`.
    pub(super) async fn list(&self, limit: u32) -> Result<Vec<Waiting>, MailError> {
        let rows = sqlx::query(
            "SELECT id, kind, user, recipient, language, queued_ms, next_ms, tries, fault, dead_ms FROM mails \
             ORDER BY dead_ms IS NULL, id LIMIT ?",
        )
        .bind(limit)
        .fetch_all(self.0.reader())
        .await?;
        rows.iter().map(waiting).collect()
    }
}

async fn is_muted(connection: &mut SqliteConnection, user: UserId) -> Result<bool, MailError> {
    let found = sqlx::query("SELECT 1 FROM muted WHERE user = ?")
        .bind(column(user.number()))
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

async fn insert(tx: &mut SqliteConnection, mail: &NewMail, now_ms: u64) -> Result<(), MailError> {
    let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mails WHERE dead_ms IS NULL")
        .fetch_one(&mut *tx)
        .await?;
    if number(waiting) >= MAILS_WAITING_MAX {
        return Err(MailError::Full(number(waiting)));
    }
    sqlx::query(
        "INSERT INTO mails (kind, user, recipient, language, subject, body, urgent, queued_ms, next_ms, good_until_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
    )
    .bind(mail.kind.word())
    .bind(column(mail.user.number()))
    .bind(mail.recipient.as_str())
    .bind(mail.language.as_str())
    .bind(mail.subject.as_str())
    .bind(mail.body.as_str())
    .bind(i64::from(mail.kind.is_code()))
    .bind(column(now_ms))
    .bind(column(mail.good_until_ms))
    .execute(tx)
    .await?;
    Ok(())
}

fn queued(row: &SqliteRow) -> Result<Queued, MailError> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(number);
    Ok(Queued {
        id: count("id")?,
        recipient: row.try_get("recipient")?,
        language: row.try_get("language")?,
        subject: row.try_get("subject")?,
        body: row.try_get("body")?,
        queued_ms: count("queued_ms")?,
        tries: u32::try_from(count("tries")?).unwrap_or(u32::MAX),
        good_until_ms: count("good_until_ms")?,
    })
}

fn waiting(row: &SqliteRow) -> Result<Waiting, MailError> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(number);
    let recipient: &str = row.try_get("recipient")?;
    let domain = recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
    Ok(Waiting {
        id: count("id")?,
        kind: row.try_get("kind")?,
        user: count("user")?,
        domain: domain.to_owned(),
        language: row.try_get("language")?,
        queued_ms: count("queued_ms")?,
        next_ms: count("next_ms")?,
        tries: u32::try_from(count("tries")?).unwrap_or(u32::MAX),
        fault: row.try_get("fault")?,
        dead_ms: row.try_get::<Option<i64>, _>("dead_ms")?.map(number),
    })
}

/// Servers say what they like; it goes to the operator's screen on one line.
fn bounded(fault: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    fault.chars().map(clean).take(FAULT_CHARS_MAX).collect()
}
