//! The id of an authorisation.

use super::IdError;
use crate::text::{excerpt, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// The longest id of an authorisation, in bytes.
pub const AUTHORISATION_ID_LEN_MAX: usize = 32;

/// An authorisation, by the id that the authorising Party gave it: 1 to 32 letters, digits, spaces and hyphens, as the agreed
/// electronic format takes them; a letter or digit at both ends. Units carry it, so it is small and copied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorisationId {
    /// Filled up with zeros, which no id contains.
    text: [u8; AUTHORISATION_ID_LEN_MAX],
}

impl AuthorisationId {
    /// Before every id in order: a bound for ranges, never a value.
    pub(crate) const BEFORE_ALL: Self = Self {
        text: [0; AUTHORISATION_ID_LEN_MAX],
    };

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.text.iter().position(|byte| *byte == 0);
        let text = self.text.get(..length.unwrap_or(self.text.len()));
        // Only ASCII comes in.
        std::str::from_utf8(text.unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Display for AuthorisationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for AuthorisationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AuthorisationId({self})")
    }
}

impl FromStr for AuthorisationId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Authorisation(excerpt(text));
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
        let (Some(first), Some(last)) = (text.bytes().next(), text.bytes().next_back()) else {
            return Err(refused());
        };
        let ends = first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric();
        if !ends || !text.bytes().all(inside) {
            return Err(refused());
        }
        let mut padded = [0; AUTHORISATION_ID_LEN_MAX];
        let place = padded.get_mut(..text.len()).ok_or_else(refused)?;
        place.copy_from_slice(text.as_bytes());
        Ok(Self { text: padded })
    }
}

serde_as_text!(AuthorisationId, "the id of an authorisation");
