//! Gossip is handed on only after the application has judged it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use std::time::Duration;

use countersign_node::network::{GossipVerdict, Inbound, Limits, NetworkError};
use countersign_protocol::federation::message::{Gossip, Topic};
use futures::StreamExt;
use libp2p::gossipsub::IdentTopic;
use libp2p::swarm::SwarmEvent;
use network_support::{
    NETWORK, Node, PATIENCE, RawCodec, RawPeer, TCP, eventually, limits, peer_id,
};

/// Ghana - Switzerland - Vanuatu, where the outer two do not know each other.
async fn three_in_a_row() -> [Node; 3] {
    let mut ghana = Node::start(1, &[TCP], limits()).await;
    let switzerland = Node::start(2, &[TCP], limits()).await;
    let mut vanuatu = Node::start(3, &[TCP], limits()).await;
    ghana.connect(&switzerland).await;
    vanuatu.connect(&switzerland).await;
    for outer in [&mut ghana, &mut vanuatu] {
        wait_until_heard(&switzerland, outer).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    for outer in [&mut ghana, &mut vanuatu] {
        while outer.inbound.try_recv().is_ok() {}
    }
    [ghana, switzerland, vanuatu]
}

/// Waits until what `from` tells arrives at `to`: a subscription takes a moment after a connection, and what is told
/// before it is lost.
async fn wait_until_heard(from: &Node, to: &mut Node) {
    let mut round = 0_u32;
    eventually("gossip arrives", async || {
        round += 1;
        let bundle = [&to.id().to_bytes()[..], &round.to_be_bytes()].concat();
        let _ = from.handle.publish_transfers(vec![bundle]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        to.inbound.try_recv().is_ok()
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    while to.inbound.try_recv().is_ok() {}
}

/// Publishes until somebody listens: subscriptions take a moment after a connection.
async fn publish(node: &Node, bundle: &[u8]) {
    eventually("somebody listens", async || {
        match node.handle.publish_transfers(vec![bundle.to_vec()]).await {
            Ok(()) => true,
            Err(NetworkError::NobodyListens) => false,
            Err(error) => panic!("{error}"),
        }
    })
    .await;
}

fn transfers(bundle: &[u8]) -> Gossip {
    Gossip::Transfers {
        bundles: vec![bundle.to_vec()],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gossip_is_handed_on_when_it_is_accepted_and_only_then() {
    let [ghana, mut switzerland, mut vanuatu] = three_in_a_row().await;
    let sent: [(&[u8], Option<GossipVerdict>); 4] = [
        (b"rejected", Some(GossipVerdict::Reject)),
        (b"ignored", Some(GossipVerdict::Ignore)),
        (b"unjudged", None),
        (b"accepted", Some(GossipVerdict::Accept)),
    ];
    for (bundle, judgement) in sent {
        publish(&ghana, bundle).await;
        let (peer, message, verdict) = switzerland.next_gossip().await;
        assert_eq!((peer, message), (ghana.id(), transfers(bundle)));
        match judgement {
            Some(judgement) => verdict.send(judgement).unwrap(),
            None => drop(verdict),
        }
    }
    let (peer, message, _verdict) = vanuatu.next_gossip().await;
    assert_eq!((peer, message), (peer_id(2), transfers(b"accepted")));
    // Nothing else is on its way: the three came before the one that arrived, on the same connections.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(vanuatu.inbound.try_recv().is_err());
    let judged = |verdict: &str| {
        let name = "countersign_network_gossip_received_total";
        let labels = format!("{{kind=\"transfers\",outcome=\"{verdict}\"}}");
        switzerland.metric(&format!("{name}{labels}"))
    };
    assert_eq!(
        (judged("accepted"), judged("rejected"), judged("ignored")),
        (1, 1, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_travels_on_its_own_topic_and_the_same_one_is_told_once() {
    let [ghana, mut switzerland, _vanuatu] = three_in_a_row().await;
    publish(&ghana, b"wait until they listen").await;
    switzerland.next_gossip().await;
    for _ in 0..3 {
        let note = "gh.example/ledger\n".to_owned();
        ghana.handle.publish_checkpoint(note).await.unwrap();
    }
    let (_, message, _verdict) = switzerland.next_gossip().await;
    let note = "gh.example/ledger\n".to_owned();
    assert_eq!(message, Gossip::Checkpoint { note });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(switzerland.inbound.try_recv().is_err());
}

/// A raw peer next to Switzerland, with a subscription to the transfers topic, so that gossip flows both ways.
async fn raw_peer_of(node: &Node, number: u8) -> (RawPeer, IdentTopic) {
    let mut peer = RawPeer::new(number, RawCodec::default());
    let topic = IdentTopic::new(Topic::Transfers.name(NETWORK));
    peer.swarm.behaviour_mut().gossip.subscribe(&topic).unwrap();
    peer.connect(node).await;
    let subscribed = async {
        while peer
            .swarm
            .behaviour()
            .gossip
            .all_peers()
            .all(|(_, topics)| topics.is_empty())
        {
            peer.swarm.select_next_some().await;
        }
    };
    tokio::time::timeout(PATIENCE, subscribed).await.unwrap();
    (peer, topic)
}

async fn drive(peer: &mut RawPeer, mut until: impl AsyncFnMut() -> bool) {
    let driven = async {
        let mut round = tokio::time::interval(Duration::from_millis(20));
        loop {
            tokio::select! {
                _ = round.tick() => if until().await { return },
                _ = peer.swarm.select_next_some() => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, driven).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn gossip_that_is_no_message_never_reaches_the_application_or_a_third_peer() {
    let mut switzerland = Node::start(2, &[TCP], limits()).await;
    let mut vanuatu = Node::start(3, &[TCP], limits()).await;
    vanuatu.connect(&switzerland).await;
    wait_until_heard(&switzerland, &mut vanuatu).await;
    let (mut peer, topic) = raw_peer_of(&switzerland, 9).await;
    let good = transfers(b"good").encode().unwrap();
    let note = "n".to_owned();
    let wrong_topic = Gossip::Checkpoint { note }.encode().unwrap();
    for bad in [
        vec![0xff; 10],
        [&good[..], &[0x38, 0x00]].concat(),
        wrong_topic,
    ] {
        peer.swarm
            .behaviour_mut()
            .gossip
            .publish(topic.clone(), bad)
            .unwrap();
    }
    peer.swarm
        .behaviour_mut()
        .gossip
        .publish(topic, good)
        .unwrap();
    let mut seen = None;
    drive(&mut peer, async || {
        seen = seen.take().or_else(|| switzerland.inbound.try_recv().ok());
        seen.is_some()
    })
    .await;
    let Some(Inbound::Gossip {
        message, verdict, ..
    }) = seen
    else {
        panic!("no gossip")
    };
    assert_eq!(message, transfers(b"good"));
    verdict.send(GossipVerdict::Accept).unwrap();
    let (_, message, _verdict) = vanuatu.next_gossip().await;
    assert_eq!(message, transfers(b"good"));
    assert_eq!(switzerland.refused("not-canonical"), 2);
    assert_eq!(switzerland.refused("unknown-kind"), 1);
    assert!(switzerland.inbound.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_floods_gossip_far_beyond_its_budget_is_shut_out() {
    let small = Limits {
        work_per_second: 10,
        work_burst: 300,
        ..limits()
    };
    let switzerland = Node::start(2, &[TCP], small).await.serve();
    let (mut peer, topic) = raw_peer_of(&switzerland.node, 9).await;
    let mut number = 0_u32;
    let flood = async {
        loop {
            for _ in 0..50 {
                number += 1;
                let message = transfers(&number.to_be_bytes()).encode().unwrap();
                // Full queues of the flooder are its own affair.
                let _ = peer
                    .swarm
                    .behaviour_mut()
                    .gossip
                    .publish(topic.clone(), message);
            }
            let pause = tokio::time::sleep(Duration::from_millis(5));
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    event = peer.swarm.select_next_some() => {
                        if let SwarmEvent::ConnectionClosed { .. } = event {
                            return;
                        }
                    }
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, flood).await.unwrap();
    assert_eq!(switzerland.node.refused("flood"), 1);
    switzerland.node.wait_connected(peer_id(9), false).await;
    let status = switzerland.node.handle.peers().await.unwrap().remove(0);
    assert!(status.last_error.unwrap().contains("flooded"));
    // And the node goes on for everybody else.
    let ghana = Node::start(1, &[TCP], limits()).await;
    ghana.connect(&switzerland.node).await;
    let request = network_support::checkpoint_request();
    ghana.handle.request(peer_id(2), request).await.unwrap();
}
