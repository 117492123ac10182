//! Open data: the registry's lists as files, without an account.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::accounting::action;
use super::list::Csv;
use super::notices::{notice_in, purpose};
use super::page::Page;
use super::retirements::{beneficiary, names};
use super::statistics::CHARTS;
use super::{Shared, answer, format};
use crate::app::{AppError, MovementQuery};
use crate::http::problem::{ApiError, Kind};
use crate::open_data::{OpenFile, OpenSet};
use crate::projection::query::{
    OrganisationQuery, ProjectQuery, RetirementQuery, TransferQuery, Window,
};

/// Rows that are read at a time.
const ROWS_READ: usize = 1000;

/// The most rows of one file: a registry with more is better read from its event feed.
const ROWS_MAX: usize = 100_000;

/// The files, each by its word.
const FILES: [&str; 7] = [
    "projects",
    "organisations",
    "retirements",
    "transfers",
    "actions",
    "use-notices",
    "letters",
];

#[derive(Template)]
#[template(path = "web/data.html")]
struct DataPage {
    page: Page,
    files: [&'static str; FILES.len()],
    charts: [&'static str; CHARTS.len()],
    set: Option<NightlySet>,
}

/// The files that are made at night.
struct NightlySet {
    size: u64,
    root: String,
    made_ms: u64,
    /// Tables, each with its files, and then what belongs to all of them.
    rows: Vec<NightlyRow>,
}

struct NightlyRow {
    /// The word of a table; none for what belongs to all.
    stem: String,
    rows: Option<u64>,
    files: Vec<OpenFile>,
}

impl NightlySet {
    fn of(set: &OpenSet) -> Self {
        let mut rows: Vec<NightlyRow> = Vec::new();
        for file in &set.files {
            let stem = file.name.split('.').next().unwrap_or_default();
            match rows.last_mut().filter(|it| it.stem == stem) {
                Some(row) => row.files.push(file.clone()),
                None => rows.push(NightlyRow {
                    stem: stem.to_owned(),
                    rows: file.rows,
                    files: vec![file.clone()],
                }),
            }
        }
        Self {
            size: set.package.ledger.size,
            root: hex::encode(set.package.ledger.root),
            made_ms: set.made_ms,
            rows,
        }
    }
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about("data", "/events", "countersign events");
    let shown = DataPage {
        files: FILES,
        charts: CHARTS,
        set: site.app.open_data().map(|set| NightlySet::of(&set)),
        page,
    };
    answer::html(&shown.page, &shown)
}

pub(super) async fn file(
    State(site): State<Shared>,
    Path(file): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(Kind::NotFound, "there is no such file");
    let name = file.strip_suffix(".csv").ok_or_else(unknown)?;
    let text = match name {
        "projects" => projects(&site).await?,
        "organisations" => organisations(&site).await?,
        "retirements" => retirements(&site).await?,
        "transfers" => transfers(&site).await?,
        "actions" => actions(&site, &page).await?,
        "use-notices" => use_notices(&site).await?,
        "letters" => letters(&site).await?,
        _ => return Err(unknown()),
    };
    Ok(answer::csv(&page, &file, text))
}

fn window(after: Option<String>) -> Window {
    Window {
        after,
        limit: ROWS_READ,
        descending: false,
    }
}

async fn projects(site: &Shared) -> Result<String, AppError> {
    let mut csv = Csv::new(&[
        "number",
        "title",
        "organisation",
        "organisation_name",
        "sectoral_scope",
        "standing",
        "changed_at_entry",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let query = ProjectQuery {
            window: window(after),
            ..ProjectQuery::default()
        };
        let found = site.app.find_projects(&query).await?;
        rows += found.items.len();
        for it in found.items {
            csv.row([
                it.number.to_string(),
                it.title,
                it.organisation.to_string(),
                site.app.organisation_name(it.organisation),
                it.scope.to_string(),
                it.standing,
                it.changed_at.to_string(),
            ]);
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn organisations(site: &Shared) -> Result<String, AppError> {
    let mut csv = Csv::new(&[
        "number",
        "name",
        "kind",
        "type",
        "sectoral_scopes",
        "standing",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let query = OrganisationQuery {
            window: window(after),
            ..OrganisationQuery::default()
        };
        let found = site.app.find_organisations(&query).await?;
        rows += found.items.len();
        for it in found.items {
            let scopes: Vec<String> = it.scopes.iter().map(ToString::to_string).collect();
            csv.row([
                it.id.to_string(),
                it.name,
                it.kind,
                it.organisation_type.unwrap_or_default(),
                scopes.join(" "),
                it.standing,
            ]);
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn retirements(site: &Shared) -> Result<String, ApiError> {
    let mut csv = Csv::new(&[
        "entry",
        "time",
        "kind",
        "purpose",
        "organisation",
        "beneficiary",
        "reason",
        "jurisdiction",
        "serial",
        "itmo_id",
        "vintage",
        "project",
        "tonnes",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let query = RetirementQuery {
            window: window(after),
            ..RetirementQuery::default()
        };
        let found = site.app.find_retirements(&query).await?;
        let names = names(site, &found.items).await?;
        rows += found.items.len();
        for it in found.items {
            csv.row([
                it.leaf.to_string(),
                format::machine(it.time_ms),
                it.kind.clone(),
                it.purpose.clone(),
                it.organisation.map(|id| id.to_string()).unwrap_or_default(),
                beneficiary(&it, &names).unwrap_or_default(),
                it.reason.clone().unwrap_or_default(),
                it.jurisdiction.clone().unwrap_or_default(),
                it.block.serial.to_string(),
                it.block
                    .itmo_id()
                    .map(|id| id.to_string())
                    .unwrap_or_default(),
                it.block.serial.year().to_string(),
                it.block.serial.project().to_string(),
                it.block.tonnes().to_string(),
            ]);
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn transfers(site: &Shared) -> Result<String, AppError> {
    let mut csv = Csv::new(&[
        "id",
        "direction",
        "partner",
        "state",
        "agreement",
        "tonnes",
        "opened",
        "settled",
        "entry",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let query = TransferQuery {
            window: window(after),
            ..TransferQuery::default()
        };
        let found = site.app.find_transfers(&query).await?;
        rows += found.items.len();
        for it in found.items {
            let direction = serde_json::to_value(it.key.direction()).ok();
            let direction = direction.as_ref().and_then(|it| it.as_str());
            let terms = it.transfer.terms.as_ref();
            csv.row([
                it.key.id().to_string(),
                direction.unwrap_or_default().to_owned(),
                it.transfer.partner.to_string(),
                it.transfer.stage.name().to_owned(),
                terms.map(|it| it.agreement.to_string()).unwrap_or_default(),
                it.units
                    .iter()
                    .map(|it| it.tonnes())
                    .sum::<u64>()
                    .to_string(),
                format::machine(it.transfer.opened_ms),
                it.transfer
                    .settled_ms
                    .map(format::machine)
                    .unwrap_or_default(),
                it.transfer.opened_at.to_string(),
            ]);
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn actions(site: &Shared, page: &Page) -> Result<String, AppError> {
    let mut csv = Csv::new(&[
        "entry", "time", "action", "country", "approach", "units", "tonnes", "vintage", "uses",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let found = site
            .app
            .movements(MovementQuery::default(), after, ROWS_READ)
            .await?;
        rows += found.items.len();
        for (_, it) in &found.items {
            let shown = action(page, it);
            let uses = serde_json::to_value(it.uses).ok();
            let uses = uses.as_ref().and_then(|it| it.as_str());
            csv.row([
                shown.leaf.to_string(),
                format::machine(shown.time_ms),
                shown.kind.to_owned(),
                shown.country.map(|it| it.to_string()).unwrap_or_default(),
                shown.approach,
                shown.units,
                shown.tonnes.to_string(),
                it.block.serial.year().to_string(),
                uses.unwrap_or_default().to_owned(),
            ]);
        }
        after = found.next.and_then(|it| it.parse().ok());
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn use_notices(site: &Shared) -> Result<String, AppError> {
    let mut csv = Csv::new(&[
        "entry",
        "time",
        "party",
        "day",
        "purpose",
        "reference",
        "range",
        "tonnes",
    ]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let found = site.app.use_notices(&window(after)).await?;
        rows += found.items.len();
        for stored in &found.items {
            let Some(it) = notice_in(stored) else {
                continue;
            };
            for range in &it.ranges {
                csv.row([
                    stored.index.to_string(),
                    format::machine(stored.record.time_ms),
                    it.party.to_string(),
                    it.day.to_string(),
                    purpose(it.purpose).to_owned(),
                    it.reference.to_string(),
                    range.to_string(),
                    range.tonnes().to_string(),
                ]);
            }
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}

async fn letters(site: &Shared) -> Result<String, AppError> {
    let mut csv = Csv::new(&["entry", "time", "letter", "language", "case", "sha256"]);
    let (mut after, mut rows) = (None, 0);
    loop {
        let found = site.app.issued_letters(&window(after)).await?;
        rows += found.items.len();
        for it in found.items {
            let Some(issued) = it.issued else { continue };
            csv.row([
                issued.leaf.to_string(),
                format::machine(issued.time_ms),
                it.letter,
                it.language,
                it.case.to_string(),
                hex::encode(issued.sha256),
            ]);
        }
        after = found.next;
        if after.is_none() || rows >= ROWS_MAX {
            return Ok(csv.text());
        }
    }
}
