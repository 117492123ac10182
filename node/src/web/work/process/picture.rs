//! The picture of a flow as SVG: who may take each step, what it brings, and how long it may wait, in the reader's language.

use std::collections::BTreeSet;
use std::fmt::Write;

use countersign_protocol::workflow::{Flow, Process, Step};

use super::diagram::{Layout, Meaning, STEM, Tile, Way};
use super::say;
use crate::web::page::Page;

/// Line and fill by who acts, in the order of the file's types of organisation; the last is for nobody. Every text on its fill is
/// read by people who see little contrast (WCAG 2.2, 1.4.3).
const COLOURS: [(&str, &str); 7] = [
    ("#0b4f5c", "#e2f0f2"),
    ("#8a4b08", "#fbeedd"),
    ("#3f5f14", "#edf4e0"),
    ("#8c1d2f", "#f9e6e9"),
    ("#4b3fa0", "#ebe9f8"),
    ("#0b4f9c", "#e3edf9"),
    ("#4a545c", "#edf0f2"),
];

/// Letters that fit on a line of a stage, and of a step.
const STAGE_CHARS: usize = 38;
const STEP_CHARS: usize = 66;

/// What is marked in a picture.
#[derive(Default)]
pub(super) struct Marks {
    /// The stage in which a case stands.
    pub(super) now: Option<String>,
    /// Stages and steps that are new or changed.
    pub(super) changed: BTreeSet<String>,
}

/// The picture of a flow.
pub(super) fn svg(page: &Page, process: &Process, flow: &Flow, marks: &Marks) -> String {
    let layout = Layout::of(flow);
    let language = page.language.code();
    let title = escaped(flow.label.get(language));
    let (width, height) = (layout.width, layout.height);
    let mut svg = format!(
        "<svg class=\"flow\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{title}\"><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    for (x, from, to) in &layout.stems {
        let _ = write!(
            svg,
            "<path d=\"M{x} {from}V{to}\" fill=\"none\" stroke=\"#7b8791\"/>"
        );
    }
    for tile in &layout.steps {
        let (x, y) = (tile.x - STEM, tile.y + tile.height / 2);
        let _ = write!(
            svg,
            "<path d=\"M{x} {y}h{STEM}\" fill=\"none\" stroke=\"#7b8791\"/>"
        );
    }
    for way in &layout.ways {
        drawn_way(&mut svg, process, flow, way);
    }
    for tile in &layout.stages {
        drawn_stage(&mut svg, language, flow, tile, marks);
    }
    for tile in &layout.steps {
        drawn_step(&mut svg, page, process, flow, tile, marks);
    }
    svg.push_str("</svg>");
    svg
}

fn colour(process: &Process, step: &Step) -> (&'static str, &'static str) {
    let kind = step.by.first().map(|rule| rule.organisation_type.as_str());
    let types = &process.organisation_types;
    let at = kind.and_then(|kind| types.iter().position(|it| it.id == kind));
    let last = COLOURS.len() - 1;
    COLOURS[at.map_or(last, |at| at % last)]
}

fn drawn_way(svg: &mut String, process: &Process, flow: &Flow, way: &Way) {
    let Some(step) = flow.steps.get(way.step) else {
        return;
    };
    let ((x1, y1), (x2, y2)) = (way.begin, way.end);
    let (line, dash) = match way.meaning {
        Meaning::No => ("#a3231f", " stroke-dasharray=\"5 4\""),
        Meaning::From => ("#7b8791", ""),
        Meaning::Yes => (colour(process, step).0, ""),
    };
    let lane = way.lane;
    let _ = write!(
        svg,
        "<path d=\"M{x1} {y1}H{lane}V{y2}H{x2}\" fill=\"none\" stroke=\"{line}\" stroke-width=\"1.5\"{dash}/>"
    );
    // The tip lies at the box that the way leads to.
    let back = if lane > x2 {
        x2 + 8
    } else {
        x2.saturating_sub(8)
    };
    let _ = write!(
        svg,
        "<path d=\"M{x2} {y2}L{back} {}L{back} {}Z\" fill=\"{line}\"/>",
        y2.saturating_sub(4),
        y2 + 4
    );
}

fn drawn_stage(svg: &mut String, language: &str, flow: &Flow, tile: &Tile, marks: &Marks) {
    let Some(stage) = flow.stages.get(tile.at) else {
        return;
    };
    let is_now = marks.now.as_deref() == Some(stage.id.as_str());
    let is_changed = marks.changed.contains(&format!("stage.{}", stage.id));
    let ends = stage.end.is_some() || stage.id == flow.first;
    let fill = if is_now { "#0b4f5c" } else { "#ffffff" };
    let ink = if is_now { "#ffffff" } else { "#1b2430" };
    let line = if is_changed { "#14663a" } else { "#1b2430" };
    let thick = if ends || is_changed { 3 } else { 1 };
    let Tile {
        x,
        y,
        width,
        height,
        ..
    } = tile;
    let label = escaped(&cut(stage.label.get(language), STAGE_CHARS));
    let _ = write!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"20\" fill=\"{fill}\" stroke=\"{line}\" \
         stroke-width=\"{thick}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\" font-weight=\"700\">{label}</text>",
        x + width / 2,
        y + height / 2 + 5
    );
}

fn drawn_step(
    svg: &mut String,
    page: &Page,
    process: &Process,
    flow: &Flow,
    tile: &Tile,
    marks: &Marks,
) {
    let Some(step) = flow.steps.get(tile.at) else {
        return;
    };
    let (line, fill) = colour(process, step);
    let is_changed = marks.changed.contains(&format!("step.{}", step.id));
    let (edge, thick) = if is_changed {
        ("#14663a", 3)
    } else {
        (line, 1)
    };
    let Tile {
        x,
        y,
        width,
        height,
        ..
    } = tile;
    let _ = write!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\" fill=\"{fill}\" stroke=\"{edge}\" \
         stroke-width=\"{thick}\"/>"
    );
    let number = page.plain(u64::try_from(tile.at + 1).unwrap_or(u64::MAX));
    let label = step.label.get(page.language.code());
    let texts = [
        (format!("{number} · {label}"), " font-weight=\"700\""),
        (say::who(page, process, step), ""),
        (say::brings(page, process, step), ""),
    ];
    let mut below = y + 19;
    for (text, weight) in texts {
        let text = escaped(&cut(&text, STEP_CHARS));
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{below}\" fill=\"{line}\"{weight}>{text}</text>",
            x + 10
        );
        below += 18;
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most - 1).collect();
    cut.push('…');
    cut
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::{cut, escaped};

    #[test]
    fn texts_fit_and_stay_texts() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(
            escaped("<a \"b\" & 'c'>"),
            "&lt;a &quot;b&quot; &amp; &#39;c&#39;&gt;"
        );
    }
}
