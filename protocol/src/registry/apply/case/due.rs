//! An act that issues leaves what is due, and the records right behind it take exactly that.

use super::verified::{issuable, project_of};
use crate::record::{
    AccountKind, Body, Claim, Issuance, OrganisationKind, Purpose, Retire, RetireKind, YearTonnes,
};
use crate::registry::case::RegistryCase;
use crate::registry::issuance::dues_of;
use crate::registry::tx::Tx;
use crate::registry::{Due, DueIssuance, DueTo, Key, Refusal, State, Value};

/// What an act that issues makes due, vintage by vintage.
pub(in crate::registry) fn dues(
    state: &State,
    known: &RegistryCase,
    verified: &[YearTonnes],
) -> Result<Vec<DueIssuance>, Refusal> {
    let project = project_of(known)?;
    if verified.is_empty() {
        return Err(Refusal::Act("nothing was verified that could be issued"));
    }
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let parts = known.parts();
    let of_year = |amount: &YearTonnes| dues_of(project, *amount, &process.issuance, &parts);
    Ok(verified.iter().flat_map(of_year).collect())
}

/// Takes the tonnes from what was verified, and leaves them due.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    known: &RegistryCase,
    verified: &[YearTonnes],
) -> Result<(), Refusal> {
    let dues = dues(tx.state(), known, verified)?;
    let project = project_of(known)?;
    for amount in verified {
        let left = issuable(tx.state(), project, *amount)?;
        tx.put(Key::Issuable(project, amount.year), Value::Count(left));
    }
    for (place, due) in (0..).zip(dues) {
        tx.put(Key::Due(place), Value::Due(Due::Issuance(due)));
    }
    Ok(())
}

/// While something is due, only an issuance or a cancellation may be written; their rules say which.
pub(in crate::registry::apply) fn only_what_is_due(
    state: &State,
    body: &Body,
) -> Result<(), Refusal> {
    match (state.due(), body) {
        (None, _)
        | (Some(Due::Issuance(_)), Body::Issuance(_))
        | (Some(Due::Cancellation { .. }), Body::Retire(_)) => Ok(()),
        (Some(due), _) => Err(Refusal::Due(*due)),
    }
}

/// Takes an issuance from what is due. Without a process nothing is ever due, and the authority answers for what it
/// issues.
pub(in crate::registry::apply) fn take_issuance(
    tx: &mut Tx<'_>,
    it: &Issuance,
) -> Result<(), Refusal> {
    if tx.state().process().is_none() {
        return Ok(());
    }
    let amount = YearTonnes {
        year: it.year,
        tonnes: it.range.tonnes(),
    };
    let Some((place, Due::Issuance(due))) = tx.state().due_at() else {
        issuable(tx.state(), it.project, amount)?;
        return Err(Refusal::ByProcess("an issuance"));
    };
    let due = *due;
    let is_it = (due.project, due.year, due.tonnes) == (it.project, it.year, amount.tonnes);
    if !is_it || !goes_to(tx.state(), it, due.to)? {
        return Err(Refusal::Due(Due::Issuance(due)));
    }
    if due.to == DueTo::OverallMitigation {
        let (account, range) = (it.account, it.range);
        let cancellation = Due::Cancellation { account, range };
        tx.put(Key::Due(place), Value::Due(cancellation));
    } else {
        tx.delete(Key::Due(place));
    }
    Ok(())
}

/// Whether the receiving account is one of those to whom the units are due.
fn goes_to(state: &State, it: &Issuance, to: DueTo) -> Result<bool, Refusal> {
    let account = state
        .account(it.account)
        .ok_or(Refusal::UnknownAccount(it.account))?;
    let is_partys = || {
        let holder = state.organisation(account.organisation);
        holder.is_some_and(|holder| holder.kind == OrganisationKind::Government)
    };
    Ok(match to {
        DueTo::Owner(owner) => account.organisation == owner,
        DueTo::OverallMitigation => account.kind == AccountKind::PartyHolding && is_partys(),
        DueTo::ShareOfProceeds => account.kind == AccountKind::ShareOfProceeds,
        DueTo::Buffer => account.kind == AccountKind::Buffer && is_partys(),
    })
}

/// Takes a cancellation from what is due; `false` when none is.
pub(in crate::registry::apply) fn take_cancellation(
    tx: &mut Tx<'_>,
    it: &Retire,
) -> Result<bool, Refusal> {
    let Some((place, Due::Cancellation { account, range })) = tx.state().due_at() else {
        return Ok(false);
    };
    let due = Retire {
        account: *account,
        ranges: vec![*range],
        kind: RetireKind::Cancel,
        purpose: Purpose::OverallMitigation,
        beneficiary: None,
        claim: Claim::default(),
    };
    if *it != due {
        let (account, range) = (*account, *range);
        return Err(Refusal::Due(Due::Cancellation { account, range }));
    }
    tx.delete(Key::Due(place));
    Ok(true)
}
