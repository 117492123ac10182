//! The documentation of the API as pages: made from its description, readable without a script, nothing from elsewhere.

mod examples;
mod look;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

use super::Served;
use super::extract::PathValue;
use super::openapi;
use super::problem::{ApiError, Kind};
use look::{Described, Topic};

/// Where the pages are.
const PLACE: &str = "/api/v1/docs";

#[derive(Template)]
#[template(path = "docs/index.html")]
struct Index<'a> {
    about: &'a [String],
    secrets: &'a [(String, String)],
    topics: &'a [Topic],
    problems: &'a [(u16, &'static str, &'static str)],
}

#[derive(Template)]
#[template(path = "docs/topic.html")]
struct Page<'a> {
    topic: &'a Topic,
}

#[derive(Template)]
#[template(path = "docs/types.html")]
struct Types<'a> {
    types: &'a [Described],
}

/// The style sheet of these pages.
pub(super) fn style() -> Router<Served> {
    async fn show() -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ];
        (headers, include_str!("../../../templates/style.css")).into_response()
    }
    Router::new().route("/style.css", get(show))
}

/// The pages by their names: the first has none.
struct Pages(BTreeMap<String, String>);

impl Pages {
    fn all() -> &'static Result<Self, askama::Error> {
        static PAGES: OnceLock<Result<Pages, askama::Error>> = OnceLock::new();
        PAGES.get_or_init(Self::made)
    }

    fn made() -> Result<Self, askama::Error> {
        let document: Value = serde_json::from_str(openapi::json()).unwrap_or_default();
        let topics = look::topics(&document);
        let types = look::types(&document);
        let problems: Vec<_> = Kind::all()
            .map(|kind| (kind.status().as_u16(), kind.slug(), kind.title()))
            .collect();
        let index = Index {
            about: &look::paragraphs(&document["info"]["description"]),
            secrets: &look::secrets(&document),
            topics: &topics,
            problems: &problems,
        };
        let mut pages = BTreeMap::from([(String::new(), index.render()?)]);
        for topic in &topics {
            pages.insert(topic.slug.clone(), Page { topic }.render()?);
        }
        pages.insert("types".to_owned(), Types { types: &types }.render()?);
        Ok(Self(pages))
    }
}

fn page(name: &str) -> Result<Response, ApiError> {
    let pages = Pages::all()
        .as_ref()
        .map_err(|error| ApiError::new(Kind::Internal, error.to_string()))?;
    let missing = || ApiError::new(Kind::NotFound, "the documentation has no such page");
    let html = pages.0.get(name).ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, html.as_str()).into_response())
}

/// The documentation of this API, as a page.
///
/// It needs no script and nothing from elsewhere.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "Node",
    responses((status = 200, body = String, content_type = "text/html; charset=utf-8")),
    security(()),
)]
pub(super) async fn index() -> Result<Response, ApiError> {
    page("")
}

/// A page of the documentation: the operations of one topic, or the types.
#[utoipa::path(
    get,
    path = "/docs/{page}",
    tag = "Node",
    params(openapi::DocumentationPage),
    responses((status = 200, body = String, content_type = "text/html; charset=utf-8")),
    security(()),
)]
pub(super) async fn topic(PathValue(name): PathValue<String>) -> Result<Response, ApiError> {
    page(&name)
}
