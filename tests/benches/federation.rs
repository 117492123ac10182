//! Transfers between two countries on one machine: how many a second, and how long one takes.
//!
//! `cargo bench -p countersign-tests --bench federation`. Two ledgers, four witnesses with a quorum of three, each with a
//! synced store of its own, libp2p on loopback; every signature and proof is checked, nothing is left out.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use common::machine::{Machine, resident_megabytes};
use common::options::Options;
use common::report::{Series, line, verdict};
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Policy, TlogProof};
use countersign_protocol::registry::TransferKey;
use countersign_tests::countries::{Country, Witnesses, federation};

/// Transfers that one country keeps open at a time in the sustained measurement.
const WINDOW: usize = 1_000;

/// Transfers that are measured one after the other, with nothing else going on.
const IDLE: usize = 100;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::read();
    let folder = options.scratch();
    Machine::measure(folder.path()).print();
    let witnesses = Witnesses::start(folder.path());
    let countries = federation(folder.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000_000_000).await;
    println!(
        "two countries and four witnesses in one process, idle: {:.0} MB",
        resident_megabytes()
    );

    if options.wants("latency") {
        latency(gh, ch).await;
    }
    if options.wants("sustained") {
        let mut rates = Series::default();
        for _ in 0..options.rounds {
            rates.push(sustained(gh, ch, options.duration).await);
        }
        line(
            "cross-border transfers, lock to final, sustained",
            "per s",
            &rates,
        );
        verdict("cross-border transfers per second", rates.median(), 1_000.0);
    }
    if options.wants("verify") {
        verify(gh, &witnesses);
    }
    for country in countries.into_values() {
        country.stop().await;
    }
}

async fn until_final(gh: &Country, id: TransferId) {
    let mut head = gh.ledger.head();
    while gh
        .transfer(TransferKey::Out(id))
        .is_none_or(|transfer| transfer.settled_at.is_none())
    {
        if head.changed().await.is_err() {
            return;
        }
    }
    // Final in the state; durable once the head covers it.
    let wanted = gh
        .transfer(TransferKey::Out(id))
        .and_then(|transfer| transfer.settled_at)
        .unwrap_or_default();
    while head.borrow_and_update().size <= wanted {
        if head.changed().await.is_err() {
            return;
        }
    }
}

async fn latency(gh: &Country, ch: &Country) {
    let mut times = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        let start = Instant::now();
        let id = gh.send(&ch.identity, 1, 1).await.unwrap();
        until_final(gh, id).await;
        times.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "idle, lock to final and durable: p50 {:.1} ms, p99 {:.1} ms (bar p50 40 ms: {})",
        ms(times[IDLE / 2]),
        ms(times[IDLE * 99 / 100]),
        if ms(times[IDLE / 2]) <= 40.0 {
            "reached"
        } else {
            "MISSED"
        }
    );
}

/// Keeps a window of transfers open for a while; gives how many became final per second, first to last.
async fn sustained(gh: &Country, ch: &Country, duration: Duration) -> f64 {
    let start = Instant::now();
    let mut open: VecDeque<TransferId> = VecDeque::with_capacity(WINDOW);
    let mut done = 0_u32;
    while start.elapsed() < duration || !open.is_empty() {
        if start.elapsed() < duration && open.len() < WINDOW {
            let wishes = (0..64).map(|_| gh.send(&ch.identity, 1, 1));
            open.extend(
                futures::future::join_all(wishes)
                    .await
                    .into_iter()
                    .map(Result::unwrap),
            );
            continue;
        }
        if let Some(id) = open.pop_front() {
            until_final(gh, id).await;
            done += 1;
        }
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}

/// A whole bundle: text, log signature, quorum of cosignatures, inclusion.
fn verify(gh: &Country, witnesses: &Witnesses) {
    let head = gh.ledger.witnessed().borrow().clone().unwrap();
    let leaf = gh.ledger.leaf(head.size - 2).unwrap().unwrap();
    let hashes = gh.ledger.proof(head.size - 2, head.size).unwrap();
    let text = TlogProof::new(leaf, head.size - 2, hashes, head.note.to_string()).to_string();
    let policy: Policy = format!("log {}\n{}", gh.identity.log.verifier(), witnesses.policy())
        .parse()
        .unwrap();
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_secs(1) {
        let bundle: TlogProof = text.parse().unwrap();
        assert!(bundle.verify(&policy).is_ok());
        count += 1;
    }
    let microseconds = start.elapsed().as_secs_f64() * 1e6 / f64::from(count);
    println!(
        "verify a bundle of {} bytes in a ledger of {} records: {microseconds:.0} us (bar 300 us: {})",
        text.len(),
        head.size,
        if microseconds <= 300.0 {
            "reached"
        } else {
            "MISSED"
        }
    );
}
