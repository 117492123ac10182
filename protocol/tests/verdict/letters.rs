use countersign_protocol::letter::{AttachError, Carried, attach, detach};
use countersign_protocol::time::Timestamp;
use countersign_protocol::verdict::{Verdict, judge};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::ledger::{Ledger, TIME_S};
use crate::pdf::pdf;
use crate::scene::{ORIGIN, every_changed_byte_is_seen, issued, letter, trust};

fn day() -> Timestamp {
    Timestamp::from_seconds(TIME_S).unwrap()
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A ledger that has recorded the letter, and the letter with its proof.
fn carrying(letter_file: &[u8]) -> (Ledger, Vec<u8>) {
    let ledger = Ledger::new(ORIGIN, 1, vec![issued("GH-1-9"), letter(hash(letter_file))]);
    let file = attach(letter_file, &ledger.bundle(1), day()).unwrap();
    (ledger, file)
}

#[test]
fn a_letter_carries_its_proof_and_keeps_its_own_bytes() {
    let plain = pdf("20,000 t are authorised");
    let (ledger, file) = carrying(&plain);
    assert!(file.starts_with(&plain));
    let carried = detach(&file).unwrap();
    assert_eq!(
        (carried.letter, carried.bundle),
        (plain.as_slice(), ledger.bundle(1).as_str())
    );
    let it = judge(&trust(&ledger), &file, &[]);
    assert_eq!(it.verdict, Verdict::FreshnessUnknown);
    assert_eq!(it.statement.unwrap().sha256, Some(hash(&plain)));
}

#[test]
fn the_same_letter_and_proof_give_the_same_file() {
    let plain = pdf("same");
    assert_eq!(carrying(&plain).1, carrying(&plain).1);
}

#[test]
fn every_changed_byte_of_the_file_is_seen() {
    let plain = pdf("20,000 t are authorised");
    let (ledger, file) = carrying(&plain);
    every_changed_byte_is_seen(&trust(&ledger), &file);
}

#[test]
fn nothing_can_be_drawn_over_a_letter_by_another_update() {
    let (ledger, file) = carrying(&pdf("20,000 t are authorised"));
    let over = "\n3 0 obj\n<< /Length 2 >>\nstream\nET\nendstream\nendobj\nxref\n3 1\n0000000000 00000 n \ntrailer\n<< /Size 8 \
                /Root 5 0 R >>\nstartxref\n0\n%%EOF\n";
    let after = [&file, over.as_bytes()].concat();
    let marked = file.windows(2).rposition(|it| it == b"\n%").unwrap();
    let within = [&file[..marked], over.as_bytes(), &file[marked..]].concat();
    for changed in [after, within] {
        assert_eq!(detach(&changed), None);
        assert_eq!(
            judge(&trust(&ledger), &changed, &[]).verdict,
            Verdict::Altered
        );
    }
    // A genuine update over a letter that was changed before: the hash is another one.
    let before = [pdf("20,000 t are authorised").as_slice(), over.as_bytes()].concat();
    assert_eq!(
        attach(&before, &ledger.bundle(1), day()).unwrap_err(),
        AttachError::Form("its end names no cross-reference table")
    );
}

#[test]
fn the_proof_of_another_letter_or_of_something_else_is_refused() {
    let (ledger, _) = carrying(&pdf("20,000 t are authorised"));
    for (letter_file, index) in [
        ("99,000 t are authorised", 1),
        ("20,000 t are authorised", 0),
    ] {
        let file = attach(&pdf(letter_file), &ledger.bundle(index), day()).unwrap();
        let it = judge(&trust(&ledger), &file, &[]);
        assert_eq!(it.verdict, Verdict::Altered);
        assert_eq!(
            it.why.as_deref(),
            Some("the proof is of another letter than the one that carries it")
        );
    }
    let bare = judge(&trust(&ledger), &pdf("20,000 t are authorised"), &[]);
    assert_eq!(bare.verdict, Verdict::Altered);
}

#[test]
fn a_proof_is_attached_once_and_to_letters_only() {
    let (ledger, file) = carrying(&pdf("once"));
    let again = attach(&file, &ledger.bundle(1), day());
    assert!(matches!(again, Err(AttachError::Form(_))), "{again:?}");
    let files = [b"%PDF-1.7\n".to_vec(), b"no PDF".to_vec(), Vec::new()];
    for file in files {
        assert!(matches!(
            attach(&file, "x", day()),
            Err(AttachError::Form(_))
        ));
    }
    let named = String::from_utf8(pdf("named")).unwrap();
    let named = named.replace("/Pages 1 0 R\n>>", "/Pages 1 0 R /AF [] >>");
    assert!(attach(named.as_bytes(), "x", day()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(tail in prop::collection::vec(any::<u8>(), 0..200), at in 0..900_usize, cut in 0..400_usize) {
        let plain = pdf("any");
        let (ledger, file) = carrying(&plain);
        let at = at.min(file.len());
        let rest = &file[(at + cut).min(file.len())..];
        let changed = [&file[..at], &tail, rest].concat();
        if changed != file {
            // Another letter may well carry the proof; that it is not the proof's own is for whoever judges it.
            let same = |it: Carried<'_>| it.letter == plain && it.bundle == ledger.bundle(1);
            prop_assert!(!detach(&changed).is_some_and(same));
        }
        let _ = attach(&changed, "proof", day());
    }
}
