//! Faults and kills, at every step that leaves the process: calls of the store, and requests before and after they had their
//! effect.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_bridge::frame::{
    Clock, DeadLetter, Difference, Drawn, ItemState, Kept, PastRun, Receipt, Run, RunItem, RunStep,
    Scope, Store, StoreError, Verdict, Waiting,
};
use tokio::sync::Notify;

/// A stream of numbers that a seed decides.
#[derive(Debug)]
pub struct Chance(AtomicU64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed | 1))
    }

    pub fn below(&self, bound: u64) -> u64 {
        let step = |it: u64| {
            let it = it ^ (it << 13);
            let it = it ^ (it >> 7);
            it ^ (it << 17)
        };
        let before = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| Some(step(it)));
        step(before.unwrap()) % bound.max(1)
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Refused before it had an effect: 503.
    Down,
    /// It had its effect, and the answer is lost.
    Lost,
    /// 400, the home organisation is resyncing.
    Resync,
    /// 400, a Chia exception.
    Chia,
}

/// The end of the process at its nth step, and faults of a chance.
#[derive(Debug)]
pub struct Doom {
    steps: AtomicU64,
    kill_at: AtomicU64,
    killed: Notify,
    /// One request in so many is faulty; 0: none.
    one_in: AtomicU64,
    chance: Chance,
    /// Every request fails.
    is_out: Mutex<bool>,
    /// Only faults that every system on the web has.
    is_plain: Mutex<bool>,
}

impl Doom {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            steps: AtomicU64::new(0),
            kill_at: AtomicU64::new(u64::MAX),
            killed: Notify::new(),
            one_in: AtomicU64::new(0),
            chance: Chance::new(seed),
            is_out: Mutex::new(false),
            is_plain: Mutex::new(false),
        })
    }

    /// A step of the process: here it may end. Whoever was killed never comes back.
    pub async fn step(&self) {
        let at = self.steps.fetch_add(1, Ordering::SeqCst);
        if at == self.kill_at.load(Ordering::SeqCst) {
            self.kill_at.store(u64::MAX, Ordering::SeqCst);
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    pub fn kill_in(&self, steps: u64) {
        let at = self.steps.load(Ordering::SeqCst) + steps;
        self.kill_at.store(at, Ordering::SeqCst);
    }

    pub fn spare(&self) {
        self.kill_at.store(u64::MAX, Ordering::SeqCst);
        self.one_in.store(0, Ordering::SeqCst);
    }

    pub async fn killed(&self) {
        self.killed.notified().await;
    }

    pub fn faulty_one_in(&self, one_in: u64) {
        self.one_in.store(one_in, Ordering::SeqCst);
    }

    pub fn out(&self, is_out: bool) {
        *self.is_out.lock().unwrap() = is_out;
    }

    pub fn plain(&self) {
        *self.is_plain.lock().unwrap() = true;
    }

    pub fn fault(&self) -> Fault {
        if *self.is_out.lock().unwrap() {
            return Fault::Down;
        }
        let one_in = self.one_in.load(Ordering::SeqCst);
        if one_in == 0 || self.chance.below(one_in) != 0 {
            return Fault::None;
        }
        let is_plain = *self.is_plain.lock().unwrap();
        match self.chance.below(4) {
            0 => Fault::Down,
            1 if !is_plain => Fault::Resync,
            2 if !is_plain => Fault::Chia,
            1 => Fault::Down,
            _ => Fault::Lost,
        }
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.chance.below(bound)
    }
}

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
