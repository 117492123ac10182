//! The node's clock: the only place that asks what time it is.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, Privacy};

/// How far the clock of this process is ahead of the machine's: nothing, except in a sandbox.
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// The furthest that a sandbox goes: what it leads to lies before the year 9999 for a long time to come.
const AHEAD_MS_MAX: u64 = 100 * 366 * 86_400_000;

/// Milliseconds since the Unix epoch; 0 if the machine's clock stands before it.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let machine = since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    });
    machine.saturating_add(AHEAD_MS.load(Ordering::Relaxed))
}

/// Moves the clock of this process, forward only: a ledger's time never goes back. A sandbox holds it and hands it to its
/// nodes; an ordinary node has none, and no route by which its clock could be moved.
#[derive(Clone, Debug)]
pub struct TimeTravel {
    file: PathBuf,
}

impl TimeTravel {
    /// For a process that is a sandbox and nothing else. `file` keeps how far the clock is ahead, for the next start.
    ///
    /// # Errors
    /// When the file is there and can not be read.
    pub fn of_a_sandbox(file: PathBuf) -> Result<Self, FileFault> {
        match files::read(&file, 32, Privacy::Public) {
            Err(FileFault::Missing(_)) => {}
            found => {
                let text = found?;
                let ahead = std::str::from_utf8(&text)
                    .unwrap_or_default()
                    .trim()
                    .parse();
                AHEAD_MS.store(ahead.unwrap_or(0).min(AHEAD_MS_MAX), Ordering::Relaxed);
            }
        }
        Ok(Self { file })
    }

    /// How far the clock is ahead, in milliseconds.
    #[must_use]
    pub fn ahead_ms(&self) -> u64 {
        AHEAD_MS.load(Ordering::Relaxed)
    }

    /// Moves the clock forward; false when it would be more than a hundred years ahead.
    ///
    /// # Errors
    /// When that can not be kept; the clock stays as it is.
    pub fn forward(&self, by_ms: u64) -> Result<bool, FileFault> {
        let ahead = self.ahead_ms().checked_add(by_ms);
        let Some(ahead) = ahead.filter(|it| *it <= AHEAD_MS_MAX) else {
            return Ok(false);
        };
        let line = format!("{ahead}\n");
        files::replace(&self.file, line.as_bytes(), PUBLIC_FILE_MODE)?;
        // Two at a time: the later moment counts.
        AHEAD_MS.fetch_max(ahead, Ordering::Relaxed);
        Ok(true)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{AHEAD_MS_MAX, TimeTravel};

    #[test]
    fn a_clock_goes_no_further_than_a_hundred_years() {
        let folder = tempfile::tempdir().unwrap();
        let travel = TimeTravel::of_a_sandbox(folder.path().join("ahead")).unwrap();
        assert!(!travel.forward(AHEAD_MS_MAX + 1).unwrap());
        assert!(!travel.forward(u64::MAX).unwrap());
        assert_eq!(travel.ahead_ms(), 0);
    }
}
