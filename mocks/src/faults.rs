//! Faults of requests, before and after they had their effect, and the end of whoever asks at a step of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// A stream of numbers that a seed decides.
#[derive(Debug)]
pub struct Chance(AtomicU64);

impl Chance {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed | 1))
    }

    /// The next number, below a bound.
    pub fn below(&self, bound: u64) -> u64 {
        let step = |it: u64| {
            let it = it ^ (it << 13);
            let it = it ^ (it >> 7);
            it ^ (it << 17)
        };
        let next = |it: u64| Some(step(it));
        // The closure always gives a number, so both sides are the number before.
        let before = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        let (Ok(before) | Err(before)) = before;
        step(before) % bound.max(1)
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
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

/// The end of the process that asks at its nth step, and faults of a chance.
#[derive(Debug)]
pub struct Doom {
    steps: AtomicU64,
    kill_at: AtomicU64,
    killed: Notify,
    /// One request in so many is faulty; 0: none.
    one_in: AtomicU64,
    chance: Chance,
    /// Every request fails.
    is_out: AtomicBool,
    /// Only faults that every system on the web has.
    is_plain: AtomicBool,
}

impl Doom {
    /// No faults yet; those that come are of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            steps: AtomicU64::new(0),
            kill_at: AtomicU64::new(u64::MAX),
            killed: Notify::new(),
            one_in: AtomicU64::new(0),
            chance: Chance::new(seed),
            is_out: AtomicBool::new(false),
            is_plain: AtomicBool::new(false),
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

    /// Ends the process so many steps from now.
    pub fn kill_in(&self, steps: u64) {
        let at = self.steps.load(Ordering::SeqCst) + steps;
        self.kill_at.store(at, Ordering::SeqCst);
    }

    /// No end and no faults from now on.
    pub fn spare(&self) {
        self.kill_at.store(u64::MAX, Ordering::SeqCst);
        self.one_in.store(0, Ordering::SeqCst);
    }

    /// Comes back when the process has ended.
    pub async fn killed(&self) {
        self.killed.notified().await;
    }

    /// Makes one request in so many faulty; 0: none.
    pub fn faulty_one_in(&self, one_in: u64) {
        self.one_in.store(one_in, Ordering::SeqCst);
    }

    /// Lets every request fail, or none more.
    pub fn out(&self, is_out: bool) {
        self.is_out.store(is_out, Ordering::SeqCst);
    }

    /// Only faults that every system on the web has.
    pub fn plain(&self) {
        self.is_plain.store(true, Ordering::SeqCst);
    }

    /// What happens to the next request.
    pub fn fault(&self) -> Fault {
        if self.is_out.load(Ordering::SeqCst) {
            return Fault::Down;
        }
        let one_in = self.one_in.load(Ordering::SeqCst);
        if one_in == 0 || self.chance.below(one_in) != 0 {
            return Fault::None;
        }
        let is_plain = self.is_plain.load(Ordering::SeqCst);
        match self.chance.below(4) {
            0 => Fault::Down,
            1 if !is_plain => Fault::Resync,
            2 if !is_plain => Fault::Chia,
            1 => Fault::Down,
            _ => Fault::Lost,
        }
    }

    /// A number of the same chance.
    pub fn below(&self, bound: u64) -> u64 {
        self.chance.below(bound)
    }
}
