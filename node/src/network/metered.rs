//! A protocol of the swarm of which each peer may bring only so much in a while.
//!
//! What gossip makes of subscriptions and control messages never reaches the application, so its budgets there do not see
//! them; but each frame is read, and its ids are looked up, whether or not they mean anything. Here a frame is counted before
//! that. What is over the budget is dropped, and its sender is named to whoever asks.

use std::collections::{BTreeSet, HashMap};
use std::ops::{Deref, DerefMut};
use std::task::{Context, Poll};
use std::time::Instant;

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

use super::budget::Budget;

/// A protocol with a budget for each peer.
pub(super) struct Metered<B> {
    inner: B,
    per_second: u32,
    burst: u32,
    budgets: HashMap<PeerId, Budget>,
    over: BTreeSet<PeerId>,
}

impl<B> Metered<B> {
    /// Each peer may bring `per_second` frames a second, and `burst` at once.
    pub(super) fn new(inner: B, per_second: u32, burst: u32) -> Self {
        Self {
            inner,
            per_second,
            burst,
            budgets: HashMap::new(),
            over: BTreeSet::new(),
        }
    }

    /// Who brought more than that since it was asked last.
    pub(super) fn take_over_budget(&mut self) -> BTreeSet<PeerId> {
        std::mem::take(&mut self.over)
    }

    fn may_bring(&mut self, peer: PeerId, now: Instant) -> bool {
        let (per_second, burst) = (self.per_second, self.burst);
        let budget = self.budgets.entry(peer);
        let budget = budget.or_insert_with(|| Budget::new(per_second, burst, now));
        budget.take(1, now)
    }
}

impl<B> Deref for Metered<B> {
    type Target = B;

    fn deref(&self) -> &B {
        &self.inner
    }
}

impl<B> DerefMut for Metered<B> {
    fn deref_mut(&mut self) -> &mut B {
        &mut self.inner
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Metered<B> {
    type ConnectionHandler = B::ConnectionHandler;
    type ToSwarm = B::ToSwarm;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.inner
            .handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner
            .handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.inner
            .handle_pending_outbound_connection(connection, peer, addresses, role)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner
            .handle_established_outbound_connection(connection, peer, address, role, port)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        // A peer that comes back has the budget that is left: closing and opening again gives nobody a new one. Those of peers
        // that are away for long are full, and forgotten.
        if let FromSwarm::ConnectionClosed(closed) = &event
            && closed.remaining_established == 0
        {
            let now = Instant::now();
            self.budgets.retain(|_, budget| !budget.is_full(now));
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        if self.may_bring(peer, Instant::now()) {
            self.inner
                .on_connection_handler_event(peer, connection, event);
        } else {
            self.over.insert(peer);
        }
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.inner.poll(context)
    }
}
