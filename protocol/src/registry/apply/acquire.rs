//! The destination's side of a border: acquire, refuse, note the source's end.

use crate::article6;
use crate::id::{AccountId, AgreementId, TransferId};
use crate::party::Party;
use crate::record::{Acquire, Agreement, Refuse, SourceSettled};
use crate::registry::apply::Context;
use crate::registry::apply::article6::{freed, may_be_acquired};
use crate::registry::apply::border::{
    agreement_allows, agreement_with, movable, pin, stage_refusal, use_agreement,
};
use crate::registry::apply::case::active_organisation;
use crate::registry::apply::units::{holding_key, put_holding};
use crate::registry::tx::Tx;
use crate::registry::{
    Direction, Holding, Key, LedgerAccount, Place, Refusal, State, Terms, Transfer, TransferKey,
    TransferStage, Value,
};
use crate::units::{UnitBlock, UnitRange};

/// Whether this ledger can take these units from this partner now. Nothing that passes here is refused by [`acquire`],
/// so a lock that the federation's step means to take is never left without an answer.
pub(crate) fn may_acquire(
    state: &State,
    time_ms: u64,
    source: Party,
    agreement: &AgreementId,
    account: AccountId,
    blocks: &[UnitBlock],
) -> Result<(), Refusal> {
    state.partner_in_good_standing(source)?;
    let tonnes = movable(blocks)?;
    let agreement = agreement_with(state, agreement, source)?;
    agreement_allows(state, agreement, Direction::In, blocks, time_ms)?;
    for block in blocks {
        may_be_acquired(state, agreement.cooperative_approach, block)?;
    }
    if tonnes > state.room() {
        return Err(Refusal::Overflow);
    }
    let account = state
        .account(account)
        .ok_or(Refusal::UnknownAccount(account))?;
    active_organisation(state, account.organisation)?;
    for (index, block) in blocks.iter().enumerate() {
        let range = block.range();
        if blocks[..index]
            .iter()
            .any(|other| other.range().overlaps(range))
        {
            return Err(Refusal::Overlap(range));
        }
        may_come_in(state, block)?;
    }
    Ok(())
}

pub(super) fn acquire(tx: &mut Tx<'_>, context: Context, it: &Acquire) -> Result<(), Refusal> {
    unanswered(tx, it.source, it.transfer, "acquire")?;
    pin(tx, it.source, &it.proof)?;
    may_acquire(
        tx.state(),
        context.time_ms,
        it.source,
        &it.agreement,
        it.account,
        &it.blocks,
    )?;
    let terms = Terms {
        agreement: it.agreement.clone(),
        account: it.account,
        blocks: it.blocks.clone(),
    };
    let agreement = agreement_with(tx.state(), &it.agreement, it.source)?.clone();
    use_agreement(tx, &agreement, Direction::In, &it.blocks, context.time_ms)?;
    for block in &it.blocks {
        let block = first_transferred(tx.state(), block, &agreement, it.source)?;
        clear_abroad(tx, block.range())?;
        // Those of this Party that come back without a first transfer are not committed any more.
        freed(tx, &block);
        put_holding(tx, block, Place::Available(it.account), context.at.index);
        tx.post(
            LedgerAccount::AcquiredFrom(it.source),
            LedgerAccount::Available(it.account),
            block.range(),
        )?;
    }
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

/// The block with its first transfer: as this ledger recorded it when the units left, else as the block says, else now.
fn first_transferred(
    state: &State,
    block: &UnitBlock,
    agreement: &Agreement,
    source: Party,
) -> Result<UnitBlock, Refusal> {
    let registry = state
        .partner(source)
        .ok_or(Refusal::UnknownPartner(source))?
        .registry;
    let known = state.holdings_over(block.range()).next();
    let known = known.map_or(*block, |holding| holding.block);
    let block = UnitBlock {
        first_transfer: known.first_transfer.or(block.first_transfer),
        authorisation: known.authorisation,
        ..*block
    };
    Ok(article6::crosses_border(
        block,
        agreement.cooperative_approach,
        registry,
        source,
    ))
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

/// Units may come in unless they are recorded here already; those of own issue come back only from abroad. What left this
/// ledger comes back as what it was: nobody abroad can change a vintage or a flag.
fn may_come_in(state: &State, block: &UnitBlock) -> Result<(), Refusal> {
    let range = block.range();
    let mut abroad = 0_u64;
    let mut marks = None;
    for holding in state.holdings_over(range) {
        if !matches!(holding.place, Place::Abroad(_)) {
            return Err(Refusal::Overlap(range));
        }
        let known = &holding.block;
        let found = (known.first_transfer, known.authorisation);
        let marked = *marks.get_or_insert(found);
        if !known.is_of_one_issuance_with(block) || marked != found {
            return Err(Refusal::Attributes(range));
        }
        let inside = known.range();
        abroad += inside.last().min(range.last()) - inside.first().max(range.first()) + 1;
    }
    if state.is_own(range.origin()) && abroad != range.tonnes() {
        Err(Refusal::NotAbroad(range))
    } else {
        Ok(())
    }
}

/// Takes the numbers of `range` out of the ranges recorded as abroad.
pub(super) fn clear_abroad(tx: &mut Tx<'_>, range: UnitRange) -> Result<(), Refusal> {
    let over: Vec<Holding> = tx.state().holdings_over(range).collect();
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
