//! A flow as Mermaid text for documents, and what every picture of a flow shares.

use super::model::{Flow, Process, Step};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Line and fill colours by who acts, in the order of the file's organisation types; the last is for nobody.
pub(super) const COLOURS: [(&str, &str); 9] = [
    ("#1d4e89", "#e3edf7"),
    ("#2f6f3e", "#e4f1e6"),
    ("#9a4a00", "#fbead9"),
    ("#6b2d83", "#f1e6f5"),
    ("#00646e", "#ddf0f2"),
    ("#8a1c3b", "#f8e3e9"),
    ("#5b5b00", "#f2f2d9"),
    ("#3d3d8f", "#e8e8f7"),
    ("#555555", "#eeeeee"),
];

/// Where a flow's pictures get their words and colours from.
pub(super) struct Drawing<'a> {
    pub(super) process: &'a Process,
    pub(super) flow: &'a Flow,
    pub(super) language: &'a str,
}

impl<'a> Drawing<'a> {
    /// The organisation type that a step is drawn for: the first that may act.
    pub(super) fn lane(&self, step: &Step) -> usize {
        let kind = step.by.first().map(|rule| rule.organisation_type.as_str());
        let types = &self.process.organisation_types;
        let at = kind.and_then(|kind| types.iter().position(|known| known.id == kind));
        at.map_or(COLOURS.len() - 1, |at| at % (COLOURS.len() - 1))
    }

    /// The lane for which a stage waits.
    pub(super) fn waiting_lane(&self, stage: &str) -> usize {
        let mut steps = self
            .flow
            .steps
            .iter()
            .filter(|step| step.from.iter().any(|id| id == stage));
        let awaited = steps.find(|step| step.kind.is_awaited());
        awaited.map_or(COLOURS.len() - 1, |step| self.lane(step))
    }

    pub(super) fn actors(&self, step: &Step) -> String {
        let mut names: Vec<&str> = Vec::new();
        for rule in &step.by {
            let kind = self.process.organisation_type(&rule.organisation_type);
            let name = kind.map_or(rule.organisation_type.as_str(), |kind| {
                kind.label.get(self.language)
            });
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let many = if step.votes_needed() > 1 {
            format!(" ×{}", step.votes_needed())
        } else {
            String::new()
        };
        format!("{}{many}", names.join(" / "))
    }

    /// Steps between two stages, each pair once, in the order of the file; `true` for the way of a no.
    pub(super) fn edges(&self) -> Vec<(&'a str, &'a str, bool, usize)> {
        let mut edges = Vec::new();
        for (number, step) in self.flow.steps.iter().enumerate() {
            for from in &step.from {
                for (at, target) in step.targets().enumerate() {
                    edges.push((from.as_str(), target.as_str(), at == 1, number));
                }
            }
        }
        edges
    }
}

/// A flow as a Mermaid state diagram; `None` when there is no such flow.
#[must_use]
pub fn mermaid(process: &Process, flow: &str, language: &str) -> Option<String> {
    let flow = process.flow(flow)?;
    let drawing = Drawing {
        process,
        flow,
        language,
    };
    let mut text = String::from("stateDiagram-v2\n");
    let mut used = BTreeSet::new();
    for stage in &flow.stages {
        let _ = writeln!(
            text,
            "    state \"{}\" as {}",
            plain(stage.label.get(language)),
            name(&stage.id)
        );
    }
    let _ = writeln!(text, "    [*] --> {}", name(&flow.first));
    for (from, to, no, number) in drawing.edges() {
        let step = &flow.steps[number];
        let sign = if no { " ✗" } else { "" };
        let actors = drawing.actors(step);
        let actors = if actors.is_empty() {
            actors
        } else {
            format!(" ({actors})")
        };
        let words = plain(&format!("{}{sign}{actors}", step.label.get(language)));
        let _ = writeln!(text, "    {} --> {}: {words}", name(from), name(to));
    }
    for stage in &flow.stages {
        if stage.end.is_some() {
            let _ = writeln!(text, "    {} --> [*]", name(&stage.id));
        }
        let lane = drawing.waiting_lane(&stage.id);
        used.insert(lane);
        let _ = writeln!(text, "    class {} lane{lane}", name(&stage.id));
    }
    for lane in used {
        let (line, fill) = COLOURS[lane];
        let _ = writeln!(
            text,
            "    classDef lane{lane} fill:{fill},stroke:{line},color:#111111"
        );
    }
    Some(text)
}

/// Ids hold hyphens, which Mermaid reads as arrows.
fn name(id: &str) -> String {
    format!("s_{}", id.replace('-', "_"))
}

/// Mermaid ends a label at some signs.
fn plain(text: &str) -> String {
    text.replace(['"', ';', '#', ':', '<', '>', '{', '}'], " ")
}
