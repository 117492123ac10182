//! What the read model lists.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseView, HoldingView, TransferView, Units};
use crate::projection::query::{OrganisationRow, ProjectRow};

/// A range that was used or cancelled. `GET /api/v1/retirements`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetirementView {
    /// The leaf.
    pub index: u64,
    /// Its time.
    pub time_ms: u64,
    /// The account that held the units.
    pub account: AccountId,
    /// The account's organisation.
    pub organisation: Option<OrganisationId>,
    /// `retire` or `cancel`.
    #[schema(value_type = countersign_protocol::record::RetireKind)]
    pub kind: String,
    /// For what, such as `ndc`.
    #[schema(value_type = countersign_protocol::record::Purpose)]
    pub purpose: String,
    /// The salted hash of the beneficiary's name that the ledger holds, hex.
    #[schema(value_type = Option<countersign_protocol::record::Commitment>)]
    pub beneficiary: Option<String>,
    /// The name, where its holder lets everybody know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_name: Option<String>,
    /// The salt of that name, hex: with it everybody can compute the hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_salt: Option<String>,
    /// Why, in public words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The country in whose jurisdiction they are used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// The case that asked for it.
    pub case: Option<u64>,
    /// The units.
    #[serde(flatten)]
    pub units: Units,
}

/// Something that happened to a range. `GET /api/v1/units/{name}/history`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitsEvent {
    /// The leaf.
    pub index: u64,
    /// Its time.
    pub time_ms: u64,
    /// `issuance`, `split`, `hold`, `lift`, `reserve`, `free`, `transfer`, `lock`, `release`, `finalise`, `acquire`,
    /// `retire`, `cancel`, `hold_placed` or `hold_lifted`.
    #[schema(value_type = crate::http::openapi::UnitsEventKind)]
    pub kind: String,
    /// The whole range that it happened to, of which the units named may be a part.
    pub range: UnitRange,
    /// The account that gave.
    pub from: Option<AccountId>,
    /// The account that received.
    pub to: Option<AccountId>,
    /// The partner country.
    pub party: Option<Party>,
    /// What it belongs to: a transfer's id, `case N`, a purpose, a reason, or the number at which a range was split.
    pub reference: Option<String>,
}

/// What has some characters in its name: the first ten of each kind. `GET /api/v1/search?q=`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchView {
    /// Organisations.
    pub organisations: Vec<OrganisationRow>,
    /// Projects.
    pub projects: Vec<ProjectRow>,
    /// Cases.
    pub cases: Vec<CaseView>,
    /// Transfers between countries whose ids begin so.
    pub transfers: Vec<TransferView>,
    /// Ranges, when the text is a serial, an ITMO identifier or a number.
    pub units: Vec<HoldingView>,
}
