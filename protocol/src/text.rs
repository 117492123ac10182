//! Helpers shared by the types that have one canonical text form.

use serde::de::{Error, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// The most characters of refused input that an error message repeats.
const EXCERPT_CHARS_MAX: usize = 48;

/// The head of refused input, short enough for an error message.
pub(crate) fn excerpt(input: &str) -> String {
    let mut head: String = input.chars().take(EXCERPT_CHARS_MAX).collect();
    if head.len() < input.len() {
        head.push('…');
    }
    head
}

/// Reads a value and accepts it only when it prints as exactly the text that was read.
pub(crate) fn canonical<T: FromStr + ToString>(input: &str) -> Option<T> {
    let value: T = input.parse().ok()?;
    (value.to_string() == input).then_some(value)
}

/// Reads a value from a string through `FromStr`, so that every stored or received value passes the same checks.
pub(crate) struct TextVisitor<T>(pub(crate) &'static str, pub(crate) PhantomData<T>);

impl<T> Visitor<'_> for TextVisitor<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Serde as the canonical text, in every format (JSON and postcard alike).
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::text::TextVisitor(
                    $expecting,
                    std::marker::PhantomData,
                ))
            }
        }
    };
}
pub(crate) use serde_as_text;
