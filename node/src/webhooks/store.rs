//! Endpoints and what was sent to them, in a private SQLite file.

use std::path::Path;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::send::{Message, Outcome};
use super::{Delivery, Endpoint, NewEndpoint, WebhookError};
use crate::ops::sqlite::{Database, column, number};

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[include_str!("schema/0001.sql")];

/// The most endpoints.
pub const ENDPOINTS_MAX: u64 = 100;
/// Deliveries that are kept of each endpoint.
pub const DELIVERIES_KEPT: u64 = 1000;
/// The longest fault that is kept, in characters.
const FAULT_CHARS_MAX: usize = 300;

const ENDPOINT: &str = "SELECT id, url, types, description, made_ms, next_leaf, tries, failing_ms, next_ms, disabled_ms, note \
     FROM endpoints";

/// How an endpoint stands after a try.
pub(super) struct Standing {
    pub(super) next_leaf: u64,
    pub(super) tries: u32,
    pub(super) failing_ms: Option<u64>,
    pub(super) next_ms: u64,
    /// Nothing goes there any more, and why.
    pub(super) disabled: Option<(u64, String)>,
}

pub(super) struct Store(Database);

impl Store {
    pub(super) async fn open(path: &Path) -> Result<Self, WebhookError> {
        Ok(Self(Database::open(path, SCHEMA).await?))
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// Enters an endpoint, or only tries to.
    pub(super) async fn add(
        &self,
        new: &NewEndpoint,
        now_ms: u64,
        is_trial: bool,
    ) -> Result<u64, WebhookError> {
        let tx = self.0.begin().await?;
        let mut tx = if is_trial { tx.trial() } else { tx };
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM endpoints")
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= ENDPOINTS_MAX {
            return Err(WebhookError::Full(ENDPOINTS_MAX));
        }
        let made = sqlx::query(
            "INSERT INTO endpoints (url, types, description, made_ms, next_leaf) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(new.url.as_str())
        .bind(new.types.as_str())
        .bind(new.description.as_str())
        .bind(column(now_ms))
        .bind(column(new.from))
        .execute(&mut *tx)
        .await?;
        let id = number(made.last_insert_rowid());
        tx.commit().await?;
        Ok(id)
    }

    pub(super) async fn remove(&self, id: u64, is_trial: bool) -> Result<(), WebhookError> {
        let tx = self.0.begin().await?;
        let mut tx = if is_trial { tx.trial() } else { tx };
        let done = sqlx::query("DELETE FROM endpoints WHERE id = ?")
            .bind(column(id))
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(WebhookError::Unknown(id));
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn endpoints(&self) -> Result<Vec<Endpoint>, WebhookError> {
        let query = format!("{ENDPOINT} ORDER BY id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(self.0.reader())
            .await?;
        rows.iter().map(endpoint).collect()
    }

    pub(super) async fn endpoint(&self, id: u64) -> Result<Endpoint, WebhookError> {
        let query = format!("{ENDPOINT} WHERE id = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(id))
            .fetch_optional(self.0.reader())
            .await?;
        let row = row.ok_or(WebhookError::Unknown(id))?;
        endpoint(&row)
    }

    /// Lets an endpoint go on, from a leaf where one is named. A fault that it waits for is forgotten.
    pub(super) async fn resume(
        &self,
        id: u64,
        from: Option<u64>,
        is_trial: bool,
    ) -> Result<(), WebhookError> {
        let tx = self.0.begin().await?;
        let mut tx = if is_trial { tx.trial() } else { tx };
        let done = sqlx::query(
            "UPDATE endpoints SET next_leaf = COALESCE(?2, next_leaf), tries = 0, failing_ms = NULL, next_ms = 0, \
             disabled_ms = NULL, note = NULL WHERE id = ?1",
        )
        .bind(column(id))
        .bind(from.map(column))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(WebhookError::Unknown(id));
        }
        Ok(tx.commit().await?)
    }

    /// Lets nothing go to an endpoint any more until somebody resumes it. One that is disabled already stays as it is.
    pub(super) async fn pause(
        &self,
        id: u64,
        note: &str,
        now_ms: u64,
        is_trial: bool,
    ) -> Result<(), WebhookError> {
        self.endpoint(id).await?;
        let tx = self.0.begin().await?;
        let mut tx = if is_trial { tx.trial() } else { tx };
        sqlx::query(
            "UPDATE endpoints SET disabled_ms = ?2, note = ?3 WHERE id = ?1 AND disabled_ms IS NULL",
        )
        .bind(column(id))
        .bind(column(now_ms))
        .bind(note)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Moves on over leaves of which nothing goes out; not where somebody has put the endpoint elsewhere meanwhile.
    pub(super) async fn skip(&self, id: u64, from: u64, to: u64) -> Result<(), WebhookError> {
        // What is forgotten by a power cut is looked at again.
        let mut tx = self.0.begin_derived().await?;
        sqlx::query("UPDATE endpoints SET next_leaf = ?3 WHERE id = ?1 AND next_leaf = ?2")
            .bind(column(id))
            .bind(column(from))
            .bind(column(to))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Notes a try, and how the endpoint stands after it, where that is still the endpoint that was tried: one that was removed or
    /// put elsewhere meanwhile stays as it is, and the answer is false.
    pub(super) async fn tried(
        &self,
        before: &Endpoint,
        message: &Message,
        outcome: &Outcome,
        after: Option<&Standing>,
        sent_ms: u64,
    ) -> Result<bool, WebhookError> {
        let mut tx = self.0.begin_derived().await?;
        let mut is_it = true;
        if let Some(after) = after {
            let disabled = after.disabled.as_ref();
            let done = sqlx::query(
                "UPDATE endpoints SET next_leaf = ?3, tries = ?4, failing_ms = ?5, next_ms = ?6, disabled_ms = ?7, note = ?8 \
                 WHERE id = ?1 AND next_leaf = ?2 AND disabled_ms IS NULL",
            )
            .bind(column(before.id))
            .bind(column(before.next_leaf))
            .bind(column(after.next_leaf))
            .bind(i64::from(after.tries))
            .bind(after.failing_ms.map(column))
            .bind(column(after.next_ms))
            .bind(disabled.map(|(at_ms, _)| column(*at_ms)))
            .bind(disabled.map(|(_, note)| note.as_str()))
            .execute(&mut *tx)
            .await?;
            is_it = done.rows_affected() == 1;
        }
        let fault = outcome.fault.as_deref();
        let fault: Option<String> = fault.map(|it| it.chars().take(FAULT_CHARS_MAX).collect());
        sqlx::query(
            "INSERT INTO deliveries (endpoint, message, type, leaf, sent_ms, took_ms, status, fault) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM endpoints WHERE id = ?1)",
        )
        .bind(column(before.id))
        .bind(message.id.as_str())
        .bind(message.kind.as_str())
        .bind(message.leaf.map(column))
        .bind(column(sent_ms))
        .bind(column(outcome.took_ms))
        .bind(outcome.status.map(i64::from))
        .bind(fault)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM deliveries WHERE endpoint = ?1 AND number <= \
             (SELECT number FROM deliveries WHERE endpoint = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(column(before.id))
        .bind(column(DELIVERIES_KEPT))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(is_it)
    }

    /// Deliveries of an endpoint, the newest first, before a number.
    pub(super) async fn deliveries(
        &self,
        id: u64,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, WebhookError> {
        let rows = sqlx::query(
            "SELECT number, message, type, leaf, sent_ms, took_ms, status, fault FROM deliveries \
             WHERE endpoint = ?1 AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3",
        )
        .bind(column(id))
        .bind(before.map(column))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.0.reader())
        .await?;
        rows.iter().map(delivery).collect()
    }
}

fn endpoint(row: &SqliteRow) -> Result<Endpoint, WebhookError> {
    let disabled: Option<i64> = row.try_get("disabled_ms")?;
    let failing: Option<i64> = row.try_get("failing_ms")?;
    Ok(Endpoint {
        id: number(row.try_get("id")?),
        url: row.try_get("url")?,
        types: row.try_get("types")?,
        description: row.try_get("description")?,
        made_ms: number(row.try_get("made_ms")?),
        next_leaf: number(row.try_get("next_leaf")?),
        tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
        failing_ms: failing.map(number),
        next_ms: number(row.try_get("next_ms")?),
        disabled_ms: disabled.map(number),
        note: row.try_get("note")?,
    })
}

fn delivery(row: &SqliteRow) -> Result<Delivery, WebhookError> {
    let leaf: Option<i64> = row.try_get("leaf")?;
    let status: Option<i64> = row.try_get("status")?;
    Ok(Delivery {
        number: number(row.try_get("number")?),
        message: row.try_get("message")?,
        kind: row.try_get("type")?,
        leaf: leaf.map(number),
        sent_ms: number(row.try_get("sent_ms")?),
        took_ms: number(row.try_get("took_ms")?),
        status: status.and_then(|it| u16::try_from(it).ok()),
        fault: row.try_get("fault")?,
    })
}
