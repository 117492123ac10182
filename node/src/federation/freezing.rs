//! Following partners' orders that units stay where they are: what they order or lift in their ledgers is recorded here.

use std::sync::Arc;

use countersign_protocol::federation::freeze::{to_end, to_honour};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::Checkpoint;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Partner, ProofReference};
use countersign_protocol::registry::Command;
use tracing::{debug, info, warn};

use crate::federation::shared::{Shared, request_about};
use crate::ledger::Submission;
use crate::mirror::Mirror;

/// Records what a partner's ledger, as it is mirrored here, orders and lifts.
pub(crate) async fn follow(shared: &Arc<Shared>, partner: &Partner, mirror: &Arc<Mirror>) {
    let (held, origin) = (Arc::clone(mirror), partner.origin.clone());
    let ledger = shared.ledger.clone();
    let now_ms = shared.ledger.now_ms();
    let due = tokio::task::spawn_blocking(move || {
        let note = held.checkpoint()?;
        let (_, Checkpoint { size, root, .. }) = Checkpoint::parse_note(&note).ok()?;
        let proof = |index: u64| {
            (index < size).then(|| ProofReference {
                origin: origin.clone(),
                index,
                size,
                root,
            })
        };
        let commands = |other: &_| {
            ledger.read(|own| {
                let honoured = to_honour(own, other, now_ms, proof).into_iter();
                let ended = to_end(own, other, now_ms, proof).into_iter();
                let honoured = honoured
                    .map(|it| (it.hold, Command::HonourFreeze(Box::new(it))))
                    .collect::<Vec<_>>();
                let ended = ended.map(|it| (it.hold, Command::EndFreeze(Box::new(it))));
                honoured.into_iter().chain(ended).collect::<Vec<_>>()
            })
        };
        held.read(commands).ok()
    });
    let Ok(Some(due)) = due.await else {
        debug!(party = %partner.party, "the orders of a partner can not be read now");
        return;
    };
    for (hold, command) in due {
        submit(shared, partner.party, hold, command).await;
    }
}

async fn submit(shared: &Shared, party: Party, hold: u64, command: Command) {
    let ends = matches!(command, Command::EndFreeze(_));
    let submission = Submission::new(request_of(party, hold, ends), command);
    match shared.ledger.submit(submission).await {
        Ok(receipt) => info!(
            %party, hold, ends, leaf = receipt.first_index,
            "a partner's order that units stay where they are is followed"
        ),
        Err(problem) => warn!(%party, hold, ends, %problem, "a partner's order is not followed"),
    }
}

/// One order is honoured once and ended once.
fn request_of(party: Party, hold: u64, ends: bool) -> RequestId {
    let parts: [&[u8]; 3] = [&party.alpha2(), &hold.to_be_bytes(), &[u8::from(ends)]];
    request_about("countersign/freeze/v1", &parts)
}
