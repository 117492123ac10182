//! Open data: the set of files that is served.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::open_data::LedgerPlace;

/// `GET /api/v1/open-data`: the set of files that is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenDataView {
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// The place in the ledger that everything in it follows from.
    pub ledger: LedgerPlace,
    /// Its files.
    pub files: Vec<OpenFileView>,
}

/// A file of open data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
