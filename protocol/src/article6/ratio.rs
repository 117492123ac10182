//! Exact fractions: adjustments are never rounded before somebody prints them.

use std::fmt;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

/// An exact fraction in lowest terms. Printed as `100` or `700/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "(i128, i128)", try_from = "(i128, i128)")]
pub struct Ratio {
    numerator: i128,
    /// Never below 1.
    denominator: i128,
}

const fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i128) -> Self {
        Self {
            numerator: number,
            denominator: 1,
        }
    }

    /// `numerator / denominator`; `None` when the denominator is 0 or the fraction does not fit.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?;
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        if denominator > 0 {
            return Some(Self {
                numerator,
                denominator,
            });
        }
        Some(Self {
            numerator: numerator.checked_neg()?,
            denominator: denominator.checked_neg()?,
        })
    }

    /// The numerator in lowest terms.
    #[must_use]
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator in lowest terms, at least 1.
    #[must_use]
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// The nearest whole number, halves away from zero: how reports print it.
    #[must_use]
    pub const fn rounded(self) -> i128 {
        let (half, rest) = (
            self.denominator - self.denominator / 2,
            self.numerator % self.denominator,
        );
        let whole = self.numerator / self.denominator;
        if rest.abs() < half || rest == 0 {
            whole
        } else {
            whole + rest.signum()
        }
    }
}

impl Add for Ratio {
    type Output = Self;

    /// Numbers of tonnes and of years: numerators stay far below 2^127.
    fn add(self, other: Self) -> Self {
        let numerator = self.numerator * other.denominator + other.numerator * self.denominator;
        Self::new(numerator, self.denominator * other.denominator).unwrap_or(Self::ZERO)
    }
}

impl Neg for Ratio {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            numerator: -self.numerator,
            ..self
        }
    }
}

impl Sub for Ratio {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl From<Ratio> for (i128, i128) {
    fn from(it: Ratio) -> Self {
        (it.numerator, it.denominator)
    }
}

impl TryFrom<(i128, i128)> for Ratio {
    type Error = &'static str;

    fn try_from((numerator, denominator): (i128, i128)) -> Result<Self, Self::Error> {
        Self::new(numerator, denominator).ok_or("a fraction needs a denominator that is not 0")
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(formatter, "{}", self.numerator)
        } else {
            write!(formatter, "{}/{}", self.numerator, self.denominator)
        }
    }
}
