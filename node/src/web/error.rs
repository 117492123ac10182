//! Pages for what went wrong, for people; programs get problem details.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::answer;
use super::language::Language;
use super::page::Page;
use super::{Shared, Site};

/// Paths below which programs are answered, whatever they say that they take.
const FOR_PROGRAMS: [&str; 8] = [
    "/api/",
    "/log/",
    "/witness/",
    "/assets/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/style.css",
];

/// Makes error pages.
#[derive(Clone)]
pub(crate) struct ErrorPages(Shared);

/// What went wrong.
pub(crate) struct Wrong<'a> {
    pub(crate) status: StatusCode,
    /// The last part of the problem's type.
    pub(crate) slug: &'a str,
    /// What is wrong and how to mend it, in English.
    pub(crate) detail: &'a str,
    /// The request's id.
    pub(crate) id: &'a str,
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    title: String,
    text: String,
    wrong: &'a Wrong<'a>,
}

impl ErrorPages {
    pub(crate) fn new(site: std::sync::Arc<Site>) -> Self {
        Self(site)
    }

    /// The page, for somebody who reads pages.
    pub(crate) fn page(
        &self,
        path: &str,
        headers: &HeaderMap,
        wrong: &Wrong<'_>,
    ) -> Option<Response> {
        let is_for_programs = FOR_PROGRAMS.iter().any(|it| path.starts_with(it));
        if is_for_programs || !takes_pages(headers) {
            return None;
        }
        let first = path.split('/').nth(1).unwrap_or_default();
        let named = Language::ALL.into_iter().find(|it| it.code() == first);
        let page = Page::new(&self.0, named, path, headers);
        let key = match wrong.status.as_u16() {
            404 => "not-found",
            400 | 413 => "malformed",
            401 => "signed-out",
            403 => "forbidden",
            409 | 412 | 422 => "refused",
            405 => "method",
            429 => "too-many",
            503 => "busy",
            _ => "failed",
        };
        let shown = ErrorPage {
            title: page.t(&format!("error-{key}")),
            text: page.t(&format!("error-{key}-text")),
            page: &page,
            wrong,
        };
        answer::with_status(wrong.status, &page, &shown).ok()
    }
}

/// Whether a client names pages among what it takes, as browsers do. `*/*` alone is said by programs.
fn takes_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|text| text.contains("text/html"))
}
