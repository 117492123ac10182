//! Guidance: short texts for whoever reads the registry for the first time.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::page::Page;
use super::{Shared, answer};
use crate::http::problem::{ApiError, Kind};

/// Topics, and how many paragraphs each has.
pub(super) const TOPICS: [(&str, usize); 7] = [
    ("register", 4),
    ("serial", 4),
    ("proof", 4),
    ("transfer", 3),
    ("words", 6),
    ("access", 3),
    ("privacy", 3),
];

#[derive(Template)]
#[template(path = "web/guidance.html")]
struct GuidancePage {
    page: Page,
    topics: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "web/topic.html")]
struct TopicPage {
    page: Page,
    title: String,
    paragraphs: Vec<String>,
}

pub(super) async fn list(State(_): State<Shared>, mut page: Page) -> Result<Response, ApiError> {
    page.section = "guidance";
    let topics = TOPICS.map(|(topic, _)| {
        let title = page.t(&format!("guide-{topic}"));
        (topic, title, page.t(&format!("guide-{topic}-1")))
    });
    let shown = GuidancePage {
        topics: topics.into(),
        page,
    };
    answer::html(&shown.page, &shown)
}

pub(super) async fn show(
    State(_): State<Shared>,
    Path(topic): Path<String>,
    mut page: Page,
) -> Result<Response, ApiError> {
    page.section = "guidance";
    let known = TOPICS.iter().find(|(name, _)| *name == topic);
    let unknown = || ApiError::new(Kind::NotFound, "there is no guidance of this name");
    let (topic, paragraphs) = known.ok_or_else(unknown)?;
    let shown = TopicPage {
        title: page.t(&format!("guide-{topic}")),
        paragraphs: (1..=*paragraphs)
            .map(|number| page.t(&format!("guide-{topic}-{number}")))
            .collect(),
        page,
    };
    answer::html(&shown.page, &shown)
}
