//! NDC periods and the back-stop; share of proceeds and overall mitigation.

use countersign_protocol::article6::{
    BasisPoints, INVENTORY_LAG_YEARS, NdcFault, NdcPeriod, ShareFault, ShareRounding, ShareTerms,
    Shares,
};
use proptest::prelude::*;

fn period(first: u16, last: u16) -> NdcPeriod {
    NdcPeriod::new(first, last).unwrap()
}

#[test]
fn a_use_lies_in_the_implementation_period_of_the_vintage() {
    let period = period(2021, 2030);
    assert_eq!(period.may_use(2024, 2030), Ok(()));
    assert!(matches!(
        period.may_use(2024, 2031),
        Err(NdcFault::OtherPeriod { .. })
    ));
    assert!(matches!(
        period.may_use(2031, 2030),
        Err(NdcFault::OtherPeriod { .. })
    ));
}

#[test]
fn a_vintage_before_2021_never_becomes_an_itmo() {
    let period = period(2016, 2030);
    assert_eq!(period.may_use(2020, 2025), Err(NdcFault::Vintage(2020)));
    assert_eq!(period.may_use(2021, 2025), Ok(()));
}

#[test]
fn a_period_that_ends_before_it_begins_is_refused() {
    assert!(matches!(
        NdcPeriod::new(2030, 2021),
        Err(NdcFault::Period { .. })
    ));
}

#[test]
fn oimp_units_are_first_transferred_before_the_year_of_the_report_on_the_end_of_the_period() {
    let stop = |last, lag| period(2021, last).oimp_back_stop(lag).to_string();
    assert_eq!(stop(2030, INVENTORY_LAG_YEARS), "2031-12-31");
    // The report of 2026 has data up to 2024; 2025 is first in the report of 2028.
    assert_eq!(stop(2025, INVENTORY_LAG_YEARS), "2027-12-31");
    assert_eq!(stop(2024, INVENTORY_LAG_YEARS), "2025-12-31");
    assert_eq!(stop(2030, 3), "2033-12-31");
}

#[test]
fn a_cooperative_approach_under_article_6_2_takes_nothing_by_itself() {
    let shares = ShareTerms::default().divide(1_000);
    let nothing = Shares {
        share_of_proceeds: 0,
        overall_mitigation: 0,
        rest: 1_000,
    };
    assert_eq!(shares, nothing);
}

#[test]
fn the_mechanism_forwards_five_percent_and_cancels_two_at_least() {
    let two = BasisPoints::new(200).unwrap();
    let terms = ShareTerms::mechanism(two, false, false, ShareRounding::Up).unwrap();
    let shares = terms.divide(1_000);
    assert_eq!(
        (
            shares.share_of_proceeds,
            shares.overall_mitigation,
            shares.rest
        ),
        (50, 20, 930)
    );
    let one = BasisPoints::new(199).unwrap();
    let refused = ShareTerms::mechanism(one, false, false, ShareRounding::Up);
    assert_eq!(refused, Err(ShareFault::TooLittle(199)));
}

#[test]
fn least_developed_countries_and_small_islands_forward_nothing_unless_they_opt_in() {
    let two = BasisPoints::new(200).unwrap();
    let share = |opts_in| {
        let terms = ShareTerms::mechanism(two, true, opts_in, ShareRounding::Up).unwrap();
        terms.divide(1_000).share_of_proceeds
    };
    assert_eq!((share(false), share(true)), (0, 50));
}

#[test]
fn parts_of_units_are_rounded_as_configured() {
    let two = BasisPoints::new(200).unwrap();
    let of_thirty = |rounding| {
        let shares = ShareTerms::mechanism(two, false, false, rounding)
            .unwrap()
            .divide(30);
        (shares.share_of_proceeds, shares.overall_mitigation)
    };
    // 1.5 and 0.6 units.
    assert_eq!(of_thirty(ShareRounding::Up), (2, 1));
    assert_eq!(of_thirty(ShareRounding::Down), (1, 0));
    assert_eq!(of_thirty(ShareRounding::Nearest), (2, 1));
}

proptest! {
    #[test]
    fn shares_always_add_up_to_the_issuance(units in 0..=u64::MAX, a in 0..=10_000_u16, b in 0..=10_000_u16) {
        let terms = ShareTerms {
            share_of_proceeds: BasisPoints::new(a).unwrap(),
            overall_mitigation: BasisPoints::new(b).unwrap(),
            rounding: ShareRounding::Up,
        };
        let shares = terms.divide(units);
        let sum = shares.share_of_proceeds.checked_add(shares.overall_mitigation);
        prop_assert_eq!(sum.and_then(|it| it.checked_add(shares.rest)), Some(units));
    }
}
