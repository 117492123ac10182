//! Nodes on loopback sockets, and a peer that writes whatever bytes it likes.
#![allow(dead_code, unreachable_pub)] // each test file uses a part

use std::io;
use std::time::{Duration, Instant};

use countersign_node::network::{
    GossipVerdict, Inbound, Keypair, Limits, Multiaddr, Network, NetworkConfig, NetworkHandle,
    PeerId,
};
use countersign_protocol::federation::message::{
    Gossip, PEER_PROTOCOL, Request, Response, Verdict,
};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{StreamProtocol, Swarm, SwarmBuilder, gossipsub, identify, ping};
use prometheus_client::registry::Registry;
use tokio::sync::mpsc;

pub const NETWORK: &str = "loopback";
pub const TCP: &str = "/ip4/127.0.0.1/tcp/0";
pub const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

/// Longer than anything here takes on a busy machine; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The key of the country with this number.
pub fn key(number: u8) -> Keypair {
    Keypair::ed25519_from_bytes([number; 32]).unwrap()
}

pub fn peer_id(number: u8) -> PeerId {
    key(number).public().to_peer_id()
}

/// Limits for tests: quick redials, and the rest as in production.
pub fn limits() -> Limits {
    Limits {
        redial_min: Duration::from_millis(100),
        redial_max: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// A node of the network with its metrics.
pub struct Node {
    pub handle: NetworkHandle,
    pub inbound: mpsc::Receiver<Inbound>,
    pub registry: Registry,
}

impl Node {
    pub async fn start(number: u8, listen: &[&str], limits: Limits) -> Node {
        let listen = listen.iter().map(|a| a.parse().unwrap()).collect();
        Node::start_with(number, listen, Vec::new(), limits).await
    }

    pub async fn start_with(
        number: u8,
        listen: Vec<Multiaddr>,
        peers: Vec<(PeerId, Vec<Multiaddr>)>,
        limits: Limits,
    ) -> Node {
        let mut registry = Registry::default();
        let config = NetworkConfig {
            identity: key(number),
            network: NETWORK.to_owned(),
            listen,
            peers,
            limits,
        };
        let (handle, inbound) = Network::start(config, &mut registry).await.unwrap();
        Node {
            handle,
            inbound,
            registry,
        }
    }

    pub fn id(&self) -> PeerId {
        self.handle.local_peer_id()
    }

    /// Both sides list each other; this one dials.
    pub async fn connect(&self, other: &Node) {
        other.handle.allow(self.id(), Vec::new()).await.unwrap();
        let addresses = other.handle.listen_addrs().await.unwrap();
        self.handle.allow(other.id(), addresses).await.unwrap();
        self.wait_connected(other.id(), true).await;
        other.wait_connected(self.id(), true).await;
    }

    pub async fn wait_connected(&self, peer: PeerId, connected: bool) {
        eventually("the connection is as expected", async || {
            self.is_connected(peer).await == connected
        })
        .await;
    }

    pub async fn is_connected(&self, peer: PeerId) -> bool {
        let peers = self.handle.peers().await.unwrap();
        peers.iter().any(|p| p.peer == peer && p.connected)
    }

    /// The value of one metric, by its whole name with labels; 0 when it has not been touched.
    pub fn metric(&self, name: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
            .unwrap_or(0)
    }

    /// How many things were refused for this reason.
    pub fn refused(&self, reason: &str) -> u64 {
        self.metric(&format!(
            "countersign_network_refused_total{{reason=\"{reason}\"}}"
        ))
    }

    /// The next gossip message, its giver, and where its verdict goes.
    pub async fn next_gossip(
        &mut self,
    ) -> (PeerId, Gossip, tokio::sync::oneshot::Sender<GossipVerdict>) {
        loop {
            let inbound = tokio::time::timeout(PATIENCE, self.inbound.recv()).await;
            if let Inbound::Gossip {
                peer,
                message,
                verdict,
            } = inbound.expect("gossip comes").unwrap()
            {
                return (peer, message, verdict);
            }
        }
    }

    /// Hands the inbound side to an application that answers every request and accepts all gossip.
    pub fn serve(mut self) -> Serving {
        let (replacement_sender, replacement) = mpsc::channel(1);
        drop(replacement_sender);
        let mut inbound = std::mem::replace(&mut self.inbound, replacement);
        let served = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counter = std::sync::Arc::clone(&served);
        let application = tokio::spawn(async move {
            while let Some(inbound) = inbound.recv().await {
                match inbound {
                    Inbound::Request { request, reply, .. } => {
                        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let _ = reply.send(answer(&request));
                    }
                    Inbound::Gossip { verdict, .. } => {
                        let _ = verdict.send(GossipVerdict::Accept);
                    }
                }
            }
        });
        Serving {
            node: self,
            served,
            application,
        }
    }
}

/// A node whose application answers by itself.
pub struct Serving {
    pub node: Node,
    served: std::sync::Arc<std::sync::atomic::AtomicU64>,
    application: tokio::task::JoinHandle<()>,
}

impl Serving {
    pub fn served(&self) -> u64 {
        self.served.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Stops the node and waits until its application has seen the end.
    pub async fn stop(self) {
        self.node.handle.shutdown().await.unwrap();
        self.application.await.unwrap();
    }
}

/// What the application of these tests answers: each bundle comes back as the answer to itself.
pub fn answer(request: &Request) -> Response {
    match request {
        Request::Deliver { bundles } => Response::Delivered {
            verdicts: bundles
                .iter()
                .map(|bundle| Verdict {
                    code: Verdict::TAKEN,
                    answer: Some(bundle.clone()),
                })
                .collect(),
        },
        Request::GetConsistency { from_size, .. } => Response::Consistency {
            hashes: vec![[1; 32]; usize::try_from(*from_size).unwrap()],
        },
        Request::GetCheckpoint { origin } => Response::Checkpoint {
            note: format!("{origin}\n"),
        },
        Request::AddCheckpoint { .. } => Response::Witnessed {
            status: 409,
            body: "7\n".to_owned(),
        },
        Request::GetEntries { from, to, .. } => Response::Entries {
            entries: (*from..*to)
                .map(|index| index.to_be_bytes().to_vec())
                .collect(),
        },
        Request::GetTrust { name } => Response::Trust {
            file: name.clone().into_bytes(),
        },
    }
}

/// Asks until it holds, and fails after [`PATIENCE`].
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Writes the bytes of a request as they are, and reads whatever comes back until the stream ends.
#[derive(Clone, Default)]
pub struct RawCodec {
    /// Reads no answer at all, ever.
    pub never_reads: bool,
}

impl request_response::Codec for RawCodec {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, _: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        if self.never_reads {
            std::future::pending::<()>().await;
        }
        let mut bytes = Vec::new();
        io.read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&bytes).await?;
        io.flush().await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        _: &mut T,
        _: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[derive(NetworkBehaviour)]
pub struct RawBehaviour {
    pub requests: request_response::Behaviour<RawCodec>,
    pub gossip: gossipsub::Behaviour,
    pub identify: identify::Behaviour,
    pub ping: ping::Behaviour,
}

/// A peer that keeps no rule: it speaks the protocols and writes any bytes.
pub struct RawPeer {
    pub swarm: Swarm<RawBehaviour>,
}

impl RawPeer {
    pub fn new(number: u8, codec: RawCodec) -> RawPeer {
        let protocol = StreamProtocol::new(PEER_PROTOCOL);
        let behaviour = |key: &Keypair| RawBehaviour {
            requests: request_response::Behaviour::with_codec(
                codec,
                [(protocol, ProtocolSupport::Full)],
                request_response::Config::default()
                    .with_max_concurrent_streams(20_000)
                    .with_request_timeout(Duration::from_secs(60)),
            ),
            gossip: gossipsub::Behaviour::new(
                gossipsub::MessageAuthenticity::Anonymous,
                gossipsub::ConfigBuilder::default()
                    .validation_mode(gossipsub::ValidationMode::None)
                    .message_id_fn(|message: &gossipsub::Message| {
                        gossipsub::MessageId::new(&message.data)
                    })
                    .build()
                    .unwrap(),
            )
            .unwrap(),
            identify: identify::Behaviour::new(identify::Config::new(
                format!("/countersign/{NETWORK}/1"),
                key.public(),
            )),
            ping: ping::Behaviour::new(
                ping::Config::new().with_interval(Duration::from_millis(100)),
            ),
        };
        let swarm = SwarmBuilder::with_existing_identity(key(number))
            .with_tokio()
            .with_tcp(
                libp2p::tcp::Config::default(),
                libp2p::noise::Config::new,
                libp2p::yamux::Config::default,
            )
            .unwrap()
            .with_behaviour(behaviour)
            .unwrap()
            .with_swarm_config(|c| c.with_idle_connection_timeout(Duration::from_secs(600)))
            .build();
        RawPeer { swarm }
    }

    /// Dials the node, which lists this peer, and waits for the connection.
    pub async fn connect(&mut self, node: &Node) {
        let id = *self.swarm.local_peer_id();
        node.handle.allow(id, Vec::new()).await.unwrap();
        let address = node.handle.listen_addrs().await.unwrap().remove(0);
        self.swarm.dial(address).unwrap();
        loop {
            if let SwarmEvent::ConnectionEstablished { .. } = self.swarm.select_next_some().await {
                return;
            }
        }
    }

    /// Writes these bytes on a stream of the peer protocol and gives back what came until the stream ended.
    pub async fn exchange(&mut self, node: PeerId, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        self.swarm
            .behaviour_mut()
            .requests
            .send_request(&node, bytes);
        let answered = async {
            loop {
                let SwarmEvent::Behaviour(RawBehaviourEvent::Requests(event)) =
                    self.swarm.select_next_some().await
                else {
                    continue;
                };
                match event {
                    request_response::Event::Message {
                        message: request_response::Message::Response { response, .. },
                        ..
                    } => return Ok(response),
                    request_response::Event::OutboundFailure { error, .. } => {
                        return Err(error.to_string());
                    }
                    _ => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap()
    }

    /// Sends one frame and reads one frame.
    pub async fn ask(&mut self, node: PeerId, frame: &[u8]) -> Response {
        let bytes = self.exchange(node, framed(frame)).await.unwrap();
        Response::decode(&bytes[4..]).unwrap()
    }
}

/// A frame with its length before it.
pub fn framed(frame: &[u8]) -> Vec<u8> {
    let length = u32::try_from(frame.len()).unwrap();
    [&length.to_be_bytes()[..], frame].concat()
}

/// Resident memory of this process, bytes.
pub fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

pub fn checkpoint_request() -> Request {
    Request::GetCheckpoint {
        origin: "gh.example/ledger".to_owned(),
    }
}
