//! Days, moments and timeframes, as the format writes them.

use super::field::Value;
use crate::period::Day;
use crate::time::Timestamp;
use std::borrow::Cow;

/// A day as dd/mm/yyyy; yyyy-mm-dd is read too.
impl Value for Day {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(day) = text.parse() {
            return Some(day);
        }
        let mut parts = text.split('/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let usual = parts.next().is_none()
            && year.len() == 4
            && [day, month].iter().all(|part| matches!(part.len(), 1 | 2));
        usual.then_some(())?;
        format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
    }

    fn text(&self) -> Cow<'_, str> {
        let iso = self.to_string();
        let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
        Cow::Owned(format!("{}/{}/{}", part(8, 10), part(5, 7), part(0, 4)))
    }
}

/// When an action was done: the day, or the moment where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionDate {
    /// dd/mm/yyyy.
    Day(Day),
    /// Milliseconds since 1970-01-01 UTC; written as ISO 8601 UTC with milliseconds.
    Moment(u64),
}

impl ActionDate {
    /// The day (UTC).
    #[must_use]
    pub fn day(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Moment(milliseconds) => Day::of_ms(milliseconds),
        }
    }

    /// The moment, in milliseconds since 1970-01-01 UTC: midnight where only the day is known.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        match self {
            Self::Day(day) => day.start_ms(),
            Self::Moment(milliseconds) => milliseconds,
        }
    }
}

impl Value for ActionDate {
    fn parse(text: &str) -> Option<Self> {
        if let Some(day) = Day::parse(text) {
            return Some(Self::Day(day));
        }
        let (seconds, fraction) = match text.split_once('.') {
            Some((seconds, fraction)) => (seconds, fraction.strip_suffix('Z')?),
            None => (text.strip_suffix('Z')?, "000"),
        };
        let usual = fraction.len() == 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        usual.then_some(())?;
        let seconds: Timestamp = format!("{seconds}Z").parse().ok()?;
        Some(Self::Moment(
            seconds.milliseconds() + fraction.parse::<u64>().ok()?,
        ))
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Day(day) => day.text(),
            Self::Moment(milliseconds) => {
                // A moment after the year 9999 has no text; none is read, and a ledger has none.
                let seconds = Timestamp::from_seconds(milliseconds / 1000).map(|it| it.to_string());
                let seconds = seconds.unwrap_or_default();
                let seconds = seconds.trim_end_matches('Z');
                Cow::Owned(format!("{seconds}.{:03}Z", milliseconds % 1000))
            }
        }
    }
}

/// When outcomes occur, and when they may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeframe {
    /// From the first day of a year to the last day of another. Text form: `2021 - 2030`.
    Years(u16, u16),
    /// Day by day. Text form: `Occurred: from 01/01/2021 to 31/12/2030. Use: from 01/01/2021 to 31/12/2030`.
    Days {
        /// The first and the last day on which the outcomes occur.
        occurred: (Day, Day),
        /// The first and the last day on which they may be used.
        used: (Day, Day),
    },
}

/// The first and the last day of a year; years before 1970 have none of their own.
fn year_days(first: u16, last: u16) -> (Day, Day) {
    let day = |year: u16, rest: &str| format!("{year:04}-{rest}").parse();
    (
        day(first, "01-01").unwrap_or(Day::FIRST),
        day(last, "12-31").unwrap_or(Day::FIRST),
    )
}

impl Timeframe {
    /// The first and the last day on which the outcomes occur.
    #[must_use]
    pub fn occurred(self) -> (Day, Day) {
        match self {
            Self::Years(first, last) => year_days(first, last),
            Self::Days { occurred, .. } => occurred,
        }
    }

    /// The first and the last day on which they may be used.
    #[must_use]
    pub fn used(self) -> (Day, Day) {
        match self {
            Self::Years(first, last) => year_days(first, last),
            Self::Days { used, .. } => used,
        }
    }

    pub(in crate::article6::aef) fn in_years(self) -> Self {
        let (occurred, used) = (self.occurred(), self.used());
        match self {
            Self::Years(..) => self,
            Self::Days { .. } => {
                Self::Years(occurred.0.min(used.0).year(), occurred.1.max(used.1).year())
            }
        }
    }

    pub(in crate::article6::aef) fn in_days(self) -> Self {
        Self::Days {
            occurred: self.occurred(),
            used: self.used(),
        }
    }
}

impl Value for Timeframe {
    fn parse(text: &str) -> Option<Self> {
        if let Some((first, last)) = text.split_once(['-', '\u{2013}']) {
            let years = (u16::parse(first.trim()), u16::parse(last.trim()));
            if let (Some(first), Some(last)) = years {
                return (first <= last).then_some(Self::Years(first, last));
            }
        }
        let text = text.to_lowercase();
        let text = text.trim_end_matches('.');
        let (occurred, used) = text.split_once("use:")?;
        let occurred = occurred.trim().strip_prefix("occurred:")?;
        Some(Self::Days {
            occurred: days(occurred.trim().trim_end_matches('.'))?,
            used: days(used.trim())?,
        })
    }

    fn text(&self) -> Cow<'_, str> {
        let days = |(first, last): (Day, Day)| format!("from {} to {}", first.text(), last.text());
        Cow::Owned(match *self {
            Self::Years(first, last) => format!("{first:04} - {last:04}"),
            Self::Days { occurred, used } => {
                format!("Occurred: {}. Use: {}", days(occurred), days(used))
            }
        })
    }
}

/// `from 01/01/2021 to 31/12/2030`.
fn days(text: &str) -> Option<(Day, Day)> {
    let (first, last) = text.strip_prefix("from")?.split_once("to")?;
    let (first, last) = (Day::parse(first.trim())?, Day::parse(last.trim())?);
    (first <= last).then_some((first, last))
}
