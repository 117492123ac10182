use countersign_protocol::verdict::{Moved, Verdict, judge};

use crate::judging::lock;
use crate::ledger::Ledger;
use crate::scene::{ORIGIN, issued, judged, moved, retired, trust};

fn ledger() -> Ledger {
    let leaves = vec![
        moved("GH-1-10"),
        issued("GH-1-1000"),
        moved("GH-900-1100"),
        retired("GH-1-250"),
        moved("GH-2000-2100"),
        lock(ORIGIN),
    ];
    Ledger::new(ORIGIN, 1, leaves)
}

fn at(index: u64) -> Option<Moved> {
    Some(Moved {
        origin: Some(ORIGIN.to_owned()),
        index,
    })
}

#[test]
fn the_earliest_proven_move_counts() {
    let ledger = ledger();
    let it = judged(
        &ledger,
        1,
        &[&ledger.bundle(5), &ledger.bundle(3), &ledger.bundle(2)],
    );
    assert_eq!(
        (it.verdict, it.moved, it.answered),
        (Verdict::Moved, at(2), false)
    );
}

#[test]
fn moves_before_the_record_or_of_other_units_change_nothing() {
    let ledger = ledger();
    let it = judged(
        &ledger,
        1,
        &[&ledger.bundle(0), &ledger.bundle(4), &ledger.bundle(1)],
    );
    assert_eq!((it.verdict, it.moved), (Verdict::FreshnessUnknown, None));
}

#[test]
fn nothing_overtakes_a_retirement() {
    let ledger = ledger();
    let it = judged(&ledger, 3, &[&ledger.bundle(5), &ledger.bundle(2)]);
    assert_eq!((it.verdict, it.moved), (Verdict::Valid, None));
}

#[test]
fn what_is_altered_or_of_nobody_known_proves_no_move() {
    let ledger = ledger();
    let altered = ledger.bundle(2).replace("index 2", "index 3");
    let stranger = Ledger::new(ORIGIN, 50, vec![issued("GH-1-1000"), moved("GH-1-9")]).bundle(1);
    let it = judged(&ledger, 1, &[&altered, &stranger, "nonsense", ""]);
    assert_eq!(it.verdict, Verdict::FreshnessUnknown);
}

#[test]
fn another_ledger_that_is_trusted_shows_a_move_by_its_time() {
    let ledger = ledger();
    let abroad = Ledger::new(
        "registry.example.admin.ch/ledger",
        40,
        vec![retired("GH-5-6")],
    );
    let (own, other) = (ledger.trust(2), abroad.trust(2));
    let policy = format!("{}\n{own}", other.lines().next().unwrap());
    let policy = policy.parse().unwrap();
    // Its own witnesses are not among those of the policy.
    let later = abroad.bundle(0);
    let verdict = judge(&policy, ledger.bundle(1).as_bytes(), &[later.as_bytes()]).verdict;
    assert_eq!(verdict, Verdict::FreshnessUnknown);
    let lax = format!(
        "{}\n{}\nquorum none\n",
        other.lines().next().unwrap(),
        own.lines().next().unwrap()
    );
    let it = judge(
        &lax.parse().unwrap(),
        ledger.bundle(1).as_bytes(),
        &[later.as_bytes()],
    );
    assert_eq!(it.verdict, Verdict::Moved);
    assert_eq!(
        it.moved.unwrap().origin.as_deref(),
        Some("registry.example.admin.ch/ledger")
    );
    // The other way round the issuance is the earlier one.
    let it = judge(
        &lax.parse().unwrap(),
        later.as_bytes(),
        &[ledger.bundle(1).as_bytes()],
    );
    assert_eq!(it.verdict, Verdict::Valid);
}

fn answer(items: &[(&str, u64)]) -> String {
    let item = |(range, since): &(&str, u64)| {
        format!("{{\"range\": \"{range}\", \"since\": {since}, \"place\": \"available\"}}")
    };
    let items: Vec<String> = items.iter().map(item).collect();
    format!(" {{\"items\": [{}], \"next\": null}}", items.join(", "))
}

#[test]
fn an_answer_that_covers_every_unit_makes_it_valid_as_an_answer() {
    let ledger = ledger();
    let whole = answer(&[("GH-501-1000", 1), ("GH-1-500", 1)]);
    let it = judged(&ledger, 1, &[&whole]);
    assert_eq!((it.verdict, it.answered), (Verdict::Valid, true));
    for gap in [
        answer(&[("GH-1-500", 1), ("GH-502-1000", 1)]),
        answer(&[("GH-1-999", 1)]),
        answer(&[("GH-2-1000", 1)]),
        answer(&[("VU-1-1000", 1)]),
        answer(&[("GH-1-1000", 0)]),
        answer(&[]),
        whole.replace("]", ""),
    ] {
        let it = judged(&ledger, 1, &[&gap]);
        assert_eq!(
            (it.verdict, it.answered),
            (Verdict::FreshnessUnknown, false),
            "{gap}"
        );
    }
}

#[test]
fn an_answer_may_say_that_units_moved_but_a_proof_weighs_more() {
    let ledger = ledger();
    let moved_on = answer(&[("GH-1-500", 1), ("GH-501-600", 9), ("GH-601-1000", 7)]);
    let it = judged(&ledger, 1, &[&moved_on]);
    let by_answer = Some(Moved {
        origin: None,
        index: 7,
    });
    assert_eq!(
        (it.verdict, it.moved, it.answered),
        (Verdict::Moved, by_answer, true)
    );
    let it = judged(&ledger, 1, &[&moved_on, &ledger.bundle(3)]);
    assert_eq!(
        (it.verdict, it.moved, it.answered),
        (Verdict::Moved, at(3), false)
    );
}

#[test]
fn an_answer_of_all_well_does_not_undo_a_proven_move() {
    let ledger = ledger();
    let it = judged(
        &ledger,
        1,
        &[&answer(&[("GH-1-1000", 1)]), &ledger.bundle(2)],
    );
    assert_eq!((it.verdict, it.answered), (Verdict::Moved, false));
}

#[test]
fn only_so_many_texts_are_read() {
    let ledger = ledger();
    let bundle = ledger.bundle(2);
    let mut texts = vec!["{}"; 16];
    texts.push(&bundle);
    assert_eq!(
        judged(&ledger, 1, &texts).verdict,
        Verdict::FreshnessUnknown
    );
    texts.swap(3, 16);
    assert_eq!(judged(&ledger, 1, &texts).verdict, Verdict::Moved);
    let policy = trust(&ledger);
    assert_eq!(judge(&policy, b"", &[]).verdict, Verdict::Altered);
}
