//! Hashes, proofs and proof checks of the RFC 6962 history tree (section 2.1; the checking algorithms are those of
//! RFC 9162 sections 2.1.3.2 and 2.1.4.2).

use sha2::{Digest, Sha256};
use thiserror::Error;

/// A SHA-256 hash: of a leaf, of an inner node or of a whole tree.
pub type Hash = [u8; 32];

/// Longest proof that any tree can need, in hashes (C2SP tlog-witness sets the same limit).
pub const PROOF_HASHES_MAX: usize = 63;

/// Largest tree, in leaves: 2^63 - 1, so that a size fits every signed 64-bit integer on the way.
pub const TREE_SIZE_MAX: u64 = i64::MAX as u64;

const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

/// Why a proof was refused. No variant means "perhaps": a refused proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// A tree of this size cannot exist (more than 2^63 - 1 leaves).
    #[error("a tree of {0} leaves is larger than the format allows (2^63 - 1)")]
    SizeTooLarge(u64),
    /// The leaf lies outside the tree.
    #[error("leaf {index} lies outside a tree of {size} leaves")]
    IndexBeyondTree {
        /// Index of the leaf that was to be proven.
        index: u64,
        /// Size of the tree it was to be proven in.
        size: u64,
    },
    /// The older tree is larger than the newer one: a log never shrinks.
    #[error("the older tree has {old} leaves, the newer one only {new}: a log never shrinks")]
    SizesReversed {
        /// Size called older.
        old: u64,
        /// Size called newer.
        new: u64,
    },
    /// The older tree is empty. Every tree extends the empty one, so there is nothing to check and nothing is proven.
    #[error(
        "consistency with the empty tree proves nothing: compare the roots or start from a known size"
    )]
    EmptyTree,
    /// The proof has more hashes than the tree has levels.
    #[error("the proof has {given} hashes, more than these sizes need")]
    TooLong {
        /// Hashes given.
        given: usize,
    },
    /// The proof ends before it reaches the root.
    #[error("the proof has {given} hashes, fewer than these sizes need")]
    TooShort {
        /// Hashes given.
        given: usize,
    },
    /// The leaf and the proof lead to another root than the one given.
    #[error("the proof leads to another root than the tree's")]
    RootMismatch,
    /// The proof does not contain the older tree.
    #[error(
        "the proof does not lead to the root of the older tree: history was changed, or the proof is damaged"
    )]
    OldRootMismatch,
    /// The proof does not lead to the newer tree.
    #[error("the proof does not lead to the root of the newer tree")]
    NewRootMismatch,
}

/// Hash of one leaf: `SHA-256(0x00 || leaf)`.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([LEAF_PREFIX])
        .chain_update(leaf)
        .finalize()
        .into()
}

/// Hash of an inner node: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [0_u8; 65];
    input[0] = NODE_PREFIX;
    input[1..33].copy_from_slice(left);
    input[33..].copy_from_slice(right);
    Sha256::digest(input).into()
}

/// Root of the tree without leaves: `SHA-256("")`.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Checks that `leaf` (a leaf hash) is leaf number `index` of the tree with `size` leaves and root `root`.
///
/// The sizes bind only together with the root: take both from one verified checkpoint.
///
/// # Errors
/// [`ProofError`] says why the proof does not hold.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    check_size(size)?;
    if index >= size {
        return Err(ProofError::IndexBeyondTree { index, size });
    }
    let mut position = Position {
        node: index,
        last: size - 1,
    };
    let mut hash = *leaf;
    for sibling in proof {
        if position.at_root() {
            return Err(ProofError::TooLong { given: proof.len() });
        }
        hash = if position.climb() {
            node_hash(sibling, &hash)
        } else {
            node_hash(&hash, sibling)
        };
    }
    if !position.at_root() {
        return Err(ProofError::TooShort { given: proof.len() });
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::RootMismatch)
    }
}

/// Checks that the tree (`size2`, `root2`) begins with all leaves of the tree (`size1`, `root1`), unchanged and in order.
///
/// Equal sizes need an empty proof and equal roots.
///
/// # Errors
/// [`ProofError`] says why the proof does not hold. `size1 == 0` is always [`ProofError::EmptyTree`]: nothing would be
/// checked, and a caller must not believe that something was.
pub fn verify_consistency(
    size1: u64,
    size2: u64,
    root1: &Hash,
    root2: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    check_size(size2)?;
    if size1 > size2 {
        return Err(ProofError::SizesReversed {
            old: size1,
            new: size2,
        });
    }
    if size1 == 0 {
        return Err(ProofError::EmptyTree);
    }
    let given = proof.len();
    if size1 == size2 {
        return match (given, root1 == root2) {
            (0, true) => Ok(()),
            (0, false) => Err(ProofError::NewRootMismatch),
            _ => Err(ProofError::TooLong { given }),
        };
    }
    // An older tree that is complete (a power of two) is itself the first node of the path, and is left out of the proof.
    let (start, path) = if size1.is_power_of_two() {
        (root1, proof)
    } else {
        proof.split_first().ok_or(ProofError::TooShort { given })?
    };
    let complete_levels = size1.trailing_zeros();
    let mut position = Position {
        node: (size1 - 1) >> complete_levels,
        last: (size2 - 1) >> complete_levels,
    };
    let (mut old, mut new) = (*start, *start);
    for sibling in path {
        if position.at_root() {
            return Err(ProofError::TooLong { given });
        }
        if position.climb() {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
        } else {
            new = node_hash(&new, sibling);
        }
    }
    if !position.at_root() {
        return Err(ProofError::TooShort { given });
    }
    if old != *root1 {
        return Err(ProofError::OldRootMismatch);
    }
    if new == *root2 {
        Ok(())
    } else {
        Err(ProofError::NewRootMismatch)
    }
}

fn check_size(size: u64) -> Result<(), ProofError> {
    if size > TREE_SIZE_MAX {
        Err(ProofError::SizeTooLarge(size))
    } else {
        Ok(())
    }
}

/// Where a proof check stands: the node it has reached and the last node of the same level.
struct Position {
    node: u64,
    last: u64,
}

impl Position {
    fn at_root(&self) -> bool {
        self.last == 0
    }

    /// Moves up to the parent. True when the sibling that the proof supplies is on the left.
    ///
    /// The last node of a level has no right sibling when its index is even: it rises unchanged until it is a right child.
    fn climb(&mut self) -> bool {
        let left_sibling = self.node & 1 == 1 || self.node == self.last;
        if left_sibling {
            while self.node & 1 == 0 && self.node != 0 {
                self.shift();
            }
        }
        self.shift();
        left_sibling
    }

    fn shift(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}
