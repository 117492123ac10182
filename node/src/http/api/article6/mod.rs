//! Article 6: approaches, authorisations, NDCs, levels and reports. Everybody reads them; officials record them by twos.

pub(super) mod authorisation;
pub(crate) mod command;
pub(super) mod ndc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Article6, AuthorisedEntity, Body as RecordBody};
use countersign_protocol::registry::Command;
use countersign_protocol::serial::CooperativeApproachId;

use super::trusted::proposed as proposal;
use super::view;
use super::write::answer;
use crate::app::{ApproachFile, Caller, Mode, Recorded, StoredRecord, Written};
use crate::http::Served;
use crate::http::dto::{
    self, ApproachView, Article6Recorded, NewApproach, NewAuthorisedEntity, NewInitialReport,
    NewUnitAuthorisation, Page, Proposed, RecordView,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    ApproachFilter, ApproachName, DryRun, LedgerWrite, NotListed, OptionalIdempotencyKey, Paging,
    Rejected, Tried,
};
use crate::http::problem::ApiError;
use crate::projection::query::{self, Window};

/// Who records, under which key, and whether in earnest: what every record of Article 6 begins with.
pub(in crate::http::api) struct Recorder {
    caller: Caller,
    served: Served,
    request: RequestId,
    mode: Mode,
}

impl FromRequestParts<Served> for Recorder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, served).await?;
        let OptionalKey(request) = OptionalKey::from_request_parts(parts, served).await?;
        let WriteMode(mode) = WriteMode::from_request_parts(parts, served).await?;
        Ok(Self {
            caller,
            served: served.clone(),
            request,
            mode,
        })
    }
}

impl Recorder {
    /// Records it, or proposes it, and answers which.
    async fn record(self, command: Command) -> Result<Response, ApiError> {
        let app = &self.served.app;
        let recorded = app
            .record_article6(&self.caller, self.request, command, self.mode)
            .await?;
        match recorded {
            Recorded::Done(written) => answer(StatusCode::CREATED, &written, made(&written)),
            Recorded::Proposed(number) => Ok(proposal(number)),
        }
    }
}

fn made(written: &Written) -> Option<Article6Recorded> {
    let article6 = |it: &StoredRecord| match &it.record.body {
        RecordBody::Article6(body) => Some((it.index, body.as_ref().clone())),
        _ => None,
    };
    let records: Vec<(u64, Article6)> = written.records.iter().filter_map(article6).collect();
    Some(Article6Recorded {
        index: records.first()?.0,
        records: records.into_iter().map(|(_, it)| it).collect(),
    })
}

/// What a proposal of Article 6 would record.
pub(super) fn proposed(command: Command) -> (Vec<Article6>, Option<NewUnitAuthorisation>) {
    match command {
        Command::Article6(it) => (vec![*it], None),
        Command::Levels(levels) => {
            let records = levels.into_iter().map(Article6::EmissionsLevel);
            (records.collect(), None)
        }
        Command::AuthoriseUnits {
            account,
            units,
            authorisation,
            by: _,
        } => {
            let units = NewUnitAuthorisation {
                authorisation,
                account,
                units,
            };
            (Vec::new(), Some(units))
        }
        _ => (Vec::new(), None),
    }
}

/// Cooperative approaches that this Party takes part in.
#[utoipa::path(
    get,
    path = "/cooperative-approaches",
    tag = "Article 6",
    responses((status = 200, body = Page<ApproachView>)),
    security(()),
)]
pub(in crate::http::api) async fn approaches(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<ApproachView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.approaches();
    Ok(Json(view::whole(all.into_iter().map(approach_view))))
}

fn approach_view(of: ApproachFile) -> ApproachView {
    ApproachView {
        approach: of.approach,
        initial_report: of.report,
    }
}

/// Records a cooperative approach, or what is to change of it. From then on units leave under it only when they are
/// authorised.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/cooperative-approaches",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewApproach,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_approach(
    recorder: Recorder,
    Body(new): Body<NewApproach>,
) -> Result<Response, ApiError> {
    recorder.record(command::approach(new)).await
}

/// One cooperative approach.
#[utoipa::path(
    get,
    path = "/cooperative-approaches/{approach}",
    tag = "Article 6",
    params(ApproachName),
    responses((status = 200, body = ApproachView)),
    security(()),
)]
pub(in crate::http::api) async fn approach(
    State(served): State<Served>,
    PathValue(id): PathValue<CooperativeApproachId>,
    parameters: Parameters,
) -> Result<Json<ApproachView>, ApiError> {
    parameters.finish()?;
    Ok(Json(approach_view(served.app.approach(id)?)))
}

/// The records about a cooperative approach, oldest first: itself, its initial reports, its entities.
#[utoipa::path(
    get,
    path = "/cooperative-approaches/{approach}/versions",
    tag = "Article 6",
    params(ApproachName, Paging),
    responses((status = 200, body = Page<RecordView>), NotListed),
    security(()),
)]
pub(in crate::http::api) async fn approach_versions(
    State(served): State<Served>,
    PathValue(id): PathValue<CooperativeApproachId>,
    parameters: Parameters,
) -> Result<Json<Page<RecordView>>, ApiError> {
    let window = window(parameters)?;
    let page = served.app.approach_versions(id, &window).await?;
    Ok(Json(records(page)))
}

/// The part of a list that is asked for, oldest first.
pub(super) fn window(mut parameters: Parameters) -> Result<Window, ApiError> {
    let (after, limit) = (parameters.text("after"), parameters.limit()?);
    parameters.finish()?;
    Ok(Window {
        after,
        limit,
        descending: false,
    })
}

fn records(page: query::Page<StoredRecord>) -> Page<RecordView> {
    Page {
        items: page.items.into_iter().map(view::record).collect(),
        next: page.next,
    }
}

/// Records that the initial report, or an updated one, covers an approach.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/initial-reports",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewInitialReport,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_initial_report(
    recorder: Recorder,
    Body(new): Body<NewInitialReport>,
) -> Result<Response, ApiError> {
    recorder.record(command::initial_report(new)).await
}

/// Entities that are, or were, authorised under approaches.
#[utoipa::path(
    get,
    path = "/authorised-entities",
    tag = "Article 6",
    params(ApproachFilter),
    responses((status = 200, body = Page<AuthorisedEntity>)),
    security(()),
)]
pub(in crate::http::api) async fn entities(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<AuthorisedEntity>>, ApiError> {
    let approach = parameters.get("approach")?;
    parameters.finish()?;
    let all = served.app.authorised_entities(approach);
    Ok(Json(view::whole(all.into_iter())))
}

/// Authorises an entity under an approach (4/CMA.6 para 3(c)), or ends that.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/authorised-entities",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewAuthorisedEntity,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_entity(
    recorder: Recorder,
    Body(new): Body<NewAuthorisedEntity>,
) -> Result<Response, ApiError> {
    recorder.record(command::entity(new)).await
}
