//! Charts as pictures that are drawn here, each from the same rows as the table and the file beside it.

use std::fmt::Write;

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

/// Rows of whole numbers under a few headings: what a chart shows, what its table shows, what its file holds.
pub(super) struct Series {
    /// The word of the chart in paths.
    pub(super) name: &'static str,
    /// What is on the bottom line.
    pub(super) head: String,
    /// Whether the columns add up to something, and are stacked; otherwise they stand side by side.
    pub(super) is_sum: bool,
    /// What the parts of a bar are.
    pub(super) columns: Vec<String>,
    /// A name and its numbers, one for each column.
    pub(super) rows: Vec<(String, Vec<u64>)>,
}

impl Series {
    /// The colour of a column.
    pub(super) fn colour(at: usize) -> &'static str {
        COLOURS[at % COLOURS.len()]
    }

    /// The columns with their colours.
    pub(super) fn legend(&self) -> Vec<(&'static str, &str)> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(at, name)| (Self::colour(at), name.as_str()))
            .collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows
            .iter()
            .all(|(_, values)| values.iter().all(|it| *it == 0))
    }

    /// Stacked bars, one for each row, as an SVG of its own or a part of a page. `shown` writes a number for people.
    pub(super) fn bars(&self, title: &str, shown: impl Fn(u64) -> String) -> String {
        let rows = &self.rows[self.rows.len().saturating_sub(BARS_MAX)..];
        let sum = |values: &[u64]| values.iter().fold(0_u64, |sum, it| sum.saturating_add(*it));
        let most = rows
            .iter()
            .map(|(_, values)| sum(values))
            .max()
            .unwrap_or(0);
        let top = ceiling(most);
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-label=\"{}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">",
            escaped(title)
        );
        let _ = write!(svg, "<title>{}</title>", escaped(title));
        let height = |value: u64| scaled(value, top, HEIGHT - BOTTOM - TOP);
        for line in 0..=4_u64 {
            let value = top / 4 * line;
            let y = HEIGHT - BOTTOM - height(value);
            let _ = write!(
                svg,
                "<path d=\"M{LEFT} {y}H{WIDTH}\" stroke=\"#d5dde1\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\" \
                 fill=\"#37454f\">{}</text>",
                LEFT - 8,
                y + 4,
                escaped(&shown(value))
            );
        }
        let count = u32::try_from(rows.len().max(1)).unwrap_or(u32::MAX);
        let slot = (WIDTH - LEFT) / count;
        let widest = if self.is_sum { 72 } else { 200 };
        let bar = (slot * 7 / 10).clamp(4, widest);
        for (place, (name, values)) in (0..).zip(rows) {
            let x = LEFT + slot * place + slot.saturating_sub(bar) / 2;
            let beside = u32::try_from(values.len().max(1)).unwrap_or(u32::MAX);
            let width = if self.is_sum {
                bar
            } else {
                (bar / beside).max(2)
            };
            let mut below = 0_u64;
            for (place, (at, value)) in (0..).zip(values.iter().enumerate()) {
                let x = if self.is_sum { x } else { x + width * place };
                let (from, to) = (height(below), height(below.saturating_add(*value)));
                if self.is_sum {
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
                let _ = write!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#37454f\">{}</text>",
                    x + bar / 2,
                    HEIGHT - 12,
                    escaped(&cut(name, slot))
                );
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

/// A line over years for each series, where one has values.
pub(super) fn lines(
    title: &str,
    series: &[(String, Vec<(u16, i64)>)],
    shown: impl Fn(i64) -> String,
) -> String {
    let all = || series.iter().flat_map(|(_, points)| points);
    let (Some(first), Some(last)) = (all().map(|it| it.0).min(), all().map(|it| it.0).max()) else {
        return String::new();
    };
    let most = all().map(|it| it.1).max().unwrap_or(0).max(0);
    let top = ceiling(most.unsigned_abs());
    let years = u32::from(last - first).max(1);
    let x = |year: u16| LEFT + 20 + u32::from(year - first) * (WIDTH - LEFT - 40) / years;
    let y = |value: i64| {
        let above = u64::try_from(value).unwrap_or(0);
        HEIGHT - BOTTOM - scaled(above, top, HEIGHT - BOTTOM - TOP)
    };
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{0}\" font-family=\"system-ui, sans-serif\" font-size=\"12\"><title>{0}</title>",
        escaped(title)
    );
    for line in 0..=4_i64 {
        let value = i64::try_from(top / 4)
            .unwrap_or(i64::MAX)
            .saturating_mul(line);
        let _ = write!(
            svg,
            "<path d=\"M{LEFT} {0}H{WIDTH}\" stroke=\"#d5dde1\"/><text x=\"{1}\" y=\"{2}\" text-anchor=\"end\" \
             fill=\"#37454f\">{3}</text>",
            y(value),
            LEFT - 8,
            y(value) + 4,
            escaped(&shown(value))
        );
    }
    let every = (years / 10).max(1);
    for year in (first..=last).filter(|year| u32::from(*year - first).is_multiple_of(every)) {
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#37454f\">{year}</text>",
            x(year),
            HEIGHT - 12
        );
    }
    for (at, (name, points)) in series.iter().enumerate() {
        let colour = Series::colour(at);
        let places: Vec<String> = points
            .iter()
            .map(|(year, value)| format!("{},{}", x(*year), y(*value)))
            .collect();
        let _ = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"3\"/>",
            places.join(" ")
        );
        for (year, value) in points {
            let _ = write!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"><title>{}, {year}: {}</title></circle>",
                x(*year),
                y(*value),
                escaped(name),
                escaped(&shown(*value))
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::{Series, ceiling, escaped, lines, scaled};

    fn series(values: Vec<u64>) -> Series {
        Series {
            name: "test",
            head: "Year".to_owned(),
            is_sum: true,
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
        let beside = Series {
            is_sum: false,
            ..series(vec![10, 30])
        };
        assert_eq!(
            beside
                .bars("a", |it| it.to_string())
                .matches("y=\"16\"")
                .count(),
            0
        );
        let svg = series(vec![u64::MAX, u64::MAX]).bars("huge", |it| it.to_string());
        assert!(svg.ends_with("</svg>"));
        assert_eq!(escaped("\u{0}'x'"), " 'x'");
    }

    #[test]
    fn lines_are_drawn_for_what_has_points_and_nothing_for_nothing() {
        let points = vec![("target".to_owned(), vec![(2021, 100), (2030, -5)])];
        let svg = lines("levels", &points, |it| it.to_string());
        assert!(svg.contains("<polyline") && svg.contains("2021") && svg.contains("2030"));
        assert_eq!(lines("levels", &[], |it| it.to_string()), "");
        let points = vec![("huge".to_owned(), vec![(0, i64::MAX), (u16::MAX, i64::MIN)])];
        assert!(lines("levels", &points, |it| it.to_string()).ends_with("</svg>"));
    }
}
