use countersign_protocol::letter::{CertifyError, attach, certify, detach};
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::time::Timestamp;
use countersign_protocol::verdict::{Verdict, judge};

use crate::ledger::{Ledger, TIME_S};
use crate::pdf::pdf;
use crate::scene::{ORIGIN, every_changed_byte_is_seen, issued, retired, trust};

fn day() -> Timestamp {
    Timestamp::from_seconds(TIME_S).unwrap()
}

fn ledger() -> Ledger {
    Ledger::new(
        ORIGIN,
        1,
        vec![issued("GH-1-9"), retired("GH-1-4"), retired("GH-5-6")],
    )
}

fn certificate(ledger: &Ledger, pages: &[u8], index: usize) -> Vec<u8> {
    certify(pages, ledger.key(), &ledger.bundle(index), day()).unwrap()
}

#[test]
fn a_certificate_is_valid_by_itself_and_keeps_the_bytes_of_its_pages() {
    let (ledger, pages) = (ledger(), pdf("4 t are retired"));
    let file = certificate(&ledger, &pages, 1);
    assert!(file.starts_with(&pages));
    let carried = detach(&file).unwrap();
    assert_eq!(carried.letter, pages.as_slice());
    assert_eq!(carried.bundle, ledger.bundle(1));
    assert!(carried.signature.is_some());
    let it = judge(&trust(&ledger), &file, &[]);
    assert_eq!((it.verdict, it.why), (Verdict::Valid, None));
    assert_eq!(it.statement.unwrap().kind, "retire");
    assert_eq!(file, certificate(&ledger, &pages, 1));
}

#[test]
fn every_changed_byte_of_a_certificate_is_seen() {
    let ledger = ledger();
    let file = certificate(&ledger, &pdf("4 t are retired"), 1);
    every_changed_byte_is_seen(&trust(&ledger), &file);
}

/// The line that announces a certificate's proof.
fn announced(file: &[u8]) -> String {
    let text = String::from_utf8_lossy(file);
    let line = text.lines().find(|it| it.starts_with("%countersign-"));
    line.unwrap().to_owned()
}

/// Pages with a proof of anything, under a signature that was made for something else.
fn grafted(pages: &[u8], bundle: &str, line: &str) -> Vec<u8> {
    let plain = attach(pages, bundle, day()).unwrap();
    let mut file = plain[..pages.len() + 1].to_vec();
    let signature = line.rsplit(' ').next().unwrap();
    let own = announced(&plain).replacen("%countersign-proof/v1 ", "", 1);
    file.extend_from_slice(format!("%countersign-certificate/v1 {own} {signature}\n").as_bytes());
    // Offsets in the table of an update change with the length of the line: only the true maker writes them.
    let longer = file.len() - pages.len() - 1 - announced(&plain).len() - 1;
    let rest = &plain[pages.len() + 1 + announced(&plain).len() + 1..];
    let rest = String::from_utf8(rest.to_vec()).unwrap();
    let table = rest.find("xref\n").unwrap();
    let (objects, table) = rest.split_at(table);
    let moved = table.lines().map(|it| match it.split_once(" 00000 n") {
        Some((offset, _)) => {
            format!("{:010} 00000 n ", offset.parse::<usize>().unwrap() + longer)
        }
        None => match it.parse::<usize>() {
            Ok(start) => (start + longer).to_string(),
            Err(_) => it.to_owned(),
        },
    });
    file.extend_from_slice(objects.as_bytes());
    for line in moved {
        file.extend_from_slice(line.as_bytes());
        file.push(b'\n');
    }
    file
}

#[test]
fn a_signature_holds_for_its_own_pages_and_its_own_record() {
    let (ledger, pages) = (ledger(), pdf("4 t are retired"));
    let file = certificate(&ledger, &pages, 1);
    let line = announced(&file);
    assert_eq!(grafted(&pages, &ledger.bundle(1), &line), file);
    let others = [
        grafted(&pdf("4,000 t are retired"), &ledger.bundle(1), &line),
        grafted(&pages, &ledger.bundle(2), &line),
    ];
    for other in others {
        assert!(detach(&other).is_some());
        let it = judge(&trust(&ledger), &other, &[]);
        assert_eq!(it.verdict, Verdict::Altered);
        assert!(it.why.unwrap().contains("did not sign"));
    }
}

#[test]
fn pages_without_a_signature_are_no_certificate() {
    let ledger = ledger();
    let file = attach(&pdf("4 t are retired"), &ledger.bundle(1), day()).unwrap();
    let it = judge(&trust(&ledger), &file, &[]);
    assert_eq!(it.verdict, Verdict::Altered);
}

#[test]
fn a_key_signs_pages_for_records_of_its_own_ledger_only() {
    let ledger = ledger();
    let other = SignerKey::from_seed("registry.example.ch/ledger", KeyKind::Ed25519, &[9; 32]);
    let made = certify(&pdf("x"), &other.unwrap(), &ledger.bundle(1), day());
    assert!(matches!(made, Err(CertifyError::Proof(_))));
    let made = certify(&pdf("x"), ledger.key(), "no bundle", day());
    assert!(matches!(made, Err(CertifyError::Proof(_))));
}

#[test]
fn a_witness_and_another_ledger_cannot_sign_for_this_one() {
    // The same name under another key, as somebody would make it who has no part in the ledger.
    let (ledger, pages) = (ledger(), pdf("4 t are retired"));
    let stranger = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[66; 32]).unwrap();
    let file = certify(&pages, &stranger, &ledger.bundle(1), day()).unwrap();
    let it = judge(&trust(&ledger), &file, &[]);
    assert_eq!(it.verdict, Verdict::Altered);
}
