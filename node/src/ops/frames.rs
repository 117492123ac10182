//! The frames of RocksDB's manifest and write-ahead log, looked through before RocksDB reads them.
//!
//! RocksDB's reader never gets past a record whose type says that the file was written over an older one, once it has read a
//! record of the usual kind: it neither skips it nor gives up. No file of ours is written over another, so such a type is a
//! damaged byte, and whoever opens or verifies the ledger must hear of it instead of waiting for ever.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Bytes of a block: a record that is longer goes on in the next one (RocksDB's `log_format.h`).
const BLOCK_BYTES: usize = 32 << 10;
/// Checksum, length and type.
const HEADER_BYTES: usize = 7;

/// A record that RocksDB would never get past.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record at byte {at} of {file} is of kind {kind}, which is never written there")]
pub(crate) struct Impossible {
    /// The file's name.
    file: String,
    /// Where the record begins.
    at: usize,
    /// The byte that says its kind.
    kind: u8,
}

/// The first such record of a RocksDB folder, if there is one.
pub(crate) fn first_impossible(database: &Path) -> std::io::Result<Option<Impossible>> {
    for entry in fs::read_dir(database)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str().filter(|name| is_framed(name)) else {
            continue;
        };
        match File::open(database.join(name)).and_then(impossible_in_file) {
            Ok(None) => {}
            Ok(Some((at, kind))) => {
                let file = name.to_owned();
                return Ok(Some(Impossible { file, at, kind }));
            }
            // A running writer drops what it does not need any more.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn is_framed(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    name.strip_prefix("MANIFEST-").is_some_and(is_number)
        || name.strip_suffix(".log").is_some_and(is_number)
}

/// Place and kind of the first record that only a file which was written over an older one would have.
fn impossible_in_file(mut file: impl Read) -> std::io::Result<Option<(usize, u8)>> {
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    let mut start = 0;
    loop {
        block.clear();
        let limit = BLOCK_BYTES as u64;
        let read = file.by_ref().take(limit).read_to_end(&mut block)?;
        if let Some((at, kind)) = impossible_in(&block) {
            return Ok(Some((start + at, kind)));
        }
        if read < BLOCK_BYTES {
            return Ok(None);
        }
        start += read;
    }
}

/// As RocksDB goes through a block: what is cut off, or of no kind and no length, is its end.
fn impossible_in(block: &[u8]) -> Option<(usize, u8)> {
    let mut at = 0;
    while let Some(header) = block.get(at..at + HEADER_BYTES) {
        let &[_, _, _, _, low, high, kind] = header else {
            return None;
        };
        if is_of_recycled_file(kind) {
            return Some((at, kind));
        }
        let length = usize::from(u16::from_le_bytes([low, high]));
        if kind == 0 && length == 0 {
            return None;
        }
        at += HEADER_BYTES + length;
    }
    None
}

const fn is_of_recycled_file(kind: u8) -> bool {
    matches!(kind, 5..=8 | 11 | 131)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn record(kind: u8, length: u16) -> Vec<u8> {
        let [low, high] = length.to_le_bytes();
        let mut bytes = vec![1, 2, 3, 4, low, high, kind];
        bytes.resize(HEADER_BYTES + usize::from(length), 5);
        bytes
    }

    #[test]
    fn the_record_is_found_in_the_first_block_and_in_a_later_one() {
        let sound = [record(1, 100), record(2, 32_654), record(4, 9)].concat();
        assert_eq!(sound.len(), BLOCK_BYTES + 16);
        assert_eq!(impossible_in_file(&sound[..]).unwrap(), None);
        for kind in [5, 6, 7, 8, 11, 131] {
            let bad = [sound.clone(), record(kind, 3)].concat();
            let found = impossible_in_file(&bad[..]).unwrap();
            assert_eq!(found, Some((BLOCK_BYTES + 16, kind)));
        }
        let first = record(5, 3);
        assert_eq!(impossible_in_file(&first[..]).unwrap(), Some((0, 5)));
    }

    #[test]
    fn what_a_stop_leaves_at_the_end_is_no_damage() {
        let whole = [record(1, 100), record(1, 50)].concat();
        for end in 0..whole.len() {
            assert_eq!(impossible_in_file(&whole[..end]).unwrap(), None, "{end}");
        }
        let zeros = [whole, vec![0; 500], record(5, 3)].concat();
        assert_eq!(impossible_in_file(&zeros[..]).unwrap(), None);
    }
}
