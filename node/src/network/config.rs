use std::time::Duration;

use countersign_protocol::federation::message::{
    BUNDLES_MAX, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX,
};
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};

use super::NetworkError;

/// Longest network name, bytes.
const NETWORK_NAME_BYTES_MAX: usize = 32;

/// What the network needs to start.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// The key whose public half is this node's peer id.
    pub identity: Keypair,
    /// The federation's name, part of the gossip topics: 1 to 32 lower-case letters, digits and hyphens.
    pub network: String,
    /// Where to listen: `/ip4/0.0.0.0/tcp/7100`, `/ip4/0.0.0.0/udp/7100/quic-v1`. May be empty: such a node only dials.
    pub listen: Vec<Multiaddr>,
    /// The listed peers and where to reach them. A peer without an address is waited for.
    pub peers: Vec<(PeerId, Vec<Multiaddr>)>,
    /// Every bound of the network.
    pub limits: Limits,
}

/// Every bound of the network. The defaults hold for a federation of up to 200 members.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections with one peer, both directions together. Two, because both may dial at the same moment.
    pub connections_per_peer: u32,
    /// Connections with all peers together.
    pub connections: u32,
    /// Incoming connections whose handshake is under way.
    pub pending_incoming: u32,
    /// Outgoing connections whose handshake is under way.
    pub pending_outgoing: u32,
    /// Requests of one peer that may be unanswered here at once; another is refused as busy.
    pub answering_per_peer: usize,
    /// Our requests to one peer that may be unanswered at once; another fails at once.
    pub asking_per_peer: usize,
    /// Gossip messages of one peer that may be unjudged here at once; another is dropped.
    pub judging_per_peer: usize,
    /// Requests and gossip messages that wait for the application. When it is full the application is slower than its
    /// peers, and they are told so while the memory of it is still small.
    pub inbound_queue: usize,
    /// Calls on the handle that wait for the task. Callers beyond it wait in turn.
    pub command_queue: usize,
    /// Bytes of request frames in memory, from their arrival to their answer, of all peers together.
    pub request_bytes: usize,
    /// Bytes of response frames that are being read, of all peers together.
    pub response_bytes: usize,
    /// Work that a peer may cause each second, in units of one bundle. A request costs 8 and 1 for each bundle, a gossip
    /// message 1 and 1 for each bundle.
    pub work_per_second: u32,
    /// Work that a peer may cause at once after it was quiet.
    pub work_burst: u32,
    /// Frames of gossip that a peer may send each second, whatever is in them: its own, what it hands on of others, and the
    /// housekeeping of the mesh.
    pub gossip_frames_per_second: u32,
    /// Frames of gossip that a peer may send at once after it was quiet.
    pub gossip_frames_burst: u32,
    /// Messages with transfers that this node itself tells everybody each second. What is more goes the direct way alone. A peer
    /// hands on those of others too, and must stay within its frames.
    pub own_transfers_per_second: u32,
    /// The same at once after it was quiet.
    pub own_transfers_burst: u32,
    /// From the opening of a request's stream to the end of the response.
    pub request_timeout: Duration,
    /// How long the application may take to answer a request. Shorter than `request_timeout`, so that a slow answer
    /// arrives as "unavailable" and not as silence.
    pub answer_timeout: Duration,
    /// How long the application may take to judge gossip; then it is not handed on.
    pub verdict_timeout: Duration,
    /// Handshake of a connection, from the first packet to the authenticated peer.
    pub connect_timeout: Duration,
    /// Wait before the first redial of a peer; doubles with each failure.
    pub redial_min: Duration,
    /// Longest wait between two dials of a peer.
    pub redial_max: Duration,
    /// Pause between two pings on a connection. A ping without an answer closes the connection.
    pub ping_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections_per_peer: 2,
            connections: 512,
            pending_incoming: 32,
            pending_outgoing: 32,
            answering_per_peer: 32,
            asking_per_peer: 16,
            judging_per_peer: 64,
            inbound_queue: 256,
            command_queue: 256,
            request_bytes: 32 * 1024 * 1024,
            response_bytes: 32 * 1024 * 1024,
            // Checking one bundle takes some 100 us when its checkpoint is new: 10,000 a second is one core of one peer.
            work_per_second: 10_000,
            work_burst: 20_000,
            // 200 members, each with a head a second, and every one of them handed on, and twelve of them at their busiest.
            gossip_frames_per_second: 500,
            gossip_frames_burst: 1_000,
            own_transfers_per_second: 25,
            own_transfers_burst: 50,
            request_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(8),
            verdict_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            redial_min: Duration::from_secs(1),
            redial_max: Duration::from_secs(60),
            ping_interval: Duration::from_secs(15),
        }
    }
}

impl NetworkConfig {
    pub(super) fn check(&self) -> Result<(), NetworkError> {
        let name_ok = (1..=NETWORK_NAME_BYTES_MAX).contains(&self.network.len())
            && self
                .network
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !name_ok {
            return Err(NetworkError::NetworkName {
                name: self.network.clone(),
            });
        }
        let limits = &self.limits;
        let at_least = |name, value: usize, least: usize| {
            if value < least {
                return Err(NetworkError::Limit { name, value, least });
            }
            Ok(())
        };
        at_least("request_bytes", limits.request_bytes, REQUEST_BYTES_MAX)?;
        at_least("response_bytes", limits.response_bytes, RESPONSE_BYTES_MAX)?;
        at_least("inbound_queue", limits.inbound_queue, 1)?;
        at_least("command_queue", limits.command_queue, 1)?;
        at_least("work_burst", limits.work_burst as usize, BUNDLES_MAX + 8)
    }
}
