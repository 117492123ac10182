//! The destination's side of a border: acquire, refuse, note the source's end.

use crate::article6;
use crate::id::TransferId;
use crate::party::Party;
use crate::record::{Acquire, PartnerStatus, Refuse, SourceSettled};
use crate::registry::apply::Context;
use crate::registry::apply::border::{agreement_with, pin, stage_refusal, use_agreement};
use crate::registry::apply::setup::known_account;
use crate::registry::apply::units::{holding_key, put_holding};
use crate::registry::tx::Tx;
use crate::registry::{
    Direction, Holding, Key, LedgerAccount, Place, Refusal, State, Terms, Transfer, TransferKey,
    TransferStage, Value,
};
use crate::units::UnitRange;

pub(super) fn acquire(tx: &mut Tx<'_>, context: Context, it: &Acquire) -> Result<(), Refusal> {
    unanswered(tx, it.source, it.transfer, "acquire")?;
    pin(tx, it.source, &it.proof)?;
    if tx
        .state()
        .partner(it.source)
        .is_none_or(|partner| partner.status != PartnerStatus::Active)
    {
        return Err(Refusal::PartnerFrozen(it.source));
    }
    known_account(tx, it.account)?;
    let agreement = agreement_with(tx, &it.agreement, it.source)?;
    let tonnes = it
        .blocks
        .iter()
        .try_fold(0_u64, |sum, block| sum.checked_add(block.tonnes()));
    let tonnes = tonnes.ok_or(Refusal::Overflow)?;
    use_agreement(tx, &agreement, Direction::In, tonnes, context.time_ms)?;
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?;
    let (own, own_registry) = (own.party, own.registry);
    let source_registry = tx
        .state()
        .partner(it.source)
        .ok_or(Refusal::UnknownPartner(it.source))?
        .registry;
    for block in &it.blocks {
        let registry = if block.range().origin() == own {
            own_registry
        } else {
            source_registry
        };
        may_come_in(tx.state(), block.range())?;
        clear_abroad(tx, block.range())?;
        let block = article6::first_transferred(
            *block,
            agreement.cooperative_approach,
            registry,
            it.source,
        );
        let range = block.range();
        put_holding(tx, block, Place::Available(it.account), context.at.index);
        tx.post(
            LedgerAccount::AcquiredFrom(it.source),
            LedgerAccount::Available(it.account),
            range,
        )?;
    }
    let terms = Terms {
        agreement: it.agreement.clone(),
        account: it.account,
        blocks: it.blocks.clone(),
    };
    let answered = answered(context, it.source, TransferStage::Acquired);
    put_answer(
        tx,
        it.transfer,
        Transfer {
            terms: Some(terms),
            ..answered
        },
    );
    Ok(())
}

pub(super) fn refuse(tx: &mut Tx<'_>, context: Context, it: &Refuse) -> Result<(), Refusal> {
    unanswered(tx, it.source, it.transfer, "refuse")?;
    pin(tx, it.source, &it.proof)?;
    let answered = answered(context, it.source, TransferStage::Refused);
    put_answer(
        tx,
        it.transfer,
        Transfer {
            refusal_code: Some(it.code),
            ..answered
        },
    );
    Ok(())
}

/// Rule R4: one answer to each id, for ever.
fn unanswered(
    tx: &Tx<'_>,
    source: Party,
    id: TransferId,
    step: &'static str,
) -> Result<(), Refusal> {
    match tx.state().transfer(&TransferKey::In(source, id)) {
        Some(known) => Err(stage_refusal(id, &known, step)),
        None => Ok(()),
    }
}

fn answered(context: Context, source: Party, stage: TransferStage) -> Transfer {
    Transfer {
        stage,
        partner: source,
        terms: None,
        partner_account: None,
        expiry_ms: None,
        opened_at: context.at.index,
        opened_ms: context.time_ms,
        cancel_asked_at: None,
        settled_at: None,
        settled_ms: None,
        refusal_code: None,
    }
}

fn put_answer(tx: &mut Tx<'_>, id: TransferId, transfer: Transfer) {
    tx.put(
        Key::Transfer(TransferKey::In(transfer.partner, id)),
        Value::Transfer(transfer),
    );
}

/// Units may come in unless they are recorded here already; those of own issue come back only from abroad.
pub(crate) fn may_come_in(state: &State, range: UnitRange) -> Result<(), Refusal> {
    let own = state
        .genesis()
        .is_some_and(|genesis| genesis.party == range.origin());
    let mut abroad = 0_u64;
    for holding in state.holdings_over(range) {
        if !matches!(holding.place, Place::Abroad(_)) {
            return Err(Refusal::Overlap(range));
        }
        let inside = holding.block.range();
        abroad += inside.last().min(range.last()) - inside.first().max(range.first()) + 1;
    }
    if own && abroad != range.tonnes() {
        Err(Refusal::NotAbroad(range))
    } else {
        Ok(())
    }
}

/// Takes the numbers of `range` out of the ranges recorded as abroad.
fn clear_abroad(tx: &mut Tx<'_>, range: UnitRange) -> Result<(), Refusal> {
    let over: Vec<Holding> = tx.state().holdings_over(range).cloned().collect();
    for Holding {
        block,
        place,
        since,
    } in over
    {
        let old = block.range();
        tx.delete(holding_key(old));
        let mut keep = |first: u64, last: u64| -> Result<(), Refusal> {
            let part = UnitRange::new(old.origin(), first, last).map_err(|_| Refusal::Overflow)?;
            let part = block.part(part).ok_or(Refusal::Overflow)?;
            put_holding(tx, part, place, since);
            Ok(())
        };
        if old.first() < range.first() {
            keep(old.first(), range.first() - 1)?;
        }
        if old.last() > range.last() {
            keep(range.last() + 1, old.last())?;
        }
    }
    Ok(())
}

pub(super) fn source_settled(
    tx: &mut Tx<'_>,
    context: Context,
    it: &SourceSettled,
) -> Result<(), Refusal> {
    let key = TransferKey::In(it.source, it.transfer);
    let known = tx
        .state()
        .transfer(&key)
        .ok_or(Refusal::UnknownTransfer(it.transfer))?;
    let agrees = known.stage
        == if it.is_final {
            TransferStage::Acquired
        } else {
            TransferStage::Refused
        };
    if known.is_settled() || !agrees {
        return Err(stage_refusal(it.transfer, &known, "source-settled"));
    }
    pin(tx, it.source, &it.proof)?;
    let settled = Transfer {
        settled_at: Some(context.at.index),
        settled_ms: Some(context.time_ms),
        ..known
    };
    tx.put(Key::Transfer(key), Value::Transfer(settled));
    Ok(())
}
