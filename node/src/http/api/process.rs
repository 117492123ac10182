//! The country's process and its cases over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::record;
use countersign_protocol::registry::Command;
use countersign_protocol::workflow::{FALLBACK_LANGUAGE, Waiting};

use super::trusted::proposed;
use super::view;
use super::write::{answer, organisation_of};
use crate::app::{Caller, ListedCase, ListedProcess, Recorded};
use crate::http::Served;
use crate::http::dto::{
    AwaitedStep, CaseView, NewEnrolment, NewProcess, Page, ProcessView, Proposed,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    CaseNumber, DryRun, LedgerWrite, NumberPaging, OptionalIdempotencyKey, ProcessVersion,
    Rejected, Tried,
};
use crate::http::problem::ApiError;

/// The adopted processes of the country, oldest first. New cases follow the newest.
#[utoipa::path(
    get,
    path = "/processes",
    tag = "Process",
    params(NumberPaging),
    responses((status = 200, body = Page<ProcessView>)),
    security(()),
)]
pub(super) async fn list(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<ProcessView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.processes(after.unwrap_or(0), limit);
    Ok(Json(view::page(listed.map(|it| process_view(&it)))))
}

/// The file of a process, byte for byte as it was adopted.
#[utoipa::path(
    get,
    path = "/processes/{version}/file",
    tag = "Process",
    params(ProcessVersion),
    responses((status = 200, body = String, content_type = "application/toml; charset=utf-8")),
    security(()),
)]
pub(super) async fn file(
    State(served): State<Served>,
    PathValue(version): PathValue<u32>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    parameters.finish()?;
    let text = served.app.process_file(version)?;
    let content_type = [(header::CONTENT_TYPE, "application/toml; charset=utf-8")];
    Ok((content_type, text).into_response())
}

/// Adopts a process: new cases follow it, and nothing is registered or issued past it.
///
/// The file is checked as `countersign workflow check` checks it. Cases under way stay on theirs. Where the country wants two
/// officials for it, a second one approves the file as it was proposed, as long as no other process was adopted meanwhile.
#[utoipa::path(
    post,
    path = "/processes",
    tag = "Process",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewProcess,
    responses(
        (status = 201, body = crate::http::dto::Written<ProcessView>),
        (status = 202, body = Proposed, description = "It waits for a second person."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(super) async fn adopt(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(NewProcess { text }): Body<NewProcess>,
) -> Result<Response, ApiError> {
    let adopted = served.app.adopt_process(&caller, request, text, mode);
    let written = match adopted.await? {
        Recorded::Done(written) => written,
        Recorded::Proposed(proposal) => return Ok(proposed(proposal)),
    };
    let version = written.find(|_, body| match body {
        record::Body::ProcessAdopted(it) => Some(it.version),
        _ => None,
    });
    let adopted = version.and_then(|version| {
        let listed = served.app.processes(version - 1, 1);
        listed.items.first().map(process_view)
    });
    answer(StatusCode::CREATED, &written, adopted)
}

/// Enters an organisation of the process. It may act once a case of its own has registered it.
#[utoipa::path(
    post,
    path = "/enrolments",
    tag = "Registry",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewEnrolment,
    responses(
        (status = 201, body = crate::http::dto::Written<record::Organisation>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn enrol(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewEnrolment>,
) -> Result<Response, ApiError> {
    let NewEnrolment {
        name,
        organisation_type,
        scopes,
    } = new;
    let command = Command::Enrol {
        name,
        organisation_type,
        scopes,
    };
    let written = served.app.write(&caller, request, command, mode).await?;
    answer(StatusCode::CREATED, &written, organisation_of(&written))
}

pub(super) async fn cases(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<CaseView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.cases(after.unwrap_or(0), limit);
    Ok(Json(view::page(listed.map(case_view))))
}

/// A case: where it stands, since when, and which steps it waits for, by whom.
#[utoipa::path(
    get,
    path = "/cases/{number}",
    tag = "Cases",
    params(CaseNumber),
    responses((status = 200, body = CaseView)),
    security(()),
)]
pub(super) async fn case(
    State(served): State<Served>,
    PathValue(number): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<CaseView>, ApiError> {
    parameters.finish()?;
    Ok(Json(case_view(served.app.case(number)?)))
}

fn process_view(listed: &ListedProcess) -> ProcessView {
    let ListedProcess { adopted, process } = listed;
    ProcessView {
        version: adopted.version,
        process: adopted.process,
        since_ms: adopted.since_ms,
        id: process.id.clone(),
        text_version: process.version.clone(),
        title: process.title.get(FALLBACK_LANGUAGE).to_owned(),
        flows: process.flows.iter().map(|flow| flow.id.clone()).collect(),
    }
}

pub(super) fn case_view(listed: ListedCase) -> CaseView {
    let ListedCase {
        known,
        process,
        waits_for,
        cooling_off_ms,
    } = listed;
    let stage = process
        .flow(&known.case.flow)
        .and_then(|flow| flow.stage(&known.case.stage));
    CaseView {
        case: known.number,
        kind: known.kind,
        title: known.title,
        parent: known.parent,
        project: known.project,
        owners: known.case.subject.owners,
        certifier: known.case.subject.certifier,
        scopes: known.case.subject.scopes,
        process: known.case.process,
        flow: known.case.flow,
        track: known.case.track,
        stage_label: stage.map_or_else(String::new, |stage| {
            stage.label.get(FALLBACK_LANGUAGE).to_owned()
        }),
        stage: known.case.stage,
        since_ms: known.case.since_ms,
        acts: known.acts,
        verified: known.verified,
        waits_for: waits_for.iter().map(awaited).collect(),
        cooling_off_ms,
        end: known.end,
        paused: known.paused,
        changed_at: known.changed_at,
    }
}

fn awaited(waiting: &Waiting) -> AwaitedStep {
    let by = waiting.by.iter().flat_map(|rule| {
        let named = |role| format!("{}/{role}", rule.organisation_type);
        rule.roles.iter().map(named)
    });
    AwaitedStep {
        step: waiting.step.clone(),
        awaited: waiting.awaited,
        by: by.collect(),
        votes: waiting.votes,
        votes_needed: waiting.votes_needed,
        due_ms: waiting.due_ms,
    }
}
