//! Monitoring data: sources, blueprints, points, batches.

use countersign_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/projects/{number}/sources`: an instrument or a data system whose points are to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"name": "Meter 4, north roof", "key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}))))]
pub struct NewSource {
    /// For people.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Its Ed25519 public key: 32 bytes in base64.
    #[cfg_attr(feature = "openapi", schema(min_length = 44, max_length = 44))]
    pub key: String,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceView {
    /// Its number, which its points carry.
    pub source: u64,
    /// The project, by its national number.
    pub project: u32,
    /// For people.
    pub name: String,
    /// Its Ed25519 public key in base64.
    pub key: String,
    /// When it was entered.
    pub added_ms: u64,
    /// When it was revoked: nothing of it is taken since.
    pub revoked_ms: Option<u64>,
}

/// `POST /api/v1/blueprints`: a formula with its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBlueprint {
    /// The TOML file.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65536))]
    pub file: String,
}

/// A blueprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlueprintView {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// For people.
    pub title: String,
    /// SHA-256 of the file as a leaf (RFC 6962).
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub hash: String,
    /// The TOML file.
    pub file: String,
    /// When it was entered.
    pub added_ms: u64,
}

/// A data point: a value with unit and uncertainty over a span of time, signed by its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DataPoint {
    /// The number of its source.
    pub source: u64,
    /// What was measured: the name of an input of a blueprint.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z][a-z0-9_]{0,63}$"))]
    pub input: String,
    /// The value, a decimal number as text.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?$")
    )]
    pub value: String,
    /// Its unit.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub unit: String,
    /// How far the true value may lie from it, to either side, in the same unit.
    #[cfg_attr(feature = "openapi", schema(pattern = r"^[0-9]{1,12}(\.[0-9]{1,9})?$"))]
    pub uncertainty: String,
    /// When what it says begins.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub start: Timestamp,
    /// When it ends.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub end: Timestamp,
    /// The source's Ed25519 signature, in base64.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9+/]{86}==$"))]
    pub signature: String,
}

/// `POST /api/v1/data-points`: points, all of which are taken or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDataPoints {
    /// The points.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1000))]
    pub points: Vec<DataPoint>,
}

/// What became of points that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataPointsTaken {
    /// Points that are new.
    pub new: u64,
    /// Points that were here already, the same.
    pub known: u64,
}

/// `POST /api/v1/projects/{number}/batches`: points are sealed under one root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"blueprint": "solar-mini-grid", "version": "1.0", "from": "2024-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"}))))]
pub struct NewBatchBody {
    /// The blueprint's id.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub blueprint: String,
    /// Its version.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub version: String,
    /// Points that begin here or later.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub from: Timestamp,
    /// Points that end here or earlier.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub until: Timestamp,
}

/// The tonnes of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FigureView {
    /// The calendar year.
    pub year: u16,
    /// The result of the formula, in tonnes of CO2 equivalent; a decimal number as text.
    pub value: String,
    /// The lower bound that follows from the uncertainties.
    pub lower: String,
    /// The upper bound.
    pub upper: String,
    /// Whole tonnes that can be claimed.
    pub tonnes: u64,
    /// Points that it was computed from.
    pub points: u64,
}

/// A batch of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchView {
    /// The Merkle root over its points (RFC 9162 section 2.1.1), which a monitoring report names.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub root: String,
    /// The project, by its national number.
    pub project: u32,
    /// The blueprint's id.
    pub blueprint: String,
    /// Its version.
    pub version: String,
    /// How many points it has.
    pub points: u64,
    /// The tonnes of each year.
    pub figures: Vec<FigureView>,
    /// When it was sealed.
    pub sealed_ms: u64,
    /// The case whose report names it.
    pub used_by: Option<u64>,
    /// The leaf of the newest act whose commitment opens to a report that names this root; `null` before there is one, or once the
    /// report's text was erased.
    pub committed_at: Option<u64>,
    /// Whether root and figures, computed again just now, are those that were sealed; `null` in lists, which compute nothing.
    pub checked: Option<bool>,
}

/// That a point is in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointProofView {
    /// The point.
    pub point: DataPoint,
    /// The text that its source signed; the leaf is of this text, the signature in base64 and a line feed.
    pub text: String,
    /// The leaf's hash.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub leaf: String,
    /// Its place in the tree, counted from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The hashes from it to the root (RFC 9162 section 2.1.3).
    pub hashes: Vec<String>,
}
