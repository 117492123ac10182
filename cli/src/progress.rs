//! How far long work has come: a bar with rate and time left where a person watches, plain lines otherwise.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::table::tonnes;
use crate::terminal;

/// Without a terminal a line is said this often, so that a log shows that the work goes on.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Progress of work on so many records.
pub(crate) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    started: Instant,
    said: Instant,
    done: u64,
}

impl Progress {
    /// Begins. `what` is a word such as `verify`.
    pub(crate) fn new(what: &'static str) -> Self {
        let bar = terminal::can_ask().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style());
            bar.set_message(what);
            bar
        });
        let now = Instant::now();
        Self {
            what,
            bar,
            started: now,
            said: now,
            done: 0,
        }
    }

    /// So many of so many records are done.
    pub(crate) fn at(&mut self, done: u64, total: u64) {
        self.done = done;
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            return;
        }
        if self.said.elapsed() >= LINE_EVERY {
            self.said = Instant::now();
            let (done, total) = (tonnes(done), tonnes(total));
            terminal::say(format_args!("{}: {done} of {total} records", self.what));
        }
    }

    /// Ends: says how many records in how much time.
    pub(crate) fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let elapsed = self.started.elapsed();
        let micros = elapsed.as_micros().max(1);
        let rate = u128::from(self.done) * 1_000_000 / micros;
        terminal::done(format_args!(
            "{}: {} records in {:.1} s ({}/s)",
            self.what,
            tonnes(self.done),
            elapsed.as_secs_f64(),
            tonnes(u64::try_from(rate).unwrap_or(u64::MAX)),
        ));
    }
}

fn style() -> ProgressStyle {
    let template = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
