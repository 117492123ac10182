//! The right edge of a growing tree: all that is needed to append and to know the root, in O(log n) hashes.

use thiserror::Error;

use super::merkle::{Hash, TREE_SIZE_MAX, empty_root, node_hash};

/// The complete subtrees that cover a tree, largest first (RFC 6962 section 2.1 read from the left).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

/// Why a frontier could not be restored or extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrontierError {
    /// A tree of this size has another number of complete subtrees.
    #[error("a tree of {size} leaves is covered by {needed} subtrees, not {given}")]
    WrongCount {
        /// Leaves of the tree.
        size: u64,
        /// Hashes given.
        given: usize,
        /// Hashes a tree of this size has.
        needed: u32,
    },
    /// The tree may not grow past 2^63 - 1 leaves.
    #[error("the tree is full: 2^63 - 1 leaves")]
    Full,
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: 0,
            hashes: Vec::new(),
        }
    }

    /// Restores a frontier from what [`Frontier::size`] and [`Frontier::hashes`] gave earlier. Compare the root with a
    /// signed one afterwards: the hashes are taken as given.
    ///
    /// # Errors
    /// [`FrontierError`] when the number of hashes does not fit the size, or the size is above 2^63 - 1.
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > TREE_SIZE_MAX {
            return Err(FrontierError::Full);
        }
        let needed = size.count_ones();
        if hashes.len() != needed as usize {
            return Err(FrontierError::WrongCount {
                size,
                given: hashes.len(),
                needed,
            });
        }
        Ok(Self { size, hashes })
    }

    /// Appends one leaf hash.
    ///
    /// # Errors
    /// [`FrontierError::Full`] at 2^63 - 1 leaves; nothing is changed then.
    pub fn push(&mut self, leaf_hash: Hash) -> Result<(), FrontierError> {
        self.push_with(leaf_hash, |_, _, _| ())
    }

    /// Appends one leaf hash and hands every subtree that it completes to `completed` as (level, index, hash), from the
    /// leaf (level 0) upwards: what a store has to write so that it can be a [`NodeSource`](super::NodeSource).
    ///
    /// # Errors
    /// [`FrontierError::Full`] at 2^63 - 1 leaves; nothing is changed then.
    pub fn push_with(
        &mut self,
        leaf_hash: Hash,
        mut completed: impl FnMut(u8, u64, Hash),
    ) -> Result<(), FrontierError> {
        if self.size >= TREE_SIZE_MAX {
            return Err(FrontierError::Full);
        }
        let index = self.size;
        let mut hash = leaf_hash;
        let mut level = 0_u8;
        completed(level, index, hash);
        // Every one-bit at the end of the index is a complete left sibling waiting for this one.
        while (index >> level) & 1 == 1
            && let Some(left) = self.hashes.pop()
        {
            hash = node_hash(&left, &hash);
            level += 1;
            completed(level, index >> level, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
        Ok(())
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.hashes
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root)
    }

    /// Hashes of the complete subtrees that cover the tree, largest first.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}
