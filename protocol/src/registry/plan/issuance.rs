//! The records behind an act that issues: one for each owner and vintage, and for each deduction.

use std::collections::BTreeMap;

use crate::id::{AccountId, OrganisationId};
use crate::record::{Body, Claim, Issuance, Purpose, Retire, RetireKind};
use crate::registry::apply::{dues, verified_after, verified_of};
use crate::registry::{DueIssuance, DueTo, IssueTo, NewAct, Refusal, State};
use crate::units::UnitRange;

pub(super) fn issuances(state: &State, new: &NewAct, to: &IssueTo) -> Result<Vec<Body>, Refusal> {
    let case = state
        .case(new.act.case)
        .ok_or(Refusal::UnknownCase(new.act.case))?;
    let owners = owner_accounts(state, to)?;
    if !owners.keys().eq(&case.case.subject.owners) {
        return Err(Refusal::Act(
            "issued units go to the owners: name one account of each, and no other",
        ));
    }
    let own = state.genesis().ok_or(Refusal::Genesis)?.party;
    let mut known = case.clone();
    known.verified = verified_after(state, &new.act, case)?;
    let mut last = state.issued();
    let mut bodies = Vec::new();
    for due in dues(state, &known, verified_of(state, &known))? {
        let first = last.checked_add(1).ok_or(Refusal::Overflow)?;
        last = last.checked_add(due.tonnes).ok_or(Refusal::Overflow)?;
        let range = UnitRange::new(own, first, last).map_err(|_| Refusal::Overflow)?;
        let account = account_for(to, &owners, &due)?;
        bodies.push(Body::Issuance(Issuance {
            account,
            range,
            unit_type: to.unit_type,
            project: due.project,
            year: due.year,
        }));
        if due.to == DueTo::OverallMitigation {
            bodies.push(Body::Retire(Retire {
                account,
                ranges: vec![range],
                kind: RetireKind::Cancel,
                purpose: Purpose::OverallMitigation,
                beneficiary: None,
                claim: Claim::default(),
            }));
        }
    }
    Ok(bodies)
}

fn owner_accounts(
    state: &State,
    to: &IssueTo,
) -> Result<BTreeMap<OrganisationId, AccountId>, Refusal> {
    let mut accounts = BTreeMap::new();
    for id in &to.accounts {
        let account = state.account(*id).ok_or(Refusal::UnknownAccount(*id))?;
        if accounts.insert(account.organisation, *id).is_some() {
            return Err(Refusal::Act("two of the accounts belong to one owner"));
        }
    }
    Ok(accounts)
}

fn account_for(
    to: &IssueTo,
    owners: &BTreeMap<OrganisationId, AccountId>,
    due: &DueIssuance,
) -> Result<AccountId, Refusal> {
    let (account, why) = match due.to {
        DueTo::Owner(owner) => (owners.get(&owner).copied(), "name an account of each owner"),
        DueTo::OverallMitigation => (
            to.overall_mitigation,
            "units are cancelled for overall mitigation: name a holding account of the Party",
        ),
        DueTo::ShareOfProceeds => (
            to.share_of_proceeds,
            "a share of proceeds is deducted: name a share-of-proceeds account",
        ),
        DueTo::Buffer => (
            to.buffer,
            "units are set aside as a buffer: name a buffer account of the Party",
        ),
    };
    account.ok_or(Refusal::Act(why))
}
