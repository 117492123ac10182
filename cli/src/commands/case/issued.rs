//! Where units go when nobody says: into the only account of each owner that can take them.

use countersign_node::http::dto::{AccountView, CaseView};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{AccountKind, Word};
use countersign_protocol::registry::IssueTo;
use countersign_protocol::serial::UnitType;
use countersign_protocol::workflow::Effect;

use super::super::country;
use crate::client::Client;
use crate::exit::{Failure, Outcome};

/// The most accounts that are looked through.
const ACCOUNTS_MAX: usize = 100_000;

/// The accounts for what a step issues; none where the step issues nothing, or other votes are still missing.
pub(super) fn to(
    client: &Client,
    case: u64,
    step: &Word,
    unit_type: UnitType,
) -> Outcome<Option<IssueTo>> {
    let known: CaseView = client.get(&format!("cases/{case}"), &[])?;
    let awaited = known.waits_for.iter().find(|it| it.step == step.as_str());
    let is_last = awaited.is_some_and(|it| it.votes + 1 >= it.votes_needed);
    if !is_last {
        return Ok(None);
    }
    let process = country::of(client, &known.process)?;
    let flow = process.flow(&known.flow);
    let step = flow.and_then(|flow| flow.step(step.as_str()));
    if !step.is_some_and(|step| step.has_effect(Effect::Issue)) {
        return Ok(None);
    }
    let accounts: Vec<AccountView> = client.list("accounts", &[], ACCOUNTS_MAX)?;
    let owners = known.owners.iter();
    let owners = owners.map(|owner| only(&accounts, *owner));
    let of_kind = |kind| single(accounts.iter().filter(|it| it.account.kind == kind));
    Ok(Some(IssueTo {
        accounts: owners.collect::<Outcome<_>>()?,
        unit_type,
        overall_mitigation: of_kind(AccountKind::PartyHolding)
            .filter(|_| process.issuance.overall_mitigation > 0),
        share_of_proceeds: of_kind(AccountKind::ShareOfProceeds)
            .filter(|_| process.issuance.share_of_proceeds > 0),
        buffer: of_kind(AccountKind::Buffer).filter(|_| process.issuance.buffer > 0),
    }))
}

fn single<'a>(mut found: impl Iterator<Item = &'a AccountView>) -> Option<AccountId> {
    let first = found.next()?;
    found.next().is_none().then_some(first.account.id)
}

fn only(accounts: &[AccountView], owner: OrganisationId) -> Outcome<AccountId> {
    let holding = [AccountKind::EntityHolding, AccountKind::PartyHolding];
    let of_owner =
        |it: &&AccountView| it.account.organisation == owner && holding.contains(&it.account.kind);
    single(accounts.iter().filter(of_owner)).ok_or_else(|| {
        let count = accounts.iter().filter(of_owner).count();
        let message = format!("organisation {owner} has {count} accounts for what is issued");
        Failure::usage(message)
            .hint("name the account with --issue-to, or open one with `countersign account open`")
    })
}
