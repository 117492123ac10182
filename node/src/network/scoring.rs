//! Gossip's own judgement of its peers (GossipSub v1.1, peer scoring).
//!
//! The federation is small and every member is known by key, so only what a member can not do by accident counts: invalid
//! messages (P4), and breaking the rules of the mesh, such as grafting again and again or promising messages that never come
//! (P7). Being silent (P3), being new (P1) and sharing an address with others (P6) count nothing: a small country speaks
//! seldom, and half of the members may sit behind one provider.

use std::time::Duration;

use libp2p::gossipsub::{
    PeerScoreParams, PeerScoreThresholds, TopicHash, TopicScoreParams, score_parameter_decay,
};

/// Below this score a peer is shut out altogether.
pub(super) const SHUT_OUT: f64 = -1_000.0;

/// Below this score nothing that a peer gossips is looked at.
const GRAYLIST: f64 = -500.0;

/// Below this score a peer is told nothing of our own, and is not asked for what it says it has.
const GOSSIP: f64 = -100.0;

/// How long it takes until an offence is forgotten.
const MEMORY: Duration = Duration::from_secs(600);

/// Weights and thresholds. Scores grow with the square of the offences: ten invalid messages are -100, forty broken rules of
/// the mesh beyond the first ten -900.
pub(super) fn score(
    topics: impl Iterator<Item = TopicHash>,
) -> (PeerScoreParams, PeerScoreThresholds) {
    let topic = TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -1.0,
        invalid_message_deliveries_decay: score_parameter_decay(MEMORY),
        ..TopicScoreParams::default()
    };
    let params = PeerScoreParams {
        topics: topics.map(|it| (it, topic.clone())).collect(),
        app_specific_weight: 0.0,
        ip_colocation_factor_weight: 0.0,
        behaviour_penalty_weight: -1.0,
        // Two nodes that restart at the same moment graft too early a few times.
        behaviour_penalty_threshold: 10.0,
        behaviour_penalty_decay: score_parameter_decay(Duration::from_secs(60)),
        retain_score: MEMORY,
        slow_peer_weight: 0.0,
        ..PeerScoreParams::default()
    };
    let thresholds = PeerScoreThresholds {
        gossip_threshold: GOSSIP,
        publish_threshold: GOSSIP,
        graylist_threshold: GRAYLIST,
        ..PeerScoreThresholds::default()
    };
    (params, thresholds)
}
