//! The protocols of the swarm and their settings.

use std::time::Duration;

use countersign_protocol::federation::message::{GOSSIP_BYTES_MAX, PEER_PROTOCOL, Topic};
use libp2p::gossipsub::{
    self, IdentTopic, MaxCountSubscriptionFilter, MessageAuthenticity, MessageId, MetricsConfig,
    ValidationMode, WhitelistSubscriptionFilter,
};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{StreamProtocol, identify, ping, request_response};
use libp2p_allow_block_list::{self as allow_list, AllowedPeers};
use libp2p_connection_limits::{self as connection_limits, ConnectionLimits};
use prometheus_client::registry::Registry;
use sha2::{Digest, Sha256};

use super::codec::PeerCodec;
use super::metered::Metered;
use super::{Limits, NetworkConfig, NetworkError, scoring};

/// Bytes that gossip's own envelope may add to a message: topic, lengths, control messages.
const GOSSIP_ENVELOPE_BYTES: usize = 1024;

/// Gossip messages that wait for one peer's connection: 64 x 64 KiB = 4 MiB for a peer that reads too slowly.
const GOSSIP_QUEUE: usize = 64;

/// Pause between two rounds of gossip's housekeeping.
const GOSSIP_ROUND: Duration = Duration::from_secs(1);

/// How long the hash of a message is remembered, so that it is taken once.
const GOSSIP_MEMORY: Duration = Duration::from_secs(60);

type Filter = MaxCountSubscriptionFilter<WhitelistSubscriptionFilter>;

/// Gossip that takes subscriptions to our topics only.
pub(super) type Gossipsub = gossipsub::Behaviour<gossipsub::IdentityTransform, Filter>;

/// All protocols. The list comes first: whom it refuses, no other protocol sees.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) allowed: allow_list::Behaviour<AllowedPeers>,
    pub(super) limits: connection_limits::Behaviour,
    pub(super) identify: identify::Behaviour,
    pub(super) ping: ping::Behaviour,
    pub(super) gossip: Metered<Gossipsub>,
    pub(super) requests: request_response::Behaviour<PeerCodec>,
}

/// What this node says it speaks, and what a peer of the same network says.
pub(super) fn protocol_version(network: &str) -> String {
    format!("/countersign/{network}/1")
}

/// The topic as gossip knows it.
pub(super) fn ident_topic(topic: Topic, network: &str) -> IdentTopic {
    IdentTopic::new(topic.name(network))
}

pub(super) fn build(
    config: &NetworkConfig,
    registry: &mut Registry,
) -> Result<Behaviour, NetworkError> {
    let limits = &config.limits;
    let mut allowed = allow_list::Behaviour::default();
    for (peer, _) in &config.peers {
        allowed.allow_peer(*peer);
    }
    let peer_protocol = (
        StreamProtocol::new(PEER_PROTOCOL),
        request_response::ProtocolSupport::Full,
    );
    Ok(Behaviour {
        allowed,
        limits: connection_limits::Behaviour::new(connection_limits(limits)),
        identify: identify::Behaviour::new(identify_config(&config.identity, &config.network)),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(limits.ping_interval)),
        gossip: Metered::new(
            gossip(&config.network, registry)?,
            limits.gossip_frames_per_second,
            limits.gossip_frames_burst,
        ),
        requests: request_response::Behaviour::with_codec(
            PeerCodec::new(limits.request_bytes, limits.response_bytes),
            [peer_protocol],
            request_response::Config::default()
                .with_request_timeout(limits.request_timeout)
                .with_max_concurrent_streams(limits.answering_per_peer + limits.asking_per_peer),
        ),
    })
}

fn connection_limits(limits: &Limits) -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_established_per_peer(Some(limits.connections_per_peer))
        .with_max_established(Some(limits.connections))
        .with_max_pending_incoming(Some(limits.pending_incoming))
        .with_max_pending_outgoing(Some(limits.pending_outgoing))
}

fn identify_config(identity: &Keypair, network: &str) -> identify::Config {
    identify::Config::new(protocol_version(network), identity.public())
        .with_agent_version(format!("countersign/{}", env!("CARGO_PKG_VERSION")))
        // Addresses come from the peers' invites, signed; what a connection says about addresses is not used.
        .with_cache_size(0)
        .with_hide_listen_addrs(true)
}

fn gossip(network: &str, registry: &mut Registry) -> Result<Gossipsub, NetworkError> {
    let setup = |error: String| NetworkError::Setup(format!("gossip: {error}"));
    let config = gossipsub::ConfigBuilder::default()
        .validate_messages()
        // Bundles and checkpoints are signed inside; a second signature by the sender would say nothing more. Without
        // sender and sequence number the content alone names a message, so no copy of it counts as new.
        .validation_mode(ValidationMode::Anonymous)
        .message_id_fn(|message: &gossipsub::Message| {
            let id = Sha256::new()
                .chain_update(message.topic.as_str())
                .chain_update([0])
                .chain_update(&message.data);
            MessageId::new(&id.finalize())
        })
        .max_transmit_size(GOSSIP_BYTES_MAX + GOSSIP_ENVELOPE_BYTES)
        .max_publish_messages(GOSSIP_QUEUE)
        .connection_handler_queue_len(GOSSIP_QUEUE)
        .flood_publish(false)
        .heartbeat_interval(GOSSIP_ROUND)
        // Longer than the application may take to judge: a message is kept until its verdict can hand it on.
        .history_length(8)
        .history_gossip(3)
        .duplicate_cache_time(GOSSIP_MEMORY)
        .build()
        .map_err(|error| setup(error.to_string()))?;
    let topics = Topic::ALL.map(|topic| ident_topic(topic, network));
    let filter = MaxCountSubscriptionFilter {
        filter: WhitelistSubscriptionFilter(topics.iter().map(IdentTopic::hash).collect()),
        max_subscribed_topics: topics.len(),
        max_subscriptions_per_request: 2 * topics.len(),
    };
    let mut gossip =
        Gossipsub::new_with_subscription_filter(MessageAuthenticity::Anonymous, config, filter)
            .map_err(|error| setup(error.to_owned()))?
            .with_metrics(
                registry.sub_registry_with_prefix("libp2p_gossipsub"),
                MetricsConfig::default(),
            );
    let (params, thresholds) = scoring::score(topics.iter().map(IdentTopic::hash));
    gossip.with_peer_score(params, thresholds).map_err(setup)?;
    for topic in &topics {
        gossip
            .subscribe(topic)
            .map_err(|error| setup(error.to_string()))?;
    }
    Ok(gossip)
}
