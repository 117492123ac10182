//! A whole Merkle tree in memory, for proofs.

use countersign_protocol::log::{
    Frontier, Hash, NodeSource, prove_consistency, prove_inclusion, root_at,
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
}

impl NodeSource for Tree {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::from(level))?;
        level.get(index as usize).copied()
    }
}

impl Tree {
    pub(crate) fn push(&mut self, leaf: Hash) {
        let Self { frontier, levels } = self;
        let keep = |level: u8, _, hash| {
            let level = usize::from(level);
            if levels.len() == level {
                levels.push(Vec::new());
            }
            levels[level].push(hash);
        };
        frontier.push_with(leaf, keep).unwrap();
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The root of the first `size` leaves, if there are as many.
    pub(crate) fn root_at(&self, size: u64) -> Option<Hash> {
        if size > self.size() {
            return None;
        }
        root_at(self, size).ok()
    }

    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        prove_inclusion(self, index, size).ok()
    }

    pub(crate) fn consistency(&self, from: u64, to: u64) -> Option<Vec<Hash>> {
        if to > self.size() {
            return None;
        }
        prove_consistency(self, from, to).ok()
    }

    /// Whether this tree continues the one with that head.
    pub(crate) fn extends(&self, size: u64, root: &Hash) -> bool {
        self.root_at(size).as_ref() == Some(root)
    }
}
