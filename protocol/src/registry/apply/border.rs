//! The source's side of a border: lock, ask to cancel, finalise, release.

use crate::article6;
use crate::federation::FaultCode;
use crate::id::{AgreementId, TransferId};
use crate::party::Party;
use crate::period::Day;
use crate::record::{
    Agreement, AskCancel, Finalise, Lock, MAX_BLOCKS_BYTES, PartnerStatus, ProofReference, Release,
    blocks_bytes,
};
use crate::registry::apply::Context;
use crate::registry::apply::article6::{crossed, freed, leaves};
use crate::registry::apply::case::source_of_lock;
use crate::registry::apply::hold::{may_leave, may_move};
use crate::registry::apply::setup::open_account;
use crate::registry::apply::units::{held_at, put_holding};
use crate::registry::tx::Tx;
use crate::registry::{
    Direction, Key, LedgerAccount, MAX_TRANSFER_TONNES, MIN_EXPIRY_MS, Pin, Place, Refusal, State,
    Terms, Transfer, TransferKey, TransferStage, TransferTerms, Value, transfer_id,
};
use crate::units::{UnitBlock, UnitRange};

/// Whether an agreement lets these units move at `time_ms`; counts them.
pub(super) fn use_agreement(
    tx: &mut Tx<'_>,
    agreement: &Agreement,
    direction: Direction,
    blocks: &[UnitBlock],
    time_ms: u64,
) -> Result<(), Refusal> {
    let used = agreement_allows(tx.state(), agreement, direction, blocks, time_ms)?;
    tx.put(
        Key::AgreementUse(agreement.id.clone(), direction),
        Value::Count(used.in_all),
    );
    let year = Day::of_ms(time_ms).year();
    tx.put(
        Key::AgreementYear(agreement.id.clone(), direction, year),
        Value::Count(used.in_year),
    );
    Ok(())
}

/// What was used under an agreement comes back: the transfer that began at `began_ms` was refused.
fn give_back(tx: &mut Tx<'_>, agreement: &AgreementId, tonnes: u64, began_ms: u64) {
    let year = Day::of_ms(began_ms).year();
    let in_all = tx.state().agreement_use(agreement, Direction::Out);
    let in_year = tx.state().agreement_use_in(agreement, Direction::Out, year);
    tx.put(
        Key::AgreementUse(agreement.clone(), Direction::Out),
        Value::Count(in_all.saturating_sub(tonnes)),
    );
    tx.put(
        Key::AgreementYear(agreement.clone(), Direction::Out, year),
        Value::Count(in_year.saturating_sub(tonnes)),
    );
}

/// Tonnes used under an agreement.
#[derive(Clone, Copy)]
pub(super) struct Used {
    in_all: u64,
    in_year: u64,
}

/// The tonnes used under the agreement once these units have moved.
pub(super) fn agreement_allows(
    state: &State,
    agreement: &Agreement,
    direction: Direction,
    blocks: &[UnitBlock],
    time_ms: u64,
) -> Result<Used, Refusal> {
    let not_agreed = |why| {
        Err(Refusal::NotAgreed {
            agreement: agreement.id.clone(),
            why,
        })
    };
    let open = match direction {
        Direction::Out => agreement.outgoing,
        Direction::In => agreement.incoming,
    };
    if !open {
        return not_agreed("it does not allow this direction");
    }
    if time_ms < agreement.valid_from_ms || time_ms >= agreement.valid_to_ms {
        return not_agreed("it is not in force at this time");
    }
    let permits = |block: &UnitBlock| {
        let (unit_type, scope) = (block.serial.unit_type(), block.serial.scope());
        (agreement.unit_types.is_empty() || agreement.unit_types.contains(&unit_type))
            && (agreement.scopes.is_empty() || agreement.scopes.contains(&scope))
    };
    if !blocks.iter().all(permits) {
        return not_agreed("it does not allow units of this type or sectoral scope");
    }
    let vintages =
        agreement.vintage_from.unwrap_or(0)..=agreement.vintage_until.unwrap_or(u16::MAX);
    let of_vintage = |block: &UnitBlock| vintages.contains(&block.serial.year());
    if !blocks.iter().all(of_vintage) {
        return not_agreed("it does not allow units of this vintage");
    }
    let mut tonnes = blocks.iter().map(UnitBlock::tonnes);
    let wanted = tonnes.try_fold(0, u64::checked_add);
    let wanted = wanted.ok_or(Refusal::Overflow)?;
    let year = Day::of_ms(time_ms).year();
    let before = state.agreement_use(&agreement.id, direction);
    let in_year = state.agreement_use_in(&agreement.id, direction, year);
    Ok(Used {
        in_all: within(agreement, agreement.max_tonnes, before, wanted)?,
        in_year: within(agreement, agreement.max_tonnes_per_year, in_year, wanted)?,
    })
}

/// What is used of a limit once `wanted` tonnes more have moved; a limit of 0 is none.
fn within(agreement: &Agreement, limit: u64, before: u64, wanted: u64) -> Result<u64, Refusal> {
    let used = before.checked_add(wanted).ok_or(Refusal::Overflow)?;
    if limit == 0 || used <= limit {
        return Ok(used);
    }
    let agreement = agreement.id.clone();
    if wanted > limit {
        let why = "more tonnes would move at once than its limit, in all or in a year";
        return Err(Refusal::NotAgreed { agreement, why });
    }
    let left = limit.saturating_sub(before);
    Err(Refusal::AgreementUsedUp {
        agreement,
        left,
        wanted,
    })
}

/// The agreement of that name with that partner.
pub(super) fn agreement_with<'a>(
    state: &'a State,
    id: &AgreementId,
    partner: Party,
) -> Result<&'a Agreement, Refusal> {
    let found = state
        .agreement(id)
        .filter(|agreement| agreement.partner == partner);
    found.ok_or_else(|| Refusal::UnknownAgreement {
        agreement: id.clone(),
        partner,
    })
}

pub(super) fn lock(tx: &mut Tx<'_>, context: Context, it: &Lock) -> Result<(), Refusal> {
    open_account(tx, it.from)?;
    may_leave(tx.state(), context.time_ms, it.from)?;
    lock_terms(tx, context, it)?;
    let taken = source_of_lock(tx, context, it)?;
    let agreement = agreement_with(tx.state(), &it.agreement, it.destination)?.clone();
    use_agreement(tx, &agreement, Direction::Out, &it.blocks, context.time_ms)?;
    for block in &it.blocks {
        let held = held_at(tx, block.range(), taken.place, it.from)?;
        let approach = agreement.cooperative_approach;
        let held = leaves(tx, context, approach, it.destination, &held)?;
        if held != *block {
            return Err(Refusal::Attributes(block.range()));
        }
        may_move(tx.state(), context.time_ms, &held)?;
        put_holding(tx, held, Place::Escrow(it.from), context.at.index);
        tx.post(taken.account, LedgerAccount::Escrow(it.from), block.range())?;
    }
    let transfer = Transfer {
        stage: TransferStage::Locked,
        partner: it.destination,
        terms: Some(Terms {
            agreement: it.agreement.clone(),
            account: it.from,
            blocks: it.blocks.clone(),
        }),
        partner_account: Some(it.to),
        expiry_ms: Some(it.expiry_ms),
        opened_at: context.at.index,
        opened_ms: context.time_ms,
        cancel_asked_at: None,
        settled_at: None,
        settled_ms: None,
        refusal_code: None,
    };
    tx.put(
        Key::Transfer(TransferKey::Out(it.transfer)),
        Value::Transfer(transfer),
    );
    Ok(())
}

/// Checks everything in a lock but the units and the agreement.
fn lock_terms(tx: &Tx<'_>, context: Context, it: &Lock) -> Result<(), Refusal> {
    let partner = tx.state().partner_in_good_standing(it.destination)?;
    if partner.origin != it.destination_origin {
        return Err(Refusal::WrongLog {
            found: it.destination_origin.to_string(),
            wanted: partner.origin.to_string(),
        });
    }
    if it.expiry_ms < context.time_ms.saturating_add(MIN_EXPIRY_MS) {
        return Err(Refusal::ExpiryTooSoon {
            expiry_ms: it.expiry_ms,
            now_ms: context.time_ms,
        });
    }
    let ranges: Vec<UnitRange> = it.blocks.iter().map(UnitBlock::range).collect();
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?;
    let terms = TransferTerms {
        source: &own.origin,
        destination: &it.destination_origin,
        agreement: &it.agreement,
        ranges: &ranges,
        from: it.from,
        to: it.to,
        nonce: &it.nonce,
        expiry_ms: it.expiry_ms,
    };
    if transfer_id(&terms) != it.transfer {
        return Err(Refusal::TransferId);
    }
    if let Some(known) = tx.state().transfer(&TransferKey::Out(it.transfer)) {
        return Err(stage_refusal(it.transfer, &known, "lock"));
    }
    movable(&it.blocks).map(drop)
}

/// The tonnes of the blocks, if one lock may carry them: what passes here can be acquired in one record.
pub(in crate::registry) fn movable(blocks: &[UnitBlock]) -> Result<u64, Refusal> {
    let tonnes = blocks
        .iter()
        .map(UnitBlock::tonnes)
        .fold(0, u64::saturating_add);
    if tonnes > MAX_TRANSFER_TONNES {
        return Err(Refusal::TooMuch { tonnes });
    }
    if blocks_bytes(blocks) > MAX_BLOCKS_BYTES {
        return Err(Refusal::TooManyRanges);
    }
    Ok(tonnes)
}

pub(super) fn stage_refusal(transfer: TransferId, known: &Transfer, step: &'static str) -> Refusal {
    Refusal::TransferStage {
        transfer,
        stage: known.stage.name(),
        step,
    }
}

/// The source's side of an open transfer.
fn locked(tx: &Tx<'_>, id: TransferId, step: &'static str) -> Result<Transfer, Refusal> {
    let transfer = tx
        .state()
        .transfer(&TransferKey::Out(id))
        .ok_or(Refusal::UnknownTransfer(id))?;
    if transfer.stage == TransferStage::Locked {
        Ok(transfer)
    } else {
        Err(stage_refusal(id, &transfer, step))
    }
}

pub(super) fn ask_cancel(tx: &mut Tx<'_>, context: Context, it: &AskCancel) -> Result<(), Refusal> {
    let mut transfer = locked(tx, it.transfer, "ask-cancel")?;
    if transfer.partner != it.destination {
        return Err(Refusal::UnknownTransfer(it.transfer));
    }
    if transfer.cancel_asked_at.is_some() {
        return Err(Refusal::TransferStage {
            transfer: it.transfer,
            stage: "LOCKED with a cancel request",
            step: "ask-cancel",
        });
    }
    transfer.cancel_asked_at = Some(context.at.index);
    tx.put(
        Key::Transfer(TransferKey::Out(it.transfer)),
        Value::Transfer(transfer),
    );
    Ok(())
}

/// Whether a proof shows another root than the pinned one of the same size: the partner's log has forked.
pub(crate) fn contradicts_pin(state: &State, party: Party, proof: &ProofReference) -> bool {
    state
        .pin(party)
        .is_some_and(|pin| pin.size == proof.size && pin.root != proof.root)
}

/// Moves a partner's pin forward. Pins only grow, and two roots of one size are a fork (rule R9).
pub(super) fn pin(tx: &mut Tx<'_>, party: Party, proof: &ProofReference) -> Result<(), Refusal> {
    let partner = tx
        .state()
        .partner(party)
        .ok_or(Refusal::UnknownPartner(party))?;
    if partner.origin != proof.origin {
        return Err(Refusal::WrongLog {
            found: proof.origin.to_string(),
            wanted: partner.origin.to_string(),
        });
    }
    // Which of its lines lives on is not known yet: nothing that it says counts, and what is open waits (rule R12).
    if tx.state().accusation(party).is_some() {
        return Err(Refusal::PartnerFrozen(party));
    }
    if contradicts_pin(tx.state(), party, proof) {
        return Err(Refusal::Fork {
            origin: proof.origin.to_string(),
            size: proof.size,
        });
    }
    match tx.state().pin(party) {
        Some(pin) if pin.size >= proof.size => Ok(()),
        _ => {
            tx.put(
                Key::Pin(party),
                Value::Pin(Pin {
                    size: proof.size,
                    root: proof.root,
                }),
            );
            Ok(())
        }
    }
}

/// Moves the units of a transfer out of escrow.
fn leave_escrow(
    tx: &mut Tx<'_>,
    context: Context,
    terms: &Terms,
    to: (Place, LedgerAccount),
    mark: impl Fn(UnitBlock) -> UnitBlock,
) -> Result<(), Refusal> {
    let from = terms.account;
    for block in &terms.blocks {
        let held = held_at(tx, block.range(), Place::Escrow(from), from)?;
        put_holding(tx, mark(held), to.0, context.at.index);
        tx.post(LedgerAccount::Escrow(from), to.1, block.range())?;
    }
    Ok(())
}

fn settle(tx: &mut Tx<'_>, context: Context, id: TransferId, transfer: Transfer) {
    let settled_at = Some(context.at.index);
    let settled_ms = Some(context.time_ms);
    tx.put(
        Key::Transfer(TransferKey::Out(id)),
        Value::Transfer(Transfer {
            settled_at,
            settled_ms,
            ..transfer
        }),
    );
}

pub(super) fn finalise(tx: &mut Tx<'_>, context: Context, it: &Finalise) -> Result<(), Refusal> {
    let transfer = locked(tx, it.transfer, "finalise")?;
    pin(tx, transfer.partner, &it.proof)?;
    let terms = transfer
        .terms
        .as_ref()
        .ok_or(Refusal::UnknownTransfer(it.transfer))?;
    let agreement = agreement_with(tx.state(), &terms.agreement, transfer.partner)?.clone();
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?;
    let (own, registry) = (own.party, own.registry);
    let abroad = (
        Place::Abroad(transfer.partner),
        LedgerAccount::TransferredTo(transfer.partner),
    );
    let mark =
        |block| article6::crosses_border(block, agreement.cooperative_approach, registry, own);
    leave_escrow(tx, context, terms, abroad, mark)?;
    for block in &terms.blocks {
        crossed(tx, block, &mark(*block));
    }
    settle(
        tx,
        context,
        it.transfer,
        Transfer {
            stage: TransferStage::Final,
            ..transfer
        },
    );
    Ok(())
}

/// A release without a refusal cites the whole last tree of a partner: one with which nothing new begins here any more,
/// and of whose ledger nothing was believed above that head.
fn closed(state: &State, partner: Party, it: &Release) -> Result<(), Refusal> {
    let listed = state
        .partner(partner)
        .ok_or(Refusal::UnknownPartner(partner))?;
    let is_above = state
        .pin(partner)
        .is_some_and(|pin| pin.size > it.proof.size);
    let is_whole = it.proof.index.checked_add(1) == Some(it.proof.size);
    if listed.status != PartnerStatus::Active && is_whole && !is_above {
        Ok(())
    } else {
        Err(Refusal::NotClosed(partner))
    }
}

pub(super) fn release(tx: &mut Tx<'_>, context: Context, it: &Release) -> Result<(), Refusal> {
    let transfer = locked(tx, it.transfer, "release")?;
    if it.code == FaultCode::PartnerClosed.code() {
        closed(tx.state(), transfer.partner, it)?;
    }
    pin(tx, transfer.partner, &it.proof)?;
    let terms = transfer
        .terms
        .as_ref()
        .ok_or(Refusal::UnknownTransfer(it.transfer))?;
    let free = (
        Place::Available(terms.account),
        LedgerAccount::Available(terms.account),
    );
    leave_escrow(tx, context, terms, free, |block| block)?;
    for block in &terms.blocks {
        freed(tx, block);
    }
    give_back(tx, &terms.agreement, terms.tonnes(), transfer.opened_ms);
    let refusal_code = Some(it.code);
    settle(
        tx,
        context,
        it.transfer,
        Transfer {
            stage: TransferStage::Released,
            refusal_code,
            ..transfer
        },
    );
    Ok(())
}
