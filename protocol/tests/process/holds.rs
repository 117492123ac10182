//! What is held does not move, whoever asks, until the hold expires or is lifted.

use std::collections::BTreeMap;

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    ActedBy, Body, Claim, Fate, HoldOn, HoldPlaced, Purpose, RetireKind,
};
use countersign_protocol::registry::{
    Command, LiftHold, PlaceHold, Refusal, Selection, TransferStage,
};
use countersign_protocol::serial::UnitType;
use countersign_protocol::units::UnitRange;
use proptest::prelude::*;

use crate::small::{
    DEVELOPER, GOVERNMENT, act, act_and_issue, authorised_project, buyer, developer, monitored,
    official, plain, request, stored_and_loaded, trading, verify,
};
use crate::support::invariants::check;
use crate::support::world::{ghana_and_switzerland, settle};
use crate::support::{Ledger, RESERVE, START_MS, TRADING, range, text};

/// The organisation of a ledger without a process.
const FIRST: OrganisationId = OrganisationId(1);

fn place(on: HoldOn, expiry_ms: Option<u64>, by: Option<ActedBy>) -> Command {
    Command::PlaceHold(Box::new(PlaceHold {
        on,
        reason: text("Fraud is being investigated"),
        authority: by.as_ref().map_or(FIRST, |by| by.organisation),
        reference: text("High Court, order 12/2026"),
        expiry_ms,
        by,
    }))
}

fn lift(hold: u64, by: Option<ActedBy>) -> Command {
    Command::LiftHold(Box::new(LiftHold {
        hold,
        reason: text("Acquitted"),
        authority: by.as_ref().map_or(FIRST, |by| by.organisation),
        reference: text("High Court, judgment 31/2026"),
        by,
    }))
}

fn held_by<T: std::fmt::Debug>(done: Result<T, Refusal>) -> u64 {
    match done {
        Err(Refusal::Held { hold, .. }) => hold,
        other => panic!("{other:?}"),
    }
}

fn transfer(units: Selection) -> Command {
    Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units,
    }
}

fn retire(tonnes: u64) -> Command {
    Command::Retire {
        account: TRADING,
        units: Selection::Tonnes(tonnes),
        kind: RetireKind::Retire,
        purpose: Purpose::Ndc,
        beneficiary: None,
        claim: Claim::default(),
    }
}

fn issue(tonnes: u64) -> Command {
    Command::Issue {
        account: TRADING,
        project: 1,
        year: 2023,
        unit_type: UnitType::ITMO,
        tonnes,
    }
}

/// Everything that takes units out of the trading account.
fn ways_out(ledger: &Ledger) -> [Command; 3] {
    let to = ledger.state.partners().next().unwrap().party;
    [
        transfer(Selection::Tonnes(1)),
        retire(1),
        ledger.send_command(to, 1, 9),
    ]
}

#[test]
fn nothing_leaves_a_held_account_or_those_of_a_held_organisation() {
    for on in [HoldOn::Account(TRADING), HoldOn::Organisation(FIRST)] {
        let (mut ghana, _) = ghana_and_switzerland(100);
        ghana.must(&place(on, None, None));
        for way in ways_out(&ghana) {
            assert_eq!(held_by(ghana.submit(&way)), 1, "{way:?}");
        }
        // Issuance and what comes from elsewhere still come in.
        ghana.must(&issue(5));
        assert_eq!(ghana.available(TRADING), 105);
        ghana.must(&lift(1, None));
        for way in ways_out(&ghana) {
            ghana.must(&way);
        }
        check(&ghana.state);
    }
}

#[test]
fn a_refusal_names_the_hold_its_reason_and_its_expiry() {
    let (mut ghana, _) = ghana_and_switzerland(100);
    let expiry_ms = START_MS + 1_000;
    ghana.must(&place(HoldOn::Account(TRADING), Some(expiry_ms), None));
    let refused = ghana.submit(&retire(1)).unwrap_err();
    let expected = Refusal::Held {
        hold: 1,
        reason: "Fraud is being investigated".to_owned(),
        expiry_ms: Some(expiry_ms),
    };
    assert_eq!(refused, expected);
    assert!(refused.to_string().contains("Fraud is being investigated"));
    assert_eq!(refused.code(), "held");
}

#[test]
fn a_hold_stops_to_count_at_its_expiry_and_not_before() {
    let (mut ghana, _) = ghana_and_switzerland(100);
    let expiry_ms = START_MS + 1_000;
    for on in [
        HoldOn::Account(TRADING),
        HoldOn::Organisation(FIRST),
        HoldOn::Project(1),
        HoldOn::Ranges(vec![range("GH-1-100")]),
    ] {
        ghana.must(&place(on, Some(expiry_ms), None));
    }
    ghana.time_ms = expiry_ms - 1;
    ghana.submit(&retire(1)).unwrap_err();
    ghana.submit(&issue(1)).unwrap_err();
    ghana.time_ms = expiry_ms;
    ghana.must(&retire(1));
    ghana.must(&issue(1));
    let late = ghana.submit(&place(HoldOn::Account(TRADING), Some(expiry_ms), None));
    assert!(matches!(late, Err(Refusal::Hold(_))), "{late:?}");
}

#[test]
fn a_held_project_is_issued_no_more_and_its_units_stay_wherever_they_are() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let mut swiss = swiss;
    // Some of the project's units are abroad already, and some of another country's came here.
    ghana.send("CH".parse().unwrap(), 10, 1);
    swiss.issue(TRADING, 40);
    swiss.send("GH".parse().unwrap(), 40, 2);
    let mut both = [ghana, swiss];
    settle(&mut both);
    let [mut ghana, swiss] = both;
    ghana.must(&place(HoldOn::Project(1), None, None));
    assert_eq!(held_by(ghana.submit(&issue(1))), 1);
    // The Swiss project of the same number is another one: its 40 tonnes still move, and no more than those.
    ghana.must(&transfer(Selection::Tonnes(40)));
    for way in ways_out(&ghana) {
        assert_eq!(held_by(ghana.submit(&way)), 1, "{way:?}");
    }
    let own = Selection::Ranges(vec![range("GH-1-5")]);
    assert_eq!(held_by(ghana.submit(&transfer(own))), 1);
    check(&ghana.state);
    check(&swiss.state);
}

#[test]
fn held_numbers_stay_and_the_rest_of_their_range_moves() {
    let (mut ghana, _) = ghana_and_switzerland(100);
    let numbers = vec![range("GH-90-95"), range("GH-11-20")];
    ghana.must(&place(HoldOn::Ranges(numbers), None, None));
    for one in ["GH-11-11", "GH-1-100", "GH-20-21", "GH-95-100", "GH-1-11"] {
        let part = Selection::Ranges(vec![range(one)]);
        assert!(ghana.submit(&transfer(part)).is_err(), "{one}");
    }
    // 84 of the 100 are free, and asking for tonnes finds them.
    ghana.must(&transfer(Selection::Tonnes(84)));
    assert_eq!(held_by(ghana.submit(&transfer(Selection::Tonnes(1)))), 1);
    assert_eq!(
        (ghana.available(TRADING), ghana.available(RESERVE)),
        (16, 84)
    );
    // A second hold on some of them counts by itself.
    ghana.must(&place(HoldOn::Ranges(vec![range("GH-15-16")]), None, None));
    ghana.must(&lift(1, None));
    ghana.must(&transfer(Selection::Tonnes(14)));
    assert_eq!(held_by(ghana.submit(&transfer(Selection::Tonnes(1)))), 2);
    check(&ghana.state);
}

#[test]
fn units_that_arrive_from_abroad_land_and_are_held_there() {
    let (ghana, swiss) = ghana_and_switzerland(100);
    let mut both = [ghana, swiss];
    both[1].must(&place(HoldOn::Account(TRADING), None, None));
    let (transfer_id, _) = both[0].send("CH".parse().unwrap(), 30, 1);
    // The source is held too while its units are under way: what is agreed is still brought to its end.
    both[0].must(&place(HoldOn::Organisation(FIRST), None, None));
    settle(&mut both);
    let [ghana, mut swiss] = both;
    assert_eq!(ghana.stage_sent(transfer_id), TransferStage::Final);
    assert_eq!(swiss.available(TRADING), 30);
    assert_eq!(held_by(swiss.submit(&retire(1))), 1);
}

#[test]
fn a_hold_stops_a_request_that_was_under_way_and_frees_no_unit() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let case = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let by = Some(official(1));
    ledger.must(&place(HoldOn::Organisation(DEVELOPER), None, by.clone()));
    let accept = plain(case, "accept", &buyer());
    assert_eq!(held_by(act(&mut ledger, accept.clone())), 1);
    let more = request(&mut ledger, "transfer", "send", from, 1, fate.clone());
    assert_eq!(held_by(more), 1);
    // Giving the request up moves nothing out of the account.
    let mut given_up = ledger.clone();
    act(&mut given_up, plain(case, "cancel", &developer())).unwrap();
    assert_eq!(given_up.available(from), 100);
    ledger.must(&lift(1, by));
    act(&mut ledger, accept).unwrap();
    assert_eq!((ledger.available(from), ledger.available(to)), (70, 30));
    check(&ledger.state);
}

#[test]
fn a_held_number_stops_the_request_that_reserved_it() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let case = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let reserved = ledger.state.case(case).unwrap().reserved.clone().unwrap();
    let last = reserved.ranges.last().unwrap().last();
    let one = UnitRange::new("VU".parse().unwrap(), last, last).unwrap();
    ledger.must(&place(HoldOn::Ranges(vec![one]), None, Some(official(2))));
    let accepted = act(&mut ledger, plain(case, "accept", &buyer()));
    assert_eq!(held_by(accepted), 1);
    check(&ledger.state);
}

#[test]
fn a_held_project_is_not_issued_by_its_case_either() {
    let (mut ledger, account, _) = trading();
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2023, 10)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    let number = ledger.state.case(project).unwrap().project.unwrap();
    let by = Some(official(3));
    ledger.must(&place(HoldOn::Project(number), None, by.clone()));
    let second = plain(case, "issue", &official(2));
    assert_eq!(
        held_by(act_and_issue(&mut ledger, second.clone(), account)),
        1
    );
    ledger.must(&lift(1, by));
    act_and_issue(&mut ledger, second, account).unwrap();
}

#[test]
fn under_a_process_only_an_official_records_a_hold() {
    let (mut ledger, from, _) = trading();
    let on = || HoldOn::Account(from);
    let placed = |ledger: &mut Ledger, by| {
        ledger.submit(&Command::PlaceHold(Box::new(PlaceHold {
            on: on(),
            reason: text("By whom?"),
            authority: GOVERNMENT,
            reference: text("none"),
            expiry_ms: None,
            by,
        })))
    };
    let mut viewer = official(1);
    viewer.role = text("viewer");
    let mut stranger = official(1);
    stranger.role = text("king");
    let mut posing = official(1);
    posing.organisation = DEVELOPER;
    for by in [
        None,
        Some(developer()),
        Some(viewer),
        Some(stranger),
        Some(posing),
    ] {
        assert!(placed(&mut ledger, by.clone()).is_err(), "{by:?}");
    }
    placed(&mut ledger, Some(official(1))).unwrap();
    assert!(ledger.submit(&lift(1, Some(developer()))).is_err());
    ledger.must(&lift(1, Some(official(2))));
    let twice = ledger.submit(&lift(1, Some(official(2))));
    assert!(
        matches!(twice, Err(Refusal::HoldLifted { hold: 1, .. })),
        "{twice:?}"
    );
    let hold = ledger.state.hold(1).unwrap();
    let lifted = hold.lifted.as_ref().unwrap();
    assert_eq!(lifted.order.reason.as_str(), "Acquitted");
    assert_eq!(
        ledger.submit(&lift(2, Some(official(2)))),
        Err(Refusal::UnknownHold(2))
    );
}

#[test]
fn a_hold_is_on_something_that_is_here() {
    let (mut ghana, _) = ghana_and_switzerland(100);
    for on in [
        HoldOn::Account(AccountId(9)),
        HoldOn::Project(9),
        HoldOn::Organisation(OrganisationId(9)),
        HoldOn::Ranges(vec![range("GH-101-102")]),
        HoldOn::Ranges(vec![range("GH-1-5"), range("GH-5-6")]),
        HoldOn::Ranges(vec![]),
    ] {
        assert!(
            ghana.submit(&place(on.clone(), None, None)).is_err(),
            "{on:?}"
        );
    }
    // A record that somebody with the key made without the program is judged the same.
    let forged = HoldPlaced {
        hold: 2,
        on: HoldOn::Account(TRADING),
        reason: text("A gap"),
        authority: FIRST,
        reference: text("none"),
        expiry_ms: None,
        by: None,
    };
    let gap = ghana.write(Body::HoldPlaced(forged)).unwrap_err();
    assert!(matches!(gap, Refusal::Number { .. }), "{gap}");
}

#[test]
fn holds_are_stored_loaded_and_taken_back() {
    let (mut ledger, from, to) = trading();
    let by = Some(official(1));
    ledger.must(&place(HoldOn::Account(from), None, by.clone()));
    let some = ledger.state.available(from).next().unwrap().block.range();
    ledger.must(&place(HoldOn::Ranges(vec![some]), None, by.clone()));
    ledger.must(&lift(1, by));
    ledger.end_block();
    ledger.state = stored_and_loaded(&ledger);
    let fate = Fate::Transfer { to };
    let all = request(&mut ledger, "transfer", "send", from, 100, fate.clone());
    assert_eq!(held_by(all), 2);
    let before = ledger.state.clone();
    let lifting = ledger.submit(&lift(2, Some(official(1)))).unwrap();
    let record = ledger.leaves[lifting[0] as usize].clone();
    ledger.state = before;
    let applied = ledger.write(record.body).unwrap();
    ledger.state.revert(&applied);
    let all = request(&mut ledger, "transfer", "send", from, 100, fate.clone());
    assert_eq!(held_by(all), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Holds on random stretches, placed and lifted in any order: a number moves exactly when no hold is on it.
    #[test]
    fn a_number_moves_exactly_when_no_hold_is_on_it(
        throws in proptest::collection::vec((1_u64..41, 0_u64..12, 0_u64..5), 1..16)
    ) {
        let mut ledger = Ledger::new("GH");
        ledger.issue(TRADING, 40);
        let mut open: BTreeMap<u64, UnitRange> = BTreeMap::new();
        let mut last = 0;
        for (first, length, pick) in throws {
            let some = open.keys().nth(pick as usize).copied();
            if let Some(hold) = some {
                ledger.must(&lift(hold, None));
                open.remove(&hold);
            } else {
                let stretch = UnitRange::new(ledger.party, first, (first + length).min(40)).unwrap();
                ledger.must(&place(HoldOn::Ranges(vec![stretch]), None, None));
                last += 1;
                open.insert(last, stretch);
            }
            for number in 1..=40 {
                let held = open.values().any(|stretch| stretch.contains(number));
                let one = UnitRange::new(ledger.party, number, number).unwrap();
                let moved = ledger.clone().submit(&transfer(Selection::Ranges(vec![one])));
                prop_assert_eq!(moved.is_err(), held, "{} of {:?}", number, open);
            }
            let free = (1..=40).filter(|number| !open.values().any(|it| it.contains(*number))).count() as u64;
            if free > 0 {
                ledger.clone().must(&transfer(Selection::Tonnes(free)));
            }
            prop_assert!(ledger.clone().submit(&transfer(Selection::Tonnes(free + 1))).is_err());
            check(&ledger.state);
        }
    }
}
