//! The shipped matrix and the shipped processes say the same: whoever a process lets act, the matrix lets act.

use countersign_protocol::permission::{Action, DEFAULT, Matrix, Scope, acting, opening, weighing};
use countersign_protocol::workflow::{self, ActorRule, PRESETS, Process, SubjectKind, preset};

fn allows(granted: Scope, wanted: workflow::Scope) -> bool {
    use workflow::Scope as Wanted;
    granted == Scope::Country
        || matches!(
            (granted, wanted),
            (Scope::Own, Wanted::Own | Wanted::Counterparty)
                | (Scope::Assigned, Wanted::Assigned)
                | (Scope::Sector, Wanted::Sector)
        )
}

/// Cells that the process needs and the matrix does not give.
fn missing(
    matrix: &Matrix,
    at: &str,
    rule: &ActorRule,
    action: impl Fn(bool) -> Action,
) -> Vec<String> {
    use workflow::Scope::{Counterparty, Own};
    let action = action(matches!(rule.scope, Own | Counterparty));
    let cell = |role: &String| matrix.scope(&rule.organisation_type, role, action);
    let without = rule
        .roles
        .iter()
        .filter(|role| !allows(cell(role), rule.scope));
    without
        .map(|role| {
            format!(
                "{at}: {}/{role} {action} {}",
                rule.organisation_type, rule.scope
            )
        })
        .collect()
}

#[test]
fn every_actor_of_every_shipped_process_has_the_step_in_the_shipped_matrix() {
    let matrix = Matrix::parse(DEFAULT).unwrap();
    let mut found = Vec::new();
    for (name, text) in PRESETS {
        let process = Process::parse(text).unwrap();
        for flow in &process.flows {
            for step in &flow.steps {
                let at = format!("{name} {}.{}", flow.id, step.id);
                for rule in &step.by {
                    let action = |by_party| acting(flow.subject, step, by_party);
                    found.extend(missing(&matrix, &at, rule, action));
                    // A case is opened for the own organisation, or to admit another one.
                    let opens = rule.scope == workflow::Scope::Own
                        || flow.subject == SubjectKind::Organisation;
                    if step.from.contains(&flow.first) && opens {
                        let action = |by_party| opening(flow.subject, by_party);
                        found.extend(missing(&matrix, &at, rule, action));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_the_policy_wants_two_people_for_takes_two_in_every_shipped_process() {
    let matrix = Matrix::parse(DEFAULT).unwrap();
    for (name, text) in PRESETS {
        let process = Process::parse(text).unwrap();
        let steps = process.flows.iter().flat_map(|flow| &flow.steps);
        for step in steps {
            let weighs = weighing(step).is_some_and(|it| matrix.policy().needs_second_person(it));
            let two = step.votes_needed() >= 2 || !step.apart.is_empty();
            assert!(!weighs || two, "{name}: {} is done by one person", step.id);
        }
    }
}

#[test]
fn a_retirement_is_not_a_transfer() {
    let process = Process::parse(preset("small").unwrap()).unwrap();
    let flow = process.flow("retirement").unwrap();
    let first = flow.steps_from(&flow.first, None).next().unwrap();
    assert_eq!(
        acting(SubjectKind::RetirementRequest, first, false),
        Action::RetirementRequest
    );
}
