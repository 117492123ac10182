//! What the swarm reports: connections, greetings, pings.

use std::time::Instant;

use libp2p::core::ConnectedPoint;
use libp2p::metrics::Recorder;
use libp2p::swarm::{ConnectionDenied, ConnectionId, DialError, ListenError, SwarmEvent};
use libp2p::{Multiaddr, PeerId, identify, ping};
use libp2p_allow_block_list::NotAllowed;
use libp2p_connection_limits::Exceeded;

use super::actor::Actor;
use super::behaviour::{BehaviourEvent, protocol_version};
use super::metrics::Reason;

impl Actor {
    pub(super) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        self.metrics.libp2p.record(&event);
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                num_established,
                ..
            } => self.on_connected(peer_id, connection_id, &endpoint, num_established.get()),
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established,
                cause,
                ..
            } => self.on_disconnected(peer_id, num_established, cause.map(|c| c.to_string())),
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                peer_id: Some(peer),
                error,
            } => self.on_dial_failed(peer, connection_id, &error),
            SwarmEvent::IncomingConnectionError {
                send_back_addr,
                error,
                peer_id,
                ..
            } => self.on_incoming_refused(&send_back_addr, &error, peer_id),
            SwarmEvent::NewListenAddr { address, .. } => {
                tracing::info!(%address, "listening for peers");
            }
            SwarmEvent::ListenerClosed {
                addresses, reason, ..
            } => {
                tracing::error!(
                    ?addresses,
                    ?reason,
                    "a listener has ended: peers cannot dial it"
                );
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener had an error and goes on");
            }
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Identify(event) => {
                self.metrics.libp2p.record(&event);
                self.on_identify(event);
            }
            BehaviourEvent::Ping(event) => {
                self.metrics.libp2p.record(&event);
                self.on_ping(event);
            }
            BehaviourEvent::Gossip(event) => {
                self.metrics.libp2p.record(&event);
                self.on_gossip_event(event);
            }
            BehaviourEvent::Requests(event) => self.on_request_event(event),
            BehaviourEvent::Allowed(never) | BehaviourEvent::Limits(never) => match never {},
        }
    }

    fn on_connected(
        &mut self,
        id: PeerId,
        connection: ConnectionId,
        endpoint: &ConnectedPoint,
        connections: u32,
    ) {
        tracing::info!(peer = %id, address = %endpoint.get_remote_address(), "connected");
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.connections = connections;
        peer.seen();
        if peer.dialing == Some(connection) {
            peer.dialing = None;
            self.metrics.dial("connected");
        }
        // Explicit only while connected: for an explicit peer that is away gossip would dial by itself, past our waits.
        self.swarm.behaviour_mut().gossip.add_explicit_peer(&id);
        self.count_peers();
    }

    fn on_disconnected(&mut self, id: PeerId, connections: u32, cause: Option<String>) {
        tracing::info!(peer = %id, connections, cause, "connection ended");
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.connections = connections;
        if connections == 0 {
            peer.lost(cause, &self.limits, Instant::now());
            self.swarm.behaviour_mut().gossip.remove_explicit_peer(&id);
        }
        self.count_peers();
    }

    fn on_dial_failed(&mut self, id: PeerId, connection: ConnectionId, error: &DialError) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if peer.dialing == Some(connection) {
            peer.dialing = None;
            self.metrics.dial("failed");
            peer.lost(Some(error.to_string()), &self.limits, Instant::now());
            tracing::debug!(peer = %id, %error, "cannot reach the peer; dialling again later");
        }
    }

    fn on_incoming_refused(
        &mut self,
        address: &Multiaddr,
        error: &ListenError,
        peer: Option<PeerId>,
    ) {
        let Some(reason) = denial(error) else {
            tracing::debug!(%address, %error, "an incoming connection failed");
            return;
        };
        self.metrics.refused(reason);
        if self.may_log_stranger() {
            let peer = peer.map(|peer| peer.to_string());
            tracing::warn!(
                %address,
                peer,
                reason = reason.label(),
                "refused a connection; a partner is let in with `countersign peer add`"
            );
        }
    }

    fn on_identify(&mut self, event: identify::Event) {
        let identify::Event::Received { peer_id, info, .. } = event else {
            return;
        };
        if info.protocol_version != protocol_version(&self.network) {
            let network = info.protocol_version;
            tracing::warn!(peer = %peer_id, network, "the peer belongs to another network: disconnected");
            self.refuse(&peer_id, Reason::OtherNetwork);
            // Fails only for a peer that is not connected, and then it is where it should be.
            let _ = self.swarm.disconnect_peer_id(peer_id);
            return;
        }
        if let Some(peer) = self.peers.get_mut(&peer_id) {
            peer.greeted(info.agent_version);
            peer.seen();
        }
    }

    fn on_ping(&mut self, event: ping::Event) {
        let ping::Event {
            peer: id,
            connection,
            result,
        } = event;
        match result {
            Ok(rtt) => {
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.pinged(rtt);
                }
            }
            Err(ping::Failure::Unsupported) => {}
            Err(error) => {
                tracing::info!(peer = %id, %error, "no answer to a ping: closing the connection");
                self.swarm.close_connection(connection);
            }
        }
    }
}

/// Which of our own rules refused an incoming connection, if one of them did.
fn denial(error: &ListenError) -> Option<Reason> {
    let ListenError::Denied { cause } = error else {
        return None;
    };
    let is = |cause: &ConnectionDenied| {
        if cause.downcast_ref::<NotAllowed>().is_some() {
            Some(Reason::UnknownPeer)
        } else {
            cause
                .downcast_ref::<Exceeded>()
                .map(|_| Reason::ConnectionLimit)
        }
    };
    is(cause)
}
