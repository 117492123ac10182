//! The first page: one search, four numbers with the entry that they follow from, and what happened last.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::entries::{Line, telling};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AuthorisationQuery, LIST_MAX};
use crate::http::problem::ApiError;

/// Entries that are looked through for news.
const LOOKED_AT: usize = 60;

/// News that are shown.
const NEWS: usize = 8;

#[derive(Template)]
#[template(path = "web/home.html")]
struct HomePage {
    page: Page,
    authorised: u64,
    issued: u64,
    transferred: u64,
    retired: u64,
    projects: u64,
    lines: Vec<Line>,
    is_witnessed: bool,
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about("home", "/status", "countersign status");
    let totals = site.app.totals();
    let records = site.app.newest_records(LOOKED_AT).await?;
    let shown = HomePage {
        authorised: authorised(&site)?,
        issued: totals.issued,
        transferred: totals.transferred,
        retired: totals.used.saturating_add(totals.cancelled),
        projects: site.app.project_count(),
        lines: telling(&page, &records, NEWS),
        is_witnessed: site.app.head()?.witnessed.is_some(),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// Tonnes that may be first transferred under the authorisations of this Party that are in force: their quantity, or what
/// was put under them where they set none.
fn authorised(site: &Shared) -> Result<u64, ApiError> {
    let query = AuthorisationQuery {
        party: Some(site.genesis.party),
        in_force: Some(true),
        ..AuthorisationQuery::default()
    };
    let all = site.app.authorisations(&query, None, LIST_MAX)?.items;
    let of = all.iter().map(|it| match it.known.latest.quantity {
        0 => it.used.map_or(0, |used| used.put),
        quantity => quantity,
    });
    Ok(of.fold(0, u64::saturating_add))
}
