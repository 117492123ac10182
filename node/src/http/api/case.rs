//! Cases as people move them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::record;

use super::process::case_view;
use super::project::warned;
use super::write::{answer, done};
use super::{beneficiary, view};
use crate::app::{
    ActWish, Caller, CaseFile, CaseWish, FavourWish, FiledText, InboxItem, ReserveWish, UnitsFate,
    Written,
};
use crate::http::Served;
use crate::http::dto::{
    CaseActed, CaseFileView, CaseTextView, CaseView, DraftFault, DraftView, InboxView, NamedLetter,
    NewCaseAct, NewOpenCase, NewReserve, NextStepView, Page, ReservedFate,
};
use crate::http::extract::{Body, Key, OptionalKey, Parameters, PathValue, PathValues, WriteMode};
use crate::http::openapi::{
    BigNumberPaging, CaseNumber, Changed, DraftCheck, DraftVersion, DryRun, Form, IdempotencyKey,
    InboxFilters, LedgerWrite, OptionalIdempotencyKey, Rejected, SeenVersion, StepName, Tried,
};
use crate::http::problem::{ApiError, Kind};
use crate::people::SealedPart;

/// Opens a case: a subject sets out on a flow of the process.
#[utoipa::path(
    post,
    path = "/cases",
    tag = "Cases",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewOpenCase,
    responses((status = 201, body = crate::http::dto::Written<CaseView>), Tried, LedgerWrite),
)]
pub(super) async fn open(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewOpenCase>,
) -> Result<Response, ApiError> {
    let wish = case_wish(new);
    let written = served.app.open_case(&caller, request, wish, mode).await?;
    answer(StatusCode::CREATED, &written, opened(&served, &written))
}

pub(super) fn case_wish(new: NewOpenCase) -> CaseWish {
    let NewOpenCase {
        flow,
        track,
        parent,
        title,
        owners,
        counterparty,
        scopes,
        shares,
    } = new;
    CaseWish {
        flow,
        track,
        parent,
        title,
        owners,
        counterparty,
        scopes,
        shares,
    }
}

pub(super) fn opened(served: &Served, written: &Written) -> Option<CaseView> {
    let number = written.find(|_, body| match body {
        record::Body::CaseOpened(it) => Some(it.case),
        _ => None,
    })?;
    served.app.case(number).ok().map(case_view)
}

/// Takes a step of a case.
///
/// It may issue, reserve, move or end units, so it needs an idempotency key. The form is held against the schema of the
/// process, and every fault is named by its place, such as `/form/sectoral_scope`. Form and comment stay in the node; the
/// ledger carries a salted commitment. Documents are added first, and named here by their SHA-256.
#[utoipa::path(
    post,
    path = "/cases/{number}/acts",
    tag = "Cases",
    params(CaseNumber, IdempotencyKey, DryRun),
    request_body = NewCaseAct,
    responses((status = 201, body = crate::http::dto::Written<CaseActed>), Tried, LedgerWrite),
)]
pub(super) async fn act(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewCaseAct>,
) -> Result<Response, ApiError> {
    let wish = act_wish(case, new);
    let favour = match wish.reserve.as_ref().map(|reserve| &reserve.fate) {
        Some(UnitsFate::Retire { beneficiary, .. }) => beneficiary.clone(),
        _ => FavourWish::default(),
    };
    let (step, form) = (wish.step.clone(), wish.form.clone());
    let written = served.app.act(&caller, request, wish, mode).await?;
    let duplicates = warned(&served, &caller, case, step.as_str(), form.as_ref()).await;
    if written.is_trial {
        let mut trial = view::trial(&written);
        trial.duplicates = duplicates;
        if favour.is_given() {
            trial.near_beneficiaries = beneficiary::near(&served, &caller, &favour).await;
        }
        let named = served.app.letters_of_trial(&written)?.into_iter();
        let named = named.map(|it| NamedLetter {
            letter: it.letter,
            language: it.language,
        });
        trial.letters = named.collect();
        return Ok(Json(trial).into_response());
    }
    let made = acted(&written).map(|made| CaseActed { duplicates, ..made });
    answer(StatusCode::CREATED, &written, made)
}

pub(super) fn act_wish(case: u64, new: NewCaseAct) -> ActWish {
    let NewCaseAct {
        step,
        no,
        form,
        documents,
        comment,
        issue,
        reserve,
    } = new;
    ActWish {
        case,
        step,
        no,
        form,
        documents,
        comment,
        issue,
        reserve: reserve.map(reserve_wish),
    }
}

fn reserve_wish(new: NewReserve) -> ReserveWish {
    let fate = match new.fate {
        ReservedFate::Transfer { to } => UnitsFate::Transfer { to },
        ReservedFate::Send {
            to,
            agreement,
            account,
            expiry_ms,
        } => UnitsFate::Send {
            to,
            agreement,
            account,
            expiry_ms,
        },
        ReservedFate::Retire {
            kind,
            purpose,
            reason,
            jurisdiction,
            ndc_year,
            beneficiary,
            beneficiary_id,
            beneficiary_public,
        } => UnitsFate::Retire {
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
        },
    };
    ReserveWish {
        account: new.account,
        units: new.units,
        fate,
    }
}

pub(super) fn acted(written: &Written) -> Option<CaseActed> {
    let act = written.find(|_, body| match body {
        record::Body::CaseAct(it) => Some(it.clone()),
        _ => None,
    })?;
    let issued = written
        .records
        .iter()
        .filter_map(|stored| match &stored.record.body {
            record::Body::Issuance(it) => Some(it.clone()),
            _ => None,
        });
    Some(CaseActed {
        act,
        issued: issued.collect(),
        duplicates: None,
    })
}

/// What is in a case beyond what the ledger shows everybody: forms, comments and findings with the salts of their
/// commitments, and the steps that the caller can take.
#[utoipa::path(
    get,
    path = "/cases/{number}/file",
    tag = "Cases",
    params(CaseNumber),
    responses((status = 200, body = CaseFileView)),
)]
pub(super) async fn file(
    caller: Caller,
    State(served): State<Served>,
    PathValue(number): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<CaseFileView>, ApiError> {
    parameters.finish()?;
    let CaseFile { texts, next } = served.app.case_file(&caller, number).await?;
    let next = next.into_iter().map(|it| NextStepView {
        step: it.step,
        form: it.form,
        documents: it.documents,
        comment: it.comment,
        may_refuse: it.may_refuse,
        hindrance: it.hindrance,
    });
    Ok(Json(CaseFileView {
        texts: texts.into_iter().map(text).collect(),
        next: next.collect(),
    }))
}

fn text(of: FiledText) -> CaseTextView {
    let part = match of.part {
        SealedPart::Form => "form",
        SealedPart::Comment => "comment",
    };
    let (salt, text) = of
        .opened
        .map(|(salt, text)| (hex::encode(salt), text))
        .unzip();
    CaseTextView {
        part: part.to_owned(),
        step: of.step,
        leaf: of.leaf,
        user: of.user,
        commitment: of.commitment,
        salt,
        text,
    }
}

/// The cases of which a step waits for the caller, or for a role.
#[utoipa::path(
    get,
    path = "/inbox",
    tag = "Cases",
    params(InboxFilters, BigNumberPaging),
    responses((status = 200, body = Page<InboxView>)),
)]
pub(super) async fn inbox(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<InboxView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    let (role, of) = (parameters.text("role"), parameters.text("type"));
    parameters.finish()?;
    let after = after.unwrap_or(0);
    let Some(role) = role else {
        if of.is_some() {
            return Err(ApiError::parameter("type", &"it goes with role"));
        }
        let listed = served.app.inbox(&caller, after, limit).await?;
        return Ok(Json(view::page(listed.map(|it| waiting(it, Vec::new())))));
    };
    let of = of.as_deref();
    let listed = served
        .app
        .inbox_of_role(&caller, &role, of, after, limit)
        .await?;
    Ok(Json(view::page(listed.map(|it| waiting(it.item, it.by)))))
}

fn waiting(it: InboxItem, by: Vec<String>) -> InboxView {
    InboxView {
        case: it.case,
        title: it.title,
        flow: it.flow,
        stage: it.stage,
        step: it.step,
        since_ms: it.since_ms,
        due_ms: it.due_ms,
        reminded_ms: it.reminded_ms,
        by,
    }
}

/// A form that is being written, shared in the caller's organisation. Its `ETag` is its version.
#[utoipa::path(
    get,
    path = "/cases/{number}/drafts/{step}",
    tag = "Cases",
    params(CaseNumber, StepName, DraftCheck),
    responses(
        (status = 200, body = DraftView, headers(("ETag" = String, description = "The version, in quotes."))),
    ),
)]
pub(super) async fn draft(
    caller: Caller,
    State(served): State<Served>,
    PathValues(number, step): PathValues<u64, String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let checks = checks(parameters)?;
    let kept = served.app.draft(&caller, number, &step).await?;
    let missing = || ApiError::new(Kind::NotFound, "nobody has begun to write this form");
    let kept = kept.ok_or_else(missing)?;
    let form = serde_json::from_str(&kept.content);
    let form = form.map_err(|_| ApiError::new(Kind::Internal, "the draft is damaged"))?;
    let faults = checks.then(|| faults(&served, &caller, number, &step, &form));
    Ok(tagged(form, kept.version, faults.transpose()?))
}

/// `?check=true` asks what is still missing or wrong. Nothing is refused for it: a draft need not be complete.
fn checks(mut parameters: Parameters) -> Result<bool, ApiError> {
    let checks = parameters.get("check")?.unwrap_or(false);
    parameters.finish()?;
    Ok(checks)
}

fn faults(
    served: &Served,
    caller: &Caller,
    number: u64,
    step: &str,
    form: &serde_json::Value,
) -> Result<Vec<DraftFault>, ApiError> {
    let faults = served.app.check_draft(caller, number, step, form)?;
    let faults = faults.into_iter().map(|it| DraftFault {
        pointer: it.pointer,
        detail: it.message,
        missing: it.is_missing,
    });
    Ok(faults.collect())
}

/// Saves a form as it is being written. It need not be complete: `check=true` only says what is
/// still missing or wrong.
///
/// `If-Match` carries the version that the writer has seen; without one there must be no draft yet. So nobody overwrites
/// what somebody else wrote meanwhile.
#[utoipa::path(
    put,
    path = "/cases/{number}/drafts/{step}",
    tag = "Cases",
    params(CaseNumber, StepName, DraftVersion, DraftCheck, DryRun),
    request_body = Form,
    responses(
        (status = 200, body = DraftView, headers(("ETag" = String, description = "The new version, in quotes."))), Tried, Changed,
        Rejected,
    ),
)]
pub(super) async fn save_draft(
    caller: Caller,
    State(served): State<Served>,
    PathValues(number, step): PathValues<u64, String>,
    mut parameters: Parameters,
    headers: HeaderMap,
    Body(form): Body<serde_json::Value>,
) -> Result<Response, ApiError> {
    let mode = parameters.mode()?;
    let (seen, checks) = (seen_version(&headers)?, checks(parameters)?);
    let version = served
        .app
        .save_draft(&caller, number, &step, seen, &form, mode)
        .await?;
    let faults = checks.then(|| faults(&served, &caller, number, &step, &form));
    Ok(done(mode, tagged(form, version, faults.transpose()?)))
}

/// Throws a draft away. One that is not there is no error.
#[utoipa::path(
    delete,
    path = "/cases/{number}/drafts/{step}",
    tag = "Cases",
    params(CaseNumber, StepName, SeenVersion, DryRun),
    responses((status = 204), Tried, Changed),
)]
pub(super) async fn drop_draft(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValues(number, step): PathValues<u64, String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let seen = headers.get(header::IF_MATCH);
    let seen = seen.map(|_| seen_version(&headers)).transpose()?;
    served
        .app
        .drop_draft(&caller, number, &step, seen, mode)
        .await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

fn seen_version(headers: &HeaderMap) -> Result<u64, ApiError> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        return Ok(0);
    };
    let version = tag
        .to_str()
        .ok()
        .and_then(|text| text.trim().trim_matches('"').parse().ok());
    let why = "give the ETag of the version that you have read, such as \"3\"";
    version.ok_or_else(|| ApiError::header("If-Match", &why))
}

fn tagged(form: serde_json::Value, version: u64, faults: Option<Vec<DraftFault>>) -> Response {
    let view = DraftView {
        form,
        version,
        faults,
    };
    let mut response = Json(view).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
