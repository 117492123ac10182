//! What a registry knows of a project, taken out of the forms that people hand in.
//!
//! A form of a country's process includes the fields of [`FRAGMENT`] by name (see `workflow::fragment`): those that it asks,
//! narrowed where the country wants less, with the country's own fields beside them. Whatever the process, the same field
//! means the same, so that lists, maps, reports and bridges read one type. The forms stay in the node; the ledger carries
//! commitments to them.

mod faults;
pub mod geometry;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::period::Day;
use crate::serial::SectoralScope;
use crate::workflow::{FormError, fragment};

pub use faults::faults;
pub use geometry::{Bounds, Geometry, Polygon, Position};

/// The fragment that this type reads.
pub const FRAGMENT: &str = "project/1";

/// A project as its forms describe it. Every field is optional: a process asks what it needs, and not all at once.
///
/// Owners and their exact parts are not here: they stand in the ledger, on the project's case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Description {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The sector, out of the fragment's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// The sectoral scope of the CDM.
    #[serde(skip_serializing_if = "Option::is_none", with = "scope_number")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>, minimum = 1, maximum = 16))]
    pub sectoral_scope: Option<SectoralScope>,
    /// Types of mitigation, out of the fragment's list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mitigation_types: Vec<String>,
    /// The greenhouse gases that it reduces or removes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gases: Vec<String>,
    /// The assessment report whose global warming potentials (100 years) turn them into CO2 equivalent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gwp_set: Option<String>,
    /// The first day of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Day>,
    /// The last day of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Day>,
    /// Tonnes of CO2 equivalent a year, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate_per_year: Option<u64>,
    /// Its ids elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
    /// Projects that it has to do with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_projects: Vec<RelatedProject>,
    /// Where it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// By which methodologies it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methodologies: Vec<Methodology>,
    /// The crediting period that it asks for. Those that were opened stand in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crediting_period: Option<CreditingPeriod>,
    /// Estimates by year.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub estimates: Vec<Estimate>,
    /// Benefits for sustainable development.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub co_benefits: Vec<CoBenefit>,
    /// Risks and what is done about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safeguards: Vec<Safeguard>,
    /// What rating agencies say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// Its place in the nationally determined contribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ndc: Option<NdcLink>,
}

/// An id in another registry or programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExternalId {
    /// The registry.
    pub registry: String,
    /// The id there.
    pub id: String,
}

/// A project that this one has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelatedProject {
    /// How, out of the fragment's list.
    pub kind: String,
    /// Where the other is registered.
    pub registry: String,
    /// Its id there.
    pub id: String,
}

/// A place of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Location {
    /// Its name.
    pub place: String,
    /// Region or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// District.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// A point or an outline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Geometry>,
}

/// A methodology in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Methodology {
    /// Its code, such as AMS-II.G.
    pub code: String,
    /// Its version.
    pub version: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The programme that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
}

/// A crediting period as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditingPeriod {
    /// The first day.
    pub start: Day,
    /// The last day, within.
    pub end: Day,
    /// `fixed` or `renewable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How long what is built will run, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime_years: Option<u16>,
}

/// What is expected of one year, in tonnes of CO2 equivalent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimate {
    /// The year.
    pub vintage: u16,
    /// Net reductions or removals.
    pub tonnes: u64,
    /// Emissions without the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<u64>,
    /// Emissions with the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<u64>,
    /// Emissions that move elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leakage: Option<u64>,
}

/// A benefit for sustainable development.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoBenefit {
    /// The sustainable development goal, 1 to 17.
    pub goal: u8,
    /// By what it is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// The value that is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A risk, and what is done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Safeguard {
    /// About what, out of the fragment's list.
    pub topic: String,
    /// How large the risk is, out of the fragment's list.
    pub risk: String,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<String>,
}

/// What a rating agency says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rating {
    /// The agency.
    pub agency: String,
    /// Its rating.
    pub rating: String,
    /// The lowest of its scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<String>,
    /// The highest of its scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<String>,
    /// When it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A project's place in the nationally determined contribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NdcLink {
    /// `inside`, `outside` or `unknown`.
    pub coverage: String,
    /// `unconditional` or `conditional`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The measure that it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
}

impl Description {
    /// Takes a form apart. Fields that are the country's own are left aside.
    ///
    /// # Errors
    /// Every fault of the fragment's fields, each by JSON Pointer; never an empty list.
    pub fn read(form: &Value) -> Result<Self, Vec<FormError>> {
        Self::of_forms(std::iter::once(form))
    }

    /// What several forms of one project say together, oldest first: a field of a later form takes the place of the same
    /// field of an earlier one.
    ///
    /// # Errors
    /// As [`Description::read`].
    pub fn of_forms<'a>(
        forms: impl IntoIterator<Item = &'a Value>,
    ) -> Result<Self, Vec<FormError>> {
        let wrong = |message: &str| vec![FormError::wrong(String::new(), message.to_owned())];
        let fragment = fragment(FRAGMENT).ok_or_else(|| wrong("its version is not known here"))?;
        let mut fields = Map::new();
        for form in forms {
            let form = form
                .as_object()
                .ok_or_else(|| wrong("is not a group of fields; give one"))?;
            let known = form
                .iter()
                .filter(|(name, _)| fragment.field(name).is_some());
            fields.extend(known.map(|(name, value)| (name.clone(), value.clone())));
        }
        let fields = Value::Object(fields);
        let mut errors = fragment.shape_errors(&fields);
        if errors.is_empty() {
            errors = faults(&fields);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        serde_json::from_value(fields).map_err(|error| wrong(&error.to_string()))
    }

    /// The tonnes of all estimated years together.
    #[must_use]
    pub fn estimated_tonnes(&self) -> u64 {
        let tonnes = self.estimates.iter().map(|it| it.tonnes);
        tonnes.fold(0, u64::saturating_add)
    }
}

/// Forms write a sectoral scope as a number.
mod scope_number {
    use super::SectoralScope;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        scope: &Option<SectoralScope>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match scope {
            Some(scope) => serializer.serialize_u8(scope.number()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SectoralScope>, D::Error> {
        let number: Option<u8> = Option::deserialize(deserializer)?;
        number
            .map(|number| number.to_string().parse().map_err(serde::de::Error::custom))
            .transpose()
    }
}
