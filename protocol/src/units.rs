//! Ranges of unit numbers: the tonnes themselves.
//!
//! A country numbers its tonnes in one national counter that never turns back, so the pair (origin, number) names
//! one tonne for ever, through every split and every border it crosses. A [`UnitRange`] is a run of such tonnes.

mod block;

pub use block::{FirstTransfer, UnitAuthorisation, UnitBlock};

use crate::party::{Party, PartyError};
use crate::text::{TextVisitor, canonical, excerpt};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// The smallest number of a tonne.
pub const UNIT_NUMBER_MIN: u64 = 1;

/// The largest number of a tonne: what a signed 64-bit column of any database still holds.
pub const UNIT_NUMBER_MAX: u64 = i64::MAX as u64;

/// A run of whole tonnes (t CO2 eq) of one country, both ends included. Text form: `GH-27-35`.
///
/// Ordered by origin, then by first number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitRange {
    origin: Party,
    first: u64,
    last: u64,
}

/// Why numbers make no range, or why a range cannot be divided or joined as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitsError {
    /// A number is zero or above [`UNIT_NUMBER_MAX`].
    #[error("unit number {0} is outside 1 to {max}; give the number as issued", max = UNIT_NUMBER_MAX)]
    Number(u64),
    /// The last number is below the first.
    #[error("range {first}-{last} runs backwards; give the smaller number first")]
    Backwards {
        /// The first number as given.
        first: u64,
        /// The last number as given.
        last: u64,
    },
    /// The amount to take is zero, or leaves nothing in the range it is taken from.
    #[error(
        "cannot split {tonnes} tonnes off {range}, which holds {held}; take at least 1 and fewer than all, or move \
         the whole range",
        held = .range.tonnes()
    )]
    SplitAmount {
        /// The range that was to be split.
        range: UnitRange,
        /// The amount asked for.
        tonnes: u64,
    },
    /// The number at which to split is not inside the range, or is its first.
    #[error("cannot split {range} at {number}; the new range must begin above {first} and not above {last}",
        first = .range.first, last = .range.last)]
    SplitNumber {
        /// The range that was to be split.
        range: UnitRange,
        /// The first number the tail was to have.
        number: u64,
    },
    /// Two ranges do not follow each other without a gap.
    #[error(
        "ranges {left} and {right} do not follow one another; only neighbours of one country join"
    )]
    NotAdjacent {
        /// One range.
        left: UnitRange,
        /// The other range.
        right: UnitRange,
    },
    /// The country of a range in text form is unknown.
    #[error("in a unit range, {0}")]
    Origin(#[from] PartyError),
    /// The text is not of the form `GH-27-35`.
    #[error("unit range {0:?} is not COUNTRY-FIRST-LAST in plain digits; write it as GH-27-35")]
    Form(String),
}

impl UnitRange {
    /// The tonnes `first` to `last` of a country, both included.
    ///
    /// # Errors
    /// [`UnitsError::Number`] when an end is outside 1 to [`UNIT_NUMBER_MAX`], [`UnitsError::Backwards`] when
    /// `last` is below `first`.
    pub const fn new(origin: Party, first: u64, last: u64) -> Result<Self, UnitsError> {
        if first < UNIT_NUMBER_MIN || first > UNIT_NUMBER_MAX {
            return Err(UnitsError::Number(first));
        }
        if last < UNIT_NUMBER_MIN || last > UNIT_NUMBER_MAX {
            return Err(UnitsError::Number(last));
        }
        if last < first {
            return Err(UnitsError::Backwards { first, last });
        }
        Ok(Self {
            origin,
            first,
            last,
        })
    }

    /// A range that was checked before it was taken apart.
    pub(crate) const fn known(origin: Party, first: u64, last: u64) -> Self {
        Self {
            origin,
            first,
            last,
        }
    }

    /// The country whose counter numbered these tonnes.
    #[must_use]
    pub const fn origin(self) -> Party {
        self.origin
    }

    /// The smallest number.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The largest number, included.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.last
    }

    /// How many tonnes the range holds: at least 1, at most [`UNIT_NUMBER_MAX`].
    #[must_use]
    pub const fn tonnes(self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether the tonne with this number of the same country is in the range.
    #[must_use]
    pub const fn contains(self, number: u64) -> bool {
        self.first <= number && number <= self.last
    }

    /// Whether every tonne of `other` is in this range.
    #[must_use]
    pub fn contains_range(self, other: Self) -> bool {
        self.origin == other.origin && self.first <= other.first && other.last <= self.last
    }

    /// Whether the two ranges share a tonne.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.origin == other.origin && self.first <= other.last && other.first <= self.last
    }

    /// The numbers that two ranges share; `None` where they share none.
    #[must_use]
    pub fn common(self, other: Self) -> Option<Self> {
        self.overlaps(other).then(|| Self {
            origin: self.origin,
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        })
    }

    /// Whether one range begins where the other ends, in either order.
    #[must_use]
    pub fn is_adjacent(self, other: Self) -> bool {
        // No overflow: numbers end at i64::MAX.
        self.origin == other.origin
            && (self.last + 1 == other.first || other.last + 1 == self.first)
    }

    /// Divides the range so that the tail holds `tonnes`: the sender keeps the head, the receiver gets the tail.
    ///
    /// # Errors
    /// [`UnitsError::SplitAmount`] when `tonnes` is zero or is not less than the whole.
    pub const fn split_off_tail(self, tonnes: u64) -> Result<(Self, Self), UnitsError> {
        if tonnes == 0 || tonnes >= self.tonnes() {
            return Err(UnitsError::SplitAmount {
                range: self,
                tonnes,
            });
        }
        self.split_at(self.last - tonnes + 1)
    }

    /// Divides the range into the tonnes below `number` and those from `number` on.
    ///
    /// # Errors
    /// [`UnitsError::SplitNumber`] when a part would be empty.
    pub const fn split_at(self, number: u64) -> Result<(Self, Self), UnitsError> {
        if number <= self.first || number > self.last {
            return Err(UnitsError::SplitNumber {
                range: self,
                number,
            });
        }
        Ok((
            Self {
                last: number - 1,
                ..self
            },
            Self {
                first: number,
                ..self
            },
        ))
    }

    /// The one range made of two neighbours, given in either order.
    ///
    /// # Errors
    /// [`UnitsError::NotAdjacent`] when there is a gap, an overlap or another country between them.
    pub fn join(self, other: Self) -> Result<Self, UnitsError> {
        if !self.is_adjacent(other) {
            return Err(UnitsError::NotAdjacent {
                left: self,
                right: other,
            });
        }
        Ok(Self {
            origin: self.origin,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        })
    }
}

impl fmt::Display for UnitRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}-{}", self.origin, self.first, self.last)
    }
}

impl FromStr for UnitRange {
    type Err = UnitsError;

    fn from_str(text: &str) -> Result<Self, UnitsError> {
        let form = || UnitsError::Form(excerpt(text));
        let (origin, numbers) = text.split_once('-').ok_or_else(form)?;
        let (first, last) = numbers.split_once('-').ok_or_else(form)?;
        let number = |digits| canonical::<u64>(digits).ok_or_else(form);
        Self::new(origin.parse()?, number(first)?, number(last)?)
    }
}

/// Text where people read, three fields where space counts.
impl Serialize for UnitRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        (self.origin, self.first, self.last).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for UnitRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer
                .deserialize_str(TextVisitor("a unit range such as GH-27-35", PhantomData));
        }
        let (origin, first, last) = <(Party, u64, u64)>::deserialize(deserializer)?;
        Self::new(origin, first, last).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
