//! Making proofs and roots from stored nodes.

use thiserror::Error;

use super::merkle::{Hash, TREE_SIZE_MAX, empty_root, node_hash};

/// Where the hashes of complete subtrees come from: tiles, a database, memory.
pub trait NodeSource {
    /// Hash of the complete subtree over leaves `index << level .. (index + 1) << level`; level 0 holds leaf hashes.
    /// `None` when the source does not hold it.
    fn node(&self, level: u8, index: u64) -> Option<Hash>;
}

impl<S: NodeSource + ?Sized> NodeSource for &S {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        (**self).node(level, index)
    }
}

/// Why a proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProveError {
    /// The question has no answer: the index or the older size lies outside the tree, or a size is 0 or above 2^63 - 1.
    #[error("no proof exists for {asked} in a tree of {size} leaves")]
    OutOfRange {
        /// Leaf index or older size that was asked for.
        asked: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The source lacks a node that the proof needs.
    #[error(
        "the tree's node {index} of level {level} is missing: rebuild the tiles from the leaves"
    )]
    MissingNode {
        /// Level of the node; leaves are level 0.
        level: u8,
        /// Index of the node in its level.
        index: u64,
    },
}

/// Inclusion proof of leaf `index` in the tree of the first `size` leaves, from the leaf's sibling upwards.
///
/// # Errors
/// [`ProveError`] when the leaf is outside the tree or the source lacks a node.
pub fn prove_inclusion(
    source: &impl NodeSource,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError> {
    if index >= size || size > TREE_SIZE_MAX {
        return Err(ProveError::OutOfRange { asked: index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_root(source, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(source, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Proof that the tree of the first `new` leaves extends the tree of the first `old` leaves; empty when they are equal.
///
/// # Errors
/// [`ProveError`] when `old` is 0 or larger than `new`, or the source lacks a node.
pub fn prove_consistency(
    source: &impl NodeSource,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProveError> {
    if old == 0 || old > new || new > TREE_SIZE_MAX {
        return Err(ProveError::OutOfRange {
            asked: old,
            size: new,
        });
    }
    let (mut start, mut end) = (0, new);
    let mut proof = Vec::new();
    // Walk down the right border of the older tree until a subtree ends exactly where that tree ends.
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range_root(source, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(source, start, middle)?);
            start = middle;
        }
    }
    // A subtree that starts at leaf 0 is the whole older tree, whose root the verifier already has.
    if start != 0 {
        proof.push(range_root(source, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Root of the tree of the first `size` leaves.
///
/// # Errors
/// [`ProveError`] when the source lacks a node or `size` is above 2^63 - 1.
pub fn root_at(source: &impl NodeSource, size: u64) -> Result<Hash, ProveError> {
    if size > TREE_SIZE_MAX {
        return Err(ProveError::OutOfRange { asked: size, size });
    }
    if size == 0 {
        Ok(empty_root())
    } else {
        range_root(source, 0, size)
    }
}

/// The largest power of two below `leaves`, for `leaves >= 2` (RFC 6962 section 2.1: where a tree splits).
pub(super) fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Root of the leaves `start..end`, where `start` is a multiple of a power of two that is at least `end - start`.
fn range_root(source: &impl NodeSource, start: u64, end: u64) -> Result<Hash, ProveError> {
    let mut missing = end - start;
    let mut right: Option<Hash> = None;
    // From the smallest complete subtree at the right end to the largest at the left.
    while missing != 0 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a u64 has at most 64 trailing zeros"
        )]
        let level = missing.trailing_zeros() as u8;
        missing &= missing - 1;
        let index = (start + missing) >> level;
        let hash = source
            .node(level, index)
            .ok_or(ProveError::MissingNode { level, index })?;
        right = Some(right.map_or(hash, |right| node_hash(&hash, &right)));
    }
    Ok(right.unwrap_or_else(empty_root))
}
