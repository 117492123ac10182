//! Which policies may be the federation's.

use countersign_protocol::trust::{WitnessSet, WitnessesFault};

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
