//! What an envelope may hold, and the walk over raw bytes that measures them before anything is allocated.

use prost::Message;

use super::{BUNDLES_MAX, CONSISTENCY_HASHES_MAX, ENTRIES_MAX, MESSAGE_VERSION, MessageError};

/// What one envelope may hold: the field of each kind, and for the kinds that are lists the list's name and limit.
pub(super) struct Outline {
    /// Longest frame, bytes.
    pub(super) bytes_max: usize,
    /// Highest field number of a kind; kinds are numbered from 2 without gaps.
    pub(super) last_kind: u32,
    /// `(field of the kind, name of its list, most entries)`.
    pub(super) lists: &'static [(u32, &'static str, usize)],
}

pub(super) const REQUEST: Outline = Outline {
    bytes_max: super::REQUEST_BYTES_MAX,
    last_kind: 7,
    lists: &[(2, "bundles", BUNDLES_MAX)],
};

pub(super) const RESPONSE: Outline = Outline {
    bytes_max: super::RESPONSE_BYTES_MAX,
    last_kind: 8,
    lists: &[
        (2, "verdicts", BUNDLES_MAX),
        (3, "hashes", CONSISTENCY_HASHES_MAX),
        (7, "entries", ENTRIES_MAX),
    ],
};

pub(super) const GOSSIP: Outline = Outline {
    bytes_max: super::GOSSIP_BYTES_MAX,
    last_kind: 4,
    lists: &[(2, "bundles", BUNDLES_MAX)],
};

/// Decodes an envelope whose outline is right and whose bytes are canonical.
///
/// The outline is read first, without allocating: an empty list entry costs two bytes on the wire and twenty-four in
/// memory, so a frame is counted before it is unpacked.
pub(super) fn decode<M: Message + Default>(
    outline: &Outline,
    bytes: &[u8],
) -> Result<M, MessageError> {
    check_outline(outline, bytes)?;
    let message = M::decode(bytes).map_err(|_| MessageError::NotCanonical {
        detail: "it is not valid protobuf of its kind",
    })?;
    if message.encode_to_vec() != bytes {
        return Err(MessageError::NotCanonical {
            detail: "encoding it again gives other bytes",
        });
    }
    Ok(message)
}

/// Encodes an envelope, refusing one that is longer than its outline allows.
pub(super) fn encode<M: Message>(outline: &Outline, message: &M) -> Result<Vec<u8>, MessageError> {
    let bytes = message.encoded_len();
    if bytes > outline.bytes_max {
        return Err(MessageError::FrameTooLarge {
            bytes,
            limit: outline.bytes_max,
        });
    }
    Ok(message.encode_to_vec())
}

fn check_outline(outline: &Outline, bytes: &[u8]) -> Result<(), MessageError> {
    if bytes.len() > outline.bytes_max {
        return Err(MessageError::FrameTooLarge {
            bytes: bytes.len(),
            limit: outline.bytes_max,
        });
    }
    let mut fields = Fields { rest: bytes };
    match fields.next().transpose()? {
        Some((1, Value::Varint(version))) if version == u64::from(MESSAGE_VERSION) => {}
        Some((1, Value::Varint(version))) => return Err(MessageError::UnknownVersion { version }),
        _ => return Err(malformed()),
    }
    let Some((kind, value)) = fields.next().transpose()? else {
        return Err(MessageError::UnknownKind);
    };
    if !(2..=outline.last_kind).contains(&kind) {
        return Err(MessageError::UnknownKind);
    }
    let Value::Bytes(body) = value else {
        return Err(malformed());
    };
    if let Some((_, field, limit)) = outline.lists.iter().find(|(list, _, _)| *list == kind) {
        let mut entries = 0;
        for item in (Fields { rest: body }) {
            item?;
            entries += 1;
        }
        if entries > *limit {
            return Err(MessageError::TooManyEntries {
                field,
                entries,
                limit: *limit,
            });
        }
    }
    Ok(())
}

fn malformed() -> MessageError {
    MessageError::NotCanonical {
        detail: "it does not begin as an envelope does",
    }
}

/// A field's value as it lies in the bytes. The envelopes use these two wire types and no other.
enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
}

/// Walks the fields of one protobuf message without building anything.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, MessageError> {
        prost::encoding::decode_varint(&mut self.rest).map_err(|_| malformed())
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), MessageError> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| malformed())?;
        match key & 7 {
            0 => Ok((number, Value::Varint(self.varint()?))),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| malformed())?;
                let (value, rest) = self.rest.split_at_checked(length).ok_or_else(malformed)?;
                self.rest = rest;
                Ok((number, Value::Bytes(value)))
            }
            _ => Err(malformed()),
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), MessageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            // One fault ends the walk; without this a caller that goes on would never come to an end.
            self.rest = &[];
        }
        Some(field)
    }
}
