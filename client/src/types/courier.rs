//! Parcels.

use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::party::Party;
use serde::{Deserialize, Serialize};

/// What came of a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnpackedParcel {
    /// Who packed it.
    pub from: Party,
    /// Bundles that are recorded, or were before.
    pub taken: u64,
    /// Bundles that were not taken, by the reason.
    pub refused: Vec<RefusedBundles>,
    /// What else of it was of no use, and why.
    pub problems: Vec<String>,
    /// Answers that no quorum of witnesses covers yet: a later parcel has them.
    pub waiting: u64,
    /// The answer, to be brought back.
    pub reply: Parcel,
}

/// Bundles that were not taken for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedBundles {
    /// The number of the fault.
    pub code: u32,
    /// Its name.
    pub name: String,
    /// How many bundles.
    pub bundles: u64,
}
