//! The initial report and the regular information, as pages to read and as files.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::article6::{
    ApproachInformation, InitialInformation, Ratio, SummaryRow, SummaryTerms,
};
use countersign_protocol::record::{Article6, Ndc};
use serde::de::DeserializeOwned;

use super::super::article6;
use super::super::gate::Signed;
use super::{format, private, year};
use crate::http::problem::ApiError;
use crate::http::report_files::units::{self, TwoFormats};
use crate::http::report_files::written;
use crate::web::format::{number, signed as signed_number};
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Sums by what they are counted under that the page shows; the file has all of them.
const SHOWN_MAX: usize = 500;

/// What a record says, under what it is called.
struct Said {
    title: String,
    facts: Vec<(String, String)>,
}

/// One approach in the initial report.
struct Approach {
    title: String,
    records: Vec<Said>,
}

#[derive(Template)]
#[template(path = "web/work/initial.html")]
struct InitialPage {
    page: Page,
    registry: String,
    ndcs: Vec<Said>,
    approaches: Vec<Approach>,
}

/// The registry's part of the initial report (2/CMA.3 annex para 18).
pub(in super::super) async fn initial(
    State(site): State<Shared>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let InitialInformation {
        registry,
        ndcs,
        approaches,
        ..
    } = site.app.initial_information(&caller).await?;
    let page = page.about(
        "work",
        "/article6/initial-information",
        "countersign article6 initial-information --out FILE",
    );
    let shown = InitialPage {
        registry: registry.to_string(),
        ndcs: ndcs.into_iter().map(|it| contribution(&page, it)).collect(),
        approaches: approaches.iter().map(|it| approach(&page, it)).collect(),
        page,
    };
    answer::html(&shown.page, &shown)
}

fn contribution(page: &Page, it: Ndc) -> Said {
    let (first, last) = (page.year(it.period.first()), page.year(it.period.last()));
    Said {
        title: page.t2("ndc-title", "first", first, "last", last),
        facts: article6::of_record(page, &Article6::Ndc(it)),
    }
}

fn approach(page: &Page, of: &ApproachInformation) -> Approach {
    let own = Article6::CooperativeApproach(of.approach.clone());
    let reports = of.reports.iter().cloned().map(Article6::InitialReport);
    let authorisations = of.authorisations.iter().cloned();
    let authorisations = authorisations.map(|it| Article6::Authorisation(Box::new(it)));
    let ends = of.revocations.iter().cloned();
    let entities = of.entities.iter().cloned();
    let records = std::iter::once(own)
        .chain(reports)
        .chain(authorisations)
        .chain(ends.map(Article6::AuthorisationRevoked))
        .chain(entities.map(Article6::AuthorisedEntity));
    let said = |it: Article6| Said {
        title: page.word("record", it.kind()),
        facts: article6::of_record(page, &it),
    };
    Approach {
        title: format!("{} · {}", of.approach.id, of.approach.title),
        records: records.map(said).collect(),
    }
}

pub(in super::super) async fn initial_file(
    State(site): State<Shared>,
    Path(kind): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let kind: TwoFormats = format(&kind)?;
    let of = site.app.initial_information(&signed.caller).await?;
    written(move || units::initial_file(&of, kind))
        .await
        .map(private)
}

/// A row of the structured summary.
struct Row {
    number: u8,
    label: &'static str,
    paragraph: &'static str,
    values: Vec<String>,
}

/// A sum of the regular information (2/CMA.3 annex para 23(j)).
struct Sum {
    row: u8,
    year: u16,
    approach: String,
    scope: String,
    transferring: String,
    using: String,
    vintage: u16,
    tonnes: u64,
}

#[derive(Template)]
#[template(path = "web/work/summary.html")]
struct SummaryPage {
    page: Page,
    year: u16,
    period: String,
    method: String,
    path: String,
    query: String,
    elapsed: Vec<Choice>,
    axis: Vec<Choice>,
    years: Vec<u16>,
    rows: Vec<Row>,
    sums: Vec<Sum>,
    count: u64,
}

/// The words of what the decisions leave open, as an address has them.
fn word<T: DeserializeOwned + Default>(asked: &Asked, name: &str) -> T {
    let given = asked.text(name).map(serde_json::Value::from);
    let read = given.and_then(|it| serde_json::from_value(it).ok());
    read.unwrap_or_default()
}

fn terms(asked: &Asked) -> SummaryTerms {
    SummaryTerms {
        elapsed: word(asked, "elapsed"),
        axis: word(asked, "axis"),
    }
}

/// The structured summary of the NDC period that has a year (5/CMA.3 annex II table 4), and the quantities under it.
pub(in super::super) async fn summary(
    State(site): State<Shared>,
    Path(text): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let (year, terms) = (year(&text)?, terms(&asked));
    let Signed { page, caller, .. } = signed;
    let of = site.app.regular_information(&caller, year, terms).await?;
    let page = page.about(
        "work",
        &format!("/article6/summary?year={year}"),
        &format!("countersign article6 summary --year {year}"),
    );
    let ndc = site.app.ndc(year)?;
    let summary = &of.summary.rows;
    let years: BTreeSet<u16> = summary.values().flat_map(|it| it.keys().copied()).collect();
    let value = |row: SummaryRow, year: u16| {
        let found = summary.get(&row).and_then(|it| it.get(&year));
        found.map_or_else(String::new, |it| ratio(&page, it))
    };
    let rows = SummaryRow::ALL.into_iter().map(|row| Row {
        number: row.number(),
        label: row.label(),
        paragraph: row.paragraph(),
        values: years.iter().map(|year| value(row, *year)).collect(),
    });
    let sums = of
        .breakdown
        .iter()
        .take(SHOWN_MAX)
        .map(|(key, tonnes)| Sum {
            row: key.row.number(),
            year: key.year,
            approach: key.approach.to_string(),
            scope: page.scope(key.scope),
            transferring: page.country(key.transferring),
            using: key.using.map(|it| page.country(it)).unwrap_or_default(),
            vintage: key.vintage,
            tonnes: *tonnes,
        });
    let offers = |name: &str, words: [&str; 2]| {
        let chosen = asked.shown(name);
        let all = words.map(|it| (it.to_owned(), page.word(&format!("summary-{name}"), it)));
        let chosen = if chosen.is_empty() { words[0] } else { &chosen };
        choices(all, Some(chosen))
    };
    let shown = SummaryPage {
        year,
        period: page.t2(
            "ndc-title",
            "first",
            page.year(ndc.period.first()),
            "last",
            page.year(ndc.period.last()),
        ),
        method: method(&page, &ndc),
        path: page.to(&format!("/work/report/{year}")),
        query: query(&asked),
        elapsed: offers("elapsed", ["since_first", "whole_period"]),
        axis: offers("axis", ["event", "balance"]),
        rows: rows.collect(),
        sums: sums.collect(),
        count: u64::try_from(of.breakdown.len()).unwrap_or(u64::MAX),
        years: years.iter().copied().collect(),
        page,
    };
    answer::html(&shown.page, &shown)
}

fn method(page: &Page, ndc: &Ndc) -> String {
    let word = serde_json::to_value(ndc.method).ok();
    let word = word.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    page.word("method", word)
}

/// What was asked for, for the addresses of files.
fn query(asked: &Asked) -> String {
    let encoded = crate::http::percent::encoded;
    let given = ["elapsed", "axis"].into_iter().filter_map(|name| {
        let text = asked.text(name)?;
        Some(format!("{name}={}", encoded(text)))
    });
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        String::new()
    } else {
        format!("?{}", given.join("&"))
    }
}

/// A quantity, rounded as the format wants it; the file has it exactly.
fn ratio(page: &Page, it: &Ratio) -> String {
    let rounded = it.rounded();
    let small = i64::try_from(rounded).ok();
    small.map_or_else(
        || {
            let size = u64::try_from(rounded.unsigned_abs()).unwrap_or(u64::MAX);
            number(page.language, size)
        },
        |it| signed_number(page.language, it),
    )
}

pub(in super::super) async fn regular_file(
    State(site): State<Shared>,
    Path((text, kind)): Path<(String, String)>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let (year, kind): (u16, TwoFormats) = (year(&text)?, format(&kind)?);
    let terms = terms(&asked);
    let of = site
        .app
        .regular_information(&signed.caller, year, terms)
        .await?;
    written(move || units::regular_file(&of, year, kind))
        .await
        .map(private)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countersign_protocol::article6::{ElapsedYears, SummaryAxis};

    #[test]
    fn the_first_choices_are_those_that_hold_where_nobody_chooses() {
        let word = |it: serde_json::Value| it.as_str().map(str::to_owned);
        let elapsed = serde_json::to_value(ElapsedYears::default()).unwrap();
        let axis = serde_json::to_value(SummaryAxis::default()).unwrap();
        assert_eq!(word(elapsed).as_deref(), Some("since_first"));
        assert_eq!(word(axis).as_deref(), Some("event"));
    }
}
