//! Crediting periods follow each other; monitoring periods lie in one of them and share no day.

use super::verified::project_of;
use crate::period::Period;
use crate::record::{CaseAct, MAX_SET};
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Covered, Key, Refusal, State, Value};
use crate::workflow::{EffectRule, End, SubjectKind};

/// A period stands with the act that fills in the form which an effect takes it from, and only there.
pub(super) fn stated(
    state: &State,
    it: &CaseAct,
    known: &RegistryCase,
) -> Result<Option<Period>, Refusal> {
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let form = process
        .flow(&known.case.flow)
        .and_then(|flow| flow.step(it.step.as_str()))
        .and_then(|step| step.form.as_deref());
    let reads = |rule: &EffectRule| {
        let field = rule.field.as_deref().and_then(|it| it.split_once('.'));
        rule.effect.acts_on_period() && field.map(|(form, _)| form) == form
    };
    let mut steps = process.flows.iter().flat_map(|flow| &flow.steps);
    let says = !it.no && form.is_some() && steps.any(|step| step.effects.iter().any(reads));
    match (says, it.period) {
        (true, None) => Err(Refusal::Act(
            "it must say the first and the last day of the period in its form",
        )),
        (false, Some(_)) => Err(Refusal::Act(
            "a period stands with the step whose form names it, and only there",
        )),
        (_, period) => Ok(period),
    }
}

/// The project gets the crediting period that was stated last. Opening it once more changes nothing.
pub(super) fn open_crediting_period(tx: &mut Tx<'_>, known: &RegistryCase) -> Result<(), Refusal> {
    let project = project_of(known)?;
    let period = stated_for(tx.state(), known, SubjectKind::Project)
        .map(|covered| covered.period)
        .ok_or(Refusal::Act("no crediting period was stated in its case"))?;
    let mut periods = tx.state().crediting_periods(project).to_vec();
    match periods.last() {
        Some(last) if *last == period => return Ok(()),
        Some(last) if period.first() <= last.last() => {
            return Err(Refusal::CreditingPeriod {
                project,
                case: known.number,
                period,
                last: *last,
            });
        }
        Some(_) if periods.len() == MAX_SET => {
            return Err(Refusal::Act("a project has at most 32 crediting periods"));
        }
        _ => {}
    }
    periods.push(period);
    tx.put(Key::CreditingPeriods(project), Value::Periods(periods));
    Ok(())
}

/// The case covers the days that its act states, instead of those that it covered before.
pub(super) fn cover(
    tx: &mut Tx<'_>,
    known: &mut RegistryCase,
    it: &CaseAct,
) -> Result<(), Refusal> {
    let project = project_of(known)?;
    let period = it
        .period
        .ok_or(Refusal::Act("it does not say which days it covers"))?;
    let crediting = tx.state().crediting_periods(project);
    if !crediting.iter().any(|one| one.contains(period)) {
        return Err(Refusal::OutsideCrediting {
            project,
            case: known.number,
            period,
            crediting: crediting.to_vec(),
        });
    }
    uncover(tx, known);
    // No two have a day in common, so the one that begins last before this one ends is the only one to ask.
    let before = tx
        .state()
        .monitored_from(project, period.last())
        .next_back();
    if let Some(other) = before.filter(|other| other.period.overlaps(period)) {
        return Err(Refusal::PeriodCovered {
            project,
            case: known.number,
            period,
            other: other.case,
            covered: other.period,
        });
    }
    let case = known.number;
    tx.put(
        Key::MonitoringPeriod(project, period.first()),
        Value::Covered(Covered { case, period }),
    );
    known.period = Some(period);
    // What was verified of other days is not verified of these.
    if it.amounts.is_empty() {
        known.verified.clear();
    }
    Ok(())
}

/// The days that the case covers are free for another.
fn uncover(tx: &mut Tx<'_>, known: &RegistryCase) {
    if let (SubjectKind::MonitoringPeriod, Some(project), Some(period)) =
        (known.kind, known.project, known.period)
    {
        tx.delete(Key::MonitoringPeriod(project, period.first()));
    }
}

/// A case that ended without success leaves its days to another.
pub(super) fn uncover_if_lost(tx: &mut Tx<'_>, known: &RegistryCase, end: Option<End>) {
    if end.is_some_and(|end| end != End::Accepted) {
        uncover(tx, known);
    }
}

/// The period that was stated in a case of a kind: in this one, or in the nearest above it.
fn stated_for(state: &State, known: &RegistryCase, kind: SubjectKind) -> Option<Covered> {
    let mut case = known;
    loop {
        if case.kind == kind
            && let Some(period) = case.period
        {
            let case = case.number;
            return Some(Covered { case, period });
        }
        // A parent's number is lower than its child's, so this ends.
        case = state.case(case.parent?)?;
    }
}

/// Mitigation was verified of years in which the case has days.
pub(super) fn vintages_lie_within(
    state: &State,
    known: &RegistryCase,
    it: &CaseAct,
) -> Result<(), Refusal> {
    let Some(covered) = stated_for(state, known, SubjectKind::MonitoringPeriod) else {
        return Ok(());
    };
    let years = covered.period.years();
    match it.amounts.iter().find(|it| !years.contains(&it.year)) {
        Some(outside) => Err(Refusal::VintageOutside {
            case: covered.case,
            period: covered.period,
            year: outside.year,
        }),
        None => Ok(()),
    }
}
