//! Balances and the structured summary out of the book.

use std::collections::BTreeMap;

use crate::article6::{
    AdjustmentTerms, Book, CrossCheck, ElapsedYears, MetricKind, NetOfUses, PeriodBalance,
    StructuredSummary, SummaryAxis, SummaryInput, UnitEvent, adjust, cross_check, net_of_uses,
    structured_summary,
};
use crate::record::{LevelSeries, Ndc};

/// What is left open by the decisions, for a summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SummaryTerms {
    /// How averages are divided.
    pub elapsed: ElapsedYears,
    /// By which year quantities count.
    pub axis: SummaryAxis,
}

impl Book {
    /// Compares this book with a partner's, both ways; `None` where one of them has no record yet.
    ///
    /// The partner's book is read from its ledger, as this country has it under the witnesses' signatures.
    #[must_use]
    pub fn cross_check(&self, partner: &Self) -> Option<CrossCheck> {
        let (own, other) = (self.party()?, partner.party()?);
        Some(cross_check(
            (own, &self.events()),
            (other, &partner.events()),
        ))
    }

    /// What uses towards NDCs of units of these two Parties add and take off over both books.
    ///
    /// Zero where every unit that one of them used was first transferred once and used once; a unit of a third Party is that
    /// Party's to add.
    #[must_use]
    pub fn net_of_uses(&self, partner: &Self) -> NetOfUses {
        let origins = [self.party(), partner.party()];
        let events = [self.events(), partner.events()];
        let of_the_two = |it: &&UnitEvent| origins.contains(&Some(it.units.origin()));
        net_of_uses(events.iter().flatten().filter(of_the_two))
    }

    /// Every NDC, by its first year.
    pub fn ndcs(&self) -> impl Iterator<Item = &Ndc> {
        self.ndcs.values()
    }

    /// The NDC whose period has a year.
    #[must_use]
    pub fn ndc_of(&self, year: u16) -> Option<&Ndc> {
        let last = self.ndcs.range(..=year).next_back();
        last.map(|(_, ndc)| ndc)
            .filter(|ndc| ndc.period.contains(year))
    }

    fn levels_of(&self, series: LevelSeries) -> &BTreeMap<u16, i64> {
        const NONE: &BTreeMap<u16, i64> = &BTreeMap::new();
        self.levels.get(&series).unwrap_or(NONE)
    }

    /// The emissions balance of the NDC period that has a year, all of its years computed again; `None` without an NDC.
    #[must_use]
    pub fn balance(&self, year: u16, elapsed: ElapsedYears) -> Option<PeriodBalance> {
        let ndc = self.ndc_of(year)?;
        let terms = AdjustmentTerms {
            period: ndc.period,
            method: ndc.method,
            metric: MetricKind::Ghg,
            elapsed,
        };
        let levels = self.levels_of(LevelSeries::Covered);
        Some(adjust(&terms, levels, &self.events()))
    }

    /// The structured summary of the NDC period that has a year; `None` without an NDC.
    #[must_use]
    pub fn summary(&self, year: u16, terms: SummaryTerms) -> Option<StructuredSummary> {
        let ndc = self.ndc_of(year)?;
        let trajectory = ndc
            .trajectory
            .iter()
            .map(|it| (it.year, it.level))
            .collect();
        let events = self.events();
        Some(structured_summary(&SummaryInput {
            period: ndc.period,
            method: ndc.method,
            elapsed: terms.elapsed,
            axis: terms.axis,
            trajectory: &trajectory,
            levels: self.levels_of(LevelSeries::Covered),
            portion: self.levels_of(LevelSeries::Portion),
            indicator: self.levels_of(LevelSeries::Indicator),
            certified: self.levels_of(LevelSeries::Certified),
            events: &events,
        }))
    }
}
