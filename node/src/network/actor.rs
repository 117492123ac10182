//! The one task that owns the swarm.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use libp2p::core::transport::ListenerId;
use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{self, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm};
use prometheus_client::registry::Registry;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::behaviour::{self, Behaviour};
use super::budget::Budget;
use super::codec::Framed;
use super::gossip::Judged;
use super::handle::Command;
use super::metrics::{Metrics, Reason};
use super::peers::{MISCONDUCT, Peer, over_budget};
use super::requests::{Answered, Asked};
use super::{Inbound, Limits, NetworkConfig, NetworkError, NetworkHandle, scoring, transport};

/// How often peers are looked over for a dial that is due.
const ROUND: Duration = Duration::from_millis(250);

/// How long each listener may take to say on which port it listens.
const BIND_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the farewell to all peers may take.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);

/// Connections stay open while nothing is said: a partner may speak after a week.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Log lines about refused strangers, at most one in this time: anybody may knock.
const STRANGER_LOG_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct Actor {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) network: String,
    pub(super) limits: Limits,
    pub(super) peers: BTreeMap<PeerId, Peer>,
    pub(super) metrics: Metrics,
    pub(super) inbound: mpsc::Sender<Inbound>,
    /// Our requests that wait for an answer. At most `asking_per_peer` for each peer.
    pub(super) asked: HashMap<OutboundRequestId, Asked>,
    /// Peers' requests that wait for the application. At most `answering_per_peer` for each peer.
    pub(super) answers: FuturesUnordered<BoxFuture<'static, Answered>>,
    /// Gossip that waits for the application. At most `judging_per_peer` for each peer.
    pub(super) verdicts: FuturesUnordered<BoxFuture<'static, Judged>>,
    commands: mpsc::Receiver<Command>,
    listen: Vec<Multiaddr>,
    stranger_log_after: Instant,
    /// How much of its own this node tells everybody.
    pub(super) own_transfers: Budget,
}

impl Actor {
    pub(super) fn new(
        config: NetworkConfig,
        registry: &mut Registry,
    ) -> Result<(Self, NetworkHandle, mpsc::Receiver<Inbound>), NetworkError> {
        let limits = config.limits.clone();
        let transport = transport::build(&config.identity, limits.connect_timeout, registry)?;
        let behaviour = behaviour::build(&config, registry)?;
        let metrics = Metrics::new(registry);
        let local = config.identity.public().to_peer_id();
        let swarm_config =
            swarm::Config::with_tokio_executor().with_idle_connection_timeout(IDLE_TIMEOUT);
        let swarm = Swarm::new(transport, behaviour, local, swarm_config);
        let (to_application, inbound) = mpsc::channel(limits.inbound_queue);
        let (to_actor, commands) = mpsc::channel(limits.command_queue);
        // Opening the stream and the exchange on it have a timeout each; this one is for what neither catches.
        let deadline = limits.request_timeout * 2 + Duration::from_secs(1);
        let handle = NetworkHandle::new(to_actor, local, deadline);
        let now = Instant::now();
        let peers: BTreeMap<_, _> = config
            .peers
            .into_iter()
            .map(|(peer, addresses)| (peer, Peer::new(addresses, &limits, now)))
            .collect();
        let own_transfers = Budget::new(
            limits.own_transfers_per_second,
            limits.own_transfers_burst,
            now,
        );
        let actor = Actor {
            swarm,
            network: config.network,
            limits,
            peers,
            metrics,
            inbound: to_application,
            asked: HashMap::new(),
            answers: FuturesUnordered::new(),
            verdicts: FuturesUnordered::new(),
            commands,
            listen: config.listen,
            stranger_log_after: now,
            own_transfers,
        };
        actor.count_peers();
        Ok((actor, handle, inbound))
    }

    /// Binds every listen address and waits until each is known with its port.
    pub(super) async fn bind(&mut self) -> Result<(), NetworkError> {
        let mut waiting: HashMap<ListenerId, Multiaddr> = HashMap::new();
        for address in std::mem::take(&mut self.listen) {
            let listener = self
                .swarm
                .listen_on(address.clone())
                .map_err(|error| listen_error(&address, &error))?;
            waiting.insert(listener, address);
        }
        let deadline = tokio::time::Instant::now() + BIND_TIMEOUT;
        while let Some(address) = waiting.values().next().cloned() {
            let event = tokio::time::timeout_at(deadline, self.swarm.select_next_some())
                .await
                .map_err(|elapsed| listen_error(&address, &elapsed))?;
            match &event {
                SwarmEvent::NewListenAddr { listener_id, .. } => {
                    waiting.remove(listener_id);
                }
                SwarmEvent::ListenerClosed {
                    listener_id,
                    reason: Err(error),
                    ..
                } => {
                    if let Some(address) = waiting.remove(listener_id) {
                        return Err(listen_error(&address, error));
                    }
                }
                _ => {}
            }
            self.on_swarm_event(event);
        }
        Ok(())
    }

    /// Runs until a shutdown or until nobody holds a handle.
    pub(super) async fn run(mut self) {
        let mut round = tokio::time::interval(ROUND);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // In this order: finish what was taken before taking more. No branch above the swarm's can keep it waiting,
            // since each of them needs the swarm to make progress before it is ready again.
            tokio::select! {
                biased;
                Some(answered) = self.answers.next() => self.on_answered(answered),
                Some(judged) = self.verdicts.next() => self.on_judged(&judged),
                command = self.commands.recv() => match command {
                    Some(Command::Shutdown { reply }) => return self.say_goodbye(reply).await,
                    Some(command) => self.on_command(command),
                    None => return,
                },
                _ = round.tick() => {
                    self.shut_out_by_score();
                    self.shut_out_over_budget();
                    self.dial_due_peers();
                }
                event = self.swarm.select_next_some() => self.on_swarm_event(event),
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        // A caller that has gone away needs no reply, so every `send` may fail.
        match command {
            Command::Request {
                peer,
                request,
                reply,
            } => self.ask(peer, request.kind(), Framed::own(request), reply),
            Command::Exchange { peer, bytes, reply } => {
                self.ask(peer, "as-it-is", Framed::raw(bytes), reply);
            }
            Command::Publish { topic, data, reply } => {
                let _ = reply.send(self.publish(topic, data));
            }
            Command::Allow {
                peer,
                addresses,
                reply,
            } => {
                self.allow(peer, addresses);
                let _ = reply.send(());
            }
            Command::Remove { peer, reply } => {
                let _ = reply.send(self.remove(&peer));
            }
            Command::Peers { reply } => {
                let now = Instant::now();
                let peers = self.peers.iter();
                let _ = reply.send(peers.map(|(id, peer)| peer.status(*id, now)).collect());
            }
            Command::ListenAddresses { reply } => {
                let _ = reply.send(self.swarm.listeners().cloned().collect());
            }
            // Taken by the loop, which it ends.
            Command::Shutdown { reply } => drop(reply),
        }
    }

    fn allow(&mut self, id: PeerId, addresses: Vec<Multiaddr>) {
        let now = Instant::now();
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.readdress(addresses, now);
        } else {
            let peer = Peer::new(addresses, &self.limits, now);
            self.peers.insert(id, peer);
            self.swarm.behaviour_mut().allowed.allow_peer(id);
        }
        self.count_peers();
        self.dial_due_peers();
    }

    fn remove(&mut self, id: &PeerId) -> bool {
        let listed = self.peers.remove(id).is_some();
        self.swarm.behaviour_mut().allowed.disallow_peer(*id);
        self.swarm.behaviour_mut().gossip.remove_explicit_peer(id);
        self.count_peers();
        listed
    }

    /// Dials every peer whose time has come, and lets back in those whose shutting out has ended.
    fn dial_due_peers(&mut self) {
        let now = Instant::now();
        for (id, peer) in &mut self.peers {
            if peer.comes_back(now) {
                self.swarm.behaviour_mut().allowed.allow_peer(*id);
            }
            if !peer.is_due(now) {
                continue;
            }
            let dial = DialOpts::peer_id(*id)
                .addresses(peer.addresses.clone())
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .build();
            let connection = dial.connection_id();
            match self.swarm.dial(dial) {
                Ok(()) => peer.dialing = Some(connection),
                Err(error) => {
                    self.metrics.dial("refused");
                    peer.lost(Some(error.to_string()), &self.limits, now);
                }
            }
        }
    }

    /// Counts an offence of a peer, and shuts it out when it is one too many.
    pub(super) fn offend(&mut self, id: PeerId, offence: u32) {
        let now = Instant::now();
        let offends = |peer: &mut Peer| peer.offends(offence, now);
        if self.peers.get_mut(&id).is_some_and(offends) {
            self.shut_out(id, now);
        }
    }

    /// Shuts out whom gossip itself has found to break its rules: what it counts never reaches the application.
    fn shut_out_by_score(&mut self) {
        let gossip = &self.swarm.behaviour().gossip;
        let bad = |id: &&PeerId| {
            gossip
                .peer_score(id)
                .is_some_and(|it| it < scoring::SHUT_OUT)
        };
        let connected = self.peers.iter().filter(|(_, peer)| peer.connections > 0);
        let bad: Vec<PeerId> = connected.map(|(id, _)| id).filter(bad).copied().collect();
        for id in bad {
            self.shut_out(id, Instant::now());
        }
    }

    /// Shuts out whoever sends more frames of gossip than a node has reason to, whatever is in them.
    fn shut_out_over_budget(&mut self) {
        for id in self.swarm.behaviour_mut().gossip.take_over_budget() {
            self.shut_out(id, Instant::now());
        }
    }

    /// Closes the connections of a peer that offends, and takes none of it until its time is over.
    fn shut_out(&mut self, id: PeerId, now: Instant) {
        let shut_out = |peer: &mut Peer| peer.shut_out(now);
        if self.peers.get_mut(&id).is_some_and(shut_out) {
            tracing::warn!(peer = %id, "shut out for a minute: it floods this node, or sends what no node sends");
            self.metrics.refused(Reason::Flood);
            self.swarm.behaviour_mut().allowed.disallow_peer(id);
        }
    }

    /// Counts something of `id` that was not taken; what no node sends is an offence.
    pub(super) fn refuse(&mut self, id: &PeerId, reason: Reason) {
        self.metrics.refused(reason);
        if let Reason::Frame(fault) = reason
            && fault.is_misconduct()
        {
            self.offend(*id, MISCONDUCT);
        }
        if let Reason::WorkBudget { work } = reason {
            // It was told that this node is busy, and is to wait before it asks again.
            self.offend(*id, over_budget(work));
        }
        if let Some(peer) = self.peers.get_mut(id) {
            peer.refused += 1;
        }
        tracing::debug!(peer = %id, reason = reason.label(), "not taken");
    }

    /// Whether a line about a stranger may be logged now.
    pub(super) fn may_log_stranger(&mut self) -> bool {
        let now = Instant::now();
        let may = self.stranger_log_after <= now;
        if may {
            self.stranger_log_after = now + STRANGER_LOG_PAUSE;
        }
        may
    }

    pub(super) fn count_peers(&self) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let connected = self.peers.values().filter(|peer| peer.connections > 0);
        self.metrics.peers_connected.set(count(connected.count()));
        self.metrics.peers_listed.set(count(self.peers.len()));
    }

    async fn say_goodbye(mut self, reply: oneshot::Sender<()>) {
        let connected: HashSet<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            // Fails only for a peer that is not connected, and then it is where it should be.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        let farewell = async {
            while self.swarm.network_info().num_peers() > 0 {
                let event = self.swarm.select_next_some().await;
                tracing::trace!(?event, "while stopping");
            }
        };
        if tokio::time::timeout(FAREWELL_TIMEOUT, farewell)
            .await
            .is_err()
        {
            tracing::debug!("some peers did not confirm the end of their connection");
        }
        drop(self);
        let _ = reply.send(());
    }
}

fn listen_error(address: &Multiaddr, error: &(dyn Error + 'static)) -> NetworkError {
    NetworkError::Listen {
        address: address.clone(),
        reason: causes(error),
    }
}

/// The whole chain of causes in one line; libp2p's outer errors print nothing of themselves.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !text.is_empty() && texts.last() != Some(&text) {
            texts.push(text);
        }
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    texts.join(": ")
}
