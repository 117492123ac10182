//! Implementation periods of nationally determined contributions, and the dates that follow from them.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::period::Day;
use crate::serial::{YEAR_MAX, YEAR_MIN};

/// The first vintage of an ITMO: mitigation from 2021 on (2/CMA.3 annex para 1(e)).
pub const FIRST_VINTAGE: u16 = 2021;

/// The year of the first biennial transparency report; the next ones follow every second year (18/CMA.1 para 3).
const FIRST_REPORT: u16 = 2024;

/// How many years a report's inventory lies behind at most (18/CMA.1 annex para 58); three for Parties that use the
/// flexibility of that paragraph.
pub const INVENTORY_LAG_YEARS: u16 = 2;

/// The years in which an NDC is implemented, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "Years")]
pub struct NdcPeriod {
    /// The first calendar year.
    first: u16,
    /// The last calendar year.
    last: u16,
}

/// A period before it was checked.
#[derive(Deserialize)]
struct Years {
    first: u16,
    last: u16,
}

impl TryFrom<Years> for NdcPeriod {
    type Error = NdcFault;

    fn try_from(Years { first, last }: Years) -> Result<Self, NdcFault> {
        Self::new(first, last)
    }
}

/// Why years make no NDC period, or why a vintage or use does not fit one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NdcFault {
    /// The period ends before it begins, or lies outside of the years that are read.
    #[error(
        "{first} to {last} is no NDC implementation period: give the first year first, from {YEAR_MIN} to {YEAR_MAX}"
    )]
    Period {
        /// The first year given.
        first: u16,
        /// The last year given.
        last: u16,
    },
    /// The vintage is too old for an ITMO.
    #[error(
        "vintage {0} is before {FIRST_VINTAGE}: only mitigation from {FIRST_VINTAGE} on becomes an ITMO"
    )]
    Vintage(u16),
    /// The use year and the vintage are of different implementation periods.
    #[error(
        "vintage {vintage} can not be used for {year}: both must lie in one NDC implementation period, here {first} to {last}"
    )]
    OtherPeriod {
        /// The vintage.
        vintage: u16,
        /// The year for which the units would be used.
        year: u16,
        /// The first year of the period.
        first: u16,
        /// The last year of the period.
        last: u16,
    },
}

impl NdcPeriod {
    /// The period from one year to another.
    ///
    /// # Errors
    /// [`NdcFault::Period`] when it ends before it begins or lies outside of the years that serials know.
    pub const fn new(first: u16, last: u16) -> Result<Self, NdcFault> {
        if first < YEAR_MIN || last > YEAR_MAX || last < first {
            return Err(NdcFault::Period { first, last });
        }
        Ok(Self { first, last })
    }

    /// The first year.
    #[must_use]
    pub const fn first(self) -> u16 {
        self.first
    }

    /// The last year.
    #[must_use]
    pub const fn last(self) -> u16 {
        self.last
    }

    /// Every year.
    #[must_use]
    pub const fn years(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    /// How many years.
    #[must_use]
    pub const fn length(self) -> u16 {
        self.last - self.first + 1
    }

    /// Whether a year is one of them.
    #[must_use]
    pub const fn contains(self, year: u16) -> bool {
        self.first <= year && year <= self.last
    }

    /// Whether two periods share a year.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether units of a vintage may be used for a year: both in this period (2/CMA.3 annex para 8(b)).
    ///
    /// # Errors
    /// [`NdcFault::Vintage`] before 2021, [`NdcFault::OtherPeriod`] outside of the period.
    pub const fn may_use(self, vintage: u16, year: u16) -> Result<(), NdcFault> {
        if vintage < FIRST_VINTAGE {
            return Err(NdcFault::Vintage(vintage));
        }
        if self.contains(vintage) && self.contains(year) {
            return Ok(());
        }
        Err(NdcFault::OtherPeriod {
            vintage,
            year,
            first: self.first,
            last: self.last,
        })
    }

    /// The due year of the first biennial transparency report that has information on the period's last year, when an
    /// inventory lies `lag_years` behind.
    #[must_use]
    pub const fn end_year_report(self, lag_years: u16) -> u16 {
        let earliest = self.last.saturating_add(lag_years);
        if earliest <= FIRST_REPORT {
            return FIRST_REPORT;
        }
        earliest + (earliest - FIRST_REPORT) % 2
    }

    /// The last day on which a first transfer for other international mitigation purposes of units of this period can be
    /// recorded: 31 December of the year before the report with end-year information (4/CMA.6 para 14).
    #[must_use]
    pub fn oimp_back_stop(self, lag_years: u16) -> Day {
        let year = self.end_year_report(lag_years) - 1;
        // A year that a period can have, always with four digits.
        format!("{year:04}-12-31").parse().unwrap_or(Day::LAST)
    }
}
