//! For those who watch the process: is it up, is it ready, how is it.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Served;
use super::dto::Fault;
use super::problem::{ApiError, Kind};

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// 200 when the ledger can write and its log has been witnessed at least once; otherwise 503 and every reason.
async fn ready(State(served): State<Served>) -> Result<&'static str, ApiError> {
    let reasons = served.app.not_ready();
    if reasons.is_empty() {
        return Ok("ready\n");
    }
    let problem = ApiError::new(Kind::NotReady, reasons.join("; "));
    Err(reasons.into_iter().fold(problem, |problem, detail| {
        problem.with(Fault {
            detail,
            ..Fault::default()
        })
    }))
}

/// OpenMetrics text, as Prometheus reads it.
async fn metrics(State(served): State<Served>) -> Result<Response, ApiError> {
    let status = served.app.status().await?;
    let bridges = served.app.bridges_in_numbers().await;
    let text = served
        .metrics
        .render(&status, &bridges)
        .map_err(|_| ApiError::new(Kind::Internal, "the metrics could not be written"))?;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}
