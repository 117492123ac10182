//! The record of a comparison: where two ledgers disagree about where units are.

use serde::{Deserialize, Serialize};

use crate::log::Hash;
use crate::party::Party;
use crate::units::UnitRange;

/// In what two ledgers disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Discrepancy {
    /// Both have the units.
    HeldTwice,
    /// One says that the other has them, and the other does not know of them.
    Nowhere,
    /// One has units that the Party which should have issued them never did.
    NeverIssued,
    /// Both know them, and say other things of them.
    Attributes,
}

impl Discrepancy {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::HeldTwice,
        Self::Nowhere,
        Self::NeverIssued,
        Self::Attributes,
    ];
}

/// Units about which two ledgers disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PositionDifference {
    /// Their numbers.
    pub range: UnitRange,
    /// In what.
    pub kind: Discrepancy,
}

/// This ledger was compared with a partner's, and what was found is not what was found before. Until a later comparison finds
/// nothing, the units that it names stay where they are (decision 2/CMA.3, annex, paragraph 9: reconciliation between
/// registries).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PositionsCompared {
    /// The partner.
    pub party: Party,
    /// Size of the partner's witnessed tree that was compared.
    pub size: u64,
    /// Its root.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub root: Hash,
    /// All differences that stand now, in ascending order, none overlapping another. Where there are too many for one record,
    /// neighbours are joined, with the units between them.
    pub differences: Vec<PositionDifference>,
}
