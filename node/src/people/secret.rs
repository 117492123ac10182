//! Secrets that open something: drawn here, shown once, kept as hashes only.
//!
//! None of them has `Debug` or `Display`, so that a log line with one does not compile. All are wiped when dropped. They
//! carry 256 bits of their own randomness, so that a plain SHA-256 is enough to keep them.

use std::str::FromStr;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::PeopleError;

const SECRET_BYTES: usize = 32;

pub(super) fn fill(bytes: &mut [u8]) -> Result<(), PeopleError> {
    getrandom::fill(bytes).map_err(|error| PeopleError::Random(error.to_string()))
}

/// 64 hex digits of 32 random bytes after a prefix.
pub(super) fn draw_hex(prefix: &str) -> Result<Zeroizing<String>, PeopleError> {
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    fill(bytes.as_mut_slice())?;
    let mut digits = Zeroizing::new([0; 2 * SECRET_BYTES]);
    // Cannot fail: the buffer is twice as long as the bytes.
    let _ = hex::encode_to_slice(bytes.as_slice(), digits.as_mut_slice());
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + 2 * SECRET_BYTES));
    text.push_str(prefix);
    text.extend(digits.iter().map(|digit| char::from(*digit)));
    Ok(text)
}

/// Whether a text is lower-case hex of this many digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == digits && text.bytes().all(lower_hex)
}

/// What is kept of a secret.
pub(super) fn digest(domain: &str, secret: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(domain.as_bytes());
    hash.update([0]);
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $refused:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// What every such secret begins with, so that one that leaked is found by searching.
            pub const PREFIX: &'static str = $prefix;

            pub(super) fn draw() -> Result<Self, PeopleError> {
                draw_hex(Self::PREFIX).map(Self)
            }

            /// The secret text, for the one place that carries it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            pub(super) fn digest(&self) -> [u8; 32] {
                digest(Self::PREFIX, &self.0)
            }
        }

        impl FromStr for $name {
            type Err = PeopleError;

            fn from_str(text: &str) -> Result<Self, PeopleError> {
                let digits = text.strip_prefix(Self::PREFIX).ok_or($refused)?;
                if !is_hex(digits, 2 * SECRET_BYTES) {
                    return Err($refused);
                }
                Ok(Self(Zeroizing::new(text.to_owned())))
            }
        }
    };
}

token! {
    /// Opens a session.
    SessionToken, "css_", PeopleError::SignedOut
}

token! {
    /// The part of a one-time link, for an invitation or a new password.
    LinkToken, "csl_", PeopleError::Link
}

token! {
    /// Carries a sign-in from the password to the second factor.
    StepToken, "csp_", PeopleError::Refused
}

token! {
    /// Carries a ceremony with an authenticator from the challenge to the answer.
    CeremonyToken, "csw_", PeopleError::Ceremony
}

token! {
    /// Opens for minutes what an API key opens: drawn with the key, for some of its actions.
    AccessToken, "cso_", PeopleError::Key
}

/// A password as somebody typed it.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a typed password; the given text is not copied.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl Clone for Password {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
