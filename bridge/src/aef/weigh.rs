//! What a workbook unpacks to, before anything opens it.

use std::io::{Cursor, Read, sink};

use super::{PARTS_MAX, ReadError};

/// Adds up what the parts say they unpack to, then unpacks each into nothing and counts: what a file says may be a lie.
pub(super) fn weigh(bytes: &[u8], bytes_max: u64) -> Result<(), ReadError> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::NoWorkbook(error.to_string());
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if parts.len() > PARTS_MAX {
        return Err(ReadError::Bomb);
    }
    let mut left = bytes_max;
    for at in 0..parts.len() {
        let part = parts.by_index_raw(at).map_err(|error| damaged(&error))?;
        left = left.checked_sub(part.size()).ok_or(ReadError::Bomb)?;
    }
    let mut left = bytes_max;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(|error| damaged(&error))?;
        let read = std::io::copy(&mut part.take(left.saturating_add(1)), &mut sink());
        let read = read.map_err(|error| damaged(&error))?;
        left = left.checked_sub(read).ok_or(ReadError::Bomb)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use std::io::Write as _;

    fn zipped(bytes: usize) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&vec![0; bytes]).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_unpacks_to_more_than_the_limit_is_refused() {
        assert!(weigh(&zipped(1000), 1000).is_ok());
        assert!(matches!(weigh(&zipped(1001), 1000), Err(ReadError::Bomb)));
    }

    #[test]
    fn a_size_that_is_a_lie_helps_nobody() {
        let mut bytes = zipped(100_000);
        let (size, lie) = (100_000_u32.to_le_bytes(), 10_u32.to_le_bytes());
        let mut lies = 0;
        while let Some(at) = bytes.windows(4).position(|four| four == size) {
            bytes[at..at + 4].copy_from_slice(&lie);
            lies += 1;
        }
        assert!(lies > 0);
        assert!(weigh(&bytes, 1000).is_err());
    }
}
