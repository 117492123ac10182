//! The witness over HTTP (C2SP tlog-witness): submission and reading under one address.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use countersign_protocol::log::witness::ADD_CHECKPOINT_BYTES_MAX;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;
use tracing::error;

use super::{OriginHash, Reply, Witness};

/// Requests judged at one time. Each waits for one synced write; more would only queue inside RocksDB.
const JUDGED_AT_ONCE: usize = 64;

/// Longest time for one request, from its first byte to the answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Served {
    witness: Arc<Witness>,
    now_s: fn() -> u64,
    places: Arc<Semaphore>,
}

/// `POST /add-checkpoint`, `GET /<hex SHA-256 of the origin>/checkpoint` and `GET /healthz`. `now_s` gives seconds since
/// 1970. The answer to a request stands even if the asker has gone: what was begun is finished.
pub fn router(witness: Arc<Witness>, now_s: fn() -> u64) -> Router {
    let places = Arc::new(Semaphore::new(JUDGED_AT_ONCE));
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(latest))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(DefaultBodyLimit::max(ADD_CHECKPOINT_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .with_state(Served {
            witness,
            now_s,
            places,
        })
}

async fn add_checkpoint(State(served): State<Served>, body: Bytes) -> Response {
    let Ok(body) = String::from_utf8(body.into()) else {
        return (StatusCode::BAD_REQUEST, "the request is not UTF-8 text\n").into_response();
    };
    let Ok(place) = served.places.acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let judged = tokio::task::spawn_blocking(move || {
        let reply = served.witness.add_checkpoint(&body, (served.now_s)());
        drop(place);
        reply
    });
    match judged.await {
        Ok(reply) => respond(reply),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn respond(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, reply.content_type())],
        reply.body,
    )
        .into_response()
}

async fn latest(State(served): State<Served>, Path(origin): Path<String>) -> Response {
    let Some(origin) = parse_origin(&origin) else {
        let help = "the address reads /<SHA-256 of the origin in lower-case hex>/checkpoint\n";
        return (StatusCode::NOT_FOUND, help).into_response();
    };
    let read = tokio::task::spawn_blocking(move || served.witness.latest(origin)).await;
    match read {
        Ok(Ok(Some(note))) => {
            // It changes with the next checkpoint.
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (headers, note).into_response()
        }
        Ok(Ok(None)) => (
            StatusCode::NOT_FOUND,
            "no checkpoint of this log was cosigned here\n",
        )
            .into_response(),
        Ok(Err(problem)) => {
            error!(%problem, "a remembered checkpoint cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn parse_origin(text: &str) -> Option<OriginHash> {
    let is_lower = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_lower {
        return None;
    }
    hex::decode(text).ok()?.try_into().ok()
}
