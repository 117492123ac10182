//! The ledger that another one goes on from.

use serde::{Deserialize, Serialize};

use crate::id::Origin;
use crate::log::Hash;

/// A closed ledger, at the head at which the trust registry closed it. The ledger that goes on from it begins with the very
/// same leaves, so the root of that many of its leaves is this one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Continues {
    /// Origin of the closed ledger.
    pub origin: Origin,
    /// Leaves of its last tree.
    pub size: u64,
    /// Root of its last tree.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub root: Hash,
}
