//! The Party's account under Article 6: its contributions with their levels and targets, where units lie, what was done.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::article6::{Movement, Position, UnitEventKind};
use countersign_protocol::party::Party;
use countersign_protocol::record::{LevelSeries, Ndc};

use super::charts::{Series, lines};
use super::cooperation::uses;
use super::list::{Asked, ROWS};
use super::page::Page;
use super::{Shared, answer, format};
use crate::app::{Level, MovementQuery};
use crate::http::problem::ApiError;

/// A contribution with its chart.
struct Contribution {
    first: u16,
    last: u16,
    method: String,
    reference_year: u16,
    reference: String,
    target_year: u16,
    target: String,
    chart: String,
    legend: Vec<(&'static str, String)>,
    /// A row of the table behind the chart: a year, its level, the trajectory.
    rows: Vec<(u16, String, String)>,
}

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
    let levels = site.app.levels(None);
    let query = MovementQuery {
        year: asked.get("year")?,
        units: None,
    };
    let found = site.app.movements(query, asked.get("after")?, ROWS).await?;
    let ndcs = site.app.ndcs();
    let positions = site.app.positions(None).await?;
    let shown = AccountingPage {
        ndcs: ndcs
            .iter()
            .map(|it| contribution(&page, it, &levels))
            .collect(),
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

fn contribution(page: &Page, ndc: &Ndc, levels: &[Level]) -> Contribution {
    let signed = |value: i64| format::signed(page.language, value);
    let covered = levels.iter().filter(|it| it.series == LevelSeries::Covered);
    let covered: Vec<(u16, i64)> = covered
        .filter(|it| it.year == ndc.reference.year || ndc.period.contains(it.year))
        .map(|it| (it.year, it.level))
        .collect();
    let mut path: Vec<(u16, i64)> = ndc
        .trajectory
        .iter()
        .map(|it| (it.year, it.level))
        .collect();
    if path.is_empty() {
        path = vec![
            (ndc.reference.year, ndc.reference.level),
            (ndc.target.year, ndc.target.level),
        ];
    }
    let years = path.iter().chain(&covered).map(|it| it.0);
    let mut years: Vec<u16> = years.collect();
    years.sort_unstable();
    years.dedup();
    let of = |points: &[(u16, i64)], year: u16| {
        let found = points.iter().find(|it| it.0 == year);
        found.map(|it| signed(it.1)).unwrap_or_default()
    };
    let rows = years
        .into_iter()
        .map(|year| (year, of(&covered, year), of(&path, year)));
    let rows = rows.collect();
    let mut series = vec![(page.t("ndc-trajectory"), path)];
    if !covered.is_empty() {
        series.push((page.t("ndc-levels"), covered));
    }
    let title = page.t2(
        "ndc-title",
        "first",
        page.year(ndc.period.first()),
        "last",
        page.year(ndc.period.last()),
    );
    let method = serde_json::to_value(ndc.method).ok();
    let method = method
        .as_ref()
        .and_then(|it| it.as_str())
        .unwrap_or_default();
    Contribution {
        first: ndc.period.first(),
        last: ndc.period.last(),
        method: page.word("method", method),
        reference_year: ndc.reference.year,
        reference: signed(ndc.reference.level),
        target_year: ndc.target.year,
        target: signed(ndc.target.level),
        chart: lines(&title, &series, signed),
        legend: series
            .into_iter()
            .enumerate()
            .map(|(at, (name, _))| (Series::colour(at), name))
            .collect(),
        rows,
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
