//! Letters that the country recorded: which, of what, and where each stands in the ledger. Nothing of a letter itself is public:
//! whoever has one finds it here by the SHA-256 of its file.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::list::Asked;
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, CaseLetter};
use crate::http::dto::FileHash;
use crate::http::problem::ApiError;

/// A letter.
struct Letter {
    sha256: String,
    leaf: u64,
    time_ms: u64,
    /// What it is, in its own language.
    title: String,
    language: String,
    /// The public title of its case.
    about: String,
    case: u64,
    project: Option<u32>,
}

impl Letter {
    fn of(site: &Shared, it: CaseLetter) -> Option<Self> {
        let issued = it.issued?;
        let case = site.app.case(it.case).ok();
        Some(Self {
            sha256: hex::encode(issued.sha256),
            leaf: issued.leaf,
            time_ms: issued.time_ms,
            title: it.title,
            language: it.language,
            case: it.case,
            project: case.as_ref().and_then(|it| it.known.project),
            about: case.map_or_else(String::new, |it| it.known.title.to_string()),
        })
    }
}

#[derive(Template)]
#[template(path = "web/letters.html")]
struct LettersPage {
    page: Page,
    rows: Vec<Letter>,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about("letters", "/letters", "countersign api GET /letters");
    let found = site.app.issued_letters(&asked.window(true)).await?;
    let rows = found.items.into_iter();
    let shown = LettersPage {
        rows: rows.filter_map(|it| Letter::of(&site, it)).collect(),
        next: asked.going_on(&page.to("/letters"), found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/letter.html")]
struct LetterPage {
    page: Page,
    it: Letter,
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(sha256): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "letter",
        id: sha256.chars().take(64).collect(),
    };
    let FileHash(hash) = sha256.parse().map_err(|_| unknown())?;
    let found = site.app.check_letter(hash).await?.letter;
    let it = found.and_then(|it| Letter::of(&site, it));
    let it = it.ok_or_else(unknown)?;
    let page = page.about(
        "letters",
        &format!("/letters/{sha256}"),
        "countersign letter check FILE",
    );
    let shown = LetterPage { it, page };
    answer::html(&shown.page, &shown)
}
