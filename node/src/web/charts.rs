//! Charts as pictures that are drawn here, each from the same rows as the table and the file beside it.
//!
//! No picture says anything by colour alone: what is of one colour has its name beside it, in the legend or in the table.

mod gauges;
mod lines;
mod matrix;
mod sankey;

use std::fmt::Write;

use super::format;
use super::language::Language;
use super::list::Csv;
use super::page::Given;
pub(super) use lines::{Line, lines};

/// Colours that are told apart by people who see few of them, and by their lightness in print.
const COLOURS: [&str; 6] = [
    "#0b4f5c", "#e08a2c", "#7a9e3b", "#b23a48", "#6a5acd", "#8a949b",
];

const WIDTH: u32 = 720;
const HEIGHT: u32 = 300;
const LEFT: u32 = 76;
const BOTTOM: u32 = 34;
const TOP: u32 = 16;

/// The most bars in a chart; the table and the file have all rows.
const BARS_MAX: usize = 40;

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawing {
    /// Columns add up to something, and are stacked.
    Stacked,
    /// Columns stand side by side.
    Beside,
    /// Bands lead from each row to the columns that it went to.
    Sankey,
    /// A field for each row and column, darker where more is in it.
    Matrix,
    /// For each row how much of the second column the first one is; 0 stands for no limit.
    Gauges,
    /// For each row how long the first two columns are, all on one scale.
    Spans,
}

/// What the numbers of a chart are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Things, or tonnes.
    Whole,
    /// Tenths of a day.
    TenthsOfDays,
}

impl Unit {
    /// A number as people read it.
    pub(super) fn shown(self, language: Language, value: u64) -> String {
        match self {
            Self::Whole => format::number(language, value),
            Self::TenthsOfDays => format::tenths(language, value),
        }
    }

    /// A number as programs read it.
    pub(super) fn machine(self, value: u64) -> String {
        match self {
            Self::Whole => value.to_string(),
            Self::TenthsOfDays => format!("{}.{}", value / 10, value % 10),
        }
    }
}

/// Rows of whole numbers under a few headings: what a chart shows, what its table shows, what its file holds.
pub(super) struct Series {
    /// The word of the chart in paths.
    pub(super) name: &'static str,
    /// What is on the bottom line.
    pub(super) head: String,
    pub(super) drawing: Drawing,
    pub(super) unit: Unit,
    /// What the parts of a bar are.
    pub(super) columns: Vec<String>,
    /// A name and its numbers, one for each column. A column beyond those that the unit is of counts things.
    pub(super) rows: Vec<(String, Vec<u64>)>,
}

/// The columns of a chart of spans that are of its unit.
const SPANS: usize = 2;

impl Series {
    /// The colour of a column.
    pub(super) fn colour(at: usize) -> &'static str {
        COLOURS[at % COLOURS.len()]
    }

    /// The columns with their colours, where a chart tells them apart by these.
    pub(super) fn legend(&self) -> Vec<(&'static str, &str)> {
        if !matches!(self.drawing, Drawing::Stacked | Drawing::Beside) || self.columns.len() < 2 {
            return Vec::new();
        }
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(at, name)| (Self::colour(at), name.as_str()))
            .collect()
    }

    fn unit_of(&self, column: usize) -> Unit {
        if self.drawing == Drawing::Spans && column >= SPANS {
            Unit::Whole
        } else {
            self.unit
        }
    }

    /// A number of a column as people read it.
    pub(super) fn cell(
        &self,
        language: impl Given<Language>,
        column: impl Given<usize>,
        value: impl Given<u64>,
    ) -> String {
        let unit = self.unit_of(column.given());
        unit.shown(language.given(), value.given())
    }

    /// The rows as a file for programs.
    pub(super) fn csv(&self) -> String {
        let head = std::iter::once(self.head.as_str());
        let head: Vec<&str> = head
            .chain(self.columns.iter().map(String::as_str))
            .collect();
        let mut csv = Csv::new(&head);
        for (name, values) in &self.rows {
            let cells = values.iter().enumerate();
            let cells = cells.map(|(at, value)| self.unit_of(at).machine(*value));
            csv.row(std::iter::once(name.clone()).chain(cells));
        }
        csv.text()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows
            .iter()
            .all(|(_, values)| values.iter().all(|it| *it == 0))
    }

    /// The chart as an SVG of its own or a part of a page.
    pub(super) fn drawn(&self, title: &str, language: Language) -> String {
        let shown = |value| self.unit.shown(language, value);
        match self.drawing {
            Drawing::Stacked | Drawing::Beside => self.bars(title, shown),
            Drawing::Sankey => sankey::draw(self, title, language),
            Drawing::Matrix => matrix::draw(self, title, language),
            Drawing::Gauges | Drawing::Spans => gauges::draw(self, title, language),
        }
    }

    /// Bars, one for each row. `shown` writes a number for people.
    fn bars(&self, title: &str, shown: impl Fn(u64) -> String) -> String {
        let is_sum = self.drawing == Drawing::Stacked;
        let rows = &self.rows[self.rows.len().saturating_sub(BARS_MAX)..];
        let high = |values: &[u64]| {
            if is_sum {
                values.iter().fold(0_u64, |sum, it| sum.saturating_add(*it))
            } else {
                values.iter().copied().max().unwrap_or(0)
            }
        };
        let most = rows
            .iter()
            .map(|(_, values)| high(values))
            .max()
            .unwrap_or(0);
        let top = ceiling(most);
        let mut svg = begun(title, HEIGHT);
        let height = |value: u64| scaled(value, top, HEIGHT - BOTTOM - TOP);
        for line in 0..=4_u64 {
            let value = top / 4 * line;
            across(&mut svg, HEIGHT - BOTTOM - height(value), &shown(value));
        }
        let count = u32::try_from(rows.len().max(1)).unwrap_or(u32::MAX);
        let slot = (WIDTH - LEFT) / count;
        let widest = if is_sum { 72 } else { 200 };
        let bar = (slot * 7 / 10).clamp(4, widest);
        for (place, (name, values)) in (0..).zip(rows) {
            let x = LEFT + slot * place + slot.saturating_sub(bar) / 2;
            let beside = u32::try_from(values.len().max(1)).unwrap_or(u32::MAX);
            let width = if is_sum { bar } else { (bar / beside).max(2) };
            let mut below = 0_u64;
            for (place, (at, value)) in (0..).zip(values.iter().enumerate()) {
                let x = if is_sum { x } else { x + width * place };
                let (from, to) = (height(below), height(below.saturating_add(*value)));
                if is_sum {
                    below = below.saturating_add(*value);
                }
                if to > from {
                    let (y, tall) = (HEIGHT - BOTTOM - to, to - from);
                    let column = self.columns.get(at).map_or("", String::as_str);
                    let _ = write!(
                        svg,
                        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{tall}\" fill=\"{}\"><title>{}, {}: {}</title></rect>",
                        Self::colour(at),
                        escaped(name),
                        escaped(column),
                        escaped(&shown(*value))
                    );
                }
            }
            if slot >= 30 || place % 4 == 0 {
                below_line(&mut svg, x + bar / 2, &cut(name, slot));
            }
        }
        svg.push_str("</svg>");
        svg
    }
}

/// As much of a name as fits under its bar.
fn cut(name: &str, slot: u32) -> String {
    let fits = usize::try_from(slot / 7).unwrap_or(8).max(2);
    if name.chars().count() <= fits {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(fits.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// A round number that is no less: the height of a chart, in four equal steps.
fn ceiling(most: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for times in [1, 2, 5] {
            let top = step.saturating_mul(times).saturating_mul(4);
            if top >= most || top == u64::MAX {
                return top;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The part of `full` that `value` is of `top`.
fn scaled(value: u64, top: u64, full: u32) -> u32 {
    let part = u128::from(value) * u128::from(full) / u128::from(top.max(1));
    u32::try_from(part).unwrap_or(full).min(full)
}

/// A text between tags or in an attribute of a picture.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A line across the picture, with what it stands for at its left.
fn across(svg: &mut String, y: u32, text: &str) {
    let _ = write!(
        svg,
        "<path d=\"M{LEFT} {y}H{WIDTH}\" stroke=\"#d5dde1\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\" \
         fill=\"#37454f\">{}</text>",
        LEFT - 8,
        y + 4,
        escaped(text)
    );
}

/// A name under the bottom line.
fn below_line(svg: &mut String, x: u32, text: &str) {
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#37454f\">{}</text>",
        HEIGHT - 12,
        escaped(text)
    );
}

/// The beginning of a picture of a height.
fn begun(title: &str, height: u32) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"{0}\" font-family=\"system-ui, sans-serif\" font-size=\"12\"><title>{0}</title>",
        escaped(title)
    )
}

/// A picture in which what comes first lies where a language begins to be read.
#[derive(Clone, Copy)]
struct Way {
    is_rtl: bool,
}

impl Way {
    fn of(language: Language) -> Self {
        Self {
            is_rtl: language.direction() == "rtl",
        }
    }

    /// The left edge of something that is so wide and begins at `x`.
    const fn left(self, x: u32, width: u32) -> u32 {
        if self.is_rtl {
            WIDTH.saturating_sub(x + width)
        } else {
            x
        }
    }

    /// Where a point lies.
    const fn at(self, x: u32) -> u32 {
        self.left(x, 0)
    }

    /// The anchor of a text that begins at a point, or ends there. Pictures have a direction of their own, from left to right.
    const fn anchor(self, begins: bool) -> &'static str {
        if begins == self.is_rtl {
            "end"
        } else {
            "start"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Drawing, Series, Unit, ceiling, escaped, scaled};

    fn series(values: Vec<u64>) -> Series {
        Series {
            name: "test",
            head: "Year".to_owned(),
            drawing: Drawing::Stacked,
            unit: Unit::Whole,
            columns: vec!["<b>".to_owned(), "two".to_owned()],
            rows: vec![("20\"24".to_owned(), values)],
        }
    }

    #[test]
    fn the_top_of_a_chart_is_round_and_no_lower_than_its_highest_bar() {
        for most in [0, 1, 3, 4, 5, 39, 41, 999, 1_000_001, u64::MAX / 3] {
            let top = ceiling(most);
            assert!(top >= most && top.is_multiple_of(4), "{most}: {top}");
        }
        assert!(ceiling(u64::MAX) >= u64::MAX - 3);
    }

    #[test]
    fn no_bar_is_higher_than_the_chart_and_no_text_leaves_its_place() {
        assert_eq!(scaled(u64::MAX, u64::MAX, 250), 250);
        assert_eq!(scaled(0, 0, 250), 0);
        let svg = series(vec![10, 30]).bars("a & b", |it| it.to_string());
        assert!(!svg.contains("<b>") && svg.contains("&lt;b&gt;") && svg.contains("a &amp; b"));
        assert!(svg.contains("20&quot;24"));
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains(">40<"));
        let beside = Series {
            drawing: Drawing::Beside,
            ..series(vec![10, 30])
        };
        // Side by side the highest one fills the chart, however much all of them are.
        let svg = beside.bars("a", |it| it.to_string());
        assert!(svg.contains(">40<") && !svg.contains(">80<"), "{svg}");
        let svg = series(vec![u64::MAX, u64::MAX]).bars("huge", |it| it.to_string());
        assert!(svg.ends_with("</svg>"));
        assert_eq!(escaped("\u{0}'x'"), " 'x'");
    }
}
