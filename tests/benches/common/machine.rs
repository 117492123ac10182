//! What this machine can do, measured beside the figures that depend on it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign_protocol::log::{KeyKind, SignedNote, SignerKey};

pub struct Machine {
    pub fdatasync_p50: Duration,
    pub fdatasync_p99: Duration,
    pub signs_per_second: f64,
    pub verifies_per_second: f64,
}

impl Machine {
    pub fn measure(folder: &Path) -> Self {
        let mut syncs = sync_times(folder);
        syncs.sort_unstable();
        let key = SignerKey::from_seed("bench", KeyKind::Ed25519, &[7; 32]).unwrap();
        let text = "bench\n1000000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        let note = SignedNote::sign(text, &key).unwrap();
        Self {
            fdatasync_p50: syncs[syncs.len() / 2],
            fdatasync_p99: syncs[syncs.len() * 99 / 100],
            signs_per_second: rate(|| drop(SignedNote::sign(text, &key))),
            verifies_per_second: rate(|| assert!(note.verify([key.verifier()]).is_ok())),
        }
    }

    pub fn print(&self) {
        println!(
            "machine: fdatasync of 4 KiB p50 {:.0} us, p99 {:.0} us; ed25519 {:.0} signatures/s, {:.0} verifications/s (notes, one core); {} cores",
            self.fdatasync_p50.as_secs_f64() * 1e6,
            self.fdatasync_p99.as_secs_f64() * 1e6,
            self.signs_per_second,
            self.verifies_per_second,
            std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        );
    }
}

fn sync_times(folder: &Path) -> Vec<Duration> {
    let path = folder.join("countersign-bench-sync");
    let file = File::create(&path).unwrap();
    let times = (0..400_u64)
        .map(|number| {
            let start = Instant::now();
            file.write_all_at(&[7; 4096], number * 4096).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect();
    std::fs::remove_file(path).unwrap();
    times
}

fn rate(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_millis(300) {
        (0..50).for_each(|_| work());
        count += 50;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// Resident memory of this process in megabytes.
pub fn resident_megabytes() -> f64 {
    resident_megabytes_of("self")
}

/// The same of another process.
pub fn resident_megabytes_of(process: impl std::fmt::Display) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|it| it.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// Processor time that the threads of this process with such a name have used so far.
pub fn thread_time(name: &str) -> Duration {
    let threads = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let nanoseconds = threads.filter_map(|entry| {
        let thread = entry.path();
        let is_it = std::fs::read_to_string(thread.join("comm")).ok()?.trim() == name;
        let times = std::fs::read_to_string(thread.join("schedstat"))
            .ok()
            .filter(|_| is_it)?;
        times.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}
