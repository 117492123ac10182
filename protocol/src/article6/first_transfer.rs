//! The first transfer of a block: the mark that is set once and crosses every split and border.

use crate::party::{Party, RegistryId};
use crate::serial::CooperativeApproachId;
use crate::units::{FirstTransfer, UnitBlock};

/// Marks a block as first transferred by `party` under a cooperative approach, unless it carries the mark already.
///
/// For units authorised towards an NDC the first international transfer is the first transfer (2/CMA.3 annex
/// para 2(a)); the mark is set once and survives every split and every border.
#[must_use]
pub fn first_transferred(
    block: UnitBlock,
    cooperative_approach: CooperativeApproachId,
    registry: RegistryId,
    party: Party,
) -> UnitBlock {
    let first_transfer = block.first_transfer.or(Some(FirstTransfer {
        cooperative_approach,
        registry,
        party,
    }));
    UnitBlock {
        first_transfer,
        ..block
    }
}
