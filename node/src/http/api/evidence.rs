//! Mirrors of partners' ledgers, and evidence against them.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::party::Party;
use countersign_protocol::record::{self, LedgerCleared};

use super::view;
use super::write::answer;
use crate::app::Caller;
use crate::http::Served;
use crate::http::dto::{
    self, AccusationView, AuditFindingView, EvidenceText, FileHash, MirrorView, NewClearance, Page,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    DryRun, EvidenceHash, LedgerWrite, NotListed, OptionalIdempotencyKey, PartnerCode, Rejected,
    Tried,
};
use crate::http::problem::ApiError;
use crate::mirror::{AuditFinding, MirrorStatus};

/// How partners' ledgers are mirrored here, and what the audit of each found.
#[utoipa::path(
    get,
    path = "/mirrors",
    tag = "Federation",
    responses((status = 200, body = Page<MirrorView>)),
)]
pub(super) async fn mirrors(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<MirrorView>>, ApiError> {
    parameters.finish()?;
    let mirrors = served.app.mirrors(&caller)?;
    Ok(Json(view::whole(mirrors.into_iter().map(mirror))))
}

fn mirror(of: MirrorStatus) -> MirrorView {
    MirrorView {
        party: of.party,
        origin: of.origin,
        size: of.size,
        caught_up_ms: of.caught_up_ms,
        finding: of.finding.map(finding),
        problem: of.problem,
    }
}

fn finding(of: AuditFinding) -> AuditFindingView {
    AuditFindingView {
        index: of.index,
        kind: of.kind.map(str::to_owned),
        rule: of.rule.map(str::to_owned),
        says: of.says,
    }
}

/// Partners whose ledgers stand accused: nothing begins with them, and what is open waits.
#[utoipa::path(
    get,
    path = "/accusations",
    tag = "Federation",
    responses((status = 200, body = Page<AccusationView>)),
)]
pub(super) async fn accusations(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<AccusationView>>, ApiError> {
    parameters.finish()?;
    let standing = served.app.accusations(&caller)?;
    Ok(Json(view::whole(standing.into_iter().map(|it| {
        AccusationView {
            party: it.party,
            number: it.kind.number().to_owned(),
            says: it.kind.says().to_owned(),
            evidence: hex::encode(it.evidence),
            leaf: Some(it.leaf),
        }
    }))))
}

/// Evidence against a partner's ledger, for anybody to check offline.
#[utoipa::path(
    get,
    path = "/evidence/{sha256}",
    tag = "Federation",
    params(EvidenceHash),
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8"), NotListed),
    security(()),
)]
pub(super) async fn evidence(
    State(served): State<Served>,
    PathValue(FileHash(sha256)): PathValue<FileHash>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    parameters.finish()?;
    let text = served.app.evidence(&sha256)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, text).into_response())
}

/// Takes evidence against a partner's ledger: it is checked, kept, recorded and told to every member.
///
/// Taking it twice is harmless. What is evidence is in `docs/federation.md`.
#[utoipa::path(
    post,
    path = "/evidence",
    tag = "Federation",
    request_body = EvidenceText,
    responses((status = 200, body = AccusationView), Rejected),
)]
pub(super) async fn accuse(
    caller: Caller,
    State(served): State<Served>,
    Body(EvidenceText { evidence }): Body<EvidenceText>,
) -> Result<Json<AccusationView>, ApiError> {
    let accused = served.app.accuse(&caller, &evidence).await?;
    Ok(Json(AccusationView {
        party: accused.party,
        number: accused.kind.number().to_owned(),
        says: accused.kind.says().to_owned(),
        evidence: hex::encode(accused.evidence),
        leaf: None,
    }))
}

/// Names the line of an accused partner's ledger that lives on: what it says counts again as far as it continues that line.
#[utoipa::path(
    post,
    path = "/partners/{party}/clear",
    tag = "Federation",
    params(PartnerCode, OptionalIdempotencyKey, DryRun),
    request_body = NewClearance,
    responses((status = 201, body = dto::Written<record::LedgerCleared>), Tried, LedgerWrite, Rejected),
)]
pub(super) async fn clear(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    PathValue(party): PathValue<Party>,
    Body(new): Body<NewClearance>,
) -> Result<Response, ApiError> {
    let cleared = LedgerCleared {
        party,
        evidence: new.evidence,
        size: new.size,
        root: new.root,
        decision: new.decision,
    };
    let written = served.app.clear(&caller, request, cleared, mode).await?;
    let made = written.find(|_, body| match body {
        record::Body::LedgerCleared(it) => Some(it.clone()),
        _ => None,
    });
    answer(StatusCode::CREATED, &written, made)
}
