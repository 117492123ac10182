//! What changes from one version to the next, in lines for people who are asked to sign it.

use std::collections::BTreeSet;

use super::key::TufKeyId;
use super::member::Member;
use super::members::Members;
use super::metadata::{Common, RootMeta, TargetsMeta};
use super::role::{KeyRing, RoleKeys};
use super::witnesses::WitnessSet;

/// The lines of a text that the other does not have, `-` for those that go and `+` for those that come.
fn line_changes(before: &str, now: &str) -> Vec<String> {
    let has = |text: &str, line: &str| text.lines().any(|other| other == line);
    let gone = before.lines().filter(|line| !has(now, line));
    let came = now.lines().filter(|line| !has(before, line));
    let gone = gone.map(|line| format!("- {line}"));
    gone.chain(came.map(|line| format!("+ {line}"))).collect()
}

fn common_changes(before: Option<&Common>, now: &Common) -> Vec<String> {
    let mut lines = Vec::new();
    if before.is_none() {
        lines.push(format!("+ federation {}", now.federation));
    }
    match before {
        Some(before) if before.expires != now.expires => {
            lines.push(format!("- expires {}", before.expires));
            lines.push(format!("+ expires {}", now.expires));
        }
        None => lines.push(format!("+ expires {}", now.expires)),
        Some(_) => {}
    }
    lines
}

fn named(ring: &KeyRing, id: TufKeyId) -> String {
    let holder = ring.get(&id).map_or("?", |key| key.name());
    format!("{holder} (key {id})")
}

fn role_changes(
    name: &str,
    before: Option<(&KeyRing, &RoleKeys)>,
    now: (&KeyRing, &RoleKeys),
) -> Vec<String> {
    let mut lines = Vec::new();
    let none = BTreeSet::new();
    let old = before.map_or(&none, |(_, role)| &role.keys);
    for id in old.difference(&now.1.keys) {
        let ring = before.map_or(now.0, |(ring, _)| ring);
        lines.push(format!("- {name}: keyholder {}", named(ring, *id)));
    }
    for id in now.1.keys.difference(old) {
        lines.push(format!("+ {name}: keyholder {}", named(now.0, *id)));
    }
    let count = |role: &RoleKeys| format!("{name}: {} of {} sign", role.threshold, role.keys.len());
    let before = before.map(|(_, role)| count(role));
    let now = count(now.1);
    if before.as_ref() != Some(&now) {
        lines.extend(before.map(|before| format!("- {before}")));
        lines.push(format!("+ {now}"));
    }
    lines
}

/// What a root changes.
#[must_use]
pub fn root_changes(before: Option<&RootMeta>, now: &RootMeta) -> Vec<String> {
    let mut lines = common_changes(before.map(|it| &it.common), &now.common);
    let old = before.map(RootMeta::roles);
    for (at, (name, role)) in now.roles().into_iter().enumerate() {
        let old = before
            .zip(old.as_ref())
            .map(|(root, roles)| (&root.keys, roles[at].1));
        lines.extend(role_changes(name, old, (&now.keys, role)));
    }
    lines
}

/// What a version of targets changes: who signs for members and witnesses.
#[must_use]
pub fn targets_changes(before: Option<&TargetsMeta>, now: &TargetsMeta) -> Vec<String> {
    let mut lines = common_changes(before.map(|it| &it.common), &now.common);
    let Some(delegated) = &now.delegated else {
        return lines;
    };
    let before = before.and_then(|it| it.delegated.as_ref());
    let old = before.map(super::metadata::Delegated::roles);
    for (at, (name, role)) in delegated.roles().into_iter().enumerate() {
        let old = before
            .zip(old.as_ref())
            .map(|(all, roles)| (&all.keys, roles[at].1));
        lines.extend(role_changes(name, old, (&delegated.keys, role)));
    }
    lines
}

/// What a list of members changes, entry by entry and line by line.
#[must_use]
pub fn member_changes(before: &Members, now: &Members) -> Vec<String> {
    let mut lines = Vec::new();
    let title = |it: &Member| format!("{} ({}, {})", it.registry, it.party.name(), it.origin);
    for member in now.iter() {
        let old = before.get(member.registry);
        if old == Some(member) {
            continue;
        }
        let text = old.map(Member::to_string).unwrap_or_default();
        let what = if old.is_some() { "changes" } else { "joins" };
        lines.push(format!("{} {what}:", title(member)));
        let changes = line_changes(&text, &member.to_string());
        lines.extend(changes.into_iter().map(|line| format!("  {line}")));
    }
    for member in before.iter().filter(|it| now.get(it.registry).is_none()) {
        lines.push(format!("{} is not listed any more", title(member)));
    }
    lines
}

/// What a version of the witnesses changes.
#[must_use]
pub fn policy_changes(before: Option<&WitnessSet>, now: &WitnessSet) -> Vec<String> {
    let text = before.map(WitnessSet::to_string).unwrap_or_default();
    line_changes(&text, &now.to_string())
}
