//! Cases that go on under a newer version of the process, and the findings that are open in a case.

use countersign_protocol::log::Hash;
use countersign_protocol::openapi::Sha256;
use countersign_protocol::record::FindingKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::people::UserId;

/// `POST /api/v1/cases/{number}/migrations`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"version": 2})))]
pub struct NewMigration {
    /// The version of the process under which it is to go on; the newest when none is named.
    #[serde(default)]
    pub version: Option<u32>,
}

/// What a migration would do: every case moves, or none does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MigrationView {
    /// The proposal that a second official decides on; none for `?dry_run=true`.
    pub migration: Option<u64>,
    /// The case.
    pub case: u64,
    /// The version of the process.
    pub version: u32,
    /// SHA-256 of its file.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub process: Hash,
    /// Whether nothing stands against it.
    pub possible: bool,
    /// The case and every open case below it.
    pub moves: Vec<MoveView>,
}

/// What would become of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveView {
    /// The case.
    pub case: u64,
    /// Its flow.
    pub flow: String,
    /// The stage in which it is.
    pub stage: String,
    /// The stage in which it would go on; none where something stands against it.
    pub stage_after: Option<String>,
    /// What stands against it.
    pub against: Option<String>,
}

/// A migration that waits for a second official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposedMigrationView {
    /// Its number.
    pub migration: u64,
    /// The case.
    pub case: u64,
    /// The version of the process.
    pub version: u32,
    /// Who proposed it.
    pub proposer: UserId,
    /// When, in milliseconds since 1970.
    pub proposed_ms: u64,
    /// What it would do now; none where the case has ended or moved meanwhile.
    pub plan: Option<MigrationView>,
}

/// `POST /api/v1/migrations/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"approve": true})))]
pub struct DecideMigration {
    /// Whether it is carried out.
    pub approve: bool,
}

/// A case that moved, with those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseMigratedView {
    /// The case.
    pub case: u64,
    /// SHA-256 of the newer process's file.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub process: Hash,
}

/// A finding that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenFindingView {
    /// The case in which it was opened.
    pub case: u64,
    /// Its number in that case.
    pub finding: u32,
    /// What it asks.
    pub kind: FindingKind,
    /// Whether an owner has answered it.
    pub answered: bool,
    /// Leaf that opened it.
    pub opened_at: u64,
}
