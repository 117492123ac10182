//! Mirrors of partners' ledgers, and evidence against them.

use countersign_protocol::id::Origin;
use countersign_protocol::party::Party;
use serde::{Deserialize, Serialize};

/// How the mirror of a partner's ledger stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorView {
    /// The partner.
    pub party: Party,
    /// Its ledger.
    pub origin: Origin,
    /// Leaves that are here.
    pub size: u64,
    /// When the mirror last held everything that the partner's witnesses stood behind, in milliseconds since the Unix epoch.
    pub caught_up_ms: Option<u64>,
    /// The first leaf that is not as it must be.
    pub finding: Option<AuditFindingView>,
    /// Why the mirror did not grow the last time.
    pub problem: Option<String>,
}

/// A leaf of a partner's ledger that this node's rules refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AuditFinding))]
pub struct AuditFindingView {
    /// Index of the leaf.
    pub index: u64,
    /// Kind of the record; none where this release can not read the leaf.
    pub kind: Option<String>,
    /// Code of the rule that it breaks; none where this release can not read the leaf.
    pub rule: Option<String>,
    /// The refusal in words.
    pub says: String,
}

/// Evidence in its text form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidenceText {
    /// The text, at most 40,960 bytes.
    pub evidence: String,
}

/// What evidence shows of which partner's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccusationView {
    /// The partner.
    pub party: Party,
    /// E1 to E5.
    pub number: String,
    /// What the ledger did, as the end of a sentence about it.
    pub says: String,
    /// SHA-256 of the evidence, in hexadecimal.
    pub evidence: String,
    /// The leaf of this ledger that records it; none in the answer to evidence that was recorded otherwise before.
    pub leaf: Option<u64>,
}

/// The line of an accused ledger that lives on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewClearance {
    /// SHA-256 of the evidence that the ledger was accused by, in hexadecimal.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    #[serde(with = "hex::serde")]
    pub evidence: [u8; 32],
    /// Tree size of a checkpoint on that line.
    pub size: u64,
    /// Its root, in hexadecimal.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    #[serde(with = "hex::serde")]
    pub root: [u8; 32],
    /// SHA-256 of the document in which the members decided so, in hexadecimal.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    #[serde(with = "hex::serde")]
    pub decision: [u8; 32],
}
