//! What happened in the registry in numbers: each chart with its table, its file and its picture.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::party::Party;
use countersign_protocol::serial::SectoralScope;

use super::charts::Series;
use super::list::Csv;
use super::page::Page;
use super::{Shared, answer};
use crate::http::problem::{ApiError, Kind};
use crate::projection::query::{Statistics, Tonnes};

/// Where units can be, in the order in which charts stack them.
const PLACES: [&str; 6] = [
    "available",
    "on_hold",
    "escrow",
    "abroad",
    "used",
    "cancelled",
];

/// What happens to units, as charts by year count it.
const EVENTS: [&str; 5] = ["issuance", "finalise", "acquire", "retire", "cancel"];

/// A chart in a page.
struct Chart {
    series: Series,
    title: String,
    text: String,
    svg: String,
}

#[derive(Template)]
#[template(path = "web/statistics.html")]
struct StatisticsPage {
    page: Page,
    charts: Vec<Chart>,
    size: u64,
}

/// Every chart, in the order of the page.
fn all(page: &Page, of: &Statistics) -> Vec<Series> {
    vec![
        Series {
            name: "by-year",
            head: page.t("column-year"),
            is_sum: false,
            columns: EVENTS.iter().map(|it| page.word("event", it)).collect(),
            rows: years(&of.by_year, page),
        },
        Series {
            name: "by-vintage",
            head: page.t("column-vintage"),
            is_sum: true,
            columns: PLACES.iter().map(|it| page.word("at", it)).collect(),
            rows: rows(&of.by_vintage, &PLACES, |year| page.year(year)),
        },
        Series {
            name: "by-scope",
            head: page.t("column-scope"),
            is_sum: true,
            columns: PLACES.iter().map(|it| page.word("at", it)).collect(),
            rows: rows(&of.by_scope, &PLACES, |scope| scope_name(page, *scope)),
        },
        Series {
            name: "projects",
            head: page.t("column-scope"),
            is_sum: true,
            columns: vec![page.t("projects-title")],
            rows: of
                .projects
                .iter()
                .map(|(scope, count)| (scope_name(page, *scope), vec![*count]))
                .collect(),
        },
        Series {
            name: "by-partner",
            head: page.t("column-country"),
            is_sum: false,
            columns: ["out", "in", "open"]
                .iter()
                .map(|it| page.word("partner", it))
                .collect(),
            rows: rows(&of.by_partner, &["out", "in", "open"], |code| {
                let party = code.parse::<Party>();
                party.map_or_else(|_| code.clone(), |it| page.country(it))
            }),
        },
    ]
}

/// Every year from the first to the last, so that a year in which nothing happened is seen.
fn years(of: &BTreeMap<u16, Tonnes>, page: &Page) -> Vec<(String, Vec<u64>)> {
    let (Some(first), Some(last)) = (of.keys().next(), of.keys().next_back()) else {
        return Vec::new();
    };
    let none = Tonnes::new();
    let row = |year: u16| {
        let tonnes = of.get(&year).unwrap_or(&none);
        (page.year(year), values(tonnes, &EVENTS))
    };
    (*first..=*last).map(row).collect()
}

fn rows<K>(
    of: &BTreeMap<K, Tonnes>,
    columns: &[&str],
    name: impl Fn(&K) -> String,
) -> Vec<(String, Vec<u64>)> {
    of.iter()
        .map(|(key, tonnes)| (name(key), values(tonnes, columns)))
        .collect()
}

fn values(of: &Tonnes, columns: &[&str]) -> Vec<u64> {
    columns
        .iter()
        .map(|it| of.get(*it).copied().unwrap_or(0))
        .collect()
}

fn scope_name(page: &Page, scope: u8) -> String {
    let known = SectoralScope::new(scope);
    known.map_or_else(|_| scope.to_string(), |it| page.scope(it))
}

fn drawn(page: &Page, series: &Series) -> String {
    series.bars(&page.t(&format!("chart-{}", series.name)), |it| page.n(it))
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let mut page = page;
    page.section = "statistics";
    let overview = site.app.overview().await?;
    let charts = all(&page, &overview.statistics).into_iter();
    let chart = |series: Series| Chart {
        title: page.t(&format!("chart-{}", series.name)),
        text: page.t(&format!("chart-{}-text", series.name)),
        svg: if series.is_empty() {
            String::new()
        } else {
            drawn(&page, &series)
        },
        series,
    };
    let shown = StatisticsPage {
        charts: charts.map(chart).collect(),
        size: overview.statistics.size,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// The rows of a chart as CSV, or its picture.
pub(super) async fn file(
    State(site): State<Shared>,
    Path(file): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(Kind::NotFound, "there is no such chart");
    let (name, kind) = file.split_once('.').ok_or_else(unknown)?;
    let overview = site.app.overview().await?;
    let series = all(&page, &overview.statistics).into_iter();
    let series = series
        .into_iter()
        .find(|it| it.name == name)
        .ok_or_else(unknown)?;
    match kind {
        "csv" => {
            let head = std::iter::once(series.head.as_str());
            let head: Vec<&str> = head
                .chain(series.columns.iter().map(String::as_str))
                .collect();
            let mut csv = Csv::new(&head);
            for (name, values) in &series.rows {
                let values = values.iter().map(u64::to_string);
                csv.row(std::iter::once(name.clone()).chain(values));
            }
            Ok(answer::csv(
                &page,
                &format!("{}.csv", series.name),
                csv.text(),
            ))
        }
        "svg" => Ok(answer::svg(&page, drawn(&page, &series))),
        _ => Err(unknown()),
    }
}
