//! Submissions that are kept: this country's, frozen or brought from elsewhere, and partners', against which reports are checked.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::article6::aef::Aef;
use countersign_protocol::period::Day;

use super::super::fault::{self, Fault};
use super::super::gate::{self, AskedBy, Reader, Signed};
use super::super::multipart::Multipart;
use super::findings::{About, Found};
use super::{format, hash, private, rows, table_of};
use crate::app::Mode;
use crate::http::problem::{ApiError, Kind};
use crate::http::report_files::{self, FILE_BYTES_MAX, FileFormat};
use crate::reports::{SubmissionOrigin, Submitted};
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// What stands before the file in its form, in bytes.
const FIELD_BYTES_MAX: usize = 4096;

/// A submission in the list.
struct Row {
    link: String,
    party: String,
    year: u16,
    version: String,
    origin: String,
    ledger_size: Option<u64>,
    errors: u64,
    warnings: u64,
    kept_ms: u64,
    sha256: String,
}

fn row(page: &Page, it: &Submitted) -> Row {
    let sha256 = hex::encode(it.sha256);
    let (origin, ledger_size) = match it.origin {
        SubmissionOrigin::Frozen { ledger_size } => ("frozen", Some(ledger_size)),
        SubmissionOrigin::Imported => ("imported", None),
    };
    Row {
        link: page.to(&format!("/work/report/kept/{sha256}")),
        party: page.country(it.party),
        year: it.year,
        version: it.version.to_string(),
        origin: page.word("aef-origin", origin),
        ledger_size,
        errors: it.errors,
        warnings: it.warnings,
        kept_ms: it.kept_ms,
        sha256,
    }
}

#[derive(Template)]
#[template(path = "web/work/reports.html")]
struct ReportsPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    /// What a file that was only checked says.
    checked: Option<Row>,
    year: u16,
    may_import: bool,
    may_import_notifications: bool,
    rows: Vec<Row>,
}

/// Years, the file of a partner, and what is kept.
pub(in super::super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    site.app.may_read_reports(&signed.caller)?;
    if let Some(year) = asked.get::<u16>("year")? {
        let path = signed.page.to(&format!("/work/report/{year}"));
        return Ok(answer::see_other(&path));
    }
    let done = asked.done(&signed.page, "report-done", &["imported"]);
    page(&site, signed, StatusCode::OK, Vec::new(), done, None).await
}

async fn page(
    site: &Shared,
    signed: Signed,
    status: StatusCode,
    faults: Vec<Fault>,
    done: Option<String>,
    checked: Option<Submitted>,
) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let kept = site.app.submissions(Some(&caller), None).await?;
    let this_year = Day::of_ms(page.now_ms()).year();
    let shown = ReportsPage {
        faults,
        done,
        checked: checked.as_ref().map(|it| row(&page, it)),
        // The report of a year is due in the next one.
        year: this_year.saturating_sub(1),
        may_import: site.app.may_import_aef(&caller).is_ok(),
        may_import_notifications: site.app.may_import_notifications(&caller).is_ok(),
        rows: kept.iter().map(|it| row(&page, it)).collect(),
        page: page.about("work", "/article6/submissions", "countersign aef list"),
    };
    answer::with_status(status, &shown.page, &shown)
}

/// Takes a submission that somebody brings as a file: only checked, or kept.
pub(in super::super) async fn import(
    State(site): State<Shared>,
    signed: Signed,
    request: Request,
) -> Result<Response, ApiError> {
    gate::check_origin(&site, request.headers())?;
    let reader = Reader::of(&site, request.headers(), AskedBy::Reader).await;
    let mut form = Multipart::new(request)?;
    let (mut token, mut mode) = (String::new(), Mode::Try);
    let mut file = None;
    while let Some(part) = form.next().await? {
        if part.name == "file" {
            // The secret and the right stand before the file: it is not read for anybody else.
            if !reader.as_ref().is_some_and(|reader| reader.gave(&token)) {
                return Err(gate::foreign());
            }
            site.app.may_import_aef(&signed.caller)?;
            file = Some(form.whole(FILE_BYTES_MAX).await?);
            break;
        }
        let bytes = form.whole(FIELD_BYTES_MAX).await?;
        let text = String::from_utf8_lossy(&bytes);
        match part.name.as_str() {
            "token" => token = text.into_owned(),
            "mode" if text == "keep" => mode = Mode::Write,
            _ => {}
        }
    }
    let missing = || {
        let detail = "the form has no file; choose one and send it again";
        ApiError::new(Kind::Malformed, detail)
    };
    let file = match file {
        Some(file) => file,
        None if !reader.is_some_and(|reader| reader.gave(&token)) => return Err(gate::foreign()),
        None => return Err(missing()),
    };
    match site.app.import_aef(&signed.caller, file, mode).await {
        Ok(kept) if mode == Mode::Try => {
            page(&site, signed, StatusCode::OK, Vec::new(), None, Some(kept)).await
        }
        Ok(_) => {
            let path = signed.page.to("/work/report?done=imported");
            Ok(answer::see_other(&path))
        }
        Err(error) => {
            let status = fault::status(&error);
            let said = fault::of(&signed.page, error)?;
            let faults = vec![Fault {
                link: Some("#file".to_owned()),
                ..said
            }];
            page(&site, signed, status, faults, None, None).await
        }
    }
}

#[derive(Template)]
#[template(path = "web/work/kept.html")]
struct KeptPage {
    page: Page,
    title: String,
    path: String,
    row: Row,
    tables: Vec<(String, String, u64)>,
    /// Against which submission a partner's is held, and what differs.
    against: Option<(String, Vec<Found>)>,
}

fn title(page: &Page, of: &Submitted) -> String {
    let country = page.country(of.party);
    format!("{country} · {} · {}", page.year(of.year), of.version)
}

/// One submission; a partner's with where it and this country's report differ.
pub(in super::super) async fn kept(
    State(site): State<Shared>,
    Path(text): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let sha256 = hash(&text)?;
    let Signed { page, caller, .. } = signed;
    let (of, aef) = site.app.submission(Some(&caller), &sha256).await?;
    let own = site.app.own_party()?;
    let more = if of.party == own { "" } else { "/cross-check" };
    let page = page.about(
        "work",
        &format!("/article6/submissions/{text}{more}"),
        &format!("countersign aef export {text}"),
    );
    let path = page.to(&format!("/work/report/kept/{text}"));
    let against = if of.party == own {
        None
    } else {
        let compared = site.app.aef_against(&caller, &sha256).await?;
        let (name, base) = match compared.ours {
            Some(ours) => (
                title(&page, &ours),
                page.to(&format!("/work/report/kept/{}", hex::encode(ours.sha256))),
            ),
            None => (
                page.t1("studio-year", "year", page.year(of.year)),
                page.to(&format!("/work/report/{}", of.year)),
            ),
        };
        let about = About {
            page: &page,
            aef: &Aef::default(),
            own,
            base: &base,
            query: "",
        };
        let found = compared.findings.iter().map(|it| about.found(it));
        Some((name, found.collect()))
    };
    let shown = KeptPage {
        title: title(&page, &of),
        tables: rows::tables(&page, &path, &aef),
        row: row(&page, &of),
        against,
        path,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// One table of a submission that is kept.
pub(in super::super) async fn kept_table(
    State(site): State<Shared>,
    Path((text, number)): Path<(String, String)>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let (sha256, table) = (hash(&text)?, table_of(&number)?);
    let Signed { page, caller, .. } = signed;
    let (of, aef) = site.app.submission(Some(&caller), &sha256).await?;
    let page = page.about(
        "work",
        &format!("/article6/submissions/{text}"),
        &format!("countersign aef export {text}"),
    );
    let placed = rows::Placed {
        title: title(&page, &of),
        back: page.to(&format!("/work/report/kept/{text}")),
        query: String::new(),
        page,
    };
    rows::page(placed, &aef, table, asked.get("from")?.unwrap_or(0))
}

/// A submission that is kept, as a file.
pub(in super::super) async fn kept_file(
    State(site): State<Shared>,
    Path((text, kind)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let sha256 = hash(&text)?;
    let kind: FileFormat = format(&kind)?;
    let (of, aef) = site.app.submission(Some(&signed.caller), &sha256).await?;
    let name = format!("AEF-{}-{}-{}", of.party, of.year, of.version);
    let made = report_files::written(move || report_files::file(&aef, kind, &name)).await;
    made.map(private)
}
