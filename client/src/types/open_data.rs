//! Open data: the set of files that is served.

use countersign_protocol::id::Origin;
use countersign_protocol::log::Hash;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/open-data`: the set of files that is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenDataView {
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// The place in the ledger that everything in it follows from.
    pub ledger: LedgerPlace,
    /// Its files.
    pub files: Vec<OpenFileView>,
}

/// A file of open data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenFileView {
    /// Where it is, from the root of the host on.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// Its rows, or its places.
    pub rows: Option<u64>,
}

/// A place in a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerPlace {
    /// The ledger, by the origin of its checkpoints.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub origin: Origin,
    /// Entries that are counted.
    pub size: u64,
    /// The root of the RFC 6962 tree over them, hexadecimal.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub root: Hash,
}
