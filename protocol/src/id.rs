//! Identifiers and bounded texts that records, messages and files carry.

mod authorisation;
mod bytes;
mod lei;
mod names;

pub use authorisation::{AUTHORISATION_ID_LEN_MAX, AuthorisationId};
pub use bytes::{RequestId, TransferId};
pub use lei::Lei;
pub use names::{AGREEMENT_ID_LEN_MAX, AgreementId, ORIGIN_LEN_MAX, Origin, Text};

use crate::text::{canonical, excerpt};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is no identifier or no acceptable text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is no number of an organisation or account.
    #[error(
        "{kind} id {found:?} is not a number from 0 to 4294967295 without leading zeros; write it as 17"
    )]
    Number {
        /// What the id names.
        kind: &'static str,
        /// The head of the text.
        found: String,
    },
    /// The text is no hex of the right length in lower case.
    #[error("{kind} id {found:?} is not {digits} lower-case hex digits; copy the whole id")]
    Hex {
        /// What the id names.
        kind: &'static str,
        /// The head of the text.
        found: String,
        /// How many digits it must have.
        digits: usize,
    },
    /// The text is no agreement id.
    #[error(
        "agreement id {0:?} is not 1 to 64 characters out of A-Z a-z 0-9 . _ -; write it as CH-GH-2020"
    )]
    Agreement(String),
    /// The text is no id of an authorisation.
    #[error(
        "authorisation id {0:?} is not 1 to 32 letters, digits, spaces and hyphens with a letter or digit at both ends; write it \
         as GH-CH-2026-01"
    )]
    Authorisation(String),
    /// The text is no origin of a ledger.
    #[error(
        "ledger origin {0:?} is not 1 to 255 bytes without spaces, plus signs and control characters; write it as \
         registry.example.gov.gh/ledger"
    )]
    Origin(String),
    /// The text is no Legal Entity Identifier.
    #[error(
        "LEI {0:?} is not 20 letters and digits with the right check digits (ISO 17442); copy it from the register"
    )]
    Lei(String),
    /// A text is empty.
    #[error("text is empty; write at least one character or leave the field out")]
    TextEmpty,
    /// A text is too long.
    #[error("text has {found} bytes and may have {max}; shorten it")]
    TextTooLong {
        /// The length found, in bytes of UTF-8.
        found: usize,
        /// The most bytes allowed.
        max: usize,
    },
    /// A text holds a character that would break lines or deceive a reader.
    #[error(
        "text holds the control character U+{0:04X}; remove it and write plain text on one line"
    )]
    TextCharacter(u32),
}

/// An id that is a plain number, given by the ledger in the order of registration.
macro_rules! number_id {
    ($name:ident, $kind:literal, $doc:literal) => {
        #[doc = $doc]
        ///
        /// Text form: the number in decimal digits without leading zeros; serde as a number.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let refused = || IdError::Number {
                    kind: $kind,
                    found: excerpt(text),
                };
                canonical(text).map(Self).ok_or_else(refused)
            }
        }
    };
}

number_id!(
    OrganisationId,
    "organisation",
    "An organisation in one country's registry."
);
number_id!(
    AccountId,
    "account",
    "An account in one country's registry."
);

#[cfg(test)]
mod tests;
