//! How a bridge stands, and what it found.

use countersign_bridge::frame::{
    DeadLetter, Differing, Foreign, ItemState, PastRun, Plan, StoreError,
};
use countersign_bridge::mrv::Reconciliation;
use countersign_bridge::settings::BridgeName;
use countersign_client::types::BridgeState;

use super::BridgeFault;
use super::shared::Shared;

/// Dead letters that a status lists.
const DEAD_MAX: u32 = 100;
/// Runs that a status lists.
const RUNS_MAX: u32 = 10;

/// How a bridge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeStatus {
    /// Which.
    pub bridge: BridgeName,
    /// Whether it sends anything, or only reads and compares.
    pub writes: bool,
    /// What it is doing.
    pub state: BridgeState,
    /// For what it waits.
    pub why: Option<String>,
    /// When it goes on by itself, in milliseconds since the Unix epoch.
    pub until_ms: Option<u64>,
    /// Faults in a row.
    pub faults: u32,
    /// The name of its memory: the model of the other side that it speaks.
    pub memory: Option<String>,
    /// Leaves of the ledger that it has read.
    pub size: u64,
    /// Leaves that it could read and has not.
    pub lag: u64,
    /// When it last had nothing left to do since the node was started, in milliseconds since the Unix epoch.
    pub done_ms: Option<u64>,
    /// How many items are in each state.
    pub items: Vec<(ItemState, u64)>,
    /// Dead letters, the newest first.
    pub dead_letters: Vec<DeadLetter>,
    /// Runs that are over, the newest first.
    pub runs: Vec<PastRun>,
    /// What was counted since the node was started.
    pub counters: Vec<(&'static str, u64)>,
}

/// What a bridge would send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BridgePlan {
    /// The changes, and what can not be sent.
    pub plan: Plan,
}

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BridgeDiff {
    /// Items that are there in another way than here.
    pub differing: Vec<Differing>,
    /// What is there and no ledger knows.
    pub foreign: Vec<Foreign>,
    /// For the MRV: what was credited beside what was reported.
    pub reconciliation: Option<Reconciliation>,
}

/// How a bridge stands.
pub(super) async fn of(shared: &Shared, feed_size: u64) -> Result<BridgeStatus, BridgeFault> {
    let now = shared.now();
    let mut status = BridgeStatus {
        bridge: shared.name(),
        writes: shared.writes(),
        state: now.state,
        why: now.why,
        until_ms: now.until_ms,
        faults: now.faults,
        memory: shared.memory(),
        size: now.size,
        lag: 0,
        done_ms: now.done_ms,
        items: Vec::new(),
        dead_letters: Vec::new(),
        runs: Vec::new(),
        counters: shared.counters(),
    };
    from_memory(shared, &mut status)
        .await
        .map_err(|error| shared.fault(&error))?;
    status.lag = feed_size.saturating_sub(status.size);
    Ok(status)
}

async fn from_memory(shared: &Shared, status: &mut BridgeStatus) -> Result<(), StoreError> {
    let Some(store) = shared.store(None) else {
        return Ok(());
    };
    status.size = store.size().await?;
    status.faults = status.faults.max(store.waiting().await?.faults);
    status.items = store.counts().await?;
    status.dead_letters = store.dead_letters(DEAD_MAX).await?;
    status.runs = store.past_runs(RUNS_MAX).await?;
    Ok(())
}
