//! A digest short enough to be read over a telephone.

use sha2::{Digest, Sha256};
use std::fmt;

/// A short digest for people: six groups of five digits, such as `04729 11832 55810 90021 37714 62093`.
///
/// Digits are said and heard alike in every language. Six groups carry 99 bits, so that nobody finds a second file
/// with the same fingerprint, however many they try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u32; 6]);

impl Fingerprint {
    /// The fingerprint of the signed text of a file: SHA-256 over a label and the text, five bytes a group, each
    /// group modulo 100,000.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"countersign-fingerprint/v1\n")
            .chain_update(text)
            .finalize()
            .into();
        Self(std::array::from_fn(|group| {
            let bytes = &digest[group * 5..group * 5 + 5];
            let number = bytes
                .iter()
                .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            u32::try_from(number % 100_000).unwrap_or_default()
        }))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(formatter, "{a:05} {b:05} {c:05} {d:05} {e:05} {f:05}")
    }
}
