//! What a lane shows of itself while it works.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_bridge::frame::{Bridge, Counter, ItemState, Metrics, Store, StoreError, Turn};
use countersign_bridge::itmo_platform::Draft;
use countersign_bridge::mrv::Reconciliation;
use countersign_bridge::settings::BridgeName;

use super::BridgeFault;
use super::BridgeState;

/// A lane from outside, and what it notes for those who look.
pub(crate) struct Shared {
    name: BridgeName,
    writes: bool,
    now: Mutex<Now>,
}

/// As the lane last noted it.
#[derive(Clone, Default)]
pub(super) struct Now {
    pub(super) state: BridgeState,
    pub(super) why: Option<String>,
    pub(super) until_ms: Option<u64>,
    /// When it last had nothing left to do.
    pub(super) done_ms: Option<u64>,
    /// Leaves that an intake has read; a bridge with a file notes them there.
    pub(super) size: u64,
    /// Faults in a row of a lane that has no file open.
    pub(super) faults: u32,
    memory: Option<(String, Arc<dyn Store>)>,
    metrics: Option<Arc<Metrics>>,
    /// What bridges of this lane counted before they were made anew.
    counted: [u64; Counter::ALL.len()],
    /// Drafts that the platform gave last, in its order.
    pub(super) drafts: Arc<Vec<Draft>>,
    /// How ledger and MRV stood to each other when they were last compared.
    pub(super) reconciled: Option<Arc<Reconciliation>>,
}

impl Shared {
    pub(super) fn new(name: BridgeName, writes: bool) -> Self {
        Self {
            name,
            writes,
            now: Mutex::default(),
        }
    }

    pub(super) const fn name(&self) -> BridgeName {
        self.name
    }

    pub(super) const fn writes(&self) -> bool {
        self.writes
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Now {
        self.lock().clone()
    }

    pub(super) fn note(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.lock());
    }

    /// The name of the memory that is open.
    pub(super) fn memory(&self) -> Option<String> {
        self.lock().memory.as_ref().map(|(name, _)| name.clone())
    }

    /// The memory that is open; with a name only if it is that one.
    pub(crate) fn store(&self, named: Option<&str>) -> Option<Arc<dyn Store>> {
        let now = self.lock();
        let (name, store) = now.memory.as_ref()?;
        let is_it = named.is_none_or(|named| named == name);
        is_it.then(|| Arc::clone(store))
    }

    pub(super) fn keep(&self, name: &str, store: &Arc<dyn Store>) {
        self.lock().memory = Some((name.to_owned(), Arc::clone(store)));
    }

    /// A bridge begins to work. What the one before it counted stays counted.
    pub(super) fn opened(&self, bridge: &Bridge) {
        let mut now = self.lock();
        let counted = counted(&now);
        now.counted = counted;
        now.metrics = Some(bridge.metrics());
        now.faults = 0;
        now.state = BridgeState::Working;
        (now.why, now.until_ms) = (None, None);
    }

    /// A turn ended.
    pub(super) fn turned(&self, turn: &Turn, is_barred: bool, now_ms: u64) {
        let mut now = self.lock();
        (now.state, now.why, now.until_ms) = match turn {
            Turn::Again => (BridgeState::Working, None, None),
            Turn::Waits { until_ms, why } => {
                let state = if is_barred {
                    BridgeState::Barred
                } else {
                    BridgeState::Waits
                };
                (state, Some(why.clone()), Some(*until_ms))
            }
            Turn::Idle { until_ms } => (BridgeState::Idle, None, *until_ms),
        };
        if matches!(turn, Turn::Idle { .. }) {
            now.done_ms = Some(now_ms);
        }
    }

    /// The lane can not work before it has tried again.
    pub(super) fn failed(&self, why: &str, is_barred: bool, until_ms: u64) {
        let mut now = self.lock();
        now.state = if is_barred {
            BridgeState::Barred
        } else {
            BridgeState::Waits
        };
        now.why = Some(why.to_owned());
        now.until_ms = Some(until_ms);
        now.faults = now.faults.saturating_add(1);
    }

    /// What was counted since the start.
    pub(super) fn counters(&self) -> Vec<(&'static str, u64)> {
        let counted = counted(&self.lock());
        let names = Counter::ALL.iter().map(|it| it.name());
        names.zip(counted).collect()
    }

    /// Drafts that the platform gave last.
    pub(crate) fn drafts(&self) -> Arc<Vec<Draft>> {
        Arc::clone(&self.lock().drafts)
    }

    /// How ledger and MRV stood to each other when they were last compared.
    pub(crate) fn reconciled(&self) -> Option<Arc<Reconciliation>> {
        self.lock().reconciled.clone()
    }

    pub(super) fn fault(&self, error: &StoreError) -> BridgeFault {
        BridgeFault::Store {
            bridge: self.name,
            why: error.to_string(),
        }
    }

    pub(super) async fn replayable(&self, key: Option<&str>) -> Result<u64, BridgeFault> {
        let Some(store) = self.store(None) else {
            return Ok(0);
        };
        let waits = |state: ItemState| matches!(state, ItemState::Dead | ItemState::Differs);
        let count = match key {
            Some(key) => {
                let item = store.item(key).await.map_err(|it| self.fault(&it))?;
                u64::from(item.is_some_and(|it| waits(it.state)))
            }
            None => {
                let counts = store.counts().await.map_err(|it| self.fault(&it))?;
                let dead = counts.iter().filter(|(state, _)| waits(*state));
                dead.map(|(_, count)| count).sum()
            }
        };
        Ok(count)
    }

    pub(super) async fn replay(&self, key: Option<&str>, now_ms: u64) -> Result<u64, BridgeFault> {
        let Some(store) = self.store(None) else {
            return Ok(0);
        };
        let replayed = store.replay(key, now_ms).await;
        replayed.map_err(|error| self.fault(&error))
    }
}

fn counted(now: &Now) -> [u64; Counter::ALL.len()] {
    let mut counted = now.counted;
    if let Some(metrics) = &now.metrics {
        for (sum, counter) in counted.iter_mut().zip(Counter::ALL) {
            *sum = sum.saturating_add(metrics.get(counter));
        }
    }
    counted
}
