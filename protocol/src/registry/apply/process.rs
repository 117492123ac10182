//! A country's process enters the ledger: piece by piece, then as a whole.

use sha2::{Digest, Sha256};

use crate::log::Hash;
use crate::record::{MAX_PROCESS_PARTS, ProcessAdopted, ProcessPart};
use crate::registry::apply::Context;
use crate::registry::apply::case::approved;
use crate::registry::apply::setup::next;
use crate::registry::case::{AdoptedProcess, checked_process};
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::Process;

pub(super) fn process_part(tx: &mut Tx<'_>, it: &ProcessPart) -> Result<(), Refusal> {
    let refused = |why: &str| Err(Refusal::Process(why.to_owned()));
    new_here(tx.state(), &it.process)?;
    let place = usize::try_from(it.part).unwrap_or(usize::MAX);
    if place >= MAX_PROCESS_PARTS {
        return refused("it has too many pieces");
    }
    let is_next = it.part == 0 || has_part(tx.state(), &it.process, it.part - 1);
    if !is_next || has_part(tx.state(), &it.process, it.part) {
        return refused("its pieces must follow each other, each once");
    }
    tx.put(
        Key::ProcessPart(it.process, it.part),
        Value::Text(it.text.clone()),
    );
    Ok(())
}

fn new_here(state: &State, process: &Hash) -> Result<(), Refusal> {
    let mut adopted = state.adopted_processes();
    match adopted.find(|it| it.process == *process) {
        Some(before) => Err(Refusal::ProcessAdopted(before.version)),
        None => Ok(()),
    }
}

fn has_part(state: &State, process: &Hash, part: u32) -> bool {
    state.others.contains_key(&Key::ProcessPart(*process, part))
}

/// Adopting parses and checks the file: every ledger that holds a process holds one that runs.
pub(super) fn process_adopted(
    tx: &mut Tx<'_>,
    context: Context,
    it: &ProcessAdopted,
) -> Result<(), Refusal> {
    let last = tx.state().adopted_processes().next_back();
    next("process", it.version, last.map(|last| last.version))?;
    let refused = |why: String| Refusal::Process(why);
    new_here(tx.state(), &it.process)?;
    // Where the process in force says so, two approve the one that follows it. They may where it does not, and both stand in the
    // record as well.
    let takes_two = |process: &Process| process.adoption.two_people;
    approved(tx.state(), &it.by, takes_two, Refusal::Adoption)?;
    let text = tx
        .state()
        .process_text(&it.process, it.parts)
        .ok_or_else(|| refused("a piece of it is missing".to_owned()))?;
    if <Hash>::from(Sha256::digest(&text)) != it.process {
        return Err(refused("its pieces do not have its hash".to_owned()));
    }
    checked_process(&text)?;
    tx.put(
        Key::Process(it.version),
        Value::Process(AdoptedProcess {
            process: it.process,
            version: it.version,
            parts: it.parts,
            since_ms: context.time_ms,
        }),
    );
    Ok(())
}
