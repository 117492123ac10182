//! Transfers between countries.

use axum::Json;
use axum::extract::State;
use countersign_protocol::id::TransferId;
use countersign_protocol::registry::{Direction, TransferStage};

use super::view;
use crate::app::TransferQuery;
use crate::http::Served;
use crate::http::dto::{Page, StateName, TransferView};
use crate::http::extract::{Parameters, PathValue};
use crate::http::openapi::TransferNumber;
use crate::http::problem::ApiError;

pub(super) async fn list(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<TransferView>>, ApiError> {
    let query = TransferQuery {
        direction: parameters.word::<Direction>("direction")?,
        stage: parameters.word::<StateName>("state")?.map(stage),
        before: parameters.get("after")?,
    };
    let limit = parameters.limit()?;
    parameters.finish()?;
    let listed = served.app.transfers(query, limit).await?;
    Ok(Json(view::page(listed.map(view::transfer))))
}

/// A transfer between countries, with what became of it.
#[utoipa::path(
    get,
    path = "/transfers/{id}",
    tag = "Transfers between countries",
    params(TransferNumber),
    responses((status = 200, body = TransferView)),
    security(()),
)]
pub(super) async fn show(
    State(served): State<Served>,
    PathValue(id): PathValue<TransferId>,
    parameters: Parameters,
) -> Result<Json<TransferView>, ApiError> {
    parameters.finish()?;
    Ok(Json(view::transfer(served.app.transfer(id).await?)))
}

pub(super) fn stage(name: StateName) -> TransferStage {
    match name {
        StateName::Locked => TransferStage::Locked,
        StateName::Final => TransferStage::Final,
        StateName::Released => TransferStage::Released,
        StateName::Acquired => TransferStage::Acquired,
        StateName::Refused => TransferStage::Refused,
    }
}
