//! The offline verifier, to be kept: one page that goes on working without this node.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_verifier::page::{PAGE, content_security_policy};

use super::Served;

pub(super) fn routes() -> Router<Served> {
    Router::new().route("/verify/offline.html", get(page))
}

async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, content_security_policy()),
    ];
    (headers, PAGE).into_response()
}
