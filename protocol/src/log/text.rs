//! The fields that all log text formats share: decimals, base64, hashes. One spelling each, everything else is refused,
//! so that two texts with the same meaning are the same bytes.

use base64::{Engine, prelude::BASE64_STANDARD};
use thiserror::Error;

use super::merkle::Hash;

/// Largest number in any of the formats, 2^63 - 1: tree sizes, indexes and times.
const NUMBER_MAX: u64 = i64::MAX as u64;

/// Why one field of a text format was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FieldFault {
    /// Nothing where a value must stand.
    #[error("it is empty")]
    Empty,
    /// A number with anything but the digits 0 to 9.
    #[error("it is not a decimal number")]
    NotDecimal,
    /// A number with a zero in front.
    #[error("it has a leading zero")]
    LeadingZero,
    /// A number above 2^63 - 1.
    #[error("it is larger than 2^63 - 1")]
    TooLarge,
    /// Not the one standard base64 spelling of any bytes: other alphabet, missing padding, stray bits, line breaks.
    #[error("it is not canonical base64 (RFC 4648 section 4, with padding)")]
    NotBase64,
    /// A hash that is not 32 bytes long.
    #[error("it holds {0} bytes, a hash has 32")]
    HashLength(usize),
    /// A name with a space or a plus sign in it.
    #[error("it contains a space, a plus sign or a control character")]
    NotAName,
    /// Longer than the limit for such a field.
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
}

/// Longest key name and origin, in bytes: what the ML-DSA-44 cosignature message can hold (C2SP tlog-cosignature).
pub const NAME_BYTES_MAX: usize = 255;

/// Reads a decimal of at most 2^63 - 1 in its one spelling.
pub(crate) fn parse_decimal(text: &str) -> Result<u64, FieldFault> {
    if text.is_empty() {
        return Err(FieldFault::Empty);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldFault::NotDecimal);
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(FieldFault::LeadingZero);
    }
    match text.parse() {
        Ok(number) if number <= NUMBER_MAX => Ok(number),
        _ => Err(FieldFault::TooLarge),
    }
}

/// Reads base64 in its one spelling.
pub(super) fn parse_base64(text: &str) -> Result<Vec<u8>, FieldFault> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|_| FieldFault::NotBase64)
}

/// Writes base64.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Reads a hash in base64.
pub(crate) fn parse_hash(text: &str) -> Result<Hash, FieldFault> {
    if text.is_empty() {
        return Err(FieldFault::Empty);
    }
    // 44 characters hold 32 bytes; a longer line is not decoded at all.
    if text.len() > 128 {
        return Err(FieldFault::TooLong(128));
    }
    let bytes = parse_base64(text)?;
    Hash::try_from(bytes.as_slice()).map_err(|_| FieldFault::HashLength(bytes.len()))
}

/// Checks a key name (C2SP signed-note): not empty, no Unicode space, no plus, no control character.
pub(super) fn check_name(name: &str) -> Result<(), FieldFault> {
    if name.is_empty() {
        return Err(FieldFault::Empty);
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(FieldFault::TooLong(NAME_BYTES_MAX));
    }
    if name
        .chars()
        .any(|c| c.is_whitespace() || c == '+' || is_control(c))
    {
        return Err(FieldFault::NotAName);
    }
    Ok(())
}

/// The ASCII control characters that a note may not contain (a newline is judged by the caller).
pub(super) const fn is_control(c: char) -> bool {
    (c as u32) < 0x20
}
