//! Reports under Article 6: the annual report as files, checked, compared, frozen and kept.

pub(crate) mod notifications;
pub(crate) mod units;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_bridge::aef::{WriteError, write_csv, write_json, write_workbook};
use countersign_protocol::article6::aef::check::{Finding, Severity};
use countersign_protocol::article6::aef::diff::{Difference, RowChange};
use countersign_protocol::article6::aef::value::Value as _;
use countersign_protocol::article6::aef::{Aef, Table, Version};
use serde::Deserialize;

use super::document;
use super::view;
use super::write::done_with;
use crate::app::{AefChanges, AefDraft, AefWish, Caller};
use crate::http::Served;
use crate::http::dto::{
    AefCellChange, AefChangesView, AefCheckView, AefCrossCheckView, AefFinding, AefRowChange,
    AefRows, FileHash, FreezeAef, Page, SubmissionView,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    AefFormat, AefName, DryRun, NotFound, PartyFilter, Rejected, Second, SubmissionHash, TooLarge,
    Tried,
};
use crate::http::percent::disposition;
use crate::http::problem::{ApiError, Kind};
use crate::reports::{SubmissionOrigin, Submitted};

/// The largest file that is taken, in bytes: a workbook of 100,000 actions has a fifth of it.
pub(crate) const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The kind of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileFormat {
    #[default]
    Json,
    Csv,
    Xlsx,
}

/// A media type, and the ending of a file's name.
type Media = (&'static str, &'static str);

const JSON: Media = ("application/json", "json");
const CSV: Media = ("text/csv; charset=utf-8", "csv");
const WORKBOOK: Media = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsx",
);

/// A file of a report, under the name that it is known by.
pub(crate) fn file(aef: &Aef, format: FileFormat, name: &str) -> Result<Response, ApiError> {
    Ok(match format {
        FileFormat::Json => attached(write_json(aef).into_bytes(), JSON, name),
        FileFormat::Csv => attached(write_csv(aef).into_bytes(), CSV, name),
        FileFormat::Xlsx => {
            let workbook = write_workbook(aef).map_err(|error| unwritten(&error))?;
            attached(workbook, WORKBOOK, name)
        }
    })
}

fn attached(bytes: Vec<u8>, (media, ending): Media, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&disposition(&format!("{name}.{ending}"))) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

pub(crate) fn unwritten(error: &WriteError) -> ApiError {
    tracing::error!(%error, "a workbook cannot be written");
    ApiError::new(Kind::Internal, "the workbook cannot be written")
}

const VERSION_WANTED: &str = "write a version as 1.0";

/// The report that the parameters name.
fn wish(parameters: &mut Parameters) -> Result<AefWish, ApiError> {
    let missing = || ApiError::parameter("year", &"name the reported year");
    let text = parameters.text("version");
    let read = |text: String| {
        Version::parse(&text).ok_or_else(|| ApiError::parameter("version", &VERSION_WANTED))
    };
    Ok(AefWish {
        year: parameters.year("year")?.ok_or_else(missing)?,
        version: text.map(read).transpose()?,
        submitted: parameters.get("submitted")?,
    })
}

/// The annual report of a year in the agreed electronic format, as the ledger has it now.
///
/// Nothing is kept by it: `POST article6/submissions` freezes it. `article6/aef/check` says what the checks find.
#[utoipa::path(
    get,
    path = "/article6/aef",
    tag = "Reports",
    params(AefName, AefFormat),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("Content-Disposition" = String, description = "`attachment` with a file name."))),
    ),
)]
pub(in crate::http::api) async fn aef(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let (wish, format) = (wish(&mut parameters)?, parameters.word("format")?);
    parameters.finish()?;
    let draft = served.app.aef_draft(&caller, wish).await?;
    let AefDraft {
        party,
        year,
        version,
        aef,
        ..
    } = draft;
    let name = format!("AEF-{party}-{year}-{version}-draft");
    written(move || file(&aef, format.unwrap_or_default(), &name)).await
}

/// Writing a large file takes a thread of its own.
pub(crate) async fn written<T: Send + 'static>(
    write: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let ended = |_| ApiError::new(Kind::Internal, "a task of the node ended early");
    tokio::task::spawn_blocking(write).await.map_err(ended)?
}

/// What the checks find in the annual report of a year as the ledger has it now.
///
/// Against this country's earlier submissions and partners' submissions for the year, as far as they are kept.
#[utoipa::path(
    get,
    path = "/article6/aef/check",
    tag = "Reports",
    params(AefName),
    responses((status = 200, body = AefCheckView)),
)]
pub(in crate::http::api) async fn check(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<AefCheckView>, ApiError> {
    let wish = wish(&mut parameters)?;
    parameters.finish()?;
    let draft = served.app.aef_draft(&caller, wish).await?;
    Ok(Json(check_view(&draft)))
}

fn check_view(of: &AefDraft) -> AefCheckView {
    let count = |severity| of.report.count(severity) as u64;
    let findings = of.report.findings.iter().map(finding_view);
    AefCheckView {
        party: of.party,
        year: of.year,
        version: of.version.to_string(),
        ledger_size: of.ledger_size,
        sound: count(Severity::Error) == 0,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        left_out: of.report.left_out() as u64,
        rows: Table::ALL
            .map(|table| AefRows {
                table: table.name().to_owned(),
                rows: of.aef.len(table) as u64,
            })
            .into(),
        without_initial_report: of.without_initial_report.iter().copied().collect(),
        findings: findings.collect(),
    }
}

fn finding_view(it: &Finding) -> AefFinding {
    let columns = it.place.table.columns();
    let column = it.place.column.and_then(|at| columns.get(at));
    AefFinding {
        check: it.check.id.to_owned(),
        severity: match it.check.severity {
            Severity::Error => "error".to_owned(),
            Severity::Warning => "warning".to_owned(),
        },
        table: it.place.table.number() as u64,
        row: it.place.row.map(|place| place as u64 + 1),
        column: column.map(|column| column.label.clone()),
        message: it.message.clone(),
    }
}

/// What a partner's submission that is kept says against this country's report of the same year (6/CMA.4 annex I para 39).
///
/// Against the newest submission for the year, or the report as the ledger has it where none was kept.
#[utoipa::path(
    get,
    path = "/article6/submissions/{sha256}/cross-check",
    tag = "Reports",
    params(SubmissionHash),
    responses((status = 200, body = AefCrossCheckView), NotFound),
)]
pub(in crate::http::api) async fn cross_check(
    caller: Caller,
    State(served): State<Served>,
    PathValue(sha256): PathValue<FileHash>,
    parameters: Parameters,
) -> Result<Json<AefCrossCheckView>, ApiError> {
    parameters.finish()?;
    let compared = served.app.aef_against(&caller, &sha256.0).await?;
    Ok(Json(AefCrossCheckView {
        theirs: submission_view(&compared.theirs),
        ours: compared.ours.as_ref().map(submission_view),
        agrees: compared.findings.is_empty(),
        findings: compared.findings.iter().map(finding_view).collect(),
    }))
}

/// How the annual report of a year differs from the last submission for it, row by row and cell by cell.
#[utoipa::path(
    get,
    path = "/article6/aef/diff",
    tag = "Reports",
    params(AefName),
    responses((status = 200, body = AefChangesView), NotFound),
)]
pub(in crate::http::api) async fn changes(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<AefChangesView>, ApiError> {
    let wish = wish(&mut parameters)?;
    parameters.finish()?;
    let AefChanges { last, changes } = served.app.aef_changes(&caller, wish).await?;
    Ok(Json(AefChangesView {
        last: submission_view(&last),
        changes: changes.into_iter().map(change_view).collect(),
    }))
}

fn change_view(of: RowChange) -> AefRowChange {
    let label = |at: usize| {
        let column = of.table.columns().get(at);
        column.map_or_else(String::new, |column| column.label.clone())
    };
    let cells = of.cells.iter().map(|it| AefCellChange {
        column: label(it.column),
        before: it.before.clone(),
        after: it.after.clone(),
    });
    AefRowChange {
        table: of.table.name().to_owned(),
        difference: match of.difference {
            Difference::Added => "added",
            Difference::Removed => "removed",
            Difference::Changed => "changed",
        }
        .to_owned(),
        cells: cells.collect(),
        key: of.key,
        before: of.before.map(|row| row as u64 + 1),
        after: of.after.map(|row| row as u64 + 1),
    }
}

/// Submissions that are kept, the newest first of each year: this country's, frozen or brought from elsewhere, and partners'.
///
/// Everybody may see those that this country froze; the others are for who looks after reports.
#[utoipa::path(
    get,
    path = "/article6/submissions",
    tag = "Reports",
    params(PartyFilter),
    responses((status = 200, body = Page<SubmissionView>)),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(in crate::http::api) async fn submissions(
    State(served): State<Served>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<Page<SubmissionView>>, ApiError> {
    let party = parameters.get("party")?;
    parameters.finish()?;
    let caller = document::caller(&served, &headers).await?;
    let kept = served.app.submissions(caller.as_ref(), party).await?;
    Ok(Json(view::whole(kept.iter().map(submission_view))))
}

fn submission_view(of: &Submitted) -> SubmissionView {
    SubmissionView {
        party: of.party,
        year: of.year,
        version: of.version.to_string(),
        frozen: of.origin != SubmissionOrigin::Imported,
        ledger_size: match of.origin {
            SubmissionOrigin::Frozen { ledger_size } => Some(ledger_size),
            SubmissionOrigin::Imported => None,
        },
        sha256: of.sha256,
        bytes: of.bytes,
        errors: of.errors,
        warnings: of.warnings,
        user: of.user,
        kept_ms: of.kept_ms,
    }
}

/// Freezes the annual report of a year as a version that never changes.
///
/// Where the checks find errors it is refused, unless `despite_errors` says otherwise. Where nothing differs from the last
/// submission for the year, that one is the answer.
#[utoipa::path(
    post,
    path = "/article6/submissions",
    tag = "Reports",
    params(DryRun),
    request_body = FreezeAef,
    responses((status = 201, body = SubmissionView), Tried, Rejected, Second),
)]
pub(in crate::http::api) async fn freeze(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<FreezeAef>,
) -> Result<Response, ApiError> {
    let read = |text: String| {
        Version::parse(&text).ok_or_else(|| ApiError::body("/version", &VERSION_WANTED))
    };
    let wish = AefWish {
        year: new.year,
        version: new.version.map(read).transpose()?,
        submitted: new.submitted,
    };
    let app = &served.app;
    let kept = app
        .freeze_aef(&caller, wish, new.despite_errors, mode)
        .await?;
    Ok(done_with(mode, StatusCode::CREATED, submission_view(&kept)))
}

/// Keeps a submission that somebody brings as a file: a workbook, CSV or JSON, of either draft. The bytes are the body.
///
/// A partner's is what reports are checked against; one of this country is an earlier version from elsewhere.
#[utoipa::path(
    post,
    path = "/article6/submissions/import",
    tag = "Reports",
    params(DryRun),
    request_body(content = Vec<u8>, content_type = "*/*"),
    responses((status = 201, body = SubmissionView), Tried, Rejected, Second, TooLarge),
)]
pub(in crate::http::api) async fn import(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    request: Request,
) -> Result<Response, ApiError> {
    // Who may not bring one must not make the node read it.
    let app = &served.app;
    app.may_import_aef(&caller)?;
    let bytes = to_bytes(request.into_body(), FILE_BYTES_MAX).await;
    let too_large = |_| {
        let detail = format!("a submission may have {FILE_BYTES_MAX} bytes");
        ApiError::new(Kind::TooLarge, detail)
    };
    let bytes = bytes.map_err(too_large)?.to_vec();
    let kept = app.import_aef(&caller, bytes, mode).await?;
    Ok(done_with(mode, StatusCode::CREATED, submission_view(&kept)))
}

/// A submission that is kept, by the SHA-256 of its content as JSON.
///
/// Everybody may have one that this country froze.
#[utoipa::path(
    get,
    path = "/article6/submissions/{sha256}",
    tag = "Reports",
    params(SubmissionHash, AefFormat),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("Content-Disposition" = String, description = "`attachment` with a file name."))),
    ),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(in crate::http::api) async fn submission(
    State(served): State<Served>,
    PathValue(sha256): PathValue<FileHash>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let format = parameters.word("format")?;
    parameters.finish()?;
    let caller = document::caller(&served, &headers).await?;
    let found = served.app.submission(caller.as_ref(), &sha256.0).await?;
    let (kept, aef) = found;
    let Submitted {
        party,
        year,
        version,
        ..
    } = kept;
    let name = format!("AEF-{party}-{year}-{version}");
    written(move || file(&aef, format.unwrap_or_default(), &name)).await
}
