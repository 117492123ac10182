//! A data folder is made once, and its ledger can be read, verified and exported without its node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{made, run, secret_file, text};

#[test]
fn a_new_data_folder_has_keys_a_token_and_a_first_record_and_is_never_made_twice() {
    let made = made();
    assert_eq!(made.init["party"], "GH");
    for secret in [
        "keys/log.age",
        "keys/cosigner.age",
        "keys/peer.age",
        "operator.token",
    ] {
        let mode = fs::metadata(made.data.join(secret))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let again = run(&[
        "init",
        "--data",
        text(&made.data),
        "--party",
        "GH",
        "--name",
        "G",
        "--origin",
        "gh.example/ledger",
        "--registry",
        "GHA01",
        "--network",
        "tests",
        "--policy",
        text(&made.dir.path().join("policy")),
        "--passphrase-file",
        text(&made.passphrase),
    ]);
    assert_eq!(again.code, 3, "{}", again.err);
    let keys = run(&["key", "show", "--data", text(&made.data), "-o", "json"]).json();
    assert_eq!(keys["log_key"], made.init["log_key"]);
    assert_eq!(keys["peer"], made.init["peer"]);
}

#[test]
fn short_passphrases_and_foreign_registries_are_refused_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("gh");
    let policy = dir.path().join("policy");
    fs::write(&policy, "quorum none\n").unwrap();
    let short = secret_file(dir.path().join("short"), "short");
    let init = |registry: &str, passphrase: &str, http: &str| {
        run(&[
            "init",
            "--data",
            text(&data),
            "--party",
            "GH",
            "--name",
            "G",
            "--origin",
            "gh.example/ledger",
            "--registry",
            registry,
            "--network",
            "tests",
            "--policy",
            text(&policy),
            "--http",
            http,
            "--passphrase-file",
            passphrase,
        ])
    };
    assert_eq!(init("GHA01", text(&short), "127.0.0.1:0").code, 3);
    let empty = secret_file(dir.path().join("empty"), "");
    assert_ne!(init("GHA01", text(&empty), "127.0.0.1:0").code, 0);
    let good = secret_file(dir.path().join("good"), common::PASSPHRASE);
    assert_eq!(init("GHA01", text(&good), "0.0.0.0:80").code, 2);
    assert!(!data.exists());
}

#[test]
fn the_ledger_of_a_stopped_node_can_be_read_verified_and_exported() {
    let made = made();
    let data = text(&made.data);
    assert_eq!(run(&["migrate", "--data", data]).code, 0);
    let head = run(&["ledger", "head", "--data", data, "-o", "json"]).json();
    assert_eq!(head["size"], 2);
    let tail = run(&["ledger", "tail", "--data", data]);
    assert!(
        tail.out.contains("the ledger of Ghana (GH) begins"),
        "{}",
        tail.out
    );
    let verified = run(&["ledger", "verify", "--replay", "--data", data, "-o", "json"]).json();
    assert_eq!(
        (&verified["size"], &verified["replayed"]),
        (&2.into(), &true.into())
    );
    let out = made.dir.path().join("export");
    let ended = run(&["ledger", "export", "--data", data, "--out", text(&out)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    for file in [
        "checkpoint",
        "records.jsonl",
        "tile/0/000.p/2",
        "tile/entries/000.p/2",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let trust = made.dir.path().join("trust");
    let ended = run(&["key", "export", "--data", data, "--trust", text(&trust)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let ended = run(&[
        "verify",
        text(&out),
        "--trust",
        text(&trust),
        "--replay",
        "-o",
        "json",
    ]);
    assert_eq!(ended.json()["valid"], true);
    let again = run(&["ledger", "export", "--data", data, "--out", text(&out)]);
    assert_eq!(again.code, 3, "{}", again.err);
}

#[test]
fn a_damaged_export_and_a_damaged_store_are_integrity_failures_that_name_the_place() {
    let made = made();
    let data = text(&made.data);
    let out = made.dir.path().join("export");
    assert_eq!(
        run(&["ledger", "export", "--data", data, "--out", text(&out)]).code,
        0
    );
    for file in [
        "records.jsonl",
        "tile/entries/000.p/2",
        "tile/0/000.p/2",
        "checkpoint",
    ] {
        let path = out.join(file);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&path, &bytes).unwrap();
        let ended = run(&["ledger", "verify", text(&out)]);
        assert_eq!(ended.code, 8, "{file}: {}", ended.err);
        fs::write(&path, whole).unwrap();
    }
    let ended = run(&["ledger", "verify", text(&out)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    fs::remove_file(made.data.join("ledger/head")).unwrap();
    let ended = run(&["ledger", "verify", "--data", data]);
    assert!(
        [3, 8].contains(&ended.code),
        "{}: {}",
        ended.code,
        ended.err
    );
}

#[test]
fn a_proof_of_a_ledger_that_nobody_witnessed_has_to_wait() {
    let made = made();
    let ended = run(&[
        "ledger",
        "proof",
        "--index",
        "0",
        "--data",
        text(&made.data),
    ]);
    assert_eq!(ended.code, 7, "{}", ended.err);
    assert!(ended.err.contains("witness"), "{}", ended.err);
}

#[test]
fn a_witness_is_made_once_and_prints_its_line_for_policies() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("w1");
    let passphrase = secret_file(dir.path().join("passphrase"), common::PASSPHRASE);
    let make = |more: &[&str]| {
        let mut args = vec![
            "witness",
            "--data",
            text(&data),
            "--make-only",
            "--passphrase-file",
            text(&passphrase),
        ];
        args.extend(more);
        run(&args)
    };
    let nameless = make(&[]);
    assert_eq!(nameless.code, 3, "{}", nameless.err);
    let made = make(&["--name", "w1.example", "--listen", "127.0.0.1:7001"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out.starts_with("witness w1.example w1.example+"),
        "{}",
        made.out
    );
    assert!(
        made.out.ends_with(" http://127.0.0.1:7001\n"),
        "{}",
        made.out
    );
    let again = make(&["--listen", "127.0.0.1:7001"]);
    assert_eq!(again.out, made.out);
}

#[test]
fn completion_scripts_and_manual_pages_are_made_for_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = run(&["completion", shell]);
        assert!(
            ended.code == 0 && ended.out.contains("countersign"),
            "{shell}"
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let ended = run(&["man", "--out", text(dir.path())]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    for page in [
        "countersign.1",
        "countersign-init.1",
        "countersign-ledger-proof.1",
        "countersign-transfer-send.1",
    ] {
        let text = fs::read_to_string(dir.path().join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
}
