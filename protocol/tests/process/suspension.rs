//! One record suspends: the organisation moves nothing, its open requests are cancelled, its projects rest.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::record::{
    AccountKind, Body, Claim, Commitment, Fate, Hold, Purpose, RetireKind,
};
use countersign_protocol::registry::{
    CaseEnd, Command, LedgerAccount, NewCase, Refusal, RegistryCase, Standing, State,
};
use countersign_protocol::workflow::SubjectKind;
use proptest::prelude::*;

use crate::small::{
    BUYER, DEVELOPER, act, act_and_issue, authorised_project, buyer, certifier, decide, developer,
    document, monitored, monitored_in, official, open, plain, registry, request, stored_and_loaded,
    trading, verify,
};
use crate::support::invariants::check;
use crate::support::{Ledger, START_MS, text};

const DAY_MS: u64 = 86_400_000;

fn standing_of<T: std::fmt::Debug>(done: Result<T, Refusal>) -> &'static str {
    match done {
        Err(Refusal::OrganisationStanding { standing, .. }) => standing,
        other => panic!("{other:?}"),
    }
}

fn cancelled(standing: Standing, at: u64) -> Option<CaseEnd> {
    Some(CaseEnd::Standing {
        organisation: DEVELOPER,
        standing,
        at,
    })
}

#[test]
fn a_suspension_frees_what_was_reserved_and_ends_the_requests_in_its_own_leaf() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let sending = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let retire = Fate::Retire {
        kind: RetireKind::Cancel,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        claim: Claim::default(),
    };
    let retiring = request(
        &mut ledger,
        "retirement",
        "request",
        from,
        20,
        retire.clone(),
    )
    .unwrap();
    let done = request(&mut ledger, "transfer", "send", from, 10, fate.clone()).unwrap();
    act(&mut ledger, plain(done, "accept", &buyer())).unwrap();
    let size = ledger.state.size();
    let at = decide(&mut ledger, DEVELOPER, "suspend", 1);
    assert_eq!(ledger.state.size(), size + 1, "one leaf");
    assert_eq!((ledger.available(from), ledger.available(to)), (90, 10));
    assert_eq!(ledger.state.balance(LedgerAccount::OnHold(from)), 0);
    for case in [sending, retiring] {
        let known = ledger.state.case(case).unwrap();
        assert_eq!(known.end, cancelled(Standing::Suspended, at), "case {case}");
        assert_eq!((known.changed_at, known.reserved.as_ref()), (at, None));
    }
    // What had ended before keeps its own end.
    let end = ledger.state.case(done).unwrap().end;
    assert!(matches!(end, Some(CaseEnd::Step { at: its }) if its < at));
    check(&ledger.state);
    ledger.end_block();
    assert_eq!(stored_and_loaded(&ledger), ledger.state);
    check(&stored_and_loaded(&ledger));

    // Nothing moves, whoever acts, and the request is not alive again after the reactivation.
    assert_eq!(
        standing_of(request(
            &mut ledger,
            "transfer",
            "send",
            from,
            1,
            fate.clone()
        )),
        "suspended"
    );
    assert_eq!(
        standing_of(ledger.submit(&Command::OpenAccount {
            organisation: DEVELOPER,
            name: text("Another"),
            kind: AccountKind::EntityHolding,
        })),
        "suspended"
    );
    for again in [false, true] {
        let accepted = act(&mut ledger, plain(sending, "accept", &buyer()));
        let expected = Refusal::CaseCancelled {
            case: sending,
            organisation: DEVELOPER,
            standing: "suspended",
            at,
        };
        assert_eq!(accepted, Err(expected));
        let mut lapse = plain(sending, "lapse", &developer());
        (lapse.by, lapse.comment) = (None, None);
        ledger.time_ms = START_MS + 30 * DAY_MS;
        let lapsed = act(&mut ledger, lapse);
        assert!(matches!(lapsed, Err(Refusal::CaseCancelled { .. })));
        if !again {
            decide(&mut ledger, DEVELOPER, "reactivate", 2);
        }
    }
    let anew = request(&mut ledger, "transfer", "send", from, 90, fate.clone()).unwrap();
    act(&mut ledger, plain(anew, "accept", &buyer())).unwrap();
    assert_eq!((ledger.available(from), ledger.available(to)), (0, 100));
}

#[test]
fn requests_that_name_the_suspended_as_receiver_end_too() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let case = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let at = decide(&mut ledger, BUYER, "suspend", 1);
    assert_eq!(ledger.available(from), 100);
    let end = ledger.state.case(case).unwrap().end;
    let expected = CaseEnd::Standing {
        organisation: BUYER,
        standing: Standing::Suspended,
        at,
    };
    assert_eq!(end, Some(expected));
    // A new one to it does not even begin.
    assert_eq!(
        standing_of(request(
            &mut ledger,
            "transfer",
            "send",
            from,
            30,
            fate.clone()
        )),
        "suspended"
    );
    check(&ledger.state);
}

#[test]
fn a_closed_organisation_has_no_open_requests_either() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let case = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    decide(&mut ledger, DEVELOPER, "close", 1);
    assert_eq!(ledger.available(from), 70, "one signature closes nothing");
    let at = decide(&mut ledger, DEVELOPER, "close", 2);
    assert_eq!(ledger.available(from), 100);
    assert_eq!(
        ledger.state.case(case).unwrap().end,
        cancelled(Standing::Closed, at)
    );
    check(&ledger.state);
}

#[test]
fn nobody_lifts_the_hold_of_a_reservation_or_cuts_it() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let case = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let reserved = ledger.state.case(case).unwrap().reserved.clone().unwrap();
    let lift = ledger.submit(&Command::Hold {
        account: from,
        ranges: reserved.ranges.clone(),
        lift: true,
        reason: text("by the back door"),
    });
    assert!(matches!(lift, Err(Refusal::NotHeld { .. })), "{lift:?}");
    let cut = ledger.write(Body::Split(countersign_protocol::record::Split {
        range: reserved.ranges[0],
        at: reserved.ranges[0].first() + 1,
    }));
    assert!(cut.is_err());
    // A hold on other units is placed and lifted as ever.
    let free = ledger.state.available(from).next().unwrap().block.range();
    for lift in [false, true] {
        let hold = Hold {
            account: from,
            ranges: vec![free],
            lift,
            reason: text("court order"),
        };
        ledger.write(Body::Hold(hold)).unwrap();
    }
    check(&ledger.state);
}

#[test]
fn projects_and_monitoring_rest_and_their_deadlines_do_not_run() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![document("design-document")];
    submit.names = Some(crate::small::CERTIFIER);
    act(&mut ledger, submit.clone()).unwrap();
    let mut no = plain(case, "validate", &certifier());
    no.no = true;
    no.form = Some(Commitment([5; 32]));
    no.documents = vec![document("validation-report")];
    act(&mut ledger, no).unwrap();
    // The developer has 180 days to submit again; 100 pass before the suspension, 100 in it.
    ledger.time_ms += 100 * DAY_MS;
    let at = decide(&mut ledger, DEVELOPER, "suspend", 1);
    let known = ledger.state.case(case).unwrap();
    assert_eq!((known.end, known.paused.map(|it| it.at)), (None, Some(at)));
    ledger.time_ms += 100 * DAY_MS;
    let mut give_up = plain(case, "give-up", &developer());
    (give_up.by, give_up.comment) = (None, None);
    assert_eq!(
        act(&mut ledger, give_up.clone()),
        Err(Refusal::CasePaused { case, at })
    );
    decide(&mut ledger, DEVELOPER, "reactivate", 2);
    assert_eq!(ledger.state.case(case).unwrap().paused, None);
    ledger.time_ms += 80 * DAY_MS - 1;
    let early = act(&mut ledger, give_up.clone());
    assert!(matches!(early, Err(Refusal::NotDue { .. })), "{early:?}");
    let mut in_time = ledger.clone();
    submit.step = text("resubmit");
    act(&mut in_time, submit).unwrap();
    ledger.time_ms += 1;
    act(&mut ledger, give_up).unwrap();
    check(&ledger.state);
}

#[test]
fn a_shared_project_rests_until_every_owner_may_act_again() {
    let (mut ledger, _, _) = trading();
    let shared = NewCase {
        flow: text("project"),
        track: None,
        parent: None,
        title: text("Shared"),
        owners: BTreeSet::from([DEVELOPER, BUYER]),
        shares: BTreeMap::from([(DEVELOPER, 1), (BUYER, 1)]),
        counterparty: None,
        scopes: BTreeSet::new(),
        by: developer(),
    };
    ledger.must(&Command::OpenCase(Box::new(shared)));
    let case = ledger.state.cases().next_back().unwrap().number;
    let first = decide(&mut ledger, BUYER, "suspend", 1);
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    let known = |ledger: &Ledger| ledger.state.case(case).unwrap().clone();
    for (back, rests) in [(BUYER, true), (DEVELOPER, false)] {
        let paused = known(&ledger).paused.unwrap();
        assert_eq!((paused.at, known(&ledger).changed_at), (first, first));
        decide(&mut ledger, back, "reactivate", 2);
        assert_eq!(known(&ledger).paused.is_some(), rests, "{back}");
    }
    assert_eq!(known(&ledger).changed_at, ledger.state.size() - 1);
    check(&ledger.state);
}

#[test]
fn nothing_is_issued_to_the_suspended_and_only_the_authority_decides_meanwhile() {
    let mut ledger = registry();
    let account = crate::small::account_of(&mut ledger, DEVELOPER);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    let other = monitored_in(&mut ledger, project, "2024-01-01/2024-12-31").unwrap();
    act(&mut ledger, verify(case, &[(2023, 10)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    let at = decide(&mut ledger, DEVELOPER, "suspend", 1);
    let issued = act_and_issue(&mut ledger, plain(case, "issue", &official(2)), account);
    assert_eq!(issued, Err(Refusal::CasePaused { case, at }));
    let verified = act(&mut ledger, verify(other, &[(2024, 10)]));
    assert_eq!(verified, Err(Refusal::CasePaused { case: other, at }));
    decide(&mut ledger, DEVELOPER, "reactivate", 2);
    act(&mut ledger, verify(other, &[(2024, 10)])).unwrap();
    act_and_issue(&mut ledger, plain(case, "issue", &official(2)), account).unwrap();
    assert_eq!(ledger.available(account), 10);
    // Another owner can not begin anything for the suspended one.
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    let shared = NewCase {
        flow: text("project"),
        track: None,
        parent: None,
        title: text("Shared"),
        owners: BTreeSet::from([DEVELOPER, crate::small::CERTIFIER]),
        shares: BTreeMap::new(),
        counterparty: None,
        scopes: BTreeSet::new(),
        by: certifier(),
    };
    let begun = ledger.submit(&Command::OpenCase(Box::new(shared)));
    assert_eq!(standing_of(begun), "suspended");
    // The authority can still close the project.
    act(&mut ledger, plain(project, "close", &official(1))).unwrap();
    act(&mut ledger, plain(project, "close", &official(2))).unwrap();
    assert!(ledger.state.case(project).unwrap().end.is_some());
    check(&ledger.state);
}

#[test]
fn a_suspension_with_ten_thousand_open_requests_ends_each_and_can_be_taken_back() {
    const REQUESTS: u64 = 10_000;
    let (mut ledger, account, _) = trading();
    let is_project = |it: &&RegistryCase| it.kind == SubjectKind::Project;
    let project = ledger.state.cases().find(is_project).unwrap().number;
    let case = monitored_in(&mut ledger, project, "2024-01-01/2024-12-31").unwrap();
    act(&mut ledger, verify(case, &[(2024, REQUESTS)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    act_and_issue(&mut ledger, plain(case, "issue", &official(2)), account).unwrap();
    let retire = Fate::Retire {
        kind: RetireKind::Cancel,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        claim: Claim::default(),
    };
    for _ in 0..REQUESTS {
        request(
            &mut ledger,
            "retirement",
            "request",
            account,
            1,
            retire.clone(),
        )
        .unwrap();
    }
    assert_eq!(ledger.available(account), 100);
    let whole: State = ledger.state.clone();
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    assert_eq!(ledger.available(account), 100 + REQUESTS);
    let open = ledger.state.open_cases_of(DEVELOPER);
    assert_eq!(open.filter(|case| case.is_request()).count(), 0);
    check(&ledger.state);
    // The leaf is taken back as a whole.
    let record = ledger.leaves.last().unwrap().clone();
    ledger.state = whole.clone();
    let applied = ledger.write(record.body).unwrap();
    ledger.state.revert(&applied);
    assert_eq!(ledger.state, whole);
    check(&ledger.state);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is asked, accepted, suspended and reactivated in whatever order: units are conserved, and none is
    /// reserved for an organisation that may not act.
    #[test]
    fn random_suspensions_lose_no_unit_and_leave_no_reservation(
        throws in proptest::collection::vec((0_usize..6, 1_u64..40), 1..40)
    ) {
        let (mut ledger, from, to) = trading();
        let fate = Fate::Transfer { to };
        for (what, number) in throws {
            let last = ledger.state.cases().next_back().unwrap().number;
            let before = ledger.state.size();
            let done = match what {
                0 | 1 => request(&mut ledger, "transfer", "send", from, number, fate.clone()).map(drop),
                2 => act(&mut ledger, plain(last.saturating_sub(number % 4), "accept", &buyer())).map(drop),
                _ => random_standing(&mut ledger, what, number),
            };
            prop_assert!(done.is_ok() || ledger.state.size() <= before + 1);
            prop_assert_eq!(
                ledger.available(from) + ledger.available(to)
                    + u64::try_from(ledger.state.balance(LedgerAccount::OnHold(from))).unwrap(),
                100
            );
            for organisation in [DEVELOPER, BUYER] {
                if ledger.state.organisation_standing(organisation) == Standing::Suspended {
                    let requests = ledger.state.open_cases_of(organisation);
                    prop_assert_eq!(requests.filter(|case| case.is_request()).count(), 0);
                }
            }
            check(&ledger.state);
        }
    }
}

fn random_standing(ledger: &mut Ledger, what: usize, number: u64) -> Result<(), Refusal> {
    let organisation = if what == 3 { DEVELOPER } else { BUYER };
    let active = ledger.state.organisation_standing(organisation) == Standing::Active;
    let (step, user) = if active {
        ("suspend", 1)
    } else {
        ("reactivate", 2)
    };
    if number > 5 {
        decide(ledger, organisation, step, user);
    }
    Ok(())
}
