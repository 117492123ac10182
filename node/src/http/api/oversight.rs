//! Findings of certifiers, and holds.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::RequestId;
use countersign_protocol::record;
use countersign_protocol::registry::RegistryHold;

use super::view;
use super::write::answer;
use crate::app::{Caller, FindingDeed, FindingWish, HoldWish, LiftWish, Mode, Written};
use crate::http::Served;
use crate::http::dto::{
    FindingText, FindingView, LiftStandingHold, NewFindingBody, NewStandingHold, Page,
    StandingHoldView,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, PathValues, WriteMode};
use crate::http::openapi::{
    BigNumberPaging, CaseNumber, DryRun, FindingNumber, HoldNumber, LedgerWrite,
    OptionalIdempotencyKey, Tried,
};
use crate::http::problem::ApiError;

/// The case's certifier opens a finding.
#[utoipa::path(
    post,
    path = "/cases/{number}/findings",
    tag = "Findings and holds",
    params(CaseNumber, OptionalIdempotencyKey, DryRun),
    request_body = NewFindingBody,
    responses(
        (status = 201, body = crate::http::dto::Written<FindingView>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn open_finding(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(NewFindingBody { kind, text }): Body<NewFindingBody>,
) -> Result<Response, ApiError> {
    let deed = FindingDeed::Open(kind);
    finding(
        &caller,
        &served,
        request,
        mode,
        FindingWish { case, deed, text },
    )
    .await
}

/// An owner answers a finding.
#[utoipa::path(
    post,
    path = "/cases/{number}/findings/{finding}/answer",
    tag = "Findings and holds",
    params(CaseNumber, FindingNumber, OptionalIdempotencyKey, DryRun),
    request_body = FindingText,
    responses(
        (status = 201, body = crate::http::dto::Written<FindingView>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn answer_finding(
    caller: Caller,
    State(served): State<Served>,
    PathValues(case, number): PathValues<u64, u32>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(FindingText { text, within }): Body<FindingText>,
) -> Result<Response, ApiError> {
    let deed = FindingDeed::Answer { number, within };
    finding(
        &caller,
        &served,
        request,
        mode,
        FindingWish { case, deed, text },
    )
    .await
}

/// The certifier closes a finding.
#[utoipa::path(
    post,
    path = "/cases/{number}/findings/{finding}/close",
    tag = "Findings and holds",
    params(CaseNumber, FindingNumber, OptionalIdempotencyKey, DryRun),
    request_body = FindingText,
    responses(
        (status = 201, body = crate::http::dto::Written<FindingView>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn close_finding(
    caller: Caller,
    State(served): State<Served>,
    PathValues(case, number): PathValues<u64, u32>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(FindingText { text, within }): Body<FindingText>,
) -> Result<Response, ApiError> {
    let deed = FindingDeed::Close { number, within };
    finding(
        &caller,
        &served,
        request,
        mode,
        FindingWish { case, deed, text },
    )
    .await
}

async fn finding(
    caller: &Caller,
    served: &Served,
    request: RequestId,
    mode: Mode,
    wish: FindingWish,
) -> Result<Response, ApiError> {
    let written = served.app.finding(caller, request, wish, mode).await?;
    answer(StatusCode::CREATED, &written, finding_of(&written))
}

fn finding_of(written: &Written) -> Option<FindingView> {
    written.find(|_, body| {
        let (case, finding) = match body {
            record::Body::FindingOpened(it) => (it.case, it.number),
            record::Body::FindingAnswered(it) | record::Body::FindingClosed(it) => {
                (it.case, it.number)
            }
            _ => return None,
        };
        Some(FindingView { case, finding })
    })
}

/// Places a hold on numbers, an account, a project or an organisation: nothing of it moves until the hold is lifted or over.
#[utoipa::path(
    post,
    path = "/standing-holds",
    tag = "Findings and holds",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewStandingHold,
    responses(
        (status = 201, body = crate::http::dto::Written<record::HoldPlaced>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn place_hold(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewStandingHold>,
) -> Result<Response, ApiError> {
    let NewStandingHold {
        on,
        reason,
        authority,
        reference,
        expiry_ms,
    } = new;
    let wish = HoldWish {
        on,
        reason,
        authority,
        reference,
        expiry_ms,
    };
    let written = served.app.place_hold(&caller, request, wish, mode).await?;
    let made = written.find(|_, body| match body {
        record::Body::HoldPlaced(it) => Some(it.clone()),
        _ => None,
    });
    answer(StatusCode::CREATED, &written, made)
}

/// Lifts a hold.
#[utoipa::path(
    post,
    path = "/standing-holds/{hold}/lift",
    tag = "Findings and holds",
    params(HoldNumber, OptionalIdempotencyKey, DryRun),
    request_body = LiftStandingHold,
    responses(
        (status = 200, body = crate::http::dto::Written<record::HoldLifted>),
        Tried,
        LedgerWrite,
    ),
)]
pub(super) async fn lift_hold(
    caller: Caller,
    State(served): State<Served>,
    PathValue(hold): PathValue<u64>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<LiftStandingHold>,
) -> Result<Response, ApiError> {
    let LiftStandingHold {
        reason,
        authority,
        reference,
    } = new;
    let wish = LiftWish {
        hold,
        reason,
        authority,
        reference,
    };
    let written = served.app.lift_hold(&caller, request, wish, mode).await?;
    let made = written.find(|_, body| match body {
        record::Body::HoldLifted(it) => Some(it.clone()),
        _ => None,
    });
    answer(StatusCode::OK, &written, made)
}

/// Holds on numbers, accounts, projects and organisations, those that were lifted too.
#[utoipa::path(
    get,
    path = "/standing-holds",
    tag = "Findings and holds",
    params(BigNumberPaging),
    responses((status = 200, body = Page<StandingHoldView>)),
)]
pub(super) async fn holds(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<StandingHoldView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.holds(&caller, after.unwrap_or(0), limit)?;
    Ok(Json(view::page(listed.map(hold_view))))
}

fn hold_view(of: RegistryHold) -> StandingHoldView {
    let placed = of.placed;
    StandingHoldView {
        hold: placed.hold,
        on: placed.on,
        reason: placed.reason,
        authority: placed.authority,
        reference: placed.reference,
        expiry_ms: placed.expiry_ms,
        lifted: of.lifted.is_some(),
    }
}
