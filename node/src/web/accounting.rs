//! The Party's account under Article 6: its contributions with their levels and targets, where units lie, what was done.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::article6::{Movement, Position, UnitEventKind};
use countersign_protocol::party::Party;
use countersign_protocol::record::Ndc;

use super::cooperation::uses;
use super::list::{Asked, ROWS};
use super::ndc::{Contribution, Standing};
use super::page::Page;
use super::reports::{self, Frozen};
use super::{Shared, answer};
use crate::app::MovementQuery;
use crate::http::problem::{ApiError, Kind};

/// Units in accounts of one purpose.
struct Row {
    approach: String,
    purpose: String,
    vintage: u16,
    itmos: u64,
    authorised: u64,
}

/// Something that was done with units.
pub(super) struct Action {
    pub(super) leaf: u64,
    pub(super) time_ms: u64,
    pub(super) what: String,
    pub(super) kind: &'static str,
    pub(super) country: Option<Party>,
    pub(super) approach: String,
    pub(super) units: String,
    pub(super) tonnes: u64,
    pub(super) uses: String,
}

#[derive(Template)]
#[template(path = "web/accounting.html")]
struct AccountingPage {
    page: Page,
    ndcs: Vec<Contribution>,
    reports: Vec<Frozen>,
    positions: Vec<Row>,
    actions: Vec<Action>,
    year: String,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn show(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about(
        "accounting",
        "/article6/actions",
        "countersign api GET /article6/actions",
    );
    let query = MovementQuery {
        year: asked.get("year")?,
        units: None,
    };
    let found = site.app.movements(query, asked.get("after")?, ROWS).await?;
    let mut ndcs = Vec::new();
    for ndc in site.app.ndcs() {
        ndcs.push(Contribution::of(&page, &standing(&site, ndc).await?));
    }
    let positions = site.app.positions(None).await?;
    let shown = AccountingPage {
        ndcs,
        reports: reports::listed(&site, &page).await?,
        positions: positions.iter().map(|it| position(&page, it)).collect(),
        actions: found
            .items
            .iter()
            .map(|(_, it)| action(&page, it))
            .collect(),
        year: asked.shown("year"),
        next: asked.going_on(&page.to("/accounting"), found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// An NDC and how the country stands to it.
async fn standing(site: &Shared, ndc: Ndc) -> Result<Standing, ApiError> {
    let balance = site.app.emissions_balance(ndc.period.first()).await?;
    Ok(Standing {
        levels: site.app.levels(None),
        balance,
        ndc,
    })
}

/// What lies behind a contribution as a file: `ndc-2021.csv`, `ndc-2021.svg`, `regular-2021.json`, `regular-2021.xlsx`.
pub(super) async fn file(
    State(site): State<Shared>,
    Path(file): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(Kind::NotFound, "there is no such file");
    let (stem, kind) = file.split_once('.').ok_or_else(unknown)?;
    let (what, year) = stem.split_once('-').ok_or_else(unknown)?;
    let year: u16 = year.parse().map_err(|_| unknown())?;
    let mut ndcs = site.app.ndcs().into_iter();
    let ndc = ndcs.find(|it| it.period.first() == year);
    let ndc = ndc.ok_or_else(unknown)?;
    match (what, kind) {
        ("ndc", "csv") => {
            let standing = standing(&site, ndc).await?;
            Ok(answer::csv(&page, &file, standing.csv(&page)))
        }
        ("ndc", "svg") => {
            let standing = standing(&site, ndc).await?;
            Ok(answer::svg(&page, standing.drawn(&page)))
        }
        ("regular", _) => reports::regular(&site, &page, &ndc, kind).await,
        _ => Err(unknown()),
    }
}

fn position(page: &Page, of: &Position) -> Row {
    let purpose = serde_json::to_value(of.purpose).ok();
    let purpose = purpose
        .as_ref()
        .and_then(|it| it.as_str())
        .unwrap_or_default();
    Row {
        approach: of.approach.to_string(),
        purpose: page.word("holds", purpose),
        vintage: of.vintage,
        itmos: of.itmos,
        authorised: of.authorised,
    }
}

pub(super) fn action(page: &Page, of: &Movement) -> Action {
    let (kind, country) = match of.kind {
        UnitEventKind::Authorised => ("authorised", None),
        UnitEventKind::FirstTransferred { to, .. } => ("first_transferred", to),
        UnitEventKind::Transferred { to } => ("transferred", to),
        UnitEventKind::Acquired { from } => ("acquired", Some(from)),
        UnitEventKind::UsedTowardsNdc { .. } => ("used_towards_ndc", None),
        UnitEventKind::Ended { .. } => ("ended", None),
        UnitEventKind::PartnersFirstTransfer { .. } => ("partners_first_transfer", None),
    };
    Action {
        leaf: of.leaf,
        time_ms: of.time_ms,
        what: page.word("action", kind),
        kind,
        country,
        approach: of.approach.to_string(),
        units: of.block.range().to_string(),
        tonnes: of.block.tonnes(),
        uses: uses(page, of.uses),
    }
}
