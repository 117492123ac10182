//! What only a sandbox answers: what time it is there, and moving its clock. An ordinary node has none of these routes.

use axum::extract::State;
use axum::http::HeaderName;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};

use super::Served;
use super::dto::{MoveTime, SandboxView};
use super::extract::Body;
use super::problem::{ApiError, Kind};
use crate::app::Caller;
use crate::clock::{TimeTravel, now_ms};

/// Marks every answer of a sandbox.
pub(super) const MARK: HeaderName = HeaderName::from_static("countersign-sandbox");

pub(super) fn routes(travel: TimeTravel) -> Router<Served> {
    Router::new()
        .route("/sandbox", get(show))
        .route("/sandbox/time", post(forward))
        .layer(Extension(travel))
}

async fn show(Extension(travel): Extension<TimeTravel>) -> Json<SandboxView> {
    Json(view(&travel))
}

/// For the operator: everybody's deadlines move.
async fn forward(
    caller: Caller,
    State(served): State<Served>,
    Extension(travel): Extension<TimeTravel>,
    Body(MoveTime { forward_ms }): Body<MoveTime>,
) -> Result<Json<SandboxView>, ApiError> {
    caller.operator()?;
    let moved = tokio::task::spawn_blocking({
        let travel = travel.clone();
        move || travel.forward(forward_ms)
    });
    let failed = |error: &dyn std::fmt::Display| ApiError::new(Kind::Internal, error.to_string());
    let moved = moved.await.map_err(|error| failed(&error))?;
    if !moved.map_err(|error| failed(&error))? {
        let why = "the clock of a sandbox goes at most a hundred years ahead; start a new one";
        return Err(ApiError::new(Kind::Invalid, why));
    }
    // What is due by now is carried out before the answer; reminders and lanes follow within a minute.
    served.app.lapse().await?;
    Ok(Json(view(&travel)))
}

fn view(travel: &TimeTravel) -> SandboxView {
    SandboxView {
        now_ms: now_ms(),
        ahead_ms: travel.ahead_ms(),
    }
}
