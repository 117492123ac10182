//! Mail: its state for the operator, and who gets news.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::write::done_with;
use crate::app::{Caller, MailReport};
use crate::http::Served;
use crate::http::dto::{MailRetried, MailStatusView, MailView, Notifications, RetryMail};
use crate::http::extract::{Body, Parameters, WriteMode};
use crate::http::openapi::{DryRun, NotFound, Tried};
use crate::http::problem::ApiError;
use crate::mail::Waiting;

/// How mail stands: what waits, what could not be sent, and why. For the operator.
#[utoipa::path(
    get,
    path = "/mail",
    tag = "Node",
    responses((status = 200, body = MailStatusView)),
    security(("operator" = [])),
)]
pub(super) async fn status(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<MailStatusView>, ApiError> {
    parameters.finish()?;
    let MailReport { status, mails } = served.app.mail_report(&caller).await?;
    Ok(Json(MailStatusView {
        sink: status.sink.to_owned(),
        waiting: status.waiting,
        oldest_ms: status.oldest_ms,
        dead: status.dead,
        sent: status.sent,
        fault: status.fault,
        mails: mails.into_iter().map(mail).collect(),
    }))
}

fn mail(of: Waiting) -> MailView {
    MailView {
        mail: of.id,
        kind: of.kind,
        user: of.user,
        domain: of.domain,
        language: of.language,
        queued_ms: of.queued_ms,
        next_ms: of.next_ms,
        tries: of.tries,
        fault: of.fault,
        dead_ms: of.dead_ms,
    }
}

/// Tries mail again that could not be sent: one, or all. For the operator.
#[utoipa::path(
    post,
    path = "/mail/retry",
    tag = "Node",
    params(DryRun),
    request_body = RetryMail,
    responses((status = 200, body = MailRetried), NotFound, Tried),
    security(("operator" = [])),
)]
pub(super) async fn retry(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(RetryMail { mail }): Body<RetryMail>,
) -> Result<Response, ApiError> {
    let mails = served.app.retry_mail(&caller, mail, mode).await?;
    Ok(done_with(mode, StatusCode::OK, MailRetried { mails }))
}

/// Whether the caller gets news by mail.
#[utoipa::path(
    get,
    path = "/me/notifications",
    tag = "Own account",
    responses((status = 200, body = Notifications)),
)]
pub(super) async fn notifications(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Notifications>, ApiError> {
    parameters.finish()?;
    let mail = served.app.wants_news(&caller).await?;
    Ok(Json(Notifications { mail }))
}

/// Turns news by mail on or off for the caller. One-time codes always come.
#[utoipa::path(
    put,
    path = "/me/notifications",
    tag = "Own account",
    params(DryRun),
    request_body = Notifications,
    responses((status = 200, body = Notifications), Tried),
)]
pub(super) async fn set_notifications(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(wanted): Body<Notifications>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    app.set_wants_news(&caller, wanted.mail, mode).await?;
    Ok(done_with(mode, StatusCode::OK, wanted))
}
