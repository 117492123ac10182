//! NDCs, and the levels that balances are made of.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::record::{LevelSeries, Ndc};

use super::{Recorder, command, records, window};
use crate::app::Level;
use crate::http::Served;
use crate::http::api::view;
use crate::http::dto::{
    self, Article6Recorded, LevelView, NewLevels, NewNdc, Page, Proposed, RecordView,
};
use crate::http::extract::{Body, Parameters, PathValue};
use crate::http::openapi::{
    DryRun, LedgerWrite, NotListed, OptionalIdempotencyKey, Paging, Rejected, SeriesFilter, Tried,
    YearNumber,
};
use crate::http::problem::ApiError;

/// NDCs, by the first year of their implementation periods.
#[utoipa::path(
    get,
    path = "/ndcs",
    tag = "Article 6",
    responses((status = 200, body = Page<Ndc>)),
    security(()),
)]
pub(in crate::http::api) async fn ndcs(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<Ndc>>, ApiError> {
    parameters.finish()?;
    Ok(Json(view::whole(served.app.ndcs().into_iter())))
}

/// Records an NDC, or its target and trajectory anew. Its years and its method never change.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/ndcs",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewNdc,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_ndc(
    recorder: Recorder,
    Body(new): Body<NewNdc>,
) -> Result<Response, ApiError> {
    recorder.record(command::ndc(new)).await
}

/// The NDC whose implementation period has a year.
#[utoipa::path(
    get,
    path = "/ndcs/{year}",
    tag = "Article 6",
    params(YearNumber),
    responses((status = 200, body = Ndc)),
    security(()),
)]
pub(in crate::http::api) async fn ndc(
    State(served): State<Served>,
    PathValue(year): PathValue<u16>,
    parameters: Parameters,
) -> Result<Json<Ndc>, ApiError> {
    parameters.finish()?;
    Ok(Json(served.app.ndc(year)?))
}

/// The records of an NDC, oldest first.
#[utoipa::path(
    get,
    path = "/ndcs/{year}/versions",
    tag = "Article 6",
    params(YearNumber, Paging),
    responses((status = 200, body = Page<RecordView>), NotListed),
    security(()),
)]
pub(in crate::http::api) async fn ndc_versions(
    State(served): State<Served>,
    PathValue(year): PathValue<u16>,
    parameters: Parameters,
) -> Result<Json<Page<RecordView>>, ApiError> {
    let window = window(parameters)?;
    let page = served.app.ndc_versions(year, &window).await?;
    Ok(Json(records(page)))
}

/// Levels of emissions, of the indicator, and of certified emission reductions used, by year.
#[utoipa::path(
    get,
    path = "/levels",
    tag = "Article 6",
    params(SeriesFilter),
    responses((status = 200, body = Page<LevelView>)),
    security(()),
)]
pub(in crate::http::api) async fn levels(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<LevelView>>, ApiError> {
    let series: Option<LevelSeries> = parameters.word("series")?;
    parameters.finish()?;
    let all = served.app.levels(series).into_iter();
    let views = all.map(
        |Level {
             series,
             year,
             level,
         }| LevelView {
            series,
            year,
            level,
        },
    );
    Ok(Json(view::whole(views)))
}

/// Records levels of one source, all of them or none. A level of the same year takes the place of an earlier one.
///
/// Under a process a second official approves them.
#[utoipa::path(
    post,
    path = "/levels",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewLevels,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_levels(
    recorder: Recorder,
    Body(new): Body<NewLevels>,
) -> Result<Response, ApiError> {
    recorder.record(command::levels(new)?).await
}
