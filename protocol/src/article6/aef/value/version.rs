//! The version of a submission.

use super::field::Value;
use std::borrow::Cow;
use std::fmt;

/// X.Y: the first submission for a year is 1.0. Text form: `1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// X, from 1.
    pub major: u32,
    /// Y, from 0.
    pub minor: u32,
}

impl Version {
    /// The first submission for a year.
    pub const FIRST: Self = Self { major: 1, minor: 0 };
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

impl Value for Version {
    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let usual = digits(major) && digits(minor) && !major.starts_with('0');
        usual.then_some(())?;
        let (major, minor) = (major.parse().ok()?, minor.parse().ok()?);
        // One version has one text.
        Some(Self { major, minor }).filter(|version| version.to_string() == text)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}
