//! Where this ledger and those of partners disagree, and partners' orders that are honoured here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::party::Party;
use countersign_protocol::record::{self, PositionDifference};
use countersign_protocol::registry::PartnerFreeze;

use super::view;
use super::write::answer;
use crate::app::{Caller, ListedReconciliation};
use crate::federation::{FoundDifference, Reconciled};
use crate::http::Served;
use crate::http::dto::{
    self, EndFreeze, FreezeView, LedgerComparisonView, Page, PositionDifferenceView,
};
use crate::http::extract::{Body, OptionalKey, Parameters, PathValue, PathValues, WriteMode};
use crate::http::openapi::{
    DryRun, HoldNumber, LedgerWrite, NotListed, OptionalIdempotencyKey, PartnerCode, Rejected,
    Tried,
};
use crate::http::problem::ApiError;

/// How this ledger and each partner's stand to each other: when they were compared, and about which units they disagree.
#[utoipa::path(
    get,
    path = "/reconciliations",
    tag = "Federation",
    responses((status = 200, body = Page<LedgerComparisonView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<LedgerComparisonView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.reconciliations(&caller)?;
    Ok(Json(view::whole(all.into_iter().map(listed))))
}

/// Compares this ledger with a partner's now. Units about which they disagree stay where they are.
///
/// A node does it by itself once a day, and every ten minutes while units are in doubt.
#[utoipa::path(
    post,
    path = "/reconciliations/{party}",
    tag = "Federation",
    params(PartnerCode),
    responses((status = 200, body = LedgerComparisonView), NotListed, Rejected),
)]
pub(super) async fn compare(
    caller: Caller,
    State(served): State<Served>,
    PathValue(party): PathValue<Party>,
) -> Result<Json<LedgerComparisonView>, ApiError> {
    let found = served.app.reconcile(&caller, party).await?;
    Ok(Json(listed(found)))
}

fn listed(of: ListedReconciliation) -> LedgerComparisonView {
    let recorded = of.recorded;
    let leaf = recorded.as_ref().map(|it| it.at);
    match of.last {
        Some(last) => compared(&last, leaf),
        None => LedgerComparisonView {
            party: of.party,
            compared_ms: None,
            size: None,
            own_size: None,
            leaf,
            differences: recorded.map_or_else(Vec::new, |it| {
                let differences = it.differences.into_iter();
                differences.map(|it| difference(it, None)).collect()
            }),
        },
    }
}

fn compared(last: &Reconciled, leaf: Option<u64>) -> LedgerComparisonView {
    let differences = last.differences.iter();
    LedgerComparisonView {
        party: last.party,
        compared_ms: Some(last.compared_ms),
        size: Some(last.size),
        own_size: Some(last.own_size),
        leaf,
        differences: differences
            .map(|found| difference(found.difference, Some(found)))
            .collect(),
    }
}

fn difference(of: PositionDifference, found: Option<&FoundDifference>) -> PositionDifferenceView {
    PositionDifferenceView {
        range: of.range,
        tonnes: of.range.tonnes(),
        kind: of.kind,
        here: found.and_then(|it| it.here.as_ref()).map(view::holding),
        there: found.and_then(|it| it.there.as_ref()).map(view::holding),
    }
}

/// Partners' orders that units stay where they are, honoured in this country; those that ended too.
#[utoipa::path(
    get,
    path = "/freezes",
    tag = "Federation",
    responses((status = 200, body = Page<FreezeView>)),
)]
pub(super) async fn freezes(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<FreezeView>>, ApiError> {
    parameters.finish()?;
    let now_ms = served.app.now_ms();
    let all = served.app.freezes(&caller)?.into_iter();
    Ok(Json(view::whole(all.map(|it| freeze(it, now_ms)))))
}

fn freeze(of: PartnerFreeze, now_ms: u64) -> FreezeView {
    let in_force = of.is_in_force(now_ms);
    let order = of.honoured;
    FreezeView {
        party: order.party,
        hold: order.hold,
        ranges: order.ranges,
        reason: order.reason,
        authority: order.authority,
        reference: order.reference,
        expiry_ms: order.expiry_ms,
        in_force,
        leaf: of.at,
        proof: order.proof,
        ended: of.ended.map(|end| end.order.reason),
    }
}

/// Ends a partner's order in this country, whatever the partner says. It is not honoured again.
#[utoipa::path(
    post,
    path = "/freezes/{party}/{hold}/end",
    tag = "Federation",
    params(PartnerCode, HoldNumber, OptionalIdempotencyKey, DryRun),
    request_body = EndFreeze,
    responses(
        (status = 200, body = dto::Written<record::FreezeEnded>),
        Tried,
        LedgerWrite,
        NotListed,
    ),
)]
pub(super) async fn end_freeze(
    caller: Caller,
    State(served): State<Served>,
    PathValues(party, hold): PathValues<Party, u64>,
    OptionalKey(request): OptionalKey,
    WriteMode(mode): WriteMode,
    Body(EndFreeze { reason }): Body<EndFreeze>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    let written = app
        .end_freeze(&caller, request, (party, hold), reason, mode)
        .await?;
    let made = written.find(|_, body| match body {
        record::Body::FreezeEnded(it) => Some(it.as_ref().clone()),
        _ => None,
    });
    answer(StatusCode::OK, &written, made)
}
