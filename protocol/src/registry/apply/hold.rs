//! Holds begin and end, and stand against what would move.

use crate::id::{AccountId, OrganisationId};
use crate::record::{ActedBy, HoldLifted, HoldOn, HoldPlaced, is_apart};
use crate::registry::apply::Context;
use crate::registry::apply::case::{active_organisation, official};
use crate::registry::apply::setup::{known_account, known_organisation, next};
use crate::registry::hold::{Lifted, RegistryHold};
use crate::registry::tx::Tx;
use crate::registry::{Key, Place, Refusal, State, Value};
use crate::units::{UnitBlock, UnitRange};

pub(super) fn placed(tx: &mut Tx<'_>, context: Context, it: &HoldPlaced) -> Result<(), Refusal> {
    let last = tx.state().holds_after(0).next_back();
    next("hold", it.hold, last.map(|last| last.placed.hold))?;
    ordered(tx, it.authority, it.by.as_ref())?;
    if it.expiry_ms.is_some_and(|expiry| expiry <= context.time_ms) {
        return Err(Refusal::Hold(
            "it would have expired already: choose a later expiry or none",
        ));
    }
    match &it.on {
        HoldOn::Account(account) => known_account(tx, *account)?,
        HoldOn::Organisation(organisation) => known_organisation(tx, *organisation)?,
        HoldOn::Project(project) => drop(
            tx.state()
                .project(*project)
                .ok_or(Refusal::UnknownProject(*project))?,
        ),
        HoldOn::Ranges(ranges) => numbers(tx.state(), ranges, it.expiry_ms)?,
    }
    tx.put(
        Key::Hold(it.hold),
        Value::Hold(Box::new(RegistryHold {
            placed: it.clone(),
            placed_at: context.at.index,
            placed_ms: context.time_ms,
            lifted: None,
        })),
    );
    Ok(())
}

/// Each range names units that are here, or that went abroad from here: then the order asks partners to honour it
/// ([`crate::federation::freeze`]), and they do that for a time only.
fn numbers(state: &State, ranges: &[UnitRange], until_ms: Option<u64>) -> Result<(), Refusal> {
    if ranges.is_empty() || !is_apart(ranges) {
        return Err(Refusal::Hold(
            "its ranges must stand in ascending order, none overlapping another",
        ));
    }
    let is_abroad = |range: &UnitRange| {
        let mut over = state.holdings_over(*range);
        over.any(|holding| matches!(holding.place, Place::Abroad(_)))
    };
    for range in ranges.iter().filter(|range| !state.has_any_of(**range)) {
        if !is_abroad(range) {
            return Err(Refusal::Hold(
                "a range names no units that are here or abroad",
            ));
        }
        if until_ms.is_none() {
            return Err(Refusal::Hold(
                "the units of a range are abroad: partners honour only an order that has an expiry",
            ));
        }
    }
    Ok(())
}

pub(super) fn lifted(tx: &mut Tx<'_>, context: Context, it: &HoldLifted) -> Result<(), Refusal> {
    let known = tx.state().hold(it.hold);
    let mut known = known.ok_or(Refusal::UnknownHold(it.hold))?.clone();
    if let Some(lifted) = &known.lifted {
        let (hold, at) = (it.hold, lifted.at);
        return Err(Refusal::HoldLifted { hold, at });
    }
    ordered(tx, it.authority, it.by.as_ref())?;
    known.lifted = Some(Lifted {
        order: it.clone(),
        at: context.at.index,
        time_ms: context.time_ms,
    });
    tx.put(Key::Hold(it.hold), Value::Hold(Box::new(known)));
    Ok(())
}

/// The organisation that orders exists and may act. Under a process somebody of the authority records it.
fn ordered(tx: &Tx<'_>, authority: OrganisationId, by: Option<&ActedBy>) -> Result<(), Refusal> {
    known_organisation(tx, authority)?;
    active_organisation(tx.state(), authority)?;
    match (tx.state().process(), by) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Refusal::NoProcess),
        (Some(_), None) => Err(Refusal::Hold("under a process it says who records it")),
        (Some(process), Some(by)) => official(tx.state(), process, by),
    }
}

/// Nothing keeps everything of an account where it is.
pub(super) fn may_leave(state: &State, time_ms: u64, account: AccountId) -> Result<(), Refusal> {
    free_of(state.hold_on_account(account, time_ms))
}

/// Nothing keeps these units where they are.
pub(super) fn may_move(state: &State, time_ms: u64, block: &UnitBlock) -> Result<(), Refusal> {
    let restraint = state.restraint_on(block, time_ms);
    restraint.map_or(Ok(()), |restraint| Err(restraint.refusal()))
}

/// Nothing keeps units of a project from being issued.
pub(super) fn may_issue(state: &State, time_ms: u64, project: u32) -> Result<(), Refusal> {
    free_of(state.hold_on_project(project, time_ms))
}

fn free_of(hold: Option<&RegistryHold>) -> Result<(), Refusal> {
    hold.map_or(Ok(()), |hold| Err(hold.refusal()))
}
