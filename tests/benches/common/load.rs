//! Submitters that keep a ledger busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign_node::ledger::{LedgerHandle, Submission};
use countersign_protocol::registry::Command;
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::Random;
use super::country::{request, runtime};
use super::machine::thread_time;

/// When to stop.
#[derive(Clone, Copy)]
pub enum Until {
    Elapsed(Duration),
    Size(u64),
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub acknowledged: u64,
    pub records: u64,
    pub seconds: f64,
    /// Processor time of the writer thread for each acknowledged submission.
    pub writer_time: Duration,
    pub latency_p50: Duration,
    pub latency_p99: Duration,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.acknowledged as f64 / self.seconds
    }

    /// The figures of one run in words.
    pub fn describe(&self) -> String {
        format!(
            "{:.0}/s (p50 {:.2} ms, p99 {:.2} ms, writer {:.1} us each)",
            self.per_second(),
            self.latency_p50.as_secs_f64() * 1e3,
            self.latency_p99.as_secs_f64() * 1e3,
            self.writer_time.as_secs_f64() * 1e6,
        )
    }
}

/// `submitters` tasks on two threads; each keeps `window` submissions under way and sends the next one as soon as a
/// receipt is there. Only durable, signed receipts count.
pub fn run(
    handle: &LedgerHandle,
    submitters: u64,
    window: usize,
    until: Until,
    command: impl Fn(&mut Random) -> Command + Send + Sync + 'static,
) -> Outcome {
    let command = Arc::new(command);
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = runtime();
    let size_before = handle.latest_head().size;
    let writer_before = thread_time("ledger-writer");
    let start = Instant::now();
    let mut latencies: Vec<Duration> = runtime.block_on(async {
        let tasks: Vec<_> = (0..submitters)
            .map(|number| {
                let seed = size_before.wrapping_mul(1_000_003).wrapping_add(number + 1);
                tokio::spawn(submitter(
                    handle.clone(),
                    Random::new(seed),
                    window,
                    Arc::clone(&stop),
                    Arc::clone(&command),
                ))
            })
            .collect();
        match until {
            Until::Elapsed(duration) => tokio::time::sleep(duration).await,
            Until::Size(size) => {
                let mut head = handle.head();
                head.wait_for(|head| head.size >= size).await.unwrap();
            }
        }
        stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let seconds = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let writer_time = thread_time("ledger-writer").saturating_sub(writer_before);
    let count = u32::try_from(latencies.len()).unwrap().max(1);
    let at = |percent: usize| {
        latencies
            .get(latencies.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    Outcome {
        acknowledged: latencies.len() as u64,
        records: handle.latest_head().size - size_before,
        seconds,
        writer_time: writer_time / count,
        latency_p50: at(50),
        latency_p99: at(99),
    }
}

async fn submitter(
    handle: LedgerHandle,
    mut random: Random,
    window: usize,
    stop: Arc<AtomicBool>,
    command: Arc<impl Fn(&mut Random) -> Command>,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < window && !stop.load(Ordering::Relaxed) {
            let submission = Submission::new(request(&mut random), command(&mut random));
            let handle = &handle;
            under_way.push(async move {
                let start = Instant::now();
                handle.submit(submission).await.map(|_| start.elapsed())
            });
        }
        match under_way.next().await {
            Some(answer) => latencies.push(answer.unwrap()),
            None => return latencies,
        }
    }
}
