//! Where issued units go.

use std::collections::BTreeSet;

use countersign_protocol::id::AccountId;
use countersign_protocol::registry::IssueTo;
use countersign_protocol::serial::UnitType;

use super::fault::Fault;
use super::step::Ready;
use super::typed::Typed;
use crate::web::Shared;
use crate::web::list::Choice;
use crate::web::page::Page;

/// The fields about an issuance on the page of a step.
pub(super) struct IssueView {
    /// The accounts of each owner: its name, and what to choose from.
    pub(super) owners: Vec<(String, Vec<Choice>)>,
    pub(super) unit_type: String,
    pub(super) has_overall: bool,
    pub(super) has_proceeds: bool,
    pub(super) has_buffer: bool,
    /// Whether this signature is the last that it takes, with which the accounts are named.
    pub(super) is_last: bool,
}

impl IssueView {
    pub(super) fn new(site: &Shared, ready: &Ready, typed: &Typed) -> Self {
        let is_last = is_last(ready);
        let owners = ready.case.known.case.subject.owners.iter().map(|owner| {
            let all = site.app.accounts_of(*owner);
            let is_only = all.len() == 1 && is_last && typed.request.is_none();
            let choice = all.into_iter().map(|it| {
                let value = it.id.to_string();
                Choice {
                    is_chosen: is_only || typed.accounts.contains(&value),
                    label: format!("{} · {}", it.id, it.name),
                    value,
                }
            });
            (site.app.organisation_name(*owner), choice.collect())
        });
        let rules = ready.case.process.issuance;
        let unit_type = typed.unit("i-unit-type");
        Self {
            owners: owners.collect(),
            unit_type: if unit_type.is_empty() {
                UnitType::ITMO.as_str()
            } else {
                unit_type
            }
            .to_owned(),
            has_overall: rules.overall_mitigation > 0,
            has_proceeds: rules.share_of_proceeds > 0,
            has_buffer: rules.buffer > 0,
            is_last,
        }
    }
}

fn is_last(ready: &Ready) -> bool {
    let waiting = ready.waiting();
    waiting.is_none_or(|it| it.votes + 1 >= it.votes_needed)
}

/// Reads where issued units go; `None` where nothing was chosen, as with every signature but the last.
pub(super) fn wish(
    page: &Page,
    ready: &Ready,
    typed: &Typed,
) -> Result<Option<IssueTo>, Vec<Fault>> {
    if typed.is_no || (typed.accounts.is_empty() && !is_last(ready)) {
        return Ok(None);
    }
    let unreadable = |id: &str| vec![Fault::at(id, page.t("fault-unreadable"))];
    let accounts = typed.accounts.iter().map(|it| it.parse().map(AccountId));
    let accounts: BTreeSet<AccountId> = accounts
        .collect::<Result<_, _>>()
        .map_err(|_| unreadable("issue"))?;
    let unit_type = typed
        .unit("i-unit-type")
        .parse()
        .map_err(|_| unreadable("i-unit-type"))?;
    let optional = |id: &str, text: &str| match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(|it| Some(AccountId(it)))
            .map_err(|_| unreadable(id)),
    };
    Ok(Some(IssueTo {
        accounts,
        unit_type,
        overall_mitigation: optional("i-overall", typed.unit("i-overall"))?,
        share_of_proceeds: optional("i-proceeds", typed.unit("i-proceeds"))?,
        buffer: optional("i-buffer", &typed.buffer)?,
    }))
}
