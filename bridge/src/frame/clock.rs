//! Time and chance, handed in: a bridge has neither of its own.

/// Time and chance.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;

    /// A number below `bound`, another one each time; 0 for a bound of 0.
    fn below(&self, bound: u64) -> u64;
}

/// The shortest wait after a fault, in milliseconds.
const WAIT_MS_MIN: u64 = 5_000;
/// The longest wait between two tries, in milliseconds: a quarter of an hour.
pub const WAIT_MS_MAX: u64 = 900_000;
/// From how many faults on the wait grows no more.
const DOUBLINGS_MAX: u32 = 8;

/// How long to wait after so many faults in a row: doubled each time up to [`WAIT_MS_MAX`], and a part of a quarter on top, so
/// that many bridges that lost the same system do not come back together.
#[must_use]
pub fn backoff_ms(faults: u32, clock: &dyn Clock) -> u64 {
    let doubled = WAIT_MS_MIN << faults.saturating_sub(1).min(DOUBLINGS_MAX);
    let wait = doubled.min(WAIT_MS_MAX);
    wait + clock.below(wait / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u64);

    impl Clock for Fixed {
        fn now_ms(&self) -> u64 {
            0
        }

        fn below(&self, bound: u64) -> u64 {
            self.0.min(bound.saturating_sub(1))
        }
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour_and_never_more_than_a_quarter_beyond() {
        let calm = Fixed(0);
        let waits: Vec<u64> = (1..6).map(|it| backoff_ms(it, &calm)).collect();
        assert_eq!(waits, [5_000, 10_000, 20_000, 40_000, 80_000]);
        assert_eq!(backoff_ms(0, &calm), WAIT_MS_MIN);
        assert_eq!(backoff_ms(u32::MAX, &calm), WAIT_MS_MAX);
        let wild = Fixed(u64::MAX);
        assert!(backoff_ms(u32::MAX, &wild) < WAIT_MS_MAX / 4 * 5);
    }
}
