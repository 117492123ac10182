//! A peer that asks too much costs a bounded amount of memory, and the others are served all the while.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod network_support;

use std::time::Duration;

use countersign_node::network::{Inbound, Limits, NetworkError};
use countersign_protocol::federation::fault::FaultCode;
use countersign_protocol::federation::message::{Response, Verdict};
use futures::StreamExt;
use libp2p::request_response::{Event, Message};
use libp2p::swarm::SwarmEvent;
use network_support::{
    Node, PATIENCE, RawBehaviourEvent, RawCodec, RawPeer, TCP, checkpoint_request, eventually,
    framed, limits, peer_id, resident_bytes,
};

const MIB: u64 = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_budget_are_refused_and_whoever_goes_on_all_the_same_is_shut_out() {
    let budget = Limits {
        work_per_second: 80,
        work_burst: 8_000,
        ..limits()
    };
    let node = Node::start(1, &[TCP], budget).await;
    let mut flooder = RawPeer::new(2, RawCodec::default());
    flooder.connect(&node).await;
    let switzerland = Node::start(3, &[TCP], limits()).await;
    switzerland.connect(&node).await;
    let node = node.serve();

    let before = resident_bytes();
    let frame = framed(&checkpoint_request().encode().unwrap());
    let (mut sent, mut served, mut busy, mut failed) = (0_u32, 0_u32, 0_u32, 0_u32);
    let flood = async {
        // A node that is told that another is busy waits before it asks again. This one does not.
        while failed < 10_000 {
            // As many at once as the connection carries.
            while sent - served - busy - failed < 40 {
                let requests = &mut flooder.swarm.behaviour_mut().requests;
                requests.send_request(&peer_id(1), frame.clone());
                sent += 1;
            }
            match flooder.swarm.select_next_some().await {
                SwarmEvent::Behaviour(RawBehaviourEvent::Requests(Event::Message {
                    message: Message::Response { response, .. },
                    ..
                })) => match Response::decode(&response[4..]).unwrap() {
                    Response::Checkpoint { .. } => served += 1,
                    Response::Refused { code, .. } => {
                        assert_eq!(code, FaultCode::Busy.code());
                        busy += 1;
                    }
                    other => panic!("{other:?}"),
                },
                SwarmEvent::Behaviour(RawBehaviourEvent::Requests(Event::OutboundFailure {
                    ..
                })) => failed += 1,
                SwarmEvent::ConnectionClosed { .. } => return,
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE * 4, flood).await.unwrap();
    let grown = resident_bytes().saturating_sub(before);

    // The burst of 8,000 pays for 1,000 requests, and each second of the flood for 10 more.
    assert!((1_000..3_000).contains(&served), "{served} served");
    // A thousand refusals within ten seconds are one too many; those under way are lost with the connection.
    assert!((900..1_100).contains(&busy), "{busy} busy, {failed} failed");
    assert_eq!(node.node.refused("flood"), 1);
    assert_eq!(node.served(), u64::from(served));
    assert!(grown < 64 * MIB, "memory grew by {} MiB", grown / MIB);
    let others = switzerland.handle.request(peer_id(1), checkpoint_request());
    others.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_more_frames_of_gossip_than_a_node_has_reason_to_is_shut_out() {
    let few = Limits {
        gossip_frames_per_second: 2,
        gossip_frames_burst: 40,
        ..limits()
    };
    let node = Node::start(1, &[TCP], few).await;
    let talker = Node::start(2, &[TCP], limits()).await;
    talker.connect(&node).await;
    let quiet = Node::start(3, &[TCP], limits()).await;
    quiet.connect(&node).await;
    let node = node.serve();
    // Some of what it says is within the budget, and nothing of it breaks a rule by itself.
    for number in 0..400 {
        let note = format!("what {number} times was said\n");
        let told = talker.handle.publish_checkpoint(note).await;
        if told.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    eventually("the talker is shut out", async || {
        node.node.refused("flood") == 1
    })
    .await;
    let others = quiet.handle.request(peer_id(1), checkpoint_request());
    others.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_does_not_answer_holds_a_bounded_number_of_requests() {
    let impatient = Limits {
        answering_per_peer: 8,
        asking_per_peer: 100,
        inbound_queue: 100,
        answer_timeout: Duration::from_secs(1),
        ..limits()
    };
    let mut ghana = Node::start(1, &[TCP], impatient.clone()).await;
    let switzerland = Node::start(2, &[TCP], impatient).await;
    switzerland.connect(&ghana).await;
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let handle = switzerland.handle.clone();
            tokio::spawn(async move { handle.request(peer_id(1), checkpoint_request()).await })
        })
        .collect();
    let mut codes = Vec::new();
    for asked in asking {
        let Response::Refused { code, .. } = asked.await.unwrap().unwrap() else {
            panic!("answered by nobody")
        };
        codes.push(code);
    }
    let count = |fault: FaultCode| codes.iter().filter(|code| **code == fault.code()).count();
    // Eight wait for the application and then for nothing; the rest is told at once.
    assert_eq!(
        (count(FaultCode::Unavailable), count(FaultCode::Busy)),
        (8, 42)
    );
    let mut held = 0;
    while let Ok(Inbound::Request { .. }) = ghana.inbound.try_recv() {
        held += 1;
    }
    assert_eq!(held, 8);
    assert_eq!(ghana.refused("answer-timeout"), 8);
    assert_eq!(ghana.refused("in-flight"), 42);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_of_the_application_is_told_as_busy() {
    let narrow = Limits {
        inbound_queue: 1,
        answer_timeout: Duration::from_secs(2),
        ..limits()
    };
    let ghana = Node::start(1, &[TCP], narrow).await;
    let switzerland = Node::start(2, &[TCP], limits()).await;
    switzerland.connect(&ghana).await;
    let first = switzerland.handle.request(peer_id(1), checkpoint_request());
    let second = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        switzerland
            .handle
            .request(peer_id(1), checkpoint_request())
            .await
    };
    let (first, second) = tokio::join!(first, second);
    let code = |response| match response {
        Response::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(first.unwrap()), FaultCode::Unavailable.code());
    assert_eq!(code(second.unwrap()), FaultCode::Busy.code());
    assert_eq!(ghana.refused("queue-full"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_requests_to_one_peer_are_bounded_too() {
    let few = Limits {
        asking_per_peer: 4,
        ..limits()
    };
    let _ghana = Node::start(1, &[TCP], limits()).await;
    let switzerland = Node::start(2, &[TCP], few).await;
    switzerland.connect(&_ghana).await;
    let asked = futures::future::join_all((0..10).map(|_| {
        let handle = switzerland.handle.clone();
        async move {
            let request = handle.request(peer_id(1), checkpoint_request());
            tokio::time::timeout(Duration::from_secs(1), request).await
        }
    }))
    .await;
    let too_many = asked
        .iter()
        .filter(|asked| {
            matches!(
                asked,
                Ok(Err(NetworkError::TooManyRequests { limit: 4, .. }))
            )
        })
        .count();
    assert_eq!(too_many, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_reads_no_answers_costs_bounded_memory_and_nobody_else_waits() {
    let quick = Limits {
        request_timeout: Duration::from_secs(3),
        answer_timeout: Duration::from_secs(2),
        ..limits()
    };
    let node = Node::start(1, &[TCP], quick).await;
    let mut slow = RawPeer::new(2, RawCodec { never_reads: true });
    slow.connect(&node).await;
    let switzerland = Node::start(3, &[TCP], limits()).await;
    switzerland.connect(&node).await;
    let mut node = node;
    let mut inbound = std::mem::replace(&mut node.inbound, tokio::sync::mpsc::channel(1).1);
    tokio::spawn(async move {
        while let Some(Inbound::Request { reply, .. }) = inbound.recv().await {
            let verdict = Verdict {
                code: Verdict::TAKEN,
                answer: Some(vec![7; 4_000]),
            };
            // More than a stream's window: it cannot leave before the other side reads.
            let verdicts = vec![verdict; 256];
            let _ = reply.send(Response::Delivered { verdicts });
        }
    });

    let frame = framed(&checkpoint_request().encode().unwrap());
    for _ in 0..100 {
        let requests = &mut slow.swarm.behaviour_mut().requests;
        requests.send_request(&peer_id(1), frame.clone());
    }
    let before = resident_bytes();
    let reading_nothing = async {
        loop {
            slow.swarm.select_next_some().await;
        }
    };
    let others = async {
        for _ in 0..40 {
            let request = switzerland.handle.request(peer_id(1), checkpoint_request());
            request.await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        eventually("the unread answers are given up", async || {
            node.refused("stream-gone") > 0
        })
        .await;
    };
    tokio::select! {
        () = reading_nothing => {}
        () = others => {}
    }
    let grown = resident_bytes().saturating_sub(before);
    // Each of the 48 streams of the connection holds one answer, packed or unpacked, of a megabyte; the rest of the
    // hundred requests was turned away.
    assert!(grown < 160 * MIB, "memory grew by {} MiB", grown / MIB);
}
