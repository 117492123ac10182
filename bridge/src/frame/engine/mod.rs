//! The frame that every bridge runs in: it reads the feed, draws what is to be at the other side, sends it in runs, reads it back
//! and compares.
//!
//! A [`Bridge`] does its work in turns. A turn does a bounded piece and says when the next one is due; the piece may be cut off
//! anywhere, by a fault or by the end of the process, and the next turn goes on from what the store says. Whatever may have
//! reached the other side without our knowing is looked for there before anything is sent again: at least once, with the effect
//! of once.

mod diff;
mod plan;
mod read;
mod run;

use std::sync::Arc;

use super::clock::{Clock, backoff_ms};
use super::feed::{Feed, FeedError};
use super::metrics::{Counter, Metrics};
use super::side::{Fault, OtherSide};
use super::store::{Store, StoreError, Waiting};
use super::view::{View, ViewError};

pub use diff::{Differing, Foreign};
pub use plan::{Plan, Planned, StoppedItem};

/// Events of one page.
const EVENTS_MAX: usize = 1_000;
/// Scopes that one turn draws.
const DRAW_MAX: u32 = 64;
/// Items of one run, about: a group is never cut.
const RUN_ITEMS_MAX: u32 = 500;
/// How long what the other side said of itself counts, in milliseconds: ten minutes.
const CONNECTED_MS: u64 = 600_000;
/// How long to wait between two looks at a publication, in milliseconds.
const POLL_MS: u64 = 10_000;
/// How long to wait for a person, in milliseconds.
const BARRED_MS: u64 = 300_000;

/// What stops a bridge until somebody mends it: its own file, or a feed that is no ledger's.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Its file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The feed.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The registry was put back, or is another one.
    #[error(
        "this bridge has read {read} leaves and the registry has {found}: it is another ledger, or was put back to an older state"
    )]
    Behind {
        /// Leaves that were read.
        read: u64,
        /// Leaves that there are.
        found: u64,
    },
}

/// What stops a turn.
enum Trouble {
    /// The other side, or the registry.
    Fault(Fault),
    /// The bridge itself.
    Bridge(BridgeError),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<FeedError> for Trouble {
    fn from(error: FeedError) -> Self {
        Self::Fault(Fault::Later(error.to_string()))
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Bridge(error.into())
    }
}

impl From<ViewError> for Trouble {
    fn from(error: ViewError) -> Self {
        Self::Bridge(error.into())
    }
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// There is more to do now.
    Again,
    /// Nothing is to be done before this time, in milliseconds since the Unix epoch.
    Waits {
        /// Until when.
        until_ms: u64,
        /// For what.
        why: String,
    },
    /// Everything that can be at the other side is there; the next event brings work, or this time does.
    Idle {
        /// When an item is to be tried again, if one is.
        until_ms: Option<u64>,
    },
}

/// A bridge.
pub struct Bridge {
    feed: Arc<dyn Feed>,
    store: Arc<dyn Store>,
    side: Arc<dyn OtherSide>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    view: View,
    connected_ms: Option<u64>,
    /// Whether the staging area may hold what we do not know of: after a start, and after every fault while sending.
    is_unsure: bool,
    run_items_max: u32,
    is_sending: bool,
}

impl Bridge {
    /// A bridge between a registry and one system. It has read nothing yet.
    #[must_use]
    pub fn new(
        feed: Arc<dyn Feed>,
        store: Arc<dyn Store>,
        side: Arc<dyn OtherSide>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            feed,
            store,
            side,
            clock,
            metrics: Arc::default(),
            view: View::default(),
            connected_ms: None,
            is_unsure: true,
            run_items_max: RUN_ITEMS_MAX,
            is_sending: true,
        }
    }

    /// The same with runs of about so many items.
    #[must_use]
    pub const fn with_runs_of(mut self, items: u32) -> Self {
        self.run_items_max = items;
        self
    }

    /// The same, which sends or only draws, so that a plan says what would be sent.
    #[must_use]
    pub const fn sending(mut self, is_sending: bool) -> Self {
        self.is_sending = is_sending;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.side.name()
    }

    /// What it counts.
    #[must_use]
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Its memory.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// The registry as it knows it.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Does the next piece of work.
    ///
    /// # Errors
    /// [`BridgeError`]: it can not go on before somebody mends it. Faults of the other side are no errors: it waits.
    pub async fn turn(&mut self) -> Result<Turn, BridgeError> {
        let waiting = self.store.waiting().await?;
        match self.turn_or_trouble(&waiting).await {
            Ok(turn) => {
                if waiting.faults > 0 && turn == Turn::Again {
                    self.store.wait(&Waiting::default()).await?;
                }
                Ok(turn)
            }
            Err(Trouble::Bridge(error)) => Err(error),
            Err(Trouble::Fault(fault)) => self.hold_on(&fault, &waiting).await,
        }
    }

    async fn turn_or_trouble(&mut self, waiting: &Waiting) -> Result<Turn, Trouble> {
        // Reading goes on while the other side is away.
        if self.read_events().await? {
            return Ok(Turn::Again);
        }
        if waiting.until_ms > self.clock.now_ms() {
            return Ok(Turn::Waits {
                until_ms: waiting.until_ms,
                why: waiting.why.clone().unwrap_or_default(),
            });
        }
        let run = self.store.run().await?;
        if let Some(run) = run.as_ref().filter(|_| self.is_sending) {
            return self.advance(run).await;
        }
        self.connect().await?;
        // Items on their way are not drawn before they have arrived.
        if run.is_none() && self.draw_some().await? {
            return Ok(Turn::Again);
        }
        if !self.is_sending {
            return Ok(Turn::Idle { until_ms: None });
        }
        let now_ms = self.clock.now_ms();
        let id = format!("{}-{now_ms}-{}", self.name(), self.clock.below(1_000_000));
        let published_first = self.side.parents_are_published_first();
        let opened = self
            .store
            .open_run(&id, now_ms, self.run_items_max, published_first)
            .await?;
        if opened.is_some() {
            return Ok(Turn::Again);
        }
        let until_ms = self.store.next_due().await?;
        Ok(Turn::Idle { until_ms })
    }

    /// Waits after a fault, ever longer.
    async fn hold_on(&mut self, fault: &Fault, before: &Waiting) -> Result<Turn, BridgeError> {
        self.metrics.count(Counter::Faults, 1);
        self.is_unsure = true;
        self.connected_ms = None;
        let faults = before.faults.saturating_add(1);
        let is_barred = matches!(fault, Fault::Barred(_));
        let wait_ms = backoff_ms(faults, self.clock.as_ref());
        let wait_ms = if is_barred {
            wait_ms.max(BARRED_MS)
        } else {
            wait_ms
        };
        let until_ms = self.clock.now_ms().saturating_add(wait_ms);
        let why = fault.to_string();
        tracing::warn!(bridge = self.name(), %why, wait_ms, "the bridge waits");
        let waiting = Waiting {
            until_ms,
            why: Some(why.clone()),
            faults,
            is_barred,
        };
        self.store.wait(&waiting).await?;
        Ok(Turn::Waits { until_ms, why })
    }

    async fn connect(&mut self) -> Result<(), Trouble> {
        let now_ms = self.clock.now_ms();
        let is_fresh = |at: u64| now_ms.saturating_sub(at) < CONNECTED_MS;
        if !self.connected_ms.is_some_and(is_fresh) {
            self.side.connect().await?;
            self.connected_ms = Some(now_ms);
        }
        Ok(())
    }

    /// Waits for something that takes its time, which is no fault.
    async fn poll(&self, why: &str) -> Result<Turn, Trouble> {
        let wait_ms = POLL_MS + self.clock.below(POLL_MS / 4);
        let until_ms = self.clock.now_ms().saturating_add(wait_ms);
        let waiting = Waiting {
            until_ms,
            why: Some(why.to_owned()),
            ..Waiting::default()
        };
        self.store.wait(&waiting).await?;
        let why = why.to_owned();
        Ok(Turn::Waits { until_ms, why })
    }

    /// Sends dead and differing items again: one, or all. Gives how many.
    ///
    /// # Errors
    /// [`BridgeError`].
    pub async fn replay(&self, key: Option<&str>) -> Result<u64, BridgeError> {
        Ok(self.store.replay(key, self.clock.now_ms()).await?)
    }

    /// Ends a wait: the next turn tries at once.
    ///
    /// # Errors
    /// [`BridgeError`].
    pub async fn wake(&self) -> Result<(), BridgeError> {
        Ok(self.store.wait(&Waiting::default()).await?)
    }
}
