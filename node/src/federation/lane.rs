//! Sending to one partner: what is due goes out in batches, in the order in which it came due, one batch at a time.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::message::{BUNDLES_MAX, Request, Response, Verdict};
use countersign_protocol::federation::schedule::Due;
use countersign_protocol::federation::{FaultCode, MessageKind};
use countersign_protocol::party::Party;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::federation::inbound::{take, tell_faults};
use crate::federation::shared::{Lane, Shared, Way};
use crate::network::PeerId;

/// The longest that a lane sleeps without looking at its schedule.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How long a partner is left alone that has more of us than it can take. What it did not take comes due again by the schedule.
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// Runs until the lane is closed or the node stops.
pub(crate) async fn run(shared: Arc<Shared>, party: Party, stop: CancellationToken) {
    while let Some(lane) = shared.lane(party) {
        let due =
            shared.schedule(|schedule| schedule.take_due(party, shared.uptime_ms(), BUNDLES_MAX));
        if due.is_empty() {
            let until_ms = shared.schedule(|schedule| schedule.next_due_ms(party));
            let wait = until_ms.map_or(LOOK_AGAIN, |due_ms| {
                Duration::from_millis(due_ms.saturating_sub(shared.uptime_ms())).min(LOOK_AGAIN)
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = lane.bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = send(&shared, party, &lane, &due) => {}
        }
    }
}

async fn send(shared: &Arc<Shared>, party: Party, lane: &Lane, due: &[Due]) {
    let mut bundles = Vec::with_capacity(due.len());
    let mut fresh = Vec::new();
    for Due { message, attempts } in due {
        let Some(bundle) = shared.bundle(message.leaf) else {
            continue;
        };
        if *attempts == 0 && message.kind != MessageKind::Notice {
            fresh.push(bundle.clone());
        }
        bundles.push(bundle);
    }
    if !fresh.is_empty() {
        // The second way: any member may carry it, since it proves itself.
        if let Err(error) = shared.network.publish_transfers(fresh).await {
            debug!(%party, %error, "transfers are not gossiped; the direct way goes on");
        }
    }
    for request in Request::deliver_all(bundles) {
        match shared.network.request(lane.peer, request).await {
            Ok(Response::Delivered { verdicts }) => heed(shared, party, lane.peer, verdicts).await,
            Ok(Response::Refused { code, reason }) => {
                warn!(%party, code, reason, "a partner did not take a delivery");
                if code == FaultCode::Busy.code() {
                    tokio::time::sleep(BUSY_PAUSE).await;
                }
            }
            Ok(other) => {
                warn!(%party, kind = other.kind(), "a partner answered a delivery with something else");
            }
            Err(error) => {
                debug!(%party, %error, "a partner could not be reached; it will be tried again");
            }
        }
    }
}

/// Takes the answers that came back at once, and reports faults. Nothing is given up: the schedule sends again.
async fn heed(shared: &Arc<Shared>, party: Party, peer: PeerId, verdicts: Vec<Verdict>) {
    let mut taken = Vec::new();
    for Verdict { code, answer } in verdicts {
        if code != Verdict::TAKEN {
            let name = FaultCode::from_code(code).map_or("unknown", FaultCode::name);
            warn!(%party, code, name, "a partner did not take a bundle");
        }
        if let Some(answer) = answer {
            taken.push(take(shared, &answer, Way::Network).await);
        }
    }
    tell_faults(peer, &taken);
}
