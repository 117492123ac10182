//! Entry bundles: the leaves under one tile of level 0, one after the other.

use super::{TILE_WIDTH, TileError};

/// Writes leaves as an entry bundle: each with its length in front, two bytes, big end first.
///
/// # Errors
/// [`TileError`] when there are none or more than 256, or one is too long.
pub fn encode_entries<L: AsRef<[u8]>>(leaves: &[L]) -> Result<Vec<u8>, TileError> {
    let width = u16::try_from(leaves.len()).unwrap_or(u16::MAX);
    if width == 0 || width > TILE_WIDTH {
        return Err(TileError::Width(width));
    }
    let mut bundle = Vec::new();
    for (position, leaf) in leaves.iter().enumerate() {
        let leaf = leaf.as_ref();
        let length = u16::try_from(leaf.len()).map_err(|_| TileError::EntryTooLong {
            position,
            bytes: leaf.len(),
        })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(leaf);
    }
    Ok(bundle)
}

/// Splits an entry bundle into exactly `width` leaves.
///
/// # Errors
/// [`TileError`] when leaves are missing or bytes are left over.
pub fn decode_entries(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    if width == 0 || width > TILE_WIDTH {
        return Err(TileError::Width(width));
    }
    let mut rest = bundle;
    let mut leaves = Vec::with_capacity(usize::from(width));
    for position in 0..usize::from(width) {
        let missing = TileError::EntryMissing { position };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(missing)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (leaf, after) = after.split_at_checked(length).ok_or(missing)?;
        leaves.push(leaf);
        rest = after;
    }
    if rest.is_empty() {
        Ok(leaves)
    } else {
        Err(TileError::TrailingBytes(rest.len()))
    }
}
