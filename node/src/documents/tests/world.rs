//! A store in a folder of its own, and documents to fill it.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use countersign_protocol::id::OrganisationId;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::documents::*;
use crate::people::UserId;

pub(super) const START_MS: u64 = 1_790_000_000_000;
pub(super) const DAY_MS: u64 = 86_400_000;
pub(super) const CASE: u64 = 5;
pub(super) const OWNER: OrganisationId = OrganisationId(7);

pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) documents: Documents,
}

pub(super) fn settings() -> DocumentSettings {
    DocumentSettings {
        free_bytes_min: 0,
        ..DocumentSettings::default()
    }
}

pub(super) fn user() -> UserId {
    UserId::try_from(42).unwrap()
}

/// A plain text for case [`CASE`] of [`OWNER`].
pub(super) fn note() -> NewDocument {
    NewDocument {
        case: CASE,
        kind: "project-design".parse().unwrap(),
        owner: OWNER,
        uploader: user(),
        file_name: "note.txt".to_owned(),
        content_type: "text/plain".to_owned(),
        replaces: None,
    }
}

/// Bytes that come in pieces of this size.
pub(super) fn pieces(
    bytes: &[u8],
    size: usize,
) -> impl Stream<Item = Result<Vec<u8>, Infallible>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(size).map(|it| Ok(it.to_vec())).collect();
    stream::iter(pieces)
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(settings()).await
    }

    pub(super) async fn with(settings: DocumentSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let documents = Documents::open(folder.path(), settings).await.unwrap();
        Self { folder, documents }
    }

    pub(super) async fn try_put(
        &self,
        bytes: &[u8],
        new: NewDocument,
    ) -> Result<StoredDocument, DocumentError> {
        let content = pieces(bytes, 1000);
        self.documents.put(content, new, START_MS).await
    }

    pub(super) async fn put(&self, bytes: &[u8]) -> StoredDocument {
        self.try_put(bytes, note()).await.unwrap()
    }

    pub(super) async fn read(&self, id: DocumentId) -> std::io::Result<Vec<u8>> {
        let (_, content) = self.documents.get(id).await.unwrap();
        content.try_concat().await
    }

    /// Closes the store and opens it again, as the next start does.
    pub(super) async fn restart(self) -> Self {
        self.documents.close().await;
        drop(self.documents);
        let documents = Documents::open(self.folder.path(), settings()).await;
        Self {
            documents: documents.unwrap(),
            folder: self.folder,
        }
    }

    pub(super) fn path(&self, bytes: &[u8]) -> PathBuf {
        let name = hex::encode(Sha256::digest(bytes));
        let folder = self.folder.path().join(DOCUMENTS_FOLDER);
        folder.join(&name[..2]).join(name)
    }

    /// Every file in the folder of documents but the lock.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.folder.path().join(DOCUMENTS_FOLDER), &mut found);
        found.retain(|path| !path.ends_with("lock"));
        found
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A stream that gives some pieces and then never ends.
pub(super) fn endless(
    bytes: &[u8],
) -> impl Stream<Item = Result<Vec<u8>, Infallible>> + Send + use<> {
    pieces(bytes, 100).chain(stream::pending())
}
