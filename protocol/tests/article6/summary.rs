//! The rows of the structured summary.

use std::collections::BTreeMap;

use countersign_protocol::article6::{
    AdjustmentMethod as Method, ElapsedYears, MetricKind, NdcPeriod, Ratio, StructuredSummary,
    SummaryAxis, SummaryInput, SummaryRow as Row, TransferEvent, UnitEvent, UnitEventKind as Kind,
    structured_summary,
};

use crate::examples::{event, levels, sold, used};

fn authorised(day: &str, numbers: (u64, u64), vintage: u16) -> UnitEvent {
    event(day, Kind::Authorised, numbers, vintage)
}

/// Ten units for an airline: authorised in 2025, four of them cancelled for it in 2026; thirty of 2024 sold in 2026; five
/// units of somebody else used for 2025 in 2026.
fn story() -> Vec<UnitEvent> {
    let by = TransferEvent::UseForImp;
    vec![
        authorised("2025-03-01", (1, 10), 2024),
        event(
            "2026-02-01",
            Kind::FirstTransferred { by, to: None },
            (1, 4),
            2024,
        ),
        sold("2026-05-01", (11, 40), 2024),
        used("2026-06-01", 2025, (101, 105), 2025),
    ]
}

fn summary(method: Method, axis: SummaryAxis, events: &[UnitEvent]) -> StructuredSummary {
    let none = BTreeMap::new();
    structured_summary(&SummaryInput {
        period: NdcPeriod::new(2024, 2027).unwrap(),
        method,
        elapsed: ElapsedYears::SinceFirst,
        axis,
        trajectory: &levels([(2024, 90), (2025, 80)]),
        levels: &levels([(2023, 7), (2024, 100), (2025, 100)]),
        portion: &none,
        indicator: &levels([(2024, 50)]),
        certified: &levels([(2025, 3)]),
        events,
    })
}

fn row(summary: &StructuredSummary, row: Row) -> Vec<i128> {
    let value = |year| summary.value(row, year).map(Ratio::rounded);
    (2024..=2027).filter_map(value).collect()
}

#[test]
fn quantities_count_by_the_year_in_which_they_happened() {
    let summary = summary(Method::Trajectory, SummaryAxis::Event, &story());
    assert_eq!(row(&summary, Row::FirstTransferred), [0, 0, 34, 0]);
    assert_eq!(row(&summary, Row::AuthorisedForOimp), [0, 10, 0, 0]);
    assert_eq!(row(&summary, Row::UsedTowardsNdc), [0, 0, 5, 0]);
}

#[test]
fn or_by_vintage_and_the_year_of_use() {
    let summary = summary(Method::Trajectory, SummaryAxis::Balance, &story());
    assert_eq!(row(&summary, Row::FirstTransferred), [34, 0, 0, 0]);
    assert_eq!(row(&summary, Row::UsedTowardsNdc), [0, 5, 0, 0]);
}

#[test]
fn units_that_are_first_transferred_and_authorised_for_an_airline_count_once_in_the_net() {
    let summary = summary(Method::Trajectory, SummaryAxis::Event, &story());
    // Six of the ten authorised are not first transferred; 34 − 5 in the next year.
    assert_eq!(row(&summary, Row::NetAnnual), [0, 6, 29, 0]);
    assert_eq!(row(&summary, Row::Cumulative), [0, 6, 35, 35]);
}

#[test]
fn adjustments_and_balances_follow_the_vintage_whichever_axis_the_quantities_have() {
    for axis in [SummaryAxis::Event, SummaryAxis::Balance] {
        let summary = summary(Method::Trajectory, axis, &story());
        assert_eq!(row(&summary, Row::Adjustments), [34, -5, 0, 0]);
        assert_eq!(row(&summary, Row::EmissionsBalance), [134, 95]);
    }
}

#[test]
fn with_averaging_the_adjustment_is_the_average_so_far() {
    let summary = summary(Method::Averaging, SummaryAxis::Event, &story());
    let averages = ["34", "29/2", "29/3", "29/4"];
    for (year, average) in (2024..).zip(averages) {
        let value = |row| summary.value(row, year).unwrap().to_string();
        assert_eq!(value(Row::Adjustments), average);
        assert_eq!(value(Row::AverageSoFar), average);
    }
}

#[test]
fn the_trajectory_stands_in_the_row_of_the_method() {
    let multi = summary(Method::MultiYear, SummaryAxis::Event, &[]);
    assert_eq!(row(&multi, Row::MultiYearTrajectory), [90, 80]);
    assert_eq!(row(&multi, Row::IndicativeTrajectory), [0; 0]);
    let single = summary(Method::Trajectory, SummaryAxis::Event, &[]);
    assert_eq!(row(&single, Row::IndicativeTrajectory), [90, 80]);
    assert_eq!(row(&single, Row::AverageSoFar), [0; 0]);
}

#[test]
fn levels_outside_of_the_period_and_certified_reductions_stay_out_of_the_balance() {
    let summary = summary(Method::Trajectory, SummaryAxis::Event, &[]);
    assert_eq!(row(&summary, Row::CoveredEmissions), [100, 100]);
    assert_eq!(row(&summary, Row::OtherInformation), [3]);
    assert_eq!(row(&summary, Row::EmissionsBalance), [100, 100]);
}

#[test]
fn a_non_ghg_indicator_has_an_account_of_its_own() {
    let mut sale = sold("2024-05-01", (1, 8), 2024);
    sale.metric = MetricKind::NonGhg;
    let summary = summary(Method::Trajectory, SummaryAxis::Event, &[sale]);
    assert_eq!(row(&summary, Row::AdjustedIndicator), [42]);
    assert_eq!(row(&summary, Row::EmissionsBalance), [100, 100]);
    assert_eq!(row(&summary, Row::FirstTransferred), [0, 0, 0, 0]);
}

#[test]
fn every_row_names_its_paragraph_once() {
    let mut paragraphs: Vec<&str> = Row::ALL.iter().map(|it| it.paragraph()).collect();
    paragraphs.sort_unstable();
    paragraphs.dedup();
    assert_eq!(paragraphs.len(), 15);
}
