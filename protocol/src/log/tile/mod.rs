//! Tiles: the tree as static files, 256 hashes or leaves in each, so that any web server can show a ledger
//! (C2SP tlog-tiles).

use thiserror::Error;

use super::merkle::{Hash, TREE_SIZE_MAX, node_hash};
use super::prove::NodeSource;
use super::text::FieldFault;

mod entries;
mod path;

pub use entries::{decode_entries, encode_entries};
pub use path::TilePath;

/// Hashes in a full tile and leaves in a full entry bundle.
pub const TILE_WIDTH: u16 = 256;

/// Tree levels that one tile spans: 2^8 = 256.
pub const TILE_HEIGHT: u8 = 8;

/// Longest leaf that an entry bundle can hold, in bytes: its length is written in two bytes.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

const HASH_BYTES: usize = 32;
/// Highest level with a tile in the largest tree.
const LEVEL_MAX: u8 = 7;

/// Why a tile, an entry bundle or a path to one was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TileError {
    /// A width outside 1 to 256.
    #[error("a tile holds 1 to 256 hashes, not {0}")]
    Width(u16),
    /// The tile would lie behind the last leaf of the largest tree.
    #[error("tile {index} of level {level} lies outside the largest possible tree")]
    BeyondTree {
        /// Level of the tile.
        level: u8,
        /// Index of the tile in its level.
        index: u64,
    },
    /// The path does not begin with `tile/` and a level or `entries/`.
    #[error("the path does not read tile/LEVEL/INDEX or tile/entries/INDEX")]
    NotATilePath,
    /// The level is not a number from 0 to 63.
    #[error("the level of the tile cannot be read: {0}")]
    Level(FieldFault),
    /// The index is not spelled as groups of three digits, all but the last with an `x` in front.
    #[error("the index of the tile is not spelled as in x001/x234/067")]
    IndexSpelling,
    /// The width after `.p/` is not a number from 1 to 255.
    #[error("the width of the partial tile is not a number from 1 to 255")]
    PartialWidth,
    /// The bytes are not as many hashes as the tile holds.
    #[error("the tile has {given} bytes instead of {needed}")]
    Length {
        /// Bytes given.
        given: usize,
        /// Bytes that this tile has.
        needed: usize,
    },
    /// A leaf longer than [`ENTRY_BYTES_MAX`].
    #[error("leaf {position} of the bundle has {bytes} bytes; at most 65,535 fit")]
    EntryTooLong {
        /// Position of the leaf in the bundle, from 0.
        position: usize,
        /// Its length.
        bytes: usize,
    },
    /// The bundle ends in the middle of a leaf, or before the last one.
    #[error("the entry bundle ends inside leaf {position}")]
    EntryMissing {
        /// Position of the leaf in the bundle, from 0.
        position: usize,
    },
    /// Bytes after the last leaf.
    #[error("{0} bytes follow the last leaf of the entry bundle")]
    TrailingBytes(usize),
}

/// Coordinates of a tile of hashes. Hash `i` of it is the root of the leaves
/// `(index * 256 + i) * 256^level .. (index * 256 + i + 1) * 256^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// A tile by its coordinates; a width of 256 is a full tile.
    ///
    /// # Errors
    /// [`TileError`] when no tree can have such a tile.
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        if width == 0 || width > TILE_WIDTH {
            return Err(TileError::Width(width));
        }
        let beyond = TileError::BeyondTree { level, index };
        let fits = level <= LEVEL_MAX
            && index
                .checked_mul(u64::from(TILE_WIDTH))
                .and_then(|first| first.checked_add(u64::from(width)))
                .is_some_and(|hashes| hashes <= hashes_at(level, TREE_SIZE_MAX));
        if fits {
            Ok(Self {
                level,
                index,
                width,
            })
        } else {
            Err(beyond)
        }
    }

    /// The tile as it stands in a tree of `size` leaves; `None` when it is empty there.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let left = hashes_at(level, size.min(TREE_SIZE_MAX))
            .checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(left.min(u64::from(TILE_WIDTH))).ok()?;
        (width > 0).then_some(Self {
            level,
            index,
            width,
        })
    }

    /// All tiles that a tree of `new` leaves has and that differ from the tree of its first `old` leaves: what to write
    /// after growing. From level 0 upwards, left to right; partial tiles included.
    pub fn changed(old: u64, new: u64) -> impl Iterator<Item = Self> {
        let new = new.min(TREE_SIZE_MAX);
        (0..=LEVEL_MAX)
            .map(move |level| (level, hashes_at(level, old), hashes_at(level, new)))
            .filter(|(_, before, after)| before < after)
            .flat_map(move |(level, before, after)| {
                let width = u64::from(TILE_WIDTH);
                (before / width..after.div_ceil(width))
                    .filter_map(move |index| Self::in_tree(level, index, new))
            })
    }

    /// Level; 0 holds leaf hashes.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Index within the level.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Hashes in the tile, 1 to 256.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }

    /// True when it holds 256 hashes and will never change.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub const fn full(self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..self
        }
    }

    /// Its path below the log's URL, for instance `tile/0/x001/234.p/5`.
    #[must_use]
    pub fn path(self) -> String {
        TilePath::Hashes(self).to_string()
    }

    /// Path of the entry bundle with the leaves of this tile, for a tile of level 0.
    #[must_use]
    pub fn entries_path(self) -> String {
        TilePath::Entries(self).to_string()
    }

    /// Splits the bytes of this tile into hashes.
    ///
    /// # Errors
    /// [`TileError::Length`] when they are too many or too few.
    pub fn decode(self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let needed = usize::from(self.width) * HASH_BYTES;
        let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
        if bytes.len() != needed || !rest.is_empty() {
            return Err(TileError::Length {
                given: bytes.len(),
                needed,
            });
        }
        Ok(hashes.to_vec())
    }
}

/// Number of complete subtrees of 256^level leaves in a tree.
const fn hashes_at(level: u8, size: u64) -> u64 {
    if level > LEVEL_MAX {
        0
    } else {
        size >> (level as u32 * TILE_HEIGHT as u32)
    }
}

/// Where tiles come from: files, a database, an HTTP cache.
pub trait TileSource {
    /// Bytes of a tile: its hashes one after the other. `None` when the source does not hold it. A partial tile may be
    /// gone once the full one exists; the reader asks for the full one then.
    fn tile(&self, tile: Tile) -> Option<Vec<u8>>;
}

impl<S: TileSource + ?Sized> TileSource for &S {
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        (**self).tile(tile)
    }
}

/// A tree of a known size, read from tiles. Nothing read is trusted: compare the root, or verify the proof made from it.
#[derive(Debug, Clone, Copy)]
pub struct TileTree<S> {
    source: S,
    size: u64,
}

impl<S: TileSource> TileTree<S> {
    /// The tree of the first `size` leaves.
    pub const fn new(source: S, size: u64) -> Self {
        Self { source, size }
    }

    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    fn hashes(&self, tile: Tile) -> Option<Vec<Hash>> {
        if let Some(bytes) = self.source.tile(tile) {
            return tile.decode(&bytes).ok();
        }
        if tile.is_full() {
            return None;
        }
        let mut hashes = tile.full().decode(&self.source.tile(tile.full())?).ok()?;
        hashes.truncate(usize::from(tile.width));
        Some(hashes)
    }
}

impl<S: TileSource> NodeSource for TileTree<S> {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index.checked_mul(1 << height)?;
        let width = u64::from(TILE_WIDTH);
        let tile = Tile::in_tree(tile_level, first / width, self.size)?;
        let start = usize::try_from(first % width).ok()?;
        let mut hashes = self
            .hashes(tile)?
            .get(start..start + (1 << height))?
            .to_vec();
        while hashes.len() > 1 {
            hashes = hashes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[a, b]| node_hash(a, b))
                .collect();
        }
        hashes.pop()
    }
}
