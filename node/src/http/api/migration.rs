//! Moving running cases to a newer version of the process, and the findings that are open in a case.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_protocol::record;
use countersign_protocol::registry::{CaseMove, OpenFinding};

use super::view;
use super::write::answer;
use crate::app::{Caller, MigrationPlan, Mode, ProposedMigration};
use crate::http::Served;
use crate::http::dto::{
    CaseMigratedView, DecideMigration, MigrationView, MoveView, NewMigration, OpenFindingView,
    Page, ProposedMigrationView,
};
use crate::http::extract::{Body, Key, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    CaseNumber, DryRun, IdempotencyKey, LedgerWrite, MigrationNumber, Rejected, Tried,
};
use crate::http::problem::ApiError;

/// Proposes that a case, with those below it, goes on under a newer version of the process.
///
/// `?dry_run=true` says what would move and what stands against it, and keeps nothing.
#[utoipa::path(
    post,
    path = "/cases/{number}/migrations",
    tag = "Cases",
    params(CaseNumber, DryRun),
    request_body = NewMigration,
    responses(
        (status = 202, body = MigrationView, description = "It waits for a second official."),
        (status = 200, body = MigrationView, description = "With `dry_run=true`: nothing was kept."),
        LedgerWrite,
        Rejected,
    ),
)]
pub(super) async fn propose(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    WriteMode(mode): WriteMode,
    Body(NewMigration { version }): Body<NewMigration>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    if mode == Mode::Try {
        let plan = app.migration_plan(&caller, case, version)?;
        return Ok(Json(plan_view(plan, None)).into_response());
    }
    let (number, plan) = app.propose_migration(&caller, case, version).await?;
    Ok((StatusCode::ACCEPTED, Json(plan_view(plan, Some(number)))).into_response())
}

/// Migrations that wait for a second official.
#[utoipa::path(
    get,
    path = "/migrations",
    tag = "Cases",
    responses((status = 200, body = Page<ProposedMigrationView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<ProposedMigrationView>>, ApiError> {
    parameters.finish()?;
    let waiting = served.app.migrations(&caller).await?;
    Ok(Json(view::whole(waiting.into_iter().map(proposed_view))))
}

/// Carries out a migration that another official proposed, or turns it down (204).
#[utoipa::path(
    post,
    path = "/migrations/{id}",
    tag = "Cases",
    params(MigrationNumber, IdempotencyKey, DryRun),
    request_body = DecideMigration,
    responses(
        (status = 200, body = crate::http::dto::Written<CaseMigratedView>),
        (status = 204, description = "It is turned down, and nothing was written."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(super) async fn decide(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    Key(request): Key,
    WriteMode(mode): WriteMode,
    Body(DecideMigration { approve }): Body<DecideMigration>,
) -> Result<Response, ApiError> {
    let decided = served
        .app
        .decide_migration(&caller, request, id, approve, mode)
        .await?;
    let Some(written) = decided else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let made = written.find(|_, body| match body {
        record::Body::CaseMigrated(it) => Some(CaseMigratedView {
            case: it.case,
            process: it.process,
        }),
        _ => None,
    });
    answer(StatusCode::OK, &written, made)
}

/// The findings that are open in a case. What they say is in the case's file.
#[utoipa::path(
    get,
    path = "/cases/{number}/findings",
    tag = "Findings and holds",
    params(CaseNumber),
    responses((status = 200, body = Page<OpenFindingView>)),
    security(()),
)]
pub(super) async fn findings(
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<Page<OpenFindingView>>, ApiError> {
    parameters.finish()?;
    let open = served.app.open_findings(case)?;
    Ok(Json(view::whole(open.into_iter().map(finding_view))))
}

fn finding_view(of: OpenFinding) -> OpenFindingView {
    OpenFindingView {
        case: of.case,
        finding: of.number,
        kind: of.kind,
        answered: of.answered,
        opened_at: of.opened_at,
    }
}

fn proposed_view(of: ProposedMigration) -> ProposedMigrationView {
    let ProposedMigration {
        number,
        plan,
        proposed,
    } = of;
    ProposedMigrationView {
        migration: number,
        case: proposed.case,
        version: proposed.version,
        proposer: proposed.proposer,
        proposed_ms: proposed.proposed_ms,
        plan: plan.map(|plan| plan_view(plan, Some(number))),
    }
}

fn plan_view(plan: MigrationPlan, migration: Option<u64>) -> MigrationView {
    MigrationView {
        migration,
        case: plan.case,
        version: plan.version,
        process: plan.process,
        possible: plan.moves.iter().all(|it| it.stage_after.is_ok()),
        moves: plan.moves.into_iter().map(move_view).collect(),
    }
}

fn move_view(of: CaseMove) -> MoveView {
    let (stage_after, against) = match of.stage_after {
        Ok(stage) => (Some(stage), None),
        Err(refusal) => (None, Some(refusal.to_string())),
    };
    MoveView {
        case: of.case,
        flow: of.flow,
        stage: of.stage,
        stage_after,
        against,
    }
}
