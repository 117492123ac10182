//! What the single writer promises: durable, once, in order, or a clear refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/ledger.rs"]
mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{
    Folder, ORIGIN, account, genesis, issue, key, organisation, project, request, submit, transfer,
};
use countersign_node::ledger::{Head, Ledger, LedgerConfig, Submission, SubmitError};
use countersign_node::store::StoreReader;
use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::log::{
    Checkpoint, KeyKind, SignedNote, SignerKey, cosign, leaf_hash, verify_consistency,
    verify_inclusion,
};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{Command, LedgerAccount, Refusal};

fn balance(ledger: &Ledger, account: u32) -> i64 {
    ledger
        .handle()
        .read(|state| state.balance(LedgerAccount::Available(AccountId(account))))
}

#[test]
fn a_new_ledger_holds_its_genesis_under_a_signed_checkpoint() {
    let folder = Folder::new();
    let ledger = folder.create();
    let handle = ledger.handle();
    let head = handle.head().borrow().clone();
    assert_eq!(head.size, 2, "genesis and the header of its block");
    let (note, checkpoint) = Checkpoint::parse_note(&head.note).unwrap();
    note.verify([key(1).verifier()]).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size, checkpoint.root),
        (ORIGIN, 2, head.root)
    );
    let first = Record::decode(&handle.leaf(0).unwrap().unwrap()).unwrap();
    assert_eq!(first.body, Body::Genesis(genesis()));
    let last = Record::decode(&handle.leaf(1).unwrap().unwrap()).unwrap();
    assert!(matches!(last.body, Body::BlockHeader(header) if header.height == 1));
}

#[test]
fn a_receipt_points_at_leaves_that_are_there_after_a_restart() {
    let (folder, ledger) = Folder::with_units(2, 1000);
    let wish = Submission::new(request(), transfer(1, 2, 400));
    let receipt = ledger.handle().submit_blocking(wish.clone()).unwrap();
    assert_eq!(receipt.count, 2, "a split and a transfer");
    assert_eq!(
        receipt.size,
        receipt.first_index + 3,
        "and the header of their block"
    );
    let head = ledger.handle().head().borrow().clone();
    drop(ledger);

    let ledger = folder.open().unwrap();
    let handle = ledger.handle();
    assert_eq!(*handle.head().borrow(), head);
    assert_eq!((balance(&ledger, 1), balance(&ledger, 2)), (600, 400));
    for index in receipt.first_index..receipt.first_index + 2 {
        let bytes = handle.leaf(index).unwrap().unwrap();
        let record = Record::decode(&bytes).unwrap();
        assert_eq!(
            (record.request, record.time_ms),
            (wish.request, receipt.time_ms)
        );
        let proof = handle.proof(index, head.size).unwrap();
        verify_inclusion(&leaf_hash(&bytes), index, head.size, &proof, &head.root).unwrap();
    }
    assert_eq!(
        handle.submit_blocking(wish).unwrap(),
        receipt,
        "the first receipt, again"
    );
    assert_eq!(
        handle.head().borrow().size,
        head.size,
        "and nothing was written for it"
    );
    let statement = handle
        .postings(LedgerAccount::Available(AccountId(2)), 0, 10)
        .unwrap();
    assert_eq!(statement.len(), 1);
    assert_eq!(
        (statement[0].index, statement[0].delta, statement[0].balance),
        (receipt.first_index + 1, 400, 400)
    );
}

#[test]
fn the_same_request_with_another_command_is_a_conflict() {
    let (folder, ledger) = Folder::with_units(2, 1000);
    let id = request();
    let first = ledger
        .handle()
        .submit_blocking(Submission::new(id, transfer(1, 2, 1)))
        .unwrap();
    let conflict = |ledger: &Ledger| {
        let error = ledger
            .handle()
            .submit_blocking(Submission::new(id, transfer(1, 2, 2)))
            .unwrap_err();
        let SubmitError::Conflict {
            request,
            first_index,
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!((*request, *first_index), (id, first.first_index));
        assert!(
            error.to_string().contains("use a new request id"),
            "{error}"
        );
    };
    conflict(&ledger);
    drop(ledger);
    conflict(&folder.open().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repetitions_that_arrive_together_have_one_effect_and_one_receipt() {
    let (_folder, ledger) = tokio::task::spawn_blocking(|| Folder::with_units(2, 1000))
        .await
        .unwrap();
    let id = request();
    let tries: Vec<_> = (0..64)
        .map(|number| {
            let handle = ledger.handle();
            let tonnes = if number % 8 == 7 { 8 } else { 7 };
            tokio::spawn(async move {
                handle
                    .submit(Submission::new(id, transfer(1, 2, tonnes)))
                    .await
            })
        })
        .collect();
    let mut receipts = Vec::new();
    let mut conflicts = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(receipt) => receipts.push(receipt),
            Err(SubmitError::Conflict { .. }) => conflicts += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(receipts.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(receipts.len() + conflicts, 64);
    assert!(conflicts == 8 || conflicts == 56);
    assert_eq!(balance(&ledger, 2), if conflicts == 8 { 7 } else { 8 });
    tokio::task::spawn_blocking(move || ledger.shutdown())
        .await
        .unwrap();
}

#[test]
fn a_refused_submission_takes_back_only_itself() {
    let (folder, ledger) = Folder::with_units(3, 100);
    let before = ledger.handle().head().borrow().size;
    let error = submit(&ledger.handle(), transfer(2, 3, 1)).unwrap_err();
    assert!(
        matches!(error, SubmitError::Refused(Refusal::TooFew { .. })),
        "{error}"
    );
    // The split would be possible, the transfer to itself is not: neither is written.
    let error = submit(&ledger.handle(), transfer(1, 1, 1)).unwrap_err();
    assert!(
        matches!(error, SubmitError::Refused(Refusal::SameAccount(_))),
        "{error}"
    );
    assert_eq!(ledger.handle().head().borrow().size, before);
    submit(&ledger.handle(), transfer(1, 3, 100)).unwrap();
    drop(ledger);
    let ledger = folder.open().unwrap();
    assert_eq!((balance(&ledger, 1), balance(&ledger, 3)), (0, 100));
}

#[test]
fn a_refused_request_id_may_be_used_again() {
    let (_folder, ledger) = Folder::with_units(2, 100);
    let id = request();
    let wish = Submission::new(id, transfer(2, 1, 5));
    assert!(ledger.handle().submit_blocking(wish.clone()).is_err());
    submit(&ledger.handle(), transfer(1, 2, 5)).unwrap();
    ledger.handle().submit_blocking(wish).unwrap();
    assert_eq!(balance(&ledger, 1), 100);
}

#[test]
fn a_request_id_of_zeros_is_the_ledgers_own() {
    let folder = Folder::new();
    let ledger = folder.create();
    let error = ledger
        .handle()
        .submit_blocking(Submission::new(RequestId([0; 16]), organisation()))
        .unwrap_err();
    assert!(matches!(error, SubmitError::ReservedRequest));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_submitters_get_distinct_receipts_and_share_blocks() {
    let (folder, ledger) = tokio::task::spawn_blocking(|| Folder::with_units(17, 100_000))
        .await
        .unwrap();
    let start = ledger.handle().head().borrow().size;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let handle = ledger.handle();
            tokio::spawn(async move {
                let mut receipts = Vec::new();
                for _ in 0..50 {
                    receipts.push(
                        handle
                            .submit(Submission::new(request(), transfer(1, number + 2, 3)))
                            .await
                            .unwrap(),
                    );
                }
                assert!(
                    receipts
                        .windows(2)
                        .all(|pair| pair[0].first_index < pair[1].first_index)
                );
                receipts
            })
        })
        .collect();
    let mut indices = BTreeSet::new();
    let mut sizes = BTreeSet::new();
    for task in tasks {
        for receipt in task.await.unwrap() {
            sizes.insert(receipt.size);
            for index in receipt.first_index..receipt.first_index + u64::from(receipt.count) {
                assert!(indices.insert(index), "leaf {index} has two receipts");
                assert!(index < receipt.size);
            }
        }
    }
    let end = ledger.handle().head().borrow().clone();
    let blocks = sizes.len() as u64;
    assert_eq!(
        indices.len() as u64 + blocks,
        end.size - start,
        "every leaf has a receipt or is a header"
    );
    assert!(
        blocks < 700,
        "800 submissions in {blocks} blocks: no group commit"
    );
    let handle = ledger.handle();
    let proof = handle.consistency(start, end.size).unwrap();
    verify_consistency(
        start,
        end.size,
        &handle.root(start).unwrap(),
        &end.root,
        &proof,
    )
    .unwrap();
    drop(handle);
    tokio::task::spawn_blocking(move || ledger.shutdown())
        .await
        .unwrap();
    let ledger = folder.open().unwrap();
    assert_eq!(balance(&ledger, 1), 100_000 - 16 * 50 * 3);
    assert!((2..18).all(|number| balance(&ledger, number) == 150));
}

#[test]
fn a_full_queue_says_busy() {
    let folder = Folder::new();
    let clock = Arc::new(AtomicU64::new(0));
    let gate = Arc::new(std::sync::Mutex::new(()));
    let (tick, wait) = (Arc::clone(&clock), Arc::clone(&gate));
    let config = LedgerConfig {
        queue: 4,
        // The writer asks for the time of every record: holding the gate holds the writer.
        clock: Arc::new(move || {
            drop(wait.lock().unwrap());
            tick.fetch_add(1, Ordering::Relaxed)
        }),
        ..folder.config()
    };
    let ledger = Ledger::create(config, genesis()).unwrap();
    let held = gate.lock().unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let handle = ledger.handle();
            std::thread::spawn(move || submit(&handle, organisation()))
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(100));
    let more: Vec<_> = (0..6)
        .map(|_| {
            let handle = ledger.handle();
            std::thread::spawn(move || submit(&handle, organisation()))
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let error = submit(&ledger.handle(), organisation()).unwrap_err();
    assert!(matches!(error, SubmitError::Busy { waiting: 4 }), "{error}");
    assert!(
        error.to_string().contains("send the same request again"),
        "{error}"
    );
    drop(held);
    let results: Vec<_> = waiting
        .into_iter()
        .chain(more)
        .map(|one| one.join().unwrap())
        .collect();
    let taken = results.iter().filter(|result| result.is_ok()).count();
    let busy = results
        .iter()
        .filter(|result| matches!(result, Err(SubmitError::Busy { .. })))
        .count();
    assert_eq!(taken + busy, 9);
    assert!(taken >= 4, "what was taken was written");
    assert_eq!(
        ledger.handle().read(|state| state.organisations().count()),
        taken
    );
}

#[test]
fn the_clock_never_runs_backwards_in_the_ledger() {
    let folder = Folder::new();
    let time = Arc::new(AtomicU64::new(1_000_000));
    let clock = Arc::clone(&time);
    let config = LedgerConfig {
        clock: Arc::new(move || clock.load(Ordering::Relaxed)),
        ..folder.config()
    };
    let ledger = Ledger::create(config, genesis()).unwrap();
    let first = submit(&ledger.handle(), organisation()).unwrap();
    time.store(500_000, Ordering::Relaxed);
    let second = submit(&ledger.handle(), organisation()).unwrap();
    time.store(2_000_000, Ordering::Relaxed);
    let third = submit(&ledger.handle(), organisation()).unwrap();
    assert_eq!(
        [first.time_ms, second.time_ms, third.time_ms],
        [1_000_000, 1_000_000, 2_000_000]
    );
}

#[test]
fn a_rotated_key_signs_from_the_block_after_the_rotation() {
    let folder = Folder::new();
    let ledger = folder.create();
    let handle = ledger.handle();
    let rotate = || Command::RotateKey {
        log_key: key(2).verifier().to_string().parse().unwrap(),
    };
    let error = submit(&handle, rotate()).unwrap_err();
    assert!(matches!(error, SubmitError::KeyNotHeld { .. }), "{error}");
    handle.hold_key(key(2)).unwrap();
    submit(&handle, rotate()).unwrap();
    let signed_by = |seed| {
        let head = handle.head().borrow().clone();
        Checkpoint::parse_note(&head.note)
            .unwrap()
            .0
            .verify([key(seed).verifier()])
            .is_ok()
    };
    assert!(
        signed_by(1) && !signed_by(2),
        "the old key signs the rotation in"
    );
    submit(&handle, organisation()).unwrap();
    assert!(signed_by(2) && !signed_by(1));
    drop(handle);
    drop(ledger);
    let error = folder.open().unwrap_err().to_string();
    assert!(error.contains("put the right key file back"), "{error}");
    let config = LedgerConfig {
        keys: vec![key(2)],
        ..folder.config()
    };
    submit(&Ledger::open(config).unwrap().handle(), organisation()).unwrap();
}

#[test]
fn a_restart_right_after_a_rotation_needs_both_keys_for_one_block_only() {
    let folder = Folder::new();
    let ledger = folder.create();
    ledger.handle().hold_key(key(2)).unwrap();
    submit(
        &ledger.handle(),
        Command::RotateKey {
            log_key: key(2).verifier().to_string().parse().unwrap(),
        },
    )
    .unwrap();
    let head = ledger.handle().head().borrow().clone();
    drop(ledger);
    let both = LedgerConfig {
        keys: vec![key(1), key(2)],
        ..folder.config()
    };
    let ledger = Ledger::open(both).unwrap();
    assert_eq!(*ledger.handle().head().borrow(), head);
    submit(&ledger.handle(), organisation()).unwrap();
    let note = ledger.handle().head().borrow().note.clone();
    Checkpoint::parse_note(&note)
        .unwrap()
        .0
        .verify([key(2).verifier()])
        .unwrap();
}

#[test]
fn the_newest_witnessed_head_outlives_a_restart_and_only_grows() {
    let (folder, ledger) = Folder::with_units(2, 10);
    let handle = ledger.handle();
    let older = handle.head().borrow().clone();
    submit(&handle, organisation()).unwrap();
    let newer = handle.head().borrow().clone();
    handle.set_witnessed(&newer).unwrap();
    handle.set_witnessed(&older).unwrap();
    assert_eq!(*handle.witnessed().borrow(), Some(newer.clone()));
    // Other witnesses count by now: the same head with their cosignatures takes its place.
    let mut note = SignedNote::parse(&newer.note).unwrap();
    let witness = SignerKey::from_seed("w.example", KeyKind::CosignatureV1, &[9; 32]).unwrap();
    let line = cosign(note.text(), &witness, 1_800_000_000).unwrap();
    note.add(line).unwrap();
    let again = Head {
        note: note.to_string().into(),
        ..newer
    };
    handle.set_witnessed(&again).unwrap();
    assert_eq!(*handle.witnessed().borrow(), Some(again.clone()));
    drop(handle);
    drop(ledger);
    let ledger = folder.open().unwrap();
    assert_eq!(*ledger.handle().witnessed().borrow(), Some(again));
}

#[test]
fn a_shut_down_ledger_says_so_and_writes_what_was_queued() {
    let (folder, ledger) = Folder::with_units(2, 1000);
    let handle = ledger.handle();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let handle = handle.clone();
            std::thread::spawn(move || submit(&handle, transfer(1, 2, 1)))
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(20));
    ledger.shutdown();
    let written = waiting
        .into_iter()
        .map(|one| one.join().unwrap())
        .filter(Result::is_ok)
        .count();
    assert!(matches!(
        submit(&handle, organisation()).unwrap_err(),
        SubmitError::Closed
    ));
    drop(handle);
    assert_eq!(
        balance(&folder.open().unwrap(), 2),
        i64::try_from(written).unwrap()
    );
}

#[test]
fn a_reader_of_the_folder_reads_what_the_ledger_wrote() {
    let (folder, ledger) = Folder::with_units(2, 10);
    submit(&ledger.handle(), project()).unwrap();
    submit(&ledger.handle(), account(9)).unwrap();
    submit(&ledger.handle(), issue(1, 5)).unwrap();
    let reader = StoreReader::open(&folder.path()).unwrap();
    let head = ledger.handle().head().borrow().clone();
    assert_eq!(reader.leaf_count().unwrap(), head.size);
    assert_eq!(
        *reader.acknowledged_head().unwrap().unwrap().note,
        *head.note
    );
}
