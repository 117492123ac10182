//! Units that a request sets aside until a record moves or ends them, or they are freed.

use super::approved::{effect_of, may_be_asked};
use crate::id::{AccountId, OrganisationId};
use crate::record::{CaseAct, Fate, Reservation};
use crate::registry::apply::Context;
use crate::registry::apply::hold::{may_leave, may_move};
use crate::registry::apply::setup::open_account;
use crate::registry::apply::units::{held_at, put_holding};
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{LedgerAccount, Place, Refusal, State};
use crate::units::UnitRange;
use crate::workflow::SubjectKind;

/// Units of the actor's own organisation are set aside until the case moves, retires or frees them.
pub(super) fn reserve(
    tx: &mut Tx<'_>,
    context: Context,
    known: &mut RegistryCase,
    it: &CaseAct,
) -> Result<(), Refusal> {
    let Some(reservation) = &it.reservation else {
        return Ok(());
    };
    let Reservation {
        account: from,
        ranges,
        fate,
    } = reservation;
    release(tx, context, known)?;
    nothing_held(tx.state(), context, reservation)?;
    let holder = account_organisation(tx, *from)?;
    if it.by.as_ref().map(|by| by.organisation) != Some(holder) {
        return Err(Refusal::Act("only the holder of units reserves them"));
    }
    leads_to(tx.state(), known, fate)?;
    let process = tx.state().process_of(&known.case.process);
    let rules = process.ok_or(Refusal::NoProcess)?.transfers;
    tx.state()
        .within_limit(reservation, &rules, context.time_ms)?;
    match (known.kind, fate) {
        (SubjectKind::TransferRequest, Fate::Transfer { to }) => {
            let receiver = account_organisation(tx, *to)?;
            let subject = &known.case.subject;
            let takes_part = |it| subject.owners.contains(it) || subject.counterparty == Some(*it);
            if from == to || !takes_part(&holder) || !takes_part(&receiver) {
                return Err(Refusal::Act(
                    "units move between accounts of the request's owner and of its counterparty",
                ));
            }
        }
        (SubjectKind::TransferRequest, Fate::Send(sending)) => {
            may_be_asked(tx.state(), known, sending)?;
        }
        (SubjectKind::RetirementRequest, Fate::Retire { .. }) => {}
        _ => return Err(Refusal::Act("the request is not for this")),
    }
    let to = (Place::Reserved(*from), LedgerAccount::OnHold(*from));
    for range in ranges {
        move_units(
            tx,
            context,
            *range,
            (Place::Available(*from), LedgerAccount::Available(*from)),
            to,
            *from,
        )?;
    }
    known.reserved = Some(reservation.clone());
    known.reserved_ms = Some(context.time_ms);
    Ok(())
}

/// Some step of the case's flow brings about what the units are reserved for.
fn leads_to(state: &State, known: &RegistryCase, fate: &Fate) -> Result<(), Refusal> {
    let wanted = effect_of(fate);
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let flow = process.flow(&known.case.flow);
    let mut steps = flow.into_iter().flat_map(|flow| &flow.steps);
    if steps.any(|step| step.has_effect(wanted)) {
        Ok(())
    } else {
        Err(Refusal::Act("the request is not for this"))
    }
}

fn account_organisation(tx: &Tx<'_>, id: AccountId) -> Result<OrganisationId, Refusal> {
    open_account(tx, id)?;
    let account = tx.state().account(id).ok_or(Refusal::UnknownAccount(id))?;
    Ok(account.organisation)
}

/// Frees what is reserved, if anything is.
pub(super) fn release(
    tx: &mut Tx<'_>,
    context: Context,
    known: &mut RegistryCase,
) -> Result<(), Refusal> {
    let Some(reserved) = known.reserved.take() else {
        return Ok(());
    };
    known.reserved_ms = None;
    let account = reserved.account;
    let free = (Place::Available(account), LedgerAccount::Available(account));
    leave_hold(tx, context, &reserved, free)
}

/// Units that go to a receiver whom the sender has not entered in its list have waited, and are not too many.
pub(super) fn cooled_off(
    state: &State,
    context: Context,
    known: &RegistryCase,
) -> Result<(), Refusal> {
    let process = state.process_of(&known.case.process);
    let rules = process.ok_or(Refusal::NoProcess)?.transfers;
    if let Some(reserved) = &known.reserved {
        state.within_limit(reserved, &rules, context.time_ms)?;
    }
    match state.cooling_off(known, context.time_ms) {
        Some(until_ms) => Err(Refusal::CoolingOff {
            case: known.number,
            until_ms,
        }),
        None => Ok(()),
    }
}

/// No hold keeps reserved units where they are. Freeing them is no move: they stay in their account.
pub(super) fn nothing_held(
    state: &State,
    context: Context,
    it: &Reservation,
) -> Result<(), Refusal> {
    may_leave(state, context.time_ms, it.account)?;
    let mut blocks = it.ranges.iter().filter_map(|range| state.holding(*range));
    blocks.try_for_each(|holding| may_move(state, context.time_ms, &holding.block))
}

fn leave_hold(
    tx: &mut Tx<'_>,
    context: Context,
    reserved: &Reservation,
    to: (Place, LedgerAccount),
) -> Result<(), Refusal> {
    let account = reserved.account;
    let aside = (Place::Reserved(account), LedgerAccount::OnHold(account));
    for range in &reserved.ranges {
        move_units(tx, context, *range, aside, to, account)?;
    }
    Ok(())
}

fn move_units(
    tx: &mut Tx<'_>,
    context: Context,
    range: UnitRange,
    from: (Place, LedgerAccount),
    to: (Place, LedgerAccount),
    account: AccountId,
) -> Result<(), Refusal> {
    let block = held_at(tx, range, from.0, account)?;
    put_holding(tx, block, to.0, context.at.index);
    tx.post(from.1, to.1, range)
}
