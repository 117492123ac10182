//! Who is not listed gets nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use std::time::Duration;

use countersign_node::network::{Network, NetworkConfig, NetworkError};
use futures::StreamExt;
use libp2p::identify;
use libp2p::swarm::SwarmEvent;
use network_support::{
    Node, QUIC, RawBehaviourEvent, RawCodec, RawPeer, TCP, checkpoint_request, eventually, key,
    limits, peer_id,
};
use prometheus_client::registry::Registry;

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_peer_is_dropped_before_any_protocol_and_the_node_goes_on() {
    let ghana = Node::start(1, &[TCP], limits()).await.serve();
    let switzerland = Node::start(2, &[TCP], limits()).await;
    switzerland.connect(&ghana.node).await;

    let mut stranger = RawPeer::new(9, RawCodec::default());
    let address = ghana.node.handle.listen_addrs().await.unwrap().remove(0);
    stranger.swarm.dial(address).unwrap();
    let mut spoke = Vec::new();
    let closed = async {
        loop {
            match stranger.swarm.select_next_some().await {
                SwarmEvent::ConnectionClosed { .. }
                | SwarmEvent::OutgoingConnectionError { .. } => {
                    return;
                }
                SwarmEvent::Behaviour(RawBehaviourEvent::Identify(
                    event @ identify::Event::Received { .. },
                )) => spoke.push(format!("{event:?}")),
                SwarmEvent::Behaviour(RawBehaviourEvent::Ping(event)) if event.result.is_ok() => {
                    spoke.push(format!("{event:?}"));
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), closed)
        .await
        .unwrap();
    assert!(spoke.is_empty(), "the node spoke to a stranger: {spoke:?}");
    eventually("the stranger is counted", async || {
        ghana.node.refused("unknown-peer") >= 1
    })
    .await;

    let peers = ghana.node.handle.peers().await.unwrap();
    assert_eq!(peers.len(), 1);
    let response = switzerland.handle.request(peer_id(1), checkpoint_request());
    response.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_our_address_is_refused_over_quic_too_and_keeps_its_backoff() {
    let ghana = Node::start(1, &[QUIC], limits()).await;
    let stranger = Node::start(9, &[QUIC], limits()).await;
    let addresses = ghana.handle.listen_addrs().await.unwrap();
    stranger.handle.allow(peer_id(1), addresses).await.unwrap();
    eventually("the stranger is refused three times", async || {
        ghana.refused("unknown-peer") >= 3
    })
    .await;
    assert!(ghana.handle.peers().await.unwrap().is_empty());
    let status = stranger.handle.peers().await.unwrap().remove(0);
    assert!(
        status.dial_failures >= 2,
        "it dials without waiting: {status:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_of_another_network_is_disconnected() {
    let ghana = Node::start(1, &[TCP], limits()).await;
    ghana.handle.allow(peer_id(2), Vec::new()).await.unwrap();
    let addresses = ghana.handle.listen_addrs().await.unwrap();
    let config = NetworkConfig {
        identity: key(2),
        network: "another".to_owned(),
        listen: Vec::new(),
        peers: vec![(peer_id(1), addresses)],
        limits: limits(),
    };
    let mut registry = Registry::default();
    let (_other, _inbound) = Network::start(config, &mut registry).await.unwrap();
    eventually("the other network is refused", async || {
        ghana.refused("other-network") >= 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_at_the_start() {
    let start = async |change: fn(&mut NetworkConfig)| {
        let mut config = NetworkConfig {
            identity: key(1),
            network: "loopback".to_owned(),
            listen: vec![TCP.parse().unwrap()],
            peers: Vec::new(),
            limits: limits(),
        };
        change(&mut config);
        let started = Network::start(config, &mut Registry::default()).await;
        started.map(|_| ()).unwrap_err()
    };
    let name = start(|config| config.network = "Dev/Net".to_owned()).await;
    assert!(matches!(name, NetworkError::NetworkName { .. }), "{name}");
    let limit = start(|config| config.limits.request_bytes = 1_000).await;
    assert!(matches!(limit, NetworkError::Limit { .. }), "{limit}");
    let address = start(|config| config.listen = vec!["/ip4/192.0.2.1/tcp/0".parse().unwrap()]);
    let address = address.await;
    let NetworkError::Listen { reason, .. } = &address else {
        panic!("{address}")
    };
    assert!(reason.contains("assign"), "{address}");
}
