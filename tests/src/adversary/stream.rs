//! Streams with any bytes on them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::request_response::Codec;

/// The most that is read of an answer, bytes: nobody floods the adversary.
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// How many frames were written.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<AtomicU64>);

impl Written {
    pub(super) fn frames(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is written on one stream.
#[derive(Clone)]
pub(super) struct Flood {
    /// The frame with this number.
    pub(super) frame: Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>,
    /// How many frames the stream carries at most.
    pub(super) frames: u64,
    /// When it ends.
    pub(super) until: Instant,
    /// Reads nothing that comes back.
    pub(super) never_reads: bool,
    pub(super) written: Written,
}

impl std::fmt::Debug for Flood {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "a flood of up to {} frames", self.frames)
    }
}

/// Writes floods; of what comes back it reads as much as it likes.
#[derive(Clone, Default)]
pub(super) struct RawStream {
    never_reads: bool,
}

async fn drain<T: AsyncRead + Unpin + Send>(io: &mut T, never: bool) -> io::Result<()> {
    if never {
        std::future::pending::<()>().await;
    }
    let mut rest = io.take(ANSWER_BYTES_MAX);
    futures::io::copy(&mut rest, &mut futures::io::sink()).await?;
    Ok(())
}

impl Codec for RawStream {
    type Protocol = StreamProtocol;
    type Request = Flood;
    type Response = ();

    /// What the node gossips to us.
    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Flood>
    where
        T: AsyncRead + Unpin + Send,
    {
        drain(io, self.never_reads).await?;
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<()>
    where
        T: AsyncRead + Unpin + Send,
    {
        drain(io, self.never_reads).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        flood: Flood,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.never_reads = flood.never_reads;
        for _ in 0..flood.frames {
            if Instant::now() > flood.until {
                break;
            }
            // Numbers go on across streams and connections, so that no frame is a copy of an earlier one.
            let number = flood.written.0.fetch_add(1, Ordering::Relaxed);
            io.write_all(&(flood.frame)(number)).await?;
            io.flush().await?;
        }
        Ok(())
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, _: &mut T, (): ()) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}
