//! Two ledgers compared.

use countersign_protocol::article6::{
    Cause, CrossCheck, Total, UnitEvent, UnitEventKind as Kind, cross_check,
};
use countersign_protocol::party::Party;

use crate::examples::{event, sold};
use crate::support::text;

fn bought(day: &str, numbers: (u64, u64), vintage: u16) -> UnitEvent {
    event(day, Kind::Acquired { from: text("GH") }, numbers, vintage)
}

fn check(ghana: &[UnitEvent], swiss: &[UnitEvent]) -> CrossCheck {
    cross_check((text("GH"), ghana), (text("CH"), swiss))
}

fn causes(check: &CrossCheck) -> Vec<(String, Cause)> {
    let found = check.differences.iter();
    found.map(|it| (it.units.to_string(), it.cause)).collect()
}

#[test]
fn ledgers_that_agree_have_no_differences_however_their_blocks_are_cut() {
    let ghana = [sold("2026-03-01", (1, 100), 2024)];
    let swiss = [
        bought("2026-03-01", (61, 100), 2024),
        bought("2026-03-02", (1, 60), 2024),
    ];
    let found = check(&ghana, &swiss);
    assert!(found.is_empty(), "{:?}", found.differences);
    let key = (text::<Party>("GH"), 2026, text("CA0007"), 2024);
    assert_eq!(
        found.totals[&key],
        Total {
            sent: 100,
            acquired: 100
        }
    );
}

#[test]
fn each_difference_says_its_units_and_cause() {
    let ghana = [
        sold("2026-03-01", (1, 100), 2024),
        sold("2026-12-31", (201, 210), 2024),
        sold("2026-05-01", (301, 310), 2024),
    ];
    let swiss = [
        bought("2026-03-01", (11, 90), 2024),
        bought("2027-01-01", (201, 210), 2024),
        bought("2026-05-01", (301, 310), 2025),
        bought("2026-06-01", (401, 405), 2024),
    ];
    let found = check(&ghana, &swiss);
    let expected = [
        ("GH-1-10", Cause::NotAcquired),
        ("GH-91-100", Cause::NotAcquired),
        (
            "GH-201-210",
            Cause::OtherYear {
                sent: 2026,
                acquired: 2027,
            },
        ),
        (
            "GH-301-310",
            Cause::OtherVintage {
                sent: 2024,
                acquired: 2025,
            },
        ),
        ("GH-401-405", Cause::NotTransferred),
    ];
    let expected = expected.map(|(units, cause)| (units.to_owned(), cause));
    assert_eq!(causes(&found), expected);
    assert_eq!(found.of_year(2027).count(), 1);
    assert_eq!(found.of_year(2026).count(), 5);
}

#[test]
fn another_approach_is_a_difference() {
    let mut swiss = [bought("2026-03-01", (1, 100), 2024)];
    swiss[0].approach = text("CA0008");
    let found = check(&[sold("2026-03-01", (1, 100), 2024)], &swiss);
    let (sent, acquired) = (text("CA0007"), text("CA0008"));
    assert_eq!(
        causes(&found),
        [(
            "GH-1-100".to_owned(),
            Cause::OtherApproach { sent, acquired }
        )]
    );
}

#[test]
fn units_that_go_there_and_back_and_there_again_are_matched_in_order() {
    let to_ghana = Kind::Transferred {
        to: Some(text("GH")),
    };
    let from_swiss = Kind::Acquired { from: text("CH") };
    let again = Kind::Transferred {
        to: Some(text("CH")),
    };
    let ghana = [
        sold("2025-03-01", (1, 10), 2024),
        event("2026-03-01", from_swiss, (1, 10), 2024),
        event("2027-03-01", again, (1, 10), 2024),
    ];
    let mut swiss = vec![
        bought("2025-03-01", (1, 10), 2024),
        event("2026-03-01", to_ghana, (1, 10), 2024),
    ];
    assert_eq!(
        causes(&check(&ghana, &swiss)),
        [("GH-1-10".to_owned(), Cause::NotAcquired)]
    );
    swiss.push(bought("2027-03-01", (1, 10), 2024));
    assert!(check(&ghana, &swiss).is_empty());
}

#[test]
fn transfers_to_somebody_else_are_not_compared() {
    let mut other = sold("2026-03-01", (1, 10), 2024);
    other.kind = Kind::Transferred {
        to: Some(text("SE")),
    };
    assert!(check(&[other], &[]).is_empty());
}
