//! A moment as people agree on it: UTC, whole seconds, in one spelling.

use crate::text::{excerpt, serde_as_text};
use std::fmt;
use std::str::FromStr;

const DAY_SECONDS: u64 = 86_400;

/// The last second that has a four-digit year.
const SECONDS_MAX: u64 = 253_402_300_799;

/// A moment in seconds since 1970-01-01 UTC, without leap seconds. Text form (RFC 3339): `2026-11-22T10:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

/// Why a text or a number is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text has another form, or names a day or hour that does not exist.
    #[error("time {0:?} is not a UTC time in whole seconds; write it as 2026-11-22T10:00:00Z")]
    Form(String),
    /// The moment lies after the year 9999.
    #[error("time {0} s since 1970 lies after the year 9999; give seconds, not milliseconds")]
    TooLate(u64),
}

impl Timestamp {
    /// The moment this many seconds after 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`TimestampError::TooLate`] after the year 9999.
    pub const fn from_seconds(seconds: u64) -> Result<Self, TimestampError> {
        if seconds > SECONDS_MAX {
            return Err(TimestampError::TooLate(seconds));
        }
        Ok(Self(seconds))
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// Milliseconds since 1970-01-01 UTC, as records count time.
    #[must_use]
    pub const fn milliseconds(self) -> u64 {
        // No overflow: SECONDS_MAX leaves room for the factor.
        self.0 * 1000
    }
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn month_days(year: u64, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of January of a year.
const fn days_before_year(year: u64) -> u64 {
    let past = year - 1;
    // 1969 full years hold 477 leap days.
    (year - 1970) * 365 + past / 4 - past / 100 + past / 400 - 477
}

/// The calendar year of a day, counted from 1970-01-01.
pub(crate) const fn year_of(days: u64) -> u64 {
    // An estimate that is never too late, and too early by a few years at most.
    let mut year = 1970 + days / 366;
    while days_before_year(year + 1) <= days {
        year += 1;
    }
    year
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / DAY_SECONDS, self.0 % DAY_SECONDS);
        let year = year_of(days);
        let (mut month, mut day) = (1, days - days_before_year(year));
        while day >= month_days(year, month) {
            day -= month_days(year, month);
            month += 1;
        }
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let day = day + 1;
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse(text)
            .filter(|time| time.to_string() == text)
            .ok_or_else(|| TimestampError::Form(excerpt(text)))
    }
}

/// Reads the digits at their places; the caller compares the whole text with what the result prints.
fn parse(text: &str) -> Option<Timestamp> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if year < 1970 || !(1..=12).contains(&month) || day == 0 || day > month_days(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let months: u64 = (1..month).map(|month| month_days(year, month)).sum();
    let days = days_before_year(year) + months + day - 1;
    Timestamp::from_seconds(days * DAY_SECONDS + hour * 3600 + minute * 60 + second).ok()
}

serde_as_text!(Timestamp, "a UTC time such as 2026-11-22T10:00:00Z");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments_have_known_dates() {
        // From `date -u -d @N`.
        let known = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_000_000_000, "2001-09-09T01:46:40Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (SECONDS_MAX, "9999-12-31T23:59:59Z"),
        ];
        for (seconds, text) in known {
            let time = Timestamp::from_seconds(seconds).unwrap();
            assert_eq!((time.to_string().as_str(), text.parse()), (text, Ok(time)));
        }
        assert!(Timestamp::from_seconds(SECONDS_MAX + 1).is_err());
    }

    #[test]
    fn other_spellings_and_days_that_never_were_are_refused() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-11-22t10:00:00z",
            "2026-11-22 10:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-22T10:00:00.0Z",
            "2026-11-22T10:00:00+00:00",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T23:59:60Z",
            "1969-12-31T23:59:59Z",
            "2100-02-29T00:00:00Z",
            "+026-11-22T10:00:00Z",
            "2026-11-00T10:00:00Z",
        ] {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(TimestampError::Form(text.into())),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_moment_survives_its_text_and_texts_sort_like_moments(a in 0..=SECONDS_MAX, b in 0..=SECONDS_MAX) {
            let (a, b) = (Timestamp(a), Timestamp(b));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn reading_any_text_ends_in_a_moment_or_a_refusal(text in ".{0,24}") {
            prop_assert!(text.parse::<Timestamp>().map_or(true, |time| time.to_string() == text));
        }
    }
}
