//! Entries of a partner's ledger as this node mirrors it: a list, and each with what it says, its proof and its checkpoint.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::party::Party;

use super::entries::{EntryPage, Line, number, steps};
use super::list::{Asked, ROWS};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, MirroredEntry};
use crate::http::problem::ApiError;

fn party(text: &str) -> Result<Party, ApiError> {
    let unknown = || AppError::NotFound {
        what: "mirrored ledger",
        id: text.chars().take(48).collect(),
    };
    Ok(text.parse().map_err(|_| unknown())?)
}

fn line(page: &Page, party: Party, entry: &MirroredEntry) -> Line {
    let path = page.to(&format!("/federation/{party}/{}", entry.index));
    match &entry.record {
        Some(record) => Line::abroad(page, path, entry.index, record),
        None => Line::unreadable(page, path, entry.index),
    }
}

#[derive(Template)]
#[template(path = "web/mirrored.html")]
struct MirroredPage {
    page: Page,
    country: String,
    origin: String,
    size: u64,
    refused_from: Option<u64>,
    lines: Vec<Line>,
    older: Option<String>,
}

/// The newest entries of a partner's ledger, or those before one.
pub(super) async fn list(
    State(site): State<Shared>,
    Path(country): Path<String>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let party = party(&country)?;
    let before = asked.get::<u64>("before")?;
    let part = site.app.mirrored_before(party, before, ROWS).await?;
    let page = page.about("federation", "/mirrors", "countersign evidence mirrors");
    let first = part.entries.first().map_or(0, |it| it.index);
    let path = page.to(&format!("/federation/{party}"));
    let newest_first = part.entries.iter().rev();
    let shown = MirroredPage {
        country: page.country(party),
        lines: newest_first.map(|it| line(&page, party, it)).collect(),
        older: (first > 0).then(|| format!("{path}?before={first}")),
        origin: part.origin,
        size: part.size,
        refused_from: part.refused_from,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// One of them, with its proof.
pub(super) async fn show(
    State(site): State<Shared>,
    Path((country, index)): Path<(String, String)>,
    page: Page,
) -> Result<Response, ApiError> {
    let (party, index) = (party(&country)?, number(&index)?);
    let entry = site.app.mirrored_entry(party, index).await?;
    let proof = match site.app.mirrored_proof(party, index).await {
        Ok(bundle) => Some(steps(&site, &bundle)?),
        Err(AppError::NotWitnessed { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let page = page.about("federation", "/mirrors", "countersign evidence mirrors");
    let path = format!("/federation/{party}");
    let country = page.country(party);
    let json = entry.record.as_ref().map(serde_json::to_string_pretty);
    let shown = EntryPage {
        line: line(&page, party, &entry),
        list: page.to(&path),
        list_title: page.t1("mirrored-title", "country", &country),
        country: Some(country),
        json: json.and_then(Result::ok).unwrap_or_default(),
        leaf_hash: hex::encode(entry.hash),
        leaf_bytes: entry.bytes,
        has_credential: false,
        request: entry.record.map(|it| it.request.to_string()),
        proof,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// The proof bundle as a file, as `countersign verify` reads it.
pub(super) async fn bundle(
    State(site): State<Shared>,
    Path((country, index)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (party, index) = (party(&country)?, number(&index)?);
    let bundle = site.app.mirrored_proof(party, index).await?;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, text)], bundle.to_string()).into_response();
    answer::attach(&mut response, &format!("{party}-entry-{index}.proof.txt"));
    Ok(response)
}
