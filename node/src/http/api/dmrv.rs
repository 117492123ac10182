//! Monitoring data: sources, blueprints, points, batches.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_bridge::dmrv::{
    BLUEPRINT_SCHEMA, CSV_BYTES_MAX, Figure, POINT_SCHEMA, Point, read_csv,
};
use countersign_protocol::log::Hash;

use super::write::done_with;
use crate::app::{BatchStanding, Caller, SealWish};
use crate::http::Served;
use crate::http::dto::{
    BatchView, BlueprintView, DataPoint, DataPointsTaken, FigureView, NewBatchBody, NewBlueprint,
    NewDataPoints, NewSource, Page, PointProofView, SourceView,
};
use crate::http::extract::{Body, Parameters, PathValue, PathValues, WriteMode};
use crate::http::openapi::{
    BatchRoot, DryRun, Invalid, NotFound, PointPlace, ProjectNumber, Rejected, Second,
    SourceNumber, TooLarge, Tried,
};
use crate::http::problem::{ApiError, Kind};
use crate::monitoring::{KeptBlueprint, PointsWish, Source};

/// The most points of one JSON body.
const POINTS_MAX: usize = 1_000;

/// The sources of a project: instruments and data systems that sign their points.
#[utoipa::path(
    get,
    path = "/projects/{number}/sources",
    tag = "Monitoring data",
    params(ProjectNumber),
    responses((status = 200, body = Page<SourceView>), NotFound),
)]
pub(super) async fn sources(
    caller: Caller,
    State(served): State<Served>,
    PathValue(project): PathValue<u32>,
    parameters: Parameters,
) -> Result<Json<Page<SourceView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.sources(&caller, project).await?;
    let items = all.into_iter().map(source).collect();
    Ok(Json(Page { items, next: None }))
}

/// Enters a source of a project, with the key by which its points are known.
#[utoipa::path(
    post,
    path = "/projects/{number}/sources",
    tag = "Monitoring data",
    params(ProjectNumber, DryRun),
    request_body = NewSource,
    responses((status = 201, body = SourceView), NotFound, Tried, Rejected),
)]
pub(super) async fn add_source(
    caller: Caller,
    State(served): State<Served>,
    PathValue(project): PathValue<u32>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewSource>,
) -> Result<Response, ApiError> {
    let made = served
        .app
        .add_source(&caller, project, &new.name, &new.key, mode)
        .await?;
    Ok(done_with(mode, StatusCode::CREATED, source(made)))
}

/// Takes nothing of a source from now on. What it gave stays.
#[utoipa::path(
    post,
    path = "/sources/{id}/revoke",
    tag = "Monitoring data",
    params(SourceNumber, DryRun),
    responses((status = 200, body = SourceView), NotFound, Tried),
)]
pub(super) async fn revoke_source(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    WriteMode(mode): WriteMode,
) -> Result<Response, ApiError> {
    let revoked = served.app.revoke_source(&caller, id, mode).await?;
    Ok(done_with(mode, StatusCode::OK, source(revoked)))
}

/// The blueprints by which tonnes follow from data points.
#[utoipa::path(
    get,
    path = "/blueprints",
    tag = "Monitoring data",
    responses((status = 200, body = Page<BlueprintView>)),
    security(()),
)]
pub(super) async fn blueprints(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<BlueprintView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.blueprints().await?;
    let items = all.into_iter().map(blueprint).collect();
    Ok(Json(Page { items, next: None }))
}

/// Enters a version of a blueprint. What an id and a version say never changes; the same again is no fault.
#[utoipa::path(
    post,
    path = "/blueprints",
    tag = "Monitoring data",
    params(DryRun),
    request_body = NewBlueprint,
    responses((status = 201, body = BlueprintView), Tried, Rejected, Second),
)]
pub(super) async fn add_blueprint(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewBlueprint>,
) -> Result<Response, ApiError> {
    let made = served.app.add_blueprint(&caller, &new.file, mode).await?;
    Ok(done_with(mode, StatusCode::CREATED, blueprint(made)))
}

/// Takes data points, all of them or none; the same again is no fault.
#[utoipa::path(
    post,
    path = "/data-points",
    tag = "Monitoring data",
    params(DryRun),
    request_body = NewDataPoints,
    responses((status = 200, body = DataPointsTaken), Tried, Rejected, Second),
)]
pub(super) async fn points(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewDataPoints>,
) -> Result<Response, ApiError> {
    if new.points.len() > POINTS_MAX {
        let why = "at most 1000 points at a time; a file may have 50000";
        return Err(ApiError::new(Kind::TooLarge, why));
    }
    let points = new.points.into_iter().map(read).collect();
    let taken = served.app.add_points(&caller, points, mode).await?;
    let taken = DataPointsTaken {
        new: taken.new,
        known: taken.known,
    };
    Ok(done_with(mode, StatusCode::OK, taken))
}

/// Takes the data points of a CSV file, all of them or none. The columns are those of a point in JSON.
#[utoipa::path(
    post,
    path = "/data-points/file",
    tag = "Monitoring data",
    params(DryRun),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = DataPointsTaken), Tried, Invalid, Rejected, Second, TooLarge),
)]
pub(super) async fn points_file(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    request: Request,
) -> Result<Response, ApiError> {
    let _turn = served.turn_for_a_file()?;
    let bytes = to_bytes(request.into_body(), CSV_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| {
        let why = "a file of points has at most 16 MiB: send it in parts";
        ApiError::new(Kind::TooLarge, why)
    })?;
    let points =
        read_csv(&bytes).map_err(|error| ApiError::new(Kind::Malformed, error.to_string()))?;
    let taken = served.app.add_points(&caller, points, mode).await?;
    let taken = DataPointsTaken {
        new: taken.new,
        known: taken.known,
    };
    Ok(done_with(mode, StatusCode::OK, taken))
}

/// The JSON Schema (2020-12) of a data point.
#[utoipa::path(
    get,
    path = "/data-points/schema",
    tag = "Monitoring data",
    responses((status = 200, body = serde_json::Value, content_type = "application/schema+json")),
    security(()),
)]
pub(super) async fn point_schema(parameters: Parameters) -> Result<Response, ApiError> {
    parameters.finish()?;
    Ok(schema(POINT_SCHEMA))
}

/// The JSON Schema (2020-12) of a blueprint.
#[utoipa::path(
    get,
    path = "/blueprints/schema",
    tag = "Monitoring data",
    responses((status = 200, body = serde_json::Value, content_type = "application/schema+json")),
    security(()),
)]
pub(super) async fn blueprint_schema(parameters: Parameters) -> Result<Response, ApiError> {
    parameters.finish()?;
    Ok(schema(BLUEPRINT_SCHEMA))
}

fn schema(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], text).into_response()
}

/// The batches of a project, the newest first.
#[utoipa::path(
    get,
    path = "/projects/{number}/batches",
    tag = "Monitoring data",
    params(ProjectNumber),
    responses((status = 200, body = Page<BatchView>), NotFound),
)]
pub(super) async fn batches(
    caller: Caller,
    State(served): State<Served>,
    PathValue(project): PathValue<u32>,
    parameters: Parameters,
) -> Result<Json<Page<BatchView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.batches(&caller, project).await?;
    let items = all.into_iter().map(|it| {
        let figures = serde_json::from_str(&it.batch.figures).unwrap_or_default();
        batch(it, figures, None)
    });
    Ok(Json(Page {
        items: items.collect(),
        next: None,
    }))
}

/// Seals the points of a project over a span under one root, with the tonnes of each year that the blueprint computes from them.
///
/// A point is in one batch. A monitoring report names roots in its field `evidence`, and claims no more than their figures.
#[utoipa::path(
    post,
    path = "/projects/{number}/batches",
    tag = "Monitoring data",
    params(ProjectNumber, DryRun),
    request_body = NewBatchBody,
    responses((status = 201, body = BatchView), NotFound, Tried, Rejected, Second),
)]
pub(super) async fn seal(
    caller: Caller,
    State(served): State<Served>,
    PathValue(project): PathValue<u32>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewBatchBody>,
) -> Result<Response, ApiError> {
    let wish = SealWish {
        points: PointsWish {
            project,
            from: new.from,
            until: new.until,
        },
        blueprint: new.blueprint,
        version: new.version,
    };
    let (made, figures) = served.app.seal_batch(&caller, &wish, mode).await?;
    let figures = figures.into_iter().map(figure).collect();
    let made = BatchStanding {
        batch: made,
        committed_at: None,
    };
    let made = batch(made, figures, Some(true));
    Ok(done_with(mode, StatusCode::CREATED, made))
}

/// A batch, computed again from its points.
#[utoipa::path(
    get,
    path = "/batches/{root}",
    tag = "Monitoring data",
    params(BatchRoot),
    responses((status = 200, body = BatchView), NotFound),
)]
pub(super) async fn show(
    caller: Caller,
    State(served): State<Served>,
    PathValue(root): PathValue<Root>,
    parameters: Parameters,
) -> Result<Json<BatchView>, ApiError> {
    parameters.finish()?;
    let (found, figures, is_same) = served.app.check_batch(&caller, &root.0).await?;
    let figures = figures.into_iter().map(figure).collect();
    Ok(Json(batch(found, figures, Some(is_same))))
}

/// The points of a batch as CSV, in the order of its tree: with them everybody can compute root and figures again.
#[utoipa::path(
    get,
    path = "/batches/{root}/points",
    tag = "Monitoring data",
    params(BatchRoot),
    responses((status = 200, body = String, content_type = "text/csv"), NotFound),
)]
pub(super) async fn batch_points(
    caller: Caller,
    State(served): State<Served>,
    PathValue(root): PathValue<Root>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    parameters.finish()?;
    let points = served.app.points_of_batch(&caller, &root.0).await?;
    let text = countersign_bridge::dmrv::write_csv(&points);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
}

/// That a point is in a batch: its leaf and the hashes from it to the root.
#[utoipa::path(
    get,
    path = "/batches/{root}/points/{index}/proof",
    tag = "Monitoring data",
    params(BatchRoot, PointPlace),
    responses((status = 200, body = PointProofView), NotFound),
)]
pub(super) async fn proof(
    caller: Caller,
    State(served): State<Served>,
    PathValues(root, index): PathValues<Root, u64>,
    parameters: Parameters,
) -> Result<Json<PointProofView>, ApiError> {
    parameters.finish()?;
    let found = served.app.point_proof(&caller, &root.0, index).await?;
    Ok(Json(PointProofView {
        point: shown(found.point),
        text: found.text,
        leaf: hex::encode(found.leaf),
        index,
        size: found.size,
        hashes: found.hashes.iter().map(hex::encode).collect(),
    }))
}

/// A root in a path.
pub(super) struct Root(Hash);

impl std::str::FromStr for Root {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let mut root = Hash::default();
        hex::decode_to_slice(text, &mut root).map_err(|_| "a root has 64 hex digits")?;
        Ok(Self(root))
    }
}

fn source(of: Source) -> SourceView {
    SourceView {
        source: of.id,
        project: of.project,
        name: of.name,
        key: of.key,
        added_ms: of.added_ms,
        revoked_ms: of.revoked_ms,
    }
}

fn blueprint(of: KeptBlueprint) -> BlueprintView {
    BlueprintView {
        id: of.blueprint.id,
        version: of.blueprint.version,
        title: of.blueprint.title,
        hash: hex::encode(of.blueprint.hash),
        file: of.file,
        added_ms: of.added_ms,
    }
}

fn read(of: DataPoint) -> Point {
    Point {
        source: of.source,
        input: of.input,
        value: of.value,
        unit: of.unit,
        uncertainty: of.uncertainty,
        start: of.start,
        end: of.end,
        signature: of.signature,
    }
}

fn shown(of: Point) -> DataPoint {
    DataPoint {
        source: of.source,
        input: of.input,
        value: of.value,
        unit: of.unit,
        uncertainty: of.uncertainty,
        start: of.start,
        end: of.end,
        signature: of.signature,
    }
}

fn figure(of: Figure) -> FigureView {
    FigureView {
        year: of.year,
        value: of.value,
        lower: of.lower,
        upper: of.upper,
        tonnes: of.tonnes,
        points: of.points as u64,
    }
}

fn batch(of: BatchStanding, figures: Vec<FigureView>, checked: Option<bool>) -> BatchView {
    let BatchStanding {
        batch: of,
        committed_at,
    } = of;
    BatchView {
        root: hex::encode(of.root),
        project: of.project,
        blueprint: of.blueprint.0,
        version: of.blueprint.1,
        points: of.points,
        figures,
        sealed_ms: of.sealed_ms,
        used_by: of.used_by,
        committed_at,
        checked,
    }
}
