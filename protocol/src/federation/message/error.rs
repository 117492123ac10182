use thiserror::Error;

use super::super::fault::FaultCode;
use super::MESSAGE_VERSION;

/// Why bytes are not a message, or a message cannot be put into bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The frame is longer than its kind allows.
    #[error("the frame has {bytes} bytes, {limit} are allowed: send fewer bundles in one frame")]
    FrameTooLarge {
        /// Length of the frame, or the length it announced.
        bytes: usize,
        /// Longest frame allowed.
        limit: usize,
    },
    /// One field is longer than its limit.
    #[error("the field {field} has {bytes} bytes, {limit} are allowed")]
    FieldTooLarge {
        /// The field's name.
        field: &'static str,
        /// Its length.
        bytes: usize,
        /// Longest length allowed.
        limit: usize,
    },
    /// A list has more entries than its limit.
    #[error("the list {field} has {entries} entries, {limit} are allowed: send several frames")]
    TooManyEntries {
        /// The list's name.
        field: &'static str,
        /// How many entries it has.
        entries: usize,
        /// Most entries allowed.
        limit: usize,
    },
    /// The bytes are not the one encoding of a message.
    #[error("the bytes are not the canonical encoding of a message: {detail}")]
    NotCanonical {
        /// What is wrong with them.
        detail: &'static str,
    },
    /// The envelope holds no kind of message that this version knows.
    #[error("the message is of a kind this version does not know: update the older node")]
    UnknownKind,
    /// The envelope carries another version.
    #[error(
        "the message has version {version}, this node speaks {MESSAGE_VERSION}: update the older node"
    )]
    UnknownVersion {
        /// The version that came.
        version: u64,
    },
}

impl MessageError {
    /// The numbered fault that tells the other side.
    pub const fn fault(&self) -> FaultCode {
        match self {
            MessageError::FrameTooLarge { .. } | MessageError::FieldTooLarge { .. } => {
                FaultCode::FrameTooLarge
            }
            MessageError::TooManyEntries { .. } => FaultCode::TooManyBundles,
            MessageError::NotCanonical { .. } => FaultCode::NotCanonical,
            MessageError::UnknownKind => FaultCode::UnknownKind,
            MessageError::UnknownVersion { .. } => FaultCode::UnknownVersion,
        }
    }
}
