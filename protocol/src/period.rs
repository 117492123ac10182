//! Calendar days, and periods of them: crediting periods, monitoring periods.

use crate::text::{excerpt, serde_as_text};
use crate::time::{Timestamp, year_of};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

const DAY_SECONDS: u64 = 86_400;
const DAY_MS: u64 = DAY_SECONDS * 1000;

/// The last day that has a four-digit year: 9999-12-31.
const DAYS_MAX: u32 = 2_932_896;

/// A calendar day, counted in days since 1970-01-01 (proleptic Gregorian). Text form (ISO 8601): `2026-11-23`.
///
/// A day has no time zone: it is the day that the country wrote into the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

/// Days from the first to the last, both within. Text form (ISO 8601): `2021-01-01/2030-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: Day,
    last: Day,
}

/// Why a text or a number is no day or period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The text has another form, or names a day that does not exist.
    #[error("day {0:?} is not a day from 1970 on; write it as 2026-11-23")]
    Day(String),
    /// The day lies after the year 9999.
    #[error("day {0} since 1970 lies after the year 9999")]
    TooLate(u32),
    /// The text is no two days.
    #[error("period {0:?} is not two days; write it as 2021-01-01/2030-12-31")]
    Form(String),
    /// The period ends before it begins.
    #[error("the period from {first} to {last} ends before it begins")]
    Backwards {
        /// The first day.
        first: Day,
        /// The last day.
        last: Day,
    },
}

impl Day {
    /// 1970-01-01.
    pub const FIRST: Self = Self(0);

    /// 9999-12-31.
    pub const LAST: Self = Self(DAYS_MAX);

    /// The day this many days after 1970-01-01.
    ///
    /// # Errors
    /// [`PeriodError::TooLate`] after the year 9999.
    pub const fn new(days: u32) -> Result<Self, PeriodError> {
        if days > DAYS_MAX {
            return Err(PeriodError::TooLate(days));
        }
        Ok(Self(days))
    }

    /// The day (UTC) of a moment in milliseconds since the Unix epoch; the last day for whatever lies after the year 9999.
    #[must_use]
    pub fn of_ms(time_ms: u64) -> Self {
        let days = u32::try_from(time_ms / DAY_MS).unwrap_or(u32::MAX);
        Self(days.min(DAYS_MAX))
    }

    /// Its first moment (UTC), in milliseconds since the Unix epoch.
    #[must_use]
    pub fn start_ms(self) -> u64 {
        u64::from(self.0) * DAY_MS
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> u16 {
        // A day before the year 10,000, so this always fits.
        u16::try_from(year_of(u64::from(self.0))).unwrap_or(u16::MAX)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let midnight = Timestamp::from_seconds(u64::from(self.0) * DAY_SECONDS);
        let text = midnight.map_err(|_| fmt::Error)?.to_string();
        formatter.write_str(text.get(..10).unwrap_or_default())
    }
}

impl FromStr for Day {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let refused = || PeriodError::Day(excerpt(text));
        let midnight: Timestamp = format!("{text}T00:00:00Z").parse().map_err(|_| refused())?;
        let days = u32::try_from(midnight.seconds() / DAY_SECONDS).map_err(|_| refused())?;
        Self::new(days)
    }
}

impl Period {
    /// The period from one day to another, both within.
    ///
    /// # Errors
    /// [`PeriodError::Backwards`] when it ends before it begins.
    pub const fn new(first: Day, last: Day) -> Result<Self, PeriodError> {
        if last.0 < first.0 {
            return Err(PeriodError::Backwards { first, last });
        }
        Ok(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub const fn first(self) -> Day {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(self) -> Day {
        self.last
    }

    /// Whether every day of another period lies in this one.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.first.0 <= other.first.0 && other.last.0 <= self.last.0
    }

    /// Whether the two have a day in common.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.first.0 <= other.last.0 && other.first.0 <= self.last.0
    }

    /// The calendar years that it touches.
    #[must_use]
    pub fn years(self) -> RangeInclusive<u16> {
        self.first.year()..=self.last.year()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.last)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let days = text.split_once('/');
        let (first, last) = days.ok_or_else(|| PeriodError::Form(excerpt(text)))?;
        Self::new(first.parse()?, last.parse()?)
    }
}

serde_as_text!(Day, "a day such as 2026-11-23");
serde_as_text!(Period, "a period such as 2021-01-01/2030-12-31");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use proptest::prelude::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn known_days_have_known_dates() {
        // From `date -u -d @$((N * 86400))`.
        let known = [
            (0, "1970-01-01", 1970),
            (11_016, "2000-02-29", 2000),
            (20_088, "2024-12-31", 2024),
            (47_541, "2100-03-01", 2100),
            (DAYS_MAX, "9999-12-31", 9999),
        ];
        for (days, text, year) in known {
            let day = Day::new(days).unwrap();
            assert_eq!((day.to_string().as_str(), day.year()), (text, year));
            assert_eq!(text.parse(), Ok(day));
        }
        assert!(Day::new(DAYS_MAX + 1).is_err());
    }

    #[test]
    fn other_spellings_and_periods_that_end_before_they_begin_are_refused() {
        for text in [
            "",
            "2026-1-1",
            "2026-02-29",
            "2026-11-23T00:00:00Z",
            "26-11-23",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        for text in [
            "",
            "2026-01-01",
            "2026-01-02/2026-01-01",
            "2026-01-01/2026-01-02/2026-01-03",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        assert_eq!(period("2026-01-01/2026-01-01").years(), 2026..=2026);
    }

    #[test]
    fn the_first_and_the_last_day_are_within() {
        let year = period("2026-01-01/2026-12-31");
        assert!(year.contains(year));
        assert!(year.overlaps(period("2026-12-31/2027-12-31")));
        assert!(!year.overlaps(period("2027-01-01/2027-12-31")));
        assert!(!year.contains(period("2026-12-31/2027-01-01")));
    }

    proptest! {
        #[test]
        fn days_and_periods_survive_their_texts(first in 0..=DAYS_MAX, length in 0_u32..20_000) {
            let last = first.saturating_add(length).min(DAYS_MAX);
            let period = Period::new(Day(first), Day(last)).unwrap();
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(Day(first).to_string().parse(), Ok(Day(first)));
        }

        #[test]
        fn overlap_is_a_common_day(a in 0_u32..30, b in 0_u32..10, c in 0_u32..30, d in 0_u32..10) {
            let one = Period::new(Day(a), Day(a + b)).unwrap();
            let other = Period::new(Day(c), Day(c + d)).unwrap();
            let common = (a..=a + b).any(|day| (c..=c + d).contains(&day));
            prop_assert_eq!(one.overlaps(other), common);
            prop_assert_eq!(one.contains(other), (c..=c + d).all(|day| (a..=a + b).contains(&day)));
        }
    }
}
