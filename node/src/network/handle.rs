use std::time::Duration;

use countersign_protocol::federation::message::{Gossip, Request, Response, Topic};
use libp2p::{Multiaddr, PeerId};
use tokio::sync::{mpsc, oneshot};

use super::NetworkError;

/// What a peer wants of this node.
#[derive(Debug)]
pub enum Inbound {
    /// A request that passed every check of the network.
    Request {
        /// Who asks. Authenticated by the connection.
        peer: PeerId,
        /// What it asks.
        request: Request,
        /// Where the answer goes. Dropped without an answer, the peer is told that the node is unavailable.
        reply: oneshot::Sender<Response>,
    },
    /// A gossip message that passed every check of the network.
    Gossip {
        /// Who handed it on. Not its author: gossip has none.
        peer: PeerId,
        /// The message.
        message: Gossip,
        /// Where the verdict goes. Dropped without one, the message is not handed on.
        verdict: oneshot::Sender<GossipVerdict>,
    },
}

impl Inbound {
    /// Who it came from.
    #[must_use]
    pub fn peer(&self) -> PeerId {
        match self {
            Inbound::Request { peer, .. } | Inbound::Gossip { peer, .. } => *peer,
        }
    }
}

/// What becomes of a gossip message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GossipVerdict {
    /// It is right and new: hand it on to the other peers.
    Accept,
    /// It is wrong, which whoever handed it on could have seen: do not hand it on.
    Reject,
    /// It is stale, known or not decidable here: do not hand it on, and blame nobody.
    Ignore,
}

/// How this node stands with one listed peer.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// The peer.
    pub peer: PeerId,
    /// Where it is dialled.
    pub addresses: Vec<Multiaddr>,
    /// Whether at least one connection is open.
    pub connected: bool,
    /// How many connections are open.
    pub connections: u32,
    /// Round trip of the newest ping, milliseconds.
    pub rtt_ms: Option<f64>,
    /// When anything last came from it, Unix milliseconds.
    pub last_seen_ms: Option<u64>,
    /// The program and version it says it runs.
    pub agent: Option<String>,
    /// Failed dials in a row.
    pub dial_failures: u32,
    /// Wait before the next dial, milliseconds; `None` while connected or without an address.
    pub next_dial_ms: Option<u64>,
    /// Why the last dial or connection ended.
    pub last_error: Option<String>,
    /// How many of its messages were refused or dropped since the start.
    pub refused: u64,
}

/// A call on the network's task.
#[derive(Debug)]
pub(super) enum Command {
    Request {
        peer: PeerId,
        request: Request,
        reply: oneshot::Sender<Result<Response, NetworkError>>,
    },
    Exchange {
        peer: PeerId,
        bytes: Vec<u8>,
        reply: oneshot::Sender<Result<Response, NetworkError>>,
    },
    Publish {
        topic: Topic,
        data: Vec<u8>,
        reply: oneshot::Sender<Result<(), NetworkError>>,
    },
    Allow {
        peer: PeerId,
        addresses: Vec<Multiaddr>,
        reply: oneshot::Sender<()>,
    },
    Remove {
        peer: PeerId,
        reply: oneshot::Sender<bool>,
    },
    Peers {
        reply: oneshot::Sender<Vec<PeerStatus>>,
    },
    ListenAddresses {
        reply: oneshot::Sender<Vec<Multiaddr>>,
    },
    Shutdown {
        reply: oneshot::Sender<()>,
    },
}

/// The way to speak to the network's task. Clones share it; the task ends when the last of them is gone.
#[derive(Clone, Debug)]
pub struct NetworkHandle {
    commands: mpsc::Sender<Command>,
    local: PeerId,
    request_deadline: Duration,
}

impl NetworkHandle {
    pub(super) const fn new(
        commands: mpsc::Sender<Command>,
        local: PeerId,
        request_deadline: Duration,
    ) -> Self {
        NetworkHandle {
            commands,
            local,
            request_deadline,
        }
    }

    /// This node's peer id.
    pub const fn local_peer_id(&self) -> PeerId {
        self.local
    }

    /// Writes bytes on a stream of the peer protocol as they are, and waits for the answer: how a node takes what is no message.
    ///
    /// # Errors
    /// As [`NetworkHandle::request`], but for limits.
    pub(crate) async fn exchange(
        &self,
        peer: PeerId,
        bytes: Vec<u8>,
    ) -> Result<Response, NetworkError> {
        let call = self.call(|reply| Command::Exchange { peer, bytes, reply });
        tokio::time::timeout(self.request_deadline, call)
            .await
            .map_err(|_| NetworkError::Timeout { peer })??
    }

    /// Sends one request and waits for its answer.
    ///
    /// A refusal by the peer is an answer ([`Response::Refused`]), not an error.
    ///
    /// # Errors
    /// The request is over a limit, the peer is not listed or not connected, too many requests to it are unanswered, or
    /// the exchange failed. It may then have been taken or not: send it again, it is idempotent.
    pub async fn request(&self, peer: PeerId, request: Request) -> Result<Response, NetworkError> {
        request.check()?;
        let call = self.call(|reply| Command::Request {
            peer,
            request,
            reply,
        });
        tokio::time::timeout(self.request_deadline, call)
            .await
            .map_err(|_| NetworkError::Timeout { peer })??
    }

    /// Tells bundles to all connected peers, in as few messages as the limits allow. What was told before is not told
    /// again within a minute.
    ///
    /// # Errors
    /// A bundle over its limit, nobody listening, or full queues.
    pub async fn publish_transfers(&self, bundles: Vec<Vec<u8>>) -> Result<(), NetworkError> {
        for message in Gossip::transfers_all(bundles) {
            self.publish(&message).await?;
        }
        Ok(())
    }

    /// Tells a checkpoint to all connected peers.
    ///
    /// # Errors
    /// A note over its limit, nobody listening, or full queues.
    pub async fn publish_checkpoint(&self, note: String) -> Result<(), NetworkError> {
        self.publish(&Gossip::Checkpoint { note }).await
    }

    /// Tells evidence to all connected peers.
    ///
    /// # Errors
    /// A text over its limit, nobody listening, or full queues.
    pub async fn publish_evidence(&self, evidence: String) -> Result<(), NetworkError> {
        self.publish(&Gossip::Evidence { evidence }).await
    }

    async fn publish(&self, message: &Gossip) -> Result<(), NetworkError> {
        let topic = message.topic();
        let data = message.encode()?;
        self.call(|reply| Command::Publish { topic, data, reply })
            .await?
    }

    /// Puts a peer on the list, or gives a listed one other addresses, and dials it at once.
    ///
    /// # Errors
    /// The network has stopped.
    pub async fn allow(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), NetworkError> {
        self.call(|reply| Command::Allow {
            peer,
            addresses,
            reply,
        })
        .await
    }

    /// Takes a peer off the list and closes its connections. Says whether it was listed.
    ///
    /// # Errors
    /// The network has stopped.
    pub async fn remove(&self, peer: PeerId) -> Result<bool, NetworkError> {
        self.call(|reply| Command::Remove { peer, reply }).await
    }

    /// How this node stands with each listed peer, in the order of the peer ids.
    ///
    /// # Errors
    /// The network has stopped.
    pub async fn peers(&self) -> Result<Vec<PeerStatus>, NetworkError> {
        self.call(|reply| Command::Peers { reply }).await
    }

    /// The addresses this node listens on, with the ports that the system chose.
    ///
    /// # Errors
    /// The network has stopped.
    pub async fn listen_addrs(&self) -> Result<Vec<Multiaddr>, NetworkError> {
        self.call(|reply| Command::ListenAddresses { reply }).await
    }

    /// Says goodbye to all peers and ends the task. Returns when the connections are closed, or after a second. A QUIC
    /// socket may stay bound for a moment longer, until the last packets are through.
    ///
    /// # Errors
    /// The network had stopped before.
    pub async fn shutdown(&self) -> Result<(), NetworkError> {
        self.call(|reply| Command::Shutdown { reply }).await
    }

    async fn call<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, NetworkError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(command(reply))
            .await
            .map_err(|_| NetworkError::Stopped)?;
        answer.await.map_err(|_| NetworkError::Stopped)
    }
}
