//! A ledger built from the leaves that somebody else gave is the ledger, and a leaf that breaks a rule is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/ledger.rs"]
mod common;

use std::path::Path;

use common::{Folder, account, genesis, issue, key, request, submit, transfer};
use countersign_node::ledger::rebuild::{Rebuild, RebuildError};
use countersign_node::ledger::replay::ReplayError;
use countersign_node::ledger::{Ledger, LedgerConfig, Submission, SubmitError, verify};
use countersign_node::store::{Identity, OpenOptions, StoreReader};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::Command;

fn identity() -> Identity {
    let genesis = genesis();
    Identity {
        party: genesis.party,
        origin: genesis.origin,
        log_keys: vec![key(1).verifier().to_string(), key(2).verifier().to_string()],
    }
}

/// A ledger that has moved units and rotated its key, with every leaf of it.
fn grown() -> (Folder, Ledger, Vec<Vec<u8>>) {
    let (folder, ledger) = Folder::with_units(5, 10_000);
    let handle = ledger.handle();
    for number in 0..60_u64 {
        let from = u32::try_from(number % 5).unwrap() + 1;
        let _ = submit(&handle, transfer(from, from % 5 + 1, number % 7 + 1));
        if number == 30 {
            handle.hold_key(key(2)).unwrap();
            let log_key = key(2).verifier().to_string().parse().unwrap();
            submit(&handle, Command::RotateKey { log_key }).unwrap();
        }
    }
    let size = handle.head().borrow().size;
    let leaves = (0..size)
        .map(|index| handle.leaf(index).unwrap().unwrap())
        .collect();
    (folder, ledger, leaves)
}

fn rebuild_into(dir: &Path, leaves: &[Vec<u8>], chunk: usize) -> Rebuild {
    let options = OpenOptions::default();
    let mut rebuild = Rebuild::create(dir, &identity(), &options).unwrap();
    for part in leaves.chunks(chunk) {
        rebuild.append(part).unwrap();
    }
    rebuild
}

#[test]
fn a_ledger_built_from_its_leaves_is_the_same_and_goes_on() {
    let (folder, ledger, leaves) = grown();
    let handle = ledger.handle();
    let head = handle.head().borrow().clone();
    let again = submit_again(&handle);
    let size = handle.head().borrow().size;
    let leaves = {
        let mut all = leaves;
        all.extend((all.len() as u64..size).map(|index| handle.leaf(index).unwrap().unwrap()));
        all
    };
    let newest = handle.head().borrow().clone();
    assert!(newest.size > head.size);
    let other = folder.root.path().join("rebuilt");
    let mut rebuild = rebuild_into(&other, &leaves, 37);
    assert_eq!(
        (rebuild.size(), rebuild.root().unwrap()),
        (newest.size, newest.root)
    );
    assert!(rebuild.finding().is_none());
    rebuild.stands_under(&newest.note).unwrap();
    drop(rebuild);
    drop(handle);
    ledger.shutdown();

    let verified = verify(&StoreReader::open(&other).unwrap(), true, |_, _| ()).unwrap();
    assert_eq!(
        (verified.size, verified.signed_size),
        (newest.size, newest.size)
    );
    let mut config = LedgerConfig::new(
        other,
        genesis().party,
        genesis().origin,
        vec![key(1), key(2)],
    );
    config.clock = folder.watch.clock();
    let ledger = Ledger::open(config).unwrap();
    let handle = ledger.handle();
    assert_eq!(handle.head().borrow().root, newest.root);
    // The receipts are there, so that nothing is done a second time.
    let (request, command, receipt) = again;
    let repeated = handle.submit_blocking(Submission::new(request, command));
    assert_eq!(repeated.unwrap(), receipt);
    submit(&handle, account(77)).unwrap();
    ledger.shutdown();
}

type Again = (
    countersign_protocol::id::RequestId,
    Command,
    countersign_node::ledger::Receipt,
);

fn submit_again(handle: &countersign_node::ledger::LedgerHandle) -> Again {
    let (request, command) = (request(), issue(1, 123));
    let submission = Submission::new(request, command.clone());
    let receipt = handle.submit_blocking(submission).unwrap();
    (request, command, receipt)
}

#[test]
fn it_does_not_matter_where_the_leaves_are_cut_or_how_often_the_store_is_opened_anew() {
    let (folder, ledger, leaves) = grown();
    let head = ledger.handle().head().borrow().clone();
    for (number, chunk) in [1, 2, 3, 10, 64, 1000].into_iter().enumerate() {
        let dir = folder.root.path().join(format!("cut-{number}"));
        let options = OpenOptions::default();
        drop(Rebuild::create(&dir, &identity(), &options).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
        let mut rebuild = Rebuild::create(&dir, &identity(), &options).unwrap();
        for (at, part) in leaves.chunks(chunk).enumerate() {
            rebuild.append(part).unwrap();
            if at % 17 == 3 {
                // What is not a whole block yet is fetched again, as after a crash.
                drop(rebuild);
                rebuild = Rebuild::open(&dir, &identity(), &options).unwrap();
                let (kept, given) = (rebuild.size(), ((at + 1) * chunk).min(leaves.len()));
                let again = &leaves[usize::try_from(kept).unwrap()..given];
                rebuild.append(again).unwrap();
            }
        }
        assert_eq!(rebuild.root().unwrap(), head.root, "in parts of {chunk}");
        rebuild.stands_under(&head.note).unwrap();
        drop(rebuild);
        verify(&StoreReader::open(&dir).unwrap(), true, |_, _| ()).unwrap();
    }
    ledger.shutdown();
}

fn found(rebuild: &Rebuild) -> (u64, &'static str) {
    match rebuild.finding() {
        Some(ReplayError::Rule { index, source, .. }) => (*index, source.code()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_leaf_that_breaks_a_rule_is_named_and_what_follows_is_kept_as_evidence() {
    let (folder, ledger, leaves) = grown();
    let bodies = leaves.iter().map(|leaf| Record::decode(leaf).unwrap());
    let issued = bodies
        .enumerate()
        .find(|(_, record)| matches!(record.body, Body::Issuance(_)));
    let (at, _) = issued.unwrap();
    // The same numbers are issued a second time, after a third of the ledger; and honest leaves go on behind.
    let place = leaves.len() / 3;
    let mut forged = leaves[..place].to_vec();
    forged.push(leaves[at].clone());
    forged.extend_from_slice(&leaves[place..]);
    let dir = folder.root.path().join("forged");
    let rebuild = rebuild_into(&dir, &forged, 16);
    let finding = found(&rebuild);
    assert_eq!(finding.0, place as u64, "{}", finding.1);
    assert_eq!(rebuild.size(), forged.len() as u64);
    assert!(rebuild.state().size() <= place as u64);
    let root = rebuild.root().unwrap();
    drop(rebuild);

    // Opened anew it is found again, at the same place.
    let rebuild = Rebuild::open(&dir, &identity(), &OpenOptions::default()).unwrap();
    assert_eq!((found(&rebuild), rebuild.root().unwrap()), (finding, root));
    drop(rebuild);
    ledger.shutdown();
}

#[test]
fn bytes_that_are_no_record_are_told_apart_from_a_broken_rule() {
    let (folder, ledger, leaves) = grown();
    let mut odd = leaves[..20].to_vec();
    odd.push(b"a record of a newer release".to_vec());
    odd.extend_from_slice(&leaves[20..]);
    let rebuild = rebuild_into(&folder.root.path().join("odd"), &odd, 8);
    assert!(matches!(
        rebuild.finding(),
        Some(ReplayError::Leaf { index: 20, .. })
    ));
    drop(rebuild);
    ledger.shutdown();
}

/// Another command under an id that was used before is a conflict while the command is known; after a rebuild the id alone
/// decides.
#[test]
fn an_id_is_used_once_whatever_is_asked_under_it() {
    let (_folder, ledger) = Folder::with_units(2, 100);
    let handle = ledger.handle();
    let (request, _, _) = submit_again(&handle);
    let other = handle.submit_blocking(Submission::new(request, issue(1, 124)));
    assert!(matches!(other, Err(SubmitError::Conflict { .. })));
    ledger.shutdown();
}

#[test]
fn a_block_without_an_end_costs_bounded_memory_and_what_was_kept_stays() {
    let (_folder, _ledger, leaves) = grown();
    let folder = tempfile::tempdir().unwrap();
    let mut rebuild = rebuild_into(&folder.path().join("mirror"), &leaves, 100);
    let size = rebuild.size();
    let chunk = vec![vec![0x55; 4_096]; 1_024];
    let refused = (0..20).find_map(|_| rebuild.append(&chunk).err());
    assert!(matches!(refused, Some(RebuildError::Endless)));
    assert_eq!(rebuild.size(), size, "only what waited is forgotten");
}
