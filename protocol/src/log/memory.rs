//! A tree in memory: for what is small, or is made once and thrown away.

use super::merkle::{Hash, empty_root, node_hash};
use super::prove::{NodeSource, root_at};

/// The complete subtrees over leaf hashes, level by level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryTree(Vec<Vec<Hash>>);

impl MemoryTree {
    /// The tree over these leaf hashes, in their order.
    #[must_use]
    pub fn of(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut levels = vec![leaves.into_iter().collect::<Vec<Hash>>()];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            let (pairs, _) = last.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node_hash(left, right));
            levels.push(above.collect());
        }
        Self(levels)
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Hash {
        // Every complete subtree is there, so there is always a root.
        root_at(self, self.size()).unwrap_or_else(|_| empty_root())
    }
}

impl NodeSource for MemoryTree {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.0.get(usize::from(level))?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}
