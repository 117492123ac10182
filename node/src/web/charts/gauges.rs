//! How much of something is used, or how long something takes: a bar on a track for each row.

use std::fmt::Write;

use super::{Drawing, Series, WIDTH, Way, begun, cut, escaped, scaled};
use crate::web::language::Language;

const ROW: u32 = 46;
const TALL: u32 = 12;
const EDGE: u32 = 6;

/// The most rows of a picture; the table and the file have all of them.
const ROWS_MAX: usize = 40;

/// The first column is the bar, the second its track. A gauge has a track of the full width, where the second column is not 0;
/// spans of time are all on one scale.
pub(super) fn draw(of: &Series, title: &str, language: Language) -> String {
    let rows = &of.rows[..of.rows.len().min(ROWS_MAX)];
    let value = |values: &[u64], at: usize| values.get(at).copied().unwrap_or(0);
    let longest = rows.iter().map(|(_, values)| value(values, 1)).max();
    let longest = longest.unwrap_or(0);
    let (way, full) = (Way::of(language), WIDTH - 2 * EDGE);
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut svg = begun(title, count * ROW + EDGE);
    for (line, (name, values)) in (0..).zip(rows) {
        let y = line * ROW + 18;
        let (part, whole) = (value(values, 0), value(values, 1));
        let (track, filled) = match of.drawing {
            Drawing::Spans => (scaled(whole, longest, full), scaled(part, longest, full)),
            _ if whole == 0 => (0, 0),
            _ => (full, scaled(part, whole, full)),
        };
        let said: Vec<String> = of
            .columns
            .iter()
            .zip(values)
            .take(2)
            .map(|(column, value)| match (of.drawing, *value) {
                // Without a limit there is no number of it.
                (Drawing::Gauges, 0) if whole == 0 && column == &of.columns[1] => "∞".to_owned(),
                (_, value) => of.unit.shown(language, value),
            })
            .collect();
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{y}\" text-anchor=\"{}\" fill=\"#1c262c\">{}</text><text x=\"{}\" y=\"{y}\" text-anchor=\"{}\" \
             fill=\"#37454f\">{}</text>",
            way.at(EDGE),
            way.anchor(true),
            escaped(&cut(name, 500)),
            way.at(WIDTH - EDGE),
            way.anchor(false),
            escaped(&said.join(" / "))
        );
        for (wide, colour, stroke) in [
            (track, "#d5dde1", " stroke=\"#8a949b\""),
            (filled, "#0b4f5c", ""),
        ] {
            if wide > 0 {
                let _ = write!(
                    svg,
                    "<rect x=\"{}\" y=\"{}\" width=\"{wide}\" height=\"{TALL}\" fill=\"{colour}\"{stroke}/>",
                    way.left(EDGE, wide),
                    y + 8
                );
            }
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::super::{Drawing, Series, Unit};
    use crate::web::language::Language;

    fn series(drawing: Drawing, rows: Vec<(&str, Vec<u64>)>) -> Series {
        Series {
            name: "gauges",
            head: "Agreement".to_owned(),
            drawing,
            unit: Unit::Whole,
            columns: vec!["used".to_owned(), "limit".to_owned()],
            rows: rows
                .into_iter()
                .map(|(name, it)| (name.to_owned(), it))
                .collect(),
        }
    }

    #[test]
    fn a_gauge_is_full_at_its_limit_and_has_no_track_without_one() {
        let of = series(
            Drawing::Gauges,
            vec![
                ("half", vec![50, 100]),
                ("over", vec![9, 3]),
                ("free", vec![5, 0]),
            ],
        );
        let svg = of.drawn("a", Language::En);
        assert_eq!(svg.matches("width=\"708\"").count(), 3, "{svg}");
        assert_eq!(svg.matches("width=\"354\"").count(), 1, "{svg}");
        assert!(
            svg.contains(">50 / 100<") && svg.contains(">5 / ∞<"),
            "{svg}"
        );
    }

    #[test]
    fn spans_are_on_one_scale() {
        let of = series(
            Drawing::Spans,
            vec![("a", vec![25, 50]), ("b", vec![50, 100])],
        );
        let svg = of.drawn("a", Language::En);
        assert_eq!(svg.matches("width=\"354\"").count(), 2, "{svg}");
        assert_eq!(svg.matches("width=\"177\"").count(), 1, "{svg}");
        assert!(svg.contains("width=\"708\""), "{svg}");
    }
}
