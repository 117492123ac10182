use countersign_protocol::federation::message::MessageError;
use libp2p::{Multiaddr, PeerId};
use thiserror::Error;

/// Why the network could not start, or a call on it failed. A request that failed may be sent again: every message is
/// idempotent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The network's name cannot be part of a topic.
    #[error(
        "the network name {name:?} is not usable: write 1 to 32 lower-case letters, digits and hyphens"
    )]
    NetworkName {
        /// The name.
        name: String,
    },
    /// A limit is too small to work with.
    #[error("the limit {name} is {value}, it must be at least {least}")]
    Limit {
        /// The limit's name in the configuration.
        name: &'static str,
        /// Its value.
        value: usize,
        /// The least value that works.
        least: usize,
    },
    /// A listen address could not be bound.
    #[error(
        "cannot listen on {address}: {reason}; is another node running, or the address of another machine?"
    )]
    Listen {
        /// The address.
        address: Multiaddr,
        /// What the system says.
        reason: String,
    },
    /// The swarm could not be built from this key and configuration.
    #[error("cannot build the network stack: {0}")]
    Setup(String),
    /// The peer is not on the list.
    #[error("{peer} is not a listed peer: add it with `countersign peer add`")]
    UnknownPeer {
        /// The peer.
        peer: PeerId,
    },
    /// No connection with the peer at present; the network goes on dialling.
    #[error("{peer} is not connected at present: send again later")]
    NotConnected {
        /// The peer.
        peer: PeerId,
    },
    /// As many requests to the peer as the limit allows are unanswered.
    #[error("{limit} requests to {peer} are unanswered: wait for some of them")]
    TooManyRequests {
        /// The peer.
        peer: PeerId,
        /// The limit.
        limit: usize,
    },
    /// No answer in time. The peer may have taken the request.
    #[error("{peer} did not answer in time: send again later")]
    Timeout {
        /// The peer.
        peer: PeerId,
    },
    /// The exchange broke off. The peer may have taken the request.
    #[error("the exchange with {peer} broke off: {reason}")]
    Broken {
        /// The peer.
        peer: PeerId,
        /// What happened.
        reason: String,
    },
    /// The peer's answer is not a message.
    #[error("the answer of {peer} is not taken: {fault}")]
    BadAnswer {
        /// The peer.
        peer: PeerId,
        /// What is wrong with it.
        fault: MessageError,
    },
    /// Our own message is over a limit.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Nobody is connected who listens to the topic.
    #[error("no connected peer listens to gossip at present")]
    NobodyListens,
    /// The queues to all listening peers are full, or this node has told its share.
    #[error("more was to be told to everybody than goes out at once: send again later")]
    GossipBusy,
    /// The network's task has ended.
    #[error("the network has stopped")]
    Stopped,
}
