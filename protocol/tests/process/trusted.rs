//! Units go to trusted receivers at once, and to others after a wait in which the request can be cancelled.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{ActedBy, Body, Fate, Receiver, TrustedReceiver};
use countersign_protocol::registry::{Command, LedgerAccount, Refusal};

use crate::borders::{approve, ask, sending, two_countries_under};
use crate::small::{
    BUYER, CERTIFIER, DEVELOPER, account_of, act, buyer, certifier, decide, developer, official,
    person, plain, process_text, request, survives_storage, trading, trading_under,
};
use crate::support::invariants::check;
use crate::support::{Ledger, START_MS, TRADING, text};

const HOUR_MS: u64 = 3_600_000;

/// The small process with a wait of 24 hours, 48 across borders, entries that count after 72, and 50 tonnes at a time.
fn careful() -> String {
    let table = "[transfers]\ncooling_off_hours = 24\nborder_cooling_off_hours = 48\ntrusted_after_hours = 72\n\
                 max_tonnes = 50\n\n[[organisation]]";
    process_text().replacen("[[organisation]]", table, 1)
}

fn colleague() -> ActedBy {
    person(DEVELOPER, "developer", "manager", 31)
}

fn change(
    ledger: &mut Ledger,
    receiver: Receiver,
    removed: bool,
    by: &[ActedBy],
) -> Result<(), Refusal> {
    let change = TrustedReceiver {
        organisation: DEVELOPER,
        receiver,
        removed,
        by: by.to_vec(),
    };
    let command = Command::TrustReceiver(Box::new(change));
    ledger.submit(&command).map(drop)
}

fn enter(ledger: &mut Ledger, receiver: Receiver) {
    change(ledger, receiver, false, &[developer(), colleague()]).unwrap();
}

const THE_BUYER: Receiver = Receiver::Organisation(BUYER);

fn send(ledger: &mut Ledger, from: AccountId, to: AccountId, tonnes: u64) -> Result<u64, Refusal> {
    request(
        ledger,
        "transfer",
        "send",
        from,
        tonnes,
        Fate::Transfer { to },
    )
}

fn accept(ledger: &mut Ledger, case: u64) -> Result<(), Refusal> {
    act(ledger, plain(case, "accept", &buyer())).map(drop)
}

fn waits(outcome: Result<(), Refusal>) -> u64 {
    match outcome {
        Err(Refusal::CoolingOff { until_ms, .. }) => until_ms,
        other => panic!("it must wait: {other:?}"),
    }
}

#[test]
fn units_for_a_receiver_that_is_not_trusted_wait_and_the_request_can_be_cancelled_meanwhile() {
    let (mut ledger, from, to) = trading_under(careful());
    let case = send(&mut ledger, from, to, 20).unwrap();
    let asked_ms = ledger.time_ms;
    let until_ms = waits(accept(&mut ledger, case));
    assert_eq!(until_ms, asked_ms + 24 * HOUR_MS);
    let known = ledger.state.case(case).unwrap();
    assert_eq!(ledger.state.cooling_off(known, asked_ms), Some(until_ms));
    assert_eq!(ledger.state.balance(LedgerAccount::OnHold(from)), 20);
    let cancelled = send(&mut ledger, from, to, 30).unwrap();
    act(&mut ledger, plain(cancelled, "cancel", &developer())).unwrap();
    assert_eq!(ledger.available(from), 80);
    ledger.time_ms = until_ms - 1;
    waits(accept(&mut ledger, case));
    ledger.time_ms = until_ms;
    accept(&mut ledger, case).unwrap();
    assert_eq!(ledger.available(to), 20);
    check(&ledger.state);
    survives_storage(&mut ledger);
}

#[test]
fn an_entry_counts_after_its_own_wait_and_a_removal_at_once() {
    let (mut ledger, from, to) = trading_under(careful());
    enter(&mut ledger, THE_BUYER);
    let entered_ms = ledger.time_ms;
    let case = send(&mut ledger, from, to, 20).unwrap();
    waits(accept(&mut ledger, case));
    ledger.time_ms = entered_ms + 72 * HOUR_MS;
    accept(&mut ledger, case).unwrap();
    // Trusted now: at once, and more than others get at a time.
    let case = send(&mut ledger, from, to, 60).unwrap();
    survives_storage(&mut ledger);
    change(&mut ledger, THE_BUYER, true, &[developer()]).unwrap();
    let refused = accept(&mut ledger, case);
    let limit = Err(Refusal::UntrustedLimit {
        tonnes: 60,
        max: 50,
    });
    assert_eq!(refused, limit, "the list is read when the units go");
    act(&mut ledger, plain(case, "cancel", &developer())).unwrap();
    let case = send(&mut ledger, from, to, 10).unwrap();
    waits(accept(&mut ledger, case));
    check(&ledger.state);
}

#[test]
fn no_more_goes_at_a_time_to_a_receiver_that_is_not_trusted_than_the_country_allows() {
    let (mut ledger, from, to) = trading_under(careful());
    let much = send(&mut ledger, from, to, 51);
    let limit = Refusal::UntrustedLimit {
        tonnes: 51,
        max: 50,
    };
    assert_eq!(much, Err(limit));
    assert_eq!(ledger.available(from), 100, "nothing is set aside");
    send(&mut ledger, from, to, 50).unwrap();
}

#[test]
fn the_same_holds_across_a_border_for_an_account_there() {
    let (mut vanuatu, _swiss, from) = two_countries_under(careful());
    let (flow, step) = ("border-transfer", "request");
    let fate = sending(START_MS + 60 * 24 * HOUR_MS);
    let case = ask(&mut vanuatu, flow, step, from, 30, fate).unwrap();
    let asked_ms = vanuatu.time_ms;
    approve(&mut vanuatu, case, 1).unwrap();
    let until_ms = waits(approve(&mut vanuatu, case, 2).map(drop));
    assert_eq!(until_ms, asked_ms + 48 * HOUR_MS);
    assert_eq!(vanuatu.state.transfers().count(), 0, "nothing is locked");
    let swiss = |account| Receiver::Abroad {
        party: text("CH"),
        account,
    };
    enter(&mut vanuatu, swiss(AccountId(TRADING.0 + 1)));
    enter(&mut vanuatu, swiss(TRADING));
    vanuatu.time_ms = until_ms - 1;
    waits(approve(&mut vanuatu, case, 2).map(drop));
    vanuatu.time_ms = until_ms;
    approve(&mut vanuatu, case, 2).unwrap();
    assert_eq!(vanuatu.state.transfers().count(), 1);
    check(&vanuatu.state);
    // Nobody is trusted in a country that does not know the partner.
    let unknown = Receiver::Abroad {
        party: text("KE"),
        account: AccountId(1),
    };
    let refused = change(&mut vanuatu, unknown, false, &[developer(), colleague()]);
    assert!(
        matches!(refused, Err(Refusal::UnknownPartner(_))),
        "{refused:?}"
    );
}

#[test]
fn entering_takes_two_users_of_the_organisation_or_one_and_an_official() {
    let (mut ledger, ..) = trading_under(careful());
    let viewer = person(DEVELOPER, "developer", "viewer", 32);
    let nobody = ActedBy {
        organisation: OrganisationId(99),
        ..developer()
    };
    for (why, by) in [
        ("nobody", vec![]),
        ("one user", vec![developer()]),
        ("the same user twice", vec![developer(), developer()]),
        ("an official first", vec![official(1), developer()]),
        ("officials alone", vec![official(1), official(2)]),
        ("a certifier second", vec![developer(), certifier()]),
        ("the receiver itself", vec![developer(), buyer()]),
        ("a viewer", vec![developer(), viewer]),
        ("an unknown organisation", vec![developer(), nobody]),
        ("three", vec![developer(), colleague(), official(1)]),
    ] {
        let refused = change(&mut ledger, THE_BUYER, false, &by);
        assert!(refused.is_err(), "{why}");
        assert_eq!(ledger.state.trusted(DEVELOPER, THE_BUYER), None, "{why}");
    }
    change(&mut ledger, THE_BUYER, false, &[developer(), official(1)]).unwrap();
    assert_eq!(ledger.state.trusted_of(DEVELOPER).count(), 1);
    assert_eq!(ledger.state.trusted_of(BUYER).count(), 0, "lists are apart");
    let twice = change(&mut ledger, THE_BUYER, false, &[developer(), colleague()]);
    assert!(matches!(twice, Err(Refusal::TrustList(_))), "{twice:?}");
    for by in [buyer(), certifier()] {
        assert!(change(&mut ledger, THE_BUYER, true, &[by]).is_err());
    }
    change(&mut ledger, THE_BUYER, true, &[official(2)]).unwrap();
    let gone = change(&mut ledger, THE_BUYER, true, &[developer()]);
    assert!(matches!(gone, Err(Refusal::TrustList(_))), "{gone:?}");
    let own = Receiver::Organisation(DEVELOPER);
    let own = change(&mut ledger, own, false, &[developer(), colleague()]);
    assert!(matches!(own, Err(Refusal::Trust(_))), "{own:?}");
}

#[test]
fn a_record_that_nobody_planned_needs_its_two_users_too() {
    let (mut ledger, ..) = trading_under(careful());
    let record = |removed, by| {
        Body::TrustedReceiver(TrustedReceiver {
            organisation: DEVELOPER,
            receiver: THE_BUYER,
            removed,
            by,
        })
    };
    let three = vec![developer(), colleague(), official(1)];
    for by in [vec![], vec![developer()], three] {
        let refused = ledger.write(record(false, by)).unwrap_err();
        assert!(matches!(refused, Refusal::Trust(_)), "{refused:?}");
    }
    ledger
        .write(record(false, vec![developer(), colleague()]))
        .unwrap();
    let two = ledger.write(record(true, vec![developer(), colleague()]));
    assert!(matches!(two, Err(Refusal::Trust(_))), "{two:?}");
}

#[test]
fn an_organisation_trusts_its_own_accounts() {
    let (mut ledger, from, _) = trading_under(careful());
    let own = account_of(&mut ledger, DEVELOPER);
    let case = send(&mut ledger, from, own, 60).unwrap();
    accept(&mut ledger, case).unwrap();
    assert_eq!(ledger.available(own), 60);
}

#[test]
fn a_suspended_organisation_changes_no_list_and_enters_none() {
    let (mut ledger, ..) = trading_under(careful());
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    let refused = change(&mut ledger, THE_BUYER, false, &[developer(), official(1)]);
    assert!(
        matches!(refused, Err(Refusal::OrganisationStanding { .. })),
        "{refused:?}"
    );
    let certifier = Receiver::Organisation(CERTIFIER);
    decide(&mut ledger, DEVELOPER, "reactivate", 2);
    change(&mut ledger, certifier, false, &[developer(), official(1)]).unwrap();
}

#[test]
fn without_the_table_nothing_waits() {
    let (mut ledger, from, to) = trading();
    let case = send(&mut ledger, from, to, 60).unwrap();
    accept(&mut ledger, case).unwrap();
    assert_eq!(ledger.available(to), 60);
}
