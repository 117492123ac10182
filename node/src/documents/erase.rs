//! Forgetting content for good, and clearing up.

use countersign_protocol::log::Hash;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::Documents;
use super::change::found;
use super::document::{DocumentId, SELECT, stored};
use super::error::DocumentError;
use super::files::io;
use super::put::blocking;
use crate::ops::sqlite::column;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Documents {
    /// Erases the content and the file name of a document for good. Hash, size and kind stay, so that what the ledger says
    /// stays true. The bytes leave the disk unless another document that is not erased has the same ones. Doing it again
    /// is allowed and clears what was left.
    ///
    /// # Errors
    /// [`DocumentError::NotScrubbed`] when readers held old pages of the index in place: run it again.
    pub async fn erase(&self, id: DocumentId, now_ms: u64) -> Result<(), DocumentError> {
        let mut tx = self.index().begin().await?;
        if found(&mut tx, id).await?.erased_ms.is_none() {
            mark_erased(&mut tx, id.column(), now_ms).await?;
        }
        tx.commit().await?;
        self.remove_erased().await?;
        Ok(self.index().scrub().await?)
    }

    /// Removes uploads that no act has carried in time, and gives how many. To be called now and then, such as once an
    /// hour, after [`Documents::attach`] was told of every act on the ledger.
    ///
    /// # Errors
    /// [`DocumentError`] when the index cannot be written or a file not removed.
    pub async fn sweep(&self, now_ms: u64) -> Result<u64, DocumentError> {
        let life_ms = u64::from(self.settings().draft_days) * DAY_MS;
        let mut tx = self.index().begin().await?;
        let expired = sqlx::query_scalar::<_, i64>(
            "SELECT id FROM documents WHERE leaf IS NULL AND erased_ms IS NULL AND uploaded_ms <= ?",
        )
        .bind(column(now_ms.saturating_sub(life_ms)))
        .fetch_all(&mut *tx)
        .await?;
        for id in &expired {
            mark_erased(&mut tx, *id, now_ms).await?;
        }
        tx.commit().await?;
        self.remove_erased().await?;
        self.forget_drafts().await?;
        Ok(expired.len() as u64)
    }

    /// Removes the entries of erased drafts: the ledger says nothing of them. From the newest version back, so that none is
    /// missing in a row of versions.
    async fn forget_drafts(&self) -> Result<(), DocumentError> {
        loop {
            let mut tx = self.index().begin().await?;
            let done = sqlx::query(
                "DELETE FROM documents WHERE leaf IS NULL AND removed = 1 AND NOT EXISTS \
                 (SELECT 1 FROM documents AS newer WHERE newer.replaces = documents.id)",
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            if done.rows_affected() == 0 {
                return Ok(());
            }
        }
    }

    /// Clears up what a crash left: puts files in their place whose entry was made, and sweeps the other drafts.
    pub(super) async fn clear_up(&self) -> Result<(), DocumentError> {
        for (path, id) in self.files().drafts()? {
            let entry = match id {
                Some(id) => {
                    let filter = "WHERE id = ? AND erased_ms IS NULL";
                    sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} {filter}")))
                        .bind(id.column())
                        .fetch_optional(self.index().reader())
                        .await?
                }
                None => None,
            };
            if let Some(row) = entry {
                let document = stored(&row)?;
                self.files()
                    .place(&path, &document.sha256, document.bytes)?;
            } else {
                std::fs::remove_file(&path).map_err(io("remove", &path))?;
            }
        }
        self.remove_erased().await
    }

    /// Removes the files of erased entries, unless a living one has the same bytes. The entries say what is left to do, so
    /// that a crash in between loses nothing.
    async fn remove_erased(&self) -> Result<(), DocumentError> {
        let documents = self.clone();
        // Whoever asked may go away; the work goes on.
        let removing = tokio::spawn(async move {
            let _placing = documents.0.placing.lock().await;
            let rows = sqlx::query(
                "SELECT id, sha256, EXISTS (SELECT 1 FROM documents AS other WHERE other.sha256 = documents.sha256 \
                 AND other.erased_ms IS NULL) OR EXISTS (SELECT 1 FROM letters \
                 WHERE letters.sha256 = documents.sha256) AS is_needed FROM documents WHERE erased_ms IS NOT NULL AND removed = 0",
            )
            .fetch_all(documents.index().reader())
            .await?;
            for row in rows {
                let sha256: Vec<u8> = row.try_get("sha256")?;
                let sha256 = Hash::try_from(sha256).map_err(|_| DocumentError::Index("a hash"))?;
                if !row.try_get::<bool, _>("is_needed")? {
                    let documents = documents.clone();
                    blocking(move || Ok(documents.files().remove(&sha256)?)).await?;
                }
                let mut tx = documents.index().begin().await?;
                sqlx::query("UPDATE documents SET removed = 1 WHERE id = ?")
                    .bind(row.try_get::<i64, _>("id")?)
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
            }
            Ok(())
        });
        removing.await.map_err(|_| DocumentError::Stopping)?
    }
}

async fn mark_erased(
    connection: &mut SqliteConnection,
    id: i64,
    now_ms: u64,
) -> Result<(), DocumentError> {
    sqlx::query("UPDATE documents SET erased_ms = ?, file_name = NULL WHERE id = ?")
        .bind(column(now_ms))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
