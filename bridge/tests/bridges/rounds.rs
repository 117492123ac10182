//! The life of a bridge whose other side knows no staging: issuances, faulty requests and ends of the process at random, then rest.

use countersign_bridge::frame::{Bridge, Turn};
use proptest::prelude::*;

use crate::country::Country;
use crate::faults::{Doom, FakeClock};

/// What a case does: tonnes that projects issue, turns, after how many steps the process ends, and one faulty request in so many.
pub type Round = (Vec<(u64, u64)>, u64, Option<u64>, u64);

/// A round in which so many projects may issue.
pub fn round(projects: u64) -> impl Strategy<Value = Round> {
    let issues = prop::collection::vec((0..projects, 1..2_000_u64), 0..3);
    let kill = prop::option::weighted(0.6, 0..60_u64);
    (issues, 1..30_u64, kill, prop_oneof![Just(0), 2..8_u64])
}

/// Plays the rounds, with a new start after each end of the process, and lets the bridge come to rest.
pub async fn play(
    rounds: Vec<Round>,
    country: &mut Country,
    doom: &Doom,
    clock: &FakeClock,
    mut start: impl FnMut(&Country) -> Bridge,
) -> Result<(), TestCaseError> {
    let mut bridge = start(country);
    for (issues, turns, kill_in, faulty_one_in) in rounds {
        for (project, tonnes) in issues {
            let case = country.projects[usize::try_from(project).unwrap()];
            country.issue(case, tonnes);
        }
        doom.faulty_one_in(faulty_one_in);
        if let Some(steps) = kill_in {
            doom.kill_in(steps);
        }
        let work = async {
            for _ in 0..turns {
                if let Turn::Waits { until_ms, .. } = bridge.turn().await.unwrap() {
                    clock.at(until_ms);
                }
            }
        };
        let is_killed = tokio::select! {
            () = doom.killed() => true,
            () = work => false,
        };
        if is_killed {
            bridge = start(country);
        }
        doom.spare();
    }
    let mut rest = 0;
    while rest < 2_000 {
        rest += 1;
        match bridge.turn().await.unwrap() {
            Turn::Again => {}
            Turn::Waits { until_ms, .. }
            | Turn::Idle {
                until_ms: Some(until_ms),
            } => clock.at(until_ms),
            Turn::Idle { until_ms: None } => break,
        }
    }
    prop_assert!(rest < 2_000, "no rest");
    Ok(())
}
