//! Two heads of one size, signed by one log, are proof for everybody; anything less is not.

use countersign_protocol::log::{
    Checkpoint, Equivocation, EvidenceError, FieldFault, KeyKind, NoteError, SignedNote, SignerKey,
    VerifierKey,
};
use proptest::prelude::*;

use crate::world::{ORIGIN, checkpoint, log_key, note, public};

fn keys() -> Vec<VerifierKey> {
    vec![public(&log_key())]
}

fn other_head(size: usize) -> Checkpoint {
    Checkpoint {
        root: [9; 32],
        ..checkpoint(size)
    }
}

#[test]
fn two_roots_of_one_size_are_proof_and_survive_travel() {
    let (a, b) = (note(&checkpoint(5), &[1, 2, 3]), note(&other_head(5), &[]));
    let evidence = Equivocation::new(&a, &b, &keys()).unwrap();
    let text = evidence.to_string();
    assert!(
        !text.contains("w1.example"),
        "only the lines of the log are kept"
    );
    let read: Equivocation = text.parse().unwrap();
    assert_eq!(read, evidence);
    assert_eq!(read.origin().unwrap(), ORIGIN);
    let proven = read.check(&keys()).unwrap();
    assert_eq!((proven.origin.as_str(), proven.size), (ORIGIN, 5));
    let mut roots = [checkpoint(5).root, [9; 32]];
    roots.sort_unstable();
    assert_eq!(proven.roots, roots);
    let turned = Equivocation::new(&b, &a, &keys()).unwrap();
    assert_eq!(turned.check(&keys()).unwrap(), proven);
}

#[test]
fn honest_heads_accuse_nobody() {
    let new = |a: &Checkpoint, b: &Checkpoint| {
        Equivocation::new(&note(a, &[]), &note(b, &[]), &keys()).unwrap_err()
    };
    assert_eq!(new(&checkpoint(5), &checkpoint(5)), EvidenceError::SameRoot);
    assert_eq!(
        new(&checkpoint(5), &checkpoint(6)),
        EvidenceError::OtherSize
    );
    let swiss = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[2; 32]).unwrap();
    let mut theirs = other_head(5);
    theirs.origin = "ch.example/ledger".into();
    let both = [public(&log_key()), public(&swiss)];
    let mixed = Equivocation::new(
        &note(&checkpoint(5), &[]),
        &theirs.sign(&swiss).unwrap(),
        &both,
    );
    assert_eq!(mixed, Err(EvidenceError::OtherLog));
}

#[test]
fn nobody_can_accuse_a_log_of_what_it_did_not_sign() {
    let thief = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[66; 32]).unwrap();
    let forged = other_head(5).sign(&thief).unwrap();
    let refused = Equivocation::new(&note(&checkpoint(5), &[]), &forged, &keys()).unwrap_err();
    let unsigned = EvidenceError::Signature {
        origin: ORIGIN.into(),
        reason: NoteError::NoKnownSignature,
    };
    assert_eq!(refused, unsigned);
    let changed = note(&other_head(5), &[]).replacen("CQkJ", "CQkK", 1);
    let refused = Equivocation::new(&note(&checkpoint(5), &[]), &changed, &keys()).unwrap_err();
    assert!(matches!(
        refused,
        EvidenceError::Signature {
            reason: NoteError::BadSignature { .. },
            ..
        }
    ));
    // Another listed log's key signs only under its own name.
    let other = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[2; 32]).unwrap();
    let sign = |head: Checkpoint| {
        SignedNote::sign(&head.to_text(), &other)
            .unwrap()
            .to_string()
    };
    let framed = Equivocation::new(
        &sign(checkpoint(5)),
        &sign(other_head(5)),
        &[public(&other)],
    );
    assert!(matches!(framed, Err(EvidenceError::Signature { .. })));
}

#[test]
fn malformed_evidence_is_refused_with_its_reason() {
    let good = Equivocation::new(
        &note(&checkpoint(5), &[]),
        &note(&other_head(5), &[]),
        &keys(),
    )
    .unwrap()
    .to_string();
    let parse = |text: &str| text.parse::<Equivocation>().unwrap_err();
    assert_eq!(parse(""), EvidenceError::Header);
    assert_eq!(parse(&"x".repeat(9000)), EvidenceError::TooLong);
    assert_eq!(
        parse(&good.replacen("@v1", "@v2", 1)),
        EvidenceError::Header
    );
    let zero = good.replacen("@v1 ", "@v1 0", 1);
    assert_eq!(parse(&zero), EvidenceError::Length(FieldFault::LeadingZero));
    let beyond = good.replacen("@v1 ", "@v1 9", 1);
    assert_eq!(parse(&beyond), EvidenceError::Length(FieldFault::TooLarge));
    assert!(matches!(
        parse(&format!("{good}x\n")),
        EvidenceError::Checkpoint(_)
    ));
}

proptest! {
    #[test]
    fn any_text_is_evidence_with_one_spelling_or_refused(place: prop::sample::Index, new in "(?s).{0,3}") {
        let mut text = Equivocation::new(&note(&checkpoint(5), &[]), &note(&other_head(5), &[]), &keys()).unwrap().to_string();
        let at = place.index(text.len());
        prop_assume!(text.is_char_boundary(at) && text.is_char_boundary(at + 1));
        text.replace_range(at..=at, &new);
        if let Ok(read) = text.parse::<Equivocation>() {
            prop_assert_eq!(read.to_string(), text);
            if read.check(&keys()).is_ok() {
                prop_assert_eq!(read.origin().unwrap(), ORIGIN);
            }
        }
    }
}
