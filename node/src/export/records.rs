//! The records of a ledger that was verified, in order.

use countersign_protocol::log::{Tile, decode_entries};
use countersign_protocol::record::Record;

use super::source::BUNDLE_LEAVES;
use super::{LedgerSource, VerifyError};
use crate::ledger::replay::ReadLeaf;

/// The first `size` records. Nothing is checked here but that they are records: [`verify`](super::verify) the ledger first.
///
/// # Errors
/// [`VerifyError`] when something is missing or is no record.
pub fn records(ledger: &impl LedgerSource, size: u64) -> Result<Vec<Record>, VerifyError> {
    let mut records = Vec::new();
    for index in 0..size.div_ceil(BUNDLE_LEAVES) {
        let missing = || VerifyError::Missing {
            place: ledger.place(),
        };
        let tile = Tile::in_tree(0, index, size).ok_or_else(missing)?;
        let place = ledger.place_of(&tile.entries_path());
        let bundle = ledger.entries(tile)?;
        let leaves = decode_entries(&bundle, tile.width()).map_err(|error| VerifyError::Tile {
            place: place.clone(),
            error,
        })?;
        for (at, bytes) in (index * BUNDLE_LEAVES..).zip(leaves) {
            let leaf = ReadLeaf::read(at, bytes).map_err(|error| VerifyError::Leaf {
                place: place.clone(),
                error,
            })?;
            records.push(leaf.record);
        }
    }
    Ok(records)
}
