//! What Article 6 asks of units, and what it marks on them, as they are issued, moved, sent, acquired and ended.

use crate::article6::{
    FIRST_VINTAGE, NdcFault, TransferEvent, first_transferred, is_first_transfer,
};
use crate::id::AccountId;
use crate::party::Party;
use crate::period::Day;
use crate::record::{AccountKind, UnitsAuthorised, UseNotified};
use crate::registry::apply::Context;
use crate::registry::apply::acquire::clear_abroad;
use crate::registry::apply::units::put_holding;
use crate::registry::tx::Tx;
use crate::registry::{
    Article6Refusal as Why, AuthorisationUse, Holding, Key, KnownAuthorisation, Place, Refusal,
    State, Value,
};
use crate::serial::CooperativeApproachId;
use crate::units::{UnitAuthorisation, UnitBlock, UnitRange};

/// Marks a block where an event is its first transfer.
fn marked(state: &State, block: UnitBlock, event: TransferEvent) -> UnitBlock {
    let Some(authorisation) = block.authorisation else {
        return block;
    };
    let already = block.first_transfer.is_some();
    let (uses, definition) = (Some(authorisation.uses), authorisation.definition);
    if !is_first_transfer(uses, definition, event, already) {
        return block;
    }
    // The first transferring Party is the one that issued and authorised.
    let party = block.serial.party();
    let own = state.genesis().filter(|own| own.party == party);
    let registry = own
        .map(|own| own.registry)
        .or_else(|| state.partner(party).map(|partner| partner.registry))
        .or_else(|| {
            let known = state.authorisation(party, authorisation.id);
            known.map(|known| known.latest.registry)
        });
    match registry {
        Some(registry) => {
            first_transferred(block, authorisation.cooperative_approach, registry, party)
        }
        None => block,
    }
}

/// Changes what is counted under an authorisation of this Party.
pub(super) fn count(
    tx: &mut Tx<'_>,
    of: UnitAuthorisation,
    change: impl Fn(&mut AuthorisationUse),
) {
    let mut known = tx.state().authorisation_use(of.id);
    change(&mut known);
    tx.put(Key::AuthorisationUse(of.id), Value::AuthorisationUse(known));
}

fn own_authorisation(
    state: &State,
    block: &UnitBlock,
    of: UnitAuthorisation,
) -> Result<KnownAuthorisation, Refusal> {
    let (party, id) = (block.serial.party(), of.id);
    let known = state.authorisation(party, id);
    Ok(known
        .ok_or(Why::UnknownAuthorisation { party, id })?
        .clone())
}

/// First transfers and uses lie between the date of the authorisation and its last day.
pub(super) fn in_time(known: &KnownAuthorisation, day: Day) -> Result<(), Refusal> {
    let terms = &known.latest;
    if day < terms.date || terms.use_until.is_some_and(|last| day > last) {
        return Err(Why::Timeframe { id: terms.id }.into());
    }
    Ok(())
}

/// Commits units of this Party to a first transfer: never more in all than the authorised quantity.
fn commit(
    tx: &mut Tx<'_>,
    context: Context,
    block: &UnitBlock,
    of: UnitAuthorisation,
) -> Result<(), Refusal> {
    let known = own_authorisation(tx.state(), block, of)?;
    in_time(&known, Day::of_ms(context.time_ms))?;
    let committed = tx.state().authorisation_use(of.id).committed;
    within(&known, committed, block.tonnes())?;
    count(tx, of, |it| {
        it.committed = it.committed.saturating_add(block.tonnes());
    });
    Ok(())
}

fn within(known: &KnownAuthorisation, used: u64, wanted: u64) -> Result<(), Refusal> {
    let (id, quantity) = (known.latest.id, known.latest.quantity);
    let left = quantity.saturating_sub(used);
    if quantity != 0 && wanted > left {
        return Err(Why::Quantity { id, left, wanted }.into());
    }
    Ok(())
}

/// An event at home: where it is the first transfer, it is marked and counted.
pub(super) fn at_home(
    tx: &mut Tx<'_>,
    context: Context,
    block: UnitBlock,
    event: TransferEvent,
) -> Result<UnitBlock, Refusal> {
    let after = marked(tx.state(), block, event);
    if let Some(of) = after.authorisation
        && block.first_transfer != after.first_transfer
        && tx.state().is_own(block.serial.party())
    {
        commit(tx, context, &block, of)?;
        crossed(tx, &block, &after);
    }
    Ok(after)
}

fn is_share_of_proceeds(state: &State, account: AccountId) -> bool {
    let account = state.account(account);
    account.is_some_and(|account| account.kind == AccountKind::ShareOfProceeds)
}

/// Takes a block under an authorisation, with the first transfers that follow from it.
fn take_under(
    tx: &mut Tx<'_>,
    context: Context,
    block: UnitBlock,
    of: UnitAuthorisation,
    account: AccountId,
) -> Result<UnitBlock, Refusal> {
    let mut block = UnitBlock {
        authorisation: Some(of),
        ..block
    };
    count(tx, of, |it| it.put = it.put.saturating_add(block.tonnes()));
    for event in [TransferEvent::Authorisation, TransferEvent::Issuance] {
        block = at_home(tx, context, block, event)?;
    }
    if is_share_of_proceeds(tx.state(), account) {
        block = at_home(tx, context, block, TransferEvent::AdaptationFund)?;
    }
    Ok(block)
}

/// Units that were just issued come under the authorisation of their project, if it has one that takes all of them.
pub(in crate::registry::apply) fn issued(
    tx: &mut Tx<'_>,
    context: Context,
    block: UnitBlock,
    account: AccountId,
) -> Result<UnitBlock, Refusal> {
    let Some(known) = tx.state().authorisation_of_project(block.serial.project()) else {
        return Ok(block);
    };
    let day = Day::of_ms(context.time_ms);
    let put = tx.state().authorisation_use(known.latest.id).put;
    let takes = known.is_in_force()
        && known.covers(&block)
        && in_time(known, day).is_ok()
        && known.latest.issue_until.is_none_or(|last| day <= last)
        && within(known, put, block.tonnes()).is_ok();
    if !takes {
        return Ok(block);
    }
    let of = known.carried();
    take_under(tx, context, block, of, account)
}

/// Units that are here come under an authorisation.
pub(in crate::registry::apply) fn put_under(
    tx: &mut Tx<'_>,
    context: Context,
    it: &UnitsAuthorised,
) -> Result<(), Refusal> {
    let (party, id) = (
        tx.state().genesis().ok_or(Refusal::Genesis)?.party,
        it.authorisation,
    );
    let known = tx.state().authorisation(party, id);
    let known = known
        .ok_or(Why::UnknownAuthorisation { party, id })?
        .clone();
    if !known.is_in_force() {
        return Err(Why::Revoked(id).into());
    }
    in_time(&known, Day::of_ms(context.time_ms))?;
    for range in &it.ranges {
        let held = tx.state().holding(*range);
        let Some(Holding {
            block,
            place: place @ (Place::Available(account) | Place::OnHold(account)),
            since,
        }) = held
        else {
            return Err(Refusal::Attributes(*range));
        };
        may_be_put_under(tx.state(), &known, &block)?;
        let put = tx.state().authorisation_use(id).put;
        within(&known, put, block.tonnes())?;
        if let Some(lapsed) = block.authorisation {
            count(tx, lapsed, |it| {
                it.put = it.put.saturating_sub(block.tonnes());
            });
        }
        let block = take_under(tx, context, block, known.carried(), account)?;
        put_holding(tx, block, place, since);
    }
    Ok(())
}

fn may_be_put_under(
    state: &State,
    known: &KnownAuthorisation,
    block: &UnitBlock,
) -> Result<(), Refusal> {
    let (range, id) = (block.range(), known.latest.id);
    if !state.is_own(block.serial.party()) {
        let why = "only the Party that issued units authorises them";
        return Err(Why::Outside { range, id, why }.into());
    }
    if block.first_transfer.is_some() || state.in_force(block).authorisation.is_some() {
        return Err(Why::Taken(range).into());
    }
    if block.serial.year() < FIRST_VINTAGE {
        return Err(Why::Ndc(NdcFault::Vintage(block.serial.year())).into());
    }
    if !known.covers(block) {
        let why = "it is for other vintages, sectoral scopes or projects";
        return Err(Why::Outside { range, id, why }.into());
    }
    Ok(())
}

/// Units that are to be locked for another Party, as the lock must name them. What was not first transferred must be authorised
/// where the approach of the agreement is recorded here, for a Party that the authorisation names, and within its quantity.
pub(in crate::registry::apply) fn leaves(
    tx: &mut Tx<'_>,
    context: Context,
    approach: CooperativeApproachId,
    destination: Party,
    block: &UnitBlock,
) -> Result<UnitBlock, Refusal> {
    let now = tx.state().in_force(block);
    let range = block.range();
    let not_authorised = || Refusal::from(Why::NotAuthorised { range, approach });
    let Some(of) = now.authorisation else {
        let lapsed = block.authorisation.is_some();
        let binds = tx.state().cooperative_approach(approach).is_some();
        return if lapsed || (binds && now.first_transfer.is_none()) {
            Err(not_authorised())
        } else {
            Ok(now)
        };
    };
    if now.first_transfer.is_some() {
        return Ok(now);
    }
    if of.cooperative_approach != approach {
        let (found, wanted) = (of.cooperative_approach, approach);
        return Err(Why::OtherApproach {
            range,
            found,
            wanted,
        }
        .into());
    }
    if tx.state().is_own(block.serial.party()) {
        let known = own_authorisation(tx.state(), block, of)?;
        names_party(&known, destination)?;
        commit(tx, context, &now, of)?;
    }
    Ok(now)
}

pub(super) fn names_party(known: &KnownAuthorisation, party: Party) -> Result<(), Refusal> {
    let (id, parties) = (known.latest.id, &known.latest.parties);
    if parties.is_empty() || parties.contains(&party) {
        return Ok(());
    }
    Err(Why::Party { id, party }.into())
}

/// Units of this Party that a lock committed are free again.
pub(in crate::registry::apply) fn freed(tx: &mut Tx<'_>, block: &UnitBlock) {
    if let (Some(of), None) = (block.authorisation, block.first_transfer)
        && tx.state().is_own(block.serial.party())
    {
        count(tx, of, |it| {
            it.committed = it.committed.saturating_sub(block.tonnes());
        });
    }
}

/// Counts units of this Party whose first transfer has come: at home, or as a partner has them now.
pub(in crate::registry::apply) fn crossed(tx: &mut Tx<'_>, before: &UnitBlock, after: &UnitBlock) {
    if let (Some(of), None, Some(_)) = (
        before.authorisation,
        before.first_transfer,
        after.first_transfer,
    ) && tx.state().is_own(before.serial.party())
    {
        count(tx, of, |it| {
            it.first_transferred = it.first_transferred.saturating_add(before.tonnes());
        });
    }
}

/// Where the approach of an agreement is recorded here, what comes in under it is authorised.
pub(in crate::registry::apply) fn may_be_acquired(
    state: &State,
    approach: CooperativeApproachId,
    block: &UnitBlock,
) -> Result<(), Refusal> {
    let binds = state.cooperative_approach(approach).is_some();
    if binds && block.authorisation.is_none() && block.first_transfer.is_none() {
        let range = block.range();
        return Err(Why::NotAuthorised { range, approach }.into());
    }
    Ok(())
}

/// Units moved inside of the country, to an account. A share-of-proceeds account is how they are contributed to the
/// Adaptation Fund.
pub(in crate::registry::apply) fn moved(
    tx: &mut Tx<'_>,
    context: Context,
    block: UnitBlock,
    to: AccountId,
) -> Result<UnitBlock, Refusal> {
    if block.authorisation.is_none() || !is_share_of_proceeds(tx.state(), to) {
        return Ok(block);
    }
    let block = tx.state().in_force(&block);
    at_home(tx, context, block, TransferEvent::AdaptationFund)
}

/// Another registry told of the use of units that left before their first transfer.
pub(in crate::registry::apply) fn notified(
    tx: &mut Tx<'_>,
    context: Context,
    it: &UseNotified,
) -> Result<(), Refusal> {
    if it.day > Day::of_ms(context.time_ms) {
        return Err(Why::Terms("it tells of a use on a day that has not come").into());
    }
    let event = it.purpose.event();
    for range in &it.ranges {
        notified_range(tx, *range, event)?;
    }
    Ok(())
}

fn notified_range(tx: &mut Tx<'_>, range: UnitRange, event: TransferEvent) -> Result<(), Refusal> {
    let held = tx.state().holding_of(range.origin(), range.first());
    let Some(Holding {
        block,
        place: place @ Place::Abroad(_),
        since,
    }) = held.filter(|it| it.block.range().contains_range(range))
    else {
        return Err(Refusal::NotAbroad(range));
    };
    let part = block.part(range).ok_or(Refusal::NotAbroad(range))?;
    let after = marked(tx.state(), part, event);
    if after.first_transfer == part.first_transfer {
        return Err(Why::Terms(
            "the use of these units is not their first transfer: it was before, or is defined otherwise",
        )
        .into());
    }
    clear_abroad(tx, range)?;
    put_holding(tx, after, place, since);
    crossed(tx, &part, &after);
    Ok(())
}
