//! Monitoring data from instruments and data systems (dMRV): signed data points, formulas with versions, batches under one root.
//!
//! A **source** signs its **points**: a value with unit and uncertainty over a span of time. A **blueprint** says how tonnes follow
//! from points: a formula that never changes once it has a version. A **batch** seals points for a project: their Merkle root, and
//! the tonnes of each year that the blueprint computes from them. The monitoring report names the root, so the leaf that commits to
//! the report commits to every point; whoever has the points computes the figure again, with the same decimals everywhere.
//!
//! The tree is the log's own (RFC 9162 section 2.1, RFC 6962 hashing), with its proofs: one tree to audit, and one verifier for both.
//! Arithmetic is decimal (28 digits, half to even), never floating point.

mod batch;
mod blueprint;
mod csv_file;
mod formula;
mod number;
mod point;

pub use batch::{BatchError, Figure, Sealed, inclusion, seal};
pub use blueprint::{Blueprint, BlueprintError, Credited, Input, Take};
pub use csv_file::{CSV_COLUMNS, CsvError, read_csv, write_csv};
pub use formula::FormulaError;
pub use number::{NumberError, number_text};
pub use point::{Point, PointError, SourceKey};

/// The most points of one batch.
pub const POINTS_MAX: usize = 50_000;
/// The longest file of points, in bytes.
pub const CSV_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The JSON Schema (2020-12) of a data point.
pub const POINT_SCHEMA: &str = include_str!("../../presets/dmrv-point.schema.json");
/// The JSON Schema (2020-12) of a blueprint, as its TOML file reads in JSON.
pub const BLUEPRINT_SCHEMA: &str = include_str!("../../presets/dmrv-blueprint.schema.json");
