//! Gossip: ours to everybody, and everybody's to the application, which judges it before it is handed on.

use std::time::Instant;

use countersign_protocol::federation::message::{Gossip, MessageError, Topic};
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::gossipsub::{self, MessageAcceptance, MessageId, PublishError};
use tokio::sync::{mpsc, oneshot};

use super::actor::Actor;
use super::behaviour::ident_topic;
use super::metrics::Reason;
use super::peers::MISCONDUCT;
use super::{GossipVerdict, Inbound, NetworkError};

/// A gossip message that the application has judged, or has not.
pub(super) struct Judged {
    peer: PeerId,
    id: MessageId,
    topic: Topic,
    verdict: Result<GossipVerdict, Reason>,
}

impl Actor {
    /// Tells a message of our own to all connected peers.
    pub(super) fn publish(&mut self, topic: Topic, data: Vec<u8>) -> Result<(), NetworkError> {
        if topic == Topic::Transfers && !self.own_transfers.take(1, Instant::now()) {
            self.metrics.gossip_published(topic.label(), "over-budget");
            return Err(NetworkError::GossipBusy);
        }
        let name = ident_topic(topic, &self.network);
        let published = self.swarm.behaviour_mut().gossip.publish(name, data);
        let (outcome, result) = match published {
            Ok(_) => ("published", Ok(())),
            // Everybody has it already: that is what was wanted.
            Err(PublishError::Duplicate) => ("known", Ok(())),
            Err(PublishError::NoPeersSubscribedToTopic) => {
                ("nobody-listens", Err(NetworkError::NobodyListens))
            }
            Err(PublishError::AllQueuesFull(_)) => ("queues-full", Err(NetworkError::GossipBusy)),
            Err(error) => ("failed", Err(NetworkError::Setup(error.to_string()))),
        };
        self.metrics.gossip_published(topic.label(), outcome);
        result
    }

    pub(super) fn on_gossip_event(&mut self, event: gossipsub::Event) {
        let gossipsub::Event::Message {
            propagation_source: peer,
            message_id: id,
            message,
        } = event
        else {
            return;
        };
        let topic = Topic::ALL
            .into_iter()
            .find(|topic| ident_topic(*topic, &self.network).hash() == message.topic);
        let Some(topic) = topic else {
            // Gossip filters topics itself; what it lets through all the same is nobody's message.
            return self.report(&id, &peer, MessageAcceptance::Reject);
        };
        if let Err((reason, acceptance)) = self.admit_gossip(peer, &id, topic, &message.data) {
            self.report(&id, &peer, acceptance);
            self.refuse(&peer, reason);
        }
    }

    /// Takes a message through the peer's limits into the application's queue.
    fn admit_gossip(
        &mut self,
        from: PeerId,
        id: &MessageId,
        topic: Topic,
        data: &[u8],
    ) -> Result<(), (Reason, MessageAcceptance)> {
        let now = Instant::now();
        let ignore = |reason| (reason, MessageAcceptance::Ignore);
        let Some(peer) = self.peers.get_mut(&from) else {
            return Err(ignore(Reason::UnknownPeer));
        };
        peer.seen();
        let message = Gossip::decode(topic, data);
        let work = gossip_work(&message);
        if !peer.work.take(work, now) {
            return Err(ignore(Reason::WorkBudget { work }));
        }
        let message = message.map_err(|fault| {
            tracing::info!(peer = %from, %fault, "rejected a gossip message");
            (Reason::Frame(fault.fault()), MessageAcceptance::Reject)
        })?;
        if peer.judging >= self.limits.judging_per_peer {
            return Err(ignore(Reason::InFlight));
        }
        let (verdict, judged) = oneshot::channel();
        let inbound = Inbound::Gossip {
            peer: from,
            message,
            verdict,
        };
        self.inbound
            .try_send(inbound)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => ignore(Reason::QueueFull),
                mpsc::error::TrySendError::Closed(_) => ignore(Reason::Closed),
            })?;
        peer.judging += 1;
        let id = id.clone();
        let judged = tokio::time::timeout(self.limits.verdict_timeout, judged);
        let judged = judged.map(move |verdict| Judged {
            peer: from,
            id,
            topic,
            verdict: match verdict {
                Ok(Ok(verdict)) => Ok(verdict),
                Ok(Err(_)) => Err(Reason::AnswerDropped),
                Err(_) => Err(Reason::VerdictTimeout),
            },
        });
        self.verdicts.push(judged.boxed());
        Ok(())
    }

    pub(super) fn on_judged(&mut self, judged: &Judged) {
        if let Some(peer) = self.peers.get_mut(&judged.peer) {
            peer.judging = peer.judging.saturating_sub(1);
        }
        let verdict = judged.verdict.unwrap_or_else(|reason| {
            self.refuse(&judged.peer, reason);
            GossipVerdict::Ignore
        });
        let (outcome, acceptance) = match verdict {
            GossipVerdict::Accept => ("accepted", MessageAcceptance::Accept),
            GossipVerdict::Reject => {
                self.offend(judged.peer, MISCONDUCT);
                ("rejected", MessageAcceptance::Reject)
            }
            GossipVerdict::Ignore => ("ignored", MessageAcceptance::Ignore),
        };
        self.metrics.gossip_received(judged.topic.label(), outcome);
        self.report(&judged.id, &judged.peer, acceptance);
    }

    fn report(&mut self, id: &MessageId, from: &PeerId, acceptance: MessageAcceptance) {
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        if !gossip.report_message_validation_result(id, from, acceptance) {
            tracing::debug!(peer = %from, "a gossip message was forgotten before its verdict came");
        }
    }
}

/// Work of a gossip message: one, and one for each bundle.
fn gossip_work(message: &Result<Gossip, MessageError>) -> u32 {
    let bundles = match message {
        Ok(Gossip::Transfers { bundles }) => bundles.len(),
        _ => 0,
    };
    u32::try_from(bundles).unwrap_or(u32::MAX).saturating_add(1)
}
