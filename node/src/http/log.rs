//! The log as C2SP tlog-tiles: a checkpoint and static tiles, so that auditors need none of our code.

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_protocol::log::{Tile, TilePath};

use super::Served;
use super::problem::{ApiError, Kind};

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/{*path}", get(tile))
}

/// The newest checkpoint that a quorum of witnesses has cosigned; before there is one, the newest signed one.
async fn checkpoint(State(served): State<Served>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let note = served.app.checkpoint().note.to_string();
    (headers, note).into_response()
}

/// A full tile never changes. A partial one is the head of a tile that grows: it does not change either, but few ask for
/// the same one twice.
const FULL: &str = "public, max-age=31536000, immutable";
const PARTIAL: &str = "public, max-age=60";

async fn tile(State(served): State<Served>, uri: Uri) -> Result<Response, ApiError> {
    let missing = || ApiError::new(Kind::NotFound, "the log has no such tile");
    let path = uri.path().strip_prefix("/log/").ok_or_else(missing)?;
    let path = path
        .parse::<TilePath>()
        .map_err(|error| ApiError::new(Kind::NotFound, error.to_string()))?;
    let (tile, content_type, bytes) = match path {
        TilePath::Hashes(tile) => (
            tile,
            "application/octet-stream",
            served.app.tile(tile).await?,
        ),
        TilePath::Entries(tile) => (
            tile,
            "application/octet-stream",
            served.app.entries(tile).await?,
        ),
    };
    let bytes = bytes.ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, cache(tile)),
    ];
    Ok((headers, bytes).into_response())
}

fn cache(tile: Tile) -> &'static str {
    if tile.is_full() { FULL } else { PARTIAL }
}
