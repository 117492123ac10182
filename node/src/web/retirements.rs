//! Units that were used or cancelled, and the certificate of each: a page to print, with the way to its proof.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Purpose, RetireKind};
use serde::Deserialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use std::collections::BTreeMap;

use super::entries::number;
use super::list::{Asked, Choice, choices};
use super::page::Page;
use super::work::{Qr, qr};
use super::{Shared, answer};
use crate::app::{AppError, LIST_MAX};
use crate::http::problem::ApiError;
use crate::people::Beneficiary;
use crate::projection::query::{RetirementQuery, RetirementRow, Window};

/// Purposes, by the record's words.
pub(super) const PURPOSES: [&str; 5] = [
    "ndc",
    "international_mitigation",
    "other_purposes",
    "overall_mitigation",
    "voluntary",
];

/// A range of a retirement.
struct Range {
    link: String,
    serial: String,
    itmo: Option<String>,
    tonnes: u64,
    vintage: u16,
    project: Option<u32>,
}

/// One retirement: everything that one entry used or cancelled.
struct Retirement {
    leaf: u64,
    time_ms: u64,
    kind: String,
    purpose: String,
    organisation: Option<OrganisationId>,
    beneficiary: Option<String>,
    is_named: bool,
    commitment: Option<String>,
    reason: Option<String>,
    jurisdiction: Option<String>,
    tonnes: u64,
    ranges: Vec<Range>,
}

pub(super) type Names = BTreeMap<[u8; 32], Beneficiary>;

/// The beneficiaries that let everybody know their names.
pub(super) async fn names(site: &Shared, rows: &[RetirementRow]) -> Result<Names, ApiError> {
    let commitments = rows.iter().filter_map(RetirementRow::commitment).collect();
    Ok(site.app.public_beneficiaries(commitments).await?)
}

/// What a beneficiary is called, where that is public.
pub(super) fn beneficiary(row: &RetirementRow, names: &Names) -> Option<String> {
    let known = names.get(&row.commitment()?.0)?;
    Some(known.name.to_string())
}

/// The rows of one entry together.
fn gathered(site: &Shared, page: &Page, rows: &[RetirementRow], names: &Names) -> Vec<Retirement> {
    let mut all: Vec<Retirement> = Vec::new();
    for row in rows {
        let range = Range {
            link: page.at("units", row.block.serial),
            serial: row.block.serial.to_string(),
            itmo: row.block.itmo_id().map(|it| it.to_string()),
            tonnes: row.block.tonnes(),
            vintage: row.block.serial.year(),
            project: (row.block.serial.party() == site.genesis.party)
                .then(|| row.block.serial.project()),
        };
        match all.last_mut() {
            Some(last) if last.leaf == row.leaf => {
                last.tonnes = last.tonnes.saturating_add(range.tonnes);
                last.ranges.push(range);
            }
            _ => all.push(Retirement {
                leaf: row.leaf,
                time_ms: row.time_ms,
                kind: row.kind.clone(),
                purpose: page.word("purpose", &row.purpose),
                organisation: row.organisation,
                beneficiary: beneficiary(row, names),
                is_named: row.beneficiary.is_some(),
                commitment: row.beneficiary.clone(),
                reason: row.reason.clone(),
                jurisdiction: row.jurisdiction.as_ref().map(|it| {
                    let party = it.parse::<Party>();
                    party.map_or_else(|_| it.clone(), |it| page.country(it))
                }),
                tonnes: range.tonnes,
                ranges: vec![range],
            }),
        }
    }
    all
}

#[derive(Template)]
#[template(path = "web/retirements.html")]
struct RetirementsPage {
    page: Page,
    kinds: Vec<Choice>,
    purposes: Vec<Choice>,
    vintage: String,
    rows: Vec<Retirement>,
    next: Option<String>,
    is_further: bool,
}

fn word<'de, T: Deserialize<'de>>(asked: &'de Asked, name: &str) -> Result<Option<T>, ApiError> {
    let read = |text: &'de str| {
        let word = StrDeserializer::<WordError>::new(text);
        T::deserialize(word).map_err(|why| ApiError::parameter(name, &why))
    };
    asked.text(name).map(read).transpose()
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about(
        "retirements",
        "/retirements",
        "countersign api GET /retirements",
    );
    let query = RetirementQuery {
        kind: word::<RetireKind>(&asked, "kind")?,
        purpose: word::<Purpose>(&asked, "purpose")?,
        project: asked.get("project")?,
        vintage: asked.get("vintage")?,
        organisation: asked.get("organisation")?.map(OrganisationId),
        window: asked.window(true),
        ..RetirementQuery::default()
    };
    let found = site.app.find_retirements(&query).await?;
    let names = names(&site, &found.items).await?;
    let kinds = ["retire", "cancel"].map(|it| (it.to_owned(), page.word("retired", it)));
    let purposes = PURPOSES.map(|it| (it.to_owned(), page.word("purpose", it)));
    let shown = RetirementsPage {
        kinds: choices(kinds, asked.text("kind")),
        purposes: choices(purposes, asked.text("purpose")),
        vintage: asked.shown("vintage"),
        rows: gathered(&site, &page, &found.items, &names),
        next: asked.going_on(&page.to("/retirements"), found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/retirement.html")]
struct RetirementPage {
    page: Page,
    it: Retirement,
    is_witnessed: bool,
}

#[derive(Template)]
#[template(path = "web/certificate.html")]
struct CertificatePage {
    page: Page,
    it: Retirement,
    is_witnessed: bool,
    url: String,
    qr: Option<Qr>,
}

async fn one(site: &Shared, page: &Page, leaf: u64) -> Result<Retirement, ApiError> {
    let query = RetirementQuery {
        leaf: Some(leaf),
        window: Window {
            limit: LIST_MAX,
            ..Window::default()
        },
        ..RetirementQuery::default()
    };
    let rows = site.app.find_retirements(&query).await?.items;
    let names = names(site, &rows).await?;
    let unknown = || AppError::NotFound {
        what: "retirement",
        id: leaf.to_string(),
    };
    let found = gathered(site, page, &rows, &names).pop();
    Ok(found.ok_or_else(unknown)?)
}

fn is_witnessed(site: &Shared, leaf: u64) -> Result<bool, ApiError> {
    let witnessed = site.app.head()?.witnessed;
    Ok(witnessed.is_some_and(|it| leaf < it.head.size))
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(leaf): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let leaf = number(&leaf)?;
    let page = page.about(
        "retirements",
        &format!("/ledger/certificate?index={leaf}"),
        &format!("countersign ledger certificate --index {leaf} --out certificate.pdf"),
    );
    let shown = RetirementPage {
        it: one(&site, &page, leaf).await?,
        is_witnessed: is_witnessed(&site, leaf)?,
        page,
    };
    answer::html(&shown.page, &shown)
}

pub(super) async fn certificate(
    State(site): State<Shared>,
    Path(leaf): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let leaf = number(&leaf)?;
    let mut page = page;
    page.section = "retirements";
    let base = site.look.public_url.as_deref().unwrap_or_default();
    let url = format!("{base}/retirements/{leaf}");
    let shown = CertificatePage {
        it: one(&site, &page, leaf).await?,
        is_witnessed: is_witnessed(&site, leaf)?,
        qr: Some(&url)
            .filter(|_| !base.is_empty())
            .and_then(|it| qr(it)),
        url,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// The certificate as a file that verifies by itself, in the reader's language where the registry has templates in it.
pub(super) async fn certificate_file(
    State(site): State<Shared>,
    Path(leaf): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let leaf = number(&leaf)?;
    let language = page.language.code().parse().ok();
    let made = match site.app.certificate(leaf, language).await {
        Err(AppError::Letter(why)) => {
            tracing::warn!(language = page.language.code(), %why, "no certificate in this language: it is made in English");
            site.app.certificate(leaf, None).await
        }
        other => other,
    }?;
    let media = HeaderValue::from_static("application/pdf");
    let mut response = ([(header::CONTENT_TYPE, media)], made.bytes).into_response();
    answer::attach(
        &mut response,
        &format!("certificate-{leaf}-{}.pdf", made.language),
    );
    Ok(response)
}
