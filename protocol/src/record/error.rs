//! Why bytes are not a record.

use crate::record::{MAX_RANGES, MAX_RECORD_BYTES, RECORD_VERSION};

/// Why bytes are not a record of this version. Every variant names what is wrong and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The encoding is longer than [`MAX_RECORD_BYTES`].
    #[error("the record is {bytes} bytes long; the limit is {MAX_RECORD_BYTES}")]
    TooLong {
        /// The length found.
        bytes: usize,
    },
    /// The bytes are not a protobuf message of the record's shape.
    #[error("the bytes are not a protobuf Record message")]
    NotProtobuf,
    /// The bytes decode, but encode to other bytes: unknown fields, defaults written out, or another order.
    #[error("the bytes are not the canonical encoding of the record they hold")]
    NotCanonical,
    /// The record is of a version that this code does not read.
    #[error(
        "the record has version {found}; this program reads version {RECORD_VERSION}: use a newer release"
    )]
    Version {
        /// The version found.
        found: u32,
    },
    /// The record has no body, or one of a kind that this code does not know.
    #[error("the record has no body of a known kind")]
    NoBody,
    /// A field is missing, too long, or holds a value that it may not hold.
    #[error("{kind}.{field}: {why}")]
    Field {
        /// The record kind, such as `lock`.
        kind: &'static str,
        /// The field's name in `record.proto`.
        field: &'static str,
        /// What is wrong and what is wanted.
        why: String,
    },
    /// A list of ranges or blocks is longer than [`MAX_RANGES`].
    #[error("{kind}: names {found} ranges; the limit is {MAX_RANGES}: use several records")]
    TooManyRanges {
        /// The record kind.
        kind: &'static str,
        /// How many were found.
        found: usize,
    },
}
