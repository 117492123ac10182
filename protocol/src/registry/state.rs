//! The state of a registry: tables of values, and what is derived from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::id::{AccountId, AgreementId, OrganisationId, Origin};
use crate::log::Hash;
use crate::party::Party;
use crate::record::{
    Account, Agreement, Genesis, Organisation, Partner, PartnerStatus, Project, VerifierKeyText,
};
use crate::registry::hold::HoldIndex;
use crate::registry::holdings::Holdings;
use crate::registry::value::fits;
use crate::registry::{
    Accusation, Direction, Head, Holding, Key, LedgerAccount, Pin, Place, Refusal, StateError,
    Transfer, TransferKey, Value,
};
use crate::units::UnitRange;
use crate::workflow::Process;

/// Transfers that are settled need not stay in memory: a store answers for them here.
pub trait SettledTransfers: Send + Sync {
    /// The settled side of a transfer, if there is one.
    fn transfer(&self, key: &TransferKey) -> Option<Transfer>;
}

/// For states that keep everything in memory.
#[derive(Clone, Copy, Debug)]
pub struct NoSettledTransfers;

impl SettledTransfers for NoSettledTransfers {
    fn transfer(&self, _: &TransferKey) -> Option<Transfer> {
        None
    }
}

/// A registry's state after some leaf.
#[derive(Clone)]
pub struct State {
    holdings: Holdings,
    balances: BTreeMap<LedgerAccount, i64>,
    accounts: BTreeMap<AccountId, Account>,
    transfers: BTreeMap<TransferKey, Transfer>,
    /// Everything that changes rarely.
    pub(super) others: BTreeMap<Key, Value>,
    /// Derived: the ranges that each account can dispose of, by tonnes, origin and first number.
    available: BTreeMap<AccountId, BTreeSet<(u64, Party, u64)>>,
    /// Derived: the adopted processes, parsed, by the SHA-256 of their files.
    pub(super) processes: BTreeMap<Hash, Arc<Process>>,
    /// Derived: the open cases that an organisation's standing decides about.
    pub(super) open_cases: BTreeSet<(OrganisationId, u64)>,
    /// Derived: the cases below each case.
    pub(super) children: BTreeSet<(u64, u64)>,
    /// Derived: the holds that were not lifted.
    pub(super) hold_index: HoldIndex,
    pub(super) size: u64,
    pub(super) time_ms: u64,
    pub(super) digest: Hash,
    settled: Arc<dyn SettledTransfers>,
}

impl fmt::Debug for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("State")
            .field("size", &self.size)
            .field("holdings", &self.holdings.len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for State {
    /// Two states are equal when nothing that a later record could see differs.
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size
            && self.time_ms == other.time_ms
            && self.digest == other.digest
            && self.holdings == other.holdings
            && self.balances == other.balances
            && self.accounts == other.accounts
            && self.transfers == other.transfers
            && self.others == other.others
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new(Arc::new(NoSettledTransfers))
    }
}

impl State {
    /// The state before the first record.
    #[must_use]
    pub fn new(settled: Arc<dyn SettledTransfers>) -> Self {
        Self {
            holdings: Holdings::default(),
            balances: BTreeMap::new(),
            accounts: BTreeMap::new(),
            transfers: BTreeMap::new(),
            others: BTreeMap::new(),
            available: BTreeMap::new(),
            processes: BTreeMap::new(),
            open_cases: BTreeSet::new(),
            children: BTreeSet::new(),
            hold_index: HoldIndex::default(),
            size: 0,
            time_ms: 0,
            digest: [0; 32],
            settled,
        }
    }

    /// The state that a store kept after a block: every value that is still live, and the digest after its header.
    ///
    /// # Errors
    /// If a value lies under a key of another kind, or genesis or head are missing.
    pub fn load(
        values: impl IntoIterator<Item = (Key, Value)>,
        digest: Hash,
        settled: Arc<dyn SettledTransfers>,
    ) -> Result<Self, StateError> {
        let mut state = Self::new(settled);
        let mut adopted = Vec::new();
        for (key, value) in values {
            if !fits(&key, &value) {
                return Err(StateError::Kind(format!("{key:?}")));
            }
            // A process is parsed once all of its pieces are there.
            match value {
                Value::Process(_) => adopted.push((key, value)),
                value => drop(state.set(&key, Some(value))),
            }
        }
        for (key, value) in adopted {
            state.set(&key, Some(value));
        }
        if state.genesis().is_none() {
            return Err(StateError::Missing("genesis"));
        }
        let Some(head) = state.head() else {
            return Err(StateError::Missing("head"));
        };
        state.size = head.index + 1;
        state.time_ms = head.time_ms;
        state.digest = digest;
        Ok(state)
    }

    /// The number of records folded so far: the index of the next one.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The time of the last record in milliseconds.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// The digest of every change so far.
    #[must_use]
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// Every value with its key.
    pub fn values(&self) -> impl Iterator<Item = (Key, Value)> {
        let others = self
            .others
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        let accounts = self
            .accounts
            .iter()
            .map(|(id, it)| (Key::Account(*id), Value::Account(it.clone())));
        let holdings = self.holdings.iter().map(|it| {
            let range = it.block.range();
            let key = Key::Holding(range.origin(), range.first());
            (key, Value::Holding(it))
        });
        let transfers = self
            .transfers
            .iter()
            .map(|(key, it)| (Key::Transfer(*key), Value::Transfer(it.clone())));
        let balances = self
            .balances
            .iter()
            .map(|(account, it)| (Key::Balance(*account), Value::Balance(*it)));
        others
            .chain(accounts)
            .chain(holdings)
            .chain(transfers)
            .chain(balances)
    }

    /// Whose ledger this is; `None` before the first record.
    #[must_use]
    pub fn genesis(&self) -> Option<&Genesis> {
        match self.others.get(&Key::Genesis) {
            Some(Value::Genesis(it)) => Some(it),
            _ => None,
        }
    }

    /// Whether this ledger is that Party's.
    #[must_use]
    pub fn is_own(&self, party: Party) -> bool {
        self.genesis().is_some_and(|own| own.party == party)
    }

    /// The last block header.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        match self.others.get(&Key::Head) {
            Some(Value::Head(it)) => Some(*it),
            _ => None,
        }
    }

    /// The key that signs checkpoints of size `from_size` and above.
    #[must_use]
    pub fn log_key(&self) -> Option<(&VerifierKeyText, u64)> {
        match self.others.get(&Key::LogKey) {
            Some(Value::LogKey { key, from_size }) => Some((key, *from_size)),
            _ => None,
        }
    }

    /// The last number of the national unit counter: 0 before the first issuance.
    #[must_use]
    pub fn issued(&self) -> u64 {
        self.count(&Key::Issued)
    }

    pub(super) fn count(&self, key: &Key) -> u64 {
        match self.others.get(key) {
            Some(Value::Count(it)) => *it,
            _ => 0,
        }
    }

    /// An organisation.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        match self.others.get(&Key::Organisation(id)) {
            Some(Value::Organisation(it)) => Some(it),
            _ => None,
        }
    }

    /// Every organisation, by number.
    pub fn organisations(&self) -> impl DoubleEndedIterator<Item = &Organisation> {
        let all =
            Key::Organisation(OrganisationId(0))..=Key::Organisation(OrganisationId(u32::MAX));
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::Organisation(it) => Some(it),
            _ => None,
        })
    }

    /// An account.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// Every account, by number.
    pub fn accounts(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.accounts.values()
    }

    /// A project, by its national number.
    #[must_use]
    pub fn project(&self, number: u32) -> Option<&Project> {
        match self.others.get(&Key::Project(number)) {
            Some(Value::Project(it)) => Some(it),
            _ => None,
        }
    }

    /// Every project, by number.
    pub fn projects(&self) -> impl DoubleEndedIterator<Item = &Project> {
        self.others
            .range(Key::Project(0)..=Key::Project(u32::MAX))
            .filter_map(|(_, value)| match value {
                Value::Project(it) => Some(it),
                _ => None,
            })
    }

    /// The holding that contains a unit.
    #[must_use]
    pub fn holding_of(&self, origin: Party, number: u64) -> Option<Holding> {
        let holding = self.holdings.at_or_below(origin, number)?;
        holding.block.range().contains(number).then_some(holding)
    }

    /// The holding that is exactly this range.
    #[must_use]
    pub fn holding(&self, range: UnitRange) -> Option<Holding> {
        self.holdings
            .get(range.origin(), range.first())
            .filter(|holding| holding.block.range() == range)
    }

    /// Every holding that shares a unit with a range, in order.
    pub fn holdings_over(&self, range: UnitRange) -> impl Iterator<Item = Holding> {
        let first = self
            .holding_of(range.origin(), range.first())
            .map_or(range.first(), |it| it.block.range().first());
        self.holdings.beginning(range.origin(), first, range.last())
    }

    /// Whether any unit of a range is in this registry and not used up.
    #[must_use]
    pub fn has_any_of(&self, range: UnitRange) -> bool {
        self.holdings_over(range).any(|holding| {
            !matches!(
                holding.place,
                Place::Abroad(_) | Place::Used | Place::Cancelled
            )
        })
    }

    /// The holdings that begin at a number of an origin or after it, in order of origin and number; all of them for `None`.
    pub fn holdings_from(&self, from: Option<(Party, u64)>) -> impl Iterator<Item = Holding> {
        let (origin, first) = from.unwrap_or((Party::BEFORE_ALL, 0));
        self.holdings.from(origin, first)
    }

    /// Every holding, in order of origin and number.
    pub fn holdings(&self) -> impl Iterator<Item = Holding> {
        self.holdings.iter()
    }

    /// The ranges that an account can dispose of, the smallest first, the oldest numbers first among equals.
    pub fn available(&self, account: AccountId) -> impl DoubleEndedIterator<Item = Holding> {
        let ranges = self.available.get(&account).into_iter().flatten();
        ranges.filter_map(|(_, origin, first)| self.holdings.get(*origin, *first))
    }

    /// The smallest range of an account that holds at least `tonnes`; the oldest numbers among equals.
    #[must_use]
    pub fn available_at_least(&self, account: AccountId, tonnes: u64) -> Option<Holding> {
        self.available_from(account, tonnes).next()
    }

    /// The ranges of an account that hold at least `tonnes`, in the order of [`State::available`].
    pub(super) fn available_from(
        &self,
        account: AccountId,
        tonnes: u64,
    ) -> impl Iterator<Item = Holding> {
        let ranges = self.available.get(&account).into_iter();
        ranges
            .flat_map(move |ranges| ranges.range((tonnes, Party::BEFORE_ALL, 0)..))
            .filter_map(|(_, origin, first)| self.holdings.get(*origin, *first))
    }

    /// A balance of the general ledger in tonnes.
    #[must_use]
    pub fn balance(&self, account: LedgerAccount) -> i64 {
        self.balances.get(&account).copied().unwrap_or(0)
    }

    /// How many tonnes more may come into being here. No balance can exceed what came in, so as long as that is below
    /// 2^63 no balance can overflow, whatever moves inside.
    pub(crate) fn room(&self) -> u64 {
        let contra = self
            .balances
            .range(..LedgerAccount::Available(AccountId(0)));
        let came_in = contra.fold(0_u64, |sum, (_, balance)| {
            sum.saturating_add(balance.unsigned_abs())
        });
        i64::MAX.unsigned_abs().saturating_sub(came_in)
    }

    /// Every balance of the general ledger.
    pub fn balances(&self) -> impl Iterator<Item = (LedgerAccount, i64)> {
        self.balances
            .iter()
            .map(|(account, tonnes)| (*account, *tonnes))
    }

    /// One side of a transfer, open or settled.
    #[must_use]
    pub fn transfer(&self, key: &TransferKey) -> Option<Transfer> {
        self.transfers
            .get(key)
            .cloned()
            .or_else(|| self.settled.transfer(key))
    }

    /// The transfers in memory: every open one, and those settled that were not evicted.
    pub fn transfers(&self) -> impl Iterator<Item = (&TransferKey, &Transfer)> {
        self.transfers.iter()
    }

    /// Forgets a settled transfer that the store now answers for.
    pub fn evict(&mut self, key: &TransferKey) {
        if self.transfers.get(key).is_some_and(Transfer::is_settled) {
            self.transfers.remove(key);
        }
    }

    /// A partner country.
    #[must_use]
    pub fn partner(&self, party: Party) -> Option<&Partner> {
        match self.others.get(&Key::Partner(party)) {
            Some(Value::Partner(it)) => Some(it),
            _ => None,
        }
    }

    /// The origins of closed ledgers from which a partner's goes on: transfers that began there have ids that name them.
    pub fn former_origins(&self, party: Party) -> impl Iterator<Item = &Origin> {
        self.others
            .range(Key::Comparison(Party::AFTER_ALL)..)
            .filter_map(move |(key, value)| match (key, value) {
                (Key::FormerOrigin(origin), Value::FormerOrigin(of)) if *of == party => {
                    Some(origin)
                }
                _ => None,
            })
    }

    /// Every partner, listed or removed.
    pub fn partners(&self) -> impl Iterator<Item = &Partner> {
        let all = Key::Partner(Party::BEFORE_ALL)..=Key::Partner(Party::AFTER_ALL);
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::Partner(it) => Some(it),
            _ => None,
        })
    }

    /// An agreement.
    #[must_use]
    pub fn agreement(&self, id: &AgreementId) -> Option<&Agreement> {
        match self.others.get(&Key::Agreement(id.clone())) {
            Some(Value::Agreement(it)) => Some(it),
            _ => None,
        }
    }

    /// Every agreement.
    pub fn agreements(&self) -> impl Iterator<Item = &Agreement> {
        self.others
            .range(Key::Partner(Party::AFTER_ALL)..)
            .map_while(|(_, value)| match value {
                Value::Agreement(it) => Some(it),
                _ => None,
            })
    }

    /// Tonnes that moved under an agreement so far.
    #[must_use]
    pub fn agreement_use(&self, id: &AgreementId, direction: Direction) -> u64 {
        self.count(&Key::AgreementUse(id.clone(), direction))
    }

    /// Tonnes that moved under an agreement in a calendar year.
    #[must_use]
    pub fn agreement_use_in(&self, id: &AgreementId, direction: Direction, year: u16) -> u64 {
        self.count(&Key::AgreementYear(id.clone(), direction, year))
    }

    /// What a partner's ledger stands accused of.
    #[must_use]
    pub fn accusation(&self, party: Party) -> Option<Accusation> {
        match self.others.get(&Key::Accusation(party)) {
            Some(Value::Accusation(it)) => Some(*it),
            _ => None,
        }
    }

    /// The partner, if something new may begin with it: it is active, and its ledger does not contradict itself.
    ///
    /// # Errors
    /// [`Refusal::UnknownPartner`] and [`Refusal::PartnerFrozen`].
    pub fn partner_in_good_standing(&self, party: Party) -> Result<&Partner, Refusal> {
        let partner = self.partner(party).ok_or(Refusal::UnknownPartner(party))?;
        if partner.status == PartnerStatus::Active && self.accusation(party).is_none() {
            Ok(partner)
        } else {
            Err(Refusal::PartnerFrozen(party))
        }
    }

    /// The last verified checkpoint of a partner.
    #[must_use]
    pub fn pin(&self, party: Party) -> Option<Pin> {
        match self.others.get(&Key::Pin(party)) {
            Some(Value::Pin(it)) => Some(*it),
            _ => None,
        }
    }

    /// Sets a value, or takes it away, and keeps the derived index in step; returns the value before. The value must be
    /// of the key's kind.
    pub(super) fn set(&mut self, key: &Key, after: Option<Value>) -> Option<Value> {
        match (key, after) {
            (Key::Holding(origin, first), Some(Value::Holding(it))) => {
                self.put_holding((*origin, *first), Some(it))
            }
            (Key::Holding(origin, first), None) => self.put_holding((*origin, *first), None),
            (Key::Balance(id), Some(Value::Balance(it))) => {
                self.balances.insert(*id, it).map(Value::Balance)
            }
            (Key::Balance(id), None) => self.balances.remove(id).map(Value::Balance),
            (Key::Account(id), Some(Value::Account(it))) => {
                self.accounts.insert(*id, it).map(Value::Account)
            }
            (Key::Account(id), None) => self.accounts.remove(id).map(Value::Account),
            (Key::Transfer(id), Some(Value::Transfer(it))) => {
                self.transfers.insert(*id, it).map(Value::Transfer)
            }
            (Key::Transfer(id), None) => self.transfers.remove(id).map(Value::Transfer),
            (Key::Hold(number), after) => self.put_hold(key, *number, after),
            (Key::Freeze(..) | Key::Comparison(_), after) => self.put_restraint(key, after),
            (Key::Case(number), after) => self.put_case(key, *number, after),
            (Key::Process(_), after) => {
                let adopted = match &after {
                    Some(Value::Process(it)) => Some(*it),
                    _ => None,
                };
                let before = self.set_other(key, after);
                self.follow_process(before.as_ref(), adopted);
                before
            }
            (key, after) => self.set_other(key, after),
        }
    }

    pub(super) fn set_other(&mut self, key: &Key, after: Option<Value>) -> Option<Value> {
        match after {
            Some(value) => self.others.insert(key.clone(), value),
            None => self.others.remove(key),
        }
    }

    fn put_holding(&mut self, id: (Party, u64), after: Option<Holding>) -> Option<Value> {
        let listed = |holding: &Holding| match holding.place {
            Place::Available(account) => Some((account, (holding.block.tonnes(), id.0, id.1))),
            _ => None,
        };
        let to = after.as_ref().and_then(listed);
        let before = match after {
            Some(holding) => self.holdings.insert(&holding),
            None => self.holdings.remove(id.0, id.1),
        };
        let from = before.as_ref().and_then(listed);
        if from != to {
            if let Some((account, entry)) = from
                && let Some(ranges) = self.available.get_mut(&account)
            {
                ranges.remove(&entry);
                if ranges.is_empty() {
                    self.available.remove(&account);
                }
            }
            if let Some((account, entry)) = to {
                self.available.entry(account).or_default().insert(entry);
            }
        }
        before.map(Value::Holding)
    }
}
