//! What a bridge counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start; a node shows them as metrics.
#[derive(Debug, Default)]
pub struct Metrics {
    events: AtomicU64,
    drawn: AtomicU64,
    staged: AtomicU64,
    runs: AtomicU64,
    agreed: AtomicU64,
    different: AtomicU64,
    dead: AtomicU64,
    faults: AtomicU64,
}

/// One of the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Events read.
    Events,
    /// Scopes drawn.
    Drawn,
    /// Changes that the other side took.
    Staged,
    /// Runs that were published.
    Runs,
    /// Items that were read back as wanted.
    Agreed,
    /// Items that were read back otherwise.
    Different,
    /// Items that became dead letters.
    Dead,
    /// Faults of the other side or of the registry.
    Faults,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 8] = [
        Self::Events,
        Self::Drawn,
        Self::Staged,
        Self::Runs,
        Self::Agreed,
        Self::Different,
        Self::Dead,
        Self::Faults,
    ];

    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Drawn => "drawn",
            Self::Staged => "staged",
            Self::Runs => "runs",
            Self::Agreed => "agreed",
            Self::Different => "different",
            Self::Dead => "dead",
            Self::Faults => "faults",
        }
    }
}

impl Metrics {
    /// How many so far.
    #[must_use]
    pub fn get(&self, counter: Counter) -> u64 {
        self.of(counter).load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, counter: Counter, by: u64) {
        self.of(counter).fetch_add(by, Ordering::Relaxed);
    }

    const fn of(&self, counter: Counter) -> &AtomicU64 {
        match counter {
            Counter::Events => &self.events,
            Counter::Drawn => &self.drawn,
            Counter::Staged => &self.staged,
            Counter::Runs => &self.runs,
            Counter::Agreed => &self.agreed,
            Counter::Different => &self.different,
            Counter::Dead => &self.dead,
            Counter::Faults => &self.faults,
        }
    }
}
