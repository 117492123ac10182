//! Proof bundles: enough with a policy, refused when anything in them is touched.

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::log::{
    BundleError, BundleTextError, CheckpointError, FieldFault, PolicyError, ProofError, TlogProof,
};
use proptest::prelude::*;

use crate::world::{ORIGIN, bundle, checkpoint, leaf_bytes, note, policy};

#[test]
fn a_bundle_proves_its_leaf_with_nothing_but_a_policy() {
    let policy = policy(3, 4);
    for size in [1, 2, 7, 64, 100] {
        for index in [0, size / 2, size - 1] {
            let text = bundle(index, size, &[1, 2, 4]).to_string();
            let proven = TlogProof::parse(&text).unwrap().verify(&policy).unwrap();
            assert_eq!(proven.origin, ORIGIN);
            assert_eq!(proven.index, index as u64);
            assert_eq!(proven.leaf, leaf_bytes(index));
            assert_eq!(proven.checkpoint, checkpoint(size));
        }
    }
}

#[test]
fn a_bundle_has_the_lines_of_the_specification() {
    let text = bundle(2, 4, &[1]).to_string();
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
    assert_eq!(
        lines[1],
        format!("extra {}", BASE64_STANDARD.encode("leaf 2"))
    );
    assert_eq!(lines[2], "index 2");
    assert_eq!(lines[3].len(), 44);
    assert_eq!(lines[5], "");
    assert_eq!(lines[6..9].join("\n") + "\n", checkpoint(4).to_text());
    assert!(text.ends_with(&note(&checkpoint(4), &[1])));
}

#[test]
fn every_single_bit_of_a_bundle_counts() {
    // All listed witnesses must have signed, so that no line is beside the point.
    let policy = policy(2, 2);
    let text = bundle(2, 5, &[1, 2]).to_string();
    assert!(TlogProof::parse(&text).unwrap().verify(&policy).is_ok());
    let mut bytes = text.clone().into_bytes();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        let accepted = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| TlogProof::parse(text).ok())
            .is_some_and(|bundle| bundle.verify(&policy).is_ok());
        assert!(!accepted, "bit {bit}: {}", String::from_utf8_lossy(&bytes));
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    for cut in 0..text.len() {
        let Some(part) = text.get(..cut) else {
            continue;
        };
        let accepted = TlogProof::parse(part).is_ok_and(|bundle| bundle.verify(&policy).is_ok());
        assert!(!accepted, "the first {cut} bytes");
    }
}

#[test]
fn each_refusal_of_a_bundle_has_its_own_error() {
    let policy = policy(1, 2);
    let good = bundle(2, 5, &[1]);
    let verify = |change: &dyn Fn(&mut TlogProof)| {
        let mut bundle = good.clone();
        change(&mut bundle);
        bundle.verify(&policy).unwrap_err()
    };
    assert_eq!(verify(&|b| b.extra = None), BundleError::NoLeaf);
    let mismatch = BundleError::Inclusion(ProofError::RootMismatch);
    assert_eq!(verify(&|b| b.extra = Some(Vec::new())), mismatch);
    assert_eq!(verify(&|b| b.index = 1), mismatch);
    let beyond = BundleError::Inclusion(ProofError::IndexBeyondTree { index: 5, size: 5 });
    assert_eq!(verify(&|b| b.index = 5), beyond);
    let quorum = BundleError::Policy(PolicyError::NoQuorum { have: 0, need: 1 });
    assert_eq!(
        verify(&|b| b.checkpoint = note(&checkpoint(5), &[])),
        quorum
    );
    assert_eq!(
        verify(&|b| b.checkpoint = "hello".into()).to_string(),
        "not a checkpoint: the note does not end in a newline: its end is missing"
    );
}

#[test]
fn a_leaf_that_is_an_inner_node_is_not_proven() {
    // The two children of a node, joined, hash to it only without the leaf prefix.
    let all = crate::naive::leaves(4);
    let forged = [all[0].as_slice(), &all[1]].concat();
    let sibling = crate::naive::mth(&all[2..]);
    let bundle = TlogProof::new(forged, 0, vec![sibling], note(&checkpoint(4), &[1]));
    assert!(matches!(
        bundle.verify(&policy(1, 1)),
        Err(BundleError::Inclusion(_))
    ));
}

#[test]
fn many_bundles_share_one_checked_checkpoint_and_only_that_one() {
    let policy = policy(2, 2);
    let verified = policy.check_text(&note(&checkpoint(9), &[1, 2])).unwrap();
    for index in 0..9 {
        let proven = bundle(index, 9, &[1]).verify_against(&verified).unwrap();
        assert_eq!(proven.leaf, leaf_bytes(index));
    }
    let other = bundle(3, 8, &[1, 2]).verify_against(&verified);
    assert_eq!(other, Err(BundleError::OtherCheckpoint));
    let mut wrong = bundle(3, 9, &[1, 2]);
    wrong.index = 4;
    let mismatch = BundleError::Inclusion(ProofError::RootMismatch);
    assert_eq!(wrong.verify_against(&verified), Err(mismatch));
}

#[test]
fn malformed_bundles_are_refused_with_their_reason() {
    let good = bundle(2, 5, &[1]).to_string();
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        TlogProof::parse(&good.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(TlogProof::parse(""), Err(BundleTextError::Header));
    assert_eq!(
        TlogProof::parse(&"x".repeat(300_000)),
        Err(BundleTextError::TooLong)
    );
    assert_eq!(change("@v1", "@v2"), BundleTextError::Header);
    assert_eq!(change("@v1\n", "@v1\r\n"), BundleTextError::Header);
    assert_eq!(
        change("extra ", "extra  "),
        BundleTextError::Extra(FieldFault::NotBase64)
    );
    assert_eq!(change("extra ", "Extra "), BundleTextError::NoIndex);
    assert_eq!(
        change("index 2", "index  2"),
        BundleTextError::Index(FieldFault::NotDecimal)
    );
    assert_eq!(
        change("index 2", "index 02"),
        BundleTextError::Index(FieldFault::LeadingZero)
    );
    assert_eq!(change("index 2", "index"), BundleTextError::NoIndex);
    let huge = change("index 2", "index 9223372036854775808");
    assert_eq!(huge, BundleTextError::Index(FieldFault::TooLarge));
    let short = BASE64_STANDARD.encode([0; 31]);
    let line = |fault| BundleTextError::Hash { line: 1, fault };
    let added = |hash: &str| change("index 2\n", &format!("index 2\n{hash}\n"));
    assert_eq!(added(&short), line(FieldFault::HashLength(31)));
    assert_eq!(added("AA=="), line(FieldFault::HashLength(1)));
    assert_eq!(added("AB=="), line(FieldFault::NotBase64));
    let hash = BASE64_STANDARD.encode([0; 32]);
    assert_eq!(
        added(&[hash.as_str(); 61].join("\n")),
        BundleTextError::TooManyHashes
    );
    assert_eq!(
        TlogProof::parse("c2sp.org/tlog-proof@v1\nindex 0\n"),
        Err(BundleTextError::NoBlankLine)
    );
    let sizeless = change("\n5\n", "\n05\n");
    let size = CheckpointError::Size(FieldFault::LeadingZero);
    assert_eq!(sizeless, BundleTextError::Checkpoint(size));
    let trailing = TlogProof::parse(&format!("{good}more\n"));
    assert!(matches!(trailing, Err(BundleTextError::Checkpoint(_))));
    let long = BASE64_STANDARD.encode(vec![0; 65_536]);
    let too_long = change("extra ", &format!("extra {long}\nindex 0\n"));
    assert_eq!(
        too_long,
        BundleTextError::Extra(FieldFault::TooLong(65_535))
    );
}

proptest! {
    #[test]
    fn printing_and_reading_are_inverse(
        extra in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
        index in 0..=i64::MAX as u64,
        hashes in prop::collection::vec(any::<[u8; 32]>(), 0..=63),
    ) {
        let bundle = TlogProof { extra, index, hashes, checkpoint: note(&checkpoint(3), &[1]) };
        prop_assert_eq!(TlogProof::parse(&bundle.to_string()), Ok(bundle));
    }

    #[test]
    fn any_text_is_a_bundle_with_one_spelling_or_refused(
        start in 0_usize..80, text in "(?s).{0,60}", tail in 0_usize..400,
    ) {
        let good = bundle(2, 5, &[1]).to_string();
        let (Some(head), Some(tail)) = (good.get(..start), good.get(tail..)) else { return Ok(()) };
        let mutated = [head, &text, tail].concat();
        if let Ok(bundle) = TlogProof::parse(&mutated) {
            prop_assert_eq!(bundle.to_string(), mutated);
        }
    }
}
