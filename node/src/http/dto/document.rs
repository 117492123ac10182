//! Documents, findings and holds.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{FindingKind, HoldOn, Reason, Reference, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::moment;
use crate::documents::{DocumentId, Visibility};

/// A document of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentView {
    /// Its id.
    pub document: DocumentId,
    /// SHA-256 of its bytes, in hex: what the ledger carries.
    #[schema(value_type = countersign_protocol::openapi::Sha256)]
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its media type.
    pub media_type: String,
    /// The file name; none once erased.
    pub file_name: Option<String>,
    /// The kind of document in the process.
    pub kind: Word,
    /// The case.
    pub case: u64,
    /// The organisation that owns it.
    pub owner: OrganisationId,
    /// The number of the version, from 1.
    pub version: u32,
    /// The version before.
    pub replaces: Option<DocumentId>,
    /// How far it is open.
    pub visibility: Visibility,
    /// When it came in, in milliseconds since 1970.
    pub uploaded_ms: u64,
    /// The leaf of the act that carries it; none while it is a draft.
    pub leaf: Option<u64>,
}

/// `POST /api/v1/documents/{id}/visibility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"visibility": "public"})))]
pub struct NewVisibility {
    /// The wider circle.
    pub visibility: Visibility,
}

/// `POST /api/v1/cases/{number}/findings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"kind": "corrective_action", "text": "The baseline counts the same stoves twice."})))]
pub struct NewFindingBody {
    /// What it asks.
    pub kind: FindingKind,
    /// Its text. It stays in the node; the ledger carries a commitment.
    pub text: String,
}

/// `POST /api/v1/cases/{number}/findings/{finding}/answer` and `/close`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"text": "Counted anew: see the second version of the report."})))]
pub struct FindingText {
    /// The answer, or what the certifier concludes. It stays in the node.
    pub text: String,
    /// The later case in which this happens, for a forward action request.
    #[serde(default)]
    pub within: Option<u64>,
}

/// A finding that was opened, answered or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingView {
    /// The case.
    pub case: u64,
    /// Its number in the case.
    pub finding: u32,
}

/// `POST /api/v1/standing-holds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"on": {"account": 1}, "reason": "dispute about ownership", "authority": 1, "reference": "High Court, suit 12/2026"})))]
pub struct NewStandingHold {
    /// What it is on: `ranges`, `account`, `project` or `organisation`.
    pub on: HoldOn,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// From when on it does not count any more, in milliseconds since 1970.
    #[serde(default, deserialize_with = "moment")]
    #[schema(maximum = 253402300799999_u64)]
    pub expiry_ms: Option<u64>,
}

/// `POST /api/v1/standing-holds/{hold}/lift`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "the dispute is settled", "authority": 1, "reference": "High Court, suit 12/2026, judgment of 3 May"})))]
pub struct LiftStandingHold {
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
}

/// A hold on numbers, an account, a project or an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingHoldView {
    /// Its number.
    pub hold: u64,
    /// What it is on.
    pub on: HoldOn,
    /// Why.
    pub reason: Reason,
    /// The organisation that ordered it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// From when on it does not count any more.
    pub expiry_ms: Option<u64>,
    /// Whether it was lifted.
    pub lifted: bool,
}
