//! Reports under Article 6 for everybody: the annual reports that the country froze, in the agreed electronic format, and the
//! regular information as the ledger has it now.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_bridge::aef::{WriteError, write_workbook};
use countersign_bridge::information::{write_regular_json, write_regular_workbook};
use countersign_protocol::article6::SummaryTerms;
use countersign_protocol::article6::aef::Table;
use countersign_protocol::log::Hash;
use countersign_protocol::record::Ndc;
use sha2::{Digest, Sha256};

use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, PublishedSubmission};
use crate::http::problem::{ApiError, Kind};
use crate::http::report_files::{unwritten, written};
use crate::reports::{SubmissionOrigin, Submitted};

/// Reports that the page lists; the API has all of them.
const LISTED_MAX: usize = 50;

/// Workbooks whose sums are kept: a report a year in a few versions, for longer than Article 6 will last.
const SUMS_MAX: usize = 1000;

pub(super) const JSON: &str = "application/json";
pub(super) const WORKBOOK: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Size and SHA-256 of workbooks by the SHA-256 of what they are made from: the same report gives the same bytes, and making
/// them to say so takes long.
#[derive(Default)]
pub(super) struct WorkbookSums(Mutex<BTreeMap<Hash, (u64, Hash)>>);

impl WorkbookSums {
    fn get(&self, of: &Hash) -> Option<(u64, Hash)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(of).copied()
    }

    fn keep(&self, of: Hash, workbook: &[u8]) -> (u64, Hash) {
        let sum = (workbook.len() as u64, Sha256::digest(workbook).into());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= SUMS_MAX {
            kept.clear();
        }
        kept.insert(of, sum);
        sum
    }
}

/// A report in the list.
pub(super) struct Frozen {
    pub(super) link: String,
    pub(super) year: u16,
    pub(super) version: String,
    pub(super) kept_ms: u64,
    pub(super) sha256: String,
}

/// The reports that the country froze.
pub(super) async fn listed(site: &Shared, page: &Page) -> Result<Vec<Frozen>, ApiError> {
    let mut all = site.app.published_submissions().await?;
    all.truncate(LISTED_MAX);
    let frozen = |it: Submitted| {
        let sha256 = hex::encode(it.sha256);
        Frozen {
            link: page.at("accounting/reports", &sha256),
            year: it.year,
            version: it.version.to_string(),
            kept_ms: it.kept_ms,
            sha256,
        }
    };
    Ok(all.into_iter().map(frozen).collect())
}

/// A file of a report.
struct ReportFile {
    link: String,
    name: &'static str,
    bytes: u64,
    sha256: String,
}

#[derive(Template)]
#[template(path = "web/report.html")]
struct ReportPage {
    page: Page,
    year: u16,
    version: String,
    kept_ms: u64,
    ledger_size: u64,
    files: [ReportFile; 2],
    /// Tables by their headings, with their rows.
    tables: Vec<(&'static str, u64)>,
}

/// The hash of a submission in an address.
pub(super) fn hash(text: &str) -> Result<Hash, AppError> {
    let unknown = || AppError::NotFound {
        what: "submission",
        id: text.chars().take(64).collect(),
    };
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).map_err(|_| unknown())?;
    Ok(hash)
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let found = site.app.published_submission(&hash(&text)?).await?;
    let submitted = found.submitted;
    let sha256 = hex::encode(submitted.sha256);
    let page = page.about(
        "accounting",
        &format!("/article6/submissions/{sha256}?format=xlsx"),
        &format!("countersign api GET '/article6/submissions/{sha256}?format=xlsx'"),
    );
    let rows = |table: &Table| (table.heading(), found.aef.len(*table) as u64);
    let tables = Table::ALL.iter().map(rows).collect();
    let (bytes, workbook) = match site.workbooks.get(&submitted.sha256) {
        Some(sum) => sum,
        None => site.workbooks.keep(submitted.sha256, &made(found).await?),
    };
    let folder = page.at("accounting/reports", &sha256);
    let shown = ReportPage {
        year: submitted.year,
        version: submitted.version.to_string(),
        kept_ms: submitted.kept_ms,
        ledger_size: match submitted.origin {
            SubmissionOrigin::Frozen { ledger_size } => ledger_size,
            SubmissionOrigin::Imported => 0,
        },
        files: [
            ReportFile {
                link: format!("{folder}/xlsx"),
                name: "XLSX",
                bytes,
                sha256: hex::encode(workbook),
            },
            ReportFile {
                link: format!("{folder}/json"),
                name: "JSON",
                bytes: submitted.bytes,
                sha256,
            },
        ],
        tables,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// A report as a file.
pub(super) async fn file(
    State(site): State<Shared>,
    Path((text, format)): Path<(String, String)>,
    page: Page,
) -> Result<Response, ApiError> {
    let found = site.app.published_submission(&hash(&text)?).await?;
    let Submitted {
        party,
        year,
        version,
        sha256,
        ..
    } = found.submitted;
    let name = format!("AEF-{party}-{year}-{version}.{format}");
    match format.as_str() {
        "json" => Ok(answer::file(&page, JSON, &name, found.content)),
        "xlsx" => {
            let workbook = made(found).await?;
            site.workbooks.keep(sha256, &workbook);
            Ok(answer::file(&page, WORKBOOK, &name, workbook))
        }
        _ => Err(ApiError::new(Kind::NotFound, "there is no such file")),
    }
}

/// The workbook of a report.
async fn made(of: PublishedSubmission) -> Result<Vec<u8>, ApiError> {
    workbook(move || write_workbook(&of.aef)).await
}

async fn workbook(
    write: impl FnOnce() -> Result<Vec<u8>, WriteError> + Send + 'static,
) -> Result<Vec<u8>, ApiError> {
    written(move || write().map_err(|error| unwritten(&error))).await
}

/// The regular information of an NDC as the ledger has it now (5/CMA.3 annex II table 4).
pub(super) async fn regular(
    site: &Shared,
    page: &Page,
    ndc: &Ndc,
    format: &str,
) -> Result<Response, ApiError> {
    let first = ndc.period.first();
    let found = site.app.public_information(first, SummaryTerms::default());
    let found = found.await?;
    let name = format!(
        "article6-regular-information-{}-{first}.{format}",
        found.party
    );
    match format {
        "json" => {
            let text = write_regular_json(&found);
            Ok(answer::file(page, JSON, &name, text.into_bytes()))
        }
        "xlsx" => {
            let file = workbook(move || write_regular_workbook(&found)).await?;
            Ok(answer::file(page, WORKBOOK, &name, file))
        }
        _ => Err(ApiError::new(Kind::NotFound, "there is no such file")),
    }
}
