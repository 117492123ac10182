//! Webhooks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::write::{done, done_with};
use crate::app::{Caller, WebhookWish};
use crate::http::Served;
use crate::http::dto::{
    DeliveryView, NewWebhook, Page, ReplayWebhook, ResumeWebhook, WebhookKeys, WebhookPonged,
    WebhookView,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{BigNumberPaging, DryRun, NotFound, Tried, WebhookNumber};
use crate::http::problem::ApiError;
use crate::webhooks::{Delivery, Endpoint};

/// The keys by which receivers verify what this node sends them (Standard Webhooks, `v1a`).
#[utoipa::path(
    get,
    path = "/webhooks/keys",
    tag = "Events",
    responses((status = 200, body = WebhookKeys)),
    security(()),
)]
pub(super) async fn keys(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<WebhookKeys>, ApiError> {
    parameters.finish()?;
    let keys = served.app.webhook_keys()?;
    Ok(Json(WebhookKeys { keys }))
}

/// The endpoints that are told of events.
#[utoipa::path(
    get,
    path = "/webhooks",
    tag = "Events",
    responses((status = 200, body = Page<WebhookView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<WebhookView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.webhook_endpoints(&caller).await?;
    let items = all.into_iter().map(view).collect();
    Ok(Json(Page { items, next: None }))
}

/// Enters an endpoint: it is told of every event of the types that it wants, in the order of the ledger, once witnesses have
/// cosigned it.
///
/// Messages follow Standard Webhooks with Ed25519 signatures; their bodies are the events of the feed.
#[utoipa::path(
    post,
    path = "/webhooks",
    tag = "Events",
    params(DryRun),
    request_body = NewWebhook,
    responses((status = 201, body = WebhookView), Tried),
)]
pub(super) async fn add(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(body): Body<NewWebhook>,
) -> Result<Response, ApiError> {
    let wish = WebhookWish {
        url: body.url,
        types: body.types,
        description: body.description,
        from: body.from,
    };
    let made = served.app.add_webhook(&caller, wish, mode).await?;
    Ok(done_with(mode, StatusCode::CREATED, view(made)))
}

/// An endpoint: how far it is, and whether it takes what is sent.
#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    tag = "Events",
    params(WebhookNumber),
    responses((status = 200, body = WebhookView)),
)]
pub(super) async fn show(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<WebhookView>, ApiError> {
    parameters.finish()?;
    Ok(Json(view(served.app.webhook_endpoint(&caller, id).await?)))
}

/// Removes an endpoint with its log: nothing goes there any more.
#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    tag = "Events",
    params(WebhookNumber, DryRun),
    responses((status = 204), Tried),
)]
pub(super) async fn remove(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<u64>,
) -> Result<Response, ApiError> {
    served.app.remove_webhook(&caller, id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Sends an endpoint a message that only tries it, and says what came of it.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/ping",
    tag = "Events",
    params(WebhookNumber),
    responses((status = 200, body = WebhookPonged)),
)]
pub(super) async fn ping(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<WebhookPonged>, ApiError> {
    parameters.finish()?;
    let came = served.app.ping_webhook(&caller, id).await?;
    Ok(Json(WebhookPonged {
        delivered: came.is_delivered(),
        status: came.status,
        fault: came.fault,
        took_ms: came.took_ms,
    }))
}

/// Lets nothing go to an endpoint any more until it is resumed; then it goes on where it was.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/pause",
    tag = "Events",
    params(WebhookNumber, DryRun),
    responses((status = 200, body = WebhookView), NotFound, Tried),
)]
pub(super) async fn pause(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<u64>,
) -> Result<Response, ApiError> {
    let found = served.app.pause_webhook(&caller, id, mode).await?;
    Ok(done_with(mode, StatusCode::OK, view(found)))
}

/// Lets an endpoint go on where it was: one that was disabled, or waits after a fault.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/resume",
    tag = "Events",
    params(WebhookNumber, DryRun),
    request_body = ResumeWebhook,
    responses((status = 200, body = WebhookView), NotFound, Tried),
)]
pub(super) async fn resume(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<u64>,
    Body(ResumeWebhook {}): Body<ResumeWebhook>,
) -> Result<Response, ApiError> {
    let found = served.app.resume_webhook(&caller, id, None, mode).await?;
    Ok(done_with(mode, StatusCode::OK, view(found)))
}

/// Sends an endpoint every event again from a leaf on.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/replay",
    tag = "Events",
    params(WebhookNumber, DryRun),
    request_body = ReplayWebhook,
    responses((status = 200, body = WebhookView), NotFound, Tried),
)]
pub(super) async fn replay(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<u64>,
    Body(ReplayWebhook { from }): Body<ReplayWebhook>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    let found = app.resume_webhook(&caller, id, Some(from), mode).await?;
    Ok(done_with(mode, StatusCode::OK, view(found)))
}

/// What was sent to an endpoint, the newest first; the last 1,000 are kept.
#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries",
    tag = "Events",
    params(WebhookNumber, BigNumberPaging),
    responses((status = 200, body = Page<DeliveryView>)),
)]
pub(super) async fn deliveries(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    mut parameters: Parameters,
) -> Result<Json<Page<DeliveryView>>, ApiError> {
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let app = &served.app;
    let found = app.webhook_deliveries(&caller, id, after, limit).await?;
    let found = found.map(delivery);
    Ok(Json(Page {
        items: found.items,
        next: found.next,
    }))
}

fn view(of: Endpoint) -> WebhookView {
    WebhookView {
        webhook: of.id,
        url: of.url,
        types: Some(of.types).filter(|it| !it.is_empty()),
        description: of.description,
        made_ms: of.made_ms,
        next_leaf: of.next_leaf,
        tries: of.tries,
        failing_ms: of.failing_ms,
        next_ms: Some(of.next_ms).filter(|it| *it > 0),
        disabled_ms: of.disabled_ms,
        note: of.note,
    }
}

fn delivery(of: Delivery) -> DeliveryView {
    DeliveryView {
        number: of.number,
        message: of.message,
        kind: of.kind,
        leaf: of.leaf,
        sent_ms: of.sent_ms,
        took_ms: of.took_ms,
        status: of.status,
        fault: of.fault,
    }
}
