//! A field for each row and column. Each has its number in it: its shade only helps to find what is large.

use std::fmt::Write;

use super::{Series, WIDTH, Way, begun, cut, escaped};
use crate::web::language::Language;

const NAMES: u32 = 150;
const HEAD: u32 = 28;
const ROW: u32 = 30;

/// The most rows and columns of a picture; the table and the file have all of them.
const SIDE_MAX: usize = 10;

/// Shades from little to much. Dark letters can be read on the first four, white ones on the last.
const SHADES: [&str; 5] = ["#eef4f6", "#cfe3e8", "#a3cad4", "#76b0be", "#0b4f5c"];

/// The shade of a number: each is for ten times less than the next.
fn shade(value: u64, most: u64) -> usize {
    let mut bound = most;
    for shade in (1..SHADES.len()).rev() {
        bound /= 10;
        if value > bound {
            return shade;
        }
    }
    0
}

pub(super) fn draw(of: &Series, title: &str, language: Language) -> String {
    let rows = &of.rows[..of.rows.len().min(SIDE_MAX)];
    let columns = &of.columns[..of.columns.len().min(SIDE_MAX)];
    let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    let wide = (WIDTH - NAMES) / count(columns.len().max(1));
    let wide = wide.min(160);
    let most = rows.iter().flat_map(|(_, values)| values).copied().max();
    let most = most.unwrap_or(0);
    let way = Way::of(language);
    let mut svg = begun(title, HEAD + ROW * count(rows.len()) + 8);
    for (at, name) in (0..).zip(columns) {
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#1c262c\">{}</text>",
            way.at(NAMES + wide * at + wide / 2),
            HEAD - 10,
            escaped(&cut(name, wide))
        );
    }
    for (line, (name, values)) in (0..).zip(rows) {
        let y = HEAD + ROW * line;
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" fill=\"#1c262c\">{}</text>",
            way.at(0),
            y + 20,
            way.anchor(true),
            escaped(&cut(name, NAMES - 8))
        );
        for ((at, column), value) in (0..).zip(columns).zip(values) {
            let x = NAMES + wide * at;
            let shade = shade(*value, most);
            let is_dark = shade + 1 == SHADES.len();
            let _ = write!(
                svg,
                "<rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>{} → {}: {}</title></rect>",
                way.left(x, wide),
                wide - 2,
                ROW - 2,
                SHADES[shade],
                escaped(name),
                escaped(column),
                escaped(&of.unit.shown(language, *value))
            );
            if *value > 0 {
                // The style sheet gives letters their colour; these have their own.
                let class = if is_dark { " class=\"on-dark\"" } else { "" };
                let colour = if is_dark { "#fff" } else { "#1c262c" };
                let _ = write!(
                    svg,
                    "<text{class} x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{colour}\">{}</text>",
                    way.at(x + wide / 2),
                    y + 19,
                    escaped(&fitting(of, language, *value, wide))
                );
            }
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A number as its field has room for it: in thousands or millions where it is long.
fn fitting(of: &Series, language: Language, value: u64, wide: u32) -> String {
    let fits = usize::try_from(wide / 7).unwrap_or(8);
    for (part, letter) in [(1, ""), (1_000, "k"), (1_000_000, "M")] {
        let text = format!("{}{letter}", of.unit.shown(language, value / part));
        if text.chars().count() <= fits {
            return text;
        }
    }
    "…".to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{Drawing, Series, Unit};
    use super::{SIDE_MAX, shade};
    use crate::web::language::Language;

    fn series(side: usize, value: u64) -> Series {
        Series {
            name: "between",
            head: "From".to_owned(),
            drawing: Drawing::Matrix,
            unit: Unit::Whole,
            columns: (0..side).map(|it| format!("to {it}")).collect(),
            rows: (0..side)
                .map(|it| (format!("from <{it}>"), vec![value; side]))
                .collect(),
        }
    }

    #[test]
    fn every_field_has_its_number_and_a_long_one_is_shortened() {
        let svg = series(2, 1200).drawn("a", Language::En);
        assert_eq!(svg.matches(">1,200</text>").count(), 4, "{svg}");
        assert!(svg.contains("from &lt;0&gt; → to 1: 1,200"), "{svg}");
        let svg = series(SIDE_MAX, 12_345_678_901).drawn("a", Language::En);
        assert!(svg.contains(">12,345M<"), "{svg}");
        let svg = series(300, 7).drawn("a", Language::Ar);
        assert_eq!(svg.matches("<rect").count(), SIDE_MAX * SIDE_MAX);
        assert!(series(0, 0).drawn("a", Language::Fr).ends_with("</svg>"));
    }

    #[test]
    fn what_is_ten_times_more_is_darker() {
        let of = |value| shade(value, 100_000);
        assert_eq!([0, 5, 50, 500, 5_000, 50_000].map(of), [0, 0, 1, 2, 3, 4]);
        assert_eq!(shade(0, 0), 0);
        assert_eq!(shade(u64::MAX, u64::MAX), 4);
    }
}
