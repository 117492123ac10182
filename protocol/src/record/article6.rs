//! Records of Article 6: approaches, authorisations, NDCs, levels of emissions, and units under authorisations.

use serde::{Deserialize, Serialize};

use crate::article6::{
    AdjustmentMethod, AuthorisedUse, FirstTransferDefinition, NdcPeriod, TransferEvent,
};
use crate::id::{AuthorisationId, OrganisationId, Text};
use crate::log::Hash;
use crate::party::{Party, RegistryId};
use crate::period::Day;
use crate::record::{ActedBy, Name, Purpose};
use crate::serial::{CooperativeApproachId, SectoralScope};
use crate::units::UnitRange;

/// A clause of an authorisation: public, at most 256 bytes.
pub type Clause = Text<256>;
/// The number under which an entity is registered in its country: public, at most 64 bytes.
pub type Identification = Text<64>;
/// The name of a unit of measure, such as `MWh`: at most 32 bytes.
pub type MetricUnit = Text<32>;

/// The most entities that one authorisation names, and the most projects.
pub const MAX_NAMED: usize = 16;

/// The most years of one trajectory.
pub const MAX_TRAJECTORY: usize = 40;

/// How many approve a record of Article 6 under a process.
pub const ARTICLE6_APPROVALS: usize = 2;

/// Something of Article 6 that is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Article6 {
    /// A cooperative approach.
    CooperativeApproach(CooperativeApproach),
    /// The initial report of an approach was submitted.
    InitialReport(InitialReport),
    /// An NDC.
    Ndc(Ndc),
    /// A level of emissions, of an indicator, or of certified emission reductions used.
    EmissionsLevel(EmissionsLevel),
    /// An entity is authorised, or no longer.
    AuthorisedEntity(AuthorisedEntity),
    /// A version of an authorisation.
    Authorisation(Box<Authorisation>),
    /// An authorisation ends.
    AuthorisationRevoked(AuthorisationRevoked),
    /// Units are put under an authorisation.
    UnitsAuthorised(UnitsAuthorised),
    /// Another registry told of a use.
    UseNotified(UseNotified),
}

impl Article6 {
    /// The kind's name in `record.proto`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CooperativeApproach(_) => "cooperative_approach",
            Self::InitialReport(_) => "initial_report",
            Self::Ndc(_) => "ndc",
            Self::EmissionsLevel(_) => "emissions_level",
            Self::AuthorisedEntity(_) => "authorised_entity",
            Self::Authorisation(_) => "authorisation",
            Self::AuthorisationRevoked(_) => "authorisation_revoked",
            Self::UnitsAuthorised(_) => "units_authorised",
            Self::UseNotified(_) => "use_notified",
        }
    }

    /// The same in the name of others.
    #[must_use]
    pub fn approved_by(mut self, by: Vec<ActedBy>) -> Self {
        let place = match &mut self {
            Self::CooperativeApproach(it) => &mut it.by,
            Self::InitialReport(it) => &mut it.by,
            Self::Ndc(it) => &mut it.by,
            Self::EmissionsLevel(it) => &mut it.by,
            Self::AuthorisedEntity(it) => &mut it.by,
            Self::Authorisation(it) => &mut it.by,
            Self::AuthorisationRevoked(it) => &mut it.by,
            Self::UnitsAuthorised(it) => &mut it.by,
            Self::UseNotified(it) => &mut it.by,
        };
        *place = by;
        self
    }

    /// Who approved it: nobody where no process has a say, else two different users of the authority.
    #[must_use]
    pub fn by(&self) -> &[ActedBy] {
        match self {
            Self::CooperativeApproach(it) => &it.by,
            Self::InitialReport(it) => &it.by,
            Self::Ndc(it) => &it.by,
            Self::EmissionsLevel(it) => &it.by,
            Self::AuthorisedEntity(it) => &it.by,
            Self::Authorisation(it) => &it.by,
            Self::AuthorisationRevoked(it) => &it.by,
            Self::UnitsAuthorised(it) => &it.by,
            Self::UseNotified(it) => &it.by,
        }
    }
}

/// In what an approach counts (4/CMA.6 para 5(l)).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Tonnes of CO2 equivalent.
    Ghg,
    /// Another metric.
    NonGhg {
        /// Its unit of measure.
        unit: MetricUnit,
        /// So many of them stand for one tonne: choose a unit small enough for a whole number.
        per_tonne: u32,
    },
}

/// A cooperative approach that this Party takes part in. Recording it makes its rules binding here: units then leave under it
/// only when they are authorised.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CooperativeApproach {
    /// Its id, which the centralised accounting and reporting platform gives.
    pub id: CooperativeApproachId,
    /// Its public name.
    pub title: Clause,
    /// The Parties, strictly ascending.
    pub parties: Vec<Party>,
    /// What this Party takes for first transfer of units for other international mitigation purposes, the same in every
    /// authorisation (4/CMA.6 para 15); `None` where it authorises none.
    pub definition: Option<FirstTransferDefinition>,
    /// The metric.
    pub metric: Metric,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// The initial report, or an updated one, covers an approach (2/CMA.3 annex paras 18 and 19).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InitialReport {
    /// The approach.
    pub approach: CooperativeApproachId,
    /// When it was submitted.
    pub submitted: Day,
    /// Where it can be found.
    pub reference: Clause,
    /// Who recorded it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// A level of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct YearLevel {
    /// The calendar year.
    pub year: u16,
    /// The level, in tonnes of CO2 equivalent.
    pub level: i64,
}

/// A nationally determined contribution. Its years and its method never change; the rest may be recorded anew.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ndc {
    /// The implementation period.
    pub period: NdcPeriod,
    /// How this Party adjusts, over the whole period (2/CMA.3 annex para 7).
    pub method: AdjustmentMethod,
    /// A least developed country.
    pub is_ldc: bool,
    /// A small island developing State.
    pub is_sids: bool,
    /// The year to which the target is compared.
    pub reference: YearLevel,
    /// The target.
    pub target: YearLevel,
    /// The trajectory or budget, strictly ascending years inside of the period.
    pub trajectory: Vec<YearLevel>,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// What a level is of (5/CMA.3 annex II table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LevelSeries {
    /// Emissions and removals covered by the NDC: row 3.
    Covered,
    /// Those of the portion or categories of the approaches: row 4.
    Portion,
    /// The non-GHG indicator: row 5.
    Indicator,
    /// Certified emission reductions used towards the NDC: row 15.
    Certified,
}

impl LevelSeries {
    /// Every series, in their order.
    pub const ALL: [Self; 4] = [
        Self::Covered,
        Self::Portion,
        Self::Indicator,
        Self::Certified,
    ];

    /// The last one in their order.
    pub(crate) const LAST: Self = Self::Certified;
}

/// A level of a calendar year; a later record of the same year takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmissionsLevel {
    /// What it is of.
    pub series: LevelSeries,
    /// The calendar year.
    pub year: u16,
    /// The level, in tonnes of CO2 equivalent or in the unit of the indicator.
    pub level: i64,
    /// Where it comes from, such as an inventory report.
    pub source: Clause,
    /// Who recorded it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// An entity is authorised under an approach (4/CMA.6 para 3(c)), or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisedEntity {
    /// The approach.
    pub approach: CooperativeApproachId,
    /// Its number in the country of incorporation.
    pub identification: Identification,
    /// Its public name.
    pub name: Name,
    /// Where it is incorporated.
    pub country: Party,
    /// The organisation here that it is; `None` where it has no account here.
    pub organisation: Option<OrganisationId>,
    /// The date of the authorisation.
    pub date: Day,
    /// Conditions.
    pub conditions: Option<Clause>,
    /// Whether and how it can be changed or revoked.
    pub changes: Option<Clause>,
    /// Anything else.
    pub information: Option<Clause>,
    /// True ends it.
    pub revoked: bool,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// A version of an authorisation, with the elements (a) to (n) of 4/CMA.6 para 5. Versions are only ever added.
///
/// A ledger also keeps those that a partner country gave for units which come from there, as the partner published them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authorisation {
    /// Its id, which the authorising Party gives.
    pub id: AuthorisationId,
    /// The Party that authorises: this one, or a partner of the approach.
    pub party: Party,
    /// Counted from 1 without gaps.
    pub version: u32,
    /// (a) The cooperative approach.
    pub approach: CooperativeApproachId,
    /// (b) The Parties that may acquire and use, strictly ascending; none: any Party of the approach.
    pub parties: Vec<Party>,
    /// (b) The entities that may use, strictly ascending; none: any.
    pub entities: Vec<Identification>,
    /// (c) The date.
    pub date: Day,
    /// (c) The last day on which outcomes are issued under it.
    pub issue_until: Option<Day>,
    /// (c) The last day on which units are first transferred, or used or cancelled for a purpose, under it.
    pub use_until: Option<Day>,
    /// (d) The first transfer of units for other international mitigation purposes: what the approach says, where the uses
    /// cover such purposes.
    pub definition: Option<FirstTransferDefinition>,
    /// (e) The uses.
    pub uses: AuthorisedUse,
    /// (e) Which of the other international mitigation purposes, such as CORSIA.
    pub oimp: Option<Identification>,
    /// (f) Regulations, standards, procedures and methodologies.
    pub framework: Clause,
    /// (g) Circumstances and process of changes.
    pub changes: Clause,
    /// (g) In which circumstances, and how, a change or revocation reaches what was first transferred; `None`: it never does
    /// (4/CMA.6 paras 7 to 9).
    pub reach: Option<Clause>,
    /// Whether this version reaches what was first transferred: only where the version before has terms for that.
    pub reaches_first_transferred: bool,
    /// (h) The most units that are ever first transferred under it; 0: no limit.
    pub quantity: u64,
    /// (i) The registry that tracks them.
    pub registry: RegistryId,
    /// (j) The underlying registry; `None`: the units are issued in the registry itself.
    pub underlying: Option<Identification>,
    /// (k) The vintages, first and last.
    pub vintages: NdcPeriod,
    /// (l) The metric.
    pub metric: Metric,
    /// (l) Gases and their global warming potentials, where others than CO2 count.
    pub gases: Option<Clause>,
    /// (m) The sectoral scopes, strictly ascending; none: any.
    pub scopes: Vec<SectoralScope>,
    /// (n) The types of activities.
    pub activities: Option<Clause>,
    /// (n) The projects here, strictly ascending: their units come under it as they are issued. None: units are put under it
    /// one by one.
    pub projects: Vec<u32>,
    /// Terms and conditions.
    pub terms: Option<Clause>,
    /// SHA-256 of the text that was published.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub document: Hash,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// An authorisation ends for everything that was not first transferred.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisationRevoked {
    /// The authorisation.
    pub id: AuthorisationId,
    /// The Party that gave it.
    pub party: Party,
    /// The date.
    pub date: Day,
    /// Why.
    pub reason: Clause,
    /// Whether it ends for what was first transferred too: only where its terms say so.
    pub reaches_first_transferred: bool,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// Whole ranges that are here and were not first transferred come under an authorisation of this Party.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitsAuthorised {
    /// The authorisation.
    pub authorisation: AuthorisationId,
    /// Whole ranges.
    pub ranges: Vec<UnitRange>,
    /// Who approved it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// What another registry tells of units that left before their first transfer, and that is their first transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotifiedUse {
    /// Used or cancelled for international mitigation purposes other than an NDC (4/CMA.6 para 13).
    InternationalMitigation,
    /// Used or cancelled for other purposes (4/CMA.6 para 13).
    OtherPurposes,
    /// Cancelled for overall mitigation in global emissions (4/CMA.6 para 17).
    OverallMitigation,
    /// Contributed to the Adaptation Fund (4/CMA.6 para 16).
    AdaptationFund,
}

impl NotifiedUse {
    /// Every value.
    pub const ALL: [Self; 4] = [
        Self::InternationalMitigation,
        Self::OtherPurposes,
        Self::OverallMitigation,
        Self::AdaptationFund,
    ];

    /// What it is, as far as the first transfer goes.
    #[must_use]
    pub const fn event(self) -> TransferEvent {
        match self {
            Self::InternationalMitigation => TransferEvent::UseForImp,
            Self::OtherPurposes => TransferEvent::UseForOp,
            Self::OverallMitigation => TransferEvent::OverallMitigation,
            Self::AdaptationFund => TransferEvent::AdaptationFund,
        }
    }

    /// For what the units were used or cancelled; `None` for a contribution, which ends nothing.
    #[must_use]
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::InternationalMitigation => Some(Purpose::InternationalMitigation),
            Self::OtherPurposes => Some(Purpose::OtherPurposes),
            Self::OverallMitigation => Some(Purpose::OverallMitigation),
            Self::AdaptationFund => None,
        }
    }

    /// The notice that such an end of units is; `None` where the end is no first transfer.
    #[must_use]
    pub const fn of_end(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::InternationalMitigation => Some(Self::InternationalMitigation),
            Purpose::OtherPurposes => Some(Self::OtherPurposes),
            Purpose::OverallMitigation => Some(Self::OverallMitigation),
            Purpose::Ndc | Purpose::Voluntary => None,
        }
    }
}

/// Another registry told that units which left before their first transfer were used or cancelled there for other international
/// mitigation purposes or overall mitigation, or contributed to the Adaptation Fund: that is their first transfer (4/CMA.6
/// paras 13, 16 and 17).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UseNotified {
    /// Whole ranges that are recorded as abroad.
    pub ranges: Vec<UnitRange>,
    /// For what.
    pub purpose: NotifiedUse,
    /// The Party in whose registry it happened.
    pub party: Party,
    /// The day.
    pub day: Day,
    /// Where the notice can be found.
    pub reference: Clause,
    /// Who recorded it.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}
