//! Article 6 over HTTP: approaches, authorisations, NDCs, levels, reports.

use countersign_protocol::article6::{
    AdjustmentMethod, AuthorisedUse, FirstTransferDefinition, NdcPeriod,
};
use countersign_protocol::id::{AccountId, AuthorisationId, OrganisationId};
use countersign_protocol::log::Hash;
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    Article6, Authorisation, Clause, CooperativeApproach, Identification, InitialReport,
    LevelSeries, Metric, Name, NotifiedUse, YearLevel,
};
use countersign_protocol::registry::Selection;
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope};
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/cooperative-approaches`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"id": "CA0001", "title": "Ghana and Switzerland", "parties": ["CH", "GH"], "definition": "issuance"}))))]
pub struct NewApproach {
    /// Its id, which the centralised accounting and reporting platform gives.
    pub id: CooperativeApproachId,
    /// Its public name.
    pub title: Clause,
    /// The Parties, this one among them, in any order.
    #[cfg_attr(feature = "openapi", schema(min_items = 2, max_items = 16))]
    pub parties: Vec<Party>,
    /// What this Party takes for first transfer of units for other international mitigation purposes; left out where it
    /// authorises none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<FirstTransferDefinition>,
    /// The metric; tonnes of CO2 equivalent when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
}

/// `POST /api/v1/initial-reports`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"approach": "CA0001", "submitted": "2026-03-01", "reference": "https://unfccc.int/documents/1"}))))]
pub struct NewInitialReport {
    /// The approach that the report covers.
    pub approach: CooperativeApproachId,
    /// When it was submitted.
    pub submitted: Day,
    /// Where it can be found.
    pub reference: Clause,
}

/// `POST /api/v1/ndcs`: an NDC, or its target and trajectory anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"period": {"first": 2021, "last": 2030}, "method": "averaging",
    "reference": {"year": 2019, "level": 58000000}, "target": {"year": 2030, "level": 64000000}}))))]
pub struct NewNdc {
    /// The implementation period: never changed.
    pub period: NdcPeriod,
    /// How this Party adjusts: never changed (2/CMA.3 annex para 7).
    pub method: AdjustmentMethod,
    /// A least developed country.
    #[serde(default)]
    pub is_ldc: bool,
    /// A small island developing State.
    #[serde(default)]
    pub is_sids: bool,
    /// The year to which the target is compared.
    pub reference: YearLevel,
    /// The target.
    pub target: YearLevel,
    /// The trajectory or budget, in ascending years inside of the period.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 40))]
    pub trajectory: Vec<YearLevel>,
}

/// A level of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLevel {
    /// What it is of.
    pub series: LevelSeries,
    /// The calendar year.
    #[cfg_attr(feature = "openapi", schema(minimum = 1990, maximum = 2199))]
    pub year: u16,
    /// The level, in tonnes of CO2 equivalent or in the unit of the indicator.
    pub level: i64,
}

/// `POST /api/v1/levels`: levels of one source, all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"source": "National inventory report 2026", "levels": [{"series": "covered", "year": 2024, "level": 61200000}]}))))]
pub struct NewLevels {
    /// Where they come from, such as an inventory report.
    pub source: Clause,
    /// The levels.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub levels: Vec<NewLevel>,
}

/// `POST /api/v1/authorised-entities`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"approach": "CA0001", "identification": "CHE-115.635.482", "name": "KliK Foundation", "country": "CH", "date": "2026-03-01"}))))]
pub struct NewAuthorisedEntity {
    /// The approach.
    pub approach: CooperativeApproachId,
    /// Its number in the country of incorporation, for publication.
    pub identification: Identification,
    /// Its public name.
    pub name: Name,
    /// Where it is incorporated.
    pub country: Party,
    /// The organisation of this registry that it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// The date of the authorisation.
    pub date: Day,
    /// Conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Clause>,
    /// Whether and how it can be changed or revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Clause>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub information: Option<Clause>,
    /// True ends it.
    #[serde(default)]
    pub revoked: bool,
}

/// `POST /api/v1/authorisations`: a first or a further version, with the elements (a) to (n) of 4/CMA.6 para 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"id": "GH-2026-001", "approach": "CA0001", "parties": ["CH"], "date": "2026-03-01", "uses": "ndc",
    "framework": "Ghana's framework on international carbon markets, AMS-II.G", "changes": "by agreement of both Parties",
    "quantity": 500000, "vintages": {"first": 2021, "last": 2030}, "projects": [1],
    "document": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}))))]
pub struct NewAuthorisation {
    /// Its id, which the authorising Party gives: letters, digits, spaces and hyphens.
    pub id: AuthorisationId,
    /// The Party that authorises; this one when left out. A partner's is recorded as it published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// The version, counted from 1; the next one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub version: Option<u32>,
    /// (a) The cooperative approach.
    pub approach: CooperativeApproachId,
    /// (b) The Parties that may acquire and use; none: any Party of the approach.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub parties: Vec<Party>,
    /// (b) The entities that may use; none: any.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub entities: Vec<Identification>,
    /// (c) The date.
    pub date: Day,
    /// (c) The last day on which outcomes are issued under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_until: Option<Day>,
    /// (c) The last day on which units are first transferred, used or cancelled under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_until: Option<Day>,
    /// (d) The first transfer of units for other international mitigation purposes; the approach's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<FirstTransferDefinition>,
    /// (e) The uses.
    pub uses: AuthorisedUse,
    /// (e) Which of the other international mitigation purposes, such as CORSIA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oimp: Option<Identification>,
    /// (f) Regulations, standards, procedures and methodologies.
    pub framework: Clause,
    /// (g) Circumstances and process of changes.
    pub changes: Clause,
    /// (g) In which circumstances, and how, a change or revocation reaches what was first transferred; left out: it never
    /// does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Clause>,
    /// Whether this version reaches what was first transferred: only where the version before has terms for that.
    #[serde(default)]
    pub reaches_first_transferred: bool,
    /// (h) The most units that are ever first transferred under it; 0: no limit.
    #[serde(default)]
    pub quantity: u64,
    /// (i) The registry that tracks them; the Party's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistryId>,
    /// (j) The underlying registry; left out: the units are issued in the registry itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub underlying: Option<Identification>,
    /// (k) The vintages, first and last.
    pub vintages: NdcPeriod,
    /// (l) The metric; the approach's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    /// (l) Gases and their global warming potentials, where others than CO2 count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gases: Option<Clause>,
    /// (m) The sectoral scopes; none: any.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub scopes: Vec<SectoralScope>,
    /// (n) The types of activities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activities: Option<Clause>,
    /// (n) The projects here whose units come under it as they are issued; none: units are put under it one by one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub projects: Vec<u32>,
    /// Terms and conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Clause>,
    /// SHA-256 of the text that was published.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub document: Hash,
}

/// `POST /api/v1/authorisations/revoke`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"id": "GH-2026-001", "date": "2027-01-01", "reason": "the activity ended"}))))]
pub struct NewRevocation {
    /// The authorisation.
    pub id: AuthorisationId,
    /// The Party that gave it; this one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// The date.
    pub date: Day,
    /// Why, in public words.
    pub reason: Clause,
    /// Whether it ends for what was first transferred too: only where its terms say so.
    #[serde(default)]
    pub reaches_first_transferred: bool,
}

/// `POST /api/v1/unit-authorisations`: units that are here come under an authorisation of this Party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"authorisation": "GH-2026-001", "account": 1, "units": {"tonnes": 5}}))))]
pub struct NewUnitAuthorisation {
    /// The authorisation.
    pub authorisation: AuthorisationId,
    /// The account that holds the units.
    pub account: AccountId,
    /// Which units: `{"tonnes": 5}` or `{"ranges": ["GH-27-35"]}`.
    pub units: Selection,
}

/// `POST /api/v1/use-notices`: another registry told that units which left before their first transfer were used, cancelled or
/// contributed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"ranges": ["GH-27-35"], "purpose": "international_mitigation", "party": "CH", "day": "2026-05-01", "reference": "notice 12/2026"}))))]
pub struct NewUseNotice {
    /// Whole ranges that are recorded as abroad.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 64))]
    pub ranges: Vec<UnitRange>,
    /// For what: international mitigation, other purposes, overall mitigation, or the Adaptation Fund.
    pub purpose: NotifiedUse,
    /// The Party in whose registry it happened.
    pub party: Party,
    /// The day.
    pub day: Day,
    /// Where the notice can be found.
    pub reference: Clause,
}

/// What was recorded of Article 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Article6Recorded {
    /// Leaf of the first record.
    pub index: u64,
    /// The records.
    pub records: Vec<Article6>,
}

/// A cooperative approach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApproachView {
    /// The approach as the ledger records it.
    #[serde(flatten)]
    pub approach: CooperativeApproach,
    /// The last initial report that covers it; without one there are no rows of it in the annual report.
    pub initial_report: Option<InitialReport>,
}

/// A level of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LevelView {
    /// What it is of.
    pub series: LevelSeries,
    /// The calendar year.
    pub year: u16,
    /// The level, in tonnes of CO2 equivalent or in the unit of the indicator.
    pub level: i64,
}

/// The end of an authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationView {
    /// Leaf of the revocation.
    pub index: u64,
    /// Its date.
    pub date: Day,
    /// Whether it reaches what was first transferred.
    pub reaches_first_transferred: bool,
}

/// An authorisation as it counts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisationView {
    /// Its last version.
    #[serde(flatten)]
    pub authorisation: Authorisation,
    /// Leaf of that version.
    pub index: u64,
    /// Whether it counts for units that were not first transferred.
    pub in_force: bool,
    /// Its end, if it was revoked.
    pub revoked: Option<RevocationView>,
    /// Units that are under it, or were first transferred; none for the copy of a partner's.
    pub put: Option<u64>,
    /// Units that were first transferred, are on the way abroad, or are abroad and not yet used: what its quantity caps.
    pub committed: Option<u64>,
    /// Units that were first transferred under it.
    pub first_transferred: Option<u64>,
    /// Units that can still be first transferred under it; none where it sets no limit.
    pub left: Option<u64>,
}

/// An act that waits for a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposed {
    /// The proposal: somebody else approves it with `POST /api/v1/proposals/{id}`.
    pub proposal: u64,
}
