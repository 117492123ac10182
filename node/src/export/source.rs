//! Where leaves and tiles are read from: exported files, or the store that is exported.

use countersign_protocol::log::{Tile, TileSource};

use super::VerifyError;
use crate::store::StoreReader;

/// A signed head, and where it was found.
#[derive(Debug, Clone)]
pub struct SignedHead {
    /// The file or row, for messages.
    pub place: String,
    /// The note.
    pub note: String,
}

/// A ledger's leaves and tiles. Nothing that it gives is believed.
pub trait LedgerSource: Sync {
    /// Where the ledger is, for messages.
    fn place(&self) -> String;

    /// Where a file of it is, for messages.
    fn place_of(&self, path: &str) -> String {
        format!("{}/{path}", self.place())
    }

    /// The entry bundle under a tile of level 0.
    ///
    /// # Errors
    /// When it is missing or cannot be read.
    fn entries(&self, tile: Tile) -> Result<Vec<u8>, VerifyError>;

    /// The hashes of a tile, one after the other.
    ///
    /// # Errors
    /// When it is missing or cannot be read.
    fn tile(&self, tile: Tile) -> Result<Vec<u8>, VerifyError>;
}

/// Leaves under a full tile of level 0.
pub(super) const BUNDLE_LEAVES: u64 = 256;

impl LedgerSource for StoreReader {
    fn place(&self) -> String {
        self.dir().display().to_string()
    }

    fn entries(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        let first = tile.index() * BUNDLE_LEAVES;
        let mut leaves = self.leaves(first..first + u64::from(tile.width()))?;
        let mut bundle = Vec::new();
        let mut next = first;
        while let Some((index, leaf)) = leaves.next_leaf()? {
            let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
            bundle.extend_from_slice(&length.to_be_bytes());
            bundle.extend_from_slice(leaf);
            if index != next {
                break;
            }
            next += 1;
        }
        if next == first + u64::from(tile.width()) {
            return Ok(bundle);
        }
        Err(VerifyError::Missing {
            place: format!("leaf {next} of {}", self.dir().display()),
        })
    }

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        let hashes = self.tile_bytes(tile.level(), tile.index())?;
        let width = 32 * usize::from(tile.width());
        match hashes {
            // The last tile of a level is kept as far as it has grown since.
            Some(mut hashes) if hashes.len() >= width => {
                hashes.truncate(width);
                Ok(hashes)
            }
            _ => Err(VerifyError::Missing {
                place: self.place_of(&tile.path()),
            }),
        }
    }
}

/// A ledger as a source of tiles, for the tree over them.
pub(super) struct AsTiles<'a, S: ?Sized>(pub(super) &'a S);

impl<S: LedgerSource + ?Sized> TileSource for AsTiles<'_, S> {
    fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        self.0.tile(tile).ok()
    }
}
