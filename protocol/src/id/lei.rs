//! The Legal Entity Identifier.

use super::IdError;
use crate::text::{excerpt, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// Characters of a LEI.
const LEI_CHARS: usize = 20;

/// A Legal Entity Identifier (ISO 17442): 18 letters and digits, and two check digits after ISO/IEC 7064 MOD 97-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei([u8; LEI_CHARS]);

impl Lei {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever kept.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Lei {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Lei(excerpt(text));
        let bytes: [u8; LEI_CHARS] = text.as_bytes().try_into().map_err(|_| refused())?;
        let is_check = |byte: &u8| byte.is_ascii_digit();
        if !bytes[LEI_CHARS - 2..].iter().all(is_check) || remainder(&bytes) != Some(1) {
            return Err(refused());
        }
        Ok(Self(bytes))
    }
}

/// The number that the text stands for, each letter as two digits from 10 for A on, modulo 97.
fn remainder(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}

impl fmt::Display for Lei {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

serde_as_text!(Lei, "a Legal Entity Identifier");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    const REAL: [&str; 4] = [
        "5493001KJTIIGC8Y1R12",
        "529900T8BM49AURSDO55",
        "7ZW8QJWVPR4P1J1KQY45",
        "HWUPKR0MPOU8FGXBT394",
    ];

    #[test]
    fn an_identifier_of_the_register_is_read_and_printed() {
        for text in REAL {
            assert_eq!(text.parse::<Lei>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_changed_or_exchanged_character_is_found() {
        for text in REAL {
            for place in 0..LEI_CHARS {
                let mut other = text.as_bytes().to_vec();
                // A letter counts as two digits, so only a change within its kind is found for certain.
                other[place] = match other[place] {
                    b'9' => b'0',
                    b'Z' => b'A',
                    known => known + 1,
                };
                let other = String::from_utf8(other).unwrap();
                assert!(other.parse::<Lei>().is_err(), "{other}");
                let mut swapped = text.as_bytes().to_vec();
                let is_found = |one: u8, next: u8| {
                    one != next && one.is_ascii_digit() == next.is_ascii_digit()
                };
                if place + 1 < LEI_CHARS && is_found(swapped[place], swapped[place + 1]) {
                    swapped.swap(place, place + 1);
                    let swapped = String::from_utf8(swapped).unwrap();
                    assert!(swapped.parse::<Lei>().is_err(), "{swapped}");
                }
            }
        }
    }

    #[test]
    fn another_form_is_refused() {
        for text in [
            "",
            "5493001KJTIIGC8Y1R1",
            "5493001KJTIIGC8Y1R122",
            "5493001kjtiigc8y1r12",
            "5493 001KJTIIGC8Y1R1",
        ] {
            assert!(text.parse::<Lei>().is_err(), "{text}");
        }
    }
}
