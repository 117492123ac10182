//! Open data: what is served, and making it.

use axum::Json;
use axum::extract::State;

use crate::app::{AppError, Caller};
use crate::http::Served;
use crate::http::dto::{OpenDataView, OpenFileView};
use crate::http::extract::Parameters;
use crate::http::openapi::NotFound;
use crate::http::problem::ApiError;
use crate::open_data::OpenSet;

/// The set of open data that is served: the place in the ledger that it follows from, and its files, which lie below `/open-data/`. For everybody.
#[utoipa::path(
    get,
    path = "/open-data",
    tag = "Registry",
    responses((status = 200, body = OpenDataView), NotFound),
    security(()),
)]
pub(super) async fn show(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<OpenDataView>, ApiError> {
    parameters.finish()?;
    let none = || AppError::NotFound {
        what: "open data",
        id: "of this node".to_owned(),
    };
    let set = served.app.open_data().ok_or_else(none)?;
    Ok(Json(view(&set)))
}

/// Makes open data anew, as the node does every night. For the operator.
#[utoipa::path(
    post,
    path = "/open-data",
    tag = "Registry",
    responses((status = 200, body = OpenDataView)),
    security(("operator" = [])),
)]
pub(super) async fn make(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<OpenDataView>, ApiError> {
    parameters.finish()?;
    let set = served.app.make_open_data(&caller).await?;
    Ok(Json(view(&set)))
}

fn view(set: &OpenSet) -> OpenDataView {
    let files = set.files.iter().map(|it| OpenFileView {
        path: format!("/open-data/{}", it.name),
        bytes: it.bytes,
        sha256: hex::encode(it.sha256),
        rows: it.rows,
    });
    OpenDataView {
        made_ms: set.made_ms,
        ledger: set.package.ledger.clone(),
        files: files.collect(),
    }
}
