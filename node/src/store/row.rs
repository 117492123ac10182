//! Rows with a layout of their own: what is remembered of a request, and the lines of an account's statement.

/// The receipt of the first submission with some request id, and what that submission was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRequest {
    /// SHA-256 of the command bytes: the same id with other bytes is a conflict. [`Self::UNKNOWN_COMMAND`] where the ledger
    /// was built from its leaves, which do not tell the command.
    pub command_sha256: [u8; 32],
    /// Index of the first leaf that the request wrote.
    pub first_index: u64,
    /// Number of leaves that it wrote.
    pub count: u32,
    /// Size of the first tree that holds all of them and was signed.
    pub size: u64,
    /// Time of those leaves, in milliseconds since the epoch.
    pub time_ms: u64,
}

impl StoredRequest {
    /// Stands for a command that is not known any more.
    pub const UNKNOWN_COMMAND: [u8; 32] = [0; 32];

    const BYTES: usize = 32 + 8 + 4 + 8 + 8;

    /// Fixed layout, integers big-endian, in the order of the fields.
    pub(crate) fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(&self.command_sha256);
        bytes[32..40].copy_from_slice(&self.first_index.to_be_bytes());
        bytes[40..44].copy_from_slice(&self.count.to_be_bytes());
        bytes[44..52].copy_from_slice(&self.size.to_be_bytes());
        bytes[52..].copy_from_slice(&self.time_ms.to_be_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (command_sha256, rest) = bytes.split_first_chunk::<32>()?;
        let (first_index, rest) = rest.split_first_chunk::<8>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<8>()?;
        let time_ms: &[u8; 8] = rest.try_into().ok()?;
        Some(Self {
            command_sha256: *command_sha256,
            first_index: u64::from_be_bytes(*first_index),
            count: u32::from_be_bytes(*count),
            size: u64::from_be_bytes(*size),
            time_ms: u64::from_be_bytes(*time_ms),
        })
    }
}

/// One line of an account's statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPosting {
    /// Leaf that moved the units.
    pub index: u64,
    /// Position among that leaf's postings.
    pub position: u32,
    /// Tonnes that came in (above zero) or went out.
    pub delta: i64,
    /// Balance afterwards, in tonnes.
    pub balance: i64,
}

impl StoredPosting {
    /// Reads the part of the key after the account, and the value.
    pub(super) fn decode(place: &[u8], value: &[u8]) -> Option<Self> {
        let (index, position) = place.split_first_chunk::<8>()?;
        let (delta, balance) = value.split_first_chunk::<8>()?;
        Some(Self {
            index: u64::from_be_bytes(*index),
            position: u32::from_be_bytes(position.try_into().ok()?),
            delta: i64::from_be_bytes(*delta),
            balance: i64::from_be_bytes(balance.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::*;

    #[test]
    fn a_stored_request_reads_back_and_no_other_length_does() {
        let stored = StoredRequest {
            command_sha256: [7; 32],
            first_index: 1,
            count: 2,
            size: 3,
            time_ms: u64::MAX,
        };
        let bytes = stored.encode();
        assert_eq!(StoredRequest::decode(&bytes), Some(stored));
        assert_eq!(StoredRequest::decode(&bytes[1..]), None);
        assert_eq!(
            StoredRequest::decode(&[bytes.as_slice(), &[0]].concat()),
            None
        );
    }
}
