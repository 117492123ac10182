//! Organisations of the registry: developers, certifiers, the authority.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{Organisation, OrganisationKind};

use super::list::{Asked, Choice, choices};
use super::page::Page;
use super::projects::STANDINGS;
use super::{Shared, answer};
use crate::app::AppError;
use crate::http::problem::ApiError;
use crate::projection::query::{
    OrganisationQuery, OrganisationRow, OrganisationSort, ProjectQuery, ProjectRow, Window,
};

const KINDS: [(&str, OrganisationKind); 4] = [
    ("government", OrganisationKind::Government),
    ("developer", OrganisationKind::Developer),
    ("certifier", OrganisationKind::Certifier),
    ("other", OrganisationKind::Other),
];

/// Projects that the page of an organisation shows.
const PROJECTS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "web/organisations.html")]
struct OrganisationsPage {
    page: Page,
    q: String,
    kinds: Vec<Choice>,
    standings: Vec<Choice>,
    rows: Vec<OrganisationRow>,
    next: Option<String>,
    is_further: bool,
}

impl OrganisationsPage {
    /// What it is in the country's process, or in the record.
    fn role(&self, row: &OrganisationRow) -> String {
        role(&self.page, row.organisation_type.as_deref(), &row.kind)
    }
}

fn role(page: &Page, of_type: Option<&str>, kind: &str) -> String {
    let process = page.site.app.process();
    let label = of_type.and_then(|id| {
        let known = process.as_ref()?.organisation_type(id)?;
        Some(known.label.get(page.language.code()).to_owned())
    });
    label.unwrap_or_else(|| page.word("organisation-kind", kind))
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about(
        "organisations",
        "/organisations",
        "countersign organisation list",
    );
    let kind = asked.text("kind");
    let kind = kind.and_then(|kind| KINDS.iter().find(|(word, _)| *word == kind));
    let query = OrganisationQuery {
        kind: kind.map(|(_, kind)| *kind),
        standing: asked.text("standing").map(str::to_owned),
        q: asked.q()?,
        sort: OrganisationSort::Name,
        window: asked.window(false),
        ..OrganisationQuery::default()
    };
    let found = site.app.find_organisations(&query).await?;
    let kinds = KINDS.map(|(it, _)| (it.to_owned(), page.word("organisation-kind", it)));
    let standings = STANDINGS.map(|it| (it.to_owned(), page.word("standing", it)));
    let shown = OrganisationsPage {
        q: asked.shown("q"),
        kinds: choices(kinds, asked.text("kind")),
        standings: choices(standings, asked.text("standing")),
        next: asked.going_on(&page.to("/organisations"), found.next.as_deref()),
        is_further: asked.is_further(),
        rows: found.items,
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/organisation.html")]
struct OrganisationPage {
    page: Page,
    it: Organisation,
    role: String,
    projects: Vec<ProjectRow>,
    has_more: bool,
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "organisation",
        id: text.chars().take(48).collect(),
    };
    let id = OrganisationId(text.parse().map_err(|_| unknown())?);
    let it = site.app.organisation(id)?;
    let page = page.about(
        "organisations",
        "/organisations",
        "countersign organisation list",
    );
    let query = ProjectQuery {
        organisation: Some(id),
        window: Window {
            limit: PROJECTS_MAX,
            ..Window::default()
        },
        ..ProjectQuery::default()
    };
    let found = site.app.find_projects(&query).await?;
    let kind = serde_json::to_value(it.kind).ok();
    let kind = kind.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    let of_type = it.organisation_type.as_ref().map(|it| it.as_str());
    let shown = OrganisationPage {
        role: role(&page, of_type, kind),
        projects: found.items,
        has_more: found.next.is_some(),
        it,
        page,
    };
    answer::html(&shown.page, &shown)
}
