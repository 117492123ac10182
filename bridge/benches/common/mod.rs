//! Seconds, the processor's seconds, and memory.

use std::fs;
use std::time::Instant;

/// The most memory that the process had at once, in MB.
pub(crate) fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}

/// The processor's seconds that this process took so far: other work on the machine does not count.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || {
        let field = fields.next().and_then(|it| it.parse::<f64>().ok());
        field.unwrap_or(0.0)
    };
    // A hundred ticks a second on every Linux that we know.
    (ticks() + ticks()) / 100.0
}

/// Does it, and prints how long that took and the memory so far.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let made = work();
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "{what:<44} {seconds:>7.2} s, {cpu:>6.2} s of processor   peak so far {:>5} MB",
        peak_mb()
    );
    made
}
