use std::time::{Duration, Instant};

/// A token bucket: how much work a peer may cause.
///
/// It fills by `per_second` up to `burst`. Integers only: what was not enough for one token stays in `filled_at`.
#[derive(Debug)]
pub(super) struct Budget {
    per_second: u32,
    burst: u32,
    tokens: u32,
    filled_at: Instant,
}

impl Budget {
    /// A full bucket.
    pub(super) const fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Budget {
            per_second,
            burst,
            tokens: burst,
            filled_at: now,
        }
    }

    /// Takes `cost` tokens if they are there, and says whether they were.
    pub(super) fn take(&mut self, cost: u32, now: Instant) -> bool {
        self.fill(now);
        match self.tokens.checked_sub(cost) {
            Some(rest) => {
                self.tokens = rest;
                true
            }
            None => false,
        }
    }

    /// Whether nothing of it is used.
    pub(super) fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.tokens == self.burst
    }

    fn fill(&mut self, now: Instant) {
        let Some(token_ns) = 1_000_000_000_u64.checked_div(u64::from(self.per_second)) else {
            return;
        };
        let elapsed = now.saturating_duration_since(self.filled_at);
        let elapsed_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let earned = elapsed_ns / token_ns.max(1);
        let room = u64::from(self.burst - self.tokens);
        if earned >= room {
            self.tokens = self.burst;
            self.filled_at = now;
        } else {
            // Below `room`, so it fits into the field that `room` came from.
            self.tokens += u32::try_from(earned).unwrap_or(u32::MAX);
            self.filled_at += Duration::from_nanos(earned * token_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_gives_its_burst_and_then_its_rate() {
        let start = Instant::now();
        let mut budget = Budget::new(100, 50, start);
        assert!(budget.take(50, start));
        assert!(!budget.take(1, start));
        let mut taken = 0;
        for ms in 1..=1_000 {
            while budget.take(1, start + Duration::from_millis(ms)) {
                taken += 1;
            }
        }
        assert_eq!(taken, 100);
    }

    #[test]
    fn a_quiet_peer_earns_no_more_than_the_burst() {
        let start = Instant::now();
        let mut budget = Budget::new(100, 50, start);
        let later = start + Duration::from_secs(3_600);
        assert!(budget.take(50, later));
        assert!(!budget.take(1, later));
    }

    #[test]
    fn a_budget_is_full_again_after_its_time() {
        let start = Instant::now();
        let mut budget = Budget::new(100, 50, start);
        assert!(budget.is_full(start) && budget.take(50, start));
        assert!(!budget.is_full(start + Duration::from_millis(499)));
        assert!(budget.is_full(start + Duration::from_millis(500)));
    }

    #[test]
    fn a_cost_that_is_refused_costs_nothing() {
        let start = Instant::now();
        let mut budget = Budget::new(1, 10, start);
        assert!(!budget.take(11, start));
        assert!(budget.take(10, start));
    }
}
