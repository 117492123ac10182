//! Finding documents.

use countersign_protocol::log::Hash;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::Documents;
use super::content::Content;
use super::document::{DocumentId, SELECT, StoredDocument, stored};
use super::error::DocumentError;
use crate::ops::sqlite::{column, number};

/// The most documents with the same bytes that are looked through.
const SAME_BYTES_MAX: i64 = 1000;
/// The most uploads that are asked about in one go.
const UNATTACHED_MAX: i64 = 1000;

impl Documents {
    /// What is known of a document.
    ///
    /// # Errors
    /// [`DocumentError::Unknown`] when there is none of this id.
    pub async fn document(&self, id: DocumentId) -> Result<StoredDocument, DocumentError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = ?")))
            .bind(id.column())
            .fetch_optional(self.index().reader())
            .await?;
        stored(&row.ok_or(DocumentError::Unknown(id))?)
    }

    /// A document with its bytes.
    ///
    /// # Errors
    /// [`DocumentError`] when there is none of this id, its content was erased, or its file is missing or damaged.
    pub async fn get(&self, id: DocumentId) -> Result<(StoredDocument, Content), DocumentError> {
        let document = self.document(id).await?;
        if document.erased_ms.is_some() {
            return Err(DocumentError::Erased(id));
        }
        let path = self.files().path(&document.sha256);
        let content = Content::open(path, document.sha256, document.bytes).await?;
        Ok((document, content))
    }

    /// The documents with these bytes, oldest first: the same bytes may lie in several cases, open to different people.
    ///
    /// # Errors
    /// [`DocumentError`] when the index cannot be read.
    pub async fn with_hash(&self, sha256: &Hash) -> Result<Vec<StoredDocument>, DocumentError> {
        let filter = "WHERE sha256 = ? ORDER BY uploaded_ms, id LIMIT ?";
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} {filter}")))
            .bind(sha256.as_slice())
            .bind(SAME_BYTES_MAX)
            .fetch_all(self.index().reader())
            .await?;
        all(&rows)
    }

    /// Uploads of before a time, in milliseconds since 1970, of which it was not noted whether an act carries them: case
    /// and hash.
    ///
    /// # Errors
    /// [`DocumentError`] when the index cannot be read.
    pub async fn unattached(&self, before_ms: u64) -> Result<Vec<(u64, Hash)>, DocumentError> {
        let rows = sqlx::query(
            "SELECT DISTINCT case_number, sha256 FROM documents \
             WHERE leaf IS NULL AND erased_ms IS NULL AND uploaded_ms <= ? LIMIT ?",
        )
        .bind(column(before_ms))
        .bind(UNATTACHED_MAX)
        .fetch_all(self.index().reader())
        .await?;
        let upload = |row: &SqliteRow| {
            let sha256: Vec<u8> = row.try_get("sha256")?;
            let sha256 = Hash::try_from(sha256).map_err(|_| DocumentError::Index("a hash"))?;
            Ok((number(row.try_get("case_number")?), sha256))
        };
        rows.iter().map(upload).collect()
    }

    /// The documents of a case with all their versions, oldest first.
    ///
    /// # Errors
    /// [`DocumentError`] when the index cannot be read.
    pub async fn list(&self, case: u64) -> Result<Vec<StoredDocument>, DocumentError> {
        let filter = "WHERE case_number = ? ORDER BY uploaded_ms, id";
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} {filter}")))
            .bind(column(case))
            .fetch_all(self.index().reader())
            .await?;
        all(&rows)
    }

    /// All versions of the document that this id is one version of, from the first on.
    ///
    /// # Errors
    /// [`DocumentError::Unknown`] when there is none of this id.
    pub async fn versions(&self, id: DocumentId) -> Result<Vec<StoredDocument>, DocumentError> {
        let filter = "WHERE series = (SELECT series FROM documents WHERE id = ?) ORDER BY version";
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} {filter}")))
            .bind(id.column())
            .fetch_all(self.index().reader())
            .await?;
        if rows.is_empty() {
            return Err(DocumentError::Unknown(id));
        }
        all(&rows)
    }
}

pub(super) fn all(rows: &[SqliteRow]) -> Result<Vec<StoredDocument>, DocumentError> {
    rows.iter().map(stored).collect()
}
