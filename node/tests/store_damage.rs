//! Flipped bits on the disk: reading everything finds them, or they mean nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::Folder;
use countersign_node::store::{Column, StoreError, StoreReader};

type Rows = BTreeMap<(Column, Vec<u8>), Vec<u8>>;

/// Every row of a store, or the refusal.
fn content(folder: &Folder) -> Result<Rows, StoreError> {
    let reader = StoreReader::open(&folder.path())?;
    let mut rows = BTreeMap::new();
    reader.each_row(|column, key, value| {
        rows.insert((column, key.to_vec()), value.to_vec());
        Ok::<(), StoreError>(())
    })?;
    Ok(rows)
}

#[test]
fn a_flipped_bit_in_any_file_is_found_or_changes_nothing_that_is_read() {
    let whole = Folder::with_blocks(40);
    whole.flush();
    let expected = content(&whole).unwrap();
    let mut found = 0;
    for file in whole.listing() {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&file).unwrap();
        let step = (bytes.len() / 60).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&file, &flipped).unwrap();
            match content(&whole) {
                Err(_) => found += 1,
                Ok(rows) if rows == expected => {}
                Ok(rows) => {
                    let lost: Vec<_> = expected
                        .keys()
                        .filter(|key| rows.get(key) != expected.get(key))
                        .collect();
                    panic!(
                        "byte {at} of {name}: {} rows changed, first {:?}",
                        lost.len(),
                        lost.first()
                    );
                }
            }
        }
        fs::write(&file, &bytes).unwrap();
    }
    assert!(found > 200, "only {found} flips were found at all");
    assert!(content(&whole).unwrap() == expected);
}
