//! Transfers between two countries on one machine: how many a second, and how long one takes.
//!
//! `cargo bench -p countersign-tests --bench federation`. Two ledgers, four witnesses with a quorum of three, each with a
//! synced store of its own, libp2p on loopback; every signature and proof is checked, nothing is left out.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use common::machine::{Machine, resident_megabytes};
use common::options::Options;
use common::report::{Series, line, verdict};
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Policy, TlogProof};
use countersign_protocol::registry::TransferKey;
use countersign_tests::countries::{Country, Witnesses, connect, federation};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc::Receiver;

/// Transfers that one country keeps open at a time in the sustained measurement.
const WINDOW: usize = 1_000;

/// Transfers that wait on both sides of a cut.
const IN_FLIGHT: usize = 10_000;

/// Rounds above this are those of a full run.
const SHORT: Duration = Duration::from_secs(5);

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
    if options.wants("paced") {
        // The bar is ten minutes of it; a short round shows the same but for what grows with time.
        let duration = options.duration * if options.duration > SHORT { 60 } else { 5 };
        paced(gh, ch, duration).await;
    }
    if options.wants("partition") {
        partition(&countries).await;
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

/// A thousand transfers a second, whatever becomes of the earlier ones: how many take longer than a second, lock to final.
async fn paced(gh: &Country, ch: &Country, duration: Duration) {
    let (locked, waiting) = tokio::sync::mpsc::channel(IN_FLIGHT);
    let sending = async move {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        let (start, mut asking) = (Instant::now(), FuturesUnordered::new());
        while start.elapsed() < duration || !asking.is_empty() {
            tokio::select! {
                _ = tick.tick(), if start.elapsed() < duration => {
                    for _ in 0..10 {
                        asking.push(async {
                            let asked = Instant::now();
                            (gh.send(&ch.identity, 1, 1).await.unwrap(), asked)
                        });
                    }
                }
                Some(sent) = asking.next() => locked.send(sent).await.unwrap(),
            }
        }
    };
    let ((), mut times) = tokio::join!(sending, all_final(gh, waiting));
    times.sort_unstable();
    let late = times
        .iter()
        .filter(|time| **time > Duration::from_secs(1))
        .count();
    let of_1000 = late * 1_000 / times.len().max(1);
    println!(
        "1,000 transfers per s for {} s: {} final, p50 {:.1} ms, p99 {:.1} ms, {:.1} % over 1 s (bar 1 %: {}), {:.0} MB",
        duration.as_secs(),
        times.len(),
        times[times.len() / 2].as_secs_f64() * 1e3,
        times[times.len() * 99 / 100].as_secs_f64() * 1e3,
        late as f64 * 100.0 / times.len() as f64,
        if of_1000 <= 10 { "reached" } else { "MISSED" },
        resident_megabytes(),
    );
}

/// How long each transfer took from its request until it was final and durable, or a little longer: one is looked at when those
/// before it are final. Ends when there are no more.
async fn all_final(gh: &Country, mut locked: Receiver<(TransferId, Instant)>) -> Vec<Duration> {
    let mut open: VecDeque<(TransferId, Instant)> = VecDeque::new();
    let (mut times, mut head, mut more) = (Vec::new(), gh.ledger.head(), true);
    while more || !open.is_empty() {
        tokio::select! {
            sent = locked.recv(), if more => match sent {
                Some(sent) => open.push_back(sent),
                None => more = false,
            },
            _ = head.changed() => {
                let size = head.borrow_and_update().size;
                let settled = |id| gh.transfer(TransferKey::Out(id)).and_then(|it| it.settled_at);
                while let Some((id, asked)) = open.front()
                    && settled(*id).is_some_and(|at| at < size)
                {
                    times.push(asked.elapsed());
                    open.pop_front();
                }
            }
        }
    }
    times
}

/// Ten thousand transfers are locked while the countries are cut off from each other; how long they take once they are not.
async fn partition(countries: &BTreeMap<String, Country>) {
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    for (one, other) in [(gh, ch), (ch, gh)] {
        let peer = other.network.local_peer_id();
        one.network.remove(peer).await.unwrap();
    }
    let (locked, waiting) = tokio::sync::mpsc::channel(IN_FLIGHT);
    for _ in 0..IN_FLIGHT / 500 {
        let wishes = (0..500).map(|_| gh.send(&ch.identity, 1, 1));
        for sent in futures::future::join_all(wishes).await {
            locked.try_send((sent.unwrap(), Instant::now())).unwrap();
        }
    }
    drop(locked);
    let healed = Instant::now();
    connect(countries).await;
    let settled = all_final(gh, waiting).await.len();
    let seconds = healed.elapsed().as_secs_f64();
    println!(
        "{settled} transfers in flight across a partition: settled {seconds:.1} s after it healed (bar 10 s: {})",
        if seconds <= 10.0 { "reached" } else { "MISSED" }
    );
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
