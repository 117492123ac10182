//! Projects that look like another.

use countersign_node::http::dto::{DuplicateView, DuplicatesView};

use crate::table::{Table, View, or_dash};
use crate::terminal;

/// Says on stderr what the radar found, beside the answer to an act.
pub(crate) fn warn(found: Option<&DuplicatesView>) {
    let Some(found) = found else { return };
    for it in &found.projects {
        let likeness = likeness(it);
        terminal::warn(format_args!(
            "looks like {} (case {}): {likeness}",
            it.title, it.case
        ));
    }
    if let Some(line) = others(found) {
        terminal::warn(format_args!("{line}"));
    }
}

pub(super) fn table(found: &DuplicatesView) -> View {
    if found.projects.is_empty() {
        return View::Text(others(found).unwrap_or_else(|| "no project looks like it".to_owned()));
    }
    Table::of(
        ["CASE>", "PROJECT>", "TITLE", "STAGE", "IN WHAT"],
        "no project looks like it",
        &found.projects,
        |it| {
            [
                it.case.to_string(),
                or_dash(it.project),
                it.title.to_string(),
                it.stage.clone(),
                likeness(it),
            ]
        },
    )
}

fn likeness(it: &DuplicateView) -> String {
    let mut parts = Vec::new();
    parts.extend(
        it.external_ids
            .iter()
            .map(|id| format!("known as {} in {}", id.id, id.registry)),
    );
    parts.extend(it.overlap.as_ref().map(|it| {
        format!(
            "{} ha of the same land ({} % of this, {} % of the other)",
            it.hectares, it.percent_of_this, it.percent_of_other
        )
    }));
    if it.points > 0 {
        parts.push(format!("{} points in the same land", it.points));
    }
    parts.extend(
        it.name_percent
            .map(|percent| format!("name {percent} % alike")),
    );
    parts.join("; ")
}

/// What there is that the caller may not see, and with whom to speak.
fn others(found: &DuplicatesView) -> Option<String> {
    let others = found.others.as_ref()?;
    let what = [
        (others.name, "name"),
        (others.external_id, "id elsewhere"),
        (others.land, "land"),
    ];
    let what: Vec<&str> = what
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect();
    let whom = others.authority_name.as_deref().unwrap_or("the authority");
    Some(format!(
        "another project that is not public has the same {}; speak with {whom}",
        what.join(" and ")
    ))
}
