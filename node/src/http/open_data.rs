//! Open data as files, for everybody: the newest set, each file with the hash that its descriptor names.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Served;
use super::problem::ApiError;

pub(super) fn routes() -> Router<Served> {
    Router::new().route("/open-data/{name}", get(file))
}

/// Kept by everybody, and asked about each time: a set is replaced at night, and its files belong together.
const CACHE: &str = "public, no-cache";

/// The digest of the whole file (RFC 9530).
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

async fn file(
    State(served): State<Served>,
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    let (file, content) = served.app.open_data_file(&name).await?;
    let tag = format!("\"{}\"", hex::encode(file.sha256));
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let mut known = known
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','));
    let is_known = known.any(|it| it.trim().trim_start_matches("W/") == tag || it.trim() == "*");
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from_stream(content));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(file.media_type),
        );
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    // Whoever makes maps and tables in a browser may read it from another host: it is for everybody.
    let everybody = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody);
    let digest = format!("sha-256=:{}:", STANDARD.encode(file.sha256));
    for (name, value) in [(header::ETAG, tag), (REPR_DIGEST, digest)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}
