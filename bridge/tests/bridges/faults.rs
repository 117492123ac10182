//! Faults and kills, at every step that leaves the process: calls of the store, and requests before and after they had their
//! effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use countersign_bridge::frame::{
    Clock, DeadLetter, Difference, Drawn, ItemState, Kept, PastRun, Receipt, Run, RunItem, RunStep,
    Scope, Store, StoreError, Verdict, Waiting,
};
pub use countersign_mocks::faults::{Chance, Doom};

/// A clock that jumps where it is told to.
#[derive(Debug)]
pub struct FakeClock(AtomicU64, Chance);

impl FakeClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(1_800_000_000_000), Chance::new(7)))
    }

    pub fn at(&self, ms: u64) {
        self.0.fetch_max(ms, Ordering::SeqCst);
    }

    pub fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn below(&self, bound: u64) -> u64 {
        self.1.below(bound)
    }
}

/// A store whose process may end before and after each call.
pub struct Mortal {
    pub inner: Arc<dyn Store>,
    pub doom: Arc<Doom>,
}

macro_rules! mortal {
    ($self:ident, $call:expr) => {{
        $self.doom.step().await;
        let answer = $call.await;
        $self.doom.step().await;
        answer
    }};
}

#[async_trait]
impl Store for Mortal {
    async fn size(&self) -> Result<u64, StoreError> {
        mortal!(self, self.inner.size())
    }

    async fn note(&self, size: u64, touched: &[Scope]) -> Result<(), StoreError> {
        mortal!(self, self.inner.note(size, touched))
    }

    async fn drawing(&self) -> Result<String, StoreError> {
        mortal!(self, self.inner.drawing())
    }

    async fn redraw(&self, drawing: &str, scopes: &[Scope]) -> Result<(), StoreError> {
        mortal!(self, self.inner.redraw(drawing, scopes))
    }

    async fn touched(&self, limit: u32) -> Result<Vec<Scope>, StoreError> {
        mortal!(self, self.inner.touched(limit))
    }

    async fn draw(&self, scope: Scope, leaf: u64, drawn: &Drawn) -> Result<(), StoreError> {
        mortal!(self, self.inner.draw(scope, leaf, drawn))
    }

    async fn run(&self) -> Result<Option<Run>, StoreError> {
        mortal!(self, self.inner.run())
    }

    async fn open_run(
        &self,
        id: &str,
        now_ms: u64,
        limit: u32,
        published: bool,
    ) -> Result<Option<Run>, StoreError> {
        mortal!(self, self.inner.open_run(id, now_ms, limit, published))
    }

    async fn run_items(&self) -> Result<Vec<RunItem>, StoreError> {
        mortal!(self, self.inner.run_items())
    }

    async fn step(&self, step: RunStep) -> Result<(), StoreError> {
        mortal!(self, self.inner.step(step))
    }

    async fn staged(
        &self,
        key: &str,
        token: Option<&str>,
        theirs: Option<&str>,
    ) -> Result<(), StoreError> {
        mortal!(self, self.inner.staged(key, token, theirs))
    }

    async fn drop_item(&self, key: &str, at_ms: u64, cause: &str) -> Result<(), StoreError> {
        mortal!(self, self.inner.drop_item(key, at_ms, cause))
    }

    async fn settle(&self, key: &str, verdict: &Verdict, now_ms: u64) -> Result<(), StoreError> {
        mortal!(self, self.inner.settle(key, verdict, now_ms))
    }

    async fn close_run(&self, now_ms: u64, receipt: Option<&Receipt>) -> Result<(), StoreError> {
        mortal!(self, self.inner.close_run(now_ms, receipt))
    }

    async fn ids(
        &self,
        keys: &[String],
        published: bool,
    ) -> Result<Vec<(String, String)>, StoreError> {
        mortal!(self, self.inner.ids(keys, published))
    }

    async fn waiting(&self) -> Result<Waiting, StoreError> {
        mortal!(self, self.inner.waiting())
    }

    async fn wait(&self, waiting: &Waiting) -> Result<(), StoreError> {
        mortal!(self, self.inner.wait(waiting))
    }

    async fn next_due(&self) -> Result<Option<u64>, StoreError> {
        mortal!(self, self.inner.next_due())
    }

    async fn counts(&self) -> Result<Vec<(ItemState, u64)>, StoreError> {
        self.inner.counts().await
    }

    async fn items(
        &self,
        state: ItemState,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        self.inner.items(state, after, limit).await
    }

    async fn item(&self, key: &str) -> Result<Option<Kept>, StoreError> {
        self.inner.item(key).await
    }

    async fn scope_items(&self, scope: Scope, limit: u32) -> Result<Vec<Kept>, StoreError> {
        self.inner.scope_items(scope, limit).await
    }

    async fn found(
        &self,
        key: &str,
        difference: Option<(&str, &[Difference])>,
    ) -> Result<(), StoreError> {
        self.inner.found(key, difference).await
    }

    async fn replay(&self, key: Option<&str>, now_ms: u64) -> Result<u64, StoreError> {
        self.inner.replay(key, now_ms).await
    }

    async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.inner.dead_letters(limit).await
    }

    async fn past_runs(&self, limit: u32) -> Result<Vec<PastRun>, StoreError> {
        self.inner.past_runs(limit).await
    }
}
