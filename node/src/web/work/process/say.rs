//! What a process says, in words: who may take a step, what it brings, how long it may wait.

use countersign_protocol::workflow::{ActorRule, Process, Step};

use crate::web::page::Page;

/// A type of organisation, as the process calls it.
pub(super) fn kind(page: &Page, process: &Process, id: &str) -> String {
    let found = process.organisation_type(id);
    found.map_or_else(
        || id.to_owned(),
        |it| it.label.get(page.language.code()).to_owned(),
    )
}

/// A role, as the process calls it; the roles that are always there in the words of the pages.
pub(super) fn role(page: &Page, process: &Process, id: &str) -> String {
    let found = process.roles.iter().find(|it| it.id == id);
    let label = found.map_or("", |it| it.label.get(page.language.code()));
    if label.is_empty() {
        page.word("role", id)
    } else {
        label.to_owned()
    }
}

fn rule(page: &Page, process: &Process, it: &ActorRule) -> String {
    let roles: Vec<String> = it.roles.iter().map(|id| role(page, process, id)).collect();
    format!(
        "{} ({})",
        kind(page, process, &it.organisation_type),
        roles.join(", ")
    )
}

/// Who may take a step, and how many must.
pub(super) fn who(page: &Page, process: &Process, step: &Step) -> String {
    let rules: Vec<String> = step.by.iter().map(|it| rule(page, process, it)).collect();
    if rules.is_empty() {
        return page.t("process-nobody");
    }
    let needed = u64::try_from(step.votes_needed()).unwrap_or(u64::MAX);
    let many = if needed > 1 {
        format!(" × {}", page.n(needed))
    } else {
        String::new()
    };
    format!("{}{many}", rules.join(" · "))
}

/// How long a step may wait; nothing where it waits for ever.
pub(super) fn timer(page: &Page, step: &Step) -> String {
    let days = step.deadline.as_ref().map(|it| u64::from(it.days));
    days.map_or_else(String::new, |it| page.counted("days", it))
}

/// Labels of the letters of a step: those of a yes, and those of a no.
pub(super) fn letters(page: &Page, process: &Process, step: &Step) -> Vec<String> {
    let of_no = step.no.iter().flat_map(|it| &it.letters);
    let all = step.letters.iter().chain(of_no);
    let label = |id: &String| {
        let found = process.letters.iter().find(|it| it.id == *id);
        found.map_or_else(
            || id.clone(),
            |it| it.label.get(page.language.code()).to_owned(),
        )
    };
    all.map(label).collect()
}

/// What the node does after a step, in words.
pub(super) fn effects(page: &Page, step: &Step) -> Vec<String> {
    let all = step.effects.iter();
    all.map(|it| page.word("effect", &it.effect.to_string()))
        .collect()
}

/// In short what a step brings: how long it waits, its letters, what the node does.
pub(super) fn brings(page: &Page, process: &Process, step: &Step) -> String {
    let mut all = Vec::new();
    let timer = timer(page, step);
    if !timer.is_empty() {
        all.push(format!("⏱ {timer}"));
    }
    let letters = letters(page, process, step);
    all.extend(letters.into_iter().map(|it| format!("✉ {it}")));
    all.extend(effects(page, step));
    all.join(" · ")
}
