//! Units inside the country: issue, split, hold, move, use, cancel.

use crate::id::AccountId;
use crate::record::{Hold, Issuance, Retire, RetireKind, Split, Transfer};
use crate::registry::apply::Context;
use crate::registry::apply::article6::{Ending, ended, issued, moved};
use crate::registry::apply::case::{
    Source, source_of_retirement, source_of_transfer, take_cancellation, take_issuance,
};
use crate::registry::apply::hold::{may_issue, may_leave, may_move};
use crate::registry::apply::setup::{known_account, open_account};
use crate::registry::tx::Tx;
use crate::registry::{Holding, Key, LedgerAccount, Place, Refusal, Value};
use crate::serial::DomesticSerial;
use crate::units::{UnitBlock, UnitRange};

pub(super) fn holding_key(range: UnitRange) -> Key {
    Key::Holding(range.origin(), range.first())
}

pub(super) fn put_holding(tx: &mut Tx<'_>, block: UnitBlock, place: Place, since: u64) {
    let key = holding_key(block.range());
    tx.put(
        key,
        Value::Holding(Holding {
            block,
            place,
            since,
        }),
    );
}

/// The holding that is exactly `range` at exactly `place`.
pub(super) fn held_at(
    tx: &Tx<'_>,
    range: UnitRange,
    place: Place,
    account: AccountId,
) -> Result<UnitBlock, Refusal> {
    match tx.state().holding(range) {
        Some(holding) if holding.place == place => Ok(holding.block),
        _ => {
            let now = tx.state().holding_of(range.origin(), range.first());
            Err(Refusal::not_held(range, account, now))
        }
    }
}

pub(super) fn issuance(tx: &mut Tx<'_>, context: Context, it: &Issuance) -> Result<(), Refusal> {
    known_account(tx, it.account)?;
    let project = tx
        .state()
        .project(it.project)
        .ok_or(Refusal::UnknownProject(it.project))?;
    let scope = project.scope;
    may_issue(tx.state(), context.time_ms, it.project)?;
    take_issuance(tx, it)?;
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?.party;
    if it.range.origin() != own {
        return Err(Refusal::NotAbroad(it.range));
    }
    let wanted = tx
        .state()
        .issued()
        .checked_add(1)
        .ok_or(Refusal::Overflow)?;
    if it.range.first() != wanted {
        return Err(Refusal::Number {
            what: "unit",
            found: it.range.first(),
            wanted,
        });
    }
    if it.range.tonnes() > tx.state().room() {
        return Err(Refusal::Overflow);
    }
    let serial = DomesticSerial::new(it.range, it.unit_type, scope, it.project, it.year)
        .map_err(|_| Refusal::UnknownProject(it.project))?;
    let block = UnitBlock {
        serial,
        issued_at: context.at.index,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    };
    let block = issued(tx, context, block, it.account)?;
    put_holding(tx, block, Place::Available(it.account), context.at.index);
    tx.put(Key::Issued, Value::Count(it.range.last()));
    tx.post(
        LedgerAccount::Issued,
        LedgerAccount::Available(it.account),
        it.range,
    )
}

/// Nothing moves: both parts are where the whole was put, and the leaf that put it there still proves it.
pub(super) fn split(tx: &mut Tx<'_>, it: &Split) -> Result<(), Refusal> {
    let held = tx.state().holding(it.range);
    let Some(Holding {
        block,
        place: place @ (Place::Available(_) | Place::OnHold(_)),
        since,
    }) = held
    else {
        return Err(Refusal::Attributes(it.range));
    };
    let (head, tail) = it.range.split_at(it.at).map_err(|_| Refusal::SplitPoint {
        range: it.range,
        at: it.at,
    })?;
    for part in [head, tail] {
        let part = block.part(part).ok_or(Refusal::SplitPoint {
            range: it.range,
            at: it.at,
        })?;
        put_holding(tx, part, place, since);
    }
    Ok(())
}

pub(super) fn hold(tx: &mut Tx<'_>, context: Context, it: &Hold) -> Result<(), Refusal> {
    known_account(tx, it.account)?;
    let (available, on_hold) = (Place::Available(it.account), Place::OnHold(it.account));
    let (free, held) = (
        LedgerAccount::Available(it.account),
        LedgerAccount::OnHold(it.account),
    );
    let (from, to, debit, credit) = if it.lift {
        (on_hold, available, held, free)
    } else {
        (available, on_hold, free, held)
    };
    for range in &it.ranges {
        let block = held_at(tx, *range, from, it.account)?;
        put_holding(tx, block, to, context.at.index);
        tx.post(debit, credit, *range)?;
    }
    Ok(())
}

pub(super) fn transfer(tx: &mut Tx<'_>, context: Context, it: &Transfer) -> Result<(), Refusal> {
    let source = source_of_transfer(tx, context, it)?;
    open_account(tx, it.from)?;
    may_leave(tx.state(), context.time_ms, it.from)?;
    open_account(tx, it.to)?;
    if it.from == it.to {
        return Err(Refusal::SameAccount(it.from));
    }
    for range in &it.ranges {
        let block = held_at(tx, *range, source.place, it.from)?;
        may_move(tx.state(), context.time_ms, &block)?;
        let block = moved(tx, context, block, it.to)?;
        put_holding(tx, block, Place::Available(it.to), context.at.index);
        tx.post(source.account, LedgerAccount::Available(it.to), *range)?;
    }
    Ok(())
}

pub(super) fn retire(tx: &mut Tx<'_>, context: Context, it: &Retire) -> Result<(), Refusal> {
    let source = match take_cancellation(tx, it)? {
        true => Source::available(it.account),
        false => source_of_retirement(tx, context, it)?,
    };
    open_account(tx, it.account)?;
    may_leave(tx.state(), context.time_ms, it.account)?;
    let (place, credit) = match it.kind {
        RetireKind::Retire => (Place::Used, LedgerAccount::Used),
        RetireKind::Cancel => (Place::Cancelled, LedgerAccount::Cancelled),
    };
    let ending = Ending {
        account: it.account,
        kind: it.kind,
        purpose: it.purpose,
        claim: &it.claim,
    };
    for range in &it.ranges {
        let block = held_at(tx, *range, source.place, it.account)?;
        may_move(tx.state(), context.time_ms, &block)?;
        tx.state().may_end(*range, it.kind, it.purpose)?;
        let block = ended(tx, context, block, ending)?;
        put_holding(tx, block, place, context.at.index);
        tx.post(source.account, credit, *range)?;
    }
    Ok(())
}
