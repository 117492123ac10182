//! Every bit of an exported ledger means something, and every change of one is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::thread;

use countersign_node::export::{Options, Report, VerifyError, verify};
use countersign_protocol::log::Policy;
use countersign_protocol::record::Body;
use countersign_tests::sample::{MemoryFiles, SampleLedger, from_json};
use serde_json::json;

const TIME_MS: u64 = 1_751_846_400_000;
const HOUR_MS: u64 = 3_600_000;

fn check(files: MemoryFiles, policy: &Policy, replay: bool) -> Result<Report, VerifyError> {
    let options = Options {
        replay,
        trust: Some(policy),
    };
    verify(&files.ledger(), &options, &mut |_| {})
}

fn partner(party: &str, registry: &str, other: &SampleLedger) -> serde_json::Value {
    let genesis = other.state.genesis().unwrap();
    json!({"set_partner": {
        "party": party, "origin": genesis.origin, "registry": registry, "log_key": genesis.log_key,
        "peer": "12D3KooWSample", "status": "active", "invite": "05".repeat(32),
    }})
}

fn agreement(with: &str, outgoing: bool) -> serde_json::Value {
    json!({"set_agreement": {
        "id": "CH-GH-2020", "partner": with, "outgoing": outgoing, "incoming": !outgoing, "valid_from_ms": 0,
        "valid_to_ms": TIME_MS * 2, "max_tonnes": 0, "cooperative_approach": "CA0001", "document": "06".repeat(32),
    }})
}

/// Ghana's and Switzerland's ledgers with an account each.
fn countries() -> (SampleLedger, SampleLedger) {
    let mut gh = SampleLedger::new("GH", TIME_MS);
    let mut ch = SampleLedger::new("CH", TIME_MS);
    for ledger in [&mut gh, &mut ch] {
        ledger
            .submit_json(json!({"register_organisation": {"name": "Holder", "kind": "developer"}}));
        ledger.submit_json(
            json!({"open_account": {"organisation": 1, "name": "A", "kind": "entity_holding"}}),
        );
    }
    (gh, ch)
}

fn issue(gh: &mut SampleLedger, tonnes: u64) {
    gh.submit_json(
        json!({"register_project": {"organisation": 1, "title": "Cook-stoves", "scope": "3"}}),
    );
    gh.submit_json(json!({"issue": {"account": 1, "project": 1, "year": 2023, "unit_type": "ITMO", "tonnes": tonnes}}));
}

fn send(gh: &mut SampleLedger, tonnes: u64, nonce: &str, expiry_ms: u64) -> u64 {
    gh.submit_json(json!({"send": {
        "to": "CH", "agreement": "CH-GH-2020", "from": 1, "to_account": 1, "units": {"tonnes": tonnes},
        "nonce": nonce.repeat(16), "expiry_ms": expiry_ms,
    }}))
}

/// Ghana's ledger with a transfer that became FINAL and one that was RELEASED, and Switzerland's side of both.
fn transfers() -> (SampleLedger, SampleLedger) {
    let (mut gh, mut ch) = countries();
    issue(&mut gh, 20_000);
    gh.submit_json(partner("CH", "CHE01", &ch));
    ch.submit_json(partner("GH", "GHA01", &gh));
    gh.submit_json(agreement("CH", true));
    ch.submit_json(agreement("GH", false));
    let lock = send(&mut gh, 11_733, "0a", TIME_MS + 9 * HOUR_MS);
    let acquired = ch.submit(&gh.proven(lock));
    let finalised = gh.submit(&ch.proven(acquired));
    ch.submit(&gh.proven(finalised));
    let lock = send(&mut gh, 5, "0b", TIME_MS + 2 * HOUR_MS);
    ch.wait_ms(3 * HOUR_MS);
    let refused = ch.submit(&gh.proven(lock));
    gh.submit(&ch.proven(refused));
    (gh, ch)
}

#[test]
fn an_export_verifies_and_replays() {
    for ledger in <[SampleLedger; 2]>::from(transfers()) {
        let report = check(ledger.export(), &ledger.policy(3), true).unwrap();
        assert_eq!(report.size, ledger.size());
        assert_eq!(report.cosigned_by.len(), 4);
        assert_eq!((report.unknown_signatures, report.has_lines), (0, true));
        let replayed = report.replayed.unwrap();
        assert_eq!(replayed.digest, ledger.state.digest());
        assert_eq!(
            replayed
                .balances
                .iter()
                .map(|(_, tonnes)| tonnes)
                .sum::<i64>(),
            0
        );
    }
}

/// Flips every bit of every file, one at a time, and lists those that verification did not find.
fn unfound(files: &MemoryFiles, policy: &Policy, paths: &[&str]) -> Vec<(String, usize, Report)> {
    let bits: Vec<(&str, usize)> = paths
        .iter()
        .flat_map(|path| (0..files.0[*path].len() * 8).map(|bit| (*path, bit)))
        .collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = bits
            .chunks(bits.len().div_ceil(cores))
            .map(|bits| {
                scope.spawn(move || {
                    let mut damaged = files.clone();
                    let mut unfound = Vec::new();
                    for (path, bit) in bits {
                        damaged.flip(path, *bit);
                        if let Ok(report) = check(damaged.clone(), policy, false) {
                            unfound.push(((*path).to_owned(), *bit, report));
                        }
                        damaged.flip(path, *bit);
                    }
                    unfound
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}

#[test]
fn every_bit_of_every_file_is_found_when_the_trust_file_asks_for_every_witness() {
    let (mut gh, _) = countries();
    issue(&mut gh, 100);
    let files = gh.export();
    let paths: Vec<&str> = files.0.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "checkpoint",
            "records.jsonl",
            "tile/0/000.p/10",
            "tile/entries/000.p/10"
        ]
    );
    let unfound = unfound(&files, &gh.policy(4), &paths);
    assert!(unfound.is_empty(), "{:?}", &unfound[..unfound.len().min(3)]);
}

#[test]
fn a_quorum_outlives_one_damaged_name_of_a_witness_and_the_report_says_so() {
    let (gh, _) = countries();
    let files = gh.export();
    let note = String::from_utf8(files.0["checkpoint"].clone()).unwrap();
    // With 3 of 4 asked for, one bit has no meaning if it makes one cosignature another's, whom nobody knows: what is left
    // is the same checkpoint with fewer, and enough, cosignatures. These are the name and the key id of such a line.
    let mut meaningless = Vec::new();
    for line in note
        .split_inclusive('\n')
        .filter(|line| line.starts_with("\u{2014} w"))
    {
        let start = line.as_ptr() as usize - note.as_ptr() as usize;
        let name = "\u{2014} ".len();
        // A key id of four bytes takes the first five and a third characters of the base64.
        meaningless.push(start + name..start + name + "w0.example ".len() + 6);
    }
    assert_eq!(meaningless.len(), 4);
    let unfound = unfound(&files, &gh.policy(3), &["checkpoint"]);
    assert!(
        !unfound.is_empty(),
        "a bit of a name can be changed into another letter"
    );
    for (path, bit, report) in unfound {
        let byte = bit / 8;
        assert!(
            meaningless.iter().any(|range| range.contains(&byte)),
            "{path}: byte {byte}"
        );
        assert_eq!(
            (report.cosigned_by.len(), report.unknown_signatures),
            (3, 1),
            "byte {byte}"
        );
        assert_eq!(report.checkpoint.root, gh.root());
    }
}

#[test]
fn bits_of_full_tiles_and_upper_tiles_are_found_too() {
    let (mut gh, _) = countries();
    issue(&mut gh, 1_000_000);
    for _ in 0..300 {
        gh.submit_json(json!({"retire": {
            "account": 1, "units": {"tonnes": 7}, "kind": "retire", "purpose": "ndc", "beneficiary": null,
        }}));
    }
    let (files, policy) = (gh.export(), gh.policy(4));
    check(files.clone(), &policy, true).unwrap();
    let paths: Vec<&String> = files.0.keys().collect();
    assert!(paths.contains(&&"tile/1/000.p/3".to_owned()), "{paths:?}");
    assert!(paths.contains(&&"tile/0/002".to_owned()), "{paths:?}");
    // A cheap sequence of places, the same in every run.
    let mut place: usize = 12345;
    for path in paths {
        for _ in 0..12 {
            place = place
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let bit = (place >> 20) % (files.0[path].len() * 8);
            let mut damaged = files.clone();
            damaged.flip(path, bit);
            assert!(check(damaged, &policy, false).is_err(), "{path}: bit {bit}");
        }
    }
}

#[test]
fn a_missing_a_cut_and_a_foreign_file_are_named() {
    let (gh, ch) = countries();
    let (files, policy) = (gh.export(), gh.policy(3));
    let paths: Vec<String> = files.0.keys().cloned().collect();
    for path in &paths {
        let mut without = files.clone();
        without.0.remove(path);
        let mut cut = files.clone();
        cut.0.get_mut(path).unwrap().pop();
        let cut = check(cut, &policy, false).unwrap_err().to_string();
        assert!(cut.contains(path), "{cut}");
        match check(without, &policy, false) {
            Err(error) => assert!(error.to_string().contains(path), "{error}"),
            // It says nothing that the leaves do not say; its absence is reported.
            Ok(report) => assert!(path == "records.jsonl" && !report.has_lines),
        }
    }
    let mut more = files.clone();
    more.0.insert("tile/0/001".to_owned(), vec![0; 8192]);
    assert!(matches!(
        check(more, &policy, false),
        Err(VerifyError::Stranger { .. })
    ));
    let mut longer = files.clone();
    longer.0.get_mut("records.jsonl").unwrap().push(b'\n');
    assert!(matches!(
        check(longer, &policy, false),
        Err(VerifyError::TooManyLines { .. })
    ));
    let foreign = check(files, &ch.policy(3), false).unwrap_err();
    assert!(
        matches!(foreign, VerifyError::NotTrusted { .. }),
        "{foreign}"
    );
}

#[test]
fn a_record_that_breaks_a_rule_is_found_by_replay_although_everything_is_signed() {
    let (mut gh, _) = countries();
    issue(&mut gh, 100);
    let twice: Body = from_json(json!({"issuance": {
        "account": 1, "range": "GH-50-60", "unit_type": "ITMO", "project": 1, "year": 2023,
    }}));
    let index = gh.size();
    gh.force(twice);
    gh.force(gh.header());
    let (files, policy) = (gh.export(), gh.policy(3));
    check(files.clone(), &policy, false).unwrap();
    let error = check(files, &policy, true).unwrap_err().to_string();
    assert!(
        error.contains(&format!("leaf {index}")) && error.contains("issuance"),
        "{error}"
    );
}

#[test]
fn a_header_with_another_state_is_found_by_replay() {
    let (mut gh, _) = countries();
    let Body::BlockHeader(mut header) = gh.header() else {
        panic!("a header is a header");
    };
    header.state[0] ^= 1;
    gh.force(from_json(
        json!({"organisation": {"id": 2, "name": "B", "kind": "other"}}),
    ));
    header.first = gh.size() - 1;
    gh.force(Body::BlockHeader(header));
    let (files, policy) = (gh.export(), gh.policy(3));
    check(files.clone(), &policy, false).unwrap();
    let error = check(files, &policy, true).unwrap_err().to_string();
    assert!(error.contains("state digest"), "{error}");
}
