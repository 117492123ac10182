//! The phrases of a process in words.

use std::fmt::Display;

use countersign_protocol::workflow::{Apart, Deadline, EffectRule, Flow, Step};

use crate::table::View;

/// Where lists break, in columns behind their name.
const LINE_CHARS_MAX: usize = 90;

/// Who may not act, because of what they did.
pub(super) fn apart(flow: &Flow, step: &Step) -> String {
    let other = |it: &Apart| {
        let who = if it.organisation {
            "the organisation of whoever did"
        } else {
            "whoever did"
        };
        let place = if it.flow == flow.id {
            String::new()
        } else {
            format!(" in {}", it.flow)
        };
        format!("{who} {}{place}", it.step)
    };
    step.apart.iter().map(other).collect::<Vec<_>>().join("\n")
}

/// The deadlines that an automatic step follows.
pub(super) fn waited_for(flow: &Flow, automatic: &Step) -> String {
    let follows = |step: &&Step| {
        let then = step.deadline.as_ref().and_then(|it| it.then.as_ref());
        then == Some(&automatic.id)
    };
    let awaited = flow.steps.iter().filter(follows).map(|step| {
        let days = step.deadline.as_ref().map_or(0, |it| it.days);
        format!("{days} days without {}", step.id)
    });
    wrapped(awaited)
}

/// Until when, and what then.
pub(super) fn deadline(deadline: &Deadline) -> String {
    let mut text = format!("{} days in the stage", deadline.days);
    if !deadline.remind.is_empty() {
        let days: Vec<String> = deadline.remind.iter().map(u32::to_string).collect();
        text.push_str(&format!("; reminders {} days before", days.join(", ")));
    }
    if let Some(then) = &deadline.then {
        text.push_str(&format!("; then {then}"));
    }
    text
}

/// What the node does.
pub(super) fn effects(rules: &[EffectRule]) -> String {
    wrapped(rules.iter().map(|rule| match &rule.field {
        Some(field) => format!("{} ({field})", rule.effect),
        None => rule.effect.to_string(),
    }))
}

/// Names and values, indented below a heading.
pub(super) fn titled<N: Display>(heading: &str, pairs: Vec<(N, String)>) -> View {
    let indented = pairs
        .into_iter()
        .map(|(name, value)| (format!("  {name}"), value));
    View::Text(format!("{heading}\n{}", View::pairs(indented)))
}

/// A list on as many lines as it takes.
pub(super) fn wrapped(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let (mut text, mut columns) = (String::new(), 0);
    for item in items {
        let item = item.as_ref();
        let wide = item.chars().count() + 2;
        if text.is_empty() {
            columns = 0;
        } else if columns + wide > LINE_CHARS_MAX {
            text.push_str(",\n");
            columns = 0;
        } else {
            text.push_str(", ");
        }
        text.push_str(item);
        columns += wide;
    }
    text
}
