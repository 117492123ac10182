//! Identifiers and texts that people choose.

use super::IdError;
use crate::text::{TextVisitor, excerpt, serde_as_text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// The longest agreement id, in bytes.
pub const AGREEMENT_ID_LEN_MAX: usize = 64;

/// A bilateral agreement, by the name both countries gave it: 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgreementId(String);

impl FromStr for AgreementId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > AGREEMENT_ID_LEN_MAX || !text.bytes().all(allowed) {
            return Err(IdError::Agreement(excerpt(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(AgreementId, "an agreement id");

/// The longest origin, in bytes.
pub const ORIGIN_LEN_MAX: usize = 255;

/// The name of a ledger: the first line of its checkpoints and the name of its keys (C2SP tlog-checkpoint, signed
/// note). 1 to 255 bytes without white space, plus signs and control characters; by custom a schema-less URL that
/// the country owns, such as `registry.example.gov.gh/ledger`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused =
            |character: char| character.is_whitespace() || character == '+' || forbidden(character);
        if text.is_empty() || text.len() > ORIGIN_LEN_MAX || text.chars().any(refused) {
            return Err(IdError::Origin(excerpt(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(Origin, "the origin of a ledger");

/// A text that people read: 1 to `MAX` bytes of UTF-8 on one line.
///
/// Control characters, line and paragraph separators and the invisible characters that reorder text are refused:
/// a name that reads otherwise than it is stored would deceive whoever approves it. An absent text is
/// `Option::None`, never an empty one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::TextEmpty);
        }
        if text.len() > MAX {
            return Err(IdError::TextTooLong {
                found: text.len(),
                max: MAX,
            });
        }
        match text.chars().find(|character| forbidden(*character)) {
            Some(character) => Err(IdError::TextCharacter(u32::from(character))),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor("a text of limited length", PhantomData))
    }
}

/// Control characters, line separators, and the bidirectional embeddings, overrides and isolates of Unicode.
/// Marks that scripts need (joiners, left-to-right and right-to-left marks) are allowed.
const fn forbidden(character: char) -> bool {
    matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What all texts of this module offer.
macro_rules! text_access {
    ([$($generics:tt)*] $name:ty) => {
        impl<$($generics)*> $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<$($generics)*> fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl<$($generics)*> AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<$($generics)*> TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
    };
}

text_access!([] AgreementId);
text_access!([] Origin);
text_access!([const MAX: usize] Text<MAX>);
