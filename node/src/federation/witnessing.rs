//! Own checkpoints to the witnesses: nothing leaves and nothing counts abroad before a quorum has cosigned (rule R2).

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_protocol::log::Checkpoint;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::federation::announce;
use crate::federation::shared::Shared;
use crate::ledger::Head;
use crate::witness::{CollectError, Collector, WitnessClient};

/// The first and the longest wait after a round without quorum.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(10);

/// Checkpoints are gossiped for monitors, not for transfers: not more often than this.
const GOSSIP_EVERY: Duration = Duration::from_secs(1);

/// Runs until the node stops. Leaves below `announced` were announced by an earlier run or are in the outbox.
pub(crate) async fn run(
    shared: Arc<Shared>,
    witnesses: Vec<Arc<dyn WitnessClient>>,
    mut announced: u64,
    stop: CancellationToken,
) {
    let collector = Collector::new(witnesses);
    let mut head = shared.ledger.head();
    let mut retry = RETRY_MIN;
    let mut gossiped: Option<Instant> = None;
    loop {
        let current = head.borrow_and_update().clone();
        match cosign(&shared, &collector, &current).await {
            Ok(note) => {
                retry = RETRY_MIN;
                let witnessed = Head {
                    note: note.as_str().into(),
                    ..current
                };
                count(&shared, &witnessed, announced);
                announced = announced.max(witnessed.size);
                if gossiped.is_none_or(|last| last.elapsed() >= GOSSIP_EVERY) {
                    gossiped = Some(Instant::now());
                    if let Err(error) = shared.network.publish_checkpoint(note).await {
                        debug!(%error, "the checkpoint is not gossiped");
                    }
                }
            }
            Err(alarm @ (CollectError::RolledBack { .. } | CollectError::Forked { .. })) => {
                // Whatever this node would write now could never be witnessed, and might be a second history.
                stop_writes(&shared, &alarm);
                return;
            }
            Err(problem) => {
                warn!(%problem, size = current.size, "no witness quorum; nothing leaves until there is one");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(retry) => {}
                }
                retry = (retry * 2).min(RETRY_MAX);
                continue;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            // Partners that go by the new set need its cosignatures on this very head: nothing else may be written for long.
            () = shared.verifier.other_quorum() => {}
            changed = head.changed() => if changed.is_err() {
                debug!("the ledger has stopped");
                return;
            }
        }
    }
}

/// Counts a head that a quorum has cosigned: keeps it, and announces the leaves from `announced` on.
pub(crate) fn count(shared: &Shared, witnessed: &Head, announced: u64) {
    if let Err(error) = shared.ledger.set_witnessed(witnessed) {
        error!(%error, "a witnessed checkpoint can not be kept");
    }
    shared.note_cosigners(witnessed.size, &witnessed.note);
    announce(shared, announced, witnessed.size);
}

async fn cosign(
    shared: &Shared,
    collector: &Collector,
    head: &Head,
) -> Result<String, CollectError> {
    let policy = shared.verifier.policy();
    let prove = |from| {
        shared
            .ledger
            .consistency(from, head.size)
            .map_err(|error| error.to_string())
    };
    collector.collect(&policy, &head.note, prove).await
}

/// How a head that this ledger's own key signed stands against the ledger.
pub(crate) enum Against {
    /// The ledger has fewer leaves: so many.
    RolledBack(u64),
    /// It is of another tree.
    Forked,
}

/// Whether the ledger does not continue a head that its own key signed and somebody cosigned.
pub(crate) fn stands_against(shared: &Shared, head: &Checkpoint) -> Option<Against> {
    let size = shared.ledger.latest_head().size;
    if head.size > size {
        return Some(Against::RolledBack(size));
    }
    let root = shared.ledger.root(head.size);
    root.is_ok_and(|root| root != head.root)
        .then_some(Against::Forked)
}

/// Stops all writing for what a witness knows.
pub(crate) fn stop_writes(shared: &Shared, alarm: &dyn std::fmt::Display) {
    shared.ledger.stop_writes(&format!(
        "{alarm}. Recover the missing leaves before writing"
    ));
}
