//! Units move and end by request, acceptance and approval, and by nothing else.

use countersign_protocol::record::{Body, Claim, Commitment, Fate, Purpose, RetireKind, Transfer};
use countersign_protocol::registry::{Command, LedgerAccount, Place, Refusal, Selection};

use crate::small::{act, buyer, developer, official, plain, request, trading};
use crate::support::START_MS;
use crate::support::invariants::check;

const RETIRE: Fate = Fate::Retire {
    kind: RetireKind::Retire,
    purpose: Purpose::Voluntary,
    beneficiary: Some(Commitment([9; 32])),
    claim: Claim {
        reason: None,
        jurisdiction: None,
        ndc_year: None,
    },
};

#[test]
fn requested_units_wait_on_hold_until_the_receiver_answers() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let first = request(&mut ledger, "transfer", "send", from, 60, fate.clone()).unwrap();
    assert_eq!(ledger.state.balance(LedgerAccount::OnHold(from)), 60);
    // The rest is too small for a second request of 50.
    let second = request(&mut ledger, "transfer", "send", from, 50, fate.clone());
    assert!(
        matches!(
            second,
            Err(Refusal::TooFew {
                available: 40,
                wanted: 50,
                ..
            })
        ),
        "{second:?}"
    );
    let own = act(&mut ledger, plain(first, "accept", &developer()));
    assert!(matches!(own, Err(Refusal::Workflow(_))), "{own:?}");
    act(&mut ledger, plain(first, "accept", &buyer())).unwrap();
    assert_eq!((ledger.available(from), ledger.available(to)), (40, 60));
    let twice = act(&mut ledger, plain(first, "accept", &buyer()));
    assert!(matches!(twice, Err(Refusal::Workflow(_))), "{twice:?}");
    check(&ledger.state);
}

#[test]
fn a_refusal_a_cancel_and_a_passed_deadline_free_the_units() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let refused = request(&mut ledger, "transfer", "send", from, 10, fate.clone()).unwrap();
    let mut no = plain(refused, "accept", &buyer());
    no.no = true;
    act(&mut ledger, no).unwrap();
    let cancelled = request(&mut ledger, "transfer", "send", from, 20, fate.clone()).unwrap();
    act(&mut ledger, plain(cancelled, "cancel", &developer())).unwrap();
    assert_eq!(ledger.available(from), 100);

    let lapsing = request(&mut ledger, "transfer", "send", from, 30, fate.clone()).unwrap();
    let mut lapse = plain(lapsing, "lapse", &developer());
    (lapse.by, lapse.comment) = (None, None);
    ledger.time_ms = START_MS + 14 * 86_400_000 - 1;
    let early = act(&mut ledger, lapse.clone());
    assert!(matches!(early, Err(Refusal::NotDue { .. })), "{early:?}");
    ledger.time_ms += 1;
    act(&mut ledger, lapse).unwrap();
    assert_eq!((ledger.available(from), ledger.available(to)), (100, 0));
    assert_eq!(ledger.state.balance(LedgerAccount::OnHold(from)), 0);
    check(&ledger.state);
}

#[test]
fn a_retirement_is_for_ever_and_needs_an_official() {
    let (mut ledger, from, _) = trading();
    let case = request(&mut ledger, "retirement", "request", from, 25, RETIRE).unwrap();
    act(&mut ledger, plain(case, "approve", &official(1))).unwrap();
    assert_eq!(ledger.state.balance(LedgerAccount::Used), 25);
    let used = ledger.state.holdings().filter(|it| it.place == Place::Used);
    assert_eq!(used.map(|it| it.block.tonnes()).sum::<u64>(), 25);
    assert!(act(&mut ledger, plain(case, "cancel", &developer())).is_err());
    check(&ledger.state);
}

#[test]
fn what_a_case_approves_is_the_next_record_and_no_other() {
    let (mut ledger, from, to) = trading();
    let fate = Fate::Transfer { to };
    let moved = request(&mut ledger, "transfer", "send", from, 10, fate).unwrap();
    let ended = request(&mut ledger, "retirement", "request", from, 25, RETIRE).unwrap();
    for (case, approval) in [
        (moved, plain(moved, "accept", &buyer())),
        (ended, plain(ended, "approve", &official(1))),
    ] {
        let mut planned = ledger.clone();
        act(&mut planned, approval.clone()).unwrap();
        let approved = planned.leaves.last().unwrap().body.clone();
        // Whoever has the key writes the approval alone: the units are still set aside, and nothing else comes next.
        ledger.write(Body::CaseAct(approval.clone())).unwrap();
        let awaited = Refusal::RecordAwaited(case);
        let again = ledger.write(Body::CaseAct(approval)).unwrap_err();
        assert_eq!(again, awaited);
        let mut others = Vec::new();
        match &approved {
            Body::Transfer(it) => {
                let (mut back, mut fewer) = (it.clone(), it.clone());
                back.to = it.from;
                fewer.ranges.clear();
                others.extend([back, fewer].map(Body::Transfer));
            }
            Body::Retire(it) => {
                let mut all = [it.clone(), it.clone(), it.clone(), it.clone()];
                all[0].kind = RetireKind::Cancel;
                all[1].purpose = Purpose::Ndc;
                all[2].beneficiary = None;
                all[3].ranges.clear();
                others.extend(all.map(Body::Retire));
            }
            other => panic!("a {} instead of what was approved", other.kind()),
        }
        for other in others {
            assert_eq!(ledger.write(other).unwrap_err(), awaited);
        }
        ledger.write(approved).unwrap();
        assert_eq!(ledger.state, planned.state);
        check(&ledger.state);
    }
    assert_eq!((ledger.available(from), ledger.available(to)), (65, 10));
    assert_eq!(ledger.state.balance(LedgerAccount::Used), 25);
}

#[test]
fn nothing_moves_or_ends_beside_a_case() {
    let (mut ledger, from, to) = trading();
    let units = Selection::Tonnes(5);
    let transfer = Command::Transfer {
        from,
        to,
        units: units.clone(),
    };
    assert_eq!(
        ledger.submit(&transfer),
        Err(Refusal::ByProcess("a transfer"))
    );
    let retirement = Command::Retire {
        account: from,
        units,
        kind: RetireKind::Cancel,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        claim: Claim::default(),
    };
    assert_eq!(
        ledger.submit(&retirement),
        Err(Refusal::ByProcess("a retirement"))
    );
    let whole = ledger.state.available(from).next().unwrap().block.range();
    let forged = Body::Transfer(Transfer {
        from,
        to,
        ranges: vec![whole],
    });
    assert_eq!(
        ledger.write(forged).unwrap_err(),
        Refusal::ByProcess("a transfer")
    );
}

#[test]
fn nobody_reserves_what_is_not_theirs_or_for_another_end() {
    let (mut ledger, from, to) = trading();
    let foreign = request(
        &mut ledger,
        "transfer",
        "send",
        to,
        1,
        Fate::Transfer { to: from },
    );
    assert!(foreign.is_err(), "the buyer's account");
    let other_end = request(&mut ledger, "transfer", "send", from, 1, RETIRE);
    assert!(matches!(other_end, Err(Refusal::Act(_))), "{other_end:?}");
    let other_end = request(
        &mut ledger,
        "retirement",
        "request",
        from,
        1,
        Fate::Transfer { to },
    );
    assert!(matches!(other_end, Err(Refusal::Act(_))), "{other_end:?}");
    let itself = request(
        &mut ledger,
        "transfer",
        "send",
        from,
        1,
        Fate::Transfer { to: from },
    );
    assert!(matches!(itself, Err(Refusal::Act(_))), "{itself:?}");
    assert_eq!(ledger.available(from), 100);
}
