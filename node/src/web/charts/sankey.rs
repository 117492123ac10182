//! Where something went: bands from each row to each column, as wide as there is of it.

use std::fmt::Write;

use super::{COLOURS, Series, WIDTH, Way, begun, cut, escaped, scaled};
use crate::web::language::Language;

/// Room for the names at both sides.
const NAMES: u32 = 180;
/// How wide the bars are from which bands begin, and at which they end.
const BAR: u32 = 14;
/// How high all bands together are.
const FLOW: u32 = 240;
/// The least room of a bar: its name has two lines.
const SLOT_MIN: u32 = 40;
/// The least height of a bar, so that little is not nothing.
const BAR_MIN: u32 = 2;
const EDGE: u32 = 10;

/// One end of bands.
struct Node {
    y: u32,
    high: u32,
    /// Where the next band begins.
    next: u32,
}

/// Puts bars one below the other; gives them, and how much room they take.
fn stacked(heights: &[u32]) -> (Vec<Node>, u32) {
    let mut y = 0;
    let mut nodes = Vec::new();
    for high in heights {
        let room = (high + 8).max(SLOT_MIN);
        let top = y + (room - high) / 2;
        nodes.push(Node {
            y: top,
            high: *high,
            next: top,
        });
        y += room;
    }
    (nodes, y)
}

/// The picture. Rows and columns without anything are left out.
pub(super) fn draw(of: &Series, title: &str, language: Language) -> String {
    let sum = |values: &mut dyn Iterator<Item = u64>| values.fold(0_u64, u64::saturating_add);
    let total = sum(&mut of
        .rows
        .iter()
        .flat_map(|(_, values)| values.iter().copied()));
    let column = |at: usize| {
        let values = of.rows.iter();
        sum(&mut values.filter_map(|(_, values)| values.get(at).copied()))
    };
    let rows: Vec<(&str, &[u64], u64)> = of
        .rows
        .iter()
        .map(|(name, values)| (&**name, &**values, sum(&mut values.iter().copied())))
        .filter(|(_, _, all)| *all > 0)
        .collect();
    let columns: Vec<(usize, u64)> = (0..of.columns.len())
        .map(|at| (at, column(at)))
        .filter(|(_, all)| *all > 0)
        .collect();
    let high = |value: u64| scaled(value, total, FLOW).max(BAR_MIN);
    let (mut from, from_room) = stacked(&rows.iter().map(|it| high(it.2)).collect::<Vec<_>>());
    let (mut to, to_room) = stacked(&columns.iter().map(|it| high(it.1)).collect::<Vec<_>>());
    let room = from_room.max(to_room);
    for (nodes, taken) in [(&mut from, from_room), (&mut to, to_room)] {
        for node in nodes {
            node.y += EDGE + (room - taken) / 2;
            node.next = node.y;
        }
    }
    let way = Way::of(language);
    let mut svg = begun(title, room + 2 * EDGE);
    for ((name, values, _), node) in rows.iter().zip(&mut from) {
        for ((at, _), end) in columns.iter().zip(&mut to) {
            let value = values.get(*at).copied().unwrap_or(0);
            if value > 0 {
                let label = format!(
                    "{name} → {}: {}",
                    of.columns[*at],
                    of.unit.shown(language, value)
                );
                band(
                    &mut svg,
                    way,
                    (node, end),
                    high(value),
                    COLOURS[*at % COLOURS.len()],
                    &label,
                );
            }
        }
    }
    let amount = |value: u64| of.unit.shown(language, value);
    for ((name, _, all), node) in rows.iter().zip(&from) {
        let place = (NAMES, NAMES - 8, true);
        bar(&mut svg, way, node, place, "#37454f", (name, &amount(*all)));
    }
    for ((at, all), node) in columns.iter().zip(&to) {
        let place = (WIDTH - NAMES - BAR, WIDTH - NAMES + 8, false);
        let colour = COLOURS[*at % COLOURS.len()];
        bar(
            &mut svg,
            way,
            node,
            place,
            colour,
            (&of.columns[*at], &amount(*all)),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A band between the next free places of two bars.
fn band(
    svg: &mut String,
    way: Way,
    (from, to): (&mut Node, &mut Node),
    high: u32,
    colour: &str,
    label: &str,
) {
    let (left, right) = (way.at(NAMES + BAR), way.at(WIDTH - NAMES - BAR));
    let middle = WIDTH / 2;
    // Rounding up small ones must not lead beyond the bars.
    let fitting = |node: &Node| node.next.min(node.y + node.high.saturating_sub(high));
    let (y, end) = (fitting(from), fitting(to));
    let _ = write!(
        svg,
        "<path d=\"M{left} {y}C{middle} {y} {middle} {end} {right} {end}V{}C{middle} {} {middle} {} {left} {}z\" \
         fill=\"{colour}\" fill-opacity=\".5\"><title>{}</title></path>",
        end + high,
        end + high,
        y + high,
        y + high,
        escaped(label)
    );
    from.next += high;
    to.next += high;
}

/// A bar with its name and what is in it.
fn bar(
    svg: &mut String,
    way: Way,
    node: &Node,
    (x, text, is_before): (u32, u32, bool),
    colour: &str,
    (name, amount): (&str, &str),
) {
    let middle = node.y + node.high / 2;
    let (x, text) = (way.left(x, BAR), way.at(text));
    let anchor = way.anchor(!is_before);
    let _ = write!(
        svg,
        "<rect x=\"{x}\" y=\"{}\" width=\"{BAR}\" height=\"{}\" fill=\"{colour}\"/><text text-anchor=\"{anchor}\" \
         fill=\"#1c262c\"><tspan x=\"{text}\" y=\"{}\">{}</tspan><tspan x=\"{text}\" y=\"{}\" fill=\"#37454f\">{}</tspan></text>",
        node.y,
        node.high,
        middle.saturating_sub(2),
        escaped(&cut(name, NAMES - 8)),
        middle + 14,
        escaped(amount)
    );
}

#[cfg(test)]
mod tests {
    use super::super::{Drawing, Series, Unit};
    use crate::web::language::Language;

    fn series(rows: Vec<(&str, Vec<u64>)>) -> Series {
        Series {
            name: "ends",
            head: "From".to_owned(),
            drawing: Drawing::Sankey,
            unit: Unit::Whole,
            columns: ["held", "used & gone", "cancelled"]
                .map(str::to_owned)
                .into(),
            rows: rows
                .into_iter()
                .map(|(name, it)| (name.to_owned(), it))
                .collect(),
        }
    }

    #[test]
    fn every_flow_is_a_band_and_every_end_says_how_much_it_has() {
        let of = series(vec![
            ("authorised", vec![600, 300, 0]),
            ("not", vec![0, 100, 0]),
        ]);
        let svg = of.drawn("Ends", Language::En);
        assert_eq!(svg.matches("fill-opacity").count(), 3, "{svg}");
        for wanted in [
            "authorised → held: 600",
            "authorised → used &amp; gone: 300",
            "not → used &amp; gone: 100",
            ">900<",
            ">400<",
        ] {
            assert!(svg.contains(wanted), "{wanted} is not in {svg}");
        }
        assert!(!svg.contains("cancelled"), "nothing was cancelled: {svg}");
    }

    #[test]
    fn arabic_readers_begin_at_the_right() {
        let of = series(vec![("authorised", vec![1, 0, 0])]);
        let place = |language, name: &str| {
            let svg = of.drawn("a", language);
            let (before, _) = svg.split_once(&format!(">{name}<")).unwrap();
            let x = before.rsplit("<tspan x=\"").next().unwrap();
            x.split('"').next().unwrap().parse::<u32>().unwrap()
        };
        assert!(place(Language::En, "authorised") < place(Language::En, "held"));
        assert!(place(Language::Ar, "authorised") > place(Language::Ar, "held"));
    }

    #[test]
    fn no_amount_is_too_large_or_too_small_to_be_drawn() {
        for values in [
            vec![u64::MAX, 1, 0],
            vec![u64::MAX, u64::MAX, u64::MAX],
            vec![0, 0, 0],
        ] {
            let svg = series(vec![("a", values.clone()), ("b", values)]).drawn("a", Language::Fr);
            assert!(svg.ends_with("</svg>"));
        }
    }
}
