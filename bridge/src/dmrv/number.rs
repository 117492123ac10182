//! Decimal numbers with their bounds.

use rust_decimal::Decimal;

/// Digits before the point.
const WHOLE_DIGITS_MAX: usize = 12;
/// Digits after it.
const PART_DIGITS_MAX: usize = 9;

/// Why a text is no number here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no number: write digits with a point, such as 12.5, with at most 12 digits before it and 9 after it, and no exponent"
)]
pub struct NumberError(pub String);

/// Reads a number: an optional sign, digits, and a part after a point.
pub(super) fn parse(text: &str) -> Result<Decimal, NumberError> {
    let wrong = || NumberError(text.chars().take(48).collect());
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_good = |it: &str, most: usize| {
        !it.is_empty() && it.len() <= most && it.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_good(whole, WHOLE_DIGITS_MAX) || !is_good(part, PART_DIGITS_MAX) {
        return Err(wrong());
    }
    Decimal::from_str_exact(text).map_err(|_| wrong())
}

/// The one way to write a number: without zeros that say nothing. Points are signed in this form.
///
/// # Errors
/// [`NumberError`].
pub fn number_text(text: &str) -> Result<String, NumberError> {
    parse(text).map(written)
}

pub(super) fn written(number: Decimal) -> String {
    let number = number.normalize();
    // There is no minus zero.
    if number.is_zero() {
        return "0".to_owned();
    }
    number.to_string()
}

/// A value that lies between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounded {
    pub(super) low: Decimal,
    pub(super) value: Decimal,
    pub(super) high: Decimal,
}

impl Bounded {
    pub(super) const fn exact(value: Decimal) -> Self {
        Self {
            low: value,
            value,
            high: value,
        }
    }

    /// A value with an uncertainty to both sides.
    pub(super) fn around(value: Decimal, uncertainty: Decimal) -> Option<Self> {
        Some(Self {
            low: value.checked_sub(uncertainty)?,
            value,
            high: value.checked_add(uncertainty)?,
        })
    }

    pub(super) fn add(self, other: Self) -> Option<Self> {
        Some(Self {
            low: self.low.checked_add(other.low)?,
            value: self.value.checked_add(other.value)?,
            high: self.high.checked_add(other.high)?,
        })
    }

    pub(super) fn sub(self, other: Self) -> Option<Self> {
        Some(Self {
            low: self.low.checked_sub(other.high)?,
            value: self.value.checked_sub(other.value)?,
            high: self.high.checked_sub(other.low)?,
        })
    }

    pub(super) fn mul(self, other: Self) -> Option<Self> {
        let corners = [
            self.low.checked_mul(other.low)?,
            self.low.checked_mul(other.high)?,
            self.high.checked_mul(other.low)?,
            self.high.checked_mul(other.high)?,
        ];
        Self::over(corners, self.value.checked_mul(other.value)?)
    }

    /// None where the divisor may be zero.
    pub(super) fn div(self, other: Self) -> Option<Self> {
        if other.low <= Decimal::ZERO && other.high >= Decimal::ZERO {
            return None;
        }
        let corners = [
            self.low.checked_div(other.low)?,
            self.low.checked_div(other.high)?,
            self.high.checked_div(other.low)?,
            self.high.checked_div(other.high)?,
        ];
        Self::over(corners, self.value.checked_div(other.value)?)
    }

    fn over(corners: [Decimal; 4], value: Decimal) -> Option<Self> {
        Some(Self {
            low: corners.into_iter().min()?,
            value,
            high: corners.into_iter().max()?,
        })
    }

    pub(super) fn min(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            value: self.value.min(other.value),
            high: self.high.min(other.high),
        }
    }

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            value: self.value.max(other.value),
            high: self.high.max(other.high),
        }
    }
}
