//! Lists of trusted receivers, and acts that wait for a second person.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::log::Hash;
use countersign_protocol::record::Receiver;
use countersign_protocol::workflow::FALLBACK_LANGUAGE;

use super::write::{answer, done};
use super::{article6, view};
use crate::app::{App, Caller, Change, ProposedProcess, TrustWish};
use crate::http::Served;
use crate::http::dto::{
    DecideProposal, NewTrustedReceiver, Page, ProcessChange, ProposalView, Proposed,
    ProposedProcessView, RemoveTrustedReceiver, TrustedReceiverView, Written,
};
use crate::http::extract::{Body, Key, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    DryRun, IdempotencyKey, LedgerWrite, NotFound, ProposalNumber, Rejected, Second, Tried,
    UserFilters,
};
use crate::http::problem::ApiError;
use crate::people::{Proposal, ProposedAct};

/// Trusted receivers of an organisation: units go to them without a wait.
#[utoipa::path(
    get,
    path = "/trusted-receivers",
    tag = "Units",
    params(UserFilters),
    responses((status = 200, body = Page<TrustedReceiverView>), NotFound),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<TrustedReceiverView>>, ApiError> {
    let organisation: Option<OrganisationId> = parameters.get("organisation")?;
    parameters.finish()?;
    let organisation = match organisation {
        Some(organisation) => organisation,
        None => caller.person()?.principal.organisation,
    };
    let listed = served.app.trusted(&caller, organisation)?;
    let views = listed.into_iter().map(|it| TrustedReceiverView {
        receiver: it.receiver,
        entered_ms: it.since.entered_ms,
        in_force_ms: it.since.in_force_ms,
    });
    Ok(Json(view::whole(views)))
}

/// Proposes a receiver for the own organisation's list. A second person approves it.
#[utoipa::path(
    post,
    path = "/trusted-receivers",
    tag = "Units",
    params(DryRun),
    request_body = NewTrustedReceiver,
    responses(
        (status = 202, body = Proposed, description = "It waits for a second person."),
        Tried,
        NotFound,
        Rejected,
    ),
)]
pub(super) async fn propose(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(NewTrustedReceiver { receiver }): Body<NewTrustedReceiver>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    let proposal = app.propose_trusted(&caller, receiver, mode).await?;
    Ok(done(mode, proposed(proposal)))
}

/// Nothing is done yet.
pub(super) fn proposed(proposal: u64) -> Response {
    (StatusCode::ACCEPTED, Json(Proposed { proposal })).into_response()
}

/// Takes a receiver out of a list, at once.
#[utoipa::path(
    post,
    path = "/trusted-receivers/remove",
    tag = "Units",
    params(IdempotencyKey, DryRun),
    request_body = RemoveTrustedReceiver,
    responses((status = 200, body = Written<Receiver>), Tried, LedgerWrite, NotFound),
)]
pub(super) async fn remove(
    caller: Caller,
    State(served): State<Served>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(body): Body<RemoveTrustedReceiver>,
) -> Result<Response, ApiError> {
    let wish = TrustWish {
        organisation: body.organisation,
        receiver: body.receiver,
    };
    let written = served.app.distrust(&caller, request, wish, mode).await?;
    answer(StatusCode::OK, &written, Some(body.receiver))
}

/// Acts that wait for a second person, of those that the caller may decide on.
#[utoipa::path(
    get,
    path = "/proposals",
    tag = "Users",
    responses((status = 200, body = Page<ProposalView>)),
)]
pub(super) async fn proposals(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<ProposalView>>, ApiError> {
    parameters.finish()?;
    let open = served.app.proposals(&caller).await?;
    let view = |it| proposal_view(&served.app, it);
    Ok(Json(view::whole(open.into_iter().map(view))))
}

/// The file of a process that waits for a second person, byte for byte as it would be adopted. There is none any more once
/// it was decided on.
#[utoipa::path(
    get,
    path = "/proposals/{id}/file",
    tag = "Users",
    params(ProposalNumber),
    responses(
        (status = 200, body = String, content_type = "application/toml; charset=utf-8"),
        NotFound,
        Rejected,
    ),
)]
pub(super) async fn file(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    parameters.finish()?;
    let text = served.app.proposed_file(&caller, id).await?;
    let content_type = [(header::CONTENT_TYPE, "application/toml; charset=utf-8")];
    Ok((content_type, text).into_response())
}

fn proposal_view(app: &App, it: Proposal) -> ProposalView {
    let kind = it.act.word().to_owned();
    let (mut user, mut role, mut organisation, mut receiver) = (None, None, None, None);
    let (mut records, mut units, mut process) = (Vec::new(), None, None);
    match it.act {
        ProposedAct::Role {
            user: of,
            role: new,
        } => (user, role) = (Some(of), Some(new)),
        ProposedAct::Invitation { user: of } => user = Some(of),
        ProposedAct::TrustedReceiver {
            organisation: of,
            receiver: new,
        } => (organisation, receiver) = (Some(of), Some(new)),
        ProposedAct::KeyRotation => {}
        ProposedAct::Process { text, follows } => {
            let found = app.proposed_process(&text, &follows);
            process = found.ok().map(|it| process_view(it, follows));
        }
        ProposedAct::Article6(command) => (records, units) = article6::proposed(*command),
    }
    ProposalView {
        proposal: it.id,
        kind,
        user,
        role,
        organisation,
        receiver,
        records,
        units,
        process,
        proposer: it.proposer,
        proposed_ms: it.proposed_ms,
    }
}

fn process_view(it: ProposedProcess, follows: Hash) -> ProposedProcessView {
    let change = |it: Change| ProcessChange {
        what: it.what.to_owned(),
        flow: (!it.flow.is_empty()).then_some(it.flow),
        id: it.id,
        became: it.became.word().to_owned(),
    };
    ProposedProcessView {
        process: it.process.content_hash(),
        follows,
        is_current: it.is_current,
        title: it.process.title.get(FALLBACK_LANGUAGE).to_owned(),
        text_version: it.process.version.clone(),
        changes: it.changes.into_iter().map(change).collect(),
        id: it.process.id,
    }
}

/// Approves or rejects what somebody else proposed, as the second person.
#[utoipa::path(
    post,
    path = "/proposals/{id}",
    tag = "Users",
    params(ProposalNumber, DryRun),
    request_body = DecideProposal,
    responses((status = 204), Tried, LedgerWrite, Rejected, Second),
)]
pub(super) async fn decide(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<u64>,
    Body(DecideProposal { approve }): Body<DecideProposal>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    app.decide_proposal(&caller, id, approve, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}
