//! RFC 6962 section 2.1 written down word for word, recursively and slowly: the oracle of these tests.

use countersign_protocol::log::{Hash, NodeSource};
use sha2::{Digest, Sha256};

pub(crate) fn leaf(data: &[u8]) -> Hash {
    Sha256::digest([&[0_u8], data].concat()).into()
}

pub(crate) fn node(left: Hash, right: Hash) -> Hash {
    Sha256::digest([&[1_u8], left.as_slice(), &right].concat()).into()
}

fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D[n]) over leaf hashes.
pub(crate) fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(k(many.len()));
            node(mth(left), mth(right))
        }
    }
}

/// PATH(m, D[n]).
pub(crate) fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(k(leaves.len()));
    let (mut path, sibling) = if m < left.len() {
        (path(m, left), mth(right))
    } else {
        (path(m - left.len(), right), mth(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF(m, D[n], b).
pub(crate) fn subproof(m: usize, leaves: &[Hash], b: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if b { Vec::new() } else { vec![mth(leaves)] };
    }
    let (left, right) = leaves.split_at(k(leaves.len()));
    let (mut proof, sibling) = if m <= left.len() {
        (subproof(m, left, b), mth(right))
    } else {
        (subproof(m - left.len(), right, false), mth(left))
    };
    proof.push(sibling);
    proof
}

/// How a proof combines its hashes, as a formula: two (index, size) pairs with one formula accept the same proofs.
pub(crate) fn path_formula(m: u64, n: u64) -> String {
    fn go(m: u64, n: u64, next: &mut u32) -> String {
        if n == 1 {
            return "leaf".into();
        }
        let k = 1 << (n - 1).ilog2();
        let inner = if m < k {
            go(m, k, next)
        } else {
            go(m - k, n - k, next)
        };
        let sibling = *next;
        *next += 1;
        if m < k {
            format!("({inner} {sibling})")
        } else {
            format!("({sibling} {inner})")
        }
    }
    go(m, n, &mut 0)
}

/// The formulas of the older and the newer root in a consistency proof.
pub(crate) fn consistency_formula(m: u64, n: u64) -> (String, String) {
    fn go(m: u64, n: u64, b: bool, next: &mut u32) -> (String, String) {
        if m == n {
            let known = if b {
                "old".to_owned()
            } else {
                next.to_string()
            };
            *next += u32::from(!b);
            return (known.clone(), known);
        }
        let k = 1 << (n - 1).ilog2();
        let (old, new) = if m <= k {
            go(m, k, b, next)
        } else {
            go(m - k, n - k, false, next)
        };
        let sibling = *next;
        *next += 1;
        if m <= k {
            (old, format!("({new} {sibling})"))
        } else {
            (format!("({sibling} {old})"), format!("({sibling} {new})"))
        }
    }
    go(m, n, true, &mut 0)
}

pub(crate) fn leaves(n: usize) -> Vec<Hash> {
    (0..n)
        .map(|i| leaf(format!("leaf {i}").as_bytes()))
        .collect()
}

/// All leaves in memory; nodes are computed on demand.
pub(crate) struct Leaves(pub(crate) Vec<Hash>);

impl NodeSource for Leaves {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let width = 1_usize << level;
        let start = usize::try_from(index).ok()? * width;
        self.0.get(start..start + width).map(mth)
    }
}
