//! A nationally determined contribution in a chart, a table and a file: its trajectory, the emissions that it covers, and these
//! with the corresponding adjustments.

use std::collections::BTreeMap;

use countersign_protocol::article6::PeriodBalance;
use countersign_protocol::record::{LevelSeries, Ndc};

use super::charts::{Line, lines};
use super::format;
use super::list::Csv;
use super::page::Page;
use crate::app::Level;

/// An NDC and how the country stands to it.
pub(super) struct Standing {
    pub(super) ndc: Ndc,
    pub(super) levels: Vec<Level>,
    pub(super) balance: Option<PeriodBalance>,
}

/// A contribution with its chart, for a page.
pub(super) struct Contribution {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) method: String,
    pub(super) reference_year: u16,
    pub(super) reference: String,
    pub(super) target_year: u16,
    pub(super) target: String,
    pub(super) chart: String,
    /// How each line is drawn, and what it is of.
    pub(super) legend: Vec<(String, String)>,
    pub(super) columns: Vec<String>,
    /// A row of the table behind the chart: a year, and the value of each line in it.
    pub(super) rows: Vec<(u16, Vec<String>)>,
}

impl Contribution {
    pub(super) fn of(page: &Page, of: &Standing) -> Self {
        let signed = |value: i64| format::signed(page.language, value);
        let ndc = &of.ndc;
        let method = serde_json::to_value(ndc.method).ok();
        let method = method.as_ref().and_then(|it| it.as_str());
        let lines = of.lines(page);
        let cell = |value: &Option<i64>| value.map(signed).unwrap_or_default();
        Self {
            first: ndc.period.first(),
            last: ndc.period.last(),
            method: page.word("method", method.unwrap_or_default()),
            reference_year: ndc.reference.year,
            reference: signed(ndc.reference.level),
            target_year: ndc.target.year,
            target: signed(ndc.target.level),
            chart: of.drawn(page),
            legend: (0..)
                .zip(&lines)
                .map(|(at, line)| (Line::stroke(at), line.name.clone()))
                .collect(),
            rows: by_year(&lines)
                .iter()
                .map(|(year, values)| (*year, values.iter().map(cell).collect()))
                .collect(),
            columns: lines.into_iter().map(|line| line.name).collect(),
        }
    }
}

impl Standing {
    /// The lines of the chart; those without a value are left out.
    fn lines(&self, page: &Page) -> Vec<Line> {
        let ndc = &self.ndc;
        let mut trajectory: Vec<(u16, i64)> = ndc
            .trajectory
            .iter()
            .map(|it| (it.year, it.level))
            .collect();
        if trajectory.is_empty() {
            trajectory = vec![
                (ndc.reference.year, ndc.reference.level),
                (ndc.target.year, ndc.target.level),
            ];
        }
        let is_of = |year| year == ndc.reference.year || ndc.period.contains(year);
        let covered = self
            .levels
            .iter()
            .filter(|it| it.series == LevelSeries::Covered);
        let covered = covered.filter(|it| is_of(it.year));
        let covered = covered.map(|it| (it.year, it.level)).collect();
        let years = self.balance.iter().flat_map(|it| &it.years);
        let adjusted = years.filter_map(|it| {
            let balance = i64::try_from(it.balance?.rounded());
            Some((it.year, balance.ok()?))
        });
        let mut lines = vec![
            Line {
                name: page.t("ndc-trajectory"),
                points: trajectory,
            },
            Line {
                name: page.t("ndc-levels"),
                points: covered,
            },
            Line {
                name: page.t("ndc-adjusted"),
                points: adjusted.collect(),
            },
        ];
        lines.retain(|it| !it.points.is_empty());
        lines
    }

    /// The chart.
    pub(super) fn drawn(&self, page: &Page) -> String {
        let period = self.ndc.period;
        let (first, last) = (page.year(period.first()), page.year(period.last()));
        let title = page.t2("ndc-title", "first", first, "last", last);
        let shown = |value| format::signed(page.language, value);
        lines(&title, &self.lines(page), |year| page.year(year), shown)
    }

    /// The rows as a file for programs.
    pub(super) fn csv(&self, page: &Page) -> String {
        let lines = self.lines(page);
        let year = page.t("column-year");
        let head = std::iter::once(&*year);
        let head: Vec<&str> = head.chain(lines.iter().map(|it| &*it.name)).collect();
        let mut csv = Csv::new(&head);
        for (year, values) in by_year(&lines) {
            let cell = |value: Option<i64>| value.map(|it| it.to_string()).unwrap_or_default();
            csv.row(std::iter::once(year.to_string()).chain(values.into_iter().map(cell)));
        }
        csv.text()
    }
}

/// The values of each line by year.
fn by_year(lines: &[Line]) -> BTreeMap<u16, Vec<Option<i64>>> {
    let mut rows: BTreeMap<u16, Vec<Option<i64>>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for (year, value) in &line.points {
            let row = rows.entry(*year).or_insert_with(|| vec![None; lines.len()]);
            if let Some(place) = row.get_mut(at) {
                *place = Some(*value);
            }
        }
    }
    rows
}
