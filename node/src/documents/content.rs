//! Giving a document out.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use countersign_protocol::log::Hash;
use futures::Stream;
use futures::stream::{self, BoxStream};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::error::DocumentError;

/// What is read at a time: the memory that a download takes is two of these.
const PIECE_BYTES: usize = 64 * 1024;

/// The bytes of a document, in pieces. The last piece comes only when all of them have the document's hash: whoever
/// receives every byte has what the ledger names, and a damaged file ends in an error with bytes missing.
pub struct Content(BoxStream<'static, io::Result<Vec<u8>>>);

struct Reading {
    path: PathBuf,
    file: File,
    sha256: Hash,
    hash: Sha256,
    held: Option<Vec<u8>>,
}

impl Content {
    pub(crate) async fn open(
        path: PathBuf,
        sha256: Hash,
        bytes: u64,
    ) -> Result<Self, DocumentError> {
        let damaged = |_| DocumentError::Damaged(path.clone());
        let file = File::open(&path).await.map_err(damaged)?;
        let look = file.metadata().await.map_err(damaged)?;
        if !look.is_file() || look.len() != bytes {
            return Err(DocumentError::Damaged(path));
        }
        let reading = Reading {
            path,
            file,
            sha256,
            hash: Sha256::new(),
            held: None,
        };
        Ok(Self(Box::pin(stream::try_unfold(reading, next))))
    }
}

/// The next piece. One piece is always held back until it is known whether another follows.
async fn next(mut reading: Reading) -> io::Result<Option<(Vec<u8>, Reading)>> {
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let limit = PIECE_BYTES as u64;
        (&mut reading.file)
            .take(limit)
            .read_to_end(&mut piece)
            .await?;
        if piece.is_empty() {
            let found: Hash = std::mem::take(&mut reading.hash).finalize().into();
            let Some(last) = reading.held.take() else {
                return Ok(None);
            };
            if found != reading.sha256 {
                let damaged = DocumentError::Damaged(reading.path);
                tracing::error!(%damaged, "a document does not have its hash");
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    damaged.to_string(),
                ));
            }
            return Ok(Some((last, reading)));
        }
        reading.hash.update(&piece);
        if let Some(before) = reading.held.replace(piece) {
            return Ok(Some((before, reading)));
        }
    }
}

impl Stream for Content {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}
