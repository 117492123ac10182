//! The node's clock: the only place that asks what time it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How far the clock of this process is ahead of the machine's: nothing, except in a sandbox.
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// The furthest that a sandbox goes: what it leads to lies before the year 9999 for a long time to come.
const AHEAD_MS_MAX: u64 = 100 * 366 * 86_400_000;

/// Milliseconds since the Unix epoch; 0 if the machine's clock stands before it.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let machine = since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    });
    machine.saturating_add(AHEAD_MS.load(Ordering::Relaxed))
}

/// Moves the clock of this process, forward only: a ledger's time never goes back. A sandbox holds it and hands it to its
/// nodes; an ordinary node has none, and no route by which its clock could be moved.
#[derive(Clone, Debug)]
pub struct TimeTravel(());

impl TimeTravel {
    /// For a process that is a sandbox and nothing else.
    #[must_use]
    pub const fn of_a_sandbox() -> Self {
        Self(())
    }

    /// How far the clock is ahead, in milliseconds.
    #[must_use]
    pub fn ahead_ms(&self) -> u64 {
        AHEAD_MS.load(Ordering::Relaxed)
    }

    /// Moves the clock forward; gives how far it is ahead then, or nothing when it would be more than a hundred years.
    #[must_use]
    pub fn forward(&self, by_ms: u64) -> Option<u64> {
        let sum = |ahead: u64| ahead.checked_add(by_ms).filter(|it| *it <= AHEAD_MS_MAX);
        let moved = AHEAD_MS.try_update(Ordering::Relaxed, Ordering::Relaxed, sum);
        moved.ok().map(|before| before + by_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::{AHEAD_MS_MAX, TimeTravel};

    #[test]
    fn a_clock_goes_no_further_than_a_hundred_years() {
        let travel = TimeTravel::of_a_sandbox();
        assert_eq!(travel.forward(AHEAD_MS_MAX + 1), None);
        assert_eq!(travel.forward(u64::MAX), None);
        assert_eq!(travel.ahead_ms(), 0);
    }
}
