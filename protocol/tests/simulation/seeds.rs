//! Many seeds: no law is broken in any.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::defect::Defect;
use crate::shared::{Law, Violation};
use crate::world::{Ended, Setup, run};

/// How many things happen in a run before everything is mended.
const ACTS: u32 = 60;
/// Lines of a trace that are shown after a failure; a seed that is asked for is shown from its beginning.
const SHOWN: usize = 200;

pub(crate) fn setup(seed: u64, defect: Option<Defect>, watched: Option<Law>) -> Setup {
    Setup {
        seed,
        acts: ACTS,
        defect,
        watched,
    }
}

/// Runs a seed again with its trace, and shows the end of it.
pub(crate) fn show(setup: Setup) -> Ended {
    let ended = run(setup, true);
    let is_asked_for = std::env::var_os("COUNTERSIGN_SEED").is_some();
    let skipped = if is_asked_for {
        0
    } else {
        ended.trace.len().saturating_sub(SHOWN)
    };
    for line in &ended.trace[skipped..] {
        println!("{line}");
    }
    ended
}

fn fail(seed: u64, violation: &Violation) -> ! {
    show(setup(seed, None, None));
    panic!(
        "seed {seed}: {:?} is broken after {} ms: {}\n\
         run it again with\n    COUNTERSIGN_SEED={seed} cargo test -p countersign-protocol --test simulation \
         one_seed -- --nocapture",
        violation.law, violation.at_ms, violation.what
    );
}

/// Runs one of eight parts of 2,000 seeds, or of ten times as many with `COUNTERSIGN_LONG`.
fn hold(batch: u64) {
    let long = std::env::var_os("COUNTERSIGN_LONG").is_some();
    let count = if long { 2_500 } else { 250 };
    let started = Instant::now();
    let mut happened: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut events, mut virtual_ms) = (0, 0);
    for seed in batch * count..(batch + 1) * count {
        let ended = run(setup(seed, None, None), false);
        if let Some(violation) = &ended.violation {
            fail(seed, violation);
        }
        for (what, times) in ended.happened {
            *happened.entry(what).or_default() += times;
        }
        events += ended.events;
        virtual_ms += ended.virtual_ms;
    }
    let took_s = started.elapsed().as_secs_f64();
    println!(
        "{count} seeds, {events} events, {} h of virtual time in {took_s:.1} s: {:.1} seeds/s",
        virtual_ms / 3_600_000,
        count as f64 / took_s
    );
    println!("{happened:?}");
    // A storm in which something never happens shows nothing about it.
    for what in [
        "closed",
        "crash",
        "evidence",
        "final",
        "forged",
        "found behind",
        "joined",
        "key rotated",
        "recovered from mirrors",
        "released",
        "released from a closed ledger",
        "registry abandoned",
        "surviving line named",
        "waited for the registry",
        "witness joined",
        "witness left",
    ] {
        assert!(happened.contains_key(what), "{what} never happened");
    }
}

#[test]
fn first_250_seeds_break_no_law() {
    hold(0);
}

#[test]
fn second_250_seeds_break_no_law() {
    hold(1);
}

#[test]
fn third_250_seeds_break_no_law() {
    hold(2);
}

#[test]
fn fourth_250_seeds_break_no_law() {
    hold(3);
}

#[test]
fn fifth_250_seeds_break_no_law() {
    hold(4);
}

#[test]
fn sixth_250_seeds_break_no_law() {
    hold(5);
}

#[test]
fn seventh_250_seeds_break_no_law() {
    hold(6);
}

#[test]
fn eighth_250_seeds_break_no_law() {
    hold(7);
}

/// The seed that `COUNTERSIGN_SEED` names, with its trace.
#[test]
fn one_seed() {
    let seed = std::env::var("COUNTERSIGN_SEED").map_or(1, |seed| seed.parse().unwrap());
    let ended = show(setup(seed, None, None));
    println!(
        "seed {seed}: {} events, {} s of virtual time, {:?}",
        ended.events,
        ended.virtual_ms / 1000,
        ended.happened
    );
    assert_eq!(ended.violation, None);
}

#[test]
fn a_seed_tells_the_whole_run() {
    for seed in [3, 14, 159] {
        let [one, other] = [(); 2].map(|()| run(setup(seed, None, None), true));
        assert_eq!(one.trace, other.trace);
        assert!(one.trace.len() > 100);
    }
}
