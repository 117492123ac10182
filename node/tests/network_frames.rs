//! A listed peer that writes bad bytes is told which, and the node goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use std::time::Duration;

use countersign_node::network::Limits;
use countersign_protocol::federation::fault::FaultCode;
use countersign_protocol::federation::message::{REQUEST_BYTES_MAX, Request, Response};
use network_support::{
    Node, RawCodec, RawPeer, Serving, TCP, answer, checkpoint_request, framed, limits, peer_id,
};

async fn node_and_raw_peer(limits: Limits) -> (Serving, RawPeer) {
    let node = Node::start(1, &[TCP], limits).await;
    let mut peer = RawPeer::new(2, RawCodec::default());
    peer.connect(&node).await;
    (node.serve(), peer)
}

async fn expect_refused(peer: &mut RawPeer, bytes: Vec<u8>, fault: FaultCode) {
    let answer = peer.exchange(peer_id(1), bytes).await.unwrap();
    let Response::Refused { code, reason } = Response::decode(&answer[4..]).unwrap() else {
        panic!("not refused")
    };
    assert_eq!(code, fault.code(), "{reason}");
}

async fn expect_served(peer: &mut RawPeer) {
    let request = checkpoint_request();
    let response = peer.ask(peer_id(1), &request.encode().unwrap()).await;
    assert_eq!(response, answer(&request));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_frames_are_refused_with_their_codes_and_the_node_goes_on() {
    let (node, mut peer) = node_and_raw_peer(limits()).await;
    expect_served(&mut peer).await;
    let announced = u32::try_from(REQUEST_BYTES_MAX + 1).unwrap();
    let good = checkpoint_request().encode().unwrap();
    let unknown_field = [&good[..], &[0x38, 0x00]].concat();
    let many = Request::Deliver {
        bundles: vec![Vec::new(); 256],
    };
    let mut too_many = many.encode().unwrap();
    // One more empty bundle, and the list's length (the two bytes after its tag) two higher.
    too_many.extend_from_slice(&[0x0a, 0x00]);
    too_many[3] += 2;
    let cases = [
        (announced.to_be_bytes().to_vec(), FaultCode::FrameTooLarge),
        (u32::MAX.to_be_bytes().to_vec(), FaultCode::FrameTooLarge),
        (framed(&unknown_field), FaultCode::NotCanonical),
        ([&framed(&good)[..], &[0]].concat(), FaultCode::NotCanonical),
        (framed(&[0xff; 40]), FaultCode::NotCanonical),
        (framed(&[]), FaultCode::NotCanonical),
        (framed(&[0x08, 0x01, 0x7a, 0x00]), FaultCode::UnknownKind),
        (framed(&[0x08, 0x02, 0x12, 0x00]), FaultCode::UnknownVersion),
        (framed(&too_many), FaultCode::TooManyBundles),
    ];
    for (bytes, fault) in cases {
        expect_refused(&mut peer, bytes, fault).await;
        expect_served(&mut peer).await;
    }
    assert_eq!(node.served(), 10);
    assert_eq!(node.node.refused("frame-too-large"), 2);
    assert_eq!(node.node.refused("not-canonical"), 4);
    assert_eq!(node.node.handle.peers().await.unwrap()[0].refused, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_eight_megabytes_is_not_read_to_its_end() {
    let (node, mut peer) = node_and_raw_peer(limits()).await;
    let bytes = framed(&vec![0; 8 * 1024 * 1024]);
    // The node stops reading after the length. The writer reads the refusal, finds its stream closed, or waits for room
    // in a window that nobody empties: that is its own affair.
    let exchange = peer.exchange(peer_id(1), bytes);
    if let Ok(Ok(answer)) = tokio::time::timeout(Duration::from_secs(3), exchange).await {
        let response = Response::decode(&answer[4..]).unwrap();
        assert!(matches!(response, Response::Refused { code: 1001, .. }));
    }
    expect_served(&mut peer).await;
    assert_eq!(node.node.refused("frame-too-large"), 1);
    assert_eq!(node.served(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_ends_too_early_gets_no_answer_and_the_node_goes_on() {
    let (node, mut peer) = node_and_raw_peer(limits()).await;
    let mut bytes = framed(&checkpoint_request().encode().unwrap());
    bytes.pop();
    let answer = peer.exchange(peer_id(1), bytes).await;
    assert!(answer.is_err() || answer.is_ok_and(|bytes| bytes.is_empty()));
    expect_served(&mut peer).await;
    assert_eq!(node.served(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_work_budget_that_is_used_up_refuses_as_busy_and_fills_again() {
    let slow = Limits {
        work_per_second: 100,
        work_burst: 300,
        ..limits()
    };
    let (node, mut peer) = node_and_raw_peer(slow).await;
    let full = Request::Deliver {
        bundles: vec![Vec::new(); 256],
    }
    .encode()
    .unwrap();
    assert!(matches!(
        peer.ask(peer_id(1), &full).await,
        Response::Delivered { .. }
    ));
    expect_refused(&mut peer, framed(&full), FaultCode::Busy).await;
    assert_eq!(node.node.refused("work-budget"), 1);
    assert_eq!(node.served(), 1);
    tokio::time::sleep(Duration::from_millis(500)).await;
    expect_served(&mut peer).await;
}
