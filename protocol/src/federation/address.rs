//! Where a node is reached. The rules only bound these texts; the network code of the node reads them.

use crate::text::{excerpt, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// The longest address of any kind, in bytes.
pub const ADDRESS_LEN_MAX: usize = 300;

/// The longest peer id, in bytes.
pub const PEER_NAME_LEN_MAX: usize = 64;

/// Why a text cannot be a peer id or an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a libp2p peer id.
    #[error(
        "peer id {0:?} is not 1 to 64 base58 characters; copy it from the partner's `countersign status`"
    )]
    Peer(String),
    /// Not a multiaddr.
    #[error(
        "address {0:?} is not a multiaddr of at most 300 bytes; write it as /dns4/node.example.org/tcp/4001"
    )]
    Multiaddr(String),
    /// Not an HTTP address.
    #[error("address {0:?} is not an http:// or https:// URL of at most 300 bytes without spaces")]
    Http(String),
}

/// A libp2p peer id in its base58 text form, such as `12D3KooW...`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerName(String);

/// A libp2p multiaddr in text form, such as `/dns4/node.example.org/tcp/4001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerAddress(String);

/// The base of a node's HTTP interface, such as `https://registry.example.gov.gh`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpAddress(String);

/// The alphabet of base58btc: no zero, no capital O and I, no small l.
const fn is_base58(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l')
}

fn is_short_graphic(text: &str) -> bool {
    text.len() <= ADDRESS_LEN_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl FromStr for PeerName {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let fits = !text.is_empty() && text.len() <= PEER_NAME_LEN_MAX;
        if !fits || !text.bytes().all(is_base58) {
            return Err(AddressError::Peer(excerpt(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for PeerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let has_parts = text
            .strip_prefix('/')
            .is_some_and(|parts| !parts.is_empty());
        if !has_parts || !is_short_graphic(text) {
            return Err(AddressError::Multiaddr(excerpt(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for HttpAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        if host.is_none_or(str::is_empty) || !is_short_graphic(text) {
            return Err(AddressError::Http(excerpt(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_access {
    ($name:ty, $expecting:literal) => {
        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        serde_as_text!($name, $expecting);
    };
}

text_access!(PeerName, "a libp2p peer id");
text_access!(PeerAddress, "a multiaddr");
text_access!(HttpAddress, "an http or https URL");
