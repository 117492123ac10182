//! Judging a proof bundle that somebody pastes, in plain words. Never a bare tick.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::log::{BundleError, PolicyError, leaf_hash};

use super::entries::Line;
use super::page::Page;
use super::{Shared, answer};
use crate::app::{StoredRecord, ValidBundle, Verdict};
use crate::http::problem::{ApiError, Kind};

/// The largest form, in bytes: the longest bundle that is read, 256 KiB, with every byte written as three.
pub(super) const FORM_BYTES_MAX: usize = 3 * 256 * 1024 + 1024;

/// What came of a bundle, in words.
struct Said {
    /// `good`, `warn` or `bad`.
    colour: &'static str,
    mark: &'static str,
    title: String,
    text: String,
    /// What the library says, in English.
    detail: Option<String>,
    line: Option<Line>,
    origin: Option<String>,
    size: u64,
    /// Names of witnesses, and when each signed.
    witnesses: Vec<(String, u64)>,
    /// What happened since, by the own ledger.
    later: Vec<Later>,
    is_own: bool,
}

struct Later {
    index: u64,
    time_ms: u64,
    what: String,
}

#[derive(Template)]
#[template(path = "web/verify.html")]
struct VerifyPage {
    page: Page,
    text: String,
    said: Option<Said>,
}

pub(super) async fn ask(State(_): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let shown = VerifyPage {
        page: about(page),
        text: String::new(),
        said: None,
    };
    answer::html(&shown.page, &shown)
}

fn about(mut page: Page) -> Page {
    page.section = "verify";
    page
}

pub(super) async fn judge(
    State(site): State<Shared>,
    page: Page,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(fields) = form.map_err(|error| {
        let kind = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            _ => Kind::Malformed,
        };
        ApiError::new(kind, error.body_text())
    })?;
    let text = fields.into_iter().find(|(name, _)| name == "bundle");
    let text = text.map(|(_, text)| text).unwrap_or_default();
    // Browsers end the lines of a form with two characters, and people leave blank lines around what they paste.
    let pasted = format!("{}\n", text.replace("\r\n", "\n").trim());
    let verdict = site.app.verify_bundle(&pasted).await?;
    let page = about(page);
    let shown = VerifyPage {
        said: Some(said(&page, verdict)),
        text: pasted,
        page,
    };
    answer::html(&shown.page, &shown)
}

fn said(page: &Page, verdict: Verdict) -> Said {
    let plain = |key: &str, colour, mark, detail| Said {
        colour,
        mark,
        title: page.t(&format!("verdict-{key}")),
        text: page.t(&format!("verdict-{key}-text")),
        detail,
        line: None,
        origin: None,
        size: 0,
        witnesses: Vec::new(),
        later: Vec::new(),
        is_own: false,
    };
    match verdict {
        Verdict::Unreadable(error) => plain("unreadable", "warn", "?", Some(error.to_string())),
        Verdict::UnknownIssuer(origin) => plain("unknown", "warn", "?", Some(origin)),
        Verdict::Refused(BundleError::Policy(PolicyError::NoQuorum { have, need })) => {
            plain("quorum", "warn", "!", Some(format!("{have} / {need}")))
        }
        Verdict::Refused(error) => plain("altered", "bad", "✗", Some(error.to_string())),
        Verdict::Valid(valid) => {
            let (key, colour, mark) = standing(&valid);
            let mut said = plain(key, colour, mark, None);
            explain(page, &mut said, *valid);
            said
        }
    }
}

/// What is to be said first of a bundle that holds.
fn standing(valid: &ValidBundle) -> (&'static str, &'static str, &'static str) {
    match &valid.here {
        Some(here) if !here.is_ours => ("fork", "bad", "✗"),
        Some(here) if !here.later.is_empty() => ("moved", "good", "✓"),
        Some(_) => ("valid", "good", "✓"),
        None => ("elsewhere", "good", "✓"),
    }
}

fn explain(page: &Page, said: &mut Said, valid: ValidBundle) {
    said.origin = Some(valid.head.checkpoint().origin.clone());
    said.size = valid.head.checkpoint().size;
    let cosigners = valid.head.cosigned_by().iter();
    said.witnesses = cosigners
        .map(|it| (it.witness.clone(), it.time_s.saturating_mul(1000)))
        .collect();
    said.is_own = valid.here.is_some();
    if let Some(here) = &valid.here {
        let later = here.later.iter().map(|it| Later {
            index: it.leaf,
            time_ms: it.time_ms,
            what: format!("{} · {}", page.word("event", &it.kind), it.range),
        });
        said.later = later.collect();
    }
    said.line = valid.record.map(|record| {
        let stored = StoredRecord {
            index: valid.index,
            hash: leaf_hash(&record.encode()),
            record,
        };
        let mut line = Line::of(page, &stored);
        if !said.is_own {
            line.link = None;
        }
        line
    });
}
