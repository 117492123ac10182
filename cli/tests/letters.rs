//! Whether a file is a letter of the registry: asked of a node, or held against a proof without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{bundle, bundle_of, node, run, text};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const LETTER: &[u8] = b"%PDF-1.7 a letter of authorisation";

fn sha256() -> String {
    hex::encode(Sha256::digest(LETTER))
}

fn letter(dir: &Path) -> PathBuf {
    let path = dir.join("letter.pdf");
    fs::write(&path, LETTER).unwrap();
    path
}

/// A record of the letter with this hash.
fn issued(sha256: &str) -> Value {
    json!({"letter_issued": {
        "case": 7, "act": 41, "letter": "authorisation", "language": "fr", "sha256": sha256,
    }})
}

fn check(file: &Path, proof: &Path, trust: &Path) -> common::Ended {
    run(&[
        "letter",
        "check",
        text(file),
        "--proof",
        text(proof),
        "--trust",
        text(trust),
        "-o",
        "json",
    ])
}

#[test]
fn a_proof_shows_offline_that_a_letter_was_issued() {
    let dir = tempfile::tempdir().unwrap();
    let file = letter(dir.path());
    let (proof, trust) = bundle_of(dir.path(), &issued(&sha256()));
    let shown = check(&file, &proof, &trust).json();
    assert_eq!(shown["issued"], true);
    assert_eq!(
        (&shown["case"], &shown["act"], &shown["leaf"]),
        (&json!(7), &json!(41), &json!(1))
    );
    assert_eq!(shown["origin"], "gh.example/ledger");
}

#[test]
fn a_changed_letter_another_letter_and_another_record_are_told_offline() {
    let dir = tempfile::tempdir().unwrap();
    let file = letter(dir.path());
    let (proof, trust) = bundle_of(dir.path(), &issued(&sha256()));
    let mut changed = LETTER.to_vec();
    changed[20] ^= 1;
    let other = dir.path().join("changed.pdf");
    fs::write(&other, &changed).unwrap();
    let ended = check(&other, &proof, &trust);
    assert_eq!(ended.code, 8, "{}", ended.err);
    assert!(ended.err.contains("another SHA-256"), "{}", ended.err);
    // A proof of something else proves nothing about a letter.
    let (proof, trust) = bundle(dir.path());
    let ended = check(&file, &proof, &trust);
    assert_eq!(ended.code, 8, "{}", ended.err);
    assert!(ended.err.contains("records no letter"), "{}", ended.err);
    // Nor does a proof whose signatures are not believed.
    let (proof, trust) = bundle_of(dir.path(), &issued(&sha256()));
    let text_of = fs::read_to_string(&proof).unwrap();
    fs::write(
        &proof,
        text_of
            .replace("w0.example", "w9.example")
            .replace("w1.example", "w8.example"),
    )
    .unwrap();
    assert_eq!(check(&file, &proof, &trust).code, 8);
    // Proof and trust go together.
    let ended = run(&["letter", "check", text(&file), "--proof", text(&proof)]);
    assert_eq!(ended.code, 2, "{}", ended.err);
}

#[test]
fn a_node_is_asked_by_the_hash_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = letter(dir.path());
    let known = json!({
        "sha256": sha256(), "issued": true, "size": 90,
        "letter": {"case": 7, "act": 41, "letter": "authorisation", "title": "Letter of authorisation", "language": "en",
            "sha256": sha256(), "leaf": 43, "issued_ms": 1_751_846_400_000_u64, "trouble": null},
    });
    let unknown = json!({"sha256": sha256(), "issued": false, "letter": null, "size": 90});
    let (url, serving) = node(vec![(200, known), (200, unknown)]);
    let ended = run(&["letter", "check", text(&file), "--url", &url]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("leaf 43"), "{}", ended.out);
    let ended = run(&["letter", "check", text(&file), "--url", &url]);
    assert_eq!(ended.code, 8, "{}", ended.err);
    assert!(ended.err.contains("is no issued letter"), "{}", ended.err);
    for asked in serving.join().unwrap() {
        let wanted = format!("get /api/v1/letters/{} http", sha256());
        assert!(asked.head.starts_with(&wanted), "{}", asked.head);
        assert!(asked.body.is_empty());
    }
}

#[test]
fn a_file_that_carries_no_proof_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let file = letter(dir.path());
    let (_, trust) = bundle(dir.path());
    let ended = run(&["letter", "check", text(&file), "--trust", text(&trust)]);
    assert_eq!(ended.code, 8, "{}", ended.err);
    assert!(ended.err.contains("carries no proof"), "{}", ended.err);
    let ended = run(&["verify", text(&file), "--trust", text(&trust)]);
    assert_eq!(ended.code, 8, "{}", ended.err);
}
