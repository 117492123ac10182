//! Golden files: the bytes of a record never change under a version. `COUNTERSIGN_BLESS=1` writes the files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use countersign_protocol::record::{Body, Record};

use crate::samples::samples;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/records")
}

/// Hex in lines of 32 bytes: a changed field shows as a changed line.
fn hex_lines(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(32).map(hex::encode).collect();
    lines.join("\n") + "\n"
}

fn from_hex_lines(text: &str) -> Vec<u8> {
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
}

fn json(record: &Record) -> String {
    serde_json::to_string_pretty(record).unwrap() + "\n"
}

#[test]
fn every_sample_encodes_to_its_golden_bytes_and_decodes_to_its_golden_json() {
    let bless = std::env::var_os("COUNTERSIGN_BLESS").is_some();
    for (name, record) in samples() {
        let (hex_path, json_path) = (
            folder().join(format!("{name}.hex")),
            folder().join(format!("{name}.json")),
        );
        if bless {
            fs::write(&hex_path, hex_lines(&record.encode())).unwrap();
            fs::write(&json_path, json(&record)).unwrap();
        }
        let golden = fs::read_to_string(&hex_path)
            .unwrap_or_else(|_| panic!("{name} has no golden file: set COUNTERSIGN_BLESS=1"));
        assert_eq!(hex_lines(&record.encode()), golden, "bytes of {name}");
        let decoded = Record::decode(&from_hex_lines(&golden)).unwrap();
        assert_eq!(decoded, record, "{name} as decoded");
        let golden_json = fs::read_to_string(&json_path).unwrap();
        assert_eq!(json(&decoded), golden_json, "JSON of {name}");
        let read: Record = serde_json::from_str(&golden_json).unwrap();
        assert_eq!(read, record, "{name} as read from JSON");
    }
}

/// The number of kinds, counted by a match that a new kind breaks.
fn number_of_kinds(body: &Body) -> usize {
    match body {
        Body::Genesis(_)
        | Body::Organisation(_)
        | Body::Account(_)
        | Body::Project(_)
        | Body::Issuance(_)
        | Body::Split(_)
        | Body::Hold(_)
        | Body::Transfer(_)
        | Body::Lock(_)
        | Body::AskCancel(_)
        | Body::Acquire(_)
        | Body::Refuse(_)
        | Body::Finalise(_)
        | Body::Release(_)
        | Body::SourceSettled(_)
        | Body::Retire(_)
        | Body::BlockHeader(_)
        | Body::KeyRotation(_)
        | Body::Partner(_)
        | Body::Agreement(_)
        | Body::ProcessPart(_)
        | Body::ProcessAdopted(_)
        | Body::CaseOpened(_)
        | Body::CaseAct(_)
        | Body::CaseMigrated(_)
        | Body::HoldPlaced(_)
        | Body::HoldLifted(_)
        | Body::FindingOpened(_)
        | Body::FindingAnswered(_)
        | Body::FindingClosed(_)
        | Body::LetterIssued(_)
        | Body::TrustedReceiver(_)
        | Body::LedgerAccused(_)
        | Body::LedgerCleared(_)
        | Body::PositionsCompared(_)
        | Body::FreezeHonoured(_)
        | Body::FreezeEnded(_)
        // Nine kinds of Article 6 in one variant.
        | Body::Article6(_) => 46,
    }
}

#[test]
fn every_kind_of_record_has_a_golden_file() {
    let samples = samples();
    let kinds: BTreeSet<&str> = samples
        .iter()
        .map(|(_, record)| record.body.kind())
        .collect();
    assert_eq!(kinds.len(), number_of_kinds(&samples[0].1.body));
}

#[test]
fn no_golden_file_is_left_over() {
    let names: BTreeSet<&str> = samples().iter().map(|(name, _)| *name).collect();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            names.contains(name),
            "{} belongs to no sample",
            path.display()
        );
    }
}
