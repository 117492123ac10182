//! Cooperative approaches with partner countries, and the authorisations under them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::article6::AuthorisedUse;
use countersign_protocol::id::AuthorisationId;
use countersign_protocol::party::Party;
use countersign_protocol::record::AuthorisedEntity;
use countersign_protocol::serial::CooperativeApproachId;

use super::entries::Line;
use super::page::Page;
use super::{Shared, answer};
use crate::app::{
    AppError, ApproachFile, AuthorisationFile, AuthorisationQuery, LIST_MAX, StoredRecord,
};
use crate::http::problem::ApiError;
use crate::projection::query::Window;

/// Records of a subject that one page shows.
const RECORDS_MAX: usize = 100;

/// How much of an authorisation is used, as a bar and in words.
pub(super) struct Gauge {
    pub(super) id: String,
    pub(super) link: String,
    pub(super) party: String,
    pub(super) approach: String,
    pub(super) uses: String,
    pub(super) in_force: bool,
    pub(super) quantity: u64,
    pub(super) first_transferred: u64,
    /// The part of the bar that is full, of a hundred.
    pub(super) percent: u64,
    /// That in words.
    pub(super) used: String,
}

impl Gauge {
    pub(super) fn of(page: &Page, file: &AuthorisationFile) -> Self {
        let it = &file.known.latest;
        let used = file.used.unwrap_or_default();
        let percent = used.committed.saturating_mul(100).checked_div(it.quantity);
        let percent = percent.unwrap_or(0).min(100);
        let in_words = match it.quantity {
            0 => page.t1("gauge-unlimited", "used", page.tonnes(used.committed)),
            quantity => page.t2(
                "gauge",
                "used",
                page.n(used.committed),
                "all",
                page.tonnes(quantity),
            ),
        };
        Self {
            id: it.id.to_string(),
            link: page.to(&format!("/authorisations/{}/{}", it.party, it.id)),
            party: page.country(it.party),
            approach: it.approach.to_string(),
            uses: uses(page, it.uses),
            in_force: file.known.is_in_force(),
            quantity: it.quantity,
            first_transferred: used.first_transferred,
            percent,
            used: in_words,
        }
    }
}

pub(super) fn uses(page: &Page, of: AuthorisedUse) -> String {
    let word = serde_json::to_value(of).ok();
    let word = word.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    page.word("uses", &word.replace(' ', "-"))
}

/// An approach in the list.
struct Card {
    link: String,
    id: String,
    title: String,
    parties: String,
    has_report: bool,
}

pub(super) fn parties(page: &Page, all: &[Party]) -> String {
    let names: Vec<String> = all.iter().map(|it| page.country(it)).collect();
    names.join(" · ")
}

#[derive(Template)]
#[template(path = "web/cooperation.html")]
struct CooperationPage {
    page: Page,
    approaches: Vec<Card>,
    gauges: Vec<Gauge>,
}

fn gauges(
    site: &Shared,
    page: &Page,
    approach: Option<CooperativeApproachId>,
) -> Result<Vec<Gauge>, ApiError> {
    let query = AuthorisationQuery {
        approach,
        ..AuthorisationQuery::default()
    };
    let found = site.app.authorisations(&query, None, LIST_MAX)?.items;
    Ok(found.iter().map(|it| Gauge::of(page, it)).collect())
}

pub(super) async fn list(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about(
        "cooperation",
        "/cooperative-approaches",
        "countersign api GET /cooperative-approaches",
    );
    let card = |it: ApproachFile| Card {
        link: page.at("cooperation", it.approach.id),
        id: it.approach.id.to_string(),
        title: it.approach.title.to_string(),
        parties: parties(&page, &it.approach.parties),
        has_report: it.report.is_some(),
    };
    let shown = CooperationPage {
        approaches: site.app.approaches().into_iter().map(card).collect(),
        gauges: gauges(&site, &page, None)?,
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/approach.html")]
struct ApproachPage {
    page: Page,
    file: ApproachFile,
    parties: String,
    definition: String,
    entities: Vec<AuthorisedEntity>,
    gauges: Vec<Gauge>,
    lines: Vec<Line>,
}

/// The records about a subject, oldest first, in one line each.
pub(super) fn lines(page: &Page, records: &[StoredRecord]) -> Vec<Line> {
    records.iter().map(|it| Line::of(page, it)).collect()
}

fn window() -> Window {
    Window {
        limit: RECORDS_MAX,
        ..Window::default()
    }
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "cooperative approach",
        id: text.chars().take(48).collect(),
    };
    let id: CooperativeApproachId = text.parse().map_err(|_| unknown())?;
    let file = site.app.approach(id)?;
    let page = page.about(
        "cooperation",
        &format!("/cooperative-approaches/{id}"),
        &format!("countersign api GET /cooperative-approaches/{id}"),
    );
    let records = site.app.approach_versions(id, &window()).await?.items;
    let word = file
        .approach
        .definition
        .and_then(|it| serde_json::to_value(it).ok());
    let word = word.as_ref().and_then(|it| it.as_str());
    let shown = ApproachPage {
        parties: parties(&page, &file.approach.parties),
        definition: word.map_or_else(|| page.t("none"), |word| page.word("definition", word)),
        entities: site.app.authorised_entities(Some(id)),
        gauges: gauges(&site, &page, Some(id))?,
        lines: lines(&page, &records),
        file,
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/authorisation.html")]
struct AuthorisationPage {
    page: Page,
    file: AuthorisationFile,
    gauge: Gauge,
    acquirers: String,
    lines: Vec<Line>,
}

/// The authorisation that an address names.
pub(super) fn named(party: &str, id: &str) -> Result<(Party, AuthorisationId), AppError> {
    let read = || Some((party.parse().ok()?, id.parse().ok()?));
    read().ok_or_else(|| AppError::NotFound {
        what: "authorisation",
        id: id.chars().take(48).collect(),
    })
}

pub(super) async fn authorisation(
    State(site): State<Shared>,
    Path((party, id)): Path<(String, String)>,
    page: Page,
) -> Result<Response, ApiError> {
    let (party, id) = named(&party, &id)?;
    let file = site.app.authorisation(party, id)?;
    let page = page.about(
        "cooperation",
        &format!("/authorisations/{party}/{id}"),
        &format!("countersign api GET /authorisations/{party}/{id}"),
    );
    let records = site
        .app
        .authorisation_versions(party, id, &window())
        .await?
        .items;
    let latest = &file.known.latest;
    let shown = AuthorisationPage {
        gauge: Gauge::of(&page, &file),
        acquirers: match latest.parties.as_slice() {
            [] => page.t("authorisation-any-party"),
            some => parties(&page, some),
        },
        lines: lines(&page, &records),
        file,
        page,
    };
    answer::html(&shown.page, &shown)
}
