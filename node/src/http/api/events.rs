//! The event feed: page by page, waiting for news, or as a stream of server-sent events.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use countersign_bridge::event::{Event, EventKinds};
use futures::stream::unfold;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::{App, EventPage, EventQuery};
use crate::http::dto::{Events, StreamedEvent};
use crate::http::extract::{Parameters, Stopping};
use crate::http::openapi::{EventFilters, EventPaging, LastEventId};
use crate::http::problem::{ApiError, Kind};
use crate::http::rates::Who;
use crate::http::streams::Place;
use crate::http::{Served, StreamLimits};

/// The longest that a page waits for news, in seconds: less than a request may take.
const WAIT_S_MAX: u64 = 25;

/// The most events in one piece of a stream. Two pieces wait for a reader at most, so a stream holds a few hundred KiB.
const PIECE_EVENTS: usize = 64;

/// What a client waits before it comes back, in milliseconds.
const RETRY_MS: u64 = 3000;

const STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Everything that happened, one event for each leaf, in order and without holes.
///
/// `cursor` goes on as `after`, now or later. With `Accept: text/event-stream` it is a stream.
#[utoipa::path(
    get,
    path = "/events",
    tag = "Events",
    params(EventFilters, EventPaging),
    responses((status = 200, content((Events = "application/json"), (StreamedEvent = "text/event-stream")))),
    security(()),
)]
pub(super) async fn events(
    State(served): State<Served>,
    who: Who,
    stop: Stopping,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    if wants_stream(&headers) {
        return stream(State(served), who, stop, headers, parameters).await;
    }
    let (mut query, mut parameters) = query(parameters)?;
    query.limit = parameters.limit()?;
    let wait_s = parameters.get::<u64>("wait")?.unwrap_or(0);
    parameters.finish()?;
    if wait_s > WAIT_S_MAX {
        let why = format!("a page waits {WAIT_S_MAX} seconds at most");
        return Err(ApiError::parameter("wait", &why));
    }
    let until = Instant::now() + Duration::from_secs(wait_s);
    let place = (wait_s > 0).then(|| served.streams.take(who.client()));
    let mut page = served.app.events(query.clone()).await?;
    // Without a place the answer comes at once: the client asks again.
    while page.events.is_empty() && matches!(place, Some(Some(_))) {
        query.after = page.after;
        let patience = until.saturating_duration_since(Instant::now());
        if patience.is_zero() || !news(&served.app, &query, patience, &stop.0).await {
            break;
        }
        page = served.app.events(query.clone()).await?;
    }
    Ok(Json(view(page)).into_response())
}

fn view(page: EventPage) -> Events {
    let EventPage {
        events,
        after,
        has_more,
        size,
    } = page;
    Events {
        items: events,
        cursor: after.map(|after| after.to_string()),
        has_more,
        size,
    }
}

/// What both forms of the feed take.
fn query(mut parameters: Parameters) -> Result<(EventQuery, Parameters), ApiError> {
    let kinds = parameters.get::<EventKinds>("types")?.unwrap_or_default();
    let query = EventQuery {
        after: parameters.get("after")?,
        limit: PIECE_EVENTS,
        kinds: kinds.0,
        witnessed: parameters.get("witnessed")?.unwrap_or(false),
    };
    Ok((query, parameters))
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok()).unwrap_or("");
    accept
        .split(',')
        .filter_map(|part| part.split(';').next())
        .any(|essence| essence.trim().eq_ignore_ascii_case(STREAM))
}

/// Whether there may be news: false when the time is over or the node stops.
async fn news(app: &App, query: &EventQuery, patience: Duration, stop: &CancellationToken) -> bool {
    let begun = Instant::now();
    tokio::select! {
        () = stop.cancelled() => false,
        () = app.wait_for_events(query.after, query.witnessed, patience) => begun.elapsed() < patience,
    }
}

/// The same as server-sent events, for as long as the client reads.
///
/// `id` is the index of the leaf, `event` the type, `data` the event as in a page. A stream that ends has lost nothing: come
/// back with the last id.
#[utoipa::path(
    get,
    path = "/events/stream",
    tag = "Events",
    params(EventFilters, LastEventId),
    responses((status = 200, body = StreamedEvent, content_type = "text/event-stream")),
    security(()),
)]
pub(super) async fn stream(
    State(served): State<Served>,
    who: Who,
    Stopping(stop): Stopping,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let (mut query, parameters) = query(parameters)?;
    parameters.finish()?;
    if let Some(last) = headers.get(LAST_EVENT_ID) {
        let last = last.to_str().ok().and_then(|text| text.trim().parse().ok());
        let why = "it is the id of the last event that you have: a whole number";
        query.after = Some(last.ok_or_else(|| ApiError::header("Last-Event-ID", &why))?);
    }
    // Says at once what is wrong with the question.
    let first = served.app.events(query.clone()).await?;
    let place = served.streams.take(who.client());
    let place = place.ok_or_else(|| {
        let detail = "as many event streams are open as the node keeps, or as one client may have; close one, or read the \
                      feed page by page";
        ApiError::new(Kind::Busy, detail)
    })?;
    let (sender, receiver) = mpsc::channel(1);
    let feed = Feed {
        app: served.app.clone(),
        query,
        sender,
        stop,
        limits: *served.streams.limits(),
        _place: place,
    };
    tokio::spawn(feed.run(first));
    let pieces = unfold(receiver, |mut receiver: mpsc::Receiver<Bytes>| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, Infallible>(piece), receiver))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(STREAM)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A proxy that gathers an answer before it passes it on would show nothing.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// One stream.
struct Feed {
    app: App,
    query: EventQuery,
    sender: mpsc::Sender<Bytes>,
    stop: CancellationToken,
    limits: StreamLimits,
    _place: Place,
}

impl Feed {
    /// Sends events until the client or the node goes away. Every piece is whole events, so a stream that ends has lost
    /// nothing: its reader knows the last one.
    async fn run(mut self, first: EventPage) {
        let mut sent = Instant::now();
        let mut page = first;
        let mut piece = format!("retry: {RETRY_MS}\n\n");
        loop {
            self.query.after = page.after;
            for event in &page.events {
                write_event(&mut piece, event);
            }
            if piece.is_empty() && sent.elapsed() >= self.limits.heartbeat {
                write_heartbeat(&mut piece, page.after);
            }
            if !piece.is_empty() {
                if !self.send(std::mem::take(&mut piece)).await {
                    return;
                }
                sent = Instant::now();
            }
            if !page.has_more {
                let patience = self.limits.heartbeat.saturating_sub(sent.elapsed());
                tokio::select! {
                    () = self.sender.closed() => return,
                    () = self.stop.cancelled() => return,
                    () = self.app.wait_for_events(self.query.after, self.query.witnessed, patience) => {}
                }
            }
            // The client asks again from where it is, and hears the reason.
            let Ok(next) = self.app.events(self.query.clone()).await else {
                return;
            };
            page = next;
        }
    }

    /// Whether the reader took a piece in time.
    async fn send(&self, piece: String) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            sent = self.sender.send_timeout(Bytes::from(piece), self.limits.patience) => sent.is_ok(),
        }
    }
}

/// One event as a block of a stream (WHATWG HTML section 9.2). JSON of serde_json has no line breaks.
fn write_event(piece: &mut String, event: &Event) {
    let Ok(data) = serde_json::to_string(event) else {
        return;
    };
    let (id, kind) = (&event.id, event.kind);
    piece.push_str(&format!("id: {id}\nevent: {kind}\ndata: {data}\n\n"));
}

/// A comment; and the place, so that a client that waits for a rare type does not begin again far back.
fn write_heartbeat(piece: &mut String, after: Option<u64>) {
    piece.push_str(": alive\n");
    if let Some(after) = after {
        piece.push_str(&format!("id: {after}\n"));
    }
    piece.push('\n');
}
