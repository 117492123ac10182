//! Every reason not to start, and every reason not to be afraid of a crash.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Folder, identity, only_file};
use countersign_node::store::{
    Identity, OpenOptions, Store, StoreError, StoreReader, StoredPosting,
};
use countersign_protocol::federation::MessageKind;
use countersign_protocol::id::{AccountId, RequestId, TransferId};
use countersign_protocol::registry::LedgerAccount;

fn refusal(folder: &Folder) -> StoreError {
    folder.open().expect_err("the store must refuse to start")
}

#[track_caller]
fn says(error: &StoreError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    assert!(!message.contains("  "), "the message has a gap: {message}");
}

#[test]
fn a_store_gives_back_what_was_committed() {
    let folder = Folder::with_blocks(3);
    let store = folder.open().unwrap();
    assert_eq!(store.leaf_count().unwrap(), 3);
    assert_eq!(store.leaf(1).unwrap().unwrap(), common::leaf(1));
    assert_eq!(store.leaf(3).unwrap(), None);
    assert_eq!(store.tile_bytes(0, 0).unwrap().unwrap().len(), 96);
    assert_eq!(store.last_tile(0).unwrap().unwrap().0, 0);
    assert_eq!(store.last_tile(1).unwrap(), None);
    assert_eq!(store.transfer(b"transfer 2").unwrap().unwrap(), b"value");
    let statement = store
        .postings(LedgerAccount::Available(AccountId(1)), 1, 10)
        .unwrap();
    assert_eq!(
        statement[0],
        StoredPosting {
            index: 1,
            position: 0,
            delta: 5,
            balance: 10
        }
    );
    assert_eq!(statement.len(), 2);
    assert_eq!(
        store
            .postings(LedgerAccount::Available(AccountId(1)), 0, 1)
            .unwrap()[0]
            .index,
        0
    );
    assert_eq!(
        store
            .postings(LedgerAccount::Available(AccountId(0)), 0, 10)
            .unwrap(),
        vec![]
    );
    assert_eq!(
        store
            .request(&RequestId([2; 16]))
            .unwrap()
            .unwrap()
            .first_index,
        2
    );
    assert_eq!(store.request(&RequestId([9; 16])).unwrap(), None);
    assert_eq!(
        store
            .bundle(&TransferId([1; 32]), MessageKind::Offer)
            .unwrap()
            .unwrap(),
        b"bundle"
    );
    assert_eq!(store.identity().unwrap(), identity());
    let mut keys = Vec::new();
    store
        .each_state::<StoreError>(|key, _| {
            keys.push(String::from_utf8(key.to_vec()).unwrap());
            Ok(())
        })
        .unwrap();
    assert_eq!(
        keys,
        [
            "key 0",
            "key 1",
            "key 2",
            "transfer 0",
            "transfer 1",
            "transfer 2"
        ]
    );
}

#[test]
fn a_reader_sees_a_store_that_a_node_is_writing() {
    let folder = Folder::with_blocks(2);
    let store = folder.open().unwrap();
    let reader = StoreReader::open(&folder.path()).unwrap();
    assert_eq!(reader.leaf_count().unwrap(), 2);
    common::append(&store, 2);
    assert_eq!(reader.leaf_count().unwrap(), 2, "a reader sees one moment");
    let reader = StoreReader::open(&folder.path()).unwrap();
    assert_eq!(reader.leaf_count().unwrap(), 3);
    assert_eq!(reader.acknowledged_head().unwrap().unwrap().size, 3);
    let mut leaves = reader.leaves(1..9).unwrap();
    assert_eq!(
        leaves.next_leaf().unwrap().unwrap(),
        (1, common::leaf(1).as_slice())
    );
    assert_eq!(leaves.next_leaf().unwrap().unwrap().0, 2);
    assert_eq!(leaves.next_leaf().unwrap(), None);
}

#[test]
fn an_empty_or_missing_folder_is_not_taken_for_a_new_ledger() {
    let folder = Folder::empty();
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::Absent { .. }), "{error}");
    says(
        &error,
        &[
            "no ledger in",
            "mount that disk",
            "countersign init",
            "restore the folder from a backup",
        ],
    );
    fs::create_dir(folder.path()).unwrap();
    fs::create_dir(folder.path().join("lost+found")).unwrap();
    assert!(matches!(refusal(&folder), StoreError::Absent { .. }));
}

#[test]
fn creating_over_an_existing_store_is_refused() {
    let folder = Folder::with_blocks(1);
    let error = Store::create(&folder.path(), &identity(), &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }));
    says(&error, &["already holds files", "choose an empty folder"]);
}

#[test]
fn a_store_without_genesis_says_that_init_was_interrupted() {
    let folder = Folder::with_blocks(0);
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::NoGenesis { .. }));
    says(
        &error,
        &[
            "interrupted before the genesis record",
            "remove the folder",
            "countersign init",
        ],
    );
}

#[test]
fn a_second_writer_is_refused() {
    let folder = Folder::with_blocks(1);
    let _first = folder.open().unwrap();
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    says(&error, &["in use by another process", "one writer"]);
}

#[test]
fn the_ledger_of_another_country_is_refused() {
    let folder = Folder::with_blocks(1);
    let ours = Identity {
        party: "CH".parse().unwrap(),
        ..identity()
    };
    let error = Store::open(&folder.path(), &ours, &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, StoreError::WrongParty { .. }));
    says(
        &error,
        &[
            "is the ledger of GH",
            "configured for CH",
            "correct the party or the data folder",
        ],
    );
}

#[test]
fn the_ledger_of_another_origin_is_refused() {
    let folder = Folder::with_blocks(1);
    let ours = Identity {
        origin: "gh.example/other".parse().unwrap(),
        ..identity()
    };
    let error = Store::open(&folder.path(), &ours, &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, StoreError::WrongOrigin { .. }));
    says(
        &error,
        &[
            "is the log `gh.example/ledger`",
            "configured for `gh.example/other`",
        ],
    );
}

#[test]
fn a_foreign_key_is_refused() {
    let folder = Folder::with_blocks(1);
    let ours = Identity {
        log_keys: vec!["gh.example/ledger+00000000+Zm9yZWlnbg==".to_owned()],
        ..identity()
    };
    let error = Store::open(&folder.path(), &ours, &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, StoreError::ForeignKey { .. }));
    says(
        &error,
        &[
            "signed by gh.example/ledger+11111111",
            "holds gh.example/ledger+00000000",
            "countersign key rotate",
        ],
    );
}

#[test]
fn another_schema_version_names_the_command_that_migrates() {
    let folder = Folder::with_blocks(1);
    folder.raw_put(b"schema", &7u32.to_be_bytes());
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::Schema { found: 7, .. }));
    says(
        &error,
        &["schema version 7", "version 1", "countersign migrate"],
    );
}

#[test]
fn an_unknown_column_is_another_schema_and_is_left_alone() {
    let folder = Folder::with_blocks(1);
    folder.raw_column("people");
    let before = folder.listing();
    let error = refusal(&folder);
    assert!(
        matches!(error, StoreError::Schema { found: 0, .. }),
        "{error}"
    );
    assert_eq!(folder.listing(), before, "a refusal writes nothing");
}

#[test]
fn each_missing_file_is_named() {
    for victim in ["CURRENT", "MANIFEST-", ".sst"] {
        let folder = Folder::with_blocks(3);
        folder.flush();
        let path = only_file(&folder.database(), victim);
        fs::remove_file(&path).unwrap();
        let error = refusal(&folder);
        assert!(
            matches!(error, StoreError::MissingFile { .. }),
            "{victim}: {error}"
        );
        let name = path.file_name().unwrap().to_str().unwrap();
        says(
            &error,
            &[
                &format!("db/{name} is missing from"),
                "restore the whole folder from a backup",
            ],
        );
    }
    let folder = Folder::with_blocks(3);
    fs::remove_file(folder.guard()).unwrap();
    says(&refusal(&folder), &["head is missing from"]);
    let folder = Folder::with_blocks(3);
    fs::remove_dir_all(folder.database()).unwrap();
    says(&refusal(&folder), &["db is missing from"]);
}

#[test]
fn a_lost_write_ahead_log_is_a_loss_of_acknowledged_records() {
    let folder = Folder::with_blocks(3);
    fs::remove_file(folder.wal()).unwrap();
    let error = refusal(&folder);
    let StoreError::LostRecords {
        recovered,
        acknowledged,
        ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((recovered, acknowledged), (0, 3));
}

#[test]
fn a_truncated_table_is_damage() {
    let folder = Folder::with_blocks(3);
    folder.flush();
    let path = only_file(&folder.database(), ".sst");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    says(
        &error,
        &["is damaged", "Keep a copy", "countersign ledger verify"],
    );
}

#[test]
fn a_torn_tail_that_nobody_was_told_of_does_not_stop_a_start() {
    let folder = Folder::with_blocks(3);
    let acknowledged = fs::read(folder.guard()).unwrap();
    // The log of a further block reaches the disk in part; its writer died before the guard was written.
    common::append(&folder.open().unwrap(), 3);
    fs::write(folder.guard(), &acknowledged).unwrap();
    let wal = fs::read(folder.wal()).unwrap();
    let complete = folder;
    for cut in [1, 20, 100] {
        let folder = complete.copy();
        fs::write(folder.wal(), &wal[..wal.len() - cut]).unwrap();
        let store = folder.open().unwrap();
        assert_eq!(store.leaf_count().unwrap(), 3, "cut {cut}");
        common::append(&store, 3);
        drop(store);
        assert_eq!(folder.open().unwrap().leaf_count().unwrap(), 4);
    }
    // A page of zeros in the middle of the unacknowledged block, as a killed write() may leave it.
    let folder = complete.copy();
    let mut holed = wal.clone();
    let from = wal.len() - 60;
    holed[from..from + 30].fill(0);
    fs::write(folder.wal(), &holed).unwrap();
    assert_eq!(folder.open().unwrap().leaf_count().unwrap(), 3);
}

#[test]
fn a_whole_block_that_nobody_was_told_of_is_kept() {
    let folder = Folder::with_blocks(3);
    let acknowledged = fs::read(folder.guard()).unwrap();
    common::append(&folder.open().unwrap(), 3);
    fs::write(folder.guard(), &acknowledged).unwrap();
    assert_eq!(folder.open().unwrap().leaf_count().unwrap(), 4);
}

#[test]
fn losing_the_acknowledged_tail_refuses_to_start_and_says_how_many() {
    let complete = Folder::with_blocks(5);
    let wal = fs::read(complete.wal()).unwrap();
    for cut in [1, 20, wal.len() / 2, wal.len()] {
        let folder = complete.copy();
        fs::write(folder.wal(), &wal[..wal.len() - cut]).unwrap();
        let error = refusal(&folder);
        let StoreError::LostRecords {
            recovered,
            acknowledged: 5,
            ..
        } = error
        else {
            panic!("cut {cut}: {error}")
        };
        says(
            &error,
            &[
                "lost acknowledged records",
                &format!("{} missing", 5 - recovered),
                "Restore a backup",
                &format!("--accept-head {recovered}"),
            ],
        );
    }
}

#[test]
fn a_flipped_bit_in_the_acknowledged_tail_refuses_to_start() {
    let complete = Folder::with_blocks(5);
    let wal = fs::read(complete.wal()).unwrap();
    for at in (0..wal.len()).step_by(wal.len() / 40) {
        let folder = complete.copy();
        let mut bytes = wal.clone();
        bytes[at] ^= 0x10;
        fs::write(folder.wal(), &bytes).unwrap();
        let error = refusal(&folder);
        assert!(
            matches!(
                error,
                StoreError::LostRecords { .. } | StoreError::Damaged { .. }
            ),
            "byte {at}: {error}"
        );
        assert!(
            StoreReader::open(&folder.path()).is_err(),
            "a reader refuses byte {at} too"
        );
    }
}

#[test]
fn an_operator_can_accept_a_loss_that_no_witness_has_seen() {
    let folder = Folder::with_blocks(5);
    let wal = fs::read(folder.wal()).unwrap();
    fs::write(folder.wal(), &wal[..wal.len() - 1]).unwrap();
    assert!(matches!(
        refusal(&folder),
        StoreError::LostRecords { recovered: 4, .. }
    ));
    let accept = |size| OpenOptions {
        accept_head: Some(size),
        ..OpenOptions::default()
    };
    assert!(
        Store::open(&folder.path(), &identity(), &accept(3)).is_err(),
        "the operator must name what is there"
    );
    assert_eq!(
        Store::open(&folder.path(), &identity(), &accept(4))
            .unwrap()
            .leaf_count()
            .unwrap(),
        4
    );
}

#[test]
fn an_unreadable_guard_refuses_to_start() {
    let folder = Folder::with_blocks(2);
    fs::write(folder.guard(), vec![0xff; 8192]).unwrap();
    let error = refusal(&folder);
    assert!(matches!(error, StoreError::Damaged { .. }));
    says(&error, &["no slot of the file head can be read"]);
}

#[test]
fn reading_leaves_no_trace() {
    let folder = Folder::with_blocks(2);
    let before: Vec<PathBuf> = folder.listing();
    let reader = StoreReader::open(&folder.path()).unwrap();
    reader.each_row::<StoreError>(|_, _, _| Ok(())).unwrap();
    drop(reader);
    assert_eq!(folder.listing(), before);
}
