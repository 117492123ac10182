//! Holds: what may not move, by whose order and until when; and partners' orders that are honoured here.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{HoldOn, Reason, Reference};
use countersign_protocol::registry::{PartnerFreeze, RegistryHold};
use countersign_protocol::units::UnitRange;

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use super::posted::{Posted, drawn};
use crate::app::{AppError, HoldWish, LiftWish, Mode};
use crate::http::problem::ApiError;
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Holds of one page.
const ROWS: usize = 50;

/// What a hold can be on, by the words of the form.
const KINDS: [&str; 4] = ["ranges", "project", "account", "organisation"];

struct Row {
    hold: u64,
    /// What it is on, each with a page about it where there is one.
    on: Vec<(String, Option<String>)>,
    reason: String,
    authority: OrganisationId,
    reference: String,
    placed_at: u64,
    placed_ms: u64,
    expiry_ms: Option<u64>,
    is_in_force: bool,
    /// Why and when it was lifted.
    lifted: Option<(String, u64)>,
}

/// A partner's order.
struct Freeze {
    party: Party,
    hold: u64,
    ranges: Vec<String>,
    reason: String,
    authority: String,
    reference: String,
    leaf: u64,
    expiry_ms: u64,
    is_in_force: bool,
    ended: Option<(String, u64)>,
}

#[derive(Template)]
#[template(path = "web/work/holds.html")]
struct HoldsPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    rows: Vec<Row>,
    next: Option<String>,
    is_further: bool,
    /// None for those who may not look at the federation.
    freezes: Option<Vec<Freeze>>,
    may_place: bool,
    may_lift: bool,
    kinds: Vec<Choice>,
    typed: Typed,
    request: String,
}

/// What was typed into the form of a new hold.
#[derive(Default)]
struct Typed {
    on: String,
    reason: String,
    authority: String,
    reference: String,
    until: String,
}

const DONE: [&str; 3] = ["placed", "lifted", "ended"];

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "hold-done", &DONE);
    let mut shown = shown(&site, signed, &asked)?;
    shown.done = done;
    answer::html(&shown.page, &shown)
}

fn shown(site: &Shared, signed: Signed, asked: &Asked) -> Result<HoldsPage, ApiError> {
    let own = signed.person()?.principal.organisation;
    let Signed { page, caller, .. } = signed;
    let after: Option<u64> = asked.get("after")?;
    let found = site.app.holds(&caller, after.unwrap_or(0), ROWS)?;
    let now_ms = page.now_ms();
    let freezes = match site.app.freezes(&caller) {
        Ok(all) => Some(all.iter().map(|it| freeze(it, now_ms)).collect()),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let may = |action| site.app.permit(&caller, action, &Object::default()).is_ok();
    let typed = Typed {
        authority: own.to_string(),
        ..Typed::default()
    };
    Ok(HoldsPage {
        faults: Vec::new(),
        done: None,
        rows: found
            .items
            .iter()
            .map(|it| row(&page, it, now_ms))
            .collect(),
        next: asked.going_on(&page.to("/work/holds"), found.next.as_deref()),
        is_further: asked.is_further(),
        freezes,
        may_place: may(Action::HoldPlace),
        may_lift: may(Action::HoldLift),
        kinds: kinds(&page, ""),
        typed,
        request: drawn()?.to_string(),
        page: page.about("work", "/standing-holds", "countersign hold list"),
    })
}

fn kinds(page: &Page, chosen: &str) -> Vec<Choice> {
    let named = KINDS.map(|it| (it.to_owned(), page.word("hold-kind", it)));
    choices(named, Some(chosen))
}

fn row(page: &Page, it: &RegistryHold, now_ms: u64) -> Row {
    let placed = &it.placed;
    let on = match &placed.on {
        HoldOn::Ranges(ranges) => {
            let one = |it: &UnitRange| (it.to_string(), Some(page.at("units", it)));
            ranges.iter().map(one).collect()
        }
        HoldOn::Account(id) => vec![(page.t1("hold-on-account", "account", id), None)],
        HoldOn::Project(number) => {
            let text = page.t1("project-number", "number", page.plain(u64::from(*number)));
            vec![(text, Some(page.at("projects", number)))]
        }
        HoldOn::Organisation(id) => {
            vec![(page.organisation(*id), Some(page.at("organisations", id)))]
        }
    };
    let lifted = it.lifted.as_ref();
    Row {
        hold: placed.hold,
        on,
        reason: placed.reason.to_string(),
        authority: placed.authority,
        reference: placed.reference.to_string(),
        placed_at: it.placed_at,
        placed_ms: it.placed_ms,
        expiry_ms: placed.expiry_ms,
        is_in_force: it.is_in_force(now_ms),
        lifted: lifted.map(|end| (end.order.reason.to_string(), end.time_ms)),
    }
}

fn freeze(it: &PartnerFreeze, now_ms: u64) -> Freeze {
    let order = &it.honoured;
    let ended = it.ended.as_ref();
    Freeze {
        party: order.party,
        hold: order.hold,
        ranges: order.ranges.iter().map(ToString::to_string).collect(),
        reason: order.reason.to_string(),
        authority: order.authority.to_string(),
        reference: order.reference.to_string(),
        leaf: it.at,
        expiry_ms: order.expiry_ms,
        is_in_force: it.is_in_force(now_ms),
        ended: ended.map(|end| (end.order.reason.to_string(), end.time_ms)),
    }
}

/// Reads a field; where it cannot be read, that is one more fault.
fn read<T>(posted: &Posted, name: &str, faults: &mut Vec<Fault>, why: &str) -> Option<T>
where
    T: std::str::FromStr,
{
    let read = posted.shown(name).parse().ok();
    if read.is_none() {
        faults.push(Fault::at(name, why));
    }
    read
}

/// What the hold is on, as it was typed.
fn on(page: &Page, posted: &Posted, faults: &mut Vec<Fault>) -> Option<HoldOn> {
    let number = page.t("fault-number");
    match posted.shown("kind").as_str() {
        "ranges" => {
            let text = posted.shown("on");
            let named = text.split([',', ';', '\n', ' ', '\r']).map(str::trim);
            let named = named.filter(|it| !it.is_empty());
            let ranges: Result<Vec<UnitRange>, _> = named.map(str::parse).collect();
            match ranges {
                Ok(mut ranges) if !ranges.is_empty() => {
                    ranges.sort_unstable();
                    Some(HoldOn::Ranges(ranges))
                }
                _ => {
                    faults.push(Fault::at("on", page.t("fault-hold-ranges")));
                    None
                }
            }
        }
        "project" => read(posted, "on", faults, &number).map(HoldOn::Project),
        "account" => read(posted, "on", faults, &number).map(HoldOn::Account),
        "organisation" => read(posted, "on", faults, &number).map(HoldOn::Organisation),
        _ => {
            faults.push(Fault::at("kind", page.t("form-choose")));
            None
        }
    }
}

/// The last day on which it counts, as the moment after it.
fn until(page: &Page, posted: &Posted, faults: &mut Vec<Fault>) -> Option<Option<u64>> {
    let Some(text) = posted.given("until") else {
        return Some(None);
    };
    let next = text.parse::<Day>().ok().and_then(|day| {
        let after = day.number().checked_add(1)?;
        Day::new(after).ok()
    });
    match next {
        Some(next) => Some(Some(next.start_ms())),
        None => {
            faults.push(Fault::at("until", page.t("hint-day")));
            None
        }
    }
}

fn wish(page: &Page, posted: &Posted) -> Result<HoldWish, Vec<Fault>> {
    let mut faults = Vec::new();
    let on = on(page, posted, &mut faults);
    let (missing, number) = (page.t("form-missing"), page.t("fault-number"));
    let reason: Option<Reason> = read(posted, "reason", &mut faults, &missing);
    let authority: Option<OrganisationId> = read(posted, "authority", &mut faults, &number);
    let reference: Option<Reference> = read(posted, "reference", &mut faults, &missing);
    let expiry_ms = until(page, posted, &mut faults);
    match (on, reason, authority, reference, expiry_ms) {
        (Some(on), Some(reason), Some(authority), Some(reference), Some(expiry_ms)) => {
            Ok(HoldWish {
                on,
                reason,
                authority,
                reference,
                expiry_ms,
            })
        }
        _ => Err(faults),
    }
}

pub(super) async fn place(
    State(site): State<Shared>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let (status, faults) = match wish(&signed.page, &posted) {
        Ok(wish) => {
            let request = posted.request()?;
            let placed = site
                .app
                .place_hold(&signed.caller, request, wish, Mode::Write);
            match placed.await {
                Ok(_) => return Ok(led(&signed.page, "placed")),
                Err(error) => (fault::status(&error), vec![fault::of(&signed.page, error)?]),
            }
        }
        Err(faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults),
    };
    let mut shown = shown(&site, signed, &Asked::default())?;
    shown.faults = faults;
    shown.kinds = kinds(&shown.page, &posted.shown("kind"));
    shown.typed = Typed {
        on: posted.shown("on"),
        reason: posted.shown("reason"),
        authority: posted.shown("authority"),
        reference: posted.shown("reference"),
        until: posted.shown("until"),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn led(page: &Page, done: &str) -> Response {
    let path = page.to("/work/holds");
    answer::see_other(&format!("{path}?done={done}"))
}

/// Leads back to the list, or shows it with what stands against the wish.
fn answered<T>(
    site: &Shared,
    signed: Signed,
    outcome: Result<T, AppError>,
    done: &str,
) -> Result<Response, ApiError> {
    match outcome {
        Ok(_) => Ok(led(&signed.page, done)),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            let mut shown = shown(site, signed, &Asked::default())?;
            shown.faults = faults;
            answer::with_status(status, &shown.page, &shown)
        }
    }
}

pub(super) async fn lift(
    State(site): State<Shared>,
    Path(hold): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let hold = place::number("hold", &hold)?;
    let mut faults = Vec::new();
    let page = &signed.page;
    let (missing, number) = (page.t("form-missing"), page.t("fault-number"));
    let reason: Option<Reason> = read(&posted, "reason", &mut faults, &missing);
    let authority = read(&posted, "authority", &mut faults, &number);
    let reference: Option<Reference> = read(&posted, "reference", &mut faults, &missing);
    let (Some(reason), Some(authority), Some(reference)) = (reason, authority, reference) else {
        let mut shown = shown(&site, signed, &Asked::default())?;
        // The fields of one hold among many: each says its own in the browser before it is sent.
        let whole = |it: Fault| Fault { link: None, ..it };
        shown.faults = faults.into_iter().map(whole).collect();
        return answer::with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown.page, &shown);
    };
    let wish = LiftWish {
        hold,
        reason,
        authority,
        reference,
    };
    let request = posted.request()?;
    let lifted = site
        .app
        .lift_hold(&signed.caller, request, wish, Mode::Write)
        .await;
    answered(&site, signed, lifted, "lifted")
}

pub(super) async fn end_freeze(
    State(site): State<Shared>,
    Path((party, hold)): Path<(String, String)>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "freeze",
        id: party.chars().take(8).collect(),
    };
    let of: Party = party.parse().map_err(|_| unknown())?;
    let hold = place::number("freeze", &hold)?;
    let Ok(reason) = posted.shown("reason").parse::<Reason>() else {
        let mut shown = shown(&site, signed, &Asked::default())?;
        shown.faults = vec![Fault::whole(shown.page.t("form-missing"))];
        return answer::with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown.page, &shown);
    };
    let request = posted.request()?;
    let ended = site
        .app
        .end_freeze(&signed.caller, request, (of, hold), reason, Mode::Write)
        .await;
    answered(&site, signed, ended, "ended")
}
