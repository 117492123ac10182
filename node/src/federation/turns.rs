//! Whose turn it is: so much is worked on at a time, and of each peer only so much of that. A peer that asks for more waits for
//! itself and for nobody else.
//!
//! Questions have places of their own. Whoever judges a delivery may have to ask its sender something; if that waited for a
//! place that a delivery holds, two nodes that deliver to each other would wait for each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::federation::message::Request;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::network::{Inbound, PeerId};

/// How many things of a kind are worked on at once. Each holds at most one frame of 1 MiB.
const AT_ONCE: usize = 32;

/// How many of them may be of one peer.
const AT_ONCE_OF_A_PEER: usize = 4;

/// Steps of a long work after which others have a turn on the processor: some hundreds of microseconds of signatures and hashes.
const STEPS: usize = 8;

/// The places where things from peers are worked on.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// For what is judged: deliveries and gossip.
    judged: Places,
    /// For what is answered from what is here, without asking anybody.
    questions: Places,
}

#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    /// Of each peer that ever came; only listed ones do.
    peers: Mutex<BTreeMap<PeerId, Arc<Semaphore>>>,
}

/// A place, until it is dropped.
pub(crate) struct Turn {
    _of_peer: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    /// Waits until there is a place for this. `None` when there will be none any more.
    pub(crate) async fn wait(&self, inbound: &Inbound) -> Option<Turn> {
        let places = match inbound {
            Inbound::Request {
                request: Request::Deliver { .. },
                ..
            }
            | Inbound::Gossip { .. } => &self.judged,
            Inbound::Request { .. } => &self.questions,
        };
        places.wait(inbound.peer()).await
    }
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            peers: Mutex::default(),
        }
    }
}

impl Places {
    async fn wait(&self, peer: PeerId) -> Option<Turn> {
        let own = {
            let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
            let own = peers.entry(peer);
            Arc::clone(own.or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_OF_A_PEER))))
        };
        Some(Turn {
            // First its own, so that what waits for it holds no place of the others.
            _of_peer: own.acquire_owned().await.ok()?,
            _of_all: Arc::clone(&self.all).acquire_owned().await.ok()?,
        })
    }
}

/// Lets others have a turn on the processor, now and then. `step` counts what was done since the work began.
pub(crate) async fn give_way(step: usize) {
    if step % STEPS == STEPS - 1 {
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    fn question(peer: PeerId) -> Inbound {
        let origin = "registry.example/ledger".to_owned();
        asked(peer, Request::GetCheckpoint { origin })
    }

    fn delivery(peer: PeerId) -> Inbound {
        let bundles = Vec::new();
        asked(peer, Request::Deliver { bundles })
    }

    fn asked(peer: PeerId, request: Request) -> Inbound {
        let (reply, _) = oneshot::channel();
        Inbound::Request {
            peer,
            request,
            reply,
        }
    }

    async fn place(turns: &Turns, it: &Inbound) -> Option<Turn> {
        let wait = tokio::time::timeout(Duration::from_millis(20), turns.wait(it));
        wait.await.ok().flatten()
    }

    #[tokio::test]
    async fn a_peer_that_asks_for_much_waits_for_itself_alone() {
        let turns = Turns::default();
        let (one, other) = (delivery(PeerId::random()), delivery(PeerId::random()));
        let mut held = Vec::new();
        while let Some(turn) = place(&turns, &one).await {
            held.push(turn);
        }
        assert_eq!(held.len(), AT_ONCE_OF_A_PEER);
        assert!(place(&turns, &other).await.is_some());
        held.pop();
        assert!(place(&turns, &one).await.is_some());
    }

    #[tokio::test]
    async fn all_peers_together_have_so_many_places() {
        let turns = Turns::default();
        let mut held = Vec::new();
        while let Some(turn) = place(&turns, &delivery(PeerId::random())).await {
            held.push(turn);
        }
        assert_eq!(held.len(), AT_ONCE);
        held.pop();
        let newcomer = delivery(PeerId::random());
        assert!(place(&turns, &newcomer).await.is_some());
    }

    #[tokio::test]
    async fn a_question_is_answered_however_many_deliveries_wait() {
        let turns = Turns::default();
        let peer = PeerId::random();
        let mut held = Vec::new();
        while let Some(turn) = place(&turns, &delivery(peer)).await {
            held.push(turn);
        }
        assert!(place(&turns, &question(peer)).await.is_some());
    }
}
