//! Tells pages that something changed, so that they ask for themselves again: server-sent events without any content, the same
//! for everybody. Nobody is signed in by them, and no session lives longer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream::unfold;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::list::Asked;
use super::page::Page;
use crate::app::FederationMark;
use crate::http::extract::reader;
use crate::http::problem::{ApiError, Kind};
use crate::http::{Place, Stopping, Who};

/// Where pages listen.
pub(super) const PATH: &str = "/changes";

/// Where a page listens that is drawn from the ledger as it is now.
pub(super) fn path(page: &Page) -> String {
    format!("{PATH}?size={}", page.entries())
}

/// How often connections and mirrors are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The least time between two calls: a page is drawn anew by each.
const REST: Duration = Duration::from_secs(5);

/// What a browser waits before it comes back, in milliseconds.
const RETRY_MS: u64 = 5000;

impl FromRequestParts<Shared> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Infallible> {
        let Parts {
            extensions,
            headers,
            ..
        } = parts;
        Ok(reader(&site.rates, site.behind_proxy, extensions, headers))
    }
}

/// Looks at the federation for all who listen: once for all of them, and not at all while nobody does.
#[derive(Default)]
pub(super) struct Lookout(Mutex<Option<Arc<watch::Sender<FederationMark>>>>);

impl Lookout {
    /// How things are now, and from then on.
    async fn join(&self, site: &Shared) -> watch::Receiver<FederationMark> {
        let mut slot = self.0.lock().await;
        let now = site.app.federation_mark().await;
        if let Some(sender) = &*slot {
            sender.send_if_modified(|known| {
                let is_new = *known != now;
                known.clone_from(&now);
                is_new
            });
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(now);
        let sender = Arc::new(sender);
        *slot = Some(Arc::clone(&sender));
        tokio::spawn(look(Arc::clone(site), sender));
        receiver
    }

    /// Ends looking, unless somebody came meanwhile.
    async fn leave(&self, sender: &watch::Sender<FederationMark>) -> bool {
        let mut slot = self.0.lock().await;
        let is_over = sender.is_closed();
        if is_over {
            *slot = None;
        }
        is_over
    }
}

/// Tells how things are whenever that differs, as long as somebody listens.
async fn look(site: Shared, sender: Arc<watch::Sender<FederationMark>>) {
    loop {
        let known = sender.borrow().clone();
        tokio::select! {
            () = sender.closed() => {
                if site.lookout.leave(&sender).await {
                    return;
                }
            }
            now = site.app.wait_for_federation(&known, LOOK) => {
                sender.send_if_modified(|known| {
                    let is_new = *known != now;
                    *known = now;
                    is_new
                });
            }
        }
    }
}

/// Whoever listens, until the browser or the node goes away.
struct Listener {
    site: Shared,
    marks: watch::Receiver<FederationMark>,
    sender: mpsc::Sender<Bytes>,
    stop: CancellationToken,
    _place: Place,
}

/// A stream that says `changed` when pages of the federation have something new to show. `size` names the leaves that the page
/// was drawn from: where there are more by now, it is told at once.
pub(super) async fn listen(
    State(site): State<Shared>,
    who: Who,
    stop: Stopping,
    asked: Asked,
) -> Result<Response, ApiError> {
    let drawn: Option<u64> = asked.get("size")?;
    let place = site.streams.take(who.client()).ok_or_else(|| {
        let detail = "as many pages listen as the node keeps, or as one reader may have; this one asks from time to time";
        ApiError::new(Kind::Busy, detail)
    })?;
    let (sender, receiver) = mpsc::channel(1);
    let marks = site.lookout.join(&site).await;
    let size = marks.borrow().size;
    let is_old = drawn.is_some_and(|drawn| drawn != size);
    let listener = Listener {
        site,
        marks,
        sender,
        stop: stop.0,
        _place: place,
    };
    tokio::spawn(listener.run(is_old));
    let pieces = unfold(receiver, |mut receiver: mpsc::Receiver<Bytes>| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, Infallible>(piece), receiver))
    });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy that gathers an answer before it passes it on would show nothing.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok((headers, Body::from_stream(pieces)).into_response())
}

impl Listener {
    async fn run(mut self, is_old: bool) {
        let mut piece = format!("retry: {RETRY_MS}\n\n");
        if is_old {
            piece.push_str(&changed(&self.marks.borrow()));
        }
        let (mut sent, heartbeat) = (Instant::now(), self.site.streams.limits().heartbeat);
        loop {
            if piece.is_empty() && sent.elapsed() >= heartbeat {
                piece.push_str(": alive\n\n");
            }
            if !piece.is_empty() {
                if !self.send(std::mem::take(&mut piece)).await {
                    return;
                }
                sent = Instant::now();
            }
            let Some(is_new) = self.next().await else {
                return;
            };
            if is_new {
                piece.push_str(&changed(&self.marks.borrow_and_update()));
                if !self.send(std::mem::take(&mut piece)).await || !self.rest().await {
                    return;
                }
                sent = Instant::now();
            }
        }
    }

    /// Waits a little; false when nobody listens any more.
    async fn rest(&self) -> bool {
        tokio::select! {
            () = self.sender.closed() => false,
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(REST) => true,
        }
    }

    /// Whether things differ, a little later at the latest; `None` when nobody listens any more.
    async fn next(&mut self) -> Option<bool> {
        tokio::select! {
            () = self.sender.closed() => None,
            () = self.stop.cancelled() => None,
            changed = timeout(LOOK, self.marks.changed()) => match changed {
                Ok(Ok(())) => Some(true),
                // Nobody looks any more.
                Ok(Err(_)) => None,
                Err(_) => Some(false),
            },
        }
    }

    /// Whether the reader took a piece in time.
    async fn send(&self, piece: String) -> bool {
        let patience = self.site.streams.limits().patience;
        tokio::select! {
            () = self.stop.cancelled() => false,
            sent = self.sender.send_timeout(Bytes::from(piece), patience) => sent.is_ok(),
        }
    }
}

fn changed(now: &FederationMark) -> String {
    format!("event: changed\ndata: {}\n\n", now.size)
}
