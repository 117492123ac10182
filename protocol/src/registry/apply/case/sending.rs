//! Under a process a case approves what is sent to another country, and its lock follows in the next record.

use super::effects::not_by_process;
use super::reserved::{cooled_off, nothing_held};
use crate::record::{Fate, Lock, Sending};
use crate::registry::apply::Context;
use crate::registry::apply::border::agreement_with;
use crate::registry::apply::setup::open_account;
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Key, LedgerAccount, Place, Refusal, State, Value};
use crate::units::UnitBlock;
use crate::workflow::SubjectKind;

/// What can be said when the request is made. The lock is judged in full when it is written.
pub(super) fn may_be_asked(
    state: &State,
    known: &RegistryCase,
    sending: &Sending,
) -> Result<(), Refusal> {
    if known.case.subject.counterparty.is_some() {
        return Err(Refusal::Act(
            "a request to send units to another country names no receiver here",
        ));
    }
    let destination = sending.destination;
    state.partner_in_good_standing(destination)?;
    agreement_with(state, &sending.agreement, destination).map(drop)
}

/// The case says yes. Its units stay reserved until the lock, which nothing may come before: a ledger never ends between
/// the two, for a block's header may not either.
pub(super) fn approve_sending(
    tx: &mut Tx<'_>,
    context: Context,
    known: &RegistryCase,
) -> Result<(), Refusal> {
    let reserved = known
        .reserved
        .as_ref()
        .filter(|it| matches!(it.fate, Fate::Send(_)));
    let reserved = reserved.ok_or(Refusal::Act(
        "no units are reserved in this case for another country",
    ))?;
    open_account(tx, reserved.account)?;
    nothing_held(tx.state(), context, reserved)?;
    cooled_off(tx.state(), context, known)?;
    tx.put(Key::Sending, Value::Count(known.number));
    Ok(())
}

/// Where a lock takes its units from.
pub(in crate::registry::apply) struct Approved {
    pub(in crate::registry::apply) place: Place,
    pub(in crate::registry::apply) account: LedgerAccount,
}

/// Where no process has a say the units are taken from what the account can dispose of. Otherwise the case in the record
/// before must have approved exactly this lock; its units are no more reserved.
pub(in crate::registry::apply) fn approved_lock(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Lock,
) -> Result<Approved, Refusal> {
    let from = it.from;
    let Some(known) = tx.state().sending() else {
        let what = "a transfer to another country";
        not_by_process(tx.state(), SubjectKind::TransferRequest, what)?;
        return Ok(Approved {
            place: Place::Available(from),
            account: LedgerAccount::Available(from),
        });
    };
    if !is_as_approved(known, it) {
        return Err(Refusal::LockAwaited(known.number));
    }
    let mut known = known.clone();
    known.reserved = None;
    known.reserved_ms = None;
    known.changed_at = context.at.index;
    tx.delete(Key::Sending);
    tx.put(Key::Case(known.number), Value::Case(Box::new(known)));
    Ok(Approved {
        place: Place::Reserved(from),
        account: LedgerAccount::OnHold(from),
    })
}

fn is_as_approved(known: &RegistryCase, it: &Lock) -> bool {
    let Some(reserved) = &known.reserved else {
        return false;
    };
    let Fate::Send(sending) = &reserved.fate else {
        return false;
    };
    let Sending {
        destination,
        agreement,
        to,
        nonce,
        expiry_ms,
    } = sending.as_ref();
    let ranges = it.blocks.iter().map(UnitBlock::range);
    reserved.account == it.from
        && ranges.eq(reserved.ranges.iter().copied())
        && (destination, agreement, to) == (&it.destination, &it.agreement, &it.to)
        && (nonce, expiry_ms) == (&it.nonce, &it.expiry_ms)
}
