//! Writes: read the wish, let the ledger write it, say what was made.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use countersign_protocol::id::TransferId;
use countersign_protocol::party::Party;
use countersign_protocol::record;
use countersign_protocol::registry::Command;
use serde::Serialize;

use super::trusted::proposed;
use super::{beneficiary, view};
use crate::app::{Caller, FavourWish, Mode, Recorded, Retirement, SendOrder, Written};
use crate::http::Served;
use crate::http::dto::{
    self, AgreementText, DraftText, IDEMPOTENCY_REPLAYED, InviteText, NewAccount,
    NewAccountTransfer, NewCancel, NewHold, NewIssuance, NewOrganisation, NewProject,
    NewRetirement, NewTransfer, Proposed, RotatedKey,
};
use crate::http::extract::{Body, Key, OptionalKey, PathValue, WriteMode};
use crate::http::openapi::{
    DryRun, IdempotencyKey, LedgerWrite, OptionalIdempotencyKey, PartnerCode, Rejected,
    TransferNumber, Tried,
};
use crate::http::problem::{ApiError, Kind};

/// The answer to a write. A repetition gets the same bytes, and a header that says so.
pub(super) fn answer<T: Serialize>(
    status: StatusCode,
    written: &Written,
    made: Option<T>,
) -> Result<Response, ApiError> {
    if written.is_trial {
        return Ok(Json(view::trial(written)).into_response());
    }
    let made =
        made.ok_or_else(|| ApiError::new(Kind::Internal, "the request wrote other records"))?;
    let body = dto::Written {
        receipt: view::receipt(&written.receipt),
        made,
    };
    Ok(mark(written, (status, Json(body)).into_response()))
}

/// The answer to a write of the private stores, or to its trial.
pub(super) fn done(mode: Mode, response: impl IntoResponse) -> Response {
    match mode {
        Mode::Write => response.into_response(),
        Mode::Try => Json(view::private_trial(None::<&()>)).into_response(),
    }
}

/// The same where the answer of a trial tells what the write would answer.
pub(super) fn done_with(mode: Mode, status: StatusCode, made: impl Serialize) -> Response {
    match mode {
        Mode::Write => (status, Json(made)).into_response(),
        Mode::Try => Json(view::private_trial(Some(&made))).into_response(),
    }
}

fn mark(written: &Written, mut response: Response) -> Response {
    if written.is_replay {
        response.headers_mut().insert(
            HeaderName::from_static(IDEMPOTENCY_REPLAYED),
            HeaderValue::from_static("true"),
        );
    }
    response
}

/// Registers an organisation, in a registry that follows no process. Where a process was adopted: `POST enrolments`.
#[utoipa::path(
    post,
    path = "/organisations",
    tag = "Registry",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewOrganisation,
    responses((status = 201, body = dto::Written<record::Organisation>), Tried, LedgerWrite),
)]
pub(super) async fn organisation(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(NewOrganisation { name, kind }): Body<NewOrganisation>,
) -> Result<Response, ApiError> {
    let command = Command::RegisterOrganisation { name, kind };
    let written = served.app.write(&caller, request, command, mode).await?;
    answer(StatusCode::CREATED, &written, organisation_of(&written))
}

pub(super) fn organisation_of(written: &Written) -> Option<record::Organisation> {
    written.find(|_, body| match body {
        record::Body::Organisation(it) => Some(it.clone()),
        _ => None,
    })
}

/// Opens an account of an organisation.
#[utoipa::path(
    post,
    path = "/accounts",
    tag = "Registry",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewAccount,
    responses((status = 201, body = dto::Written<record::Account>), Tried, LedgerWrite),
)]
pub(super) async fn account(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewAccount>,
) -> Result<Response, ApiError> {
    let NewAccount {
        organisation,
        name,
        kind,
    } = new;
    let command = Command::OpenAccount {
        organisation,
        name,
        kind,
    };
    let written = served.app.write(&caller, request, command, mode).await?;
    answer(StatusCode::CREATED, &written, account_of(&written))
}

pub(super) fn account_of(written: &Written) -> Option<record::Account> {
    written.find(|_, body| match body {
        record::Body::Account(it) => Some(it.clone()),
        _ => None,
    })
}

/// Registers a project, in a registry that follows no process. Where a process was adopted, a case does.
#[utoipa::path(
    post,
    path = "/projects",
    tag = "Registry",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewProject,
    responses((status = 201, body = dto::Written<record::Project>), Tried, LedgerWrite),
)]
pub(super) async fn project(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewProject>,
) -> Result<Response, ApiError> {
    let NewProject {
        organisation,
        title,
        scope,
    } = new;
    let command = Command::RegisterProject {
        organisation,
        title,
        scope,
    };
    let written = served.app.write(&caller, request, command, mode).await?;
    let made = written.find(|_, body| match body {
        record::Body::Project(it) => Some(it.clone()),
        _ => None,
    });
    answer(StatusCode::CREATED, &written, made)
}

/// Issues units of a project, in a registry that follows no process. Where a process was adopted, a case does.
#[utoipa::path(
    post,
    path = "/issuances",
    tag = "Units",
    params(IdempotencyKey, DryRun),
    request_body = NewIssuance,
    responses((status = 201, body = dto::Written<dto::Issued>), Tried, LedgerWrite),
)]
pub(super) async fn issue(
    caller: Caller,
    State(served): State<Served>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewIssuance>,
) -> Result<Response, ApiError> {
    let NewIssuance {
        account,
        project,
        year,
        unit_type,
        tonnes,
    } = new;
    let command = Command::Issue {
        account,
        project,
        year,
        unit_type,
        tonnes,
    };
    let written = served.app.write(&caller, request, command, mode).await?;
    let made = view::issued(&served.app, &written);
    answer(StatusCode::CREATED, &written, made)
}

/// Puts whole ranges of an account on hold, or with `"lift": true` ends that.
#[utoipa::path(
    post,
    path = "/holds",
    tag = "Units",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewHold,
    responses((status = 201, body = dto::Written<dto::Held>), Tried, LedgerWrite),
)]
pub(super) async fn hold(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewHold>,
) -> Result<Response, ApiError> {
    let NewHold {
        account,
        ranges,
        lift,
        reason,
    } = new;
    let command = Command::Hold {
        account,
        ranges,
        lift,
        reason,
    };
    let written = served.app.write(&caller, request, command, mode).await?;
    answer(StatusCode::CREATED, &written, view::held(&written))
}

/// Moves units between two accounts of this registry.
#[utoipa::path(
    post,
    path = "/account-transfers",
    tag = "Units",
    params(IdempotencyKey, DryRun),
    request_body = NewAccountTransfer,
    responses((status = 201, body = dto::Written<dto::Moved>), Tried, LedgerWrite),
)]
pub(super) async fn account_transfer(
    caller: Caller,
    State(served): State<Served>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(NewAccountTransfer { from, to, units }): Body<NewAccountTransfer>,
) -> Result<Response, ApiError> {
    let command = Command::Transfer { from, to, units };
    let written = served.app.write(&caller, request, command, mode).await?;
    let made = view::moved(&served.app, &written);
    answer(StatusCode::CREATED, &written, made)
}

/// Locks units for a partner country and offers them to it.
///
/// They leave this registry for good only once the partner has proven that it acquired them, and come back only once it has
/// proven that it never will. `GET transfers/{id}` says how that went.
#[utoipa::path(
    post,
    path = "/transfers",
    tag = "Transfers between countries",
    params(IdempotencyKey, DryRun),
    request_body = NewTransfer,
    responses((status = 201, body = dto::Written<dto::Sent>), Tried, LedgerWrite, Rejected),
)]
pub(super) async fn send(
    caller: Caller,
    State(served): State<Served>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewTransfer>,
) -> Result<Response, ApiError> {
    let NewTransfer {
        to,
        agreement,
        from,
        to_account,
        units,
        expiry_ms,
    } = new;
    let order = SendOrder {
        to,
        agreement,
        from,
        to_account,
        units,
        expiry_ms,
    };
    let written = served.app.send(&caller, request, &order, mode).await?;
    answer(StatusCode::CREATED, &written, view::sent(&written))
}

/// Asks the destination to refuse an open transfer. The units stay locked until it has answered.
#[utoipa::path(
    post,
    path = "/transfers/{id}/cancel",
    tag = "Transfers between countries",
    params(TransferNumber, OptionalIdempotencyKey, DryRun),
    request_body = NewCancel,
    responses((status = 202, body = dto::Written<dto::CancelAsked>), Tried, LedgerWrite),
)]
pub(super) async fn cancel(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    PathValue(transfer): PathValue<TransferId>,
    Body(NewCancel { reason }): Body<NewCancel>,
) -> Result<Response, ApiError> {
    let written = served
        .app
        .cancel(&caller, request, transfer, reason, mode)
        .await?;
    answer(StatusCode::ACCEPTED, &written, view::cancel_asked(&written))
}

/// Uses or cancels units, for ever.
///
/// The beneficiary's name stays in the node; the ledger carries SHA-256 of a salt and the name.
#[utoipa::path(
    post,
    path = "/retirements",
    tag = "Units",
    params(IdempotencyKey, DryRun),
    request_body = NewRetirement,
    responses((status = 201, body = dto::Written<dto::Retired>), Tried, LedgerWrite),
)]
pub(super) async fn retire(
    caller: Caller,
    State(served): State<Served>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewRetirement>,
) -> Result<Response, ApiError> {
    let wish = retirement(new);
    let favour = wish.beneficiary.clone();
    let written = served.app.retire(&caller, request, wish, mode).await?;
    if written.is_trial {
        let near_beneficiaries = beneficiary::near(&served, &caller, &favour).await;
        let trial = view::trial(&written);
        return Ok(Json(dto::Trial {
            near_beneficiaries,
            ..trial
        })
        .into_response());
    }
    let made = view::retired(&served.app, &written);
    answer(StatusCode::CREATED, &written, made)
}

pub(super) fn retirement(new: NewRetirement) -> Retirement {
    let NewRetirement {
        account,
        units,
        kind,
        purpose,
        reason,
        jurisdiction,
        ndc_year,
        beneficiary,
        beneficiary_id,
        beneficiary_public,
    } = new;
    Retirement {
        account,
        units,
        kind,
        purpose,
        claim: record::Claim {
            reason,
            jurisdiction,
            ndc_year,
        },
        beneficiary: FavourWish {
            name: beneficiary,
            entry: beneficiary_id,
            public: beneficiary_public,
        },
    }
}

/// Lists a partner country, from the invitation that its node signed.
#[utoipa::path(
    post,
    path = "/partners",
    tag = "Federation",
    params(OptionalIdempotencyKey, DryRun),
    request_body = InviteText,
    responses((status = 201, body = dto::Written<record::Partner>), Tried, LedgerWrite, Rejected),
)]
pub(super) async fn partner(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(InviteText { invite }): Body<InviteText>,
) -> Result<Response, ApiError> {
    let written = served
        .app
        .add_partner(&caller, request, &invite, mode)
        .await?;
    answer(StatusCode::CREATED, &written, partner_of(&written))
}

/// Removes a partner: no new transfers with it; open ones are still resolved.
#[utoipa::path(
    delete,
    path = "/partners/{party}",
    tag = "Federation",
    params(PartnerCode, OptionalIdempotencyKey, DryRun),
    responses((status = 200, body = dto::Written<record::Partner>), Tried, LedgerWrite, Rejected),
)]
pub(super) async fn remove_partner(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    PathValue(party): PathValue<Party>,
) -> Result<Response, ApiError> {
    let written = served
        .app
        .remove_partner(&caller, request, party, mode)
        .await?;
    answer(StatusCode::OK, &written, partner_of(&written))
}

fn partner_of(written: &Written) -> Option<record::Partner> {
    written.find(|_, body| match body {
        record::Body::Partner(it) => Some(it.clone()),
        _ => None,
    })
}

/// Records a bilateral agreement that both Parties signed.
#[utoipa::path(
    post,
    path = "/agreements",
    tag = "Federation",
    params(OptionalIdempotencyKey, DryRun),
    request_body = AgreementText,
    responses((status = 201, body = dto::Written<record::Agreement>), Tried, LedgerWrite, Rejected),
)]
pub(super) async fn agreement(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(AgreementText { agreement }): Body<AgreementText>,
) -> Result<Response, ApiError> {
    let written = served
        .app
        .add_agreement(&caller, request, &agreement, mode)
        .await?;
    let made = written.find(|_, body| match body {
        record::Body::Agreement(it) => Some(it.clone()),
        _ => None,
    });
    answer(StatusCode::CREATED, &written, made)
}

/// Puts this Party's signature under the draft of an agreement. Nothing is recorded yet.
#[utoipa::path(
    post,
    path = "/agreements/sign",
    tag = "Federation",
    request_body = DraftText,
    responses((status = 200, body = AgreementText), Rejected),
)]
pub(super) async fn sign_agreement(
    caller: Caller,
    State(served): State<Served>,
    Body(DraftText { draft }): Body<DraftText>,
) -> Result<Json<AgreementText>, ApiError> {
    let agreement = served.app.sign_agreement(&caller, &draft).await?;
    Ok(Json(AgreementText { agreement }))
}

/// Makes a new log key; the old one signs it in. Partners and trust files need the new one.
#[utoipa::path(
    post,
    path = "/keys/rotate",
    tag = "Ledger",
    params(OptionalIdempotencyKey, DryRun),
    responses(
        (status = 201, body = RotatedKey),
        (status = 202, body = Proposed, description = "It waits for a second person."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(super) async fn rotate(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
) -> Result<Response, ApiError> {
    let written = match served.app.rotate_log_key(&caller, request, mode).await? {
        Recorded::Done(written) => written,
        Recorded::Proposed(proposal) => return Ok(done(mode, proposed(proposal))),
    };
    if written.is_trial {
        return Ok(Json(view::trial(&written)).into_response());
    }
    let rotation = written.find(|_, body| match body {
        record::Body::KeyRotation(it) => Some(it.clone()),
        _ => None,
    });
    let rotation =
        rotation.ok_or_else(|| ApiError::new(Kind::Internal, "the request wrote other records"))?;
    let body = RotatedKey {
        log_key: rotation.log_key,
        from_size: rotation.from_size,
        receipt: view::receipt(&written.receipt),
    };
    Ok(mark(
        &written,
        (StatusCode::CREATED, Json(body)).into_response(),
    ))
}
