//! How long and where to measure.

use std::path::PathBuf;
use std::time::Duration;

/// Taken from the environment, so that `cargo bench` can be told too.
pub struct Options {
    /// How often each measurement is repeated; the report gives the median.
    pub rounds: usize,
    /// How long each one runs.
    pub duration: Duration,
    /// Records of the large ledger.
    pub large: u64,
    /// A folder on the disk that is measured.
    pub folder: PathBuf,
    /// Only measurements whose name contains one of these.
    only: Vec<String>,
}

impl Options {
    /// `COUNTERSIGN_BENCH=short|full`, `COUNTERSIGN_BENCH_DIR=folder`, and names of measurements as arguments. What nodes within
    /// the bench log is told where `RUST_LOG` says what of it.
    pub fn read() -> Self {
        if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_default_env() {
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_writer(std::io::stderr)
                .init();
        }
        let is_full = std::env::var("COUNTERSIGN_BENCH").is_ok_and(|it| it == "full");
        let folder = std::env::var_os("COUNTERSIGN_BENCH_DIR");
        let (rounds, seconds) = if is_full { (5, 10) } else { (3, 3) };
        Self {
            rounds,
            duration: Duration::from_secs(seconds),
            large: 1_000_000,
            folder: folder.map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from),
            only: std::env::args()
                .skip(1)
                .filter(|it| !it.starts_with('-'))
                .collect(),
        }
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
    }

    /// An empty folder of our own on the measured disk.
    pub fn scratch(&self) -> tempfile::TempDir {
        tempfile::Builder::new()
            .prefix("countersign-bench-")
            .tempdir_in(&self.folder)
            .unwrap()
    }
}
