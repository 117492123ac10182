//! The log as C2SP tlog-tiles: a checkpoint and static tiles, so that auditors need none of our code.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_protocol::log::{Tile, TilePath};

use super::Served;
use super::problem::{ApiError, Kind};
use crate::witness::OriginHash;

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/{*path}", get(tile))
        .route("/trust/{*name}", get(trust_file))
        .route("/mirror/{origin}/checkpoint", get(mirrored_checkpoint))
        .route("/mirror/{origin}/tile/{*path}", get(mirrored_tile))
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
    let path = tile_path(uri.path().strip_prefix("/log/"))?;
    let bytes = match path {
        TilePath::Hashes(tile) => served.app.tile(tile).await?,
        TilePath::Entries(tile) => served.app.entries(tile).await?,
    };
    answer(path, bytes)
}

/// The newest checkpoint of a mirrored ledger whose leaves are all here, as a mirror of C2SP tlog-tiles gives it.
async fn mirrored_checkpoint(
    State(served): State<Served>,
    Path(origin): Path<String>,
) -> Result<Response, ApiError> {
    let note = served.app.mirrored_checkpoint(origin_of(&origin)?);
    let note = note.ok_or_else(not_mirrored)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, note).into_response())
}

async fn mirrored_tile(
    State(served): State<Served>,
    Path((origin, _)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, ApiError> {
    let prefix = format!("/mirror/{origin}/");
    let path = tile_path(uri.path().strip_prefix(&prefix))?;
    let bytes = served.app.mirrored_tile(origin_of(&origin)?, path).await?;
    answer(path, bytes)
}

/// A file of the trust registry, as a TUF repository lays it out. It proves itself.
async fn trust_file(
    State(served): State<Served>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let missing = || {
        ApiError::new(
            Kind::NotFound,
            "no such file of a trust registry is held here",
        )
    };
    let file = served.app.trust_file(name).await?.ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, file).into_response())
}

/// A mirrored ledger is named by the SHA-256 of its origin, as a witness names it (C2SP tlog-witness).
fn origin_of(text: &str) -> Result<OriginHash, ApiError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash)
        .map(|()| hash)
        .map_err(|_| not_mirrored())
}

fn not_mirrored() -> ApiError {
    ApiError::new(
        Kind::NotFound,
        "no ledger with this hash of its origin is mirrored here",
    )
}

fn tile_path(path: Option<&str>) -> Result<TilePath, ApiError> {
    path.ok_or_else(no_tile)?
        .parse::<TilePath>()
        .map_err(|error| ApiError::new(Kind::NotFound, error.to_string()))
}

fn no_tile() -> ApiError {
    ApiError::new(Kind::NotFound, "the log has no such tile")
}

fn answer(path: TilePath, bytes: Option<Vec<u8>>) -> Result<Response, ApiError> {
    let (TilePath::Hashes(tile) | TilePath::Entries(tile)) = path;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, cache(tile)),
    ];
    Ok((headers, bytes.ok_or_else(no_tile)?).into_response())
}

fn cache(tile: Tile) -> &'static str {
    if tile.is_full() { FULL } else { PARTIAL }
}
