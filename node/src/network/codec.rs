//! Frames on a stream: four bytes of length (big-endian), then one message, then the end of the stream.

use std::io;
use std::sync::Arc;

use countersign_protocol::federation::fault::FaultCode;
use countersign_protocol::federation::message::{
    MessageError, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, Request, Response,
};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::{StreamProtocol, request_response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that are set aside before the first byte of a frame has come. A peer that announces a megabyte and sends
/// nothing costs this much memory and no more.
const FIRST_BYTES: usize = 16 * 1024;

/// A message as it came: decoded, or the fault that kept it from being decoded.
///
/// A fault is no error of the stream: the other side is told its number on the same stream.
#[derive(Debug)]
pub(super) struct Framed<T> {
    pub(super) content: Result<T, MessageError>,
    /// Holds the frame's share of the memory for frames until this is dropped. `None` for a message of our own.
    pub(super) share: Option<OwnedSemaphorePermit>,
    /// Bytes that are written as they are, in place of a message: what only an examination sends.
    raw: Option<Vec<u8>>,
}

impl<T> Framed<T> {
    /// A message of our own, to be sent.
    pub(super) const fn own(message: T) -> Self {
        Framed {
            content: Ok(message),
            share: None,
            raw: None,
        }
    }

    /// Bytes to be sent as they are, length and all.
    pub(super) const fn raw(bytes: Vec<u8>) -> Self {
        Framed {
            content: Err(MessageError::UnknownKind),
            share: None,
            raw: Some(bytes),
        }
    }

    fn fault(fault: MessageError) -> Self {
        Framed {
            content: Err(fault),
            share: None,
            raw: None,
        }
    }
}

/// Reads and writes frames. Encoding and decoding run in the connection's own task, not in the swarm's.
#[derive(Clone, Debug)]
pub(super) struct PeerCodec {
    /// Bytes of request frames in memory, of all peers.
    requests: Arc<Semaphore>,
    /// Bytes of response frames, apart from the requests: a flood of requests cannot stop the answers to ours.
    responses: Arc<Semaphore>,
}

impl PeerCodec {
    pub(super) fn new(request_bytes: usize, response_bytes: usize) -> Self {
        PeerCodec {
            requests: Arc::new(Semaphore::new(request_bytes)),
            responses: Arc::new(Semaphore::new(response_bytes)),
        }
    }
}

impl request_response::Codec for PeerCodec {
    type Protocol = StreamProtocol;
    type Request = Framed<Request>;
    type Response = Framed<Response>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Self::Request>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_message(io, REQUEST_BYTES_MAX, &self.requests, Request::decode).await
    }

    async fn read_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Self::Response>
    where
        T: AsyncRead + Unpin + Send,
    {
        read_message(io, RESPONSE_BYTES_MAX, &self.responses, Response::decode).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Self::Request,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        if let Some(bytes) = request.raw {
            io.write_all(&bytes).await?;
            return io.flush().await;
        }
        let frame = request.content.and_then(|request| request.encode());
        write_frame(io, &frame.map_err(io::Error::other)?).await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        response: Self::Response,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let frame = response.content.and_then(|response| response.encode());
        let frame = match frame {
            Ok(frame) => frame,
            Err(fault) => {
                tracing::error!(%fault, "our own answer is over a limit and is not sent");
                Response::refused(FaultCode::Unavailable, "the answer could not be encoded")
                    .encode()
                    .map_err(io::Error::other)?
            }
        };
        write_frame(io, &frame).await
    }
}

async fn read_message<T, M>(
    io: &mut T,
    limit: usize,
    memory: &Arc<Semaphore>,
    decode: impl Fn(&[u8]) -> Result<M, MessageError> + Send,
) -> io::Result<Framed<M>>
where
    T: AsyncRead + Unpin + Send,
{
    let mut length = [0; 4];
    io.read_exact(&mut length).await?;
    let announced = u32::from_be_bytes(length);
    let bytes = usize::try_from(announced).unwrap_or(usize::MAX);
    if bytes > limit {
        return Ok(Framed::fault(MessageError::FrameTooLarge { bytes, limit }));
    }
    // Taken whole and before reading, so that two half-read frames never wait for each other's share. The wait ends with
    // the request's own timeout.
    let share = Arc::clone(memory)
        .acquire_many_owned(announced)
        .await
        .map_err(io::Error::other)?;
    let mut frame = Vec::with_capacity(bytes.min(FIRST_BYTES));
    io.take(u64::from(announced))
        .read_to_end(&mut frame)
        .await?;
    if frame.len() < bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if io.read(&mut [0]).await? != 0 {
        return Ok(Framed::fault(MessageError::NotCanonical {
            detail: "bytes follow the frame",
        }));
    }
    Ok(Framed {
        content: decode(&frame),
        share: Some(share),
        raw: None,
    })
}

async fn write_frame<T>(io: &mut T, frame: &[u8]) -> io::Result<()>
where
    T: AsyncWrite + Unpin + Send,
{
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(frame).await?;
    io.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8], memory: &Arc<Semaphore>) -> io::Result<Framed<Request>> {
        let mut bytes = bytes;
        read_message(&mut bytes, 100, memory, Request::decode).await
    }

    fn frame() -> Vec<u8> {
        let origin = "gh".to_owned();
        let body = Request::GetCheckpoint { origin }.encode().unwrap();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length[..], &body].concat()
    }

    #[tokio::test]
    async fn a_frame_holds_its_share_of_memory_until_it_is_dropped() {
        let memory = Arc::new(Semaphore::new(100));
        let framed = read(&frame(), &memory).await.unwrap();
        assert!(framed.content.is_ok());
        assert_eq!(memory.available_permits(), 100 - (frame().len() - 4));
        drop(framed);
        assert_eq!(memory.available_permits(), 100);
    }

    #[tokio::test]
    async fn a_frame_that_announces_too_much_is_a_fault_and_takes_no_memory() {
        let memory = Arc::new(Semaphore::new(100));
        let framed = read(&[0, 0, 0, 101], &memory).await.unwrap();
        assert_eq!(
            framed.content,
            Err(MessageError::FrameTooLarge {
                bytes: 101,
                limit: 100
            })
        );
        assert_eq!(memory.available_permits(), 100);
    }

    #[tokio::test]
    async fn a_byte_after_the_frame_is_a_fault_and_a_missing_one_an_error() {
        let memory = Arc::new(Semaphore::new(100));
        let framed = read(&[&frame()[..], &[0]].concat(), &memory).await;
        let fault = framed.unwrap().content.unwrap_err().fault();
        assert_eq!(fault, FaultCode::NotCanonical);
        let short = frame();
        assert!(read(&short[..short.len() - 1], &memory).await.is_err());
        assert_eq!(memory.available_permits(), 100);
    }

    #[tokio::test]
    async fn a_frame_waits_until_there_is_memory_for_it() {
        let memory = Arc::new(Semaphore::new(100));
        let all = Arc::clone(&memory).acquire_many_owned(100).await.unwrap();
        let bytes = frame();
        let mut reading = Box::pin(read(&bytes, &memory));
        assert!(futures::poll!(&mut reading).is_pending());
        drop(all);
        assert!(reading.await.unwrap().content.is_ok());
    }
}
