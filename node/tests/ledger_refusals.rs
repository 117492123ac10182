//! The ledger's own reasons not to start, beside those of the store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/ledger.rs"]
mod common;

use std::fs;
use std::path::PathBuf;

use common::{Folder, genesis, key, organisation, submit};
use countersign_node::ledger::{Ledger, LedgerConfig, LedgerError, SubmitError};
use countersign_node::store::{OpenOptions, StoreError};

fn refusal(config: LedgerConfig) -> LedgerError {
    Ledger::open(config).expect_err("the ledger must refuse to start")
}

#[track_caller]
fn says(error: &LedgerError, parts: &[&str]) {
    let message = error.to_string();
    parts
        .iter()
        .for_each(|part| assert!(message.contains(part), "`{part}` is not in: {message}"));
}

fn written() -> Folder {
    let folder = Folder::new();
    let ledger = folder.create();
    for _ in 0..3 {
        submit(&ledger.handle(), organisation()).unwrap();
    }
    folder
}

fn copy(folder: &Folder) -> Folder {
    let copy = Folder::new();
    for part in ["ledger", "ledger/db"] {
        fs::create_dir(copy.root.path().join(part)).unwrap();
        for entry in fs::read_dir(folder.root.path().join(part))
            .unwrap()
            .map(Result::unwrap)
        {
            if entry.file_type().unwrap().is_file() {
                fs::copy(
                    entry.path(),
                    copy.root.path().join(part).join(entry.file_name()),
                )
                .unwrap();
            }
        }
    }
    copy
}

fn newest(folder: &Folder, extension: &str) -> PathBuf {
    let all = fs::read_dir(folder.path().join("db"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|it| it == extension))
        .max()
        .unwrap()
}

#[test]
fn a_genesis_with_a_key_that_is_not_held_begins_nothing() {
    let folder = Folder::new();
    let config = LedgerConfig {
        keys: vec![key(9)],
        ..folder.config()
    };
    let error = Ledger::create(config, genesis()).unwrap_err();
    says(
        &error,
        &[
            "the genesis names the log key gh.example/ledger+",
            "does not hold",
        ],
    );
    assert!(!folder.path().exists());
}

#[test]
fn a_second_genesis_in_the_same_folder_is_refused() {
    let folder = written();
    let error = Ledger::create(folder.config(), genesis()).unwrap_err();
    says(&error, &["already holds files"]);
}

#[test]
fn another_country_another_log_and_a_foreign_key_are_refused() {
    let folder = written();
    let error = refusal(LedgerConfig {
        party: "CH".parse().unwrap(),
        ..folder.config()
    });
    says(&error, &["is the ledger of GH", "configured for CH"]);
    let error = refusal(LedgerConfig {
        origin: "ch.example/ledger".parse().unwrap(),
        ..folder.config()
    });
    says(
        &error,
        &[
            "is the log `gh.example/ledger`",
            "configured for `ch.example/ledger`",
        ],
    );
    let error = refusal(LedgerConfig {
        keys: vec![key(9)],
        ..folder.config()
    });
    says(
        &error,
        &["the checkpoints in", "put the right key file back"],
    );
    let error = refusal(LedgerConfig {
        keys: Vec::new(),
        ..folder.config()
    });
    assert!(matches!(
        error,
        LedgerError::Store(StoreError::ForeignKey { .. })
    ));
}

#[test]
fn an_older_backup_of_the_database_beside_the_newer_guard_is_a_rollback() {
    let folder = written();
    let backup = copy(&folder);
    let before = folder.open().unwrap().handle().head().borrow().size;
    submit(&folder.open().unwrap().handle(), organisation()).unwrap();
    fs::copy(folder.path().join("head"), backup.path().join("head")).unwrap();
    let error = refusal(backup.config());
    says(
        &error,
        &[
            "lost acknowledged records",
            "2 missing",
            "rollback",
            &format!("--accept-head {before}"),
        ],
    );
    let accepted = LedgerConfig {
        store: OpenOptions {
            accept_head: Some(before),
            ..OpenOptions::default()
        },
        ..backup.config()
    };
    let ledger = Ledger::open(accepted).unwrap();
    assert_eq!(ledger.handle().head().borrow().size, before);
    submit(&ledger.handle(), organisation()).unwrap();
    drop(ledger);
    assert!(backup.open().is_ok(), "accepted once, accepted for good");
}

#[test]
fn a_database_with_another_history_is_refused() {
    let folder = written();
    let other = written();
    fs::copy(folder.path().join("head"), other.path().join("head")).unwrap();
    let error = refusal(other.config());
    says(
        &error,
        &[
            "another history than the one this node signed at size",
            "exchanged or damaged",
        ],
    );
}

#[test]
fn a_torn_tail_of_an_unacknowledged_block_is_dropped_and_written_again() {
    let folder = written();
    let guard = fs::read(folder.path().join("head")).unwrap();
    let ledger = folder.open().unwrap();
    let head = ledger.handle().head().borrow().clone();
    submit(&ledger.handle(), organisation()).unwrap();
    drop(ledger);
    // As if the process had died in the middle of the write: guard as before, log cut.
    fs::write(folder.path().join("head"), guard).unwrap();
    let wal = newest(&folder, "log");
    let bytes = fs::read(&wal).unwrap();
    fs::write(&wal, &bytes[..bytes.len() - 40]).unwrap();
    let ledger = folder.open().unwrap();
    assert_eq!(*ledger.handle().head().borrow(), head);
    submit(&ledger.handle(), organisation()).unwrap();
}

#[test]
fn a_block_that_was_synced_but_not_signed_is_signed_at_the_next_start() {
    let folder = written();
    let guard = fs::read(folder.path().join("head")).unwrap();
    let ledger = folder.open().unwrap();
    submit(&ledger.handle(), organisation()).unwrap();
    let head = ledger.handle().head().borrow().clone();
    drop(ledger);
    fs::write(folder.path().join("head"), guard).unwrap();
    let ledger = folder.open().unwrap();
    assert_eq!(
        *ledger.handle().head().borrow(),
        head,
        "the same checkpoint, byte by byte"
    );
}

#[test]
fn a_ledger_that_was_told_to_stop_writes_nothing_more_and_says_why() {
    let folder = written();
    let ledger = folder.open().unwrap();
    let handle = ledger.handle();
    let first = submit(&handle, organisation()).unwrap();
    handle.stop_writes("witnesses know another history");
    let size = handle.latest_head().size;
    for _ in 0..2 {
        let refused = submit(&handle, organisation()).unwrap_err();
        assert!(matches!(refused, SubmitError::ReadOnly { .. }), "{refused}");
        assert!(refused.to_string().contains("another history"), "{refused}");
    }
    assert_eq!(handle.latest_head().size, size);
    assert!(handle.failed().borrow().is_some());
    // What was there can still be read, and proven.
    assert!(handle.leaf(first.first_index).unwrap().is_some());
    assert!(handle.proof(first.first_index, size).is_ok());
    drop(handle);
    drop(ledger);

    // Once the reason is gone the ledger goes on where it stood.
    let ledger = folder.open().unwrap();
    assert_eq!(ledger.handle().latest_head().size, size);
    submit(&ledger.handle(), organisation()).unwrap();
}
