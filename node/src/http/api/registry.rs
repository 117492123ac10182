//! The registry as it stands.

use axum::Json;
use axum::extract::State;
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Organisation, Project};
use countersign_protocol::registry::Place;

use super::view;
use crate::app::{Caller, UnitsName};
use crate::http::Served;
use crate::http::dto::{
    AccountView, AgreementView, HoldingView, InviteText, Page, PartnerView, PlaceName, Pong,
    StatementLine,
};
use crate::http::extract::{Parameters, PathValue};
use crate::http::openapi::{
    AccountNumber, AccountPlace, BigNumberPaging, NumberPaging, Paging, PartnerCode, Rejected,
    UnitsNamed, Unreachable,
};
use crate::http::problem::ApiError;

pub(super) async fn organisations(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<Organisation>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served
        .app
        .organisations(after.unwrap_or(OrganisationId(0)), limit);
    Ok(Json(view::page(listed)))
}

/// Accounts that the caller may look into, with their balances.
#[utoipa::path(
    get,
    path = "/accounts",
    tag = "Registry",
    params(NumberPaging),
    responses((status = 200, body = Page<AccountView>)),
)]
pub(super) async fn accounts(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<AccountView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served
        .app
        .accounts(&caller, after.unwrap_or(AccountId(0)), limit);
    Ok(Json(view::page(listed.map(view::account))))
}

/// An account and its balances, in tonnes.
#[utoipa::path(
    get,
    path = "/accounts/{id}",
    tag = "Registry",
    params(AccountNumber),
    responses((status = 200, body = AccountView)),
)]
pub(super) async fn account(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<AccountId>,
    parameters: Parameters,
) -> Result<Json<AccountView>, ApiError> {
    parameters.finish()?;
    Ok(Json(view::account(served.app.account(&caller, id)?)))
}

/// The ranges of units in an account.
#[utoipa::path(
    get,
    path = "/accounts/{id}/holdings",
    tag = "Units",
    params(AccountNumber, AccountPlace, Paging),
    responses((status = 200, body = Page<HoldingView>)),
)]
pub(super) async fn holdings(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<AccountId>,
    mut parameters: Parameters,
) -> Result<Json<Page<HoldingView>>, ApiError> {
    let place = parameters.word("place")?.unwrap_or(PlaceName::Available);
    let (after, limit) = (parameters.text("after"), parameters.limit()?);
    parameters.finish()?;
    let place = match place {
        PlaceName::Available => Place::Available(id),
        PlaceName::OnHold => Place::OnHold(id),
        PlaceName::Escrow => Place::Escrow(id),
        PlaceName::Abroad | PlaceName::Used | PlaceName::Cancelled => {
            let why = "an account holds units available, on_hold or in escrow";
            return Err(ApiError::parameter("place", &why));
        }
    };
    let listed = served
        .app
        .holdings(&caller, place, after.as_deref(), limit)?;
    Ok(Json(view::page(
        listed.map(|holding| view::holding(&holding)),
    )))
}

/// The statement of an account, oldest first: each leaf that changed one of its balances.
#[utoipa::path(
    get,
    path = "/accounts/{id}/statement",
    tag = "Units",
    params(AccountNumber, BigNumberPaging),
    responses((status = 200, body = Page<StatementLine>)),
)]
pub(super) async fn statement(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<AccountId>,
    mut parameters: Parameters,
) -> Result<Json<Page<StatementLine>>, ApiError> {
    let (from, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let lines = served
        .app
        .statement(&caller, id, from.unwrap_or(0), limit)
        .await?;
    Ok(Json(view::page(lines.map(view::statement_line))))
}

pub(super) async fn projects(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<Project>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    Ok(Json(view::page(
        served.app.projects(after.unwrap_or(0), limit),
    )))
}

/// Partner countries, and whether their nodes are connected. Removed ones are not listed.
#[utoipa::path(
    get,
    path = "/partners",
    tag = "Federation",
    responses((status = 200, body = Page<PartnerView>)),
)]
pub(super) async fn partners(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<PartnerView>>, ApiError> {
    parameters.finish()?;
    let partners = served.app.partners(&caller).await?;
    Ok(Json(view::whole(partners.into_iter().map(view::partner))))
}

/// Asks a partner's node for an answer and says how long it took.
#[utoipa::path(
    post,
    path = "/partners/{party}/ping",
    tag = "Federation",
    params(PartnerCode),
    responses((status = 200, body = Pong), Rejected, Unreachable),
)]
pub(super) async fn ping(
    caller: Caller,
    State(served): State<Served>,
    PathValue(party): PathValue<Party>,
) -> Result<Json<Pong>, ApiError> {
    let reply = served.app.ping(&caller, party).await?;
    Ok(Json(Pong {
        party,
        peer: reply.peer,
        round_trip_us: reply.round_trip_us,
    }))
}

/// Bilateral agreements, and how far each is used.
#[utoipa::path(
    get,
    path = "/agreements",
    tag = "Federation",
    responses((status = 200, body = Page<AgreementView>)),
)]
pub(super) async fn agreements(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<AgreementView>>, ApiError> {
    parameters.finish()?;
    let agreements = served.app.agreements(&caller)?;
    Ok(Json(view::whole(
        agreements.into_iter().map(view::agreement),
    )))
}

/// This node's signed invitation, for a partner's `POST partners`.
#[utoipa::path(
    get,
    path = "/invite",
    tag = "Federation",
    responses((status = 200, body = InviteText), Rejected),
)]
pub(super) async fn invite(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<InviteText>, ApiError> {
    parameters.finish()?;
    let invite = served.app.own_invite(&caller).await?;
    Ok(Json(InviteText { invite }))
}

/// Where units are.
#[utoipa::path(
    get,
    path = "/units/{name}",
    tag = "Units",
    params(UnitsNamed, BigNumberPaging),
    responses((status = 200, body = Page<HoldingView>)),
    security(()),
)]
pub(super) async fn units(
    State(served): State<Served>,
    PathValue(name): PathValue<UnitsName>,
    mut parameters: Parameters,
) -> Result<Json<Page<HoldingView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.units(&name, after, limit)?;
    Ok(Json(view::page(
        listed.map(|holding| view::holding(&holding)),
    )))
}
