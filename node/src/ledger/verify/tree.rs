//! The tree of the leaves against the stored tiles.

use countersign_protocol::log::tile::{TILE_HEIGHT, TILE_WIDTH};
use countersign_protocol::log::{Frontier, Hash};

use super::{VerifyError, contradiction};
use crate::ledger::replay::{ReadLeaf, ReplayError};
use crate::store::StoreReader;

/// The tree computed again, compared with the stored tiles as it grows.
pub(super) struct TreeCheck<'a> {
    reader: &'a StoreReader,
    pub(super) frontier: Frontier,
    levels: Vec<Vec<u8>>,
    tiles: u64,
}

impl<'a> TreeCheck<'a> {
    pub(super) const fn new(reader: &'a StoreReader) -> Self {
        Self {
            reader,
            frontier: Frontier::new(),
            levels: Vec::new(),
            tiles: 0,
        }
    }

    pub(super) fn push(&mut self, leaf: &ReadLeaf) -> Result<(), VerifyError> {
        let levels = &mut self.levels;
        let collect = |level: u8, _, hash: Hash| {
            if level.is_multiple_of(TILE_HEIGHT) {
                let level = usize::from(level / TILE_HEIGHT);
                if levels.len() <= level {
                    levels.resize_with(level + 1, Vec::new);
                }
                levels[level].extend_from_slice(&hash);
            }
        };
        self.frontier
            .push_with(leaf.hash, collect)
            .map_err(ReplayError::from)?;
        // A tile fills only when the one below it does.
        for level in 0..self.levels.len() {
            if self.levels[level].len() < usize::from(TILE_WIDTH) * 32 {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[level]);
            self.compare(level, &hashes)?;
        }
        Ok(())
    }

    /// Compares the last tile of a level.
    fn compare(&mut self, level: usize, hashes: &[u8]) -> Result<(), VerifyError> {
        let below = u32::from(TILE_HEIGHT) * u32::try_from(level).unwrap_or(u32::MAX);
        let index = ((self.frontier.size() >> below) - 1) / u64::from(TILE_WIDTH);
        self.tiles += 1;
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        if self.reader.tile_bytes(level, index)?.as_deref() == Some(hashes) {
            return Ok(());
        }
        Err(contradiction(
            self.reader,
            format!("tile {index} of level {level}"),
        ))
    }

    /// Compares the partial tiles and gives the number of all tiles.
    pub(super) fn finish(&mut self) -> Result<u64, VerifyError> {
        for (level, hashes) in std::mem::take(&mut self.levels).iter().enumerate() {
            if !hashes.is_empty() {
                self.compare(level, hashes)?;
            }
        }
        Ok(self.tiles)
    }
}
