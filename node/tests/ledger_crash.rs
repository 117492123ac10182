//! Killing the process at any moment loses nothing that was acknowledged and doubles nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/ledger.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Folder, account, issue, organisation, project, submit, transfer};
use countersign_node::ledger::{Ledger, LedgerConfig, Receipt, Submission, SubmitError, verify};
use countersign_node::store::StoreReader;
use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Body, Record};

/// Where the child finds the ledger; set only by the test below.
const CHILD_FOLDER: &str = "COUNTERSIGN_CRASH_TEST_FOLDER";
const CHILD_SEED: &str = "COUNTERSIGN_CRASH_TEST_SEED";
/// How often the process is killed.
const KILLS: &str = "COUNTERSIGN_CRASH_TEST_KILLS";

/// How often one ledger is killed before a new one takes its place: all of it is replayed after each kill.
const KILLS_OF_ONE_LEDGER: usize = 10;

/// The part that is killed: sixteen threads that write down every receipt they got.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else {
        return;
    };
    let seed: u64 = std::env::var(CHILD_SEED).unwrap().parse().unwrap();
    let config = LedgerConfig {
        dir: Path::new(&folder).join("ledger"),
        ..Folder::new().config()
    };
    let ledger = Ledger::open(config).unwrap();
    let receipts = OpenOptions::new()
        .append(true)
        .create(true)
        .open(Path::new(&folder).join("receipts"))
        .unwrap();
    println!("open");
    std::thread::scope(|scope| {
        for thread in 0..16_u64 {
            let handle = ledger.handle();
            let mut receipts = receipts.try_clone().unwrap();
            scope.spawn(move || {
                for number in 0_u64.. {
                    let id = seed << 40 | thread << 32 | number;
                    let id = RequestId(
                        [id.to_be_bytes(), (!id).to_be_bytes()]
                            .concat()
                            .try_into()
                            .unwrap(),
                    );
                    let to = u32::try_from((thread + number) % 15).unwrap() + 2;
                    let receipt = handle
                        .submit_blocking(Submission::new(id, transfer(1, to, 1)))
                        .unwrap();
                    // One write: a line is there whole or not at all.
                    let line = serde_json::to_string(&receipt).unwrap() + "\n";
                    receipts.write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

#[test]
fn a_process_killed_under_load_keeps_every_acknowledged_record_once() {
    let kills = std::env::var(KILLS).map_or(200, |text| text.parse().unwrap());
    let mut random = u64::from(std::process::id()) | 1;
    let mut acknowledged = 0;
    for first in (1..=kills).step_by(KILLS_OF_ONE_LEDGER) {
        let last = kills.min(first + KILLS_OF_ONE_LEDGER as u64 - 1);
        acknowledged += kill_one_ledger(first..=last, &mut random);
    }
    println!("{kills} kills, {acknowledged} acknowledged requests, each there once");
    assert!(acknowledged > 10 * kills, "the child was not under load");
}

/// A ledger is killed again and again, each time on top of what the times before left; gives the requests that were
/// acknowledged.
fn kill_one_ledger(seeds: RangeInclusive<u64>, random: &mut u64) -> u64 {
    let folder = Folder::new();
    let ledger = folder.create();
    submit(&ledger.handle(), organisation()).unwrap();
    for number in 0..17 {
        submit(&ledger.handle(), account(number)).unwrap();
    }
    submit(&ledger.handle(), project()).unwrap();
    submit(&ledger.handle(), issue(1, 1_000_000_000)).unwrap();
    drop(ledger);
    for seed in seeds {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        run_and_kill(&folder, seed, Duration::from_micros(*random % 150_000));
        let receipts = receipts(&folder);
        let ledger = folder
            .open()
            .unwrap_or_else(|error| panic!("after kill {seed}: {error}"));
        for receipt in &receipts {
            let again = ledger.handle().store().request(&receipt.request).unwrap();
            let again = again.unwrap_or_else(|| panic!("kill {seed} lost {receipt:?}"));
            assert_eq!(
                (again.first_index, again.count, again.size, again.time_ms),
                (
                    receipt.first_index,
                    receipt.count,
                    receipt.size,
                    receipt.time_ms
                )
            );
        }
        let head = ledger.handle().head().borrow().clone();
        drop(ledger);
        let reader = StoreReader::open(&folder.path()).unwrap();
        let verified = verify(&reader, true, |_, _| ()).unwrap();
        assert_eq!(
            (verified.size, verified.signed_size),
            (head.size, head.size)
        );
        each_transfer_is_there_once(&reader, &receipts);
    }
    receipts(&folder).len() as u64
}

fn run_and_kill(folder: &Folder, seed: u64, delay: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "child_that_writes_until_it_is_killed",
            "--nocapture",
        ])
        .env(CHILD_FOLDER, folder.root.path())
        .env(CHILD_SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("open")),
        "the child did not open the ledger"
    );
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The part whose disk is full: the shell gives it a limit on the size of a file.
#[test]
fn child_whose_disk_is_full() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else {
        return;
    };
    if std::env::var(CHILD_SEED).is_ok() {
        return;
    }
    let config = LedgerConfig {
        dir: Path::new(&folder).join("ledger"),
        ..Folder::new().config()
    };
    let ledger = Ledger::open(config).unwrap();
    let handle = ledger.handle();
    let error = loop {
        if let Err(error) = submit(&handle, transfer(1, 2, 1)) {
            break error;
        }
    };
    assert!(matches!(error, SubmitError::ReadOnly { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("repeat the request with the same id"),
        "{error}"
    );
    assert!(handle.failed().borrow().is_some());
    assert!(matches!(
        submit(&handle, organisation()),
        Err(SubmitError::ReadOnly { .. })
    ));
    let head = handle.head().borrow().clone();
    assert!(
        handle.leaf(head.size - 1).unwrap().is_some(),
        "what was acknowledged can still be read"
    );
    assert!(handle.proof(0, head.size).is_ok());
    println!("read-only at {}", head.size);
}

#[test]
fn a_full_disk_makes_the_ledger_read_only_and_loses_nothing() {
    let (folder, ledger) = Folder::with_units(2, 1_000_000);
    drop(ledger);
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 512; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child_whose_disk_is_full", "--nocapture"])
        .env(CHILD_FOLDER, folder.root.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = text
        .lines()
        .find_map(|line| line.split("read-only at ").nth(1))
        .unwrap();
    let acknowledged: u64 = line.parse().unwrap();
    let ledger = folder.open().unwrap();
    assert!(ledger.handle().head().borrow().size >= acknowledged);
    submit(&ledger.handle(), organisation()).unwrap();
    drop(ledger);
    verify(&StoreReader::open(&folder.path()).unwrap(), true, |_, _| ()).unwrap();
}

fn receipts(folder: &Folder) -> Vec<Receipt> {
    let Ok(file) = File::open(folder.root.path().join("receipts")) else {
        return Vec::new();
    };
    let lines = BufReader::new(file).lines().map(Result::unwrap);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}

fn each_transfer_is_there_once(reader: &StoreReader, receipts: &[Receipt]) {
    let mut transfers: BTreeMap<RequestId, u64> = BTreeMap::new();
    let mut leaves = reader.leaves(0..u64::MAX).unwrap();
    while let Some((_, bytes)) = leaves.next_leaf().unwrap() {
        let record = Record::decode(bytes).unwrap();
        if let Body::Transfer(_) = record.body {
            *transfers.entry(record.request).or_default() += 1;
        }
    }
    assert!(
        transfers.values().all(|count| *count == 1),
        "a transfer was doubled"
    );
    for receipt in receipts {
        assert!(
            transfers.contains_key(&receipt.request),
            "{receipt:?} is not in the ledger"
        );
    }
}
