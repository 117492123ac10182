//! One record's changes, all or nothing.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::log::Hash;
use crate::registry::{Change, Key, LedgerAccount, Posting, Refusal, State, StateError, Value};
use crate::units::UnitRange;
use crate::workflow::Effect;

/// A change as a store keeps it: key, and value or nothing.
pub type Encoded = (Vec<u8>, Option<Vec<u8>>);

/// What one record did: enough to keep it, and enough to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The values that changed, each once.
    pub changes: Vec<Change>,
    /// The same changes as a store keeps them: key, and value or nothing.
    pub encoded: Vec<Encoded>,
    /// The entry in the general ledger; sums to zero.
    pub postings: Vec<Posting>,
    /// What the step of a case brought about, in the order of the process.
    pub effects: Vec<Effect>,
    before: Clock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    size: u64,
    time_ms: u64,
    digest: Hash,
}

impl State {
    fn clock(&self) -> Clock {
        Clock {
            size: self.size,
            time_ms: self.time_ms,
            digest: self.digest,
        }
    }

    /// Takes the last record back. Only the record that was applied last may be given.
    pub fn revert(&mut self, applied: &Applied) {
        for change in applied.changes.iter().rev() {
            self.set(&change.key, change.before.clone());
        }
        self.size = applied.before.size;
        self.time_ms = applied.before.time_ms;
        self.digest = applied.before.digest;
    }
}

/// A record being applied: every write goes through here, so that a refusal can take all of them back.
pub(super) struct Tx<'a> {
    state: &'a mut State,
    changes: Vec<Change>,
    /// The places of the first changes, by key: filled only once there are many.
    places: BTreeMap<Key, usize>,
    postings: Vec<Posting>,
    effects: Vec<Effect>,
}

/// So many changes are searched one by one; most records make far fewer.
const FEW_CHANGES: usize = 64;

impl<'a> Tx<'a> {
    pub(super) fn new(state: &'a mut State) -> Self {
        Self {
            state,
            changes: Vec::new(),
            places: BTreeMap::new(),
            postings: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// The state with the writes so far.
    pub(super) fn state(&self) -> &State {
        self.state
    }

    pub(super) fn put(&mut self, key: Key, value: Value) {
        self.write(key, Some(value));
    }

    /// Notes an effect of the step that the record takes.
    pub(super) fn note(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn delete(&mut self, key: Key) {
        self.write(key, None);
    }

    fn write(&mut self, key: Key, after: Option<Value>) {
        let before = self.state.set(&key, after.clone());
        match self.place_of(&key).and_then(|at| self.changes.get_mut(at)) {
            Some(change) => change.after = after,
            None => self.changes.push(Change { key, before, after }),
        }
    }

    /// Where a key's change stands. A record that ends thousands of requests still finds each at once.
    fn place_of(&mut self, key: &Key) -> Option<usize> {
        if self.changes.len() <= FEW_CHANGES {
            return self.changes.iter().position(|change| &change.key == key);
        }
        let known = self.places.len();
        for (place, change) in self.changes.iter().enumerate().skip(known) {
            self.places.insert(change.key.clone(), place);
        }
        self.places.get(key).copied()
    }

    /// Moves a range between two accounts of the general ledger.
    pub(super) fn post(
        &mut self,
        from: LedgerAccount,
        to: LedgerAccount,
        range: UnitRange,
    ) -> Result<(), Refusal> {
        let tonnes = i64::try_from(range.tonnes()).map_err(|_| Refusal::Overflow)?;
        self.leg(from, -tonnes, range)?;
        self.leg(to, tonnes, range)
    }

    fn leg(
        &mut self,
        account: LedgerAccount,
        tonnes: i64,
        range: UnitRange,
    ) -> Result<(), Refusal> {
        let balance = self
            .state
            .balance(account)
            .checked_add(tonnes)
            .ok_or(Refusal::Overflow)?;
        if account.is_contra() == (balance > 0) && balance != 0 {
            return Err(Refusal::DoubleEntry("a balance on the wrong side of zero"));
        }
        self.put(Key::Balance(account), Value::Balance(balance));
        self.postings.push(Posting {
            account,
            tonnes,
            range,
            balance,
        });
        Ok(())
    }

    /// Ends the record: checks double entry, folds the changes into the digest, moves the clock. A refusal takes every
    /// write back.
    pub(super) fn finish(self, time_ms: u64) -> Result<Applied, Refusal> {
        let encoded = match self.balanced().and_then(|()| self.encode()) {
            Ok(encoded) => encoded,
            Err(refusal) => {
                self.abandon();
                return Err(refusal);
            }
        };
        let Self {
            state,
            changes,
            postings,
            effects,
            ..
        } = self;
        let before = state.clock();
        state.digest = fold(&state.digest, &encoded);
        state.size += 1;
        state.time_ms = time_ms;
        Ok(Applied {
            changes,
            encoded,
            postings,
            effects,
            before,
        })
    }

    fn balanced(&self) -> Result<(), Refusal> {
        let sum = self
            .postings
            .iter()
            .try_fold(0_i64, |sum, posting| sum.checked_add(posting.tonnes));
        if sum == Some(0) {
            Ok(())
        } else {
            Err(Refusal::DoubleEntry("the sum of the postings"))
        }
    }

    fn encode(&self) -> Result<Vec<Encoded>, Refusal> {
        let encode = |change: &Change| {
            let value = change.after.as_ref().map(Value::to_bytes).transpose()?;
            Ok((change.key.to_bytes()?, value))
        };
        let encoded: Result<_, StateError> = self.changes.iter().map(encode).collect();
        encoded.map_err(|_| Refusal::DoubleEntry("a value that does not encode"))
    }

    /// Takes every write back.
    pub(super) fn abandon(self) {
        for change in self.changes.into_iter().rev() {
            self.state.set(&change.key, change.before);
        }
    }
}

/// `SHA-256("countersign/state/v1" ‖ digest ‖ for each change: key and value, each after its length in four big-endian
/// bytes)`; a value taken away has length 0, which no value has.
fn fold(digest: &Hash, encoded: &[Encoded]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"countersign/state/v1");
    hash.update(digest);
    let mut part = |bytes: &[u8]| {
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
    };
    for (key, value) in encoded {
        part(key);
        part(value.as_deref().unwrap_or_default());
    }
    hash.finalize().into()
}
