//! Real processes, real sockets, a real disk: whatever goes wrong, no unit is in two countries, none is lost, and every transfer
//! settles once all is mended.
//!
//! ```text
//! COUNTERSIGN_STORM=600 cargo nextest run --test federation_storm          ten minutes of it (an hour in the long form)
//! COUNTERSIGN_SEED=4711 cargo nextest run --test federation_storm          the same faults again
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use countersign_tests::devnet::Cli;
use countersign_tests::storm::{FILLS_UP, Storm};

/// Megabytes of the disk that fills up: enough for a node, and soon full.
const DISK: &str = "size=96m,mode=0700";

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn duration() -> Duration {
    let long = std::env::var_os("COUNTERSIGN_LONG").map(|_| 3_600);
    Duration::from_secs(number("COUNTERSIGN_STORM").or(long).unwrap_or(60))
}

/// A small disk under one country's folder, where this machine lets us mount one.
struct SmallDisk(Option<std::path::PathBuf>);

impl SmallDisk {
    fn mount(at: &Path) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", DISK, "tmpfs"])
            .arg(at)
            .status();
        if mounted.is_ok_and(|it| it.success()) {
            return Self(Some(at.to_owned()));
        }
        println!("NOT CHECKED: a full disk (nothing can be mounted here)");
        Self(None)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(at) = &self.0 {
            let _gone = Command::new("umount").arg("--lazy").arg(at).status();
        }
    }
}

/// What the checker says, and whether it found nothing wrong.
fn judged(history: &Path, exports: &[std::path::PathBuf]) -> (bool, String) {
    let judged = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("storm/check.py"))
        .arg(history)
        .args(exports)
        .output()
        .unwrap();
    let said = [judged.stdout, judged.stderr].concat();
    (
        judged.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_unit_is_doubled_or_lost_in_a_storm() {
    let by_clock = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let seed = number("COUNTERSIGN_SEED").unwrap_or(by_clock);
    println!("seed {seed}");
    let dir = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&dir.path().join(FILLS_UP));
    let mut storm = Storm::gather(Cli::built().unwrap(), dir.path(), seed, disk.0.is_some())
        .await
        .unwrap();
    let faults = storm.blow(duration()).await.unwrap();
    println!("seed {seed}: {faults:?}");
    let (history, exports) = storm.aftermath().await.unwrap();
    let (is_right, said) = judged(&history, &exports);
    println!("{said}");
    assert!(is_right, "seed {seed}: {said}");

    // A judge that finds nothing wrong in anything is none: an acknowledged transfer that is not there, a leaf that is another.
    let told = std::fs::read_to_string(&history).unwrap();
    let made_up = told.replacen("\"transfer\":\"", "\"transfer\":\"0", 1);
    let false_history = dir.path().join("false-history.jsonl");
    std::fs::write(&false_history, made_up).unwrap();
    assert!(!judged(&false_history, &exports).0);
    let records = exports[0].join("records.jsonl");
    let lines = std::fs::read_to_string(&records).unwrap();
    std::fs::write(&records, lines.replacen("\"lock\"", "\"release\"", 1)).unwrap();
    assert!(!judged(&history, &exports).0);
    drop(disk);
}
