//! Requests between listed peers, over both transports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use countersign_node::network::{Inbound, NetworkError};
use countersign_protocol::federation::fault::FaultCode;
use countersign_protocol::federation::message::{
    BUNDLE_BYTES_MAX, BUNDLES_MAX, MessageError, Request, Response,
};
use network_support::{Node, QUIC, TCP, answer, checkpoint_request, limits, peer_id};

async fn every_kind_is_answered_both_ways(listen: &str) {
    let ghana = Node::start(1, &[listen], limits()).await.serve();
    let switzerland = Node::start(2, &[listen], limits()).await.serve();
    ghana.node.connect(&switzerland.node).await;
    let requests = [
        Request::Deliver {
            bundles: vec![b"offer".to_vec(), Vec::new()],
        },
        Request::Deliver {
            bundles: vec![vec![9; BUNDLE_BYTES_MAX]; 63],
        },
        Request::Deliver {
            bundles: vec![vec![9; 4_000]; BUNDLES_MAX],
        },
        Request::GetConsistency {
            origin: "gh.example/ledger".to_owned(),
            from_size: 10,
            to_size: 20,
        },
        checkpoint_request(),
        Request::AddCheckpoint {
            body: "old 0\n\n".to_owned(),
        },
    ];
    for request in requests {
        for (from, to) in [(&ghana, &switzerland), (&switzerland, &ghana)] {
            let response = from.node.handle.request(to.node.id(), request.clone());
            assert_eq!(response.await.unwrap(), answer(&request));
        }
    }
    assert_eq!(ghana.served(), 6);
    assert_eq!(switzerland.served(), 6);
    ghana.stop().await;
    switzerland.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_listed_peers_exchange_requests_over_tcp() {
    every_kind_is_answered_both_ways(TCP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_listed_peers_exchange_requests_over_quic() {
    every_kind_is_answered_both_ways(QUIC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_sent_fails_at_once_and_says_why() {
    let ghana = Node::start(1, &[TCP], limits()).await;
    let request = async |peer, request| ghana.handle.request(peer, request).await.unwrap_err();
    let unlisted = request(peer_id(2), checkpoint_request()).await;
    assert!(
        matches!(unlisted, NetworkError::UnknownPeer { .. }),
        "{unlisted}"
    );
    ghana.handle.allow(peer_id(2), Vec::new()).await.unwrap();
    let away = request(peer_id(2), checkpoint_request()).await;
    assert!(matches!(away, NetworkError::NotConnected { .. }), "{away}");
    let origin = "x".repeat(256);
    let too_long = request(peer_id(2), Request::GetCheckpoint { origin }).await;
    assert!(
        matches!(
            too_long,
            NetworkError::Message(MessageError::FieldTooLarge { .. })
        ),
        "{too_long}"
    );
    ghana.handle.shutdown().await.unwrap();
    let stopped = request(peer_id(2), checkpoint_request()).await;
    assert!(matches!(stopped, NetworkError::Stopped), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_drops_a_request_makes_a_refusal_and_not_a_silence() {
    let mut ghana = Node::start(1, &[TCP], limits()).await;
    let switzerland = Node::start(2, &[TCP], limits()).await;
    switzerland.connect(&ghana).await;
    let asking = tokio::spawn({
        let handle = switzerland.handle.clone();
        async move { handle.request(peer_id(1), checkpoint_request()).await }
    });
    match ghana.inbound.recv().await.unwrap() {
        Inbound::Request { peer, reply, .. } => {
            assert_eq!(peer, switzerland.id());
            drop(reply);
        }
        Inbound::Gossip { .. } => panic!("gossip that nobody published"),
    }
    let Response::Refused { code, .. } = asking.await.unwrap().unwrap() else {
        panic!("not refused")
    };
    assert_eq!(code, FaultCode::Unavailable.code());
    assert_eq!(ghana.refused("answer-dropped"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_peer_is_disconnected_and_unknown() {
    let ghana = Node::start(1, &[TCP], limits()).await.serve();
    let switzerland = Node::start(2, &[TCP], limits()).await.serve();
    ghana.node.connect(&switzerland.node).await;
    assert!(ghana.node.handle.remove(peer_id(2)).await.unwrap());
    assert!(!ghana.node.handle.remove(peer_id(2)).await.unwrap());
    switzerland.node.wait_connected(peer_id(1), false).await;
    let request = ghana.node.handle.request(peer_id(2), checkpoint_request());
    assert!(matches!(
        request.await,
        Err(NetworkError::UnknownPeer { .. })
    ));
    assert!(ghana.node.handle.peers().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_shows_who_it_is_and_how_far_away() {
    let quick_pings = || countersign_node::network::Limits {
        ping_interval: std::time::Duration::from_millis(50),
        ..limits()
    };
    let ghana = Node::start(1, &[TCP, QUIC], quick_pings()).await;
    let switzerland = Node::start(2, &[TCP], quick_pings()).await;
    ghana.connect(&switzerland).await;
    assert_eq!(ghana.handle.listen_addrs().await.unwrap().len(), 2);
    network_support::eventually("a ping and a greeting", async || {
        let peers = ghana.handle.peers().await.unwrap();
        let peer = &peers[0];
        peer.rtt_ms.is_some_and(|ms| ms > 0.0)
            && peer
                .agent
                .as_deref()
                .is_some_and(|a| a.starts_with("countersign/"))
            && peer.last_seen_ms.is_some()
            && peer.next_dial_ms.is_none()
            && peer.peer == peer_id(2)
    })
    .await;
    assert_eq!(ghana.metric("countersign_network_peers_connected"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_metric_has_its_own_name() {
    let ghana = Node::start(1, &[TCP], limits()).await.serve();
    let switzerland = Node::start(2, &[TCP], limits()).await;
    switzerland.connect(&ghana.node).await;
    let request = switzerland.handle.request(peer_id(1), checkpoint_request());
    request.await.unwrap();
    let sent =
        "countersign_network_requests_sent_total{kind=\"get-checkpoint\",outcome=\"checkpoint\"}";
    assert_eq!(switzerland.metric(sent), 1);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &switzerland.registry).unwrap();
    let mut names: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("# TYPE "))
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "{text}");
    assert!(names.iter().any(|name| name.contains("libp2p_bandwidth")));
}
