//! Peers find each other again by themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use countersign_node::network::Multiaddr;
use libp2p::multiaddr::Protocol;
use network_support::{Node, QUIC, TCP, checkpoint_request, limits, peer_id};

async fn reconnects_after_the_other_side_restarts(listen: &str) {
    let ghana = Node::start(1, &[listen], limits()).await.serve();
    let addresses = ghana.node.handle.listen_addrs().await.unwrap();
    let switzerland = Node::start_with(
        2,
        Vec::new(),
        vec![(peer_id(1), addresses.clone())],
        limits(),
    )
    .await;
    ghana
        .node
        .handle
        .allow(peer_id(2), Vec::new())
        .await
        .unwrap();
    // The first dial may come before the list knows the dialler; the second does not.
    network_support::eventually("the first request is answered", async || {
        let request = switzerland.handle.request(peer_id(1), checkpoint_request());
        request.await.is_ok()
    })
    .await;
    ghana.stop().await;
    switzerland.wait_connected(peer_id(1), false).await;
    wait_until_free(listen, &addresses[0]).await;
    let peers = vec![(peer_id(2), Vec::new())];
    let ghana = Node::start_with(1, addresses, peers, limits())
        .await
        .serve();
    switzerland.wait_connected(peer_id(1), true).await;
    ghana.node.wait_connected(peer_id(2), true).await;
    let request = switzerland.handle.request(peer_id(1), checkpoint_request());
    request.await.unwrap();
    assert_eq!(ghana.served(), 1);
}

/// A QUIC socket outlives its swarm until the last goodbye is through; the end of a process would close it at once.
async fn wait_until_free(listen: &str, address: &Multiaddr) {
    if listen != QUIC {
        return;
    }
    let port = address.iter().find_map(|part| match part {
        Protocol::Udp(port) => Some(port),
        _ => None,
    });
    network_support::eventually("the old socket is closed", async || {
        std::net::UdpSocket::bind(("127.0.0.1", port.unwrap())).is_ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_is_reached_again_after_it_restarted_over_tcp() {
    reconnects_after_the_other_side_restarts(TCP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_is_reached_again_after_it_restarted_over_quic() {
    reconnects_after_the_other_side_restarts(QUIC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_starts_later_is_found() {
    let ghana = Node::start(1, &[TCP], limits()).await;
    let addresses = ghana.handle.listen_addrs().await.unwrap();
    ghana.handle.shutdown().await.unwrap();
    let peers = vec![(peer_id(1), addresses.clone())];
    let switzerland = Node::start_with(2, Vec::new(), peers, limits()).await;
    network_support::eventually("some dials have failed", async || {
        switzerland.handle.peers().await.unwrap()[0].dial_failures >= 2
    })
    .await;
    let status = switzerland.handle.peers().await.unwrap().remove(0);
    assert!(status.last_error.is_some() && !status.connected);
    let peers = vec![(peer_id(2), Vec::new())];
    let _ghana = Node::start_with(1, addresses, peers, limits()).await;
    switzerland.wait_connected(peer_id(1), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_that_dial_each_other_at_once_both_end_up_connected() {
    let ghana = Node::start(1, &[TCP], limits()).await;
    let switzerland = Node::start(2, &[TCP], limits()).await;
    let here = ghana.handle.listen_addrs().await.unwrap();
    let there = switzerland.handle.listen_addrs().await.unwrap();
    let (first, second) = tokio::join!(
        ghana.handle.allow(peer_id(2), there),
        switzerland.handle.allow(peer_id(1), here)
    );
    first.unwrap();
    second.unwrap();
    ghana.wait_connected(peer_id(2), true).await;
    switzerland.wait_connected(peer_id(1), true).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    for (node, peer) in [(&ghana, peer_id(2)), (&switzerland, peer_id(1))] {
        let status = node.handle.peers().await.unwrap().remove(0);
        assert!(status.connected && status.peer == peer, "{status:?}");
        assert!((1..=2).contains(&status.connections), "{status:?}");
    }
}
