//! The published proof vectors of transparency-dev/merkle, when they lie beside the repository, and our own small set.

use std::path::PathBuf;

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::log::{
    Hash, NodeSource, empty_root, leaf_hash, node_hash, prove_consistency, prove_inclusion,
    root_at, verify_consistency, verify_inclusion,
};
use serde_json::Value;

use crate::naive;

fn vectors(file: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors/rfc6962")
        .join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64_STANDARD
        .decode(value.as_str().unwrap_or_default())
        .unwrap()
}

/// `None` when it is not 32 bytes long: the type itself refuses such a hash.
fn hash(value: &Value) -> Option<Hash> {
    bytes(value).try_into().ok()
}

/// Some consistency vectors carry words instead of roots. Padded, they stay what they were: wrong, or equal to each
/// other (one vector accepts two equal words).
fn padded_root(value: &Value) -> Hash {
    let mut padded = [0; 32];
    let bytes = bytes(value);
    padded[..bytes.len()].copy_from_slice(&bytes);
    padded
}

/// `None` when an element is not 32 bytes long: the type itself refuses such a proof.
fn proof(value: &Value) -> Option<Vec<Hash>> {
    let Some(elements) = value.as_array() else {
        return Some(Vec::new());
    };
    elements
        .iter()
        .map(|element| bytes(element).try_into().ok())
        .collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn every_published_inclusion_vector_gives_the_expected_answer() {
    let Some(cases) = vectors("inclusion.jsonl") else {
        return;
    };
    assert_eq!(cases.len(), 98);
    for case in cases {
        let (index, size) = (number(&case["leafIdx"]), number(&case["treeSize"]));
        let accepted = || {
            let (leaf, root) = (hash(&case["leafHash"])?, hash(&case["root"])?);
            verify_inclusion(&leaf, index, size, &proof(&case["proof"])?, &root).ok()
        };
        let accepted = accepted().is_some();
        assert_eq!(
            !accepted,
            case["wantErr"].as_bool().unwrap(),
            "{}",
            case["name"]
        );
    }
}

#[test]
fn every_published_consistency_vector_gives_the_expected_answer() {
    let Some(cases) = vectors("consistency.jsonl") else {
        return;
    };
    assert_eq!(cases.len(), 98);
    for case in cases {
        let accepted = proof(&case["proof"]).is_some_and(|proof| {
            let (size1, size2) = (number(&case["size1"]), number(&case["size2"]));
            let (root1, root2) = (padded_root(&case["root1"]), padded_root(&case["root2"]));
            verify_consistency(size1, size2, &root1, &root2, &proof).is_ok()
        });
        assert_eq!(
            !accepted,
            case["wantErr"].as_bool().unwrap(),
            "{}",
            case["name"]
        );
    }
}

#[test]
fn hashes_are_those_of_the_rfc() {
    let hex = |hash: Hash| hex::encode(hash);
    assert_eq!(
        hex(empty_root()),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(
        hex(leaf_hash(b"")),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
    assert_eq!(leaf_hash(b"carbon"), naive::leaf(b"carbon"));
    assert_eq!(node_hash(&[1; 32], &[2; 32]), naive::node([1; 32], [2; 32]));
}

#[test]
fn all_proofs_of_small_trees_are_those_of_the_recursive_definition() {
    let all = naive::leaves(40);
    let source = naive::Leaves(all.clone());
    for n in 1..=all.len() {
        let root = naive::mth(&all[..n]);
        assert_eq!(root_at(&source, n as u64), Ok(root));
        for m in 0..n {
            let proof = prove_inclusion(&source, m as u64, n as u64).unwrap();
            assert_eq!(proof, naive::path(m, &all[..n]), "inclusion {m} in {n}");
            assert_eq!(
                verify_inclusion(&all[m], m as u64, n as u64, &proof, &root),
                Ok(())
            );
        }
        for m in 1..=n {
            let proof = prove_consistency(&source, m as u64, n as u64).unwrap();
            assert_eq!(
                proof,
                naive::subproof(m, &all[..n], true),
                "consistency {m} to {n}"
            );
            let old = naive::mth(&all[..m]);
            assert_eq!(
                verify_consistency(m as u64, n as u64, &old, &root, &proof),
                Ok(())
            );
        }
    }
    assert_eq!(root_at(&source, 0), Ok(empty_root()));
}

#[test]
fn a_missing_node_is_named() {
    struct Hole(naive::Leaves);
    impl NodeSource for Hole {
        fn node(&self, level: u8, index: u64) -> Option<Hash> {
            if (level, index) == (1, 2) {
                None
            } else {
                self.0.node(level, index)
            }
        }
    }
    let source = Hole(naive::Leaves(naive::leaves(8)));
    let error = prove_inclusion(&source, 6, 8).unwrap_err();
    assert!(error.to_string().contains("node 2 of level 1"), "{error}");
    assert!(prove_inclusion(&source, 8, 8).is_err(), "leaf 8 is outside");
    assert!(
        prove_consistency(&source, 0, 8).is_err(),
        "nothing to prove from the empty tree"
    );
    assert!(
        prove_consistency(&source, 9, 8).is_err(),
        "a log does not shrink"
    );
}
