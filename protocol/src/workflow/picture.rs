//! A flow as an SVG picture that needs nothing else: a small layered layout in whole numbers.
//!
//! A general layout library counts in floating point and places labels on lines anyhow; a flow has a few dozen boxes.

use super::diagram::{COLOURS, Drawing};
use super::model::{Flow, Process, Stage, Step};
use super::vocabulary::StepKind;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const BOX_WIDTH: usize = 210;
const BOX_HEIGHT: usize = 52;
const GAP_X: usize = 50;
const GAP_Y: usize = 84;
const MARGIN: usize = 40;
const LINE: usize = 20;
/// Letters of a stage's label that fit on one line of its box.
const LINE_CHARS: usize = 28;

/// Where a box stands: its left upper corner, and its row.
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
    row: usize,
}

impl Place {
    const fn middle(self) -> usize {
        self.x + BOX_WIDTH / 2
    }
}

/// A flow as an SVG picture; `None` when there is no such flow. Stages stand in rows by their distance from the first,
/// coloured by who is awaited; ways carry the numbers of the steps, which are listed below.
#[must_use]
pub fn svg(process: &Process, flow: &str, language: &str) -> Option<String> {
    let flow = process.flow(flow)?;
    let drawing = Drawing {
        process,
        flow,
        language,
    };
    let places = places(flow);
    let right = places
        .values()
        .map(|place| place.x + BOX_WIDTH)
        .max()
        .unwrap_or(BOX_WIDTH);
    let bottom = places
        .values()
        .map(|place| place.y + BOX_HEIGHT)
        .max()
        .unwrap_or(BOX_HEIGHT);
    let width = (right + 3 * MARGIN).max(720);
    let legend = bottom + 2 * MARGIN;
    let height = legend + flow.steps.len() * LINE + MARGIN;
    let title = escape(flow.label.get(language));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>{title}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    ways(&drawing, &places, &mut text);
    boxes(&drawing, &places, &mut text);
    for (at, step) in flow.steps.iter().enumerate() {
        let y = legend + at * LINE;
        let (line, _) = COLOURS[drawing.lane(step)];
        let actors = drawing.actors(step);
        let dash = if actors.is_empty() { "" } else { " — " };
        let words = escape(&format!(
            "{}  {}{dash}{actors}",
            at + 1,
            step.label.get(language)
        ));
        let _ = writeln!(
            text,
            "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"{line}\">{words}</text>"
        );
    }
    text.push_str("</svg>\n");
    Some(text)
}

/// Rows by distance from the first stage; stages that nothing reaches stand in the last row.
fn places(flow: &Flow) -> BTreeMap<&str, Place> {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::from([(flow.first.as_str(), 0)]);
    loop {
        let next = flow.steps.iter().flat_map(|step| {
            let row = step
                .from
                .iter()
                .filter_map(|from| rows.get(from.as_str()))
                .min()
                .map(|row| row + 1);
            step.targets()
                .filter_map(move |target| Some((target.as_str(), row?)))
        });
        let found: Vec<(&str, usize)> = next
            .filter(|(target, row)| rows.get(target).is_none_or(|known| known > row))
            .collect();
        if found.is_empty() {
            break;
        }
        for (target, row) in found {
            let known = rows.entry(target).or_insert(row);
            *known = row.min(*known);
        }
    }
    let last = rows.values().max().copied().unwrap_or_default();
    let row_of = |id: &str| rows.get(id).copied().unwrap_or(last + 1);
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    let mut places = BTreeMap::new();
    // Ends stand to the right of everything else, so that the main way is a straight column.
    let (going, ends): (Vec<&Stage>, Vec<&Stage>) =
        flow.stages.iter().partition(|stage| stage.end.is_none());
    for (stages, is_end) in [(going, false), (ends, true)] {
        let widest = filled.values().max().copied().unwrap_or_default();
        for stage in stages {
            let row = row_of(&stage.id);
            let column = filled.entry(row).or_default();
            if is_end {
                *column = widest.max(*column);
            }
            let (x, y) = (
                MARGIN + *column * (BOX_WIDTH + GAP_X),
                MARGIN + row * (BOX_HEIGHT + GAP_Y),
            );
            places.insert(stage.id.as_str(), Place { x, y, row });
            *column += 1;
        }
    }
    places
}

fn ways(drawing: &Drawing<'_>, places: &BTreeMap<&str, Place>, text: &mut String) {
    let mut pairs: BTreeMap<(&str, &str), Vec<(usize, bool)>> = BTreeMap::new();
    for (from, to, no, number) in drawing.edges() {
        // A withdrawal leaves nearly every stage; it is a badge on the box, not a line across the picture.
        if drawing.flow.steps[number].kind == StepKind::Withdraw {
            continue;
        }
        pairs.entry((from, to)).or_default().push((number, no));
    }
    for (at, ((from, to), steps)) in pairs.iter().enumerate() {
        let (Some(a), Some(b), Some((first, _))) =
            (places.get(from), places.get(to), steps.first())
        else {
            continue;
        };
        let (line, _) = COLOURS[drawing.lane(&drawing.flow.steps[*first])];
        let dash = if steps.iter().all(|(_, no)| *no) {
            " stroke-dasharray=\"5 4\""
        } else {
            ""
        };
        // Ways that share a box leave it at different places.
        let Curve {
            path,
            label: (x, y),
            tip: (tip_x, tip_y),
        } = curve(*a, *b, (at % 7) * 22);
        let _ = writeln!(
            text,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{line}\" stroke-width=\"1.5\"{dash}/>"
        );
        let _ = writeln!(
            text,
            "<circle cx=\"{tip_x}\" cy=\"{tip_y}\" r=\"4\" fill=\"{line}\"/>"
        );
        let numbers: Vec<String> = steps
            .iter()
            .map(|(step, no)| format!("{}{}", step + 1, if *no { "✗" } else { "" }))
            .collect();
        let numbers = numbers.join(" ");
        let wide = 8 + numbers.chars().count() * 8;
        let _ = writeln!(
            text,
            "<rect x=\"{}\" y=\"{}\" width=\"{wide}\" height=\"18\" rx=\"9\" fill=\"#ffffff\" stroke=\"{line}\"/>\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"12\" fill=\"{line}\">{numbers}</text>",
            x.saturating_sub(wide / 2),
            y.saturating_sub(9),
            y + 4
        );
    }
}

/// A drawn way: its path, where its numbers stand, and where it arrives.
struct Curve {
    path: String,
    label: (usize, usize),
    tip: (usize, usize),
}

/// Down from the bottom to the top, along a row from side to side, and back up around the right.
fn curve(a: Place, b: Place, spread: usize) -> Curve {
    let middle = usize::midpoint;
    if b.row > a.row {
        let (x1, x2, y1, y2) = (a.x + 30 + spread, b.x + 30 + spread, a.y + BOX_HEIGHT, b.y);
        let bend = (y2 - y1) / 2;
        let path = format!(
            "M {x1} {y1} C {x1} {} {x2} {} {x2} {y2}",
            y1 + bend,
            y2 - bend
        );
        return Curve {
            path,
            label: (middle(x1, x2), middle(y1, y2)),
            tip: (x2, y2),
        };
    }
    if b.row == a.row && a.x != b.x {
        // Below the row, so that boxes between the two stay free.
        let (x1, x2, y) = (a.x + 30 + spread, b.x + 30 + spread, a.y + BOX_HEIGHT);
        let low = y + 30 + spread / 4;
        let path = format!("M {x1} {y} C {x1} {low} {x2} {low} {x2} {y}");
        return Curve {
            path,
            label: (middle(x1, x2), (2 * y + 6 * low) / 8),
            tip: (x2, y),
        };
    }
    let far = a.middle().max(b.middle()) + BOX_WIDTH / 2 + 18 + spread / 2;
    let (x1, x2, y1, y2) = (
        a.x + BOX_WIDTH,
        b.x + BOX_WIDTH,
        a.y + BOX_HEIGHT / 2 + 8,
        b.y + BOX_HEIGHT / 2 - 8,
    );
    let path = format!("M {x1} {y1} C {far} {y1} {far} {y2} {x2} {y2}");
    Curve {
        path,
        label: ((x1 + x2 + 6 * far) / 8, middle(y1, y2)),
        tip: (x2, y2),
    }
}

fn boxes(drawing: &Drawing<'_>, places: &BTreeMap<&str, Place>, text: &mut String) {
    for stage in &drawing.flow.stages {
        let Some(place) = places.get(stage.id.as_str()) else {
            continue;
        };
        let (line, fill) = COLOURS[drawing.waiting_lane(&stage.id)];
        let thick = if stage.end.is_some() || stage.id == drawing.flow.first {
            4
        } else {
            1
        };
        let (x, y) = (place.x, place.y);
        let _ = writeln!(
            text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"8\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"{thick}\"/>"
        );
        let leaves =
            |step: &&Step| step.kind == StepKind::Withdraw && step.from.contains(&stage.id);
        for step in drawing.flow.steps.iter().filter(leaves) {
            let number = drawing
                .flow
                .steps
                .iter()
                .position(|known| known.id == step.id);
            let (x, y) = (x + BOX_WIDTH - 14, y + BOX_HEIGHT - 6);
            let colour = COLOURS[drawing.lane(step)].0;
            let _ = writeln!(
                text,
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{colour}\">{}</text>",
                number.unwrap_or_default() + 1
            );
        }
        let lines = wrapped(stage.label.get(drawing.language));
        let top = y + BOX_HEIGHT / 2 + 5 - (lines.len() - 1) * 8;
        for (at, words) in lines.iter().enumerate() {
            let _ = writeln!(
                text,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#111111\">{}</text>",
                place.middle(),
                top + at * 16,
                escape(words)
            );
        }
    }
}

/// One line or two; what does not fit on the second is cut.
fn wrapped(label: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in label.split_whitespace() {
        let full = lines.last().is_some_and(|line| {
            !line.is_empty() && line.chars().count() + word.chars().count() >= LINE_CHARS
        });
        if full && lines.len() == 2 {
            if let Some(line) = lines.last_mut() {
                line.push('…');
            }
            return lines;
        }
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word.chars().take(LINE_CHARS));
        }
    }
    lines
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
