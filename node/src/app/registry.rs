//! The registry as it stands: organisations, accounts, projects, partners, agreements.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{Account, Agreement, Organisation, Partner, Project};
use countersign_protocol::registry::{Holding, LedgerAccount, Place, State, TransferStage};

use super::{App, AppError, Caller, FederationError, LIST_MAX, Listing, PeerInfo, PingReply};

/// An account and its balances in tonnes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountBalances {
    /// The account.
    pub account: Account,
    /// What it can dispose of.
    pub available: u64,
    /// What is on hold.
    pub on_hold: u64,
    /// What is locked for a partner who has not answered.
    pub escrow: u64,
}

impl AccountBalances {
    fn new(state: &State, account: &Account) -> Self {
        let of = |ledger: fn(AccountId) -> LedgerAccount| {
            u64::try_from(state.balance(ledger(account.id))).unwrap_or(0)
        };
        Self {
            account: account.clone(),
            available: of(LedgerAccount::Available),
            on_hold: of(LedgerAccount::OnHold),
            escrow: of(LedgerAccount::Escrow),
        }
    }
}

/// A partner as the ledger lists it, and how this node stands with its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPartner {
    /// The record.
    pub partner: Partner,
    /// Size of its last verified checkpoint.
    pub pinned_size: Option<u64>,
    /// Its node, if the network knows it.
    pub peer: Option<PeerInfo>,
}

/// An agreement and the tonnes that moved under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementUse {
    /// The record.
    pub agreement: Agreement,
    /// Left under it, open locks included.
    pub outgoing: u64,
    /// Came in under it.
    pub incoming: u64,
    /// Left under it in the calendar year (UTC) of the ledger's last record.
    pub outgoing_in_year: u64,
    /// Came in under it in that year.
    pub incoming_in_year: u64,
    /// That year.
    pub year: u16,
}

impl App {
    /// Organisations with a number above `after`.
    #[must_use]
    pub fn organisations(&self, after: OrganisationId, limit: usize) -> Listing<Organisation> {
        let limit = limit.clamp(1, LIST_MAX);
        let items = self.ledger().read(|state| {
            let rest = state.organisations().skip_while(|it| it.id <= after);
            rest.take(limit + 1).cloned().collect()
        });
        Listing::cut(items, limit, |last| last.id.to_string())
    }

    /// Accounts with a number above `after`, of those that the caller may look into.
    #[must_use]
    pub fn accounts(
        &self,
        caller: &Caller,
        after: AccountId,
        limit: usize,
    ) -> Listing<AccountBalances> {
        let limit = limit.clamp(1, LIST_MAX);
        let may = |account: &&Account| {
            let holder = account.organisation;
            self.permit_of(caller, Action::UnitsRead, holder).is_ok()
        };
        let items = self.ledger().read(|state| {
            let rest = state.accounts().skip_while(|it| it.id <= after);
            rest.filter(may)
                .take(limit + 1)
                .map(|account| AccountBalances::new(state, account))
                .collect()
        });
        Listing::cut(items, limit, |last: &AccountBalances| {
            last.account.id.to_string()
        })
    }

    /// The accounts of an organisation, without what they hold: who has which account stands in the public log.
    #[must_use]
    pub fn accounts_of(&self, organisation: OrganisationId) -> Vec<Account> {
        self.ledger().read(|state| {
            let own = state
                .accounts()
                .filter(|it| it.organisation == organisation);
            own.take(LIST_MAX).cloned().collect()
        })
    }

    /// One account.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also when the caller may not look into it.
    pub fn account(&self, caller: &Caller, id: AccountId) -> Result<AccountBalances, AppError> {
        let found = self.known_account(id)?;
        self.permit_of(caller, Action::UnitsRead, found.account.organisation)
            .map_err(|_| AppError::not_found("account", &id))?;
        Ok(found)
    }

    pub(super) fn known_account(&self, id: AccountId) -> Result<AccountBalances, AppError> {
        self.ledger()
            .read(|state| {
                let account = state.account(id)?;
                Some(AccountBalances::new(state, account))
            })
            .ok_or_else(|| AppError::not_found("account", &id))
    }

    /// Ranges that an account holds in one place: available (the smallest first), on hold or in escrow. `after` is the
    /// first number of the last range read.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such account, [`AppError::BadInput`] when `after` names no range.
    pub fn holdings(
        &self,
        caller: &Caller,
        place: Place,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Holding>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        let (Place::Available(account) | Place::OnHold(account) | Place::Escrow(account)) = place
        else {
            return Err(AppError::parameter(
                "place",
                "an account holds units available, on_hold or in escrow",
            ));
        };
        self.account(caller, account)?;
        let after = after.map(HoldingCursor::read).transpose()?;
        let is_after =
            |holding: &Holding| after.is_none_or(|last| HoldingCursor::of(holding) > last);
        let mut items: Vec<Holding> = self.ledger().read(|state| match place {
            Place::Available(account) => {
                let rest = state.available(account).filter(is_after);
                rest.take(limit + 1).collect()
            }
            Place::OnHold(account) => first_in_order(held(state, account), is_after, limit),
            _ => first_in_order(locked(state, account), is_after, limit),
        });
        self.in_force(&mut items);
        Ok(Listing::cut(items, limit, |last| {
            HoldingCursor::of(last).write()
        }))
    }

    /// Projects with a number above `after`.
    #[must_use]
    pub fn projects(&self, after: u32, limit: usize) -> Listing<Project> {
        let limit = limit.clamp(1, LIST_MAX);
        let items = self.ledger().read(|state| {
            let rest = state.projects().skip_while(|it| it.number <= after);
            rest.take(limit + 1).cloned().collect()
        });
        Listing::cut(items, limit, |last| last.number.to_string())
    }

    /// Every partner that was ever listed.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn partners(&self, caller: &Caller) -> Result<Vec<ListedPartner>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        let peers = self.federation().peers().await;
        Ok(self.ledger().read(|state| {
            let listed = state.partners().map(|partner| ListedPartner {
                partner: partner.clone(),
                pinned_size: state.pin(partner.party).map(|pin| pin.size),
                peer: peers
                    .iter()
                    .find(|peer| peer.party == partner.party)
                    .cloned(),
            });
            listed.collect()
        }))
    }

    /// Asks a partner's node for an answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it is not listed, [`AppError::Federation`] when it does not answer.
    pub async fn ping(&self, caller: &Caller, party: Party) -> Result<PingReply, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        if self.ledger().read(|state| state.partner(party).is_none()) {
            return Err(FederationError::UnknownPartner(party).into());
        }
        Ok(self.federation().ping(party).await?)
    }

    /// This node's signed invitation, for partners.
    ///
    /// # Errors
    /// [`AppError::Federation`] when it can not be made.
    pub async fn own_invite(&self, caller: &Caller) -> Result<String, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        Ok(self.federation().own_invite().await?)
    }

    /// Every agreement.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn agreements(&self, caller: &Caller) -> Result<Vec<AgreementUse>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        Ok(self.agreement_uses())
    }
}

/// Where a list of ranges goes on: in the order in which the registry keeps an account's ranges.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct HoldingCursor {
    tonnes: u64,
    origin: Party,
    first: u64,
}

impl HoldingCursor {
    fn of(holding: &Holding) -> Self {
        let range = holding.block.range();
        Self {
            tonnes: range.tonnes(),
            origin: range.origin(),
            first: range.first(),
        }
    }

    fn write(self) -> String {
        format!("{}-{}-{}", self.tonnes, self.origin, self.first)
    }

    fn read(text: &str) -> Result<Self, AppError> {
        let parts = || {
            let (tonnes, rest) = text.split_once('-')?;
            let (origin, first) = rest.split_once('-')?;
            Some(Self {
                tonnes: tonnes.parse().ok()?,
                origin: origin.parse().ok()?,
                first: first.parse().ok()?,
            })
        };
        parts().ok_or_else(|| {
            AppError::parameter(
                "after",
                "this is not a place in the list: give the `next` of the page before",
            )
        })
    }
}

/// The ranges on hold of an account. There is no index of them: the search ends when the balance is found.
fn held(state: &State, account: AccountId) -> Vec<Holding> {
    let mut left = u64::try_from(state.balance(LedgerAccount::OnHold(account))).unwrap_or(0);
    let mut found = Vec::new();
    let mut all = state.holdings();
    while left > 0
        && let Some(holding) = all.next()
    {
        if matches!(holding.place, Place::OnHold(it) | Place::Reserved(it) if it == account) {
            left = left.saturating_sub(holding.block.tonnes());
            found.push(holding);
        }
    }
    found
}

/// The ranges that open transfers keep in escrow.
fn locked(state: &State, account: AccountId) -> Vec<Holding> {
    let open = state
        .transfers()
        .filter(|(_, transfer)| transfer.stage == TransferStage::Locked);
    open.filter_map(|(_, transfer)| transfer.terms.as_ref())
        .filter(|terms| terms.account == account)
        .flat_map(|terms| &terms.blocks)
        .filter_map(|block| state.holding(block.range()))
        .collect()
}

fn first_in_order(
    mut holdings: Vec<Holding>,
    is_after: impl Fn(&Holding) -> bool,
    limit: usize,
) -> Vec<Holding> {
    holdings.retain(is_after);
    holdings.sort_unstable_by_key(HoldingCursor::of);
    holdings.truncate(limit + 1);
    holdings
}
