//! Verification finds what was changed behind the ledger's back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

#[path = "common/ledger.rs"]
mod common;

use std::fs;
use std::path::PathBuf;

use common::{Folder, account, key, submit, transfer};
use countersign_node::ledger::{Verified, VerifyError, verify};
use countersign_node::store::StoreReader;
use countersign_protocol::registry::Command;

/// A closed ledger with 300 leaves: more than one tile, some refusals, a rotation and a witnessed head.
fn grown() -> Folder {
    let (folder, ledger) = Folder::with_units(5, 10_000);
    let handle = ledger.handle();
    for number in 0..150_u64 {
        let from = u32::try_from(number % 5).unwrap() + 1;
        let _ = submit(&handle, transfer(from, from % 5 + 1, number % 7 + 1));
        if number == 50 {
            handle.hold_key(key(2)).unwrap();
            let log_key = key(2).verifier().to_string().parse().unwrap();
            submit(&handle, Command::RotateKey { log_key }).unwrap();
        }
        if number == 70 {
            let head = handle.head().borrow().clone();
            handle.set_witnessed(&head).unwrap();
        }
    }
    assert!(handle.head().borrow().size > 256);
    folder
}

fn check(folder: &Folder, replay: bool) -> Result<Verified, VerifyError> {
    verify(&StoreReader::open(&folder.path())?, replay, |_, _| ())
}

fn database(folder: &Folder) -> rocksdb::DB {
    let options = rocksdb::Options::default();
    let path = folder.path().join("db");
    let columns = rocksdb::DB::list_cf(&options, &path).unwrap();
    rocksdb::DB::open_cf(&options, path, columns).unwrap()
}

#[test]
fn a_sound_ledger_verifies_also_while_it_is_running() {
    let folder = grown();
    for replay in [false, true] {
        let verified = check(&folder, replay).unwrap();
        assert_eq!(verified.signed_size, verified.size);
        assert_eq!(verified.replayed, replay);
        assert!(verified.rows > verified.size);
    }
    let (folder, ledger) = Folder::with_units(3, 100);
    let mut last = (0, 0);
    let reader = StoreReader::open(&folder.path()).unwrap();
    submit(&ledger.handle(), account(7)).unwrap();
    let verified = verify(&reader, true, |done, all| last = (done, all)).unwrap();
    assert_eq!(last, (verified.size, verified.size));
}

/// Changes the first row of a column for which `change` gives new bytes.
fn tamper(folder: &Folder, column: &str, change: impl Fn(&[u8], &mut Vec<u8>) -> bool) {
    let database = database(folder);
    let handle = database.cf_handle(column).unwrap();
    let rows: Vec<_> = database
        .iterator_cf(handle, rocksdb::IteratorMode::Start)
        .map(Result::unwrap)
        .collect();
    for (key, value) in rows {
        let mut new = value.to_vec();
        if change(&key, &mut new) {
            database.put_cf(handle, &key, new).unwrap();
            return;
        }
    }
    panic!("nothing to change in {column}");
}

fn flip_last(_: &[u8], value: &mut [u8]) -> bool {
    *value.last_mut().unwrap() ^= 1;
    true
}

#[test]
fn a_row_that_was_rewritten_with_a_good_checksum_is_found() {
    for (column, what, without_replay) in [
        ("leaf", "", true),
        ("tile", "tile 0 of level 0", true),
        ("state", "column of state", false),
        ("posting", "column of postings", false),
        ("request", "column of requests", false),
    ] {
        let folder = grown();
        tamper(&folder, column, |key, value| flip_last(key, value));
        let error = check(&folder, true).unwrap_err().to_string();
        assert!(error.contains(what), "{column}: {error}");
        assert_eq!(check(&folder, false).is_err(), without_replay, "{column}");
    }
}

#[test]
fn a_record_that_was_exchanged_for_another_is_found() {
    let folder = grown();
    let other = {
        let (other, ledger) = Folder::with_units(5, 20_000);
        drop(ledger);
        StoreReader::open(&other.path())
            .unwrap()
            .leaf(9)
            .unwrap()
            .unwrap()
    };
    tamper(&folder, "leaf", |key, value| {
        let is_it = key == 9_u64.to_be_bytes();
        if is_it {
            value.clone_from(&other);
        }
        is_it
    });
    for replay in [false, true] {
        let error = check(&folder, replay).unwrap_err().to_string();
        assert!(
            error.contains("is not the root of the leaves")
                || error.contains("leaf 9")
                || error.contains("tile 0"),
            "{error}"
        );
    }
}

#[test]
fn a_row_that_was_taken_away_or_added_is_found() {
    for column in ["leaf", "tile", "state", "posting", "request"] {
        let folder = grown();
        {
            let database = database(&folder);
            let handle = database.cf_handle(column).unwrap();
            let (key, _) = database
                .iterator_cf(handle, rocksdb::IteratorMode::Start)
                .nth(1)
                .unwrap()
                .unwrap();
            database.delete_cf(handle, key).unwrap();
        }
        assert!(check(&folder, true).is_err(), "{column}: a row less");
        let folder = grown();
        {
            let database = database(&folder);
            let handle = database.cf_handle(column).unwrap();
            let (key, value) = database
                .iterator_cf(handle, rocksdb::IteratorMode::End)
                .next()
                .unwrap()
                .unwrap();
            let mut key = key.to_vec();
            *key.last_mut().unwrap() = key.last().unwrap().wrapping_add(7);
            database.put_cf(handle, key, value).unwrap();
        }
        assert!(check(&folder, true).is_err(), "{column}: a row more");
    }
}

#[test]
fn a_checkpoint_by_another_key_is_found() {
    let folder = grown();
    let note = {
        let reader = StoreReader::open(&folder.path()).unwrap();
        let note = reader.acknowledged_head().unwrap().unwrap().note;
        let (_, checkpoint) = countersign_protocol::log::Checkpoint::parse_note(&note).unwrap();
        checkpoint.sign(&key(3)).unwrap()
    };
    database(&folder).put(b"witnessed", note).unwrap();
    let error = check(&folder, false).unwrap_err().to_string();
    assert!(error.contains("the witnessed checkpoint"), "{error}");
}

/// Bits that are flipped, one at a time, wherever they fall in the files: by each of four tests, so that they run beside
/// each other.
const FLIPS: usize = 500;

#[test]
fn a_flipped_bit_in_the_files_of_a_ledger_is_found_or_means_nothing_1() {
    flip_bits(88_172_645_463_325_252);
}

#[test]
fn a_flipped_bit_in_the_files_of_a_ledger_is_found_or_means_nothing_2() {
    flip_bits(2_463_534_242_770_261);
}

#[test]
fn a_flipped_bit_in_the_files_of_a_ledger_is_found_or_means_nothing_3() {
    flip_bits(521_288_629_546_311_733);
}

#[test]
fn a_flipped_bit_in_the_files_of_a_ledger_is_found_or_means_nothing_4() {
    flip_bits(362_436_069_088_675_123);
}

fn flip_bits(seed: u64) {
    let folder = grown();
    // Open and close once: everything is in tables then, and the log is empty.
    drop(database(&folder));
    let expected = check(&folder, true).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(folder.path().join("db"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.push(folder.path().join("head"));
    // Journals and notes of RocksDB's own: nothing is read from them here, and a flip there shows nothing.
    let is_note = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap();
        ["LOG", "OPTIONS-", "IDENTITY"]
            .iter()
            .any(|it| name.starts_with(it))
    };
    files.retain(|file| !is_note(file));
    let contents: Vec<(PathBuf, Vec<u8>)> = files
        .into_iter()
        .map(|file| (file.clone(), fs::read(&file).unwrap()))
        .collect();
    let all: usize = contents.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut found = 0;
    let mut random = seed;
    for _ in 0..FLIPS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut at = usize::try_from(random % (all as u64 * 8)).unwrap();
        let mut files = contents.iter();
        let (file, bytes) = files
            .find(|(_, bytes)| {
                let is_here = at < bytes.len() * 8;
                at -= if is_here { 0 } else { bytes.len() * 8 };
                is_here
            })
            .unwrap();
        let mut flipped = bytes.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        fs::write(file, flipped).unwrap();
        match check(&folder, true) {
            Err(_) => found += 1,
            Ok(verified) => assert_eq!(verified, expected, "bit {at} of {}", file.display()),
        }
        fs::write(file, bytes).unwrap();
    }
    println!("{found} of {FLIPS} flipped bits were found; the others changed nothing that is read");
    assert!(found > FLIPS / 4, "only {found} flips were found");
    assert_eq!(check(&folder, true).unwrap(), expected);
}

/// Where each record of a manifest or log begins (RocksDB's `log_format.h`), as far as the first block goes.
fn records(bytes: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some([_, _, _, _, low, high, kind]) = bytes.get(at..at + 7) {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        if *kind == 0 && length == 0 {
            break;
        }
        starts.push(at);
        at += 7 + length;
    }
    starts
}

/// RocksDB reads for ever at such a record: whoever verifies must hear of it.
#[test]
fn a_record_of_a_kind_that_is_never_written_is_found_in_the_manifest_and_in_the_log() {
    let folder = grown();
    let (running, ledger) = Folder::with_units(3, 100);
    submit(&ledger.handle(), account(7)).unwrap();
    for (folder, ending) in [(&folder, "MANIFEST-"), (&running, ".log")] {
        let files = fs::read_dir(folder.path().join("db")).unwrap();
        let files = files.map(|entry| entry.unwrap().path());
        let is_it = |file: &PathBuf| {
            let name = file.file_name().unwrap().to_str().unwrap();
            name.starts_with(ending) || name.ends_with(ending)
        };
        let full = |file: &PathBuf| fs::metadata(file).unwrap().len() > 0;
        let file = files.filter(is_it).find(full).unwrap();
        let bytes = fs::read(&file).unwrap();
        let records = records(&bytes);
        assert!(records.len() > 1, "{}", file.display());
        for at in records {
            let mut flipped = bytes.clone();
            flipped[at + 6] ^= 4;
            fs::write(&file, flipped).unwrap();
            let error = check(folder, false).unwrap_err().to_string();
            let place = format!("the record at byte {at} of ");
            assert!(error.contains(&place), "{error}");
        }
        fs::write(&file, &bytes).unwrap();
        check(folder, false).unwrap();
    }
}

#[test]
fn a_ledger_that_was_folded_wrong_is_found_by_replay_only() {
    let folder = grown();
    // A balance that was changed in the state and nowhere else: the tree is still right.
    tamper(&folder, "state", |_, value| {
        let is_balance = value.first() == Some(&12);
        if is_balance {
            value[1] ^= 2;
        }
        is_balance
    });
    assert!(check(&folder, false).is_ok());
    assert!(
        check(&folder, true)
            .unwrap_err()
            .to_string()
            .contains("column of state")
    );
}
