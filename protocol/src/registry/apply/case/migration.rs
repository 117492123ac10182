//! Running cases go on under a newer version of the process, if two officials say so.

use super::{end_of, known_case, two_officials};
use crate::log::Hash;
use crate::record::CaseMigrated;
use crate::registry::apply::Context;
use crate::registry::case::{AdoptedProcess, RegistryCase};
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::{self, Process};

/// What would become of one case if a migration took it along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMove {
    /// The case.
    pub case: u64,
    /// Its flow, which stays the same.
    pub flow: String,
    /// The stage in which it is.
    pub stage: String,
    /// The stage of the newer process in which it would go on, or what stands against it.
    pub stage_after: Result<String, Refusal>,
}

impl State {
    /// What a migration of a case to an adopted process would do: the case itself and every open case below it, by number.
    /// Who approves it is not looked at.
    ///
    /// # Errors
    /// [`Refusal`] when the case cannot be migrated to this process at all, whatever stage it is in.
    pub fn migration(&self, case: u64, process: &Hash) -> Result<Vec<CaseMove>, Refusal> {
        let (new, candidates) = candidates(self, case, process)?;
        let moves = candidates.into_iter().map(|known| CaseMove {
            case: known.number,
            flow: known.case.flow.clone(),
            stage: known.case.stage.clone(),
            stage_after: migrated(self, new, known).map(|moved| moved.case.stage),
        });
        Ok(moves.collect())
    }
}

/// The case and every open case below it move together, or none does: a flow that begins under another must find it
/// under its own process.
pub(in crate::registry::apply) fn case_migrated(
    tx: &mut Tx<'_>,
    context: Context,
    it: &CaseMigrated,
) -> Result<(), Refusal> {
    let state = tx.state();
    let (new, candidates) = candidates(state, it.case, &it.process)?;
    two_officials(state, new, &it.by, |why| Refusal::Migration {
        case: it.case,
        why,
    })?;
    let moved = candidates
        .into_iter()
        .map(|known| migrated(state, new, known));
    let moved: Vec<RegistryCase> = moved.collect::<Result<_, Refusal>>()?;
    for mut known in moved {
        known.changed_at = context.at.index;
        tx.put(Key::Case(known.number), Value::Case(Box::new(known)));
    }
    Ok(())
}

/// The newer process, and the cases that must move to it together.
fn candidates<'a>(
    state: &'a State,
    case: u64,
    process: &Hash,
) -> Result<(&'a Process, Vec<&'a RegistryCase>), Refusal> {
    let known = known_case(state, case)?;
    let refused = |why| Err(Refusal::Migration { case, why });
    if known.end.is_some() {
        return Err(workflow::Refusal::Ended(known.case.stage.clone()).into());
    }
    let version = |process: &Hash| {
        let mut adopted = state.adopted_processes();
        let found = adopted.find(|one: &&AdoptedProcess| one.process == *process);
        found.map(|one| one.version)
    };
    let (Some(new), Some(version_after)) = (state.process_of(process), version(process)) else {
        return refused("the process was not adopted");
    };
    let now = version(&known.case.process).ok_or(Refusal::NoProcess)?;
    if now >= version_after {
        return Err(Refusal::Migrated { case, now });
    }
    let above = known.parent.and_then(|parent| state.case(parent));
    if above.is_some_and(|parent| parent.end.is_none()) {
        return refused("it belongs to an open case: migrate that one, and this one moves with it");
    }
    let below = state.open_cases_below(case).into_iter();
    let below = below.filter(|below| below.case.process != *process);
    Ok((new.as_ref(), [known].into_iter().chain(below).collect()))
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
