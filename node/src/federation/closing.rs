//! Settling with a ledger that is over for ever: open locks to it end as its last tree says.

use std::sync::Arc;

use countersign_protocol::federation::{ClosedLedger, LastWord};
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::record::Partner;
use countersign_protocol::registry::{Command, State, TransferKey, TransferStage};
use countersign_protocol::trust::{Head, Standing};
use tracing::{debug, info, warn};

use crate::federation::shared::{Shared, request_about};
use crate::ledger::Submission;
use crate::mirror::Mirror;

/// Ends what is open with a partner whose ledger the trust registry has closed, once the mirror holds its last tree.
pub(crate) async fn settle(shared: &Arc<Shared>, partner: &Partner, mirror: &Arc<Mirror>) {
    let Some(head) = last_head(shared, partner) else {
        return;
    };
    let open = shared.ledger.read(|state| open_locks(state, partner));
    let own = shared
        .ledger
        .read(|state| state.genesis().map(|own| own.party));
    let Some(own) = own.filter(|_| !open.is_empty()) else {
        return;
    };
    let (mirror, origin) = (Arc::clone(mirror), partner.origin.clone());
    let read = tokio::task::spawn_blocking(move || {
        let leaves = last_tree(&mirror, head)?;
        ClosedLedger::read(&origin, head, own, leaves).map_err(|error| error.to_string())
    });
    let closed = match read.await {
        Ok(Ok(closed)) => closed,
        Ok(Err(problem)) => {
            debug!(party = %partner.party, problem, "the last tree of a closed ledger is not here yet");
            return;
        }
        Err(_) => return,
    };
    for transfer in open {
        let command = match closed.last_word(transfer) {
            LastWord::Answered(answer) => Command::Proven(answer),
            LastWord::Never(unanswered) => Command::Closed(Box::new(unanswered)),
        };
        let submission = Submission::new(request_of(transfer), command);
        match shared.ledger.submit(submission).await {
            Ok(receipt) => info!(
                party = %partner.party, %transfer, leaf = receipt.first_index,
                "a lock to a ledger that is closed for ever ends as its last tree says"
            ),
            Err(problem) => warn!(
                party = %partner.party, %transfer, %problem,
                "a lock to a closed ledger stays open"
            ),
        }
    }
}

/// The last head of a partner's ledger, where the trust registry has closed it.
fn last_head(shared: &Shared, partner: &Partner) -> Option<Head> {
    let trust = shared.trust()?;
    let members = trust.to_settle()?.members();
    match &members.of_origin(partner.origin.as_str())?.standing {
        Standing::Closed { head, .. } => Some(*head),
        Standing::Active { .. } | Standing::Frozen { .. } => None,
    }
}

fn open_locks(state: &State, partner: &Partner) -> Vec<TransferId> {
    let open = state.transfers().filter(|(key, transfer)| {
        matches!(key, TransferKey::Out(_))
            && transfer.partner == partner.party
            && transfer.stage == TransferStage::Locked
    });
    open.map(|(key, _)| key.id()).collect()
}

/// The leaves below the last head, as the mirror holds them.
fn last_tree(mirror: &Mirror, head: Head) -> Result<Vec<Vec<u8>>, String> {
    let store = mirror.store().ok_or("the mirror is empty")?;
    let rows = store.leaves(0..head.size);
    let mut rows = rows.map_err(|error| error.to_string())?;
    let mut leaves = Vec::new();
    while let Some((_, leaf)) = rows.next_leaf().map_err(|error| error.to_string())? {
        leaves.push(leaf.to_vec());
    }
    Ok(leaves)
}

/// One lock ends once.
fn request_of(transfer: TransferId) -> RequestId {
    request_about("countersign/closed/v1", &[&transfer.0])
}
