//! The ranges of a project's units: where each one is, page by page.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::registry::Holding;

use super::list::Asked;
use super::page::Page;
use super::units::{colour, place};
use super::{Shared, answer, projects};
use crate::http::problem::ApiError;

/// A range of units.
pub(super) struct Range {
    pub(super) link: String,
    pub(super) serial: String,
    pub(super) tonnes: u64,
    pub(super) vintage: u16,
    pub(super) place: String,
    pub(super) colour: &'static str,
}

impl Range {
    pub(super) fn of(page: &Page, holding: &Holding) -> Self {
        let serial = holding.block.serial;
        Self {
            link: page.at("units", serial),
            serial: serial.to_string(),
            tonnes: holding.block.tonnes(),
            vintage: serial.year(),
            place: place(page, holding.place),
            colour: colour(holding.place),
        }
    }
}

#[derive(Template)]
#[template(path = "web/ranges.html")]
struct RangesPage {
    page: Page,
    number: u32,
    title: String,
    ranges: Vec<Range>,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn list(
    State(site): State<Shared>,
    Path(number): Path<String>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let number = projects::number(&number)?;
    let file = site.app.project(None, number).await?;
    let query = format!("holdings?project={number}");
    let page = page.about(
        "projects",
        &format!("/{query}"),
        &format!("countersign api GET {query}"),
    );
    let found = site.app.project_ranges(number, asked.window(false)).await?;
    let path = page.to(&format!("/projects/{number}/units"));
    let shown = RangesPage {
        number,
        title: file.project.title.to_string(),
        ranges: found.items.iter().map(|it| Range::of(&page, it)).collect(),
        next: asked.going_on(&path, found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}
