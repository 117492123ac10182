//! Cutting lists into frames, and the checks that every message shares.

use super::{BUNDLE_BYTES_MAX, BUNDLES_MAX, MessageError};

/// Bytes of an envelope around a list: version (2), tag of the kind (1), its length (at most 3).
const ENVELOPE_BYTES_MAX: usize = 6;

/// Bytes around each bundle in a list: its tag (1) and its length (at most 3, as a bundle is below 2,097,152 bytes).
const ENTRY_BYTES_MAX: usize = 4;

/// Cuts a list of bundles where the next one would break a limit.
pub(super) fn pack(bundles: Vec<Vec<u8>>, frame_bytes_max: usize) -> Vec<Vec<Vec<u8>>> {
    let mut frames: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut frame_bytes = 0;
    for bundle in bundles {
        let entry_bytes = ENTRY_BYTES_MAX + bundle.len();
        match frames.last_mut() {
            Some(frame)
                if frame.len() < BUNDLES_MAX && frame_bytes + entry_bytes <= frame_bytes_max =>
            {
                frame_bytes += entry_bytes;
                frame.push(bundle);
            }
            _ => {
                frame_bytes = ENVELOPE_BYTES_MAX + entry_bytes;
                frames.push(vec![bundle]);
            }
        }
    }
    frames
}

pub(super) fn check_bundles(bundles: &[Vec<u8>]) -> Result<(), MessageError> {
    at_most("bundles", bundles.len(), BUNDLES_MAX)?;
    bundles
        .iter()
        .try_for_each(|bundle| within("bundle", bundle.len(), BUNDLE_BYTES_MAX))
}

pub(super) fn within(field: &'static str, bytes: usize, limit: usize) -> Result<(), MessageError> {
    if bytes > limit {
        return Err(MessageError::FieldTooLarge {
            field,
            bytes,
            limit,
        });
    }
    Ok(())
}

pub(super) fn at_most(
    field: &'static str,
    entries: usize,
    limit: usize,
) -> Result<(), MessageError> {
    if entries > limit {
        return Err(MessageError::TooManyEntries {
            field,
            entries,
            limit,
        });
    }
    Ok(())
}
