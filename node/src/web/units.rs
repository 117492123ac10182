//! Units: the serial piece by piece, where each part is, what it was split from, and everything that happened to it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::id::AccountId;
use countersign_protocol::registry::{Holding, Place};
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::badges::{self, Badge};
use super::custody::{self, Happened};
use super::list::{Asked, ROWS};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AgreementOf, UnitsName};
use crate::http::problem::{ApiError, Kind};
use crate::projection::query::{EventRow, Window};

/// Events of one range that are shown; of several ranges so many as a page of a list has.
const EVENTS_MAX: usize = 200;

/// Where a range is, in words.
pub(super) fn place(page: &Page, place: Place) -> String {
    let numbered = |account: AccountId| page.plain(u64::from(account.0));
    match place {
        Place::Available(account) => page.t1("place-available", "account", numbered(account)),
        Place::OnHold(account) => page.t1("place-on-hold", "account", numbered(account)),
        Place::Reserved(account) => page.t1("place-reserved", "account", numbered(account)),
        Place::Escrow(account) => page.t1("place-escrow", "account", numbered(account)),
        Place::Abroad(party) => page.t1("place-abroad", "country", page.country(party)),
        Place::Used => page.t("place-used"),
        Place::Cancelled => page.t("place-cancelled"),
    }
}

/// The colour of a place.
pub(super) const fn colour(place: Place) -> &'static str {
    match place {
        Place::Available(_) => "good",
        Place::OnHold(_) | Place::Reserved(_) | Place::Escrow(_) => "warn",
        Place::Abroad(_) => "info",
        Place::Used | Place::Cancelled => "",
    }
}

/// A piece of a serial.
struct Piece {
    text: String,
    meaning: String,
}

fn domestic(page: &Page, block: &UnitBlock) -> Vec<Piece> {
    let serial = block.serial;
    let piece = |text: String, meaning: String| Piece { text, meaning };
    let range = serial.range();
    vec![
        piece(
            serial.party().to_string(),
            page.t1("piece-party", "country", page.country(serial.party())),
        ),
        piece(serial.unit_type().to_string(), page.t("piece-type")),
        piece(
            serial.scope().to_string(),
            page.t1("piece-scope", "scope", page.scope(serial.scope())),
        ),
        piece(serial.project().to_string(), page.t("piece-project")),
        piece(serial.year().to_string(), page.t("piece-vintage")),
        piece(serial.reserved().to_string(), page.t("piece-reserved")),
        piece(range.first().to_string(), page.t("piece-first")),
        piece(range.last().to_string(), page.t("piece-last")),
    ]
}

fn itmo(page: &Page, block: &UnitBlock) -> Vec<Piece> {
    let Some(id) = block.itmo_id() else {
        return Vec::new();
    };
    let piece = |text: String, meaning: String| Piece { text, meaning };
    let range = id.range();
    vec![
        piece(
            id.cooperative_approach().to_string(),
            page.t("piece-approach"),
        ),
        piece(id.registry().to_string(), page.t("piece-registry")),
        piece(
            id.first_transferring().alpha3().to_owned(),
            page.t1(
                "piece-first-transferring",
                "country",
                page.country(id.first_transferring()),
            ),
        ),
        piece(
            format!("{}–{}", range.first(), range.last()),
            page.t("piece-numbers"),
        ),
        piece(id.vintage().to_string(), page.t("piece-vintage")),
    ]
}

/// A part of the units that were asked for.
struct Part {
    link: String,
    serial: String,
    tonnes: u64,
    place: String,
    colour: &'static str,
    since: u64,
}

/// A range in the tree of splits.
struct Branch {
    link: String,
    range: String,
    tonnes: u64,
    is_here: bool,
    /// The part that was split off beside it, and where that can be seen.
    beside: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "web/units.html")]
struct UnitsPage {
    page: Page,
    name: String,
    block: UnitBlock,
    tonnes: u64,
    pieces: Vec<Piece>,
    itmo: Vec<Piece>,
    itmo_id: String,
    parts: Vec<Part>,
    /// What was asked for and lies beyond the parts.
    rest: Option<UnitRange>,
    is_one_vintage: bool,
    /// Of one range; each of several has its own.
    tree: Vec<Branch>,
    events: Vec<Happened>,
    has_more_events: bool,
    badges: Vec<Badge>,
}

#[derive(Template)]
#[template(path = "web/units-ask.html")]
struct AskPage {
    page: Page,
}

/// The form for somebody who holds a serial.
pub(super) async fn ask(
    State(_): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    if let Some(serial) = asked.text("serial") {
        return Ok(answer::see_other(&page.at("units", serial)));
    }
    let page = page.about(
        "units",
        "/units/GH-1-500",
        "countersign api GET units/GH-1-500",
    );
    let shown = AskPage { page };
    answer::html(&shown.page, &shown)
}

/// The units that an address names.
pub(super) fn named(text: &str) -> Result<UnitsName, ApiError> {
    let name = text.parse::<UnitsName>();
    name.map_err(|error| ApiError::new(Kind::NotFound, error.to_string()))
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let name = named(&text)?;
    let asked = name.range();
    let listing = site.app.units(&name, None, ROWS)?;
    let parts = listing.items.iter();
    let (block, limit) = match listing.items.as_slice() {
        [] => return Err(ApiError::new(Kind::NotFound, "no unit has this name")),
        [only] => (narrowed(only, asked), EVENTS_MAX),
        [first, ..] => (first.block, ROWS),
    };
    let window = Window {
        limit,
        ..Window::default()
    };
    let history = site.app.units_history(&name, &window).await?;
    let encoded = crate::http::percent::encoded(&text);
    let page = page.about(
        "units",
        &format!("/units/{encoded}"),
        &format!("countersign api GET units/{asked}"),
    );
    let badges = badges::of(&site, &page, &AgreementOf::Units(name)).await?;
    let tree = match parts.len() {
        1 => tree(&page, &history.items, block.range()),
        _ => Vec::new(),
    };
    let vintage = block.serial.year();
    let shown = UnitsPage {
        badges,
        name: text,
        tonnes: parts.clone().map(|it| narrowed(it, asked).tonnes()).sum(),
        pieces: domestic(&page, &block),
        itmo: itmo(&page, &block),
        itmo_id: block.itmo_id().map(|it| it.to_string()).unwrap_or_default(),
        rest: rest(asked, listing.next.as_deref()),
        is_one_vintage: parts.clone().all(|it| it.block.serial.year() == vintage),
        parts: parts.map(|it| part(&page, it)).collect(),
        tree,
        events: custody::events(&page, &history.items),
        has_more_events: history.next.is_some(),
        block,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// What lies beyond the ranges that are shown.
fn rest(asked: UnitRange, next: Option<&str>) -> Option<UnitRange> {
    let first = next?.parse().ok()?;
    UnitRange::new(asked.origin(), first, asked.last()).ok()
}

/// The block of those units of a range that were asked for.
fn narrowed(holding: &Holding, asked: UnitRange) -> UnitBlock {
    let common = holding.block.range().common(asked);
    common
        .and_then(|common| holding.block.part(common))
        .unwrap_or(holding.block)
}

fn part(page: &Page, of: &Holding) -> Part {
    Part {
        link: page.at("units", of.block.serial),
        serial: of.block.serial.to_string(),
        tonnes: of.block.tonnes(),
        place: place(page, of.place),
        colour: colour(of.place),
        since: of.since,
    }
}

/// The ranges that led to this one, from the issuance on, each split off the one before.
fn tree(page: &Page, events: &[EventRow], here: UnitRange) -> Vec<Branch> {
    let around = events.iter().map(|it| it.range);
    let mut around: BTreeSet<(std::cmp::Reverse<u64>, u64, u64)> = around
        .filter(|it| it.contains_range(here))
        .map(|it| (std::cmp::Reverse(it.tonnes()), it.first(), it.last()))
        .collect();
    around.insert((std::cmp::Reverse(here.tonnes()), here.first(), here.last()));
    let ranges: Vec<UnitRange> = around
        .into_iter()
        .filter_map(|(_, first, last)| UnitRange::new(here.origin(), first, last).ok())
        .collect();
    let mut branches: Vec<Branch> = Vec::new();
    for (at, range) in ranges.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| ranges.get(it));
        let beside = before.and_then(|before| {
            let (first, last) = if before.first() < range.first() {
                (before.first(), range.first() - 1)
            } else {
                (range.last() + 1, before.last())
            };
            let other = UnitRange::new(range.origin(), first, last).ok()?;
            Some((page.at("units", other), other.to_string()))
        });
        branches.push(Branch {
            link: page.at("units", range),
            range: range.to_string(),
            tonnes: range.tonnes(),
            is_here: *range == here,
            beside,
        });
    }
    branches
}
