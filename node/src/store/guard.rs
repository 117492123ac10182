//! The head guard: a small file that remembers what was acknowledged.
//!
//! After a crash RocksDB drops whatever follows the first bad record of its write-ahead log. That is right for a tail
//! that was still being written, and wrong for records that somebody holds a receipt for; the log itself cannot tell
//! the two apart. So after each synced block, and before anybody hears of it, the signed checkpoint goes into one of
//! two alternating slots of the file `head`. It is written without a sync: it must outlive the process, not the power
//! (after a power cut it may be one block behind, and then guards that much less).
//!
//! Slot layout (4,096 bytes, big-endian): magic `CSHEAD1\n`, schema u32, sequence u64, size u64, note length u32,
//! the checkpoint note, SHA-256 of everything before. The rest is zero.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::StoreError;

const SLOT_BYTES: usize = 4096;
const MAGIC: &[u8; 8] = b"CSHEAD1\n";
const HEADER_BYTES: usize = 8 + 4 + 8 + 8 + 4;
const DIGEST_BYTES: usize = 32;
/// A slot is written in microseconds.
const PEEKS_MAX: u32 = 5;
/// Longest checkpoint note that fits a slot, in bytes.
pub(super) const NOTE_BYTES_MAX: usize = SLOT_BYTES - HEADER_BYTES - DIGEST_BYTES;

/// The newest head that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardedHead {
    /// Schema version of the store that wrote it.
    pub schema: u32,
    /// Number of leaves.
    pub size: u64,
    /// The signed checkpoint.
    pub note: String,
}

/// What the guard file holds.
#[derive(Debug, Default)]
pub(super) struct GuardContent {
    /// The newest readable slot.
    pub(super) head: Option<GuardedHead>,
    /// Slots that hold something that is not a head.
    pub(super) damaged_slots: u8,
    sequence: u64,
}

/// The open guard file.
#[derive(Debug)]
pub(super) struct HeadGuard {
    path: PathBuf,
    file: File,
    sequence: u64,
    schema: u32,
}

impl HeadGuard {
    /// Makes the file with two empty slots and syncs it, so that it is never torn later.
    pub(super) fn create(path: &Path, schema: u32) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|e| StoreError::io("create", path, e))?;
        file.write_all_at(&[0; 2 * SLOT_BYTES], 0)
            .and_then(|()| file.sync_all())
            .map_err(|e| StoreError::io("write", path, e))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            sequence: 0,
            schema,
        })
    }

    /// Opens the file for writing and tells what it holds.
    pub(super) fn open(path: &Path, schema: u32) -> Result<(Self, GuardContent), StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|e| StoreError::io("open", path, e))?;
        let content = read_slots(&file, path)?;
        Ok((
            Self {
                path: path.to_owned(),
                file,
                sequence: content.sequence,
                schema,
            },
            content,
        ))
    }

    /// Reads the file without opening it for writing. A writer may be at work: a slot that is being written counts as
    /// damaged and the other one answers.
    pub(super) fn peek(path: &Path) -> Result<GuardContent, StoreError> {
        let file = File::open(path).map_err(|e| StoreError::io("open", path, e))?;
        read_slots(&file, path)
    }

    /// Reads the file until no slot is damaged, or until it is clear that this is not a writer's doing.
    pub(super) fn peek_settled(path: &Path) -> Result<GuardContent, StoreError> {
        let mut content = Self::peek(path)?;
        for _ in 0..PEEKS_MAX {
            if content.damaged_slots == 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
            content = Self::peek(path)?;
        }
        Ok(content)
    }

    /// Remembers `note` as acknowledged, over the older slot.
    pub(super) fn write(&mut self, size: u64, note: &str) -> Result<(), StoreError> {
        let too_long = || StoreError::Io {
            action: "write",
            path: self.path.clone(),
            source: std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "checkpoint note longer than a guard slot",
            ),
        };
        let note_length = u32::try_from(note.len())
            .ok()
            .filter(|_| note.len() <= NOTE_BYTES_MAX)
            .ok_or_else(too_long)?;
        let sequence = self.sequence + 1;
        let mut slot = Vec::with_capacity(HEADER_BYTES + note.len() + DIGEST_BYTES);
        slot.extend_from_slice(MAGIC);
        slot.extend_from_slice(&self.schema.to_be_bytes());
        slot.extend_from_slice(&sequence.to_be_bytes());
        slot.extend_from_slice(&size.to_be_bytes());
        slot.extend_from_slice(&note_length.to_be_bytes());
        slot.extend_from_slice(note.as_bytes());
        let digest = Sha256::digest(&slot);
        slot.extend_from_slice(&digest);
        let offset = if sequence.is_multiple_of(2) {
            0
        } else {
            SLOT_BYTES as u64
        };
        self.file
            .write_all_at(&slot, offset)
            .map_err(|e| StoreError::io("write", &self.path, e))?;
        self.sequence = sequence;
        Ok(())
    }
}

fn read_slots(file: &File, path: &Path) -> Result<GuardContent, StoreError> {
    let mut bytes = vec![0; 2 * SLOT_BYTES];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], filled as u64) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) => return Err(StoreError::io("read", path, e)),
        }
    }
    let mut content = GuardContent::default();
    if filled < bytes.len() {
        content.damaged_slots += 1;
    }
    for slot in bytes.chunks_exact(SLOT_BYTES) {
        match parse_slot(slot) {
            Some((sequence, head)) if sequence > content.sequence => {
                content.sequence = sequence;
                content.head = Some(head);
            }
            Some(_) => {}
            None if slot.iter().all(|b| *b == 0) => {}
            None => content.damaged_slots += 1,
        }
    }
    Ok(content)
}

fn parse_slot(slot: &[u8]) -> Option<(u64, GuardedHead)> {
    let (magic, rest) = slot.split_first_chunk::<8>()?;
    let (schema, rest) = rest.split_first_chunk::<4>()?;
    let (sequence, rest) = rest.split_first_chunk::<8>()?;
    let (size, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length))
        .ok()
        .filter(|n| *n <= NOTE_BYTES_MAX)?;
    let (note, rest) = rest.split_at_checked(length)?;
    let digest = rest.get(..DIGEST_BYTES)?;
    if magic != MAGIC || Sha256::digest(&slot[..HEADER_BYTES + length])[..] != *digest {
        return None;
    }
    let head = GuardedHead {
        schema: u32::from_be_bytes(*schema),
        size: u64::from_be_bytes(*size),
        note: String::from_utf8(note.to_vec()).ok()?,
    };
    Some((u64::from_be_bytes(*sequence), head))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    fn guard() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        (dir, path)
    }

    #[test]
    fn the_newest_of_two_slots_answers() {
        let (_dir, path) = guard();
        let mut guard = HeadGuard::create(&path, 1).unwrap();
        assert_eq!(HeadGuard::peek(&path).unwrap().head, None);
        for size in 1..=5 {
            guard.write(size, &format!("note {size}\n")).unwrap();
            let head = HeadGuard::peek(&path).unwrap().head.unwrap();
            assert_eq!((head.size, head.note), (size, format!("note {size}\n")));
        }
        drop(guard);
        let (mut guard, content) = HeadGuard::open(&path, 1).unwrap();
        assert_eq!(content.head.unwrap().size, 5);
        guard.write(6, "six\n").unwrap();
        assert_eq!(HeadGuard::peek(&path).unwrap().head.unwrap().size, 6);
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before() {
        let (_dir, path) = guard();
        let mut guard = HeadGuard::create(&path, 1).unwrap();
        guard.write(10, "ten\n").unwrap();
        guard.write(11, "eleven\n").unwrap();
        let newest_offset = 0; // sequence 2 is even
        guard
            .file
            .write_all_at(b"?", newest_offset + HEADER_BYTES as u64)
            .unwrap();
        let content = HeadGuard::peek(&path).unwrap();
        assert_eq!(content.head.unwrap().size, 10);
        assert_eq!(content.damaged_slots, 1);
    }

    #[test]
    fn every_flipped_bit_of_a_slot_is_noticed() {
        let (_dir, path) = guard();
        let mut guard = HeadGuard::create(&path, 1).unwrap();
        guard.write(10, "ten\n").unwrap();
        let slot_bytes = HEADER_BYTES + 4 + DIGEST_BYTES;
        let clean = std::fs::read(&path).unwrap();
        for bit in 0..slot_bytes * 8 {
            let mut bytes = clean.clone();
            bytes[SLOT_BYTES + bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bytes).unwrap();
            let content = HeadGuard::peek(&path).unwrap();
            assert!(
                content.head.is_none() && content.damaged_slots == 1,
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_note_too_long_for_a_slot_is_refused() {
        let (_dir, path) = guard();
        let mut guard = HeadGuard::create(&path, 1).unwrap();
        assert!(guard.write(1, &"x".repeat(NOTE_BYTES_MAX)).is_ok());
        assert!(guard.write(2, &"x".repeat(NOTE_BYTES_MAX + 1)).is_err());
    }
}
