//! What was verified caps what may be issued.

use crate::record::{CaseAct, MAX_SET, YearTonnes, is_by_year};
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::EffectRule;

/// What the case's verified tonnes are after an act.
///
/// They stand with the act that fills in the form which an issuance later reads: so the one who verifies says them, and
/// nobody after that can say others.
pub(in crate::registry) fn verified_after(
    state: &State,
    it: &CaseAct,
    known: &RegistryCase,
) -> Result<Vec<YearTonnes>, Refusal> {
    if it.amounts.len() > MAX_SET || !is_by_year(&it.amounts) {
        return Err(Refusal::Act(
            "the vintages must stand in ascending order, each once, with at least one tonne",
        ));
    }
    match (says_verified(state, it, known)?, it.amounts.is_empty()) {
        (true, true) => Err(Refusal::Act(
            "it must say the verified tonnes of each vintage",
        )),
        (false, false) => Err(Refusal::Act(
            "the verified tonnes stand with the step that verifies, and only there",
        )),
        (true, false) => Ok(it.amounts.clone()),
        (false, true) => Ok(known.verified.clone()),
    }
}

fn says_verified(state: &State, it: &CaseAct, known: &RegistryCase) -> Result<bool, Refusal> {
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let form = process
        .flow(&known.case.flow)
        .and_then(|flow| flow.step(it.step.as_str()))
        .and_then(|step| step.form.as_deref());
    let reads = |rule: &EffectRule| {
        let field = rule.field.as_deref().and_then(|it| it.split_once('.'));
        rule.effect.is_issuance() && field.map(|(form, _)| form) == form
    };
    let mut steps = process.flows.iter().flat_map(|flow| &flow.steps);
    Ok(!it.no && form.is_some() && steps.any(|step| step.effects.iter().any(reads)))
}

/// The verified tonnes of a case, or of the case that it belongs to.
pub(in crate::registry) fn verified_of<'a>(
    state: &'a State,
    known: &'a RegistryCase,
) -> &'a [YearTonnes] {
    let mut case = known;
    while case.verified.is_empty() {
        // A parent's number is lower than its child's, so this ends.
        match case.parent.and_then(|number| state.case(number)) {
            Some(parent) => case = parent,
            None => return &[],
        }
    }
    &case.verified
}

pub(super) fn project_of(known: &RegistryCase) -> Result<u32, Refusal> {
    known
        .project
        .ok_or(Refusal::Act("its case belongs to no registered project"))
}

pub(super) fn allow_issuance(
    tx: &mut Tx<'_>,
    known: &RegistryCase,
    amounts: &[YearTonnes],
) -> Result<(), Refusal> {
    let project = project_of(known)?;
    if amounts.is_empty() {
        return Err(Refusal::Act("nothing was verified that could be issued"));
    }
    for YearTonnes { year, tonnes } in amounts {
        let before = tx.state().issuable(project, *year);
        let after = before.checked_add(*tonnes).ok_or(Refusal::Overflow)?;
        tx.put(Key::Issuable(project, *year), Value::Count(after));
    }
    Ok(())
}

/// What is left to issue of a project and vintage once `amount` is taken from it.
pub(super) fn issuable(state: &State, project: u32, amount: YearTonnes) -> Result<u64, Refusal> {
    let YearTonnes { year, tonnes } = amount;
    let issuable = state.issuable(project, year);
    issuable.checked_sub(tonnes).ok_or(Refusal::NotVerified {
        project,
        year,
        issuable,
        wanted: tonnes,
    })
}
