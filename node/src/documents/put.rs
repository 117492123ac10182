//! Taking a document in.

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use countersign_protocol::log::Hash;
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::Documents;
use super::document::{DocumentId, NewDocument, SELECT, StoredDocument, stored};
use super::error::DocumentError;
use super::files::{Draft, io};
use super::media::{Inspector, MediaType};
use super::name::FileName;
use super::visibility::Visibility;
use crate::ops::files::sync_folder_of;
use crate::ops::sqlite::{column, number};

/// What is gathered before it is hashed and written: the memory that an upload takes, with the pieces that it comes in.
const PIECE_BYTES: usize = 256 * 1024;
/// After how many pieces the disk's free space is asked for again.
const PIECES_PER_LOOK: u64 = 32;
/// What the smallest document counts for: a block of the disk.
pub(super) const LEAST_BYTES: u64 = 4096;

/// An upload under way.
struct Upload {
    draft: Draft,
    file: File,
    hash: Sha256,
    inspector: Inspector,
    bytes: u64,
    pieces: u64,
}

/// A file that came in whole.
struct Arrived {
    draft: Draft,
    sha256: Hash,
    bytes: u64,
}

impl Documents {
    /// Keeps a document that comes in as a stream, and gives what is known of it. It is a draft of its owner until
    /// [`Documents::attach`]. The stream is read no faster than the disk takes it. Whatever ends an upload early, also
    /// dropping this future, leaves nothing behind; once this returns, a power cut takes nothing away.
    ///
    /// # Errors
    /// [`DocumentError`] when a limit is reached, the type is not taken, the bytes are not of their type, the version to
    /// be replaced is not the newest, or the stream fails.
    pub async fn put<S, B, E>(
        &self,
        content: S,
        new: NewDocument,
        now_ms: u64,
    ) -> Result<StoredDocument, DocumentError>
    where
        S: Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Display,
    {
        self.take(content, new, now_ms, false).await
    }

    /// As [`Documents::put`], but nothing stays: what would be known of the document, or what stands against it.
    ///
    /// # Errors
    /// As [`Documents::put`].
    pub async fn try_put<S, B, E>(
        &self,
        content: S,
        new: NewDocument,
        now_ms: u64,
    ) -> Result<StoredDocument, DocumentError>
    where
        S: Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Display,
    {
        self.take(content, new, now_ms, true).await
    }

    async fn take<S, B, E>(
        &self,
        content: S,
        new: NewDocument,
        now_ms: u64,
        is_trial: bool,
    ) -> Result<StoredDocument, DocumentError>
    where
        S: Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Display,
    {
        let media = MediaType::declared(&new.content_type, &new.file_name);
        let media = media.ok_or(DocumentError::Type)?;
        let _turn = self
            .0
            .uploads
            .try_acquire()
            .map_err(|_| DocumentError::Busy)?;
        self.check_room(&new).await?;
        let id = DocumentId::draw()?;
        let arrived = self.receive(content, id, media).await?;
        let entry = Entry {
            id,
            media,
            new,
            now_ms,
            is_trial,
        };
        let documents = self.clone();
        // A client that goes away must not stop this between the entry and the file.
        let kept = tokio::spawn(async move { documents.keep(entry, arrived).await });
        kept.await.map_err(|_| DocumentError::Stopping)?
    }

    /// Refuses early what would be refused at the end.
    async fn check_room(&self, new: &NewDocument) -> Result<(), DocumentError> {
        let mut connection = self.index().reader().acquire().await?;
        self.check_limits(&mut connection, new, 0).await?;
        place_in_series(&mut connection, new).await?;
        self.check_free_space(0)
    }

    async fn receive<S, B, E>(
        &self,
        content: S,
        id: DocumentId,
        media: MediaType,
    ) -> Result<Arrived, DocumentError>
    where
        S: Stream<Item = Result<B, E>> + Send,
        B: AsRef<[u8]> + Send,
        E: Display,
    {
        let (draft, file) = self.files().draft(id)?;
        let mut upload = Upload {
            draft,
            file,
            hash: Sha256::new(),
            inspector: Inspector::new(media),
            bytes: 0,
            pieces: 0,
        };
        let mut content = std::pin::pin!(content);
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let seconds = self.settings().stall_seconds;
        loop {
            let next = tokio::time::timeout(Duration::from_secs(seconds), content.next()).await;
            let next = next.map_err(|_| DocumentError::Stalled { seconds })?;
            let Some(next) = next else { break };
            let next = next.map_err(|error| DocumentError::Broken(error.to_string()))?;
            // A client may send pieces of any size; what is gathered stays below twice the size of one.
            for part in next.as_ref().chunks(PIECE_BYTES) {
                piece.extend_from_slice(part);
                if piece.len() >= PIECE_BYTES {
                    (upload, piece) = self.write(upload, piece, media).await?;
                }
            }
        }
        if !piece.is_empty() {
            (upload, _) = self.write(upload, piece, media).await?;
        }
        if upload.bytes == 0 {
            return Err(DocumentError::Empty);
        }
        finish(upload, media).await
    }

    /// Writes a piece on a thread that may wait for the disk, and gives its memory back.
    async fn write(
        &self,
        mut upload: Upload,
        mut piece: Vec<u8>,
        media: MediaType,
    ) -> Result<(Upload, Vec<u8>), DocumentError> {
        upload.bytes += piece.len() as u64;
        let max = self.settings().document_bytes_max;
        if upload.bytes > max {
            return Err(DocumentError::TooLarge { max });
        }
        upload.pieces += 1;
        if upload.pieces.is_multiple_of(PIECES_PER_LOOK) {
            self.check_free_space(piece.len() as u64)?;
        }
        blocking(move || {
            let looked = upload.inspector.feed(&piece);
            looked.map_err(|why| DocumentError::Content {
                declared: media,
                why,
            })?;
            upload.hash.update(&piece);
            let written = upload.file.write_all(&piece);
            written.map_err(io("write", &upload.draft.path))?;
            piece.clear();
            Ok((upload, piece))
        })
        .await
    }

    pub(super) fn check_free_space(&self, bytes: u64) -> Result<(), DocumentError> {
        let free_bytes_min = self.settings().free_bytes_min;
        if self.files().free_bytes()?.saturating_sub(bytes) < free_bytes_min {
            return Err(DocumentError::NoSpace { free_bytes_min });
        }
        Ok(())
    }

    /// Enters an arrived file into the index, then puts it in its place. Between the two a crash leaves an entry whose
    /// file is under way still: the next opening puts it in its place.
    async fn keep(&self, entry: Entry, arrived: Arrived) -> Result<StoredDocument, DocumentError> {
        let _placing = self.0.placing.lock().await;
        let mut tx = self.index().begin().await?;
        if entry.is_trial {
            tx = tx.trial();
        }
        self.check_limits(&mut tx, &entry.new, arrived.bytes)
            .await?;
        insert(&mut tx, &entry, &arrived).await?;
        let kept = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = ?")))
            .bind(entry.id.column())
            .fetch_one(&mut *tx)
            .await?;
        let kept = stored(&kept)?;
        tx.commit().await?;
        if entry.is_trial {
            return Ok(kept);
        }
        let documents = self.clone();
        let placed = blocking(move || {
            let files = documents.files();
            Ok(files.place(&arrived.draft.path, &arrived.sha256, arrived.bytes)?)
        })
        .await;
        if let Err(error) = placed {
            // The draft is gone now, so that the entry must go too.
            let gone = sqlx::query("DELETE FROM documents WHERE id = ?").bind(entry.id.column());
            let mut tx = self.index().begin().await?;
            gone.execute(&mut *tx).await?;
            tx.commit().await?;
            return Err(error);
        }
        Ok(kept)
    }

    async fn check_limits(
        &self,
        connection: &mut SqliteConnection,
        new: &NewDocument,
        bytes: u64,
    ) -> Result<(), DocumentError> {
        let case = i64::try_from(new.case).map_err(|_| DocumentError::Number("the case"))?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM documents WHERE case_number = ?")
            .bind(case)
            .fetch_one(&mut *connection)
            .await?;
        let max = self.settings().case_documents_max;
        if count >= i64::from(max) {
            return Err(DocumentError::Full {
                case: new.case,
                max,
            });
        }
        let used: i64 = sqlx::query_scalar(
            "SELECT COALESCE(SUM(MAX(bytes, ?)), 0) FROM documents WHERE owner = ? AND erased_ms IS NULL",
        )
        .bind(column(LEAST_BYTES))
        .bind(i64::from(new.owner.0))
        .fetch_one(&mut *connection)
        .await?;
        let max = self.settings().organisation_bytes_max;
        if number(used).saturating_add(bytes.max(LEAST_BYTES)) > max {
            return Err(DocumentError::Quota {
                owner: new.owner,
                max,
            });
        }
        Ok(())
    }
}

/// An entry to be made.
struct Entry {
    id: DocumentId,
    media: MediaType,
    new: NewDocument,
    now_ms: u64,
    is_trial: bool,
}

/// Where a new version stands: the id of the first version, if there is one, and its own number.
async fn place_in_series(
    connection: &mut SqliteConnection,
    new: &NewDocument,
) -> Result<(Option<i64>, i64), DocumentError> {
    let Some(replaces) = new.replaces else {
        return Ok((None, 1));
    };
    let row = sqlx::query(
        "SELECT series, version, case_number, kind, owner, \
         EXISTS (SELECT 1 FROM documents AS newer WHERE newer.replaces = documents.id) AS is_replaced \
         FROM documents WHERE id = ?",
    )
    .bind(replaces.column())
    .fetch_optional(connection)
    .await?;
    let row = row.ok_or(DocumentError::Unknown(replaces))?;
    let same = [
        (
            "case",
            row.try_get::<i64, _>("case_number")? == column(new.case),
        ),
        ("kind", row.try_get::<&str, _>("kind")? == new.kind.as_str()),
        (
            "owner",
            row.try_get::<i64, _>("owner")? == i64::from(new.owner.0),
        ),
    ];
    if let Some((what, _)) = same.into_iter().find(|(_, is_same)| !is_same) {
        return Err(DocumentError::NotSame { replaces, what });
    }
    if row.try_get("is_replaced")? {
        return Err(DocumentError::Replaced(replaces));
    }
    Ok((
        Some(row.try_get("series")?),
        row.try_get::<i64, _>("version")? + 1,
    ))
}

async fn insert(
    connection: &mut SqliteConnection,
    entry: &Entry,
    arrived: &Arrived,
) -> Result<(), DocumentError> {
    let Entry {
        id,
        media,
        new,
        now_ms,
        is_trial: _,
    } = entry;
    let (series, version) = place_in_series(connection, new).await?;
    sqlx::query(
        "INSERT INTO documents (id, series, version, replaces, sha256, bytes, media_type, file_name, kind, \
         case_number, owner, uploader, visibility, uploaded_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.column())
    .bind(series.unwrap_or(id.column()))
    .bind(version)
    .bind(new.replaces.map(DocumentId::column))
    .bind(arrived.sha256.as_slice())
    .bind(column(arrived.bytes))
    .bind(media.essence())
    .bind(FileName::clean(&new.file_name, *media).as_str())
    .bind(new.kind.as_str())
    .bind(column(new.case))
    .bind(i64::from(new.owner.0))
    .bind(column(new.uploader.number()))
    .bind(Visibility::Private.word())
    .bind(column(*now_ms))
    .execute(connection)
    .await?;
    Ok(())
}

/// Looks at the whole file and makes it durable.
async fn finish(mut upload: Upload, media: MediaType) -> Result<Arrived, DocumentError> {
    blocking(move || {
        let path = &upload.draft.path;
        let looked = upload.inspector.finish(&mut upload.file);
        looked
            .map_err(io("read", path))?
            .map_err(|why| DocumentError::Content {
                declared: media,
                why,
            })?;
        upload.file.sync_all().map_err(io("sync", path))?;
        // Also the name: the entry that is made next relies on finding it after a power cut.
        sync_folder_of(path)?;
        Ok(Arrived {
            sha256: upload.hash.finalize().into(),
            bytes: upload.bytes,
            draft: upload.draft,
        })
    })
    .await
}

/// Runs what waits for the disk on a thread for that.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, DocumentError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| DocumentError::Stopping)?
}
