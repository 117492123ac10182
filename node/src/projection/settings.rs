//! Where the read model is kept.

use std::path::PathBuf;

/// The name of the SQLite file in a data folder.
pub const PROJECTION_FILE: &str = "projection.sqlite";

/// Where the read model is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionSettings {
    /// The SQLite file; not touched when there is a `url`.
    pub file: PathBuf,
    /// A PostgreSQL database, as `postgres://user@host/database`, of this node alone.
    pub url: Option<String>,
}
