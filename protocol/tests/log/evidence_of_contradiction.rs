//! Whatever a ledger has signed against itself counts against it, for everybody and for ever; nothing else does.

use countersign_protocol::federation::evidence::{
    Contradiction, EVIDENCE_BYTES_MAX, Evidence, EvidenceError,
};
use countersign_protocol::id::{AccountId, RequestId, TransferId};
use countersign_protocol::log::{Checkpoint, Hash, SignerKey, TlogProof, VerifierKey, leaf_hash};
use countersign_protocol::record::{
    Acquire, BlockHeader, Body, Finalise, ProofReference, Record, Refuse, Release, SourceSettled,
};
use countersign_protocol::serial::{DomesticSerial, UnitType};
use countersign_protocol::units::UnitBlock;
use proptest::prelude::*;

use crate::naive;
use crate::world::{ORIGIN, log_key, note, public};

fn keys() -> Vec<VerifierKey> {
    vec![public(&log_key())]
}

fn proof() -> ProofReference {
    ProofReference {
        origin: "ch.example/ledger".parse().unwrap(),
        index: 3,
        size: 9,
        root: [9; 32],
    }
}

fn record(body: Body) -> Vec<u8> {
    let (time_ms, request) = (1_750_000_000_000, RequestId([7; 16]));
    Record {
        time_ms,
        request,
        body,
    }
    .encode()
}

fn header(height: u64, state: u8) -> Vec<u8> {
    record(Body::BlockHeader(BlockHeader {
        height,
        first: 0,
        previous: None,
        state: [state; 32],
    }))
}

fn refused(source: &str, transfer: u8) -> Vec<u8> {
    record(Body::Refuse(Refuse {
        transfer: TransferId([transfer; 32]),
        source: source.parse().unwrap(),
        code: 5001,
        reason: "it has expired".parse().unwrap(),
        proof: proof(),
    }))
}

fn block() -> UnitBlock {
    let (range, scope) = ("GH-1-20".parse().unwrap(), "3".parse().unwrap());
    UnitBlock {
        serial: DomesticSerial::new(range, UnitType::ITMO, scope, 7, 2023).unwrap(),
        issued_at: 5,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    }
}

fn acquired(source: &str, transfer: u8) -> Vec<u8> {
    record(Body::Acquire(Acquire {
        transfer: TransferId([transfer; 32]),
        source: source.parse().unwrap(),
        agreement: "CH-GH-2020".parse().unwrap(),
        account: AccountId(1),
        blocks: vec![block()],
        proof: proof(),
    }))
}

fn finalised(transfer: u8) -> Vec<u8> {
    let (transfer, proof) = (TransferId([transfer; 32]), proof());
    record(Body::Finalise(Finalise { transfer, proof }))
}

fn released(transfer: u8) -> Vec<u8> {
    let (transfer, proof, code) = (TransferId([transfer; 32]), proof(), 5001);
    record(Body::Release(Release {
        transfer,
        code,
        proof,
    }))
}

/// A ledger of these leaves, and the bundle of one of them, cosigned by a witness.
fn bundle_by(signer: &SignerKey, leaves: &[Vec<u8>], index: usize) -> String {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let checkpoint = Checkpoint {
        origin: signer.name().to_owned(),
        size: leaves.len() as u64,
        root: naive::mth(&hashes),
    };
    let note = if public(signer) == public(&log_key()) {
        note(&checkpoint, &[1])
    } else {
        checkpoint.sign(signer).unwrap()
    };
    let path = naive::path(index, &hashes);
    TlogProof::new(leaves[index].clone(), index as u64, path, note).to_string()
}

fn bundle(leaves: &[Vec<u8>], index: usize) -> String {
    bundle_by(&log_key(), leaves, index)
}

fn kind_of(first: &str, second: &str) -> Result<Contradiction, EvidenceError> {
    let evidence = Evidence::of_bundles(first, second, &keys())?;
    let text = evidence.to_string();
    assert!(!text.contains("w1.example"), "only the log's own lines");
    let read: Evidence = text.parse().unwrap();
    assert_eq!(read, evidence);
    assert_eq!(read.sha256(), evidence.sha256());
    assert_eq!(read.origin().unwrap(), ORIGIN);
    let turned = Evidence::of_bundles(second, first, &keys())?;
    let (proven, again) = (read.check(&keys())?, turned.check(&keys())?);
    assert_eq!(proven, again, "whichever comes first");
    assert_eq!(proven.origin.as_str(), ORIGIN);
    Ok(proven.kind)
}

#[test]
fn each_kind_of_contradiction_is_found_and_travels() {
    let plain = |byte| finalised(byte);
    // Two trees of one size.
    let (a, b) = ([plain(1), plain(2)], [plain(1), plain(3)]);
    assert_eq!(
        kind_of(&bundle(&a, 0), &bundle(&b, 0)),
        Ok(Contradiction::TwoTrees)
    );
    // Two blocks of one height, in trees of two sizes.
    let (a, b) = ([plain(1), header(1, 1)], [plain(1), plain(2), header(1, 2)]);
    assert_eq!(
        kind_of(&bundle(&a, 1), &bundle(&b, 2)),
        Ok(Contradiction::TwoBlocks)
    );
    // Two ends of one transfer: at the destination and at the source, in one tree or in two.
    let both = [acquired("CH", 1), plain(9), refused("CH", 1)];
    let ends = Evidence::of_bundles(&bundle(&both, 0), &bundle(&both, 2), &keys());
    assert_eq!(
        ends.unwrap().check(&keys()).unwrap().kind,
        Contradiction::TwoEnds
    );
    let (a, b) = ([plain(9), finalised(4)], [plain(8), plain(7), released(4)]);
    assert_eq!(
        kind_of(&bundle(&a, 1), &bundle(&b, 2)),
        Ok(Contradiction::TwoEnds)
    );
    // Two leaves at one index.
    let (a, b) = ([plain(1), plain(2)], [plain(1), plain(3), plain(4)]);
    assert_eq!(
        kind_of(&bundle(&a, 1), &bundle(&b, 1)),
        Ok(Contradiction::TwoLeaves)
    );
}

#[test]
fn what_an_honest_ledger_signs_accuses_nobody() {
    let consistent = |first: &str, second: &str| {
        assert_eq!(kind_of(first, second), Err(EvidenceError::Consistent));
    };
    let log = [
        header(1, 1),
        acquired("CH", 1),
        refused("CH", 2),
        // Another source may name its transfer alike; so may an own one.
        refused("SE", 1),
        released(1),
        header(2, 2),
    ];
    let short = &log[..4];
    for (one, other) in [(0, 5), (1, 2), (1, 3), (1, 4), (3, 4)] {
        consistent(&bundle(&log, one), &bundle(&log, other));
    }
    // The same leaf under two checkpoints, and two leaves of a log that grew.
    consistent(&bundle(short, 1), &bundle(&log, 1));
    consistent(&bundle(short, 2), &bundle(&log, 5));
    // The same end once more breaks a rule, and is no contradiction of two.
    let twice = [acquired("CH", 1), acquired("CH", 1)];
    consistent(&bundle(&twice, 0), &bundle(&twice, 1));
}

#[test]
fn nobody_is_accused_of_what_he_did_not_sign() {
    let thief = SignerKey::from_seed(ORIGIN, log_key().verifier().kind(), &[66; 32]).unwrap();
    let (a, b) = (
        [finalised(1), header(1, 1)],
        [finalised(1), finalised(2), header(1, 2)],
    );
    let forged = bundle_by(&thief, &b, 2);
    let refused = Evidence::of_bundles(&bundle(&a, 1), &forged, &keys()).unwrap_err();
    assert!(
        matches!(refused, EvidenceError::Signature { .. }),
        "{refused}"
    );
    // With the thief's key among the keys it would count: the caller names the keys.
    let both = [public(&log_key()), public(&thief)];
    assert!(Evidence::of_bundles(&bundle(&a, 1), &forged, &both).is_ok());
    // Two ledgers do not contradict each other.
    let other = SignerKey::from_seed("ch.example/ledger", thief.verifier().kind(), &[2; 32]);
    let other = other.unwrap();
    let both = [public(&log_key()), public(&other)];
    let theirs = bundle_by(&other, &b, 2);
    assert_eq!(
        Evidence::of_bundles(&bundle(&a, 1), &theirs, &both),
        Err(EvidenceError::OtherLog)
    );
    // A leaf that is not in the tree.
    let text = bundle(&b, 2);
    let moved = text.replacen("index 2", "index 1", 1);
    let refused = Evidence::of_bundles(&bundle(&a, 1), &moved, &keys()).unwrap_err();
    assert!(matches!(refused, EvidenceError::Inclusion(_)), "{refused}");
}

#[test]
fn a_leaf_that_breaks_a_rule_is_told_with_its_place_for_whoever_replays_the_ledger() {
    let log = [header(1, 1), vec![0xff; 40]];
    let evidence = Evidence::of_broken_rule(&bundle(&log, 1), &keys()).unwrap();
    let read: Evidence = evidence.to_string().parse().unwrap();
    let proven = read.check(&keys()).unwrap();
    assert_eq!(
        (proven.kind, proven.leaf),
        (Contradiction::BrokenRule, Some(1))
    );
    let none: [VerifierKey; 0] = [];
    assert!(matches!(
        read.check(&none),
        Err(EvidenceError::Signature { .. })
    ));
}

#[test]
fn evidence_is_read_in_its_one_form_and_within_its_limit() {
    let parse = |text: &str| text.parse::<Evidence>().unwrap_err();
    assert_eq!(parse(""), EvidenceError::Header);
    assert_eq!(parse("evidence\n"), EvidenceError::Header);
    let long = "x".repeat(EVIDENCE_BYTES_MAX + 1);
    assert_eq!(parse(&long), EvidenceError::TooLong);
    let (a, b) = ([finalised(1)], [header(1, 1), header(2, 2)]);
    let evidence = Evidence::of_bundles(&bundle(&a, 0), &bundle(&b, 0), &keys()).unwrap();
    let text = evidence.to_string();
    let (first_line, rest) = text.split_once('\n').unwrap();
    for wrong in ["x", "0", "99999999", "18446744073709551616", "01"] {
        let (header, _) = first_line.rsplit_once(' ').unwrap();
        let changed = format!("{header} {wrong}\n{rest}");
        assert!(changed.parse::<Evidence>().is_err(), "{wrong}");
    }
    assert!(format!("{text}\n").parse::<Evidence>().is_err());
}

#[test]
fn a_notice_of_an_end_is_no_end() {
    let noted = record(Body::SourceSettled(SourceSettled {
        transfer: TransferId([1; 32]),
        source: "CH".parse().unwrap(),
        is_final: false,
        proof: proof(),
    }));
    let log = [acquired("CH", 1), noted];
    assert_eq!(
        kind_of(&bundle(&log, 0), &bundle(&log, 1)),
        Err(EvidenceError::Consistent)
    );
}

proptest! {
    /// A changed byte makes evidence of nothing, or leaves what it proves as it is.
    #[test]
    fn a_changed_byte_never_makes_other_evidence(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (a, b) = ([finalised(1), header(1, 1)], [finalised(1), finalised(2), header(1, 2)]);
        let evidence = Evidence::of_bundles(&bundle(&a, 1), &bundle(&b, 2), &keys()).unwrap();
        let proven = evidence.check(&keys()).unwrap();
        let mut bytes = evidence.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(read) = text.parse::<Evidence>()
            && let Ok(found) = read.check(&keys())
        {
            prop_assert_eq!(found, proven);
        }
    }
}
