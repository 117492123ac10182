//! The right edge of the tree: what is needed to append, and the tiles that are not full yet.

use countersign_protocol::log::tile::{TILE_HEIGHT, TILE_WIDTH};
use countersign_protocol::log::{Frontier, FrontierError, Hash, NodeSource, Tile, TileTree};

use crate::store::{Batch, StoreError, StoreReader};

const TILE_BYTES: usize = TILE_WIDTH as usize * 32;

/// The tile of one level that is being filled.
#[derive(Debug, Clone, Default)]
struct Edge {
    index: u64,
    hashes: Vec<u8>,
    changed: bool,
}

/// A growing tree whose full tiles are on disk.
#[derive(Debug, Clone, Default)]
pub(super) struct TreeEdge {
    frontier: Frontier,
    levels: Vec<Edge>,
}

impl TreeEdge {
    /// Reads the edge of a tree of `size` leaves.
    pub(super) fn load(reader: &StoreReader, size: u64) -> Result<Self, StoreError> {
        let damaged = |what: String| StoreError::Damaged {
            dir: reader.dir().to_owned(),
            what,
        };
        let tree = TileTree::new(reader, size);
        let mut covering = Vec::new();
        let mut covered = 0_u64;
        for level in (0..63_u8).rev().filter(|level| size >> level & 1 == 1) {
            let index = covered >> level;
            let hash = tree.node(level, index);
            covering.push(hash.ok_or_else(|| {
                damaged(format!(
                    "node {index} of level {level} of the tree is missing"
                ))
            })?);
            covered += 1 << level;
        }
        let frontier = Frontier::from_parts(size, covering)
            .map_err(|error| damaged(format!("the tree can not be continued: {error}")))?;
        let mut levels = Vec::new();
        for level in 0..=u8::try_from(size.ilog2().div_ceil(8)).unwrap_or(8) {
            levels.push(load_edge(reader, level, size)?);
        }
        Ok(Self { frontier, levels })
    }

    pub(super) const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(super) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends a leaf; tiles that it completes go into the batch.
    pub(super) fn push(&mut self, leaf: Hash, batch: &mut Batch<'_>) -> Result<(), FrontierError> {
        let levels = &mut self.levels;
        self.frontier.push_with(leaf, |level, _, hash| {
            if level.is_multiple_of(TILE_HEIGHT) {
                append(levels, level / TILE_HEIGHT, &hash, batch);
            }
        })
    }

    /// Writes the tiles that are not full and changed since the last time.
    pub(super) fn write_edge(&mut self, batch: &mut Batch<'_>) {
        for (edge, level) in self.levels.iter_mut().zip(0..) {
            if std::mem::take(&mut edge.changed) && !edge.hashes.is_empty() {
                batch.tile(level, edge.index, &edge.hashes);
            }
        }
    }
}

fn append(levels: &mut Vec<Edge>, level: u8, hash: &Hash, batch: &mut Batch<'_>) {
    if levels.len() <= usize::from(level) {
        levels.resize_with(usize::from(level) + 1, Edge::default);
    }
    let edge = &mut levels[usize::from(level)];
    edge.hashes.extend_from_slice(hash);
    edge.changed = true;
    if edge.hashes.len() == TILE_BYTES {
        batch.tile(level, edge.index, &edge.hashes);
        edge.index += 1;
        edge.hashes.clear();
        edge.changed = false;
    }
}

fn load_edge(reader: &StoreReader, level: u8, size: u64) -> Result<Edge, StoreError> {
    let count = size >> (u32::from(level) * u32::from(TILE_HEIGHT));
    let width = u64::from(TILE_WIDTH);
    let index = count / width;
    let partial = Tile::in_tree(level, index, size).map_or(0, |tile| usize::from(tile.width()));
    let hashes = reader.tile_bytes(level, index)?.unwrap_or_default();
    if hashes.len() != partial * 32 {
        return Err(StoreError::Damaged {
            dir: reader.dir().to_owned(),
            what: format!(
                "tile {index} of level {level} has {} hashes, a tree of {size} leaves has {partial} there",
                hashes.len() / 32
            ),
        });
    }
    Ok(Edge {
        index,
        hashes,
        changed: false,
    })
}
