//! Bridges to the systems around the registry.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_bridge::frame::{Action, Difference, ItemState};
use countersign_bridge::mrv::Reconciliation;
use countersign_bridge::settings::BridgeName;

use super::document::caller as caller_if_any;
use super::write::done_with;
use crate::app::{AgreementItem, AgreementOf, AgreementState, BridgeAgreement, Caller, UnitsName};
use crate::bridges::{BridgeDiff, BridgePlan, BridgeStatus};
use crate::http::Served;
use crate::http::dto::{
    self, AgreementItemView, AgreementWithView, AgreementWord, AgreementsView, BridgeActionWord,
    BridgeDiffView, BridgeItems, BridgePlanView, BridgeReplayed, BridgeRunView, BridgeView,
    CreditedFlag, DeadLetterView, DifferenceView, DifferingView, FieldStateView, ForeignView,
    ItemStateWord, MatchedView, Page, PlannedView, ReconciliationView, ReplayBridge, StoppedView,
    UnmatchedView,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    BridgeParameter, DryRun, NotFound, ProjectNumber, Tried, UnitsNamed, Unreachable,
};
use crate::http::problem::ApiError;

/// How the bridges of this node stand.
#[utoipa::path(
    get,
    path = "/bridges",
    tag = "Bridges",
    responses((status = 200, body = Page<BridgeView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<BridgeView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.bridge_statuses(&caller).await?;
    let items = all.into_iter().map(view).collect();
    Ok(Json(Page { items, next: None }))
}

/// How a bridge stands: what it does, how far it has read, how many items are in each state, and what was refused.
#[utoipa::path(
    get,
    path = "/bridges/{bridge}",
    tag = "Bridges",
    params(BridgeParameter),
    responses((status = 200, body = BridgeView)),
)]
pub(super) async fn status(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    parameters: Parameters,
) -> Result<Json<BridgeView>, ApiError> {
    parameters.finish()?;
    let status = served.app.bridge_status(&caller, bridge).await?;
    Ok(Json(view(status)))
}

/// What a bridge would send now, field by field, and what it can not send and why. Nothing is sent.
///
/// The other side is asked for its lists of words. A plan that takes longer than 20 seconds goes on: ask again.
#[utoipa::path(
    get,
    path = "/bridges/{bridge}/plan",
    tag = "Bridges",
    params(BridgeParameter),
    responses((status = 200, body = BridgePlanView), Unreachable),
)]
pub(super) async fn plan(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    parameters: Parameters,
) -> Result<Json<BridgePlanView>, ApiError> {
    parameters.finish()?;
    let plan = served.app.bridge_plan(&caller, bridge).await?;
    Ok(Json(planned(plan)))
}

/// Lets a bridge take its turns now instead of waiting, and says how it stands then.
///
/// The answer comes when the bridge rests, or after 20 seconds while it goes on.
#[utoipa::path(
    post,
    path = "/bridges/{bridge}/sync",
    tag = "Bridges",
    params(BridgeParameter),
    responses((status = 200, body = BridgeView)),
)]
pub(super) async fn sync(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    parameters: Parameters,
) -> Result<Json<BridgeView>, ApiError> {
    parameters.finish()?;
    let status = served.app.sync_bridge(&caller, bridge).await?;
    Ok(Json(view(status)))
}

/// Reads back from the other side what a bridge has sent, and compares it field by field.
///
/// What differs is marked, and sent again by a replay only. A comparison that takes longer than 20 seconds goes on: ask again.
#[utoipa::path(
    post,
    path = "/bridges/{bridge}/diff",
    tag = "Bridges",
    params(BridgeParameter),
    responses((status = 200, body = BridgeDiffView), Unreachable),
)]
pub(super) async fn diff(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    parameters: Parameters,
) -> Result<Json<BridgeDiffView>, ApiError> {
    parameters.finish()?;
    let found = served.app.compare_bridge(&caller, bridge).await?;
    Ok(Json(differing(found)))
}

/// Sends items again that were refused, or that somebody changed at the other side: one, or all.
#[utoipa::path(
    post,
    path = "/bridges/{bridge}/replay",
    tag = "Bridges",
    params(BridgeParameter, DryRun),
    request_body = ReplayBridge,
    responses((status = 200, body = BridgeReplayed), NotFound, Tried),
)]
pub(super) async fn replay(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    WriteMode(mode): WriteMode,
    Body(ReplayBridge { key }): Body<ReplayBridge>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    let items = app
        .replay_bridge(&caller, bridge, key.as_deref(), mode)
        .await?;
    Ok(done_with(mode, StatusCode::OK, BridgeReplayed { items }))
}

/// Whether each system around the registry agrees with the ledger on a project and its units, as far as it was last seen.
///
/// How each system stands is for everybody; items, fields and reasons are for those who may read reports before they are public.
#[utoipa::path(
    get,
    path = "/projects/{number}/agreement",
    tag = "Bridges",
    params(ProjectNumber),
    responses((status = 200, body = AgreementsView)),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(super) async fn of_project(
    State(served): State<Served>,
    PathValue(number): PathValue<u32>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<AgreementsView>, ApiError> {
    parameters.finish()?;
    let of = AgreementOf::Project(number);
    agreement(&served, &headers, &of).await
}

/// Whether each system around the registry agrees with the ledger on units, as far as it was last seen.
///
/// How each system stands is for everybody; items, fields and reasons are for those who may read reports before they are public.
#[utoipa::path(
    get,
    path = "/units/{name}/agreement",
    tag = "Bridges",
    params(UnitsNamed),
    responses((status = 200, body = AgreementsView)),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(super) async fn of_units(
    State(served): State<Served>,
    PathValue(name): PathValue<UnitsName>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<AgreementsView>, ApiError> {
    parameters.finish()?;
    let of = AgreementOf::Units(name);
    agreement(&served, &headers, &of).await
}

async fn agreement(
    served: &Served,
    headers: &HeaderMap,
    of: &AgreementOf,
) -> Result<Json<AgreementsView>, ApiError> {
    let caller = caller_if_any(served, headers).await?;
    let found = served.app.bridge_agreement(caller.as_ref(), of).await?;
    let bridges = found.into_iter().map(agreed).collect();
    Ok(Json(AgreementsView { bridges }))
}

fn view(of: BridgeStatus) -> BridgeView {
    let count = |wanted: ItemState| {
        let found = of.items.iter().find(|(state, _)| *state == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    BridgeView {
        items: BridgeItems {
            due: count(ItemState::Due),
            agreed: count(ItemState::Agreed),
            stopped: count(ItemState::Stopped),
            dead: count(ItemState::Dead),
            differs: count(ItemState::Differs),
        },
        bridge: name(of.bridge),
        writes: of.writes,
        state: of.state,
        why: of.why,
        until_ms: of.until_ms,
        faults: of.faults,
        memory: of.memory,
        size: of.size,
        lag: of.lag,
        done_ms: of.done_ms,
        dead_letters: of
            .dead_letters
            .into_iter()
            .map(|it| DeadLetterView {
                number: u64::try_from(it.number).unwrap_or(0),
                key: it.key,
                cause: it.cause,
                time_ms: it.time_ms,
                replayed_ms: it.replayed_ms,
            })
            .collect(),
        runs: of
            .runs
            .into_iter()
            .map(|it| BridgeRunView {
                run: it.id,
                began_ms: it.began_ms,
                ended_ms: it.ended_ms,
                agreed: it.agreed,
                generation: it.receipt.as_ref().map(|it| it.generation),
                root: it.receipt.map(|it| it.root),
            })
            .collect(),
    }
}

fn differences(all: Vec<Difference>) -> Vec<DifferenceView> {
    let view = |it: Difference| DifferenceView {
        field: it.field,
        ours: it.ours,
        theirs: it.theirs,
    };
    all.into_iter().map(view).collect()
}

fn planned(of: BridgePlan) -> BridgePlanView {
    let plan = of.plan;
    BridgePlanView {
        size: plan.size,
        changes: plan
            .changes
            .into_iter()
            .map(|it| PlannedView {
                key: it.key,
                kind: it.kind,
                action: action(it.action),
                fields: differences(it.fields),
                waits: it.waits,
            })
            .collect(),
        stopped: plan
            .stopped
            .into_iter()
            .map(|it| StoppedView {
                key: it.key,
                state: state(it.state),
                why: it.why,
            })
            .collect(),
        is_cut: plan.is_cut,
    }
}

fn differing(of: BridgeDiff) -> BridgeDiffView {
    BridgeDiffView {
        differing: of
            .differing
            .into_iter()
            .map(|it| DifferingView {
                key: it.key,
                kind: it.kind,
                fields: differences(it.fields),
                is_gone: it.is_gone,
            })
            .collect(),
        foreign: of
            .foreign
            .into_iter()
            .map(|it| ForeignView {
                kind: it.kind,
                theirs: it.theirs,
            })
            .collect(),
        reconciliation: of.reconciliation.map(reconciliation),
    }
}

fn reconciliation(of: Reconciliation) -> ReconciliationView {
    ReconciliationView {
        matched: of
            .matched
            .into_iter()
            .map(|it| MatchedView {
                project: it.project,
                activity: it.activity,
                sector: it.sector,
            })
            .collect(),
        unmatched: of
            .unmatched
            .into_iter()
            .map(|it| UnmatchedView {
                project: it.project,
                tonnes: it.tonnes,
                why: it.why,
            })
            .collect(),
        flags: of
            .flags
            .into_iter()
            .map(|it| CreditedFlag {
                sector: it.sector,
                year: it.year,
                credited: it.credited,
                reported: it.reported,
            })
            .collect(),
    }
}

const fn word(state: AgreementState) -> AgreementWord {
    match state {
        AgreementState::Agrees => AgreementWord::Agrees,
        AgreementState::Absent => AgreementWord::Absent,
        AgreementState::Due => AgreementWord::Due,
        AgreementState::Stopped => AgreementWord::Stopped,
        AgreementState::Differs => AgreementWord::Differs,
        AgreementState::Dead => AgreementWord::Dead,
    }
}

fn agreed(of: BridgeAgreement) -> AgreementWithView {
    AgreementWithView {
        bridge: name(of.bridge),
        state: word(of.state),
        why: of.why,
        items: of.items.into_iter().map(agreed_item).collect(),
        is_cut: of.is_cut,
    }
}

fn agreed_item(of: AgreementItem) -> AgreementItemView {
    let fields = of.fields.into_iter().map(|it| FieldStateView {
        field: it.field,
        ours: it.ours,
        theirs: it.theirs,
        agrees: it.agrees,
    });
    AgreementItemView {
        key: of.key,
        kind: of.kind,
        state: word(of.state),
        why: of.why,
        theirs: of.theirs,
        fields: fields.collect(),
    }
}

/// The name of a bridge, as the API speaks it.
pub(super) const fn name(of: BridgeName) -> dto::BridgeName {
    match of {
        BridgeName::CadTrust => dto::BridgeName::CadTrust,
        BridgeName::Mrv => dto::BridgeName::Mrv,
        BridgeName::ItmoPlatform => dto::BridgeName::ItmoPlatform,
    }
}

const fn action(of: Action) -> BridgeActionWord {
    match of {
        Action::Create => BridgeActionWord::Create,
        Action::Update => BridgeActionWord::Update,
        Action::Delete => BridgeActionWord::Delete,
    }
}

const fn state(of: ItemState) -> ItemStateWord {
    match of {
        ItemState::Due => ItemStateWord::Due,
        ItemState::Agreed => ItemStateWord::Agreed,
        ItemState::Stopped => ItemStateWord::Stopped,
        ItemState::Dead => ItemStateWord::Dead,
        ItemState::Differs => ItemStateWord::Differs,
    }
}
