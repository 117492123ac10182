//! The list of beneficiaries.

use countersign_protocol::id::{Lei, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::record::Name;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::people::TaxId;

/// An entry of the list. `GET /api/v1/beneficiaries`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BeneficiaryView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: Name,
    /// Its Legal Entity Identifier (ISO 17442).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lei: Option<Lei>,
    /// Its tax or company number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<TaxId>,
    /// Its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Party>,
    /// Other names of it.
    pub aliases: Vec<Name>,
    /// Whether an official has reviewed it.
    pub reviewed: bool,
    /// The entry that stands for it, once it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<u64>,
    /// The organisation that added it; absent for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// How like its name is to what was looked for, up to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// `POST /api/v1/beneficiaries`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBeneficiaryBody {
    /// Its name.
    pub name: Name,
    /// Its Legal Entity Identifier (ISO 17442).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lei: Option<Lei>,
    /// Its tax or company number; needs a country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<TaxId>,
    /// Its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Party>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<Name>,
    /// True says that it is none of the entries with nearly this name.
    #[serde(default)]
    pub distinct: bool,
}

/// `POST /api/v1/beneficiaries/{id}/merge`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBeneficiary {
    /// The entry that stays.
    pub into: u64,
}
