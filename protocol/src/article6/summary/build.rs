//! From levels and events to the rows.

use std::collections::BTreeMap;

use crate::article6::ranges::Units;
use crate::article6::{
    AdjustmentMethod, AdjustmentTerms, MetricKind, Ratio, StructuredSummary, SummaryAxis,
    SummaryInput, SummaryRow, UnitEvent, UnitEventKind, adjust,
};

type ByYear = BTreeMap<u16, Ratio>;

/// The rows of a period, recomputed from everything that is known. A row that says nothing of the Party (such as row 14 without
/// a non-GHG indicator) has no values.
#[must_use]
pub fn structured_summary(input: &SummaryInput<'_>) -> StructuredSummary {
    let mut rows = BTreeMap::new();
    let trajectory = match input.method {
        AdjustmentMethod::MultiYear => SummaryRow::MultiYearTrajectory,
        AdjustmentMethod::Trajectory | AdjustmentMethod::Averaging => {
            SummaryRow::IndicativeTrajectory
        }
    };
    for (row, levels) in [
        (trajectory, input.trajectory),
        (SummaryRow::CoveredEmissions, input.levels),
        (SummaryRow::PortionEmissions, input.portion),
        (SummaryRow::NonGhgIndicator, input.indicator),
        (SummaryRow::OtherInformation, input.certified),
    ] {
        rows.insert(row, entered(input, levels));
    }
    rows.extend(quantities(input));
    rows.extend(adjusted(input));
    StructuredSummary {
        period: input.period,
        rows,
    }
}

fn entered(input: &SummaryInput<'_>, levels: &BTreeMap<u16, i64>) -> ByYear {
    let inside = |(year, level): (&u16, &i64)| {
        input
            .period
            .contains(*year)
            .then(|| (*year, Ratio::whole((*level).into())))
    };
    levels.iter().filter_map(inside).collect()
}

/// Rows 6 to 9 and 12, of the GHG metric.
fn quantities(input: &SummaryInput<'_>) -> [(SummaryRow, ByYear); 5] {
    let ghg = || {
        input
            .events
            .iter()
            .filter(|it| it.metric == MetricKind::Ghg)
    };
    let year_of = |event: &UnitEvent| match input.axis {
        SummaryAxis::Event => event.year(),
        SummaryAxis::Balance => event.balance_year(),
    };
    let mut transferred = Units::default();
    for event in ghg() {
        if matches!(event.kind, UnitEventKind::FirstTransferred { .. }) {
            transferred.insert(event.units);
        }
    }
    let every = || -> ByYear { input.period.years().map(|it| (it, Ratio::ZERO)).collect() };
    let (mut first, mut oimp, mut used, mut net) = (every(), every(), every(), every());
    for event in ghg() {
        let year = year_of(event);
        let quantity = Ratio::whole(event.quantity.into());
        match event.kind {
            UnitEventKind::FirstTransferred { .. } => {
                add(&mut first, year, quantity);
                add(&mut net, year, quantity);
            }
            UnitEventKind::Authorised if event.uses.covers_oimp() => {
                add(&mut oimp, year, quantity);
                // What is first transferred as well is in row 6 already: rows 6 and 7 are never just added.
                let both = u128::from(transferred.tonnes_in(event.units));
                let rest = u128::from(event.quantity).saturating_sub(both);
                add(
                    &mut net,
                    year,
                    Ratio::whole(i128::try_from(rest).unwrap_or(i128::MAX)),
                );
            }
            UnitEventKind::UsedTowardsNdc { .. } => {
                add(&mut used, year, quantity);
                add(&mut net, year, -quantity);
            }
            _ => {}
        }
    }
    let mut sum = Ratio::ZERO;
    let cumulative = net
        .iter()
        .map(|(year, value)| {
            sum = sum + *value;
            (*year, sum)
        })
        .collect();
    [
        (SummaryRow::FirstTransferred, first),
        (SummaryRow::AuthorisedForOimp, oimp),
        (SummaryRow::UsedTowardsNdc, used),
        (SummaryRow::NetAnnual, net),
        (SummaryRow::Cumulative, cumulative),
    ]
}

/// Years outside of the period belong to another summary.
fn add(row: &mut ByYear, year: u16, quantity: Ratio) {
    if let Some(value) = row.get_mut(&year) {
        *value = *value + quantity;
    }
}

/// Rows 10, 11, 13 and 14.
fn adjusted(input: &SummaryInput<'_>) -> Vec<(SummaryRow, ByYear)> {
    let terms = |method, metric| AdjustmentTerms {
        period: input.period,
        method,
        metric,
        elapsed: input.elapsed,
    };
    let by_method = adjust(
        &terms(input.method, MetricKind::Ghg),
        input.levels,
        input.events,
    );
    let adjustments = by_method.years.iter().map(|it| (it.year, it.adjustment));
    let balances = by_method
        .years
        .iter()
        .filter_map(|it| Some((it.year, it.balance?)));
    let mut rows = vec![
        (SummaryRow::Adjustments, adjustments.collect()),
        (SummaryRow::EmissionsBalance, balances.collect()),
    ];
    if input.method == AdjustmentMethod::Averaging {
        let averages = by_method.years.iter().map(|it| (it.year, it.adjustment));
        rows.push((SummaryRow::AverageSoFar, averages.collect()));
    }
    if !input.indicator.is_empty() {
        let indicator = adjust(
            &terms(input.method, MetricKind::NonGhg),
            input.indicator,
            input.events,
        );
        let balances = indicator
            .years
            .iter()
            .filter_map(|it| Some((it.year, it.balance?)));
        rows.push((SummaryRow::AdjustedIndicator, balances.collect()));
    }
    rows
}
