use std::time::Duration;

/// How long to wait before dialling a peer again after `failures` failures in a row.
///
/// Doubles from `least` to `most`; the upper half of it is drawn by `random`, so that nodes which lost the same peer at
/// the same moment do not all come back at the same moment.
pub(super) fn redial_delay(
    failures: u32,
    least: Duration,
    most: Duration,
    random: u32,
) -> Duration {
    let doubled = least.saturating_mul(2_u32.saturating_pow(failures));
    let half = doubled.min(most) / 2;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// The draw for [`redial_delay`]; the middle when the system gives no random numbers, which only costs the spread.
pub(super) fn draw() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: Duration = Duration::from_secs(1);
    const MOST: Duration = Duration::from_secs(60);

    #[test]
    fn the_wait_doubles_up_to_its_cap_and_never_overflows() {
        let longest = |failures| redial_delay(failures, LEAST, MOST, u32::MAX);
        assert_eq!(longest(0), Duration::from_secs(1));
        assert_eq!(longest(3), Duration::from_secs(8));
        assert_eq!(longest(6), MOST);
        assert_eq!(longest(u32::MAX), MOST);
    }

    #[test]
    fn the_draw_spreads_the_upper_half() {
        assert_eq!(redial_delay(2, LEAST, MOST, 0), Duration::from_secs(2));
        assert_eq!(
            redial_delay(2, LEAST, MOST, u32::MAX),
            Duration::from_secs(4)
        );
    }
}
