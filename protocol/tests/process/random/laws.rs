//! What holds whatever people do: held against the state before and after each of their acts.

use std::collections::BTreeMap;

use countersign_protocol::id::AccountId;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{Holding, Place, Refusal, State};
use countersign_protocol::units::UnitRange;

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
    now_ms: u64,
    held: Held,
    /// Accounts that neither give nor receive: their organisation is suspended or closed.
    closed: Vec<AccountId>,
    /// Units that a hold keeps in their account.
    kept: Vec<(UnitRange, AccountId)>,
}

impl Before {
    pub(super) fn of(realm: &Realm) -> Self {
        let state = realm.ledger.state.clone();
        let told = realm.told();
        let accounts = state.accounts().map(|it| it.id);
        let kept = state.holdings().filter_map(|it| {
            let account = account_of(it.place)?;
            let hold = told.held(account, &it.block, realm.ledger.time_ms);
            hold.map(|_| (it.block.range(), account))
        });
        Self {
            leaves: realm.ledger.leaves.len(),
            now_ms: realm.ledger.time_ms,
            held: held(&state),
            closed: accounts.filter(|it| told.is_closed(*it)).collect(),
            kept: kept.collect(),
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
        let told = realm.told();
        for account in &self.closed {
            let (before, after) = (tonnes(&self.held, account), tonnes(&now, account));
            // Who was reactivated meanwhile may give and receive again.
            if after != before && told.is_closed(*account) {
                return Err(format!(
                    "account {account} is closed and had {before} tonnes, now {after}"
                ));
            }
        }
        // A hold that has expired meanwhile keeps nothing; one that was lifted did so by an act that moves nothing.
        if realm.ledger.time_ms == self.now_ms {
            for (range, account) in &self.kept {
                let moved = |it: &Holding| account_of(it.place) != Some(*account);
                if let Some(it) = state.holdings_over(*range).find(moved) {
                    let place = it.place;
                    return Err(format!("{range} is held in {account}, and now {place:?}"));
                }
            }
        }
        told.differs_from(state).map_or(Ok(()), Err)
    }
}

/// The account that units are in, wherever they are in it.
fn account_of(place: Place) -> Option<AccountId> {
    match place {
        Place::Available(account) | Place::OnHold(account) | Place::Reserved(account) => {
            Some(account)
        }
        _ => None,
    }
}

fn held(state: &State) -> Held {
    let mut held = Held::new();
    for holding in state.holdings() {
        if let Some(account) = account_of(holding.place) {
            *held.entry(account).or_default() += holding.block.tonnes();
        }
    }
    held
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

/// A reason of the registry that the process file says nothing about: units and periods.
pub(super) fn is_of_the_registry(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::TooManyRanges
            | Refusal::PeriodCovered { .. }
            | Refusal::OutsideCrediting { .. }
            | Refusal::CreditingPeriod { .. }
            | Refusal::VintageOutside { .. }
            | Refusal::Act(
                "no units are reserved in this case"
                    | "units move between accounts of the request's owner and of its counterparty"
                    | "units stand with the step that reserves them, and only there"
                    | "issued units go to the owners: name one account of each, and no other"
            )
    )
}
