//! Numbers of cells: years, counts, quantities.

use super::field::Value;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Digits after the point that a quantity may have.
const FRACTION_DIGITS_MAX: usize = 6;

/// A quantity: a whole number, or one with up to six digits after the point. Text form: `1234`, `12.5`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    whole: u64,
    millionths: u32,
}

/// A text that is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a number such as 1234 or 12.5, with at most six digits after the point")]
pub struct NoDecimal;

impl Decimal {
    /// The number before the point.
    #[must_use]
    pub const fn floor(self) -> u64 {
        self.whole
    }

    /// The number, where there is nothing after the point.
    #[must_use]
    pub const fn whole(self) -> Option<u64> {
        if self.millionths == 0 {
            Some(self.whole)
        } else {
            None
        }
    }

    /// In millionths, for sums: 85 bits at most.
    #[must_use]
    pub const fn millionths(self) -> u128 {
        // No overflow: u64::MAX times a million fits 85 bits.
        self.whole as u128 * 1_000_000 + self.millionths as u128
    }
}

impl From<u64> for Decimal {
    fn from(whole: u64) -> Self {
        Self {
            whole,
            millionths: 0,
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.millionths == 0 {
            return write!(formatter, "{}", self.whole);
        }
        let fraction = format!("{:06}", self.millionths);
        write!(
            formatter,
            "{}.{}",
            self.whole,
            fraction.trim_end_matches('0')
        )
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = fraction.trim_end_matches('0');
        if fraction.is_empty()
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
            || digits.len() > FRACTION_DIGITS_MAX
        {
            return Err(NoDecimal);
        }
        let millionths = format!("{digits:0<6}").parse().map_err(|_| NoDecimal)?;
        let whole = count(whole).ok_or(NoDecimal)?;
        Ok(Self { whole, millionths })
    }
}

impl Value for Decimal {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// A year in four digits.
impl Value for u16 {
    fn parse(text: &str) -> Option<Self> {
        let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| year && *number >= 1000)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// The number of a version.
impl Value for u32 {
    fn parse(text: &str) -> Option<Self> {
        count(text)?.try_into().ok()
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// A whole number in digits, with or without a comma before each group of three.
pub(super) fn count(text: &str) -> Option<u64> {
    if text.contains(',') {
        let mut groups = text.split(',');
        let first = groups.next()?;
        let even = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
        return even
            .then(|| text.replace(',', ""))
            .and_then(|digits| count(&digits));
    }
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
