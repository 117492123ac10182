//! The listener: who may connect how often and how long a request may take to arrive.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_service::Service;
use tracing::{debug, warn};

use super::extract::{PeerAddress, Stopping};

/// Connections open at one time; more wait in the system's queue. Each takes a few dozen KiB at most.
pub const CONNECTIONS_MAX: usize = 512;

/// Longest time from the first byte of a request to the end of its header, and between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// Most header lines of a request.
pub(super) const HEADERS_MAX: usize = 64;

/// Longest request line and header together, in bytes.
pub(super) const HEADER_BYTES_MAX: usize = 16 * 1024;

/// Wait after the system refused to accept a connection, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Longest time that requests under way get when the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// Answers connections until `stop` is cancelled, then lets requests under way end.
///
/// # Errors
/// When the listener itself is lost.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = Arc::clone(&places).acquire_owned() => place.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let service = FromPeer {
            peer: peer.ip(),
            stop: stop.clone(),
            router: router.clone(),
        };
        let connection = graceful.watch(connection(stream, service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        warn!("some HTTP requests did not end in time");
    }
    Ok(())
}

fn connection(
    stream: TcpStream,
    service: FromPeer,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<FromPeer>> {
    // Answers are small: waiting to fill a segment would only delay them.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
}

/// The router, for the requests of one connection: each learns where it comes from, and when the node stops.
#[derive(Clone)]
struct FromPeer {
    peer: IpAddr,
    stop: CancellationToken,
    router: Router,
}

impl Service<Request<Incoming>> for FromPeer {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let extensions = request.extensions_mut();
        extensions.insert(PeerAddress(self.peer));
        extensions.insert(Stopping(self.stop.clone()));
        self.router.call(request)
    }
}
