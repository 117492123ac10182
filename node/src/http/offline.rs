//! The offline verifier, to be kept: one page that goes on working without this node.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_verifier::page::content_security_policy;

use super::Served;
use super::problem::ApiError;

pub(super) fn routes() -> Router<Served> {
    Router::new().route("/verify/offline.html", get(page))
}

/// With the keys and the quorum that this node believes, so that whoever keeps it needs to bring none.
async fn page(State(served): State<Served>) -> Result<Response, ApiError> {
    let policy = served.app.policy()?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, content_security_policy()),
    ];
    Ok((headers, countersign_verifier::page::page(&policy)).into_response())
}
