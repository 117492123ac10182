//! A listed member that floods in every way we know stops nobody: honest transfers go on, and memory stays bounded.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use std::time::Duration;

use countersign_node::network::Limits;
use countersign_tests::adversary::Attack;
use countersign_tests::devnet::Cli;
use countersign_tests::hostile::Hostile;

/// What a node may have resident while it is attacked, MiB.
const MEMORY: u64 = 256;

/// Floods of frames that break no rule one by one: their sender is shut out because they are too many.
const TOO_MANY: [&str; 6] = [
    "subscriptions",
    "ihave",
    "iwant",
    "graft and prune",
    "idontwant",
    "evidence",
];

/// How long each attack lasts; the long form waits for what only grows slowly.
fn duration() -> Duration {
    let long = std::env::var_os("COUNTERSIGN_LONG").is_some();
    Duration::from_secs(if long { 60 } else { 4 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_countries_go_on_under_every_attack_in_bounded_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut scene = Hostile::start(Cli::built().unwrap(), dir.path())
        .await
        .unwrap();
    for attack in Attack::all(&scene.knows.clone()) {
        let transfers = async |scene: &mut Hostile| {
            let end = std::time::Instant::now() + duration();
            let mut done = Vec::new();
            while std::time::Instant::now() < end {
                done.push(scene.transfer().await.unwrap().1);
            }
            done.sort();
            done
        };
        let (told, done) = scene.under(&attack, duration(), transfers).await.unwrap();
        let peaks = ["GH", "CH"].map(|party| scene.peak_mebibytes(party).unwrap());
        println!(
            "{:32} {:?} frames, {:?} connections, {:?} closed; {} transfers, p50 {:?}, last {:?}; {peaks:?} MiB",
            attack.name,
            told.map(|it| it.frames),
            told.map(|it| it.connections),
            told.map(|it| it.closed),
            done.len(),
            done[done.len() / 2],
            done.last().unwrap(),
        );
        assert!(
            told.iter().all(|it| it.frames > 0),
            "{}: {told:?}",
            attack.name
        );
        assert!(!done.is_empty(), "{}: nothing crossed", attack.name);
        assert!(
            peaks.iter().all(|peak| *peak < MEMORY),
            "{}: {peaks:?} MiB",
            attack.name
        );
        if TOO_MANY.contains(&attack.name) {
            // On a busy machine even a flood may stay within what is allowed.
            let limits = Limits::default();
            let seconds = duration().as_secs();
            let allowed = u64::from(limits.gossip_frames_burst)
                + seconds * u64::from(limits.gossip_frames_per_second);
            assert!(
                told.iter().all(|it| it.closed > 0 || it.frames <= allowed),
                "{}: the sender of too many frames was not shut out: {told:?}",
                attack.name
            );
        }
        if told.iter().any(|it| it.closed > 0) {
            scene.forgive().await.unwrap();
        }
    }
    // Two heads of one size are evidence, and one of them is enough to keep.
    for party in ["GH", "CH"] {
        let folder = scene.devnet.country(party).unwrap().data.join("evidence");
        let kept = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(kept, 1, "{party} keeps evidence without a bound");
    }
    scene.devnet.stop().await;
}
