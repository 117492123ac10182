//! The calls that an older national MRV makes to a registry: `national/...` with an API key in the header `api_key`.
//!
//! They have the answers of the program that those systems know: `statusCode` and `message` beside the status.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use countersign_bridge::mrv::calls::Call;
use serde_json::{Value, json};

use super::Served;
use crate::app::{AppError, Caller};

/// The largest call, in bytes: a document comes in one, in base64.
const CALL_BYTES_MAX: usize = 16 * 1024 * 1024;

pub(super) fn routes() -> Router<Served> {
    Router::new().route("/national/{thing}/{call}", post(take).put(take))
}

async fn take(
    State(served): State<Served>,
    Path((thing, call)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    request: Request,
) -> Response {
    match taken(&served, &thing, &call, &method, &headers, request).await {
        Ok(()) => answer(StatusCode::CREATED, "taken"),
        Err((status, why)) => answer(status, &why),
    }
}

fn answer(status: StatusCode, message: &str) -> Response {
    let body = json!({"statusCode": status.as_u16(), "message": message});
    (status, Json(body)).into_response()
}

async fn taken(
    served: &Served,
    thing: &str,
    call: &str,
    method: &Method,
    headers: &HeaderMap,
    request: Request,
) -> Result<(), (StatusCode, String)> {
    let call = Call::of(method == Method::PUT, thing, call).ok_or_else(|| {
        let why = "this registry takes no such call; docs/bridges.md lists those that it takes";
        (StatusCode::NOT_FOUND, why.to_owned())
    })?;
    let key = headers.get("api_key").and_then(|it| it.to_str().ok());
    let caller: Caller = served
        .app
        .authenticate(key.unwrap_or_default())
        .await
        .map_err(|error| refused(&error))?;
    let body = axum::body::to_bytes(request.into_body(), CALL_BYTES_MAX).await;
    let body = body.map_err(|_| {
        let why = "a call has at most 16 MiB".to_owned();
        (StatusCode::PAYLOAD_TOO_LARGE, why)
    })?;
    let body: Value = serde_json::from_slice(&body).map_err(|error| {
        (
            StatusCode::BAD_REQUEST,
            format!("the body is no JSON: {error}"),
        )
    })?;
    let taken = served.app.take_mrv_call(&caller, call, &body).await;
    taken.map_err(|error| refused(&error))
}

fn refused(error: &AppError) -> (StatusCode, String) {
    let status = match error {
        AppError::NotAuthorised => StatusCode::UNAUTHORIZED,
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        AppError::BadInput { .. } => StatusCode::BAD_REQUEST,
        AppError::Bridge(_) => StatusCode::NOT_FOUND,
        AppError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error.to_string())
}
