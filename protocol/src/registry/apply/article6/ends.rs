//! What Article 6 asks of units that are used or cancelled.

use super::units::{at_home, count, in_time, names_party};
use crate::article6::TransferEvent;
use crate::id::AccountId;
use crate::party::Party;
use crate::period::Day;
use crate::record::{AccountKind, Claim, Purpose, RetireKind};
use crate::registry::apply::Context;
use crate::registry::tx::Tx;
use crate::registry::{Article6Refusal as Why, KnownAuthorisation, Refusal, State};
use crate::units::{UnitAuthorisation, UnitBlock, UnitRange};

/// How units end.
#[derive(Clone, Copy)]
pub(in crate::registry::apply) struct Ending<'a> {
    pub(in crate::registry::apply) account: AccountId,
    pub(in crate::registry::apply) kind: RetireKind,
    pub(in crate::registry::apply) purpose: Purpose,
    pub(in crate::registry::apply) claim: &'a Claim,
}

/// Units are used or cancelled: only for what is authorised and by whom it is, and towards an NDC only for a year of the
/// implementation period in which the mitigation occurred. Units that were never to leave are free to end at home.
pub(in crate::registry::apply) fn ended(
    tx: &mut Tx<'_>,
    context: Context,
    block: UnitBlock,
    ending: Ending<'_>,
) -> Result<UnitBlock, Refusal> {
    let now = tx.state().in_force(&block);
    let event = TransferEvent::of_end(ending.purpose, ending.kind);
    let state = tx.state();
    match event {
        TransferEvent::UseTowardsNdc => towards_ndc(state, context, &now, ending)?,
        TransferEvent::UseForImp | TransferEvent::UseForOp => {
            for_other_purposes(state, context, &now, event, ending)?;
        }
        _ => {}
    }
    let after = at_home(tx, context, now, event)?;
    if let (Some(of), None) = (after.authorisation, after.first_transfer)
        && tx.state().is_own(after.serial.party())
    {
        // It ended at home: what it took of the authorisation is free for other units.
        count(tx, of, |it| it.put = it.put.saturating_sub(after.tonnes()));
    }
    Ok(after)
}

fn towards_ndc(
    state: &State,
    context: Context,
    block: &UnitBlock,
    ending: Ending<'_>,
) -> Result<(), Refusal> {
    let range = block.range();
    let Some(first) = block.first_transfer else {
        // Mitigation that stays at home counts for this Party's NDC without any adjustment.
        return if state.is_own(block.serial.party()) {
            Ok(())
        } else {
            no_authorisation(state, block)
        };
    };
    let Some(of) = block.authorisation else {
        // It came before this ledger knew the approach.
        return match state.cooperative_approach(first.cooperative_approach) {
            None => Ok(()),
            Some(_) => Err(Why::UnauthorisedUse(range).into()),
        };
    };
    if !of.uses.covers_ndc() {
        return Err(other_use(range, of, ending));
    }
    if let Some(known) = allowed_today(state, context, block, of)? {
        names_party(known, own(state)?)?;
    }
    let year = ending.claim.ndc_year.ok_or(Why::NoYear(range))?;
    let vintage = block.serial.year();
    let period = state.ndc_period_of(vintage).ok_or(Why::NoNdc(vintage))?;
    period.may_use(vintage, year).map_err(Why::from)?;
    Ok(())
}

fn other_use(range: UnitRange, of: UnitAuthorisation, ending: Ending<'_>) -> Refusal {
    let (uses, purpose) = (of.uses, ending.purpose);
    Refusal::from(Why::Use {
        range,
        uses,
        purpose,
    })
}

/// Units of another Party without a first transfer: free only where no approach is kept here.
fn no_authorisation(state: &State, block: &UnitBlock) -> Result<(), Refusal> {
    let keeps = state.cooperative_approaches().next().is_some();
    if keeps || block.authorisation.is_some() {
        return Err(Why::UnauthorisedUse(block.range()).into());
    }
    Ok(())
}

fn for_other_purposes(
    state: &State,
    context: Context,
    block: &UnitBlock,
    event: TransferEvent,
    ending: Ending<'_>,
) -> Result<(), Refusal> {
    let range = block.range();
    let Some(of) = block.authorisation else {
        return no_authorisation(state, block);
    };
    let covers = match event {
        TransferEvent::UseForImp => of.uses.covers_imp(),
        _ => of.uses.covers_op(),
    };
    if !covers {
        return Err(other_use(range, of, ending));
    }
    match allowed_today(state, context, block, of)? {
        Some(known) => names_user(state, known, ending.account),
        None => Ok(()),
    }
}

/// The authorisation of units, where this ledger keeps it: it allows their use on this day (4/CMA.6 para 5(c)).
fn allowed_today<'a>(
    state: &'a State,
    context: Context,
    block: &UnitBlock,
    of: UnitAuthorisation,
) -> Result<Option<&'a KnownAuthorisation>, Refusal> {
    let known = state.authorisation(block.serial.party(), of.id);
    if let Some(known) = known {
        in_time(known, Day::of_ms(context.time_ms))?;
    }
    Ok(known)
}

/// The user is authorised (4/CMA.6 para 5(b)): an entity that the authorisation names, or this Party where it names this Party
/// or no Party at all. Where it names entities, others' accounts are not the Party's to use.
fn names_user(
    state: &State,
    known: &KnownAuthorisation,
    account: AccountId,
) -> Result<(), Refusal> {
    let terms = &known.latest;
    let holder = state
        .account(account)
        .ok_or(Refusal::UnknownAccount(account))?;
    let is_named = |entity| {
        let entity = state.authorised_entity(terms.approach, entity);
        entity.is_some_and(|it| it.organisation == Some(holder.organisation) && !it.revoked)
    };
    if terms.entities.iter().any(is_named) {
        return Ok(());
    }
    if !terms.entities.is_empty() && holder.kind != AccountKind::PartyHolding {
        let id = terms.id;
        return Err(Why::User { id, account }.into());
    }
    names_party(known, own(state)?)
}

fn own(state: &State) -> Result<Party, Refusal> {
    Ok(state.genesis().ok_or(Refusal::Genesis)?.party)
}
