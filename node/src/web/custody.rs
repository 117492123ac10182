//! The chain of custody of units: everything that happened to them, page by page.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::id::AccountId;

use super::list::Asked;
use super::page::Page;
use super::{Shared, answer, units};
use crate::http::percent::encoded;
use crate::http::problem::ApiError;
use crate::projection::query::EventRow;

/// Something that happened.
pub(super) struct Happened {
    pub(super) index: u64,
    pub(super) time_ms: u64,
    pub(super) kind: String,
    pub(super) range: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) party: Option<String>,
    /// A page about it.
    pub(super) link: Option<(String, String)>,
    pub(super) is_end: bool,
}

#[derive(Template)]
#[template(path = "web/custody.html")]
struct CustodyPage {
    page: Page,
    name: String,
    events: Vec<Happened>,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn list(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let name = units::named(&text)?;
    let query = format!("units/{}/history", encoded(&text));
    let page = page.about(
        "units",
        &format!("/{query}"),
        &format!("countersign api GET {query}"),
    );
    let found = site.app.units_history(&name, &asked.window(false)).await?;
    let path = page.to(&format!("/{query}"));
    let shown = CustodyPage {
        name: text,
        events: events(&page, &found.items),
        next: asked.going_on(&path, found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// What happened, as pages show it.
pub(super) fn events(page: &Page, rows: &[EventRow]) -> Vec<Happened> {
    rows.iter().map(|it| happened(page, it)).collect()
}

fn happened(page: &Page, of: &EventRow) -> Happened {
    let account = |id: AccountId| page.t1("account", "account", page.plain(u64::from(id.0)));
    let reference = of.reference.as_deref().unwrap_or_default();
    let link = match of.kind.as_str() {
        "lock" | "release" | "finalise" | "acquire" => {
            Some((page.at("transfers", reference), page.t("transfer-open")))
        }
        "retire" | "cancel" => Some((page.at("retirements", of.leaf), page.t("retirement-open"))),
        _ => None,
    };
    Happened {
        index: of.leaf,
        time_ms: of.time_ms,
        kind: page.word("event", &of.kind),
        range: of.range.to_string(),
        from: of.from.map(account),
        to: of.to.map(account),
        party: of.party.map(|it| page.country(it)),
        link,
        is_end: matches!(of.kind.as_str(), "retire" | "cancel"),
    }
}
