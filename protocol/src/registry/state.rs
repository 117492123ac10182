//! The state of a registry: a table of keyed values, and what is derived from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AgreementId, OrganisationId, TransferId};
use crate::log::Hash;
use crate::party::Party;
use crate::record::{Account, Agreement, Genesis, Organisation, Partner, Project, VerifierKeyText};
use crate::registry::{Direction, LedgerAccount, Transfer, TransferKey};
use crate::units::{UnitBlock, UnitRange};

/// Names one value of the state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    /// Whose ledger this is.
    Genesis,
    /// The last block header.
    Head,
    /// The last number of the national unit counter.
    Issued,
    /// The key that signs checkpoints, and from which size on.
    LogKey,
    /// An organisation.
    Organisation(OrganisationId),
    /// An account.
    Account(AccountId),
    /// A project, by its national number.
    Project(u32),
    /// A range, by the Party of origin and its first number.
    Holding(Party, u64),
    /// One side of a transfer.
    Transfer(TransferKey),
    /// A partner country.
    Partner(Party),
    /// A bilateral agreement.
    Agreement(AgreementId),
    /// Tonnes that moved under an agreement, by direction.
    AgreementUse(AgreementId, Direction),
    /// The last verified checkpoint of a partner.
    Pin(Party),
    /// A balance of the general ledger.
    Balance(LedgerAccount),
}

/// One value of the state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// For [`Key::Genesis`].
    Genesis(Genesis),
    /// For [`Key::Head`].
    Head(Head),
    /// For [`Key::Issued`] and [`Key::AgreementUse`].
    Count(u64),
    /// For [`Key::LogKey`].
    LogKey {
        /// The verifier key.
        key: VerifierKeyText,
        /// Checkpoints of at least this size are signed by it.
        from_size: u64,
    },
    /// For [`Key::Organisation`].
    Organisation(Organisation),
    /// For [`Key::Account`].
    Account(Account),
    /// For [`Key::Project`].
    Project(Project),
    /// For [`Key::Holding`].
    Holding(Holding),
    /// For [`Key::Transfer`].
    Transfer(Transfer),
    /// For [`Key::Partner`].
    Partner(Partner),
    /// For [`Key::Agreement`].
    Agreement(Agreement),
    /// For [`Key::Pin`].
    Pin(Pin),
    /// For [`Key::Balance`], in tonnes.
    Balance(i64),
}

/// The last block header and the clock that it set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Head {
    /// Height of the block, counted from 1.
    pub height: u64,
    /// Leaf index of the header.
    pub index: u64,
    /// Leaf hash of the header.
    pub hash: Hash,
    /// Time of the header.
    pub time_ms: u64,
}

/// Where a range is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In an account that can dispose of it.
    Available(AccountId),
    /// In an account, on hold.
    OnHold(AccountId),
    /// Locked from this account for a partner who has not answered.
    Escrow(AccountId),
    /// A partner acquired it.
    Abroad(Party),
    /// Used.
    Used,
    /// Cancelled.
    Cancelled,
}

/// A range, where it is, and since which leaf.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holding {
    /// The units.
    pub block: UnitBlock,
    /// Where they are.
    pub place: Place,
    /// Index of the leaf that put them there.
    pub since: u64,
}

/// The last verified checkpoint of a partner: pins only grow (rule R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pin {
    /// Tree size.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// One change of one value, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub key: Key,
    /// The value before; `None` if there was none.
    pub before: Option<Value>,
    /// The value after; `None` if it was taken away.
    pub after: Option<Value>,
}

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

/// Why stored bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A stored key or value does not decode.
    #[error(
        "a stored state {0} does not decode: the store is damaged or of another schema version"
    )]
    Encoding(&'static str),
    /// A value lies under a key of another kind.
    #[error("the stored value of {0} is of another kind")]
    Kind(String),
    /// There is no genesis or no head.
    #[error("the stored state has no {0}")]
    Missing(&'static str),
}

impl Key {
    /// The bytes under which a store keeps the value.
    ///
    /// # Errors
    /// Never in practice: every key encodes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_stdvec(self).map_err(|_| StateError::Encoding("key"))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// If the bytes are not exactly one key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match postcard::take_from_bytes(bytes) {
            Ok((key, [])) => Ok(key),
            _ => Err(StateError::Encoding("key")),
        }
    }
}

impl Value {
    /// The stored form.
    ///
    /// # Errors
    /// Never in practice: every value encodes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_stdvec(self).map_err(|_| StateError::Encoding("value"))
    }

    /// Reads a value.
    ///
    /// # Errors
    /// If the bytes are not exactly one value.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match postcard::take_from_bytes(bytes) {
            Ok((value, [])) => Ok(value),
            _ => Err(StateError::Encoding("value")),
        }
    }
}

/// A registry's state after some leaf.
#[derive(Clone)]
pub struct State {
    pub(super) table: BTreeMap<Key, Value>,
    /// Derived: the ranges that each account can dispose of, oldest first.
    pub(super) available: BTreeMap<AccountId, BTreeSet<(Party, u64)>>,
    pub(super) size: u64,
    pub(super) time_ms: u64,
    pub(super) digest: Hash,
    settled: Arc<dyn SettledTransfers>,
}

impl fmt::Debug for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("State")
            .field("size", &self.size)
            .field("values", &self.table.len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for State {
    /// Two states are equal when nothing that a later record could see differs.
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size
            && self.time_ms == other.time_ms
            && self.digest == other.digest
            && self.table == other.table
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
            table: BTreeMap::new(),
            available: BTreeMap::new(),
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
        for (key, value) in values {
            if !fits(&key, &value) {
                return Err(StateError::Kind(format!("{key:?}")));
            }
            state.index(&key, None, available_to(Some(&value)));
            state.table.insert(key, value);
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

    /// Every value, in key order.
    pub fn values(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.table.iter()
    }

    /// Whose ledger this is; `None` before the first record.
    #[must_use]
    pub fn genesis(&self) -> Option<&Genesis> {
        match self.table.get(&Key::Genesis) {
            Some(Value::Genesis(it)) => Some(it),
            _ => None,
        }
    }

    /// The last block header.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        match self.table.get(&Key::Head) {
            Some(Value::Head(it)) => Some(*it),
            _ => None,
        }
    }

    /// The key that signs checkpoints of size `from_size` and above.
    #[must_use]
    pub fn log_key(&self) -> Option<(&VerifierKeyText, u64)> {
        match self.table.get(&Key::LogKey) {
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
        match self.table.get(key) {
            Some(Value::Count(it)) => *it,
            _ => 0,
        }
    }

    /// An organisation.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        match self.table.get(&Key::Organisation(id)) {
            Some(Value::Organisation(it)) => Some(it),
            _ => None,
        }
    }

    /// Every organisation, by number.
    pub fn organisations(&self) -> impl DoubleEndedIterator<Item = &Organisation> {
        let all =
            Key::Organisation(OrganisationId(0))..=Key::Organisation(OrganisationId(u32::MAX));
        self.table.range(all).filter_map(|(_, value)| match value {
            Value::Organisation(it) => Some(it),
            _ => None,
        })
    }

    /// An account.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        match self.table.get(&Key::Account(id)) {
            Some(Value::Account(it)) => Some(it),
            _ => None,
        }
    }

    /// Every account, by number.
    pub fn accounts(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.table
            .range(Key::Account(AccountId(0))..=Key::Account(AccountId(u32::MAX)))
            .filter_map(|(_, value)| match value {
                Value::Account(it) => Some(it),
                _ => None,
            })
    }

    /// A project, by its national number.
    #[must_use]
    pub fn project(&self, number: u32) -> Option<&Project> {
        match self.table.get(&Key::Project(number)) {
            Some(Value::Project(it)) => Some(it),
            _ => None,
        }
    }

    /// Every project, by number.
    pub fn projects(&self) -> impl DoubleEndedIterator<Item = &Project> {
        self.table
            .range(Key::Project(0)..=Key::Project(u32::MAX))
            .filter_map(|(_, value)| match value {
                Value::Project(it) => Some(it),
                _ => None,
            })
    }

    /// The holding that contains a unit.
    #[must_use]
    pub fn holding_of(&self, origin: Party, number: u64) -> Option<&Holding> {
        let up_to = Key::Holding(origin, 0)..=Key::Holding(origin, number);
        match self.table.range(up_to).next_back() {
            Some((_, Value::Holding(it))) if it.block.range().contains(number) => Some(it),
            _ => None,
        }
    }

    /// The holding that is exactly this range.
    #[must_use]
    pub fn holding(&self, range: UnitRange) -> Option<&Holding> {
        match self.table.get(&Key::Holding(range.origin(), range.first())) {
            Some(Value::Holding(it)) if it.block.range() == range => Some(it),
            _ => None,
        }
    }

    /// Every holding that shares a unit with a range, in order.
    pub fn holdings_over(&self, range: UnitRange) -> impl Iterator<Item = &Holding> {
        let first = self
            .holding_of(range.origin(), range.first())
            .map_or(range.first(), |it| it.block.range().first());
        let keys = Key::Holding(range.origin(), first)..=Key::Holding(range.origin(), range.last());
        self.table.range(keys).filter_map(|(_, value)| match value {
            Value::Holding(it) => Some(it),
            _ => None,
        })
    }

    /// Every holding, in order of origin and number.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding> {
        let all = Key::Holding(Party::BEFORE_ALL, 0)..=Key::Holding(Party::AFTER_ALL, u64::MAX);
        self.table.range(all).filter_map(|(_, value)| match value {
            Value::Holding(it) => Some(it),
            _ => None,
        })
    }

    /// The ranges that an account can dispose of, oldest number first.
    pub fn available(&self, account: AccountId) -> impl Iterator<Item = &Holding> {
        self.available
            .get(&account)
            .into_iter()
            .flatten()
            .filter_map(
                |(origin, first)| match self.table.get(&Key::Holding(*origin, *first)) {
                    Some(Value::Holding(it)) => Some(it),
                    _ => None,
                },
            )
    }

    /// A balance of the general ledger in tonnes.
    #[must_use]
    pub fn balance(&self, account: LedgerAccount) -> i64 {
        match self.table.get(&Key::Balance(account)) {
            Some(Value::Balance(it)) => *it,
            _ => 0,
        }
    }

    /// Every balance of the general ledger.
    pub fn balances(&self) -> impl Iterator<Item = (LedgerAccount, i64)> {
        self.table
            .range(Key::Balance(LedgerAccount::Issued)..)
            .filter_map(|(key, value)| match (key, value) {
                (Key::Balance(account), Value::Balance(tonnes)) => Some((*account, *tonnes)),
                _ => None,
            })
    }

    /// One side of a transfer, open or settled.
    #[must_use]
    pub fn transfer(&self, key: &TransferKey) -> Option<Transfer> {
        match self.table.get(&Key::Transfer(*key)) {
            Some(Value::Transfer(it)) => Some(it.clone()),
            _ => self.settled.transfer(key),
        }
    }

    /// The transfers in memory: every open one, and those settled that were not evicted.
    pub fn transfers(&self) -> impl Iterator<Item = (&TransferKey, &Transfer)> {
        let from = Key::Transfer(TransferKey::Out(TransferId([0; 32])));
        self.table
            .range(from..)
            .map_while(|(key, value)| match (key, value) {
                (Key::Transfer(key), Value::Transfer(it)) => Some((key, it)),
                _ => None,
            })
    }

    /// Forgets a settled transfer that the store now answers for.
    pub fn evict(&mut self, key: &TransferKey) {
        let table_key = Key::Transfer(*key);
        if matches!(self.table.get(&table_key), Some(Value::Transfer(it)) if it.is_settled()) {
            self.table.remove(&table_key);
        }
    }

    /// A partner country.
    #[must_use]
    pub fn partner(&self, party: Party) -> Option<&Partner> {
        match self.table.get(&Key::Partner(party)) {
            Some(Value::Partner(it)) => Some(it),
            _ => None,
        }
    }

    /// Every partner, listed or removed.
    pub fn partners(&self) -> impl Iterator<Item = &Partner> {
        let all = Key::Partner(Party::BEFORE_ALL)..=Key::Partner(Party::AFTER_ALL);
        self.table.range(all).filter_map(|(_, value)| match value {
            Value::Partner(it) => Some(it),
            _ => None,
        })
    }

    /// An agreement.
    #[must_use]
    pub fn agreement(&self, id: &AgreementId) -> Option<&Agreement> {
        match self.table.get(&Key::Agreement(id.clone())) {
            Some(Value::Agreement(it)) => Some(it),
            _ => None,
        }
    }

    /// Every agreement.
    pub fn agreements(&self) -> impl Iterator<Item = &Agreement> {
        self.table
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

    /// The last verified checkpoint of a partner.
    #[must_use]
    pub fn pin(&self, party: Party) -> Option<Pin> {
        match self.table.get(&Key::Pin(party)) {
            Some(Value::Pin(it)) => Some(*it),
            _ => None,
        }
    }

    /// Sets a value and keeps the derived index in step; returns the value before.
    pub(super) fn set(&mut self, key: &Key, after: Option<Value>) -> Option<Value> {
        let to = available_to(after.as_ref());
        let before = match after {
            Some(value) => self.table.insert(key.clone(), value),
            None => self.table.remove(key),
        };
        self.index(key, available_to(before.as_ref()), to);
        before
    }

    /// Keeps the index of available ranges in step with a holding that changes hands.
    fn index(&mut self, key: &Key, from: Option<AccountId>, to: Option<AccountId>) {
        let Key::Holding(origin, first) = *key else {
            return;
        };
        if let Some(account) = from
            && let Some(ranges) = self.available.get_mut(&account)
        {
            ranges.remove(&(origin, first));
            if ranges.is_empty() {
                self.available.remove(&account);
            }
        }
        if let Some(account) = to {
            self.available
                .entry(account)
                .or_default()
                .insert((origin, first));
        }
    }
}

fn available_to(value: Option<&Value>) -> Option<AccountId> {
    match value {
        Some(Value::Holding(Holding {
            place: Place::Available(account),
            ..
        })) => Some(*account),
        _ => None,
    }
}

/// Whether a value is of the kind that its key names.
fn fits(key: &Key, value: &Value) -> bool {
    matches!(
        (key, value),
        (Key::Genesis, Value::Genesis(_))
            | (Key::Head, Value::Head(_))
            | (Key::Issued | Key::AgreementUse(..), Value::Count(_))
            | (Key::LogKey, Value::LogKey { .. })
            | (Key::Organisation(_), Value::Organisation(_))
            | (Key::Account(_), Value::Account(_))
            | (Key::Project(_), Value::Project(_))
            | (Key::Holding(..), Value::Holding(_))
            | (Key::Transfer(_), Value::Transfer(_))
            | (Key::Partner(_), Value::Partner(_))
            | (Key::Agreement(_), Value::Agreement(_))
            | (Key::Pin(_), Value::Pin(_))
            | (Key::Balance(_), Value::Balance(_))
    )
}
