#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use countersign_protocol::log::SignerKey;

fn key(name: &str, kind: KeyKind) -> VerifierKey {
    let key = SignerKey::from_seed(name, kind, &[7; 32]).unwrap();
    key.verifier().clone()
}

#[test]
fn log_keys_are_read_one_a_line_with_comments_between() {
    let (gh, ch) = (
        key("gh.example/ledger", KeyKind::Ed25519),
        key("ch.example/ledger", KeyKind::Ed25519),
    );
    let text = format!("# countries\n{gh}\n\nlog {ch} https://ch.example/log\n");
    assert_eq!(keys_in(&text).unwrap(), [gh, ch]);
}

#[test]
fn a_line_that_is_no_log_key_is_named() {
    let cosigner = key("w.example", KeyKind::CosignatureV1);
    assert!(
        keys_in(&format!("\n{cosigner}\n"))
            .unwrap_err()
            .starts_with("line 2")
    );
    assert!(
        keys_in("two words here yes\n")
            .unwrap_err()
            .starts_with("line 1")
    );
}

#[test]
fn a_folder_gives_all_its_files_and_a_key_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let gh = key("gh.example/ledger", KeyKind::Ed25519);
    for name in ["a", "b"] {
        std::fs::write(folder.path().join(name), format!("{gh}\n")).unwrap();
    }
    std::fs::write(folder.path().join(".c.draft"), "half a li").unwrap();
    let logs = read_logs(&[folder.path().to_owned()]).unwrap();
    assert_eq!(logs[gh.name()], [gh]);
}
