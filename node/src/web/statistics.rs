//! What happened in the registry in numbers: each chart with its table, its file and its picture.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::party::Party;
use countersign_protocol::serial::SectoralScope;

use super::charts::{Drawing, Series, Unit};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AgreementUse, Between, Ends, Overview, StageTime};
use crate::http::problem::{ApiError, Kind};
use crate::projection::query::Tonnes;

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

/// The names of the charts, in the order of the page.
pub(super) const CHARTS: [&str; 11] = [
    "by-year",
    "end-states",
    "end-countries",
    "by-vintage",
    "by-scope",
    "projects",
    "by-region",
    "agreements",
    "by-partner",
    "between",
    "stages",
];

/// One chart; `None` for a name that is none.
fn series(page: &Page, of: &Overview, name: &str) -> Option<Series> {
    let name = *CHARTS.iter().find(|it| **it == name)?;
    let sums = &of.statistics;
    let words = |list: &str, things: &[&str]| -> Vec<String> {
        things.iter().map(|it| page.word(list, it)).collect()
    };
    let places = || words("at", &PLACES);
    let scope = |scope: &u8| scope_name(page, *scope);
    let (head, drawing, columns, rows) = match name {
        "by-year" => (
            "column-year",
            Drawing::Beside,
            words("event", &EVENTS),
            years(&sums.by_year, page),
        ),
        "end-states" => (
            "chart-from",
            Drawing::Sankey,
            places(),
            ends(page, &of.ends),
        ),
        "end-countries" => {
            let (columns, rows) = destinations(page, &of.ends);
            ("chart-from", Drawing::Sankey, columns, rows)
        }
        "by-vintage" => (
            "column-vintage",
            Drawing::Stacked,
            places(),
            rows(&sums.by_vintage, &PLACES, |year| page.year(year)),
        ),
        "by-scope" => (
            "column-scope",
            Drawing::Stacked,
            places(),
            rows(&sums.by_scope, &PLACES, scope),
        ),
        "projects" => (
            "column-scope",
            Drawing::Stacked,
            vec![page.t("projects-title")],
            counts(&sums.projects, scope),
        ),
        "by-region" => (
            "column-region",
            Drawing::Stacked,
            vec![page.t("projects-title")],
            counts(&of.regions, String::clone),
        ),
        "agreements" => (
            "column-agreement",
            Drawing::Gauges,
            vec![page.t("agreement-used"), page.t("agreement-limit")],
            gauges(page, &page.site.app.agreement_uses()),
        ),
        "by-partner" => (
            "column-country",
            Drawing::Beside,
            words("partner", &["out", "in", "open"]),
            rows(&sums.by_partner, &["out", "in", "open"], |code| {
                let party = code.parse::<Party>();
                party.map_or_else(|_| code.clone(), |it| page.country(it))
            }),
        ),
        "between" => {
            let (columns, rows) = between(page, &of.between);
            ("chart-from", Drawing::Matrix, columns, rows)
        }
        _ => (
            "column-stage",
            Drawing::Spans,
            words("stage-time", &["median", "p90", "times"]),
            stages(page, &of.stages),
        ),
    };
    Some(Series {
        name,
        head: page.t(head),
        unit: match drawing {
            Drawing::Spans => Unit::TenthsOfDays,
            _ => Unit::Whole,
        },
        drawing,
        columns,
        rows,
    })
}

/// What became of authorised units, and of others.
fn ends(page: &Page, of: &Ends) -> Vec<(String, Vec<u64>)> {
    let row = |is_authorised: bool, key: &str| {
        let values = PLACES.iter().map(|place| {
            sum_of(of, |authorised, at, _| {
                authorised == is_authorised && at == *place
            })
        });
        (page.t(key), values.collect())
    };
    vec![
        row(true, "ends-authorised"),
        row(false, "ends-not-authorised"),
    ]
}

/// Where units are that are not abroad, as one flow.
const AT_HOME: [&str; 3] = ["available", "on_hold", "escrow"];

/// Countries that have a flow of their own, those with the most first; the others share one.
const COUNTRIES_MAX: usize = 8;

/// What became of authorised units, and of others, by the country to which they went.
fn destinations(page: &Page, of: &Ends) -> (Vec<String>, Vec<(String, Vec<u64>)>) {
    let countries: BTreeSet<Party> = of.keys().filter_map(|(_, _, party)| *party).collect();
    let sum = |country: Party| sum_of(of, |_, _, party| party == Some(country));
    let mut countries: Vec<Party> = countries.into_iter().collect();
    countries.sort_by_key(|it| (std::cmp::Reverse(sum(*it)), *it));
    let others = countries.split_off(countries.len().min(COUNTRIES_MAX));
    let mut columns = vec![
        page.t("ends-at-home"),
        page.word("at", "used"),
        page.word("at", "cancelled"),
    ];
    columns.extend(countries.iter().map(|it| page.country(*it)));
    if !others.is_empty() {
        columns.push(page.t("ends-other-countries"));
    }
    let row = |is_authorised: bool, key: &str| {
        let at = |places: &[&str]| {
            sum_of(of, |authorised, place, _| {
                authorised == is_authorised && places.contains(&place)
            })
        };
        let in_any = |parties: &[Party]| {
            sum_of(of, |authorised, _, party| {
                authorised == is_authorised && party.is_some_and(|it| parties.contains(&it))
            })
        };
        let mut values = vec![at(&AT_HOME), at(&["used"]), at(&["cancelled"])];
        values.extend(countries.iter().map(|it| in_any(&[*it])));
        if !others.is_empty() {
            values.push(in_any(&others));
        }
        (page.t(key), values)
    };
    let rows = vec![
        row(true, "ends-authorised"),
        row(false, "ends-not-authorised"),
    ];
    (columns, rows)
}

/// The tonnes that a condition picks.
fn sum_of(of: &Ends, picks: impl Fn(bool, &str, Option<Party>) -> bool) -> u64 {
    let picked = of
        .iter()
        .filter(|((authorised, place, party), _)| picks(*authorised, place, *party));
    picked.fold(0, |sum, (_, tonnes)| sum.saturating_add(*tonnes))
}

fn counts<K>(of: &BTreeMap<K, u64>, name: impl Fn(&K) -> String) -> Vec<(String, Vec<u64>)> {
    of.iter()
        .map(|(key, count)| (name(key), vec![*count]))
        .collect()
}

/// How much of each agreement is used, by direction: in all and in the year.
pub(super) fn gauges(page: &Page, of: &[AgreementUse]) -> Vec<(String, Vec<u64>)> {
    let own = page.country(page.site.genesis.party);
    let mut gauges = Vec::new();
    for it in of {
        let (agreement, partner) = (&it.agreement, page.country(it.agreement.partner));
        let year = page.year(it.year);
        for (is_open, route, all, in_year) in [
            (
                agreement.outgoing,
                format!("{own} → {partner}"),
                it.outgoing,
                it.outgoing_in_year,
            ),
            (
                agreement.incoming,
                format!("{partner} → {own}"),
                it.incoming,
                it.incoming_in_year,
            ),
        ] {
            if is_open {
                let named = |when: &str| format!("{} · {route} · {when}", agreement.id);
                let whole = named(&page.t("agreement-in-all"));
                gauges.push((whole, vec![all, agreement.max_tonnes]));
                gauges.push((named(&year), vec![in_year, agreement.max_tonnes_per_year]));
            }
        }
    }
    gauges
}

/// Rows are the countries from which tonnes went, columns those to which they went; those with the most first.
fn between(page: &Page, of: &Between) -> (Vec<String>, Vec<(String, Vec<u64>)>) {
    let ordered = |side: fn(&(Party, Party)) -> Party| {
        let countries: BTreeSet<Party> = of.keys().map(side).collect();
        let sum = |country: Party| {
            let of_country = of.iter().filter(|(pair, _)| side(pair) == country);
            of_country.fold(0_u64, |sum, (_, tonnes)| sum.saturating_add(*tonnes))
        };
        let mut countries: Vec<Party> = countries.into_iter().collect();
        countries.sort_by_key(|it| (std::cmp::Reverse(sum(*it)), *it));
        countries
    };
    let (from, to) = (ordered(|pair| pair.0), ordered(|pair| pair.1));
    let row = |country: &Party| {
        let value = |other: &Party| of.get(&(*country, *other)).copied().unwrap_or(0);
        (page.country(country), to.iter().map(value).collect())
    };
    let columns = to.iter().map(|it| page.country(it)).collect();
    (columns, from.iter().map(row).collect())
}

/// Days in tenths, from whole hours.
const fn tenths_of_days(hours: u64) -> u64 {
    hours.saturating_mul(10).saturating_add(12) / 24
}

fn stages(page: &Page, of: &[StageTime]) -> Vec<(String, Vec<u64>)> {
    let (process, language) = (page.site.app.process(), page.language.code());
    let row = |it: &StageTime| {
        let flow = process.as_ref().and_then(|process| process.flow(&it.flow));
        let stage = flow.and_then(|flow| flow.stage(&it.stage));
        let named = flow.zip(stage).map(|(flow, stage)| {
            format!(
                "{} · {}",
                flow.label.get(language),
                stage.label.get(language)
            )
        });
        let (median, p90) = (
            tenths_of_days(it.median_hours),
            tenths_of_days(it.p90_hours),
        );
        (
            named.unwrap_or_else(|| it.stage.clone()),
            vec![median, p90, it.times],
        )
    };
    of.iter().map(row).collect()
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
    series.drawn(&page.t(&format!("chart-{}", series.name)), page.language)
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let mut page = page;
    page.section = "statistics";
    let overview = site.app.overview().await?;
    let charts = CHARTS
        .iter()
        .filter_map(|name| series(&page, &overview, name));
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
    let series = series(&page, &overview, name).ok_or_else(unknown)?;
    match kind {
        "csv" => Ok(answer::csv(&page, &file, series.csv())),
        "svg" => Ok(answer::svg(&page, drawn(&page, &series))),
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::tenths_of_days;

    #[test]
    fn hours_are_rounded_to_tenths_of_days() {
        let of = [0, 1, 2, 12, 24, 240, u64::MAX].map(tenths_of_days);
        assert_eq!(of[..6], [0, 0, 1, 5, 10, 100]);
        assert!(of[6] > 0);
    }
}
