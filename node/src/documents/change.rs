//! What happens to a kept document: an act carries it, and it opens in stages.

use countersign_protocol::log::Hash;
use sqlx::sqlite::SqliteConnection;

use super::Documents;
use super::document::{DocumentId, SELECT, StoredDocument, stored};
use super::error::DocumentError;
use super::visibility::Visibility;
use crate::ops::sqlite::column;
use crate::people::UserId;

/// The longest reason, in bytes.
pub const REASON_BYTES_MAX: usize = 500;

impl Documents {
    /// Notes that the act at `leaf` carries these bytes for a case: the drafts with them become documents of the case, and
    /// stay. Gives how many did. Telling it again changes nothing, so that the caller can repeat it for every act that it
    /// finds on the ledger.
    ///
    /// # Errors
    /// [`DocumentError`] when the index cannot be written.
    pub async fn attach(&self, sha256: &Hash, case: u64, leaf: u64) -> Result<u64, DocumentError> {
        let leaf = i64::try_from(leaf).map_err(|_| DocumentError::Number("the leaf"))?;
        let mut tx = self.index().begin_derived().await?;
        let done = sqlx::query(
            "UPDATE documents SET leaf = ? WHERE sha256 = ? AND case_number = ? AND leaf IS NULL",
        )
        .bind(leaf)
        .bind(sha256.as_slice())
        .bind(column(case))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Opens a document to more people. Opening it as far as it is open already changes nothing.
    ///
    /// # Errors
    /// [`DocumentError::NotWider`] when it is open to more people than that.
    pub async fn widen(
        &self,
        id: DocumentId,
        to: Visibility,
        by: UserId,
        now_ms: u64,
    ) -> Result<(), DocumentError> {
        let mut tx = self.index().begin().await?;
        let now = found(&mut tx, id).await?.visibility;
        if to < now {
            return Err(DocumentError::NotWider(id));
        }
        if to > now {
            change(&mut tx, id, to, by, None, now_ms).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What stands against [`Documents::widen`], if anything does. Changes nothing.
    ///
    /// # Errors
    /// As [`Documents::widen`].
    pub async fn check_wider(&self, id: DocumentId, to: Visibility) -> Result<(), DocumentError> {
        let mut connection = self.index().reader().acquire().await?;
        if to < found(&mut connection, id).await?.visibility {
            return Err(DocumentError::NotWider(id));
        }
        Ok(())
    }

    /// Opens a document to fewer people, for a reason that is kept: what was public may be known already.
    ///
    /// # Errors
    /// [`DocumentError::NotNarrower`] when it is not wider open than that, [`DocumentError::Reason`] without a reason.
    pub async fn narrow(
        &self,
        id: DocumentId,
        to: Visibility,
        by: UserId,
        reason: &str,
        now_ms: u64,
    ) -> Result<(), DocumentError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > REASON_BYTES_MAX {
            let max = REASON_BYTES_MAX;
            return Err(DocumentError::Reason { max });
        }
        let mut tx = self.index().begin().await?;
        if to >= found(&mut tx, id).await?.visibility {
            return Err(DocumentError::NotNarrower(id));
        }
        change(&mut tx, id, to, by, Some(reason), now_ms).await?;
        Ok(tx.commit().await?)
    }
}

pub(super) async fn found(
    connection: &mut SqliteConnection,
    id: DocumentId,
) -> Result<StoredDocument, DocumentError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = ?")))
        .bind(id.column())
        .fetch_optional(connection)
        .await?;
    stored(&row.ok_or(DocumentError::Unknown(id))?)
}

async fn change(
    connection: &mut SqliteConnection,
    id: DocumentId,
    to: Visibility,
    by: UserId,
    reason: Option<&str>,
    now_ms: u64,
) -> Result<(), DocumentError> {
    sqlx::query("UPDATE documents SET visibility = ? WHERE id = ?")
        .bind(to.word())
        .bind(id.column())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO visibility_changes (document, time_ms, user, visibility, reason) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(id.column())
    .bind(column(now_ms))
    .bind(column(by.number()))
    .bind(to.word())
    .bind(reason)
    .execute(connection)
    .await?;
    Ok(())
}
