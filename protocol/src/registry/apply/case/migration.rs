//! Running cases go on under a newer version of the process, if two officials say so.

use super::{end_of, known_case, official};
use crate::record::{ActedBy, CaseMigrated};
use crate::registry::apply::Context;
use crate::registry::case::{AdoptedProcess, RegistryCase};
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::{self, Process};

/// The case and every open case below it move together, or none does: a flow that begins under another must find it
/// under its own process.
pub(in crate::registry::apply) fn case_migrated(
    tx: &mut Tx<'_>,
    context: Context,
    it: &CaseMigrated,
) -> Result<(), Refusal> {
    let state = tx.state();
    let known = known_case(state, it.case)?;
    let refused = |why| Err(Refusal::Migration { case: it.case, why });
    if known.end.is_some() {
        return refused("it has ended");
    }
    let version = |process: &[u8; 32]| {
        let mut adopted = state.adopted_processes();
        let found = adopted.find(|one: &&AdoptedProcess| one.process == *process);
        found.map(|one| one.version)
    };
    let (Some(new), Some(version_after)) = (state.process_of(&it.process), version(&it.process))
    else {
        return refused("the process was not adopted");
    };
    if version(&known.case.process).is_none_or(|before| before >= version_after) {
        return refused("the process is not newer than the case's own");
    }
    let above = known.parent.and_then(|parent| state.case(parent));
    if above.is_some_and(|parent| parent.end.is_none()) {
        return refused("it belongs to an open case: migrate that one, and this one moves with it");
    }
    approved(state, new, it.case, &it.by)?;
    let mut moved = vec![migrated(state, new, known)?];
    for below in state.open_cases_below(it.case) {
        if below.case.process != it.process {
            moved.push(migrated(state, new, below)?);
        }
    }
    for mut known in moved {
        known.changed_at = context.at.index;
        tx.put(Key::Case(known.number), Value::Case(Box::new(known)));
    }
    Ok(())
}

/// Two different users of the authority.
fn approved(state: &State, new: &Process, case: u64, by: &[ActedBy]) -> Result<(), Refusal> {
    let [one, other] = by else {
        let why = "two users of the authority approve it";
        return Err(Refusal::Migration { case, why });
    };
    if one.user == other.user {
        let why = "the two who approve it must be different users";
        return Err(Refusal::Migration { case, why });
    }
    official(state, new, one)?;
    official(state, new, other)
}

/// The case as the newer process takes it over.
fn migrated(state: &State, new: &Process, known: &RegistryCase) -> Result<RegistryCase, Refusal> {
    let number = known.number;
    let old = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let case = workflow::migrate(old, new, &known.case).map_err(|why| match why {
        workflow::Refusal::NotMapped { flow, stage } => Refusal::NotMapped {
            case: number,
            flow,
            stage,
        },
        other => other.into(),
    })?;
    let refused = |why| Err(Refusal::Migration { case: number, why });
    if new.flow(&case.flow).map(|flow| flow.subject) != Some(known.kind) {
        return refused("the newer flow is about something else");
    }
    if end_of(state, &case).is_some() {
        return refused("the newer process would end it: end it by its own");
    }
    Ok(RegistryCase {
        case,
        ..known.clone()
    })
}
