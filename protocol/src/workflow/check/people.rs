//! For every step there is somebody left who may do it, whoever happened to act before.

use super::super::model::{ActorRule, Flow, Process, Step};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::super::vocabulary::{Effect, Scope};
use super::step_path;

pub(super) fn check(process: &Process, flow: &Flow, notes: &mut Notes) {
    for step in &flow.steps {
        let path = step_path(flow, &step.id);
        // Parallel reviews need somebody of each type; otherwise anybody of any type will do.
        let groups: Vec<Vec<&ActorRule>> = if step.reviews_by.is_empty() {
            vec![step.by.iter().collect()]
        } else {
            let of = |kind: &String| {
                step.by
                    .iter()
                    .filter(|rule| &rule.organisation_type == kind)
                    .collect()
            };
            step.reviews_by.iter().map(of).collect()
        };
        let needed = if step.reviews_by.is_empty() {
            u64::from(step.quorum)
        } else {
            1
        };
        for group in groups.iter().filter(|group| !group.is_empty()) {
            check_group(process, flow, step, group, needed, &path, notes);
        }
    }
}

fn check_group(
    process: &Process,
    flow: &Flow,
    step: &Step,
    group: &[&ActorRule],
    needed: u64,
    path: &str,
    notes: &mut Notes,
) {
    let left: Vec<&ActorRule> = group
        .iter()
        .copied()
        .filter(|rule| !always_excluded(process, flow, step, rule))
        .collect();
    let others: Vec<String> = step
        .apart
        .iter()
        .map(|apart| format!("{:?}", apart.step))
        .collect();
    let others = others.join(" and ");
    if left.is_empty() {
        let message = format!(
            "the same organisation always does {others}, so that nobody is left for {:?}",
            step.id
        );
        notes.on(
            ProblemKind::NobodyLeft,
            path,
            message,
            "add an actor of another organisation, or take organisation = true out".to_owned(),
        );
        return;
    }
    let Some(people) = people_of(process, &left) else {
        return;
    };
    if people < needed {
        let message = format!("{needed} approvals are asked, and {people} people can give them");
        notes.on(
            ProblemKind::QuorumTooLarge,
            path,
            message,
            "lower the quorum, add actors, or raise people".to_owned(),
        );
        return;
    }
    let excluded = excluded_people(process, step, &left);
    if people < needed + excluded {
        let message = format!(
            "{people} people can do {:?}; when different ones did {others}, {} are left, and {needed} are needed",
            step.id,
            people.saturating_sub(excluded)
        );
        notes.on(
            ProblemKind::NobodyLeft,
            path,
            message,
            "add actors, keep fewer steps apart, or raise people".to_owned(),
        );
    }
}

/// How many people the rules let act; `None` when there is no telling, which is enough.
fn people_of(process: &Process, rules: &[&ActorRule]) -> Option<u64> {
    let mut types: Vec<&str> = rules
        .iter()
        .map(|rule| rule.organisation_type.as_str())
        .collect();
    types.sort_unstable();
    types.dedup();
    let mut sum = 0;
    for id in types {
        let kind = process.organisation_type(id)?;
        let one_organisation = kind.authority
            || rules
                .iter()
                .filter(|rule| rule.organisation_type == id)
                .all(|rule| rule.scope != Scope::Any && rule.scope != Scope::Sector);
        sum += u64::from(kind.people.filter(|_| one_organisation)?);
    }
    Some(sum)
}

/// The most people whom separation by user can take away from the rules.
fn excluded_people(process: &Process, step: &Step, rules: &[&ActorRule]) -> u64 {
    let mut sum = 0;
    for apart in &step.apart {
        let Some(other) = process
            .flow(&apart.flow)
            .and_then(|flow| flow.step(&apart.step))
        else {
            continue;
        };
        let shared = other.by.iter().any(|theirs| {
            rules
                .iter()
                .any(|ours| ours.organisation_type == theirs.organisation_type)
        });
        if shared {
            sum += other.votes_needed() as u64;
        }
    }
    sum
}

/// Whether an organisation-wide separation takes a rule away in every case, whoever acted.
fn always_excluded(process: &Process, flow: &Flow, step: &Step, rule: &ActorRule) -> bool {
    let reassigned = flow
        .steps
        .iter()
        .any(|step| step.has_effect(Effect::AssignCertifier));
    let authority = process
        .organisation_type(&rule.organisation_type)
        .is_some_and(|kind| kind.authority);
    step.apart
        .iter()
        .filter(|apart| apart.organisation)
        .any(|apart| {
            let Some(other) = process
                .flow(&apart.flow)
                .and_then(|flow| flow.step(&apart.step))
            else {
                return false;
            };
            let same = |theirs: &ActorRule| {
                let one = match rule.scope {
                    Scope::Own | Scope::Counterparty => true,
                    Scope::Assigned => apart.flow == flow.id || !reassigned,
                    Scope::Sector | Scope::Any => false,
                };
                theirs.organisation_type == rule.organisation_type
                    && (authority || (one && theirs.scope == rule.scope))
            };
            !other.by.is_empty() && other.by.iter().all(same)
        })
}
