//! What holds whatever people do: held against the state before and after each of their acts.

use std::collections::BTreeMap;

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Body, HoldOn};
use countersign_protocol::registry::{Place, Refusal, Standing, State};

use crate::realm::Realm;
use crate::support::invariants::check;

/// Tonnes in an account, wherever they are in it.
type Held = BTreeMap<AccountId, u64>;
/// Tonnes of a project and a vintage.
type Vintages = BTreeMap<(u32, u16), u64>;

/// A realm before somebody acts.
pub(super) struct Before {
    state: State,
    leaves: usize,
    held: Held,
    /// Accounts whose units may not leave: their organisation is suspended or closed, or a hold stands against it.
    frozen: Vec<AccountId>,
}

impl Before {
    pub(super) fn of(realm: &Realm) -> Self {
        let state = realm.ledger.state.clone();
        Self {
            leaves: realm.ledger.leaves.len(),
            held: held(&state),
            frozen: frozen(&state, realm.ledger.time_ms),
            state,
        }
    }

    pub(super) fn is_same(&self, realm: &Realm) -> bool {
        self.state == realm.ledger.state && self.leaves == realm.ledger.leaves.len()
    }

    /// Which law is broken after the act, if one is.
    pub(super) fn holds_after(&self, realm: &Realm) -> Result<(), String> {
        let state = &realm.ledger.state;
        // No balance below zero, no unit twice, every unit somewhere.
        check(state);
        conserved(realm)?;
        let now = held(state);
        let tonnes = |of: &Held, account: &AccountId| of.get(account).copied().unwrap_or_default();
        for account in &self.frozen {
            // A deadline that passed in between may have ended the hold that froze it.
            if !frozen(state, realm.ledger.time_ms).contains(account) && self.time_passed(realm) {
                continue;
            }
            let (before, after) = (tonnes(&self.held, account), tonnes(&now, account));
            if after < before {
                return Err(format!(
                    "account {account} may not move anything and had {before} tonnes, now {after}"
                ));
            }
        }
        Ok(())
    }

    fn time_passed(&self, realm: &Realm) -> bool {
        realm.ledger.time_ms > self.state.time_ms()
    }
}

fn held(state: &State) -> Held {
    let mut held = Held::new();
    for holding in state.holdings() {
        if let Place::Available(account) | Place::OnHold(account) | Place::Reserved(account) =
            holding.place
        {
            *held.entry(account).or_default() += holding.block.tonnes();
        }
    }
    held
}

fn frozen(state: &State, time_ms: u64) -> Vec<AccountId> {
    let stopped = |organisation: OrganisationId| {
        let standing = state.organisation_standing(organisation);
        let by_hold = state.holds_after(0).any(|it| {
            let counts = it.lifted.is_none() && it.placed.expiry_ms.is_none_or(|at| at > time_ms);
            counts && matches!(&it.placed.on, HoldOn::Organisation(of) if *of == organisation)
        });
        by_hold || matches!(standing, Standing::Suspended | Standing::Closed)
    };
    let accounts = state.accounts().filter(|it| stopped(it.organisation));
    accounts.map(|it| it.id).collect()
}

/// Issued is available, on hold, in escrow, used, cancelled or abroad: of each project and vintage.
fn conserved(realm: &Realm) -> Result<(), String> {
    let mut issued = Vintages::new();
    for record in &realm.ledger.leaves {
        if let Body::Issuance(it) = &record.body {
            *issued.entry((it.project, it.year)).or_default() += it.range.tonnes();
        }
    }
    let mut there = Vintages::new();
    for holding in realm.ledger.state.holdings() {
        let serial = &holding.block.serial;
        *there.entry((serial.project(), serial.year())).or_default() += holding.block.tonnes();
    }
    if issued == there {
        return Ok(());
    }
    Err(format!("issued {issued:?}, and there are {there:?}"))
}

/// A reason of the registry that the process file says nothing about: units, periods, findings, holds, standing.
pub(super) fn is_of_the_registry(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::TooFew { .. }
            | Refusal::TooManyRanges
            | Refusal::Held { .. }
            | Refusal::PeriodCovered { .. }
            | Refusal::OutsideCrediting { .. }
            | Refusal::CreditingPeriod { .. }
            | Refusal::VintageOutside { .. }
            | Refusal::FindingOpen { .. }
            | Refusal::OrganisationStanding { .. }
            | Refusal::ProjectStanding { .. }
            | Refusal::CasePaused { .. }
            | Refusal::CaseCancelled { .. }
            | Refusal::Act(
                "no units are reserved in this case"
                    | "units move between accounts of the request's owner and of its counterparty"
                    | "units stand with the step that reserves them, and only there"
                    | "issued units go to the owners: name one account of each, and no other"
            )
    )
}
