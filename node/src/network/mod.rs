//! The network: a libp2p swarm that one task owns, behind channels.
//!
//! [`Network::start`] spawns the task and gives back a cloneable [`NetworkHandle`] for what this node wants of its peers
//! and a receiver of [`Inbound`] for what they want of it. Nobody else touches a socket.
//!
//! # Who gets in
//! Only listed peers. A connection is authenticated (noise on TCP, TLS 1.3 on QUIC) and then closed, before any protocol
//! runs on it, unless its peer id is on the list. A peer of another network's name is disconnected as soon as it says so.
//!
//! # What is bounded
//! Every queue, frame, stream, connection and wait has a limit in [`Limits`], and every message that a limit turns away
//! is counted with its reason in `countersign_network_refused_total`. Nothing a peer sends is kept before it has passed,
//! in this order: the list, the frame's length, the canonical decoding, the peer's work budget, the count of its
//! unanswered requests, the length of the application's queue.
//!
//! # Requests and gossip
//! Transfers go by request and response. The same bundles are also told to all connected peers as a second way, and a
//! peer hands a message on only after its own application has judged it ([`GossipVerdict`]). Each listed peer is an
//! explicit gossip peer: there is no mesh to take over and no peer exchange, and a federation has some tens of members.
//! Gossip is unsigned and named by the hash of its content, since bundles and checkpoints sign themselves.

mod actor;
mod backoff;
mod behaviour;
mod budget;
mod codec;
mod config;
mod error;
mod events;
mod gossip;
mod handle;
mod metered;
mod metrics;
mod peers;
mod requests;
mod scoring;
mod transport;

pub use config::{Limits, NetworkConfig};
pub use error::NetworkError;
pub use handle::{GossipVerdict, Inbound, NetworkHandle, PeerStatus};
pub use libp2p::identity::Keypair;
pub use libp2p::multiaddr::Protocol;
pub use libp2p::{Multiaddr, PeerId};

use prometheus_client::registry::Registry;
use tokio::sync::mpsc;

/// The way into the network.
#[derive(Debug)]
pub struct Network;

impl Network {
    /// Binds every listen address, starts the swarm's task, and dials the configured peers.
    ///
    /// Our counters and libp2p's own are registered in `registry`. The receiver ends (`None`) when the task has ended:
    /// after [`NetworkHandle::shutdown`], when all handles are gone, or after a defect; a node that did not ask for it
    /// should stop.
    ///
    /// # Errors
    /// A network name that is no topic part, a limit that cannot hold one frame, or an address that cannot be bound.
    pub async fn start(
        config: NetworkConfig,
        registry: &mut Registry,
    ) -> Result<(NetworkHandle, mpsc::Receiver<Inbound>), NetworkError> {
        config.check()?;
        let (mut actor, handle, inbound) = actor::Actor::new(config, registry)?;
        actor.bind().await?;
        tokio::spawn(actor.run());
        Ok((handle, inbound))
    }
}
