//! Corresponding adjustments over random federations.

use std::collections::BTreeMap;

use countersign_protocol::article6::{
    AdjustmentMethod as Method, NdcPeriod, Ratio, UnitEvent, adjust, net_of_uses,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::examples::{levels, sold, terms, used};

/// A sale of a block that the buyer uses in full or in part, or keeps.
#[derive(Clone, Debug)]
struct Deal {
    tonnes: u64,
    vintage: u16,
    sold_in: u16,
    used_for: u16,
    used: u64,
}

fn deal() -> impl Strategy<Value = Deal> {
    (
        1..500_u64,
        2021..=2030_u16,
        0..8_u16,
        2021..=2030_u16,
        0..=100_u64,
    )
        .prop_map(|(tonnes, vintage, later, used_for, percent)| Deal {
            tonnes,
            vintage,
            sold_in: vintage + later,
            used_for,
            used: tonnes * percent / 100,
        })
}

/// The sellers' events and the buyers' events.
fn federation(deals: &[Deal]) -> (Vec<UnitEvent>, Vec<UnitEvent>) {
    let (mut sales, mut uses, mut next) = (Vec::new(), Vec::new(), 1);
    for deal in deals {
        let numbers = (next, next + deal.tonnes - 1);
        sales.push(sold(
            &format!("{}-06-30", deal.sold_in),
            numbers,
            deal.vintage,
        ));
        if deal.used > 0 {
            let numbers = (next, next + deal.used - 1);
            uses.push(used("2032-01-01", deal.used_for, numbers, deal.vintage));
        }
        next += deal.tonnes;
    }
    (sales, uses)
}

fn sum(events: &[UnitEvent], method: Method) -> Ratio {
    let period = adjust(&terms(2021, 2030, method), &BTreeMap::new(), events);
    period
        .years
        .iter()
        .fold(Ratio::ZERO, |sum, it| sum + it.adjustment)
}

proptest! {
    #[test]
    fn adjustments_for_what_is_used_towards_ndcs_add_up_to_zero(deals in vec(deal(), 0..20)) {
        let (sales, uses) = federation(&deals);
        let net = net_of_uses(sales.iter().chain(&uses));
        prop_assert_eq!(net.sum(), 0);
        prop_assert!(net.is_zero());
        // What the sellers' balances hold beyond the buyers' is what nobody has used yet.
        let unused: u64 = deals.iter().map(|it| it.tonnes - it.used).sum();
        let total = sum(&sales, Method::MultiYear) + sum(&uses, Method::MultiYear);
        prop_assert_eq!(total, Ratio::whole(unused.into()));
    }

    #[test]
    fn the_order_of_events_makes_no_difference(deals in vec(deal(), 1..20), turn in 0..20_usize) {
        let (sales, uses) = federation(&deals);
        let mut events: Vec<UnitEvent> = sales.into_iter().chain(uses).collect();
        let before = adjust(&terms(2021, 2030, Method::Averaging), &levels([(2024, 9)]), &events);
        let count = events.len();
        events.rotate_left(turn % count);
        events.reverse();
        let after = adjust(&terms(2021, 2030, Method::Averaging), &levels([(2024, 9)]), &events);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_late_transfer_changes_the_year_of_its_vintage_and_no_other(deals in vec(deal(), 0..10), late in deal()) {
        let (mut events, _) = federation(&deals);
        let terms = terms(2021, 2030, Method::Trajectory);
        let before = adjust(&terms, &BTreeMap::new(), &events);
        let numbers = (1_000_000, 1_000_000 + late.tonnes - 1);
        events.push(sold("2031-01-01", numbers, late.vintage));
        let after = adjust(&terms, &BTreeMap::new(), &events);
        for (before, after) in before.years.iter().zip(&after.years) {
            let change = if before.year == late.vintage { late.tonnes } else { 0 };
            prop_assert_eq!(after.adjustment - before.adjustment, Ratio::whole(change.into()));
        }
    }

    #[test]
    fn averaging_ends_with_the_sum_over_the_years_of_the_period(deals in vec(deal(), 0..20)) {
        let (sales, _) = federation(&deals);
        let period = adjust(&terms(2021, 2030, Method::Averaging), &BTreeMap::new(), &sales);
        let total: u64 = deals.iter().map(|it| it.tonnes).sum();
        let wanted = Ratio::new(total.into(), NdcPeriod::new(2021, 2030).unwrap().length().into());
        prop_assert_eq!(Some(period.year(2030).unwrap().adjustment), wanted);
    }
}

#[test]
fn a_use_of_units_that_nobody_first_transferred_is_found() {
    let events = [
        sold("2025-01-01", (1, 10), 2024),
        used("2025-02-01", 2024, (6, 15), 2024),
    ];
    let net = net_of_uses(&events);
    assert_eq!((net.added, net.subtracted, net.sum()), (5, 10, -5));
    assert_eq!(net.not_transferred, [events[1].units]);
    assert!(!net.is_zero());
}

#[test]
fn a_unit_that_is_used_twice_is_found() {
    let events = [
        sold("2025-01-01", (1, 10), 2024),
        used("2025-02-01", 2024, (1, 10), 2024),
        used("2025-03-01", 2025, (10, 10), 2024),
    ];
    let net = net_of_uses(&events);
    assert_eq!(net.sum(), -1);
    assert_eq!(net.used_twice, [events[2].units]);
}

#[test]
fn a_unit_that_is_first_transferred_twice_is_found() {
    let events = [
        sold("2025-01-01", (1, 10), 2024),
        sold("2026-01-01", (10, 12), 2024),
    ];
    assert_eq!(net_of_uses(&events).transferred_twice, [events[1].units]);
}
