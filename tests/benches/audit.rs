//! What an auditor waits for: verifying and replaying an exported ledger, verifying one proof bundle.
//!
//! `cargo bench -p countersign-tests --bench audit [-- RECORDS]`; 500,000 transfers and retirements unless told otherwise. Everything is
//! read from memory, so the figures are of the checks alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

use std::io::Write;
use std::time::{Duration, Instant};

use countersign_node::export::{ExportedLedger, LedgerSource, Options, verify};
use countersign_protocol::log::{
    KeyKind, Policy, SignedNote, SignerKey, Tile, TileSource, TileTree, TlogProof, decode_entries,
    prove_inclusion,
};
use countersign_tests::sample::{MemoryFiles, SampleLedger, from_json};
use serde_json::json;

fn main() {
    let wanted = std::env::args()
        .filter_map(|word| word.parse().ok())
        .next_back()
        .unwrap_or(500_000);
    machine();
    let sample = ledger(wanted);
    let policy = sample.policy(3);
    let files = sample.export();
    let bundle = bundle(&sample, &files);
    let exported = files.ledger();
    for replay in [false, true] {
        let best = (0..3)
            .map(|_| audit(&exported, &policy, replay))
            .min()
            .unwrap();
        let word = if replay {
            "replay and verify"
        } else {
            "verify"
        };
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rate = sample.size() as f64 / best.as_secs_f64();
        println!(
            "{word}: {rate:.0} records/s ({} records, records.jsonl included, best of 3)",
            sample.size()
        );
    }
    let mut times: Vec<Duration> = (0..2000).map(|_| check(&bundle, &policy)).collect();
    times.sort_unstable();
    println!(
        "verify a bundle with 4 cosignatures: p50 {:?}, p99 {:?}",
        times[1000], times[1980]
    );
}

/// The figures that the others depend on.
fn machine() {
    let mut file = tempfile::tempfile().unwrap();
    let mut syncs: Vec<Duration> = (0..200)
        .map(|_| {
            let start = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect();
    syncs.sort_unstable();
    let key = SignerKey::from_seed("bench", KeyKind::Ed25519, &[7; 32]).unwrap();
    let note = SignedNote::sign("a text\n", &key).unwrap();
    let (start, mut verified) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(500) {
        note.verify([key.verifier()]).unwrap();
        verified += 1;
    }
    println!(
        "machine: fdatasync of 4 KiB p50 {:?}; ed25519 {:.0} verifications/s on one core; {} cores",
        syncs[100],
        f64::from(verified) / start.elapsed().as_secs_f64(),
        std::thread::available_parallelism().unwrap(),
    );
}

fn ledger(wanted: u64) -> SampleLedger {
    let mut gh = SampleLedger::new("GH", 1_751_846_400_000);
    gh.submit_json(json!({"register_organisation": {"name": "Holder", "kind": "developer"}}));
    for name in ["A", "B"] {
        gh.submit_json(
            json!({"open_account": {"organisation": 1, "name": name, "kind": "entity_holding"}}),
        );
    }
    gh.submit_json(
        json!({"register_project": {"organisation": 1, "title": "Cook-stoves", "scope": "3"}}),
    );
    gh.submit_json(json!({"issue": {
        "account": 1, "project": 1, "year": 2023, "unit_type": "ITMO", "tonnes": 1_000_000_000_u64,
    }}));
    let mut number = 0_u64;
    while gh.size() < wanted {
        number += 1;
        let command = if number.is_multiple_of(3) {
            json!({"retire": {
                "account": 1 + number % 2, "units": {"tonnes": 1}, "kind": "retire", "purpose": "ndc", "beneficiary": null,
            }})
        } else {
            json!({"transfer": {"from": 1, "to": 2, "units": {"tonnes": 2 + number % 5}}})
        };
        gh.submit(&from_json(command));
    }
    gh
}

fn audit(ledger: &ExportedLedger<MemoryFiles>, policy: &Policy, replay: bool) -> Duration {
    let options = Options {
        replay,
        trust: Some(policy),
    };
    let start = Instant::now();
    verify(ledger, &options, &mut |_| {}).unwrap();
    start.elapsed()
}

/// The tree of the exported tiles.
struct Tiles<'a>(&'a MemoryFiles);

impl TileSource for Tiles<'_> {
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        self.0.0.get(&tile.path()).cloned()
    }
}

fn bundle(sample: &SampleLedger, files: &MemoryFiles) -> String {
    let (size, index) = (sample.size(), sample.size() / 2);
    let hashes = prove_inclusion(&TileTree::new(Tiles(files), size), index, size).unwrap();
    let tile = Tile::in_tree(0, index / 256, size).unwrap();
    let entries = sample.entries(tile).unwrap();
    let leaves = decode_entries(&entries, tile.width()).unwrap();
    let leaf = leaves[usize::try_from(index % 256).unwrap()].to_vec();
    TlogProof::new(leaf, index, hashes, sample.head().note).to_string()
}

fn check(bundle: &str, policy: &Policy) -> Duration {
    let start = Instant::now();
    TlogProof::parse(bundle).unwrap().verify(policy).unwrap();
    start.elapsed()
}
