//! Findings: the assigned certifier opens and closes them, an owner answers, and none is open where a certifier agrees.

use super::{active_project, actor, known_case, not_paused};
use crate::record::{ActedBy, CaseAct, FindingKind, FindingOpened, FindingStep};
use crate::registry::apply::Context;
use crate::registry::apply::setup::next;
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Key, OpenFinding, Refusal, State, Value};
use crate::workflow::{self, Actor, Flow, Process, Scope, Step, StepKind};

/// The most findings of one case: more are a new report.
const FINDINGS_MAX: u32 = 1_000;

pub(in crate::registry::apply) fn finding_opened(
    tx: &mut Tx<'_>,
    context: Context,
    it: &FindingOpened,
) -> Result<(), Refusal> {
    let mut known = known_case(tx.state(), it.case)?.clone();
    next("finding", it.number, Some(known.findings))?;
    if it.number > FINDINGS_MAX {
        return refused(it.case, it.number, "a case has at most 1000 findings");
    }
    let (process, actor) = in_case(tx.state(), &known, &it.by)?;
    // Where the case waits for the certifier's own work, and by one who may do that work now.
    let possible = workflow::possible(process, &known.case, &actor)?;
    let flow = process.flow(&known.case.flow);
    let is_its_work = |step: &str| {
        let step = flow.and_then(|flow| flow.step(step));
        step.is_some_and(is_certification)
    };
    let may = possible
        .iter()
        .any(|one| one.hindrance.is_none() && is_its_work(&one.step));
    if !may || known.case.subject.certifier != Some(actor.organisation) {
        let why =
            "only the certifier to whom the case is assigned opens one, while the case is with it";
        return refused(it.case, it.number, why);
    }
    let root = tx.state().root_of(&known);
    tx.put(
        Key::Finding(root, it.case, it.number),
        Value::Finding(OpenFinding {
            case: it.case,
            number: it.number,
            kind: it.kind,
            answered: false,
            opened_at: context.at.index,
        }),
    );
    known.findings = it.number;
    tx.put(Key::Case(it.case), Value::Case(Box::new(known)));
    Ok(())
}

/// An owner may answer again for as long as the finding is open.
pub(in crate::registry::apply) fn finding_answered(
    tx: &mut Tx<'_>,
    it: &FindingStep,
) -> Result<(), Refusal> {
    let (key, finding) = open_finding(tx.state(), it)?;
    let place = place_of(tx.state(), it, &finding)?;
    let (process, actor) = in_case(tx.state(), place, &it.by)?;
    let is_owner = place.case.subject.owners.contains(&actor.organisation);
    if !is_owner || !acts_as(process, place, &actor, Scope::Own, is_hand_in) {
        let why = "only an owner answers it, by a role that may hand in";
        return refused(it.case, it.number, why);
    }
    let answered = true;
    tx.put(
        key,
        Value::Finding(OpenFinding {
            answered,
            ..finding
        }),
    );
    Ok(())
}

pub(in crate::registry::apply) fn finding_closed(
    tx: &mut Tx<'_>,
    it: &FindingStep,
) -> Result<(), Refusal> {
    let (key, finding) = open_finding(tx.state(), it)?;
    let place = place_of(tx.state(), it, &finding)?;
    let (process, actor) = in_case(tx.state(), place, &it.by)?;
    let is_certifier = place.case.subject.certifier == Some(actor.organisation);
    if !is_certifier || !acts_as(process, place, &actor, Scope::Assigned, is_certification) {
        let why = "only the certifier to whom the case is assigned closes it";
        return refused(it.case, it.number, why);
    }
    if !finding.answered {
        return refused(it.case, it.number, "no owner has answered it yet");
    }
    tx.delete(key);
    Ok(())
}

/// A certifier does not agree while something that it asked is open, nor while an earlier case left something to this one.
pub(super) fn none_stands_against(
    state: &State,
    known: &RegistryCase,
    it: &CaseAct,
) -> Result<(), Refusal> {
    let process = state.process_of(&known.case.process);
    let step = process
        .and_then(|process| process.flow(&known.case.flow))
        .and_then(|flow| flow.step(it.step.as_str()));
    let agrees =
        step.is_some_and(|step| matches!(step.kind, StepKind::Validate | StepKind::Verify));
    if it.no || !agrees {
        return Ok(());
    }
    let root = state.root_of(known);
    let stands = |it: &&OpenFinding| match it.kind {
        FindingKind::ForwardAction => it.case < known.number,
        FindingKind::CorrectiveAction | FindingKind::Clarification => it.case == known.number,
    };
    let against = state.open_findings_under(root).find(stands);
    match against {
        Some(finding) => Err(Refusal::FindingOpen {
            case: finding.case,
            number: finding.number,
            kind: finding.kind,
        }),
        None => Ok(()),
    }
}

/// A case that has ended leaves its forward action requests to the next; nobody asks for the rest any more.
pub(super) fn forget_at_end(tx: &mut Tx<'_>, known: &RegistryCase) {
    if known.end.is_none() || known.findings == 0 {
        return;
    }
    let root = tx.state().root_of(known);
    let own = |it: &&OpenFinding| it.case == known.number && it.kind != FindingKind::ForwardAction;
    let gone: Vec<u32> = tx
        .state()
        .open_findings_under(root)
        .filter(own)
        .map(|it| it.number)
        .collect();
    for number in gone {
        tx.delete(Key::Finding(root, known.number, number));
    }
}

fn open_finding(state: &State, it: &FindingStep) -> Result<(Key, OpenFinding), Refusal> {
    let known = known_case(state, it.case)?;
    let key = Key::Finding(state.root_of(known), it.case, it.number);
    match state.others.get(&key) {
        Some(Value::Finding(finding)) => Ok((key, *finding)),
        _ if (1..=known.findings).contains(&it.number) => Err(Refusal::FindingClosed {
            case: it.case,
            number: it.number,
        }),
        _ => refused(it.case, it.number, "no such finding is open"),
    }
}

/// The case in which something happens to a finding: its own, or a later one of the same project.
fn place_of<'a>(
    state: &'a State,
    it: &FindingStep,
    finding: &OpenFinding,
) -> Result<&'a RegistryCase, Refusal> {
    let own = known_case(state, it.case)?;
    let Some(within) = it.within else {
        return Ok(own);
    };
    let place = known_case(state, within)?;
    let is_later = within > it.case && state.root_of(place) == state.root_of(own);
    if !is_later || finding.kind != FindingKind::ForwardAction {
        let why = "only a forward action request is dealt with in another case, a later one of the same project";
        return refused(it.case, it.number, why);
    }
    Ok(place)
}

/// Process and actor of something that happens beside the steps of a case.
fn in_case<'a>(
    state: &'a State,
    known: &RegistryCase,
    by: &ActedBy,
) -> Result<(&'a Process, Actor), Refusal> {
    if known.end.is_some() {
        return Err(workflow::Refusal::Ended(known.case.stage.clone()).into());
    }
    not_paused(known)?;
    active_project(state, known.project)?;
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let actor = actor(state, by, known.kind, &known.case.subject.owners)?;
    Ok((process, actor))
}

fn is_certification(step: &Step) -> bool {
    use StepKind::{Review, Validate, Verify};
    let is_its = step.by.iter().any(|rule| rule.scope == Scope::Assigned);
    is_its && matches!(step.kind, Review | Validate | Verify)
}

fn is_hand_in(step: &Step) -> bool {
    matches!(step.kind, StepKind::Submit | StepKind::Resubmit)
}

/// Whether a step of the flow, in whatever stage, is the actor's by type, role and scope.
fn acts_as(
    process: &Process,
    place: &RegistryCase,
    actor: &Actor,
    scope: Scope,
    fits: fn(&Step) -> bool,
) -> bool {
    let steps = process
        .flow(&place.case.flow)
        .map(|flow: &Flow| &flow.steps);
    let mut rules = steps
        .into_iter()
        .flatten()
        .filter(|step| fits(step))
        .flat_map(|step| &step.by);
    rules.any(|rule| {
        rule.scope == scope
            && rule.organisation_type == actor.organisation_type
            && rule.roles.contains(&actor.role)
    })
}

fn refused<T>(case: u64, number: u32, why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Finding { case, number, why })
}
