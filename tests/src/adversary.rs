//! A listed member that means harm: it speaks the protocols of a node byte by byte and keeps no rule of them.
//!
//! It stands in for a member's node, with the key that the others list, and floods one node in one way for a while.

#![allow(clippy::expect_used)] // a test part that fails must stop the test

mod attack;
mod gossip_rpc;
mod stream;

use std::time::{Duration, Instant};

use countersign_node::network::{Keypair, Multiaddr};
use countersign_protocol::federation::message::PEER_PROTOCOL;
use futures::StreamExt;
use libp2p::request_response::{self, Event, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{PeerId, StreamProtocol, Swarm, SwarmBuilder, identify, ping};

pub use attack::{Attack, Knows};
use stream::{RawStream, Written};

/// The gossip protocol that a node speaks.
const GOSSIP_PROTOCOL: &str = "/meshsub/1.2.0";

/// Requests that are open at once: above what a node answers of one peer.
const OPEN: usize = 64;

/// Pause between two dials of a node that closed the connection.
const REDIAL: Duration = Duration::from_millis(200);

#[derive(NetworkBehaviour)]
struct Behaviour {
    requests: request_response::Behaviour<RawStream>,
    gossip: request_response::Behaviour<RawStream>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// What an attack came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// Frames that were written, as far as the node read them.
    pub frames: u64,
    /// Connections that were made.
    pub connections: u32,
    /// Connections that the node closed, and dials that it refused.
    pub closed: u32,
}

/// The member.
pub struct Adversary {
    swarm: Swarm<Behaviour>,
    node: PeerId,
    address: Multiaddr,
    connected: bool,
    next_dial: Instant,
    open: usize,
    told: Told,
}

impl Adversary {
    /// A member with this key in the network of this name, beside the node at this address.
    ///
    /// # Panics
    /// If the swarm can not be built.
    #[must_use]
    pub fn beside(key: Keypair, network: &str, node: PeerId, address: Multiaddr) -> Self {
        let streams = |protocol: &'static str| {
            let protocol = (StreamProtocol::new(protocol), ProtocolSupport::Full);
            let config = request_response::Config::default()
                .with_max_concurrent_streams(10_000)
                .with_request_timeout(Duration::from_secs(30));
            request_response::Behaviour::with_codec(RawStream::default(), [protocol], config)
        };
        let behaviour = |key: &Keypair| Behaviour {
            requests: streams(PEER_PROTOCOL),
            gossip: streams(GOSSIP_PROTOCOL),
            identify: identify::Behaviour::new(identify::Config::new(
                format!("/countersign/{network}/1"),
                key.public(),
            )),
            ping: ping::Behaviour::new(ping::Config::new()),
        };
        let swarm = SwarmBuilder::with_existing_identity(key)
            .with_tokio()
            .with_tcp(
                libp2p::tcp::Config::default(),
                libp2p::noise::Config::new,
                libp2p::yamux::Config::default,
            )
            .expect("TCP")
            .with_behaviour(behaviour)
            .expect("the protocols")
            .with_swarm_config(|it| it.with_idle_connection_timeout(Duration::from_secs(600)))
            .build();
        Self {
            swarm,
            node,
            address,
            connected: false,
            next_dial: Instant::now(),
            open: 0,
            told: Told::default(),
        }
    }

    /// Attacks for so long, and comes back whenever the node has closed the door.
    pub async fn attack(&mut self, attack: &Attack, duration: Duration) -> Told {
        let end = Instant::now() + duration;
        self.told = Told::default();
        let written = Written::default();
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while Instant::now() < end {
            self.dial();
            while self.connected && self.open < attack.at_once(OPEN) {
                let flood = attack.flood(&written, end);
                let behaviour = self.swarm.behaviour_mut();
                let streams = if attack.is_gossip() {
                    &mut behaviour.gossip
                } else {
                    &mut behaviour.requests
                };
                streams.send_request(&self.node, flood);
                self.open += 1;
            }
            tokio::select! {
                event = self.swarm.select_next_some() => self.on(event),
                _ = tick.tick() => {}
            }
        }
        self.told.frames = written.frames();
        self.told
    }

    fn dial(&mut self) {
        if !self.connected && Instant::now() >= self.next_dial {
            self.next_dial = Instant::now() + REDIAL;
            // A dial that is under way already is refused here, and that is all right.
            let _under_way = self.swarm.dial(self.address.clone());
        }
    }

    fn on(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { .. } => {
                self.connected = true;
                self.told.connections += 1;
            }
            SwarmEvent::ConnectionClosed {
                num_established, ..
            } => {
                self.connected = num_established > 0;
                self.told.closed += 1;
            }
            SwarmEvent::OutgoingConnectionError { .. } => self.told.closed += 1,
            SwarmEvent::Behaviour(
                BehaviourEvent::Requests(event) | BehaviourEvent::Gossip(event),
            ) => {
                if let Event::OutboundFailure { .. }
                | Event::Message {
                    message: request_response::Message::Response { .. },
                    ..
                } = event
                {
                    self.open = self.open.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
}
