//! The annual report of a year: as the ledger has it now, and frozen.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::article6::aef::Version;
use countersign_protocol::article6::aef::check::Severity;
use countersign_protocol::article6::aef::diff::{Difference, RowChange};
use countersign_protocol::article6::aef::value::Value as _;
use countersign_protocol::period::Day;

use super::super::fault::{self, Fault};
use super::super::gate::{Sent, Signed};
use super::findings::{About, Found};
use super::{SHOWN, format, next_of, private, rows, table_name, table_of, year};
use crate::app::{AefDraft, AefWish, AppError, Mode};
use crate::http::problem::ApiError;
use crate::http::report_files::{self, FileFormat};
use crate::reports::{ReportError, Submitted};
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// What would be frozen.
struct Preview {
    sha256: String,
    version: String,
    errors: u64,
    warnings: u64,
    /// Whether it says the same as the last submission, which stays the last.
    is_unchanged: bool,
}

#[derive(Template)]
#[template(path = "web/work/studio.html")]
struct StudioPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    year: u16,
    path: String,
    query: String,
    version: String,
    submitted: String,
    tables: Vec<(String, String, u64)>,
    errors: u64,
    warnings: u64,
    left_out: u64,
    findings: Vec<Found>,
    /// Approaches without an initial report, and the way to record one.
    without_report: Vec<(String, String)>,
    ledger_size: u64,
    last: Option<(String, String)>,
    changes: Option<u64>,
    may_freeze: bool,
    despite: bool,
    preview: Option<Preview>,
    next: Option<String>,
    is_further: bool,
}

/// What is asked of a year's report.
#[derive(Default)]
struct Terms {
    version: String,
    submitted: String,
}

impl Terms {
    fn wish(&self, year: u16) -> Result<AefWish, ApiError> {
        let version = match self.version.as_str() {
            "" => None,
            text => {
                let unreadable = || ApiError::parameter("version", &"write a version as 1.0");
                Some(Version::parse(text).ok_or_else(unreadable)?)
            }
        };
        let submitted = match self.submitted.as_str() {
            "" => None,
            text => {
                let read: Result<Day, _> = text.parse();
                Some(read.map_err(|why| ApiError::parameter("submitted", &why))?)
            }
        };
        Ok(AefWish {
            year,
            version,
            submitted,
        })
    }

    /// As an address ends with them.
    fn query(&self) -> String {
        let encoded = crate::http::percent::encoded;
        let pairs = [("version", &self.version), ("submitted", &self.submitted)];
        let given = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        let given: Vec<String> = given
            .map(|(name, text)| format!("{name}={}", encoded(text)))
            .collect();
        if given.is_empty() {
            String::new()
        } else {
            format!("?{}", given.join("&"))
        }
    }

    fn of(asked: &Asked) -> Self {
        Self {
            version: asked.shown("version"),
            submitted: asked.shown("submitted"),
        }
    }
}

/// What is shown of a report beside the report.
#[derive(Default)]
struct Shown {
    faults: Vec<Fault>,
    done: Option<String>,
    preview: Option<Preview>,
    despite: bool,
    from: usize,
}

pub(in super::super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let year = year(&text)?;
    let shown = Shown {
        done: asked.done(&signed.page, "studio-done", &["frozen", "unchanged"]),
        from: asked.get("from")?.unwrap_or(0),
        ..Shown::default()
    };
    page(
        &site,
        signed,
        year,
        Terms::of(&asked),
        shown,
        StatusCode::OK,
    )
    .await
}

async fn page(
    site: &Shared,
    signed: Signed,
    year: u16,
    terms: Terms,
    shown: Shown,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let draft = site.app.aef_draft(&caller, terms.wish(year)?).await?;
    let changes = site.app.aef_changes_of(&draft).await?;
    let page = page.about(
        "work",
        &format!("/article6/aef/check?year={year}"),
        &format!("countersign aef build --year {year}"),
    );
    let (path, query) = (page.to(&format!("/work/report/{year}")), terms.query());
    let about = About {
        page: &page,
        aef: &draft.aef,
        own: draft.party,
        base: &path,
        query: &query,
    };
    let findings = &draft.report.findings;
    let part = findings.iter().skip(shown.from).take(SHOWN);
    let count = |severity| u64::try_from(draft.report.count(severity)).unwrap_or(u64::MAX);
    let sign = if query.is_empty() { "?" } else { "&" };
    let shown = StudioPage {
        faults: shown.faults,
        done: shown.done,
        year,
        version: draft.version.to_string(),
        submitted: terms.submitted,
        tables: rows::tables(&page, &path, &draft.aef),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        left_out: u64::try_from(draft.report.left_out()).unwrap_or(u64::MAX),
        findings: part.map(|it| about.found(it)).collect(),
        without_report: without_report(&page, &draft),
        ledger_size: draft.ledger_size,
        last: draft.last.as_ref().map(|it| last(&page, it)),
        changes: changes.map(|it| u64::try_from(it.len()).unwrap_or(u64::MAX)),
        may_freeze: site.app.may_freeze_aef(&caller),
        despite: shown.despite,
        preview: shown.preview,
        next: next_of(shown.from, findings.len())
            .map(|from| format!("{path}{query}{sign}from={from}#findings")),
        is_further: shown.from > 0,
        path,
        query,
        page,
    };
    answer::with_status(status, &shown.page, &shown)
}

fn without_report(page: &Page, draft: &AefDraft) -> Vec<(String, String)> {
    let all = draft.without_initial_report.iter().map(|it| {
        let path = format!("/work/authorisations/record/initial-report?approach={it}");
        (it.to_string(), page.to(&path))
    });
    all.collect()
}

/// The last submission: what it is called, and its address.
fn last(page: &Page, it: &Submitted) -> (String, String) {
    let hash = hex::encode(it.sha256);
    let name = format!("{} · {}", it.version, page.moment(it.kept_ms));
    (name, page.to(&format!("/work/report/kept/{hash}")))
}

/// Freezes the report: tried first, and kept when it is confirmed and is still what was shown.
pub(in super::super) async fn freeze(
    State(site): State<Shared>,
    Path(text): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let year = year(&text)?;
    let terms = Terms {
        version: posted.shown("version"),
        submitted: posted.shown("submitted"),
    };
    let despite = posted.given("despite").is_some();
    let mut shown = Shown {
        despite,
        ..Shown::default()
    };
    let (app, caller) = (&site.app, &signed.caller);
    let wish = match terms.wish(year) {
        Ok(wish) => wish,
        Err(why) => {
            shown.faults = vec![Fault::whole(signed.page.t("fault-input")).with(why.detail())];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(&site, signed, year, Terms::default(), shown, status).await;
        }
    };
    let tried = app.freeze_aef(caller, wish, despite, Mode::Try).await;
    let tried = match tried {
        Ok(tried) => tried,
        Err(error) => {
            let status = fault::status(&error);
            shown.faults = vec![refused(&signed.page, error)?];
            return page(&site, signed, year, terms, shown, status).await;
        }
    };
    let sha256 = hex::encode(tried.sha256);
    let is_unchanged = is_kept(&site, &signed, &tried).await?;
    let is_shown = posted.given("sha256") == Some(&sha256);
    if posted.button() == "take" && is_shown {
        app.freeze_aef(caller, wish, despite, Mode::Write).await?;
        let done = if is_unchanged { "unchanged" } else { "frozen" };
        let path = signed.page.to(&format!("/work/report/{year}?done={done}"));
        return Ok(answer::see_other(&path));
    }
    if posted.button() == "take" {
        shown.faults = vec![Fault::whole(signed.page.t("studio-changed"))];
    }
    shown.preview = Some(Preview {
        is_unchanged,
        version: tried.version.to_string(),
        errors: tried.errors,
        warnings: tried.warnings,
        sha256,
    });
    page(&site, signed, year, terms, shown, StatusCode::OK).await
}

/// Whether a submission was kept before.
async fn is_kept(site: &Shared, signed: &Signed, it: &Submitted) -> Result<bool, ApiError> {
    match site.app.submission(Some(&signed.caller), &it.sha256).await {
        Ok(_) => Ok(true),
        Err(AppError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What stands against freezing: errors that the checks find, at the box that says that it is done all the same.
fn refused(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    let detail = error.to_string();
    match &error {
        AppError::Report(why) if matches!(**why, ReportError::Unsound { .. }) => {
            Ok(Fault::at("despite", page.t("studio-unsound")).with(detail))
        }
        AppError::Report(why) if matches!(**why, ReportError::Taken { .. }) => {
            Ok(Fault::at("version", page.t("studio-version-kept")).with(detail))
        }
        _ => fault::of(page, error),
    }
}

/// One table of the report.
pub(in super::super) async fn table(
    State(site): State<Shared>,
    Path((text, number)): Path<(String, String)>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let (year, table) = (year(&text)?, table_of(&number)?);
    let terms = Terms::of(&asked);
    let Signed { page, caller, .. } = signed;
    let draft = site.app.aef_draft(&caller, terms.wish(year)?).await?;
    let page = page.about(
        "work",
        &format!("/article6/aef?year={year}"),
        &format!("countersign aef build --year {year}"),
    );
    let placed = rows::Placed {
        title: page.t1("studio-year", "year", page.year(year)),
        back: page.to(&format!("/work/report/{year}")),
        query: terms.query(),
        page,
    };
    rows::page(placed, &draft.aef, table, asked.get("from")?.unwrap_or(0))
}

/// The report as a file.
pub(in super::super) async fn file(
    State(site): State<Shared>,
    Path((text, kind)): Path<(String, String)>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let (year, kind): (u16, FileFormat) = (year(&text)?, format(&kind)?);
    let wish = Terms::of(&asked).wish(year)?;
    let AefDraft {
        party,
        version,
        aef,
        ..
    } = site.app.aef_draft(&signed.caller, wish).await?;
    let name = format!("AEF-{party}-{year}-{version}-draft");
    let made = report_files::written(move || report_files::file(&aef, kind, &name)).await;
    made.map(private)
}

/// A row that differs from the last submission.
struct Change {
    sign: &'static str,
    what: String,
    key: String,
    /// Column, text before, text after.
    cells: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "web/work/aef-changes.html")]
struct ChangesPage {
    page: Page,
    year: u16,
    back: String,
    last: (String, String),
    changes: Vec<Change>,
    count: u64,
    next: Option<String>,
    is_further: bool,
}

/// How the report differs from its last submission.
pub(in super::super) async fn changes(
    State(site): State<Shared>,
    Path(text): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let year = year(&text)?;
    let terms = Terms::of(&asked);
    let from = asked.get("from")?.unwrap_or(0);
    let Signed { page, caller, .. } = signed;
    let found = site.app.aef_changes(&caller, terms.wish(year)?).await?;
    let page = page.about(
        "work",
        &format!("/article6/aef/diff?year={year}"),
        &format!("countersign aef changes --year {year}"),
    );
    let part = found.changes.iter().skip(from).take(SHOWN);
    let path = page.to(&format!("/work/report/{year}"));
    let query = terms.query();
    let sign = if query.is_empty() { "?" } else { "&" };
    let shown = ChangesPage {
        year,
        last: last(&page, &found.last),
        changes: part.map(|it| change(&page, it)).collect(),
        count: u64::try_from(found.changes.len()).unwrap_or(u64::MAX),
        next: next_of(from, found.changes.len())
            .map(|from| format!("{path}/changes{query}{sign}from={from}")),
        is_further: from > 0,
        back: format!("{path}{query}"),
        page,
    };
    answer::html(&shown.page, &shown)
}

fn change(page: &Page, it: &RowChange) -> Change {
    let (sign, word) = match it.difference {
        Difference::Added => ("+", "added"),
        Difference::Removed => ("−", "removed"),
        Difference::Changed => ("~", "changed"),
    };
    let label = |at: usize| {
        let column = it.table.columns().get(at);
        column.map_or("", |column| column.label.as_str())
    };
    let cells = it.cells.iter();
    Change {
        sign,
        what: format!(
            "{} · {}",
            table_name(page, it.table),
            page.word("aef-change", word)
        ),
        key: it.key.clone(),
        cells: cells
            .map(|cell| (label(cell.column), cell.before.clone(), cell.after.clone()))
            .collect(),
    }
}
