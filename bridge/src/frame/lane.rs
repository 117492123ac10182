//! A bridge's own lane: a task that takes its turns, and waits for nobody else.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use super::clock::Clock;
use super::engine::{Bridge, BridgeError, Turn};

/// How long an idle bridge sleeps without news, in milliseconds.
const IDLE_MS: u64 = 60_000;

/// Takes turns until `stop` is done. `news` wakes it before its time: a node sends the size of its ledger there.
///
/// # Errors
/// [`BridgeError`]: this bridge can not go on. Others do.
pub async fn run(
    bridge: &mut Bridge,
    clock: &dyn Clock,
    mut news: watch::Receiver<u64>,
    stop: impl Future<Output = ()>,
) -> Result<(), BridgeError> {
    tokio::pin!(stop);
    loop {
        let turn = tokio::select! {
            () = &mut stop => return Ok(()),
            turn = bridge.turn() => turn?,
        };
        let (until_ms, wakes) = match turn {
            Turn::Again => continue,
            // News does not open a gate.
            Turn::Waits { until_ms, .. } => (Some(until_ms), false),
            Turn::Idle { until_ms } => (until_ms, true),
        };
        let left = until_ms.map(|it| it.saturating_sub(clock.now_ms()));
        let pause = tokio::time::sleep(Duration::from_millis(left.unwrap_or(IDLE_MS).min(IDLE_MS)));
        tokio::select! {
            () = &mut stop => return Ok(()),
            () = pause => {}
            changed = news.changed(), if wakes => if changed.is_err() {
                // Nobody sends news any more; the pause is the pace then.
                tokio::time::sleep(Duration::from_millis(IDLE_MS)).await;
            },
        }
    }
}
