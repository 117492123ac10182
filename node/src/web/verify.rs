//! Judging a proof bundle that somebody pastes, in plain words. Never a bare tick.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::log::PolicyError;
use countersign_protocol::verdict::{Judgement, Unproven, Verdict};

use super::entries::Line;
use super::page::Page;
use super::{Shared, answer};
use crate::app::{Judged, StoredRecord};
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
    let judged = site.app.verify_bundle(&pasted).await?;
    let page = about(page);
    let shown = VerifyPage {
        said: Some(said(&page, judged)),
        text: pasted,
        page,
    };
    answer::html(&shown.page, &shown)
}

fn said(page: &Page, judged: Judged) -> Said {
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
    let mut said = match unproven(&judged.judgement) {
        Some((key, colour, mark, detail)) => return plain(key, colour, mark, Some(detail)),
        None => {
            let (key, colour, mark) = standing(&judged);
            plain(key, colour, mark, judged.judgement.why.clone())
        }
    };
    explain(page, &mut said, judged);
    said
}

/// What is to be said of a bundle that proves nothing: the words, how they look, and what the library says.
fn unproven(of: &Judgement) -> Option<(&'static str, &'static str, &'static str, String)> {
    let why = of.unproven.as_ref()?;
    let detail = match why {
        Unproven::Policy(PolicyError::UnknownLog { origin }) => origin.clone(),
        Unproven::Policy(PolicyError::NoQuorum { have, need }) => format!("{have} / {need}"),
        other => other.to_string(),
    };
    Some(match (of.verdict, why) {
        (Verdict::UnknownIssuer, _) => ("unknown", "warn", "?", detail),
        (Verdict::NotWitnessed, _) => ("quorum", "warn", "!", detail),
        (_, Unproven::NotText | Unproven::Text(_)) => ("unreadable", "warn", "?", detail),
        _ => ("altered", "bad", "✗", detail),
    })
}

/// What is to be said first of a bundle that holds.
fn standing(judged: &Judged) -> (&'static str, &'static str, &'static str) {
    match &judged.here {
        Some(here) if !here.is_ours => ("fork", "bad", "✗"),
        _ if judged.judgement.statement.is_none() => ("record", "warn", "?"),
        Some(here) if !here.later.is_empty() => ("moved", "good", "✓"),
        Some(_) => ("valid", "good", "✓"),
        None => ("elsewhere", "good", "✓"),
    }
}

fn explain(page: &Page, said: &mut Said, judged: Judged) {
    let Judged { judgement, here } = judged;
    let Some(place) = judgement.place else { return };
    said.size = place.head.size;
    said.origin = Some(place.head.origin);
    let cosigners = place.cosigned_by.into_iter();
    said.witnesses = cosigners
        .map(|it| (it.witness, it.time_s.saturating_mul(1000)))
        .collect();
    said.is_own = here.is_some();
    if let Some(here) = &here {
        let later = here.later.iter().map(|it| Later {
            index: it.leaf,
            time_ms: it.time_ms,
            what: format!("{} · {}", page.word("event", &it.kind), it.range),
        });
        said.later = later.collect();
    }
    said.line = judgement.record.map(|record| {
        let stored = StoredRecord {
            index: place.index,
            hash: place.leaf_hash,
            record,
        };
        let mut line = Line::of(page, &stored);
        if !said.is_own {
            line.link = None;
        }
        line
    });
}
