//! Identifiers of fixed length in bytes, written as hex.

use super::IdError;
use crate::text::{TextVisitor, excerpt};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads exactly `N` bytes of lower-case hex.
fn parse_hex<const N: usize>(kind: &'static str, text: &str) -> Result<[u8; N], IdError> {
    let refused = || IdError::Hex {
        kind,
        found: excerpt(text),
        digits: 2 * N,
    };
    let mut bytes = [0; N];
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(refused());
    }
    hex::decode_to_slice(text, &mut bytes).map_err(|_| refused())?;
    Ok(bytes)
}

/// An id of fixed length: hex where people read, plain bytes where space counts.
macro_rules! bytes_id {
    ($name:ident, $len:literal, $expecting:literal) => {
        impl $name {
            /// The bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({self})", stringify!($name))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return serializer.collect_str(self);
                }
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return deserializer.deserialize_str(TextVisitor($expecting, PhantomData));
                }
                <[u8; $len]>::deserialize(deserializer).map(Self)
            }
        }
    };
}

/// A transfer between countries: a SHA-256 digest over its terms, so that it is the same in both ledgers.
/// Text form: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(pub [u8; 32]);

bytes_id!(TransferId, 32, "64 hex digits of a transfer id");

impl FromStr for TransferId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_hex("transfer", text).map(Self)
    }
}

/// A request to the ledger, chosen by the caller; sending it again has no second effect.
///
/// Text form: 32 lower-case hex digits. The grouped form of a UUID (RFC 9562) is read as well and printed without
/// its hyphens, since clients commonly make request ids that way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub [u8; 16]);

bytes_id!(RequestId, 16, "32 hex digits of a request id, or a UUID");

/// Where the four hyphens of a UUID stand.
const UUID_HYPHENS: [usize; 4] = [8, 13, 18, 23];
const UUID_LEN: usize = 36;

impl FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = text.as_bytes();
        let is_uuid = bytes.len() == UUID_LEN && UUID_HYPHENS.iter().all(|at| bytes[*at] == b'-');
        if !is_uuid {
            return parse_hex("request", text).map(Self);
        }
        // RFC 9562 section 4: a UUID is read in either case. Another hyphen leaves too few digits and is refused.
        let digits = text.replace('-', "").to_ascii_lowercase();
        let refused = |_| IdError::Hex {
            kind: "request",
            found: excerpt(text),
            digits: 32,
        };
        parse_hex("request", &digits).map(Self).map_err(refused)
    }
}
