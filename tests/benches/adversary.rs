//! What a listed member that floods costs the honest ones: latency of their transfers beside the same without it, and memory.
//!
//! `cargo bench -p countersign-tests --bench adversary`, beside a `countersign` that was built with the same profile. Three countries'
//! nodes and four witnesses are processes; the hostile member runs in this one, on the same processors, which the others therefore
//! share with whoever attacks them.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::time::{Duration, Instant};

use common::machine::Machine;
use common::options::Options;
use countersign_tests::adversary::Attack;
use countersign_tests::devnet::Cli;
use countersign_tests::hostile::Hostile;

/// The bars: memory in MiB, and the honest p99 over that without an attack.
const MEMORY: u64 = 256;
const SLOWER: f64 = 2.0;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::read();
    let folder = options.scratch();
    Machine::measure(folder.path()).print();
    let mut scene = Hostile::start(Cli::built().unwrap(), folder.path())
        .await
        .unwrap();
    let duration = options.duration * 3;
    let quiet = transfers(&mut scene, duration).await;
    println!("no attack: {}", words(&quiet, &quiet, &scene));
    for attack in Attack::all(&scene.knows.clone()) {
        if !options.wants(attack.name) {
            continue;
        }
        let attacked = scene.under(&attack, duration, async |scene| {
            transfers(scene, duration).await
        });
        let (told, times) = attacked.await.unwrap();
        println!(
            "{}: {}; {} frames, closed {} times",
            attack.name,
            words(&times, &quiet, &scene),
            told.iter().map(|it| it.frames).sum::<u64>(),
            told.iter().map(|it| it.closed).sum::<u32>(),
        );
        scene.forgive().await.unwrap();
    }
    scene.devnet.stop().await;
}

/// How long transfers take, one after the other, for a while; sorted.
async fn transfers(scene: &mut Hostile, duration: Duration) -> Vec<Duration> {
    let end = Instant::now() + duration;
    let mut times = Vec::new();
    while Instant::now() < end {
        times.push(scene.transfer().await.unwrap().1);
    }
    times.sort_unstable();
    times
}

fn at(times: &[Duration], percent: usize) -> f64 {
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3
}

fn words(times: &[Duration], quiet: &[Duration], scene: &Hostile) -> String {
    let slower = at(times, 99) / at(quiet, 99);
    let peak = ["GH", "CH"].map(|party| scene.peak_mebibytes(party).unwrap());
    let most = peak.into_iter().max().unwrap();
    format!(
        "p50 {:.1} ms, p99 {:.1} ms, {slower:.1} times the quiet p99 (bar {SLOWER}: {}), {} transfers, {most} MiB (bar {MEMORY}: {})",
        at(times, 50),
        at(times, 99),
        if slower <= SLOWER {
            "reached"
        } else {
            "MISSED"
        },
        times.len(),
        if most <= MEMORY { "reached" } else { "MISSED" },
    )
}
