//! One part of a long form, on a page of its own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::fault::{self, Fault};
use super::form::{self, Drawing, Item};
use super::gate::Signed;
use super::step::{Ready, Shown};
use crate::app::AppError;
use crate::http::problem::{ApiError, Kind};
use crate::web::page::Page;
use crate::web::{Shared, answer};

#[derive(Template)]
#[template(path = "web/work/part.html")]
struct PartPage {
    page: Page,
    faults: Vec<Fault>,
    number: u64,
    label: String,
    title: String,
    step_path: String,
    path: String,
    draft_path: String,
    items: Vec<Item>,
    has_land: bool,
    version: u64,
    at: u64,
    count: u64,
}

/// The page of a part with the fields as `value` has them.
pub(super) fn page(
    site: &Shared,
    signed: Signed,
    ready: &Ready,
    part: &str,
    value: &Value,
    shown: Shown,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let missing = || ApiError::new(Kind::NotFound, "the form has no such part");
    let form = ready.form().ok_or_else(missing)?;
    let sections = form::sections(&signed.page, form);
    let at = part
        .parse::<usize>()
        .ok()
        .and_then(|it| it.checked_sub(1))
        .ok_or_else(missing)?;
    let section = sections.get(at).ok_or_else(missing)?;
    let drawing = Drawing {
        page: &signed.page,
        faults: &shown.errors,
        grown: shown.grown.as_deref(),
        offers: &ready.offers(site),
    };
    let items = drawing.fields(&section.fields, value);
    let language = signed.page.language.code();
    let number = ready.number();
    let name = &ready.next.step;
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let shown = PartPage {
        faults: shown.faults,
        number,
        label: ready
            .step()
            .map_or_else(String::new, |it| it.label.get(language).to_owned()),
        title: section.title.clone(),
        step_path: signed.page.to(&ready.path()),
        path: signed.page.to(&ready.part_path(at)),
        draft_path: signed
            .page
            .to(&format!("/work/cases/{number}/drafts/{name}/{}", at + 1)),
        has_land: items.iter().any(|it| it.how == "land"),
        items,
        version: ready.version,
        at: count(at + 1),
        count: count(sections.len()),
        page: signed.page.about(
            "work",
            &format!("PUT /cases/{number}/drafts/{name}"),
            &format!("countersign api PUT /cases/{number}/drafts/{name}"),
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/work/saved.html")]
struct Saved<'a> {
    page: &'a Page,
    version: u64,
    fault: Option<Fault>,
    now_ms: u64,
}

/// The line that says whether what is being typed was kept.
pub(super) fn saved(
    page: &Page,
    kept: Result<u64, AppError>,
    seen: u64,
) -> Result<Response, ApiError> {
    let now_ms = page.site.app.now_ms();
    let (version, fault) = match kept {
        Ok(version) => (version, None),
        Err(error) => (seen, Some(fault::of(page, error)?)),
    };
    let shown = Saved {
        page,
        version,
        fault,
        now_ms,
    };
    answer::html(page, &shown)
}
