//! Proofs of random trees hold, and stop holding when any bit of anything they bind is changed.

use countersign_protocol::log::{
    Frontier, FrontierError, Hash, ProofError, TREE_SIZE_MAX, leaf_hash, prove_consistency,
    prove_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::naive::{self, consistency_formula, path_formula};

/// Every hash of `proof` with one bit changed, one at a time.
fn flips(proof: &[Hash]) -> impl Iterator<Item = Vec<Hash>> + '_ {
    (0..proof.len() * 256).map(move |bit| {
        let mut changed = proof.to_vec();
        changed[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        changed
    })
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    flips(std::slice::from_ref(hash)).nth(bit).unwrap()[0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_inclusion_proof_holds_and_no_single_bit_change_does(size in 1_u64..600, pick: prop::sample::Index) {
        let all = naive::leaves(size as usize);
        let index = pick.index(all.len());
        let (leaf, index) = (all[index], index as u64);
        let root = naive::mth(&all);
        let proof = prove_inclusion(&naive::Leaves(all), index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));

        for bit in 0..256 {
            prop_assert!(verify_inclusion(&flip(&leaf, bit), index, size, &proof, &root).is_err());
            prop_assert!(verify_inclusion(&leaf, index, size, &proof, &flip(&root, bit)).is_err());
        }
        for changed in flips(&proof) {
            prop_assert!(verify_inclusion(&leaf, index, size, &changed, &root).is_err());
        }
        for bit in 0..64 {
            prop_assert!(verify_inclusion(&leaf, index ^ (1 << bit), size, &proof, &root).is_err());
            // The signed checkpoint binds the size to the root; the proof alone binds only the shape of the path.
            let other = size ^ (1 << bit);
            let same_shape = other <= TREE_SIZE_MAX && index < other
                && path_formula(index, other) == path_formula(index, size);
            prop_assert_eq!(verify_inclusion(&leaf, index, other, &proof, &root).is_ok(), same_shape);
        }
        let mut longer = proof.clone();
        longer.push([7; 32]);
        prop_assert!(verify_inclusion(&leaf, index, size, &longer, &root).is_err());
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert!(verify_inclusion(&leaf, index, size, shorter, &root).is_err());
        }
    }

    #[test]
    fn a_consistency_proof_holds_and_no_single_bit_change_does(new in 1_u64..600, pick: prop::sample::Index) {
        let all = naive::leaves(new as usize);
        let old = pick.index(all.len()) as u64 + 1;
        let (root1, root2) = (naive::mth(&all[..old as usize]), naive::mth(&all));
        let proof = prove_consistency(&naive::Leaves(all), old, new).unwrap();
        prop_assert_eq!(verify_consistency(old, new, &root1, &root2, &proof), Ok(()));

        for bit in 0..256 {
            prop_assert!(verify_consistency(old, new, &flip(&root1, bit), &root2, &proof).is_err());
            prop_assert!(verify_consistency(old, new, &root1, &flip(&root2, bit), &proof).is_err());
        }
        for changed in flips(&proof) {
            prop_assert!(verify_consistency(old, new, &root1, &root2, &changed).is_err());
        }
        for bit in 0..64 {
            for (m, n) in [(old ^ (1 << bit), new), (old, new ^ (1 << bit))] {
                let same_shape = m > 0 && m <= n && n <= TREE_SIZE_MAX
                    && consistency_formula(m, n) == consistency_formula(old, new);
                let answer = verify_consistency(m, n, &root1, &root2, &proof);
                prop_assert_eq!(answer.is_ok(), same_shape, "{} to {}, proof of {} to {}", m, n, old, new);
            }
        }
    }

    #[test]
    fn the_frontier_has_the_root_of_every_size_and_survives_storage(sizes in prop::collection::vec(0_usize..50, 1..8)) {
        let total = sizes.iter().sum();
        let all = naive::leaves(total);
        let mut frontier = Frontier::new();
        let mut done = 0;
        for part in sizes {
            for leaf in &all[done..done + part] {
                frontier.push(*leaf).unwrap();
            }
            done += part;
            prop_assert_eq!(frontier.size(), done as u64);
            prop_assert_eq!(frontier.root(), naive::mth(&all[..done]));
            frontier = Frontier::from_parts(frontier.size(), frontier.hashes().to_vec()).unwrap();
        }
    }

    #[test]
    fn roots_are_those_of_an_independent_library(n in 1_usize..300) {
        #[derive(Clone)]
        struct Rfc6962;
        impl rs_merkle::Hasher for Rfc6962 {
            type Hash = Hash;
            fn hash(data: &[u8]) -> Hash {
                leaf_hash(data)
            }
            fn concat_and_hash(left: &Hash, right: Option<&Hash>) -> Hash {
                right.map_or(*left, |right| naive::node(*left, *right))
            }
        }
        let all = naive::leaves(n);
        let mut frontier = Frontier::new();
        for leaf in &all {
            frontier.push(*leaf).unwrap();
        }
        let theirs = rs_merkle::MerkleTree::<Rfc6962>::from_leaves(&all).root();
        prop_assert_eq!(Some(frontier.root()), theirs);
    }
}

#[test]
fn the_frontier_reports_every_completed_subtree_once() {
    let all = naive::leaves(100);
    let source = naive::Leaves(all.clone());
    let mut seen = std::collections::BTreeMap::new();
    let mut frontier = Frontier::new();
    for leaf in &all {
        frontier
            .push_with(*leaf, |level, index, hash| {
                assert!(
                    seen.insert((level, index), hash).is_none(),
                    "twice: {level}/{index}"
                );
            })
            .unwrap();
    }
    let expected: usize = (0..7).map(|level| all.len() >> level).sum();
    assert_eq!(seen.len(), expected);
    for ((level, index), hash) in seen {
        use countersign_protocol::log::NodeSource;
        assert_eq!(source.node(level, index), Some(hash));
    }
}

#[test]
fn a_frontier_with_the_wrong_number_of_hashes_is_refused() {
    let wrong = Frontier::from_parts(5, vec![[0; 32]; 3]);
    assert_eq!(
        wrong,
        Err(FrontierError::WrongCount {
            size: 5,
            given: 3,
            needed: 2
        })
    );
    assert_eq!(
        Frontier::from_parts(u64::MAX, vec![[0; 32]; 64]),
        Err(FrontierError::Full)
    );
    let mut full = Frontier::from_parts(TREE_SIZE_MAX, vec![[0; 32]; 63]).unwrap();
    assert_eq!(full.push([1; 32]), Err(FrontierError::Full));
}

#[test]
fn each_refusal_names_its_reason() {
    let all = naive::leaves(7);
    let (root, leaf) = (naive::mth(&all), all[2]);
    let proof = naive::path(2, &all);
    let inclusion = |index, size, proof: &[Hash], root: &Hash| {
        verify_inclusion(&leaf, index, size, proof, root).unwrap_err()
    };
    let beyond = ProofError::IndexBeyondTree { index: 7, size: 7 };
    assert_eq!(inclusion(7, 7, &proof, &root), beyond);
    assert_eq!(
        inclusion(2, 1 << 63, &proof, &root),
        ProofError::SizeTooLarge(1 << 63)
    );
    assert_eq!(
        inclusion(2, 7, &proof[..2], &root),
        ProofError::TooShort { given: 2 }
    );
    let long = [proof.as_slice(), &[[0; 32]]].concat();
    assert_eq!(
        inclusion(2, 7, &long, &root),
        ProofError::TooLong { given: 4 }
    );
    assert_eq!(inclusion(2, 7, &proof, &[9; 32]), ProofError::RootMismatch);

    let old = naive::mth(&all[..3]);
    let proof = naive::subproof(3, &all, true);
    let consistency = |m, n, old: &Hash, new: &Hash, proof: &[Hash]| {
        verify_consistency(m, n, old, new, proof).unwrap_err()
    };
    assert_eq!(consistency(0, 7, &old, &root, &[]), ProofError::EmptyTree);
    assert_eq!(consistency(0, 0, &old, &old, &[]), ProofError::EmptyTree);
    let reversed = ProofError::SizesReversed { old: 7, new: 3 };
    assert_eq!(consistency(7, 3, &root, &old, &proof), reversed);
    assert_eq!(
        consistency(3, 7, &[1; 32], &root, &proof),
        ProofError::OldRootMismatch
    );
    assert_eq!(
        consistency(3, 7, &old, &[1; 32], &proof),
        ProofError::NewRootMismatch
    );
    assert_eq!(
        consistency(3, 7, &old, &root, &[]),
        ProofError::TooShort { given: 0 }
    );
    assert_eq!(
        consistency(3, 3, &old, &root, &[]),
        ProofError::NewRootMismatch
    );
    assert_eq!(
        consistency(3, 3, &old, &old, &proof[..1]),
        ProofError::TooLong { given: 1 }
    );
}
