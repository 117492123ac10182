//! Webhooks: who is told of events, what was sent and why it was not taken, and what can be done about it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_bridge::event::EventKind;
use countersign_protocol::permission::{Action, Object};

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use super::posted::Posted;
use crate::app::{AppError, Caller, Field, Mode, WebhookWish};
use crate::http::problem::ApiError;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};
use crate::webhooks::{Delivery, Endpoint, Outcome};

/// Deliveries of one page.
const ROWS: usize = 50;

/// How an endpoint stands.
fn standing(it: &Endpoint) -> &'static str {
    match (it.disabled_ms, it.failing_ms) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "failing",
        (None, None) => "works",
    }
}

/// A group of types to choose.
struct Group {
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "web/work/webhooks.html")]
struct WebhooksPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    rows: Vec<Endpoint>,
    keys: Vec<String>,
    may_change: bool,
    groups: Vec<Group>,
    typed: Typed,
}

impl WebhooksPage {
    fn standing(&self, it: &Endpoint) -> &'static str {
        standing(it)
    }
}

/// What was typed into the form of a new endpoint.
#[derive(Default)]
struct Typed {
    url: String,
    types: String,
    description: String,
    from: String,
}

fn may_change(site: &Shared, caller: &Caller) -> bool {
    let permit = site
        .app
        .permit(caller, Action::ConfigurationChange, &Object::default());
    permit.is_ok()
}

/// The groups of types, such as `unit.*`.
fn groups(chosen: &BTreeSet<&str>) -> Vec<Group> {
    let names = EventKind::ALL.iter().map(|it| it.name());
    let heads: BTreeSet<&str> = names
        .filter_map(|it| it.split_once('.'))
        .map(|(head, _)| head)
        .collect();
    let group = |head: &str| {
        let name = format!("{head}.*");
        Group {
            is_chosen: chosen.contains(&*name),
            name,
        }
    };
    heads.into_iter().map(group).collect()
}

async fn shown(site: &Shared, signed: Signed) -> Result<WebhooksPage, ApiError> {
    let Signed { page, caller, .. } = signed;
    Ok(WebhooksPage {
        faults: Vec::new(),
        done: None,
        rows: site.app.webhook_endpoints(&caller).await?,
        keys: site.app.webhook_keys()?,
        may_change: may_change(site, &caller),
        groups: groups(&BTreeSet::new()),
        typed: Typed::default(),
        page: page.about("work", "/webhooks", "countersign webhook list"),
    })
}

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "webhook-done", &DONE);
    let mut shown = shown(&site, signed).await?;
    shown.done = done;
    answer::html(&shown.page, &shown)
}

/// The endpoint that was typed.
fn wish(posted: &Posted) -> Result<WebhookWish, AppError> {
    let groups = posted.all("group").map(str::to_owned);
    let single = posted.shown("types");
    let single = single.split([',', ' ', '\n', '\r']).map(str::trim);
    let single = single.filter(|it| !it.is_empty()).map(str::to_owned);
    let types: Vec<String> = groups.chain(single).collect();
    let from = posted.given("from").map(leaf).transpose()?;
    Ok(WebhookWish {
        url: posted.shown("url"),
        types: Some(types.join(",")).filter(|it| !it.is_empty()),
        description: posted.given("description").map(str::to_owned),
        from,
    })
}

/// The number of an entry of the log.
fn leaf(text: &str) -> Result<u64, AppError> {
    text.parse().map_err(|_| AppError::BadInput {
        field: Field::Body("/from".into()),
        why: "it must be the number of an entry, counted from 0".to_owned(),
    })
}

/// What stands against a wish, beside the field that it is about.
fn said(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    let place = match &error {
        AppError::BadInput {
            field: Field::Body(pointer),
            ..
        } => pointer.strip_prefix('/').map(|it| format!("#{it}")),
        _ => None,
    };
    let mut fault = fault::of(page, error)?;
    fault.link = place.filter(|it| it.len() > 1).or(fault.link);
    Ok(fault)
}

pub(super) async fn add(
    State(site): State<Shared>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let made = match wish(&posted) {
        Ok(wish) => {
            site.app
                .add_webhook(&signed.caller, wish, Mode::Write)
                .await
        }
        Err(error) => Err(error),
    };
    let error = match made {
        Ok(made) => return Ok(led(&signed.page, Some(made.id), "added")),
        Err(error) => error,
    };
    let status = fault::status(&error);
    let fault = said(&signed.page, error)?;
    let mut shown = shown(&site, signed).await?;
    shown.faults = vec![fault];
    shown.groups = groups(&posted.all("group").collect());
    shown.typed = Typed {
        url: posted.shown("url"),
        types: posted.shown("types"),
        description: posted.shown("description"),
        from: posted.shown("from"),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn led(page: &Page, webhook: Option<u64>, done: &str) -> Response {
    let path = match webhook {
        Some(id) => page.to(&format!("/work/webhooks/{id}")),
        None => page.to("/work/webhooks"),
    };
    answer::see_other(&format!("{path}?done={done}"))
}

#[derive(Template)]
#[template(path = "web/work/webhook.html")]
struct WebhookPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    it: Endpoint,
    standing: &'static str,
    may_change: bool,
    /// What came of a message that only tried it.
    pinged: Option<Outcome>,
    deliveries: Vec<Delivery>,
    next: Option<String>,
    is_further: bool,
}

/// What was done and is said on the page that comes next.
const DONE: [&str; 5] = ["added", "paused", "resumed", "replayed", "removed"];

pub(super) async fn show(
    State(site): State<Shared>,
    Path(webhook): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let id = place::number("webhook", &webhook)?;
    let done = asked.done(&signed.page, "webhook-done", &DONE);
    let mut shown = one(&site, signed, id, &asked).await?;
    shown.done = done;
    answer::html(&shown.page, &shown)
}

async fn one(
    site: &Shared,
    signed: Signed,
    id: u64,
    asked: &Asked,
) -> Result<WebhookPage, ApiError> {
    let Signed { page, caller, .. } = signed;
    let it = site.app.webhook_endpoint(&caller, id).await?;
    let after: Option<u64> = asked.get("after")?;
    let found = site
        .app
        .webhook_deliveries(&caller, id, after, ROWS)
        .await?;
    let path = page.to(&format!("/work/webhooks/{id}"));
    Ok(WebhookPage {
        faults: Vec::new(),
        done: None,
        standing: standing(&it),
        it,
        may_change: may_change(site, &caller),
        pinged: None,
        next: asked.going_on(&path, found.next.as_deref()),
        is_further: asked.is_further(),
        deliveries: found.items,
        page: page.about(
            "work",
            &format!("/webhooks/{id}/deliveries"),
            &format!("countersign webhook deliveries {id}"),
        ),
    })
}

pub(super) async fn change(
    State(site): State<Shared>,
    Path((webhook, deed)): Path<(String, String)>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let id = place::number("webhook", &webhook)?;
    if deed == "ping" {
        let pinged = site.app.ping_webhook(&signed.caller, id).await?;
        let mut shown = one(&site, signed, id, &Asked::default()).await?;
        shown.pinged = Some(pinged);
        return answer::html(&shown.page, &shown);
    }
    match done(&site, &signed.caller, id, &deed, &posted).await {
        Ok("removed") => Ok(led(&signed.page, None, "removed")),
        Ok(done) => Ok(led(&signed.page, Some(id), done)),
        Err(error) => {
            let status = fault::status(&error);
            let fault = said(&signed.page, error)?;
            let mut shown = one(&site, signed, id, &Asked::default()).await?;
            shown.faults = vec![fault];
            answer::with_status(status, &shown.page, &shown)
        }
    }
}

/// Does one of the deeds; gives what is said of it afterwards.
async fn done(
    site: &Shared,
    caller: &Caller,
    id: u64,
    deed: &str,
    posted: &Posted,
) -> Result<&'static str, AppError> {
    let (app, mode) = (&site.app, Mode::Write);
    match deed {
        "pause" => {
            app.pause_webhook(caller, id, mode).await?;
            Ok("paused")
        }
        "resume" => {
            app.resume_webhook(caller, id, None, mode).await?;
            Ok("resumed")
        }
        "replay" => {
            let from = leaf(&posted.shown("from"))?;
            app.resume_webhook(caller, id, Some(from), mode).await?;
            Ok("replayed")
        }
        "remove" => {
            app.remove_webhook(caller, id, mode).await?;
            Ok("removed")
        }
        _ => Err(place::unknown("deed", deed)),
    }
}
