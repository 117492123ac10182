//! The rules of the fold, over random histories.

use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};

use crate::deed::deed;
use crate::trial::{Tally, Trial};

#[test]
fn every_rule_holds_after_every_record_of_any_history() {
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES")
            .ok()
            .and_then(|cases| cases.parse().ok())
            .unwrap_or(200),
        failure_persistence: None,
        ..Config::default()
    });
    let tally = std::cell::RefCell::new(Tally::default());
    runner
        .run(&vec(deed(), 1..120), |deeds| {
            let mut trial = Trial::new();
            for deed in &deeds {
                trial.run(deed);
            }
            trial.replays();
            let mut sum = tally.borrow_mut();
            sum.intents += trial.tally.intents;
            sum.raw += trial.tally.raw;
            sum.raw_refused += trial.tally.raw_refused;
            sum.acquired += trial.tally.acquired;
            sum.refused += trial.tally.refused;
            sum.finalised += trial.tally.finalised;
            sum.released += trial.tally.released;
            sum.came_home += trial.tally.came_home;
            Ok(())
        })
        .unwrap();
    let tally = tally.into_inner();
    println!("{tally:?}");
    assert!(
        tally.intents > 0 && tally.raw > 0 && tally.raw_refused > 0,
        "{tally:?}"
    );
    assert!(tally.acquired > 0 && tally.refused > 0, "{tally:?}");
    assert!(tally.finalised > 0 && tally.released > 0, "{tally:?}");
    assert!(tally.came_home > 0, "{tally:?}");
}
