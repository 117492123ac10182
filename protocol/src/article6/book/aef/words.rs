//! The words of the format for what a ledger records.

use std::collections::BTreeMap;

use crate::article6::aef::nomenclature::{Nomenclature, words};
use crate::article6::aef::value::{
    ActionType, Decimal, Field, List, Metric as AefMetric, Timeframe,
};
use crate::article6::{AuthorisedUse, FirstTransferDefinition, TransferEvent, UnitEventKind};
use crate::period::Day;
use crate::record::{Authorisation, Metric, Purpose};
use crate::serial::SectoralScope;

/// How the sectoral scopes of the registry are called in the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The sector of a scope.
    pub sectors: BTreeMap<SectoralScope, String>,
    /// The mitigation type of a scope; emission reductions for the others.
    pub mitigation_types: BTreeMap<SectoralScope, String>,
}

impl Mapping {
    /// The mitigation type of a scope, as the format calls it.
    #[must_use]
    pub fn mitigation_type(&self, scope: SectoralScope) -> &str {
        let kind = self.mitigation_types.get(&scope);
        kind.map_or(words::EMISSION_REDUCTIONS, String::as_str)
    }
}

impl Default for Mapping {
    /// The proposal that comes with the program: a country changes what does not suit it, such as scope 3 (energy demand), which
    /// the format divides between buildings and industry.
    fn default() -> Self {
        let sector = |scope: SectoralScope| match scope.number() {
            1 | 2 | 10 => "Energy generation",
            3 | 6 => "Building and construction",
            7 => "Transportation",
            13 => "Waste management",
            14 => "Forestry and land use",
            15 => "Agriculture",
            _ => "Industrial processes",
        };
        let kinds = |scope: SectoralScope| match scope.number() {
            14 => Some((scope, "Emission reductions and removals".to_owned())),
            16 => Some((scope, words::REMOVALS.to_owned())),
            _ => None,
        };
        Self {
            sectors: SectoralScope::all()
                .map(|scope| (scope, sector(scope).to_owned()))
                .collect(),
            mitigation_types: SectoralScope::all().filter_map(kinds).collect(),
        }
    }
}

/// Action type and subtype of what happened (4/CMA.6 annex II, Table 3).
pub(super) const fn kind_words(kind: UnitEventKind) -> (ActionType, Option<&'static str>) {
    match kind {
        UnitEventKind::Authorised => (ActionType::Authorisation, None),
        UnitEventKind::FirstTransferred { by, .. } => {
            (ActionType::FirstTransfer, Some(first_transfer_word(by)))
        }
        UnitEventKind::Transferred { to: Some(_) } => (ActionType::Transfer, None),
        UnitEventKind::Transferred { to: None } => {
            (ActionType::Transfer, Some(words::VOLUNTARY_ADAPTATION))
        }
        UnitEventKind::Acquired { .. } => (ActionType::Acquisition, None),
        UnitEventKind::UsedTowardsNdc { .. } => (ActionType::Use, None),
        UnitEventKind::Ended { by } | UnitEventKind::PartnersFirstTransfer { by } => match by {
            // Without its calendar year, from before this ledger knew the approach: the check of the format asks for it.
            TransferEvent::UseTowardsNdc => (ActionType::Use, None),
            TransferEvent::OverallMitigation => (
                ActionType::VoluntaryCancellation,
                Some(words::VOLUNTARY_OMGE),
            ),
            TransferEvent::OtherCancellation => (
                ActionType::VoluntaryCancellation,
                Some(words::OTHER_CANCELLATIONS),
            ),
            TransferEvent::AdaptationFund => {
                (ActionType::Transfer, Some(words::VOLUNTARY_ADAPTATION))
            }
            _ => (ActionType::Cancellation, Some(words::OTHER_CANCELLATIONS)),
        },
    }
}

const fn first_transfer_word(by: TransferEvent) -> &'static str {
    match by {
        TransferEvent::Authorisation => words::AUTHORIZATION,
        TransferEvent::Issuance => words::ISSUANCE,
        TransferEvent::UseForImp | TransferEvent::UseForOp | TransferEvent::UseTowardsNdc => {
            words::USE_OR_CANCELLATION
        }
        TransferEvent::OverallMitigation => words::VOLUNTARY_OMGE,
        TransferEvent::AdaptationFund => words::VOLUNTARY_ADAPTATION,
        TransferEvent::MechanismShare => words::MANDATORY_OMGE,
        TransferEvent::InternationalTransfer => words::TO_ANOTHER_PARTY,
        TransferEvent::OtherCancellation => words::OTHER_CANCELLATIONS,
    }
}

pub(super) const fn purpose_word(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::InternationalMitigation => Some(words::IMP),
        Purpose::OtherPurposes => Some(words::OP),
        Purpose::Ndc | Purpose::OverallMitigation | Purpose::Voluntary => None,
    }
}

pub(super) fn definition_word(definition: FirstTransferDefinition) -> String {
    match definition {
        FirstTransferDefinition::Authorisation => words::AUTHORIZATION,
        FirstTransferDefinition::Issuance => words::ISSUANCE,
        FirstTransferDefinition::UseOrCancellation => words::USE_OR_CANCELLATION,
        FirstTransferDefinition::FirstInternationalTransfer => words::FIRST_INTERNATIONAL_TRANSFER,
    }
    .to_owned()
}

/// What other international mitigation purposes there are; the uses alone where the authorisation says no more.
pub(super) fn oimp(it: &Authorisation) -> Field<String> {
    match (&it.oimp, it.uses) {
        (_, AuthorisedUse::Ndc) => Field::NotApplicable,
        (Some(oimp), _) => Field::Is(oimp.to_string()),
        (None, uses) if uses.covers_imp() => Field::Is(words::IMP.to_owned()),
        (None, _) => Field::Is(words::OP.to_owned()),
    }
}

pub(super) fn timeframe(it: &Authorisation) -> Option<Timeframe> {
    let (first, last) = (it.vintages.first(), it.vintages.last());
    match it.use_until {
        None => Some(Timeframe::Years(first, last)),
        Some(until) => {
            let day = |year: u16, rest: &str| format!("{year:04}-{rest}").parse::<Day>().ok();
            Some(Timeframe::Days {
                occurred: (day(first, "01-01")?, day(last, "12-31")?),
                used: (it.date, until),
            })
        }
    }
}

pub(super) const fn metric_word(metric: &Metric) -> AefMetric {
    match metric {
        Metric::Ghg => AefMetric::Ghg,
        Metric::NonGhg { .. } => AefMetric::NonGhg,
    }
}

pub(super) fn metric_unit(metric: &Metric) -> Option<&str> {
    match metric {
        Metric::Ghg => None,
        Metric::NonGhg { unit, .. } => Some(unit.as_str()),
    }
}

pub(super) fn in_metric(metric: &Metric, tonnes: u64) -> Decimal {
    match metric {
        Metric::Ghg => tonnes.into(),
        Metric::NonGhg { per_tonne, .. } => tonnes.saturating_mul(u64::from(*per_tonne)).into(),
    }
}

/// A text of the ledger as a cell holds it; `NA` where there is none.
pub(super) fn text_or_na(text: Option<impl AsRef<str>>) -> Field<String> {
    text.map_or(Field::NotApplicable, |it| it.as_ref().into())
}

/// Several texts in one cell; `NA` where there are none.
pub(super) fn joined(texts: impl IntoIterator<Item = Option<String>>) -> Field<String> {
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    text_or_na((!texts.is_empty()).then(|| texts.join("; ")))
}

/// The activity types of an authorisation: the codes of the list, and what is in no list, which goes into the explanation.
pub(super) fn activities(it: &Authorisation) -> (Field<List>, Option<String>) {
    let Some(said) = &it.activities else {
        return (Field::NotApplicable, None);
    };
    let parts = said.as_str().split([',', ';']).map(str::trim);
    let (mut codes, mut others) = (Vec::new(), Vec::new());
    for part in parts.filter(|part| !part.is_empty()) {
        match Nomenclature::find("activity-type", part) {
            Some(found) => codes.push(found.code().value.clone()),
            None => others.push(part),
        }
    }
    let others = (!others.is_empty()).then(|| format!("Activities: {}", others.join(", ")));
    ((!codes.is_empty()).then_some(List(codes)).into(), others)
}
