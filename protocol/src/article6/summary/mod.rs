//! The Article 6 rows of the structured summary (5/CMA.3 annex II table 4; the references are paragraphs of the annex to 2/CMA.3).

mod build;

pub use build::structured_summary;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article6::{AdjustmentMethod, ElapsedYears, NdcPeriod, Ratio, UnitEvent};

/// A row of the structured summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryRow {
    /// 1: indicative multi-year trajectory, trajectories or budget.
    IndicativeTrajectory,
    /// 2: multi-year trajectory, trajectories or budget.
    MultiYearTrajectory,
    /// 3: annual emissions and removals covered by the NDC.
    CoveredEmissions,
    /// 4: the same of the portion or categories that an approach is about.
    PortionEmissions,
    /// 5: annual level of the non-GHG indicator.
    NonGhgIndicator,
    /// 6: annual quantity of ITMOs first transferred.
    FirstTransferred,
    /// 7: annual quantity of mitigation outcomes authorised for other international mitigation purposes.
    AuthorisedForOimp,
    /// 8: annual quantity of ITMOs used towards the NDC.
    UsedTowardsNdc,
    /// 9: net annual quantity of rows 6 to 8.
    NetAnnual,
    /// 10: cumulative amount of ITMOs, divided by the elapsed years.
    AverageSoFar,
    /// 11: total quantitative corresponding adjustments used for the emissions balance.
    Adjustments,
    /// 12: cumulative information on row 9.
    Cumulative,
    /// 13: annual emissions balance.
    EmissionsBalance,
    /// 14: annual adjusted non-GHG indicator.
    AdjustedIndicator,
    /// 15: any other information: certified emission reductions used towards the NDC.
    OtherInformation,
}

impl SummaryRow {
    /// Every row in order.
    pub const ALL: [Self; 15] = [
        Self::IndicativeTrajectory,
        Self::MultiYearTrajectory,
        Self::CoveredEmissions,
        Self::PortionEmissions,
        Self::NonGhgIndicator,
        Self::FirstTransferred,
        Self::AuthorisedForOimp,
        Self::UsedTowardsNdc,
        Self::NetAnnual,
        Self::AverageSoFar,
        Self::Adjustments,
        Self::Cumulative,
        Self::EmissionsBalance,
        Self::AdjustedIndicator,
        Self::OtherInformation,
    ];

    /// Its number in this list, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The paragraph of the annex to 2/CMA.3; for row 15 of the annex to 18/CMA.1.
    #[must_use]
    pub const fn paragraph(self) -> &'static str {
        match self {
            Self::IndicativeTrajectory => "7(a)(i)",
            Self::MultiYearTrajectory => "7(b)",
            Self::CoveredEmissions => "23(a)",
            Self::PortionEmissions => "23(b)",
            Self::NonGhgIndicator => "23(i)",
            Self::FirstTransferred => "23(c)",
            Self::AuthorisedForOimp => "23(d)",
            Self::UsedTowardsNdc => "23(e)",
            Self::NetAnnual => "23(f)",
            Self::AverageSoFar => "7(a)(ii)",
            Self::Adjustments => "23(g)",
            Self::Cumulative => "23(h)",
            Self::EmissionsBalance => "23(k)(i)",
            Self::AdjustedIndicator => "23(k)(ii)",
            Self::OtherInformation => "77(d)(iii)",
        }
    }

    /// What the row says, in English.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::IndicativeTrajectory => {
                "Indicative multi-year emissions trajectory, trajectories or budget"
            }
            Self::MultiYearTrajectory => "Multi-year emissions trajectory, trajectories or budget",
            Self::CoveredEmissions => "Annual emissions and removals covered by the NDC",
            Self::PortionEmissions => {
                "Annual emissions and removals from the covered portion or categories"
            }
            Self::NonGhgIndicator => "Annual level of the non-GHG indicator",
            Self::FirstTransferred => "Annual quantity of ITMOs first transferred",
            Self::AuthorisedForOimp => {
                "Annual quantity of mitigation outcomes authorised for other international mitigation purposes"
            }
            Self::UsedTowardsNdc => "Annual quantity of ITMOs used towards the NDC",
            Self::NetAnnual => "Net annual quantity of ITMOs",
            Self::AverageSoFar => "Cumulative amount of ITMOs, divided by the elapsed years",
            Self::Adjustments => "Total corresponding adjustments used for the emissions balance",
            Self::Cumulative => "Cumulative net quantity of ITMOs",
            Self::EmissionsBalance => "Annual emissions balance",
            Self::AdjustedIndicator => "Annual adjusted non-GHG indicator",
            Self::OtherInformation => "Certified emission reductions used towards the NDC",
        }
    }
}

/// By which year rows 6 to 9 and 12 count. Rows 10, 11, 13 and 14 always follow the vintage of first transfers and the year for
/// which units are used (para 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SummaryAxis {
    /// By the year in which it happened: the default.
    #[default]
    Event,
    /// By the vintage, and uses by the year for which they are made.
    Balance,
}

/// What a summary is made of.
#[derive(Clone, Debug)]
pub struct SummaryInput<'a> {
    /// The NDC implementation period.
    pub period: NdcPeriod,
    /// The method of the period.
    pub method: AdjustmentMethod,
    /// How averages are divided.
    pub elapsed: ElapsedYears,
    /// By which year quantities count.
    pub axis: SummaryAxis,
    /// The trajectory or budget, by year.
    pub trajectory: &'a BTreeMap<u16, i64>,
    /// Emissions and removals covered by the NDC, by year.
    pub levels: &'a BTreeMap<u16, i64>,
    /// Those of the portion or categories of the approaches, by year.
    pub portion: &'a BTreeMap<u16, i64>,
    /// The non-GHG indicator, by year.
    pub indicator: &'a BTreeMap<u16, i64>,
    /// Certified emission reductions used, by year: no host adjustment, no part of the balance (7/CMA.4 annex I para 22).
    pub certified: &'a BTreeMap<u16, i64>,
    /// Every event of the Party's ledger.
    pub events: &'a [UnitEvent],
}

/// The rows, each with a value for every year that has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredSummary {
    /// The period.
    pub period: NdcPeriod,
    /// Values by row and year.
    pub rows: BTreeMap<SummaryRow, BTreeMap<u16, Ratio>>,
}

impl StructuredSummary {
    /// One value.
    #[must_use]
    pub fn value(&self, row: SummaryRow, year: u16) -> Option<Ratio> {
        self.rows.get(&row)?.get(&year).copied()
    }
}
