//! What a national MRV called in.

use serde_json::Value;
use sqlx::Row;

use super::{Monitoring, MonitoringError};
use crate::ops::sqlite::{column, number};

/// The most projects that are kept.
pub const PROGRAMMES_MAX: u64 = 10_000;
/// The longest content of one, in bytes.
const CONTENT_BYTES_MAX: usize = 256 * 1024;

impl Monitoring {
    /// What was said of a project, if anything was.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn programme(&self, external_id: &str) -> Result<Option<Value>, MonitoringError> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT content FROM programmes WHERE external_id = ?")
                .bind(external_id)
                .fetch_optional(self.database.reader())
                .await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Everything that was said of projects, by their ids there.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn programmes(&self) -> Result<Vec<(String, Value)>, MonitoringError> {
        let rows = sqlx::query("SELECT external_id, content FROM programmes ORDER BY external_id")
            .fetch_all(self.database.reader())
            .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let text: String = row.try_get("content")?;
            let content = serde_json::from_str(&text).unwrap_or_default();
            all.push((row.try_get("external_id")?, content));
        }
        Ok(all)
    }

    /// Changes what was said of a project, from what was said before (nothing, for one that is new); nobody else changes it meanwhile.
    ///
    /// # Errors
    /// [`MonitoringError::Full`]; whatever `change` gives.
    pub async fn change_programme<E: From<MonitoringError>>(
        &self,
        external_id: &str,
        now_ms: u64,
        change: impl FnOnce(Option<Value>) -> Result<Value, E>,
    ) -> Result<(), E> {
        let mut tx = self.begin().await.map_err(E::from)?;
        let sql = |error: sqlx::Error| E::from(MonitoringError::from(error));
        let kept: Option<String> =
            sqlx::query_scalar("SELECT content FROM programmes WHERE external_id = ?")
                .bind(external_id)
                .fetch_optional(&mut *tx)
                .await
                .map_err(sql)?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM programmes")
            .fetch_one(&mut *tx)
            .await
            .map_err(sql)?;
        if kept.is_none() && number(count) >= PROGRAMMES_MAX {
            let why = format!("there are {PROGRAMMES_MAX} projects, and that is the most");
            return Err(MonitoringError::Full(why).into());
        }
        let kept = kept.and_then(|text| serde_json::from_str(&text).ok());
        let content = change(kept)?.to_string();
        if content.len() > CONTENT_BYTES_MAX {
            let why = format!("what is said of one project has at most {CONTENT_BYTES_MAX} bytes");
            return Err(MonitoringError::Full(why).into());
        }
        sqlx::query(
            "INSERT INTO programmes (external_id, content, received_ms, changed_ms) VALUES (?1, ?2, ?3, ?3) \
             ON CONFLICT (external_id) DO UPDATE SET content = ?2, changed_ms = ?3",
        )
        .bind(external_id)
        .bind(content)
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await
        .map_err(sql)?;
        tx.commit().await.map_err(sql)
    }
}
