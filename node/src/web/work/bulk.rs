//! Many wishes at once: rows of CSV, each judged before any is written.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::fault::Fault;
use super::gate::{Retyped, Signed};
use super::posted::drawn;
use crate::app::Mode;
use crate::http::bulk_of_text;
use crate::http::dto::{BulkAnswer, BulkKind, BulkStatus, RowAnswer};
use crate::http::problem::ApiError;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Rows whose outcome one page shows; what is refused comes first.
const SHOWN_MAX: usize = 500;

#[derive(Template)]
#[template(path = "web/work/bulk.html")]
struct BulkPage {
    page: Page,
    faults: Vec<Fault>,
    kinds: Vec<Choice>,
    text: String,
    request: String,
    outcome: Option<BulkAnswer>,
}

impl BulkPage {
    /// The rows, those that are refused first.
    fn rows(&self) -> Vec<&RowAnswer> {
        let all = self.outcome.as_ref().map_or(&[][..], |it| &it.results);
        refused_first(all, |it| it.status == BulkStatus::Refused)
    }

    fn status(&self, row: &RowAnswer) -> (&'static str, String) {
        let (colour, word) = match row.status {
            BulkStatus::Written => ("good", "written"),
            BulkStatus::Repeated => ("info", "repeated"),
            BulkStatus::Possible => ("good", "possible"),
            BulkStatus::Refused => ("bad", "refused"),
        };
        (colour, self.page.word("bulk-status", word))
    }

    /// Whether it was only tried, and some of it can be written.
    fn may_be_written(&self) -> bool {
        self.outcome.as_ref().is_some_and(|it| it.possible > 0)
    }
}

/// The lines of a file that one page shows.
pub(super) fn refused_first<T>(all: &[T], is_refused: impl Fn(&T) -> bool) -> Vec<&T> {
    let refused = all.iter().filter(|it| is_refused(it));
    let others = all.iter().filter(|it| !is_refused(it));
    refused.chain(others).take(SHOWN_MAX).collect()
}

fn page_of(
    page: Page,
    kind: &str,
    text: String,
    request: String,
    faults: Vec<Fault>,
    outcome: Option<BulkAnswer>,
) -> BulkPage {
    let kinds = BulkKind::ALL.map(|it| (it.word().to_owned(), page.word("bulk-kind", it.word())));
    BulkPage {
        kinds: choices(kinds, Some(kind)),
        faults,
        text,
        request,
        outcome,
        page: page.about("work", "POST /bulk/cases", "countersign bulk"),
    }
}

pub(super) async fn ask(State(_): State<Shared>, signed: Signed) -> Result<Response, ApiError> {
    let request = drawn()?.to_string();
    let shown = page_of(
        signed.page,
        "cases",
        String::new(),
        request,
        Vec::new(),
        None,
    );
    answer::html(&shown.page, &shown)
}

pub(super) async fn send(
    State(site): State<Shared>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    let (word, text) = (posted.shown("kind"), posted.file_or_text());
    let request = posted.request()?;
    let Signed { page, caller, .. } = signed;
    let refused = |page: Page, fault: Fault, status| {
        let shown = page_of(
            page,
            &word,
            text.clone(),
            request.to_string(),
            vec![fault],
            None,
        );
        answer::with_status(status, &shown.page, &shown)
    };
    if !is_of_session {
        let fault = Fault::whole(page.t("fault-foreign"));
        return refused(page, fault, StatusCode::FORBIDDEN);
    }
    let Ok(kind) = word.parse::<BulkKind>() else {
        let fault = Fault::at("kind", page.t("form-choose"));
        return refused(page, fault, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let mode = match posted.button() {
        "take" => Mode::Write,
        _ => Mode::Try,
    };
    match bulk_of_text(&site.app, &caller, kind, request, &text, mode).await {
        Ok(outcome) => {
            let request = request.to_string();
            let shown = page_of(page, &word, text, request, Vec::new(), Some(outcome));
            answer::html(&shown.page, &shown)
        }
        Err(error) => {
            let fault = Fault::at("text", page.t("fault-input")).with(error.detail());
            refused(page, fault, error.kind().status())
        }
    }
}
