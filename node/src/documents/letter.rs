//! The letters of a case lie beside its documents, under their SHA-256.

use std::io::Write;

use countersign_protocol::log::Hash;
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::Documents;
use super::content::Content;
use super::document::DocumentId;
use super::error::DocumentError;
use super::files::io;
use super::put::blocking;
use crate::ops::files::sync_folder_of;
use crate::ops::sqlite::{column, number};

/// A letter that was made, and is about to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct MadeLetter<'a> {
    /// The case.
    pub case: u64,
    /// Leaf of the act that named it.
    pub act: u64,
    /// Its id in the process.
    pub letter: &'a str,
    /// The language.
    pub language: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

impl Documents {
    /// Keeps the file of a letter; once this returns, a power cut takes nothing away. A try of the same letter before this one is forgotten:
    /// the caller knows from the ledger that it was not issued. Gives the SHA-256 of the file.
    ///
    /// # Errors
    /// [`DocumentError`] when there is no room, or the files cannot be written.
    pub async fn keep_letter(
        &self,
        made: MadeLetter<'_>,
        now_ms: u64,
    ) -> Result<Hash, DocumentError> {
        let sha256: Hash = Sha256::digest(made.bytes).into();
        let length = made.bytes.len() as u64;
        self.check_free_space(length)?;
        let (documents, bytes) = (self.clone(), made.bytes.to_vec());
        let draft = blocking(move || {
            let (draft, mut file) = documents.files().draft(DocumentId::draw()?)?;
            let written = file.write_all(&bytes).and_then(|()| file.sync_all());
            written.map_err(io("write", &draft.path))?;
            sync_folder_of(&draft.path)?;
            Ok(draft)
        })
        .await?;
        // The entry first: a file that an entry names is not removed with a document that has the same bytes.
        let _placing = self.0.placing.lock().await;
        let mut tx = self.index().begin().await?;
        sqlx::query(
            "INSERT OR REPLACE INTO letters (act, letter, language, sha256, bytes, case_number, made_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(column(made.act))
        .bind(made.letter)
        .bind(made.language)
        .bind(sha256.as_slice())
        .bind(column(length))
        .bind(column(made.case))
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let documents = self.clone();
        blocking(move || Ok(documents.files().place(&draft.path, &sha256, length)?)).await?;
        Ok(sha256)
    }

    /// The file of a letter and its length in bytes; `None` when this node keeps no letter of this hash.
    ///
    /// # Errors
    /// [`DocumentError`] when its file is missing or damaged.
    pub async fn letter(&self, sha256: &Hash) -> Result<Option<(u64, Content)>, DocumentError> {
        let row = sqlx::query("SELECT bytes FROM letters WHERE sha256 = ? LIMIT 1")
            .bind(sha256.as_slice())
            .fetch_optional(self.index().reader())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let bytes = number(row.try_get("bytes")?);
        let path = self.files().path(sha256);
        let content = Content::open(path, *sha256, bytes).await?;
        Ok(Some((bytes, content)))
    }
}
