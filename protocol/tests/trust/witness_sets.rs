//! Which policies may be the federation's.

use countersign_protocol::trust::{Imprudence, WitnessSet, WitnessesFault, check_witnesses};

use crate::world::{log_key, policy, witness};

fn with_groups(groups: &str) -> Result<WitnessSet, WitnessesFault> {
    let mut text = String::new();
    for at in 1..=7 {
        let name = format!("w{at}.example");
        text += &format!("witness w{at} {}\n", witness(&name).verifier());
    }
    WitnessSet::parse((text + groups).as_bytes())
}

#[test]
fn how_many_witnesses_may_lie_or_be_away_is_said() {
    let cases = [
        ("group q 3 w1 w2 w3 w4\nquorum q\n", 1),
        ("group q 5 w1 w2 w3 w4 w5 w6 w7\nquorum q\n", 2),
        ("group q 2 w1 w2 w3\nquorum q\n", 0),
        ("quorum w1\n", 0),
    ];
    for (groups, tolerated) in cases {
        assert_eq!(
            with_groups(groups).unwrap().tolerates(),
            Some(tolerated),
            "{groups}"
        );
    }
    let nested = "group a 2 w1 w2 w3\ngroup b 2 w4 w5 w6\ngroup q all a b\nquorum q\n";
    assert_eq!(with_groups(nested).unwrap().tolerates(), None);
}

#[test]
fn a_policy_under_which_two_ledgers_could_both_be_cosigned_is_refused() {
    for groups in [
        "group q 2 w1 w2 w3 w4\nquorum q\n",
        "group q any w1 w2\nquorum q\n",
        // Each side of the one shared group may be met by other witnesses.
        "group a any w1 w2\ngroup b 2 w3 w4 w5\ngroup q 2 a b w6\nquorum q\n",
        "group a any w1 w2\nquorum a\n",
    ] {
        assert_eq!(
            with_groups(groups),
            Err(WitnessesFault::Disjoint),
            "{groups}"
        );
    }
    assert!(
        with_groups("group a any w1 w2\ngroup b 2 w3 w4 w5\ngroup q all a b\nquorum q\n").is_ok()
    );
}

#[test]
fn a_policy_without_quorum_with_logs_or_in_another_spelling_is_refused() {
    assert_eq!(with_groups("quorum none\n"), Err(WitnessesFault::NoQuorum));
    assert!(matches!(with_groups(""), Err(WitnessesFault::Policy(_))));
    let log = format!(
        "log {}\n{}",
        log_key("gh.example/ledger", 1).verifier(),
        policy()
    );
    assert_eq!(WitnessSet::parse(log.as_bytes()), Err(WitnessesFault::Log));
    let comment = format!("# ours\n{}", policy());
    assert_eq!(
        WitnessSet::parse(comment.as_bytes()),
        Err(WitnessesFault::Spelling)
    );
    assert_eq!(WitnessSet::parse(&[0xff]), Err(WitnessesFault::NotText));
    assert!(WitnessSet::parse(policy().as_bytes()).is_ok());
}

/// A change of witnesses is prudent when every quorum of the old set and every one of the new share one that does not lie.
#[test]
fn witnesses_are_changed_one_at_a_time() {
    let set = |groups: &str| with_groups(groups).unwrap();
    let four = set("group q 3 w1 w2 w3 w4\nquorum q\n");
    let five = set("group q 4 w1 w2 w3 w4 w5\nquorum q\n");
    let other_four = set("group q 3 w1 w2 w3 w5\nquorum q\n");
    assert_eq!(check_witnesses(&four, &four), Ok(()));
    // One is added and then another taken away: two in common, and one may lie.
    for (before, now) in [(&four, &five), (&five, &other_four), (&other_four, &five)] {
        assert_eq!(before.shares_with(now), 2);
        assert_eq!(check_witnesses(before, now), Ok(()));
    }
    // One is exchanged for another: the only one in common may be the one that lies.
    let too_many = check_witnesses(&four, &other_four);
    let (shared, needed) = (1, 2);
    assert_eq!(too_many, Err(Imprudence::TooManyAtOnce { shared, needed }));
    let strangers = set("group q 2 w5 w6 w7\nquorum q\n");
    assert_eq!(four.shares_with(&strangers), 0);
    assert!(check_witnesses(&four, &strangers).is_err());
}

#[test]
fn nested_sets_of_witnesses_change_within_a_group() {
    let set = |groups: &str| with_groups(groups).unwrap();
    let nested = set("group a 2 w1 w2 w3\ngroup b 2 w4 w5 w6\ngroup q all a b\nquorum q\n");
    let exchanged = set("group a 2 w1 w2 w3\ngroup b 2 w4 w5 w7\ngroup q all a b\nquorum q\n");
    assert_eq!(nested.shares_with(&exchanged), 1);
    assert_eq!(check_witnesses(&nested, &exchanged), Ok(()));
    // Whoever else changes, one witness that stands in every quorum is enough where none may lie.
    let small = set("group a any w1 w2\ngroup q all a w3\nquorum q\n");
    let others = set("group a any w4 w5\ngroup q all a w3\nquorum q\n");
    assert_eq!(small.shares_with(&others), 1);
    assert_eq!(check_witnesses(&small, &others), Ok(()));
    let without = set("group a any w1 w2\ngroup q all a w4\nquorum q\n");
    assert!(check_witnesses(&small, &without).is_err());
}
