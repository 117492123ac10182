//! Worked examples of corresponding adjustments, and mistakes that other tools made.

use std::collections::BTreeMap;

use countersign_protocol::article6::{
    AdjustmentMethod as Method, AdjustmentTerms, AuthorisedUse, BasisPoints, ElapsedYears,
    MetricKind, NdcPeriod, PeriodBalance, Ratio, ShareRounding, ShareTerms, TransferEvent,
    UnitEvent, UnitEventKind as Kind, adjust, net_of_uses,
};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::units::UnitRange;

pub(crate) fn terms(first: u16, last: u16, method: Method) -> AdjustmentTerms {
    AdjustmentTerms {
        period: NdcPeriod::new(first, last).unwrap(),
        method,
        metric: MetricKind::Ghg,
        elapsed: ElapsedYears::SinceFirst,
    }
}

/// An event of units `first` to `last` of Ghana, recorded on a day.
pub(crate) fn event(day: &str, kind: Kind, (first, last): (u64, u64), vintage: u16) -> UnitEvent {
    let units = UnitRange::new("GH".parse().unwrap(), first, last).unwrap();
    UnitEvent {
        day: day.parse().unwrap(),
        kind,
        units,
        vintage,
        approach: "CA0007".parse().unwrap(),
        uses: AuthorisedUse::NdcAndImp,
        metric: MetricKind::Ghg,
        quantity: units.tonnes(),
        scope: SectoralScope::new(3).unwrap(),
        user: None,
    }
}

pub(crate) fn sold(day: &str, numbers: (u64, u64), vintage: u16) -> UnitEvent {
    let (by, to) = (TransferEvent::InternationalTransfer, "CH".parse().ok());
    event(day, Kind::FirstTransferred { by, to }, numbers, vintage)
}

pub(crate) fn used(day: &str, year: u16, numbers: (u64, u64), vintage: u16) -> UnitEvent {
    event(day, Kind::UsedTowardsNdc { year }, numbers, vintage)
}

pub(crate) fn levels<const N: usize>(levels: [(u16, i64); N]) -> BTreeMap<u16, i64> {
    levels.into_iter().collect()
}

fn balances(period: &PeriodBalance) -> Vec<Option<i128>> {
    let whole = |it: Ratio| {
        assert_eq!(it.denominator(), 1, "{it}");
        it.numerator()
    };
    period
        .years
        .iter()
        .map(|it| it.balance.map(whole))
        .collect()
}

#[test]
fn example_1_a_seller_with_a_multi_year_target_adds_what_it_first_transferred() {
    let levels = levels([(2021, 1000), (2022, 990), (2023, 980)]);
    let events = [
        sold("2022-07-01", (1, 30), 2022),
        sold("2023-07-01", (31, 80), 2023),
    ];
    let period = adjust(&terms(2021, 2023, Method::MultiYear), &levels, &events);
    assert_eq!(balances(&period), [Some(1000), Some(1020), Some(1030)]);
    assert_eq!(period.level_sum, Some(2970));
    assert_eq!(period.balance_sum, Some(Ratio::whole(3050)));
}

#[test]
fn example_2_a_buyer_takes_off_what_it_used_and_the_pair_nets_to_zero() {
    let uses = [used("2027-02-01", 2026, (1, 40), 2025)];
    let buyer = adjust(
        &terms(2026, 2026, Method::Trajectory),
        &levels([(2026, 500)]),
        &uses,
    );
    assert_eq!(balances(&buyer), [Some(460)]);
    let sales = [sold("2026-03-01", (1, 40), 2025)];
    let seller = adjust(
        &terms(2025, 2025, Method::Trajectory),
        &levels([(2025, 0)]),
        &sales,
    );
    assert_eq!(seller.years[0].adjustment, Ratio::whole(40));
    let net = net_of_uses(sales.iter().chain(&uses));
    assert_eq!((net.added, net.subtracted, net.sum()), (40, 40, 0));
    assert!(net.is_zero());
}

fn ten_years() -> Vec<UnitEvent> {
    let mut next = 1;
    let by_vintage = [
        (2024, 100),
        (2025, 200),
        (2026, 300),
        (2027, 225),
        (2028, 225),
        (2029, 225),
        (2030, 225),
    ];
    let sell = |(vintage, tonnes): (u16, u64)| {
        let numbers = (next, next + tonnes - 1);
        next += tonnes;
        sold(&format!("{vintage}-12-01"), numbers, vintage)
    };
    by_vintage.into_iter().map(sell).collect()
}

#[test]
fn example_3_averaging_divides_by_the_elapsed_years_and_in_the_ndc_year_by_all() {
    let period = adjust(
        &terms(2021, 2030, Method::Averaging),
        &BTreeMap::new(),
        &ten_years(),
    );
    let adjustment = |year| period.year(year).unwrap().adjustment;
    assert_eq!(adjustment(2026), Ratio::whole(100));
    assert_eq!(adjustment(2030), Ratio::whole(150));
    assert_eq!(adjustment(2025), Ratio::whole(60));
}

#[test]
fn averages_can_be_divided_by_the_whole_period_from_the_beginning() {
    let mut terms = terms(2021, 2030, Method::Averaging);
    terms.elapsed = ElapsedYears::WholePeriod;
    let period = adjust(&terms, &BTreeMap::new(), &ten_years());
    assert_eq!(period.year(2026).unwrap().adjustment, Ratio::whole(60));
    assert_eq!(period.year(2030).unwrap().adjustment, Ratio::whole(150));
}

#[test]
fn example_4_a_non_ghg_indicator_is_adjusted_the_other_way_round() {
    let mut sale = sold("2026-05-01", (1, 10), 2026);
    sale.metric = MetricKind::NonGhg;
    sale.quantity = 50;
    let mut terms = terms(2026, 2026, Method::Trajectory);
    terms.metric = MetricKind::NonGhg;
    let seller = adjust(&terms, &levels([(2026, 1000)]), &[sale]);
    assert_eq!(balances(&seller), [Some(950)]);
    let mut usage = used("2026-06-01", 2026, (1, 10), 2026);
    usage.metric = MetricKind::NonGhg;
    usage.quantity = 50;
    let buyer = adjust(&terms, &levels([(2026, 1000)]), &[usage]);
    assert_eq!(balances(&buyer), [Some(1050)]);
}

#[test]
fn example_5_a_late_transfer_changes_the_balance_of_its_vintage() {
    let levels = levels([(2024, 100), (2025, 100), (2026, 100), (2027, 100)]);
    let terms = terms(2024, 2027, Method::Trajectory);
    let late = sold("2027-03-01", (1, 10), 2024);
    let before = adjust(&terms, &levels, &[]);
    let after = adjust(&terms, &levels, &[late]);
    assert_eq!(balances(&before), [Some(100); 4]);
    assert_eq!(
        balances(&after),
        [Some(110), Some(100), Some(100), Some(100)]
    );
    // The agreed electronic format reports it by the year in which it happened.
    assert_eq!((late.year(), late.balance_year()), (2027, 2024));
}

#[test]
fn example_6_the_shares_of_the_mechanism_are_first_transferred_at_issuance() {
    let two = BasisPoints::new(200).unwrap();
    let shares = ShareTerms::mechanism(two, false, false, ShareRounding::Up)
        .unwrap()
        .divide(1_000);
    let share = |numbers| {
        let by = TransferEvent::MechanismShare;
        event(
            "2026-01-10",
            Kind::FirstTransferred { by, to: None },
            numbers,
            2025,
        )
    };
    let taken = shares.share_of_proceeds + shares.overall_mitigation;
    let mut events = vec![
        share((1, shares.share_of_proceeds)),
        share((shares.share_of_proceeds + 1, taken)),
    ];
    let terms = terms(2025, 2025, Method::Trajectory);
    let host =
        |events: &[UnitEvent]| adjust(&terms, &levels([(2025, 0)]), events).years[0].adjustment;
    assert_eq!(host(&events), Ratio::whole(70));
    events.push(sold("2026-05-01", (taken + 1, 1_000), 2025));
    assert_eq!(host(&events), Ratio::whole(1_000));
}

#[test]
fn an_acquisition_is_no_term_of_the_balance() {
    let from = "GH".parse().unwrap();
    let bought = event("2026-04-01", Kind::Acquired { from }, (1, 40), 2026);
    let usage = used("2026-04-02", 2026, (1, 40), 2026);
    let buyer = adjust(
        &terms(2026, 2026, Method::Trajectory),
        &levels([(2026, 500)]),
        &[bought, usage],
    );
    assert_eq!(balances(&buyer), [Some(460)]);
}

#[test]
fn a_sellers_balance_is_its_emissions_plus_and_not_minus_the_adjustment() {
    let seller = adjust(
        &terms(2026, 2026, Method::Trajectory),
        &levels([(2026, 500)]),
        &[sold("2026-04-01", (1, 40), 2026)],
    );
    assert_eq!(balances(&seller), [Some(540)]);
}

#[test]
fn a_party_that_chose_averaging_is_not_adjusted_year_by_year() {
    let period = adjust(
        &terms(2021, 2030, Method::Averaging),
        &BTreeMap::new(),
        &ten_years(),
    );
    assert_ne!(period.year(2030).unwrap().adjustment, Ratio::whole(225));
}

#[test]
fn a_vintage_outside_of_the_period_does_not_touch_it() {
    let events = [
        sold("2026-04-01", (1, 40), 2019),
        sold("2031-04-01", (41, 50), 2031),
    ];
    let period = adjust(
        &terms(2021, 2030, Method::Trajectory),
        &BTreeMap::new(),
        &events,
    );
    assert!(period.years.iter().all(|it| it.adjustment == Ratio::ZERO));
}

#[test]
fn averages_are_exact_and_rounded_only_in_print() {
    let events = [sold("2022-01-01", (1, 100), 2021)];
    let period = adjust(
        &terms(2021, 2023, Method::Averaging),
        &levels([(2023, 7)]),
        &events,
    );
    let last = period.year(2023).unwrap();
    assert_eq!(last.adjustment.to_string(), "100/3");
    assert_eq!(last.balance.unwrap().to_string(), "121/3");
    assert_eq!(last.adjustment.rounded(), 33);
    assert_eq!(
        (
            Ratio::new(5, 2).unwrap().rounded(),
            Ratio::new(-5, 2).unwrap().rounded()
        ),
        (3, -3)
    );
    assert_eq!(
        (
            Ratio::new(7, 3).unwrap().rounded(),
            Ratio::new(-8, 3).unwrap().rounded()
        ),
        (2, -3)
    );
}
