//! The JSON form of every kind of record is fixed by a golden file: other programs read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use countersign_bridge::records_jsonl::{LineError, read_line, write_line};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Record};

const GOLDEN: &str = include_str!("golden/records.jsonl");

/// One record of every kind, as their JSON bodies.
fn samples() -> Vec<Record> {
    let text = include_str!("golden/bodies.json");
    let bodies: Vec<Body> = serde_json::from_str(text).unwrap();
    let record = |(index, body): (u64, Body)| Record {
        time_ms: 1_751_846_400_000 + index,
        request: format!("{index:032x}").parse().unwrap(),
        body,
    };
    (0..).zip(bodies).map(record).collect()
}

/// The kinds that `record.proto` names.
fn kinds_of_the_schema() -> BTreeSet<String> {
    let schema = include_str!("../../protocol/proto/record.proto");
    let body = schema.split("oneof body {").nth(1).unwrap();
    let lines = body.split('}').next().unwrap().lines();
    let name = |line: &str| {
        Some(
            line.split('=')
                .next()?
                .split_whitespace()
                .nth(1)?
                .to_owned(),
        )
    };
    lines.filter_map(name).collect()
}

#[test]
fn every_kind_of_record_has_the_line_that_other_programs_read() {
    let mut lines = Vec::new();
    for (index, record) in (0..).zip(samples()) {
        let bytes = record.encode();
        assert_eq!(Record::decode(&bytes).unwrap(), record, "sample {index}");
        write_line(&mut lines, index, &leaf_hash(&bytes), &record).unwrap();
    }
    let lines = String::from_utf8(lines).unwrap();
    if std::env::var_os("COUNTERSIGN_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/records.jsonl");
        return std::fs::write(path, &lines).unwrap();
    }
    assert_eq!(
        lines, GOLDEN,
        "the JSON of a record changed: that breaks readers"
    );
}

#[test]
fn the_golden_file_holds_every_kind_once() {
    let kinds: Vec<String> = samples()
        .iter()
        .map(|record| record.body.kind().to_owned())
        .collect();
    let distinct: BTreeSet<String> = kinds.iter().cloned().collect();
    assert_eq!(kinds.len(), distinct.len(), "a kind has two samples");
    assert_eq!(
        distinct,
        kinds_of_the_schema(),
        "a new kind needs a sample in bodies.json"
    );
}

#[test]
fn a_line_gives_back_the_record_and_its_leaf() {
    for (line, record) in GOLDEN.lines().zip(samples()) {
        assert_eq!(read_line(line).unwrap().record, record);
    }
}

#[test]
fn a_line_whose_record_was_changed_is_refused() {
    let line = GOLDEN
        .lines()
        .find(|line| line.contains("\"lock\""))
        .unwrap();
    assert!(read_line(line).is_ok());
    let changed = line.replace("\"from\":2", "\"from\":3");
    assert_ne!(line, changed);
    assert!(matches!(
        read_line(&changed),
        Err(LineError::LeafHash { .. })
    ));
    let extended = line.replace("{\"index\"", "{\"note\":1,\"index\"");
    assert!(matches!(read_line(&extended), Err(LineError::Json(_))));
}
