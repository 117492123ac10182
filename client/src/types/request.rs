//! Bodies of writes.

use countersign_protocol::id::{AccountId, AgreementId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, Name, OrganisationKind, Purpose, Reason, RetireKind, Title, VerifierKeyText,
};
use countersign_protocol::registry::Selection;
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::units::UnitRange;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::Receipt;

/// `POST /api/v1/organisations`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"name": "Volta Cookstoves", "kind": "developer"}))))]
pub struct NewOrganisation {
    /// The public name.
    pub name: Name,
    /// What it is to the registry.
    pub kind: OrganisationKind,
}

/// `POST /api/v1/accounts`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"organisation": 1, "name": "Holding", "kind": "entity_holding"}))))]
pub struct NewAccount {
    /// The organisation that it belongs to.
    pub organisation: OrganisationId,
    /// The public name.
    pub name: Name,
    /// What it is for.
    pub kind: AccountKind,
}

/// `POST /api/v1/projects`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"organisation": 1, "title": "Stoves on the outer islands", "scope": "3"}))))]
pub struct NewProject {
    /// The developer.
    pub organisation: OrganisationId,
    /// The public title.
    pub title: Title,
    /// CDM sectoral scope.
    pub scope: SectoralScope,
}

/// `POST /api/v1/issuances`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 1000}))))]
pub struct NewIssuance {
    /// The account that receives the units.
    pub account: AccountId,
    /// The project's national number.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub project: u32,
    /// Vintage: the calendar year of the mitigation.
    #[cfg_attr(feature = "openapi", schema(minimum = 1990, maximum = 2199))]
    pub year: u16,
    /// Unit type of the serial, such as `ITMO`.
    pub unit_type: UnitType,
    /// How many.
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 1, maximum = 9223372036854775807_u64)
    )]
    pub tonnes: u64,
}

/// The last millisecond of the year 9999: no later one has a text form (RFC 3339 section 1).
const MOMENT_MS_MAX: u64 = 253_402_300_799_999;

/// Reads a moment that may be left out, for bodies that have one.
///
/// # Errors
/// When it lies after the year 9999.
pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let moment = Option::<u64>::deserialize(deserializer)?;
    if moment.is_some_and(|it| it > MOMENT_MS_MAX) {
        return Err(D::Error::custom(
            "lies after the year 9999; give milliseconds since 1970",
        ));
    }
    Ok(moment)
}

/// `POST /api/v1/holds`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"account": 1, "ranges": ["GH-27-35"], "reason": "order of the High Court, suit 12/2026"}))))]
pub struct NewHold {
    /// The account that owns the ranges.
    pub account: AccountId,
    /// Whole ranges of it, as `GH-27-35`.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub ranges: Vec<UnitRange>,
    /// False places the hold, true lifts it.
    #[serde(default)]
    pub lift: bool,
    /// Why, in public words.
    pub reason: Reason,
}

/// `POST /api/v1/account-transfers`: between two accounts of this registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"from": 1, "to": 2, "units": {"tonnes": 5}}))))]
pub struct NewAccountTransfer {
    /// The account that gives.
    pub from: AccountId,
    /// The account that receives.
    pub to: AccountId,
    /// Which units: `{"tonnes": 5}` or `{"ranges": ["GH-27-35"]}`.
    pub units: Selection,
}

/// `POST /api/v1/transfers`: to a partner country.
///
/// The idempotency key is the transfer's nonce too: one wish, one transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"to": "CH", "agreement": "CH-GH-2020", "from": 1, "to_account": 7, "units": {"ranges": ["GH-27-35"]}}))))]
pub struct NewTransfer {
    /// The partner.
    pub to: Party,
    /// The agreement under which the units move.
    pub agreement: AgreementId,
    /// The account that gives.
    pub from: AccountId,
    /// The partner's account that is to receive.
    pub to_account: AccountId,
    /// Which units: `{"tonnes": 5}` or `{"ranges": ["GH-27-35"]}`.
    pub units: Selection,
    /// The destination must refuse after this moment by its own clock; 30 days from now when left out.
    #[serde(
        default,
        deserialize_with = "moment",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(maximum = 253402300799999_u64))]
    pub expiry_ms: Option<u64>,
}

/// `POST /api/v1/transfers/{id}/cancel`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"reason": "the buyer withdrew"}))))]
pub struct NewCancel {
    /// Why, in public words.
    pub reason: Reason,
}

/// `POST /api/v1/retirements`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"account": 1, "units": {"tonnes": 5}, "kind": "cancel", "purpose": "voluntary", "beneficiary": "Kumasi Brewery"}))))]
pub struct NewRetirement {
    /// The account.
    pub account: AccountId,
    /// Which units: `{"tonnes": 5}` or `{"ranges": ["GH-27-35"]}`.
    pub units: Selection,
    /// Used or cancelled.
    pub kind: RetireKind,
    /// For what.
    pub purpose: Purpose,
    /// Why, in public words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The country in whose jurisdiction they are used (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Party>,
    /// The calendar year of the NDC towards which they are used: given for ITMOs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ndc_year: Option<u16>,
    /// In whose name. It stays in this node: the ledger holds a salted hash of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Name>,
    /// The entry of the list of beneficiaries, in the place of a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_id: Option<u64>,
    /// Whether everybody may know the name.
    #[serde(default)]
    pub beneficiary_public: bool,
}

/// `GET /api/v1/invite` gives it, `POST /api/v1/partners` takes the partner's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"invite": "countersign-invite/v1\n..."}))))]
pub struct InviteText {
    /// The signed invitation file, whole.
    pub invite: String,
}

/// `POST /api/v1/agreements`, and the answer of `POST /api/v1/agreements/sign`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"agreement": "countersign-agreement/v1\n..."}))))]
pub struct AgreementText {
    /// The agreement file with the signatures that it has, whole.
    pub agreement: String,
}

/// `POST /api/v1/agreements/sign`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"draft": "countersign-agreement/v1\n..."}))))]
pub struct DraftText {
    /// The agreement file, unsigned or signed by the other Party.
    pub draft: String,
}

/// The answer of `POST /api/v1/keys/rotate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedKey {
    /// The new verifier key. Partners and trust files need it.
    pub log_key: VerifierKeyText,
    /// Checkpoints of at least this tree size are signed by it.
    pub from_size: u64,
    /// The ledger's receipt for the rotation.
    pub receipt: Receipt,
}
