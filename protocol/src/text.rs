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

/// The longest text that [`Short`] holds, in bytes.
const SHORT_BYTES_MAX: usize = 64;

/// A short text on the stack; writing more than fits fails.
pub(crate) struct Short {
    bytes: [u8; SHORT_BYTES_MAX],
    length: usize,
}

impl Default for Short {
    fn default() -> Self {
        Self {
            bytes: [0; SHORT_BYTES_MAX],
            length: 0,
        }
    }
}

impl Short {
    /// The text so far.
    pub(crate) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        // Only whole texts come in.
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Serde as the canonical text, in every format (JSON and postcard alike).
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // Formats that write the length first would print it twice.
                let mut text = $crate::text::Short::default();
                match std::fmt::Write::write_fmt(&mut text, format_args!("{self}")) {
                    Ok(()) => serializer.serialize_str(text.as_str()),
                    Err(_) => serializer.collect_str(self),
                }
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
