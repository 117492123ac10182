//! Under a process a case approves what becomes of the units that it reserved, and the next record does it: a transfer, a
//! retirement or a lock that names them. So whatever moves units is one leaf, and can be proven by itself.

use super::effects::not_by_process;
use super::reserved::{cooled_off, nothing_held};
use crate::id::AccountId;
use crate::record::{Body, Fate, Lock, Reservation, Retire, Sending, Transfer};
use crate::registry::apply::Context;
use crate::registry::apply::border::agreement_with;
use crate::registry::apply::setup::open_account;
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Key, LedgerAccount, Place, Refusal, State, Value};
use crate::units::UnitBlock;
use crate::workflow::{Effect, SubjectKind};

/// What can be said when units are to be sent to another country. The lock is judged in full when it is written.
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

/// The effect that brings about what units are reserved for.
pub(super) const fn effect_of(fate: &Fate) -> Effect {
    match fate {
        Fate::Transfer { .. } => Effect::Transfer,
        Fate::Retire { .. } => Effect::Retire,
        Fate::Send(_) => Effect::Send,
    }
}

/// The case says yes. Its units stay reserved until the record that it approves, which nothing may come before: a ledger
/// never ends between the two, for a block's header may not either.
pub(super) fn approve(
    tx: &mut Tx<'_>,
    context: Context,
    known: &RegistryCase,
    effect: Effect,
) -> Result<(), Refusal> {
    let reserved = known.reserved.as_ref();
    let reserved = reserved.filter(|it| effect_of(&it.fate) == effect);
    let reserved = reserved.ok_or(Refusal::Act(match effect {
        Effect::Send => "no units are reserved in this case for another country",
        _ => "no units are reserved in this case",
    }))?;
    open_account(tx, reserved.account)?;
    nothing_held(tx.state(), context, reserved)?;
    cooled_off(tx.state(), context, known)?;
    tx.put(Key::Approved, Value::Count(known.number));
    Ok(())
}

/// While a case has approved a record, only one of that kind may be written; its rule says which.
pub(in crate::registry::apply) fn only_what_is_approved(
    state: &State,
    body: &Body,
) -> Result<(), Refusal> {
    let Some(known) = state.approved() else {
        return Ok(());
    };
    let fate = known.reserved.as_ref().map(|it| &it.fate);
    match (fate, body) {
        (Some(Fate::Send(_)), Body::Lock(_))
        | (Some(Fate::Transfer { .. }), Body::Transfer(_))
        | (Some(Fate::Retire { .. }), Body::Retire(_)) => Ok(()),
        _ => Err(Refusal::RecordAwaited(known.number)),
    }
}

/// Where a record takes its units from.
pub(in crate::registry::apply) struct Source {
    pub(in crate::registry::apply) place: Place,
    pub(in crate::registry::apply) account: LedgerAccount,
}

impl Source {
    /// What an account can dispose of.
    pub(in crate::registry::apply) const fn available(account: AccountId) -> Self {
        Self {
            place: Place::Available(account),
            account: LedgerAccount::Available(account),
        }
    }
}

/// Where a lock takes its units from: see [`source`].
pub(in crate::registry::apply) fn source_of_lock(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Lock,
) -> Result<Source, Refusal> {
    let what = (
        SubjectKind::TransferRequest,
        "a transfer to another country",
    );
    source(tx, context, it.from, what, |reserved| {
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
        ranges.eq(reserved.ranges.iter().copied())
            && (destination, agreement, to) == (&it.destination, &it.agreement, &it.to)
            && (nonce, expiry_ms) == (&it.nonce, &it.expiry_ms)
    })
}

/// Where a transfer within the registry takes its units from: see [`source`].
pub(in crate::registry::apply) fn source_of_transfer(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Transfer,
) -> Result<Source, Refusal> {
    let what = (SubjectKind::TransferRequest, "a transfer");
    source(tx, context, it.from, what, |reserved| {
        reserved.fate == Fate::Transfer { to: it.to } && reserved.ranges == it.ranges
    })
}

/// Where a retirement takes its units from: see [`source`].
pub(in crate::registry::apply) fn source_of_retirement(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Retire,
) -> Result<Source, Refusal> {
    let what = (SubjectKind::RetirementRequest, "a retirement");
    source(tx, context, it.account, what, |reserved| {
        retirement(reserved).is_some_and(|reserved| reserved == *it)
    })
}

/// Where no process has a say, units are taken from what the account can dispose of. Otherwise the case in the record
/// before must have approved exactly this; its units are no more reserved.
fn source(
    tx: &mut Tx<'_>,
    context: Context,
    account: AccountId,
    (kind, what): (SubjectKind, &'static str),
    is_it: impl FnOnce(&Reservation) -> bool,
) -> Result<Source, Refusal> {
    let Some(known) = tx.state().approved() else {
        not_by_process(tx.state(), kind, what)?;
        return Ok(Source::available(account));
    };
    let mut known = known.clone();
    let reserved = known.reserved.take();
    if !reserved.is_some_and(|it| it.account == account && is_it(&it)) {
        return Err(Refusal::RecordAwaited(known.number));
    }
    known.reserved_ms = None;
    known.changed_at = context.at.index;
    tx.delete(Key::Approved);
    tx.put(Key::Case(known.number), Value::Case(Box::new(known)));
    Ok(Source {
        place: Place::Reserved(account),
        account: LedgerAccount::OnHold(account),
    })
}

/// The retirement that units are reserved for; `None` where they are reserved for something else.
pub(in crate::registry) fn retirement(reserved: &Reservation) -> Option<Retire> {
    let Fate::Retire {
        kind,
        purpose,
        beneficiary,
        claim,
    } = &reserved.fate
    else {
        return None;
    };
    Some(Retire {
        account: reserved.account,
        ranges: reserved.ranges.clone(),
        kind: *kind,
        purpose: *purpose,
        beneficiary: *beneficiary,
        claim: claim.clone(),
    })
}
