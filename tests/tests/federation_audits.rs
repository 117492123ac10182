//! A country whose program breaks the rules, and whose witnesses do not know the rules: its partners find the leaf.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign_node::clock::now_ms;
use countersign_node::conformance::{Finding, Outcome, Target, examine};
use countersign_node::ledger::rebuild::Rebuild;
use countersign_node::network::{
    Inbound, Limits, Multiaddr, Network, NetworkConfig, NetworkHandle,
};
use countersign_node::store::{Identity as StoreIdentity, OpenOptions, Store};
use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::evidence::{Contradiction, Evidence};
use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::log::{Checkpoint, TileTree, prove_consistency};
use countersign_protocol::record::{Body, Record};
use countersign_tests::countries::{Country, Identity, Witnesses};
use tokio::sync::mpsc;

/// A ledger that was forged, with a checkpoint that a quorum of witnesses has cosigned.
struct Forged {
    store: Arc<Store>,
    note: String,
    /// Index of the leaf that breaks a rule.
    place: u64,
    /// While set, the leaves that are sent are not those of the checkpoint.
    lies: AtomicBool,
}

/// Ghana issues the same numbers twice. Its witnesses see a tree that grows, and cosign it.
async fn forge(dir: &Path, ghana: &Identity, witnesses: &Witnesses) -> Forged {
    // Other witnesses: those of the federation see the forged tree alone.
    let place = dir.join("honest");
    std::fs::create_dir_all(&place).unwrap();
    let others = Witnesses::start(&place);
    let honest = Country::start(&place, ghana.clone(), &others, &[]).await;
    honest.set_up().await;
    honest.issue(1_000).await;
    honest.issue(20).await;
    let size = honest.ledger.head().borrow().size;
    let mut leaves: Vec<Vec<u8>> = (0..size)
        .map(|index| honest.ledger.leaf(index).unwrap().unwrap())
        .collect();
    honest.stop().await;
    let is_issuance = |leaf: &&Vec<u8>| {
        let record = Record::decode(leaf).unwrap();
        matches!(record.body, Body::Issuance(_))
    };
    let again = leaves.iter().find(is_issuance).unwrap().clone();
    let place = leaves.len() as u64;
    leaves.push(again);
    let identity = StoreIdentity {
        party: ghana.party,
        origin: ghana.origin().parse().unwrap(),
        log_keys: vec![ghana.log.verifier().to_string()],
    };
    let folder = dir.join("forged");
    let mut rebuild = Rebuild::create(&folder, &identity, &OpenOptions::default()).unwrap();
    rebuild.append(&leaves).unwrap();
    let checkpoint = Checkpoint {
        origin: ghana.origin(),
        size: rebuild.size(),
        root: rebuild.root().unwrap(),
    };
    let signed = checkpoint.sign(&ghana.log).unwrap();
    // The ledger ends within a block: its last leaf is the one that breaks a rule.
    rebuild.stands_under(&signed).unwrap();
    let mut note = signed.clone();
    for witness in &witnesses.all {
        witness.set_log(&ghana.origin(), vec![ghana.log.verifier().clone()]);
        let reply = witness.add_checkpoint(&format!("old 0\n\n{signed}"), now_ms() / 1000);
        assert_eq!(reply.status, 200, "{}", reply.body);
        note.push_str(&reply.body);
    }
    Forged {
        store: rebuild.store(),
        note,
        place,
        lies: AtomicBool::new(true),
    }
}

/// Answers what Switzerland asks, as a node of Ghana's would.
async fn serve(forged: Arc<Forged>, mut inbound: mpsc::Receiver<Inbound>) {
    while let Some(next) = inbound.recv().await {
        let Inbound::Request { request, reply, .. } = next else {
            continue;
        };
        let _gone = reply.send(forged.answer(&request));
    }
}

impl Forged {
    fn answer(&self, request: &Request) -> Response {
        match request {
            Request::GetCheckpoint { .. } => Response::Checkpoint {
                note: self.note.clone(),
            },
            Request::GetEntries { from, to, .. } => {
                let mut leaves = self.store.leaves(*from..*to).unwrap();
                let mut entries = Vec::new();
                while let Some((_, leaf)) = leaves.next_leaf().unwrap() {
                    entries.push(leaf.to_vec());
                }
                let Some(first) = entries.first_mut() else {
                    return Response::refused(FaultCode::Unavailable, "not here");
                };
                if self.lies.load(Ordering::Relaxed) {
                    first.push(0);
                }
                Response::Entries { entries }
            }
            Request::GetConsistency {
                from_size, to_size, ..
            } => {
                let tree = TileTree::new(&**self.store, *to_size);
                let hashes = prove_consistency(&tree, *from_size, *to_size).unwrap();
                Response::Consistency { hashes }
            }
            _ => Response::refused(FaultCode::Unavailable, "not now"),
        }
    }
}

async fn network_of(ghana: &Identity) -> (NetworkHandle, mpsc::Receiver<Inbound>) {
    let config = NetworkConfig {
        identity: ghana.peer.clone(),
        network: "test".to_owned(),
        listen: vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()],
        peers: Vec::new(),
        limits: Limits::default(),
    };
    let mut metrics = prometheus_client::registry::Registry::default();
    Network::start(config, &mut metrics).await.unwrap()
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_are_issued_twice_are_found_and_their_ledger_is_accused() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let ghana = Identity::of("GH");
    let forged = Arc::new(forge(dir.path(), &ghana, &witnesses).await);
    let (network, inbound) = network_of(&ghana).await;
    tokio::spawn(serve(Arc::clone(&forged), inbound));
    let ch = Country::start(dir.path(), Identity::of("CH"), &witnesses, &[]).await;
    ch.set_up().await;
    ch.agree_with(&ghana).await;
    ch.refresh();
    let (own, addresses) = ch.address().await;
    network.allow(own, addresses).await.unwrap();
    let listens = listens(&network).await;
    let peer = network.local_peer_id();
    ch.network.allow(peer, listens).await.unwrap();
    ch.open_lane(ghana.party, peer);

    // Leaves that are not those of the witnessed checkpoint are not kept, and nobody is accused by them.
    let mirror = || ch.mirrors.find(&ghana.origin());
    until("a lie is noticed", || {
        let problem = mirror().and_then(|it| it.status().problem);
        problem.is_some_and(|it| it.contains("are not those of the witnessed checkpoint"))
    })
    .await;
    assert_eq!(mirror().unwrap().status().size, 0);
    let standing = || ch.ledger.read(|state| state.accusation(ghana.party));
    assert_eq!(standing(), None);

    forged.lies.store(false, Ordering::Relaxed);
    until("the broken rule is found", || standing().is_some()).await;

    let status = mirror().unwrap().status();
    let finding = status.finding.unwrap();
    assert_eq!(
        (finding.index, finding.kind),
        (forged.place, Some("issuance"))
    );
    assert!(finding.rule.is_some(), "{finding:?}");
    let accusation = standing().unwrap();
    assert_eq!(accusation.kind, Contradiction::BrokenRule);
    let text = ch.federation().evidence(&accusation.evidence).unwrap();
    let evidence: Evidence = text.unwrap().parse().unwrap();
    let proven = evidence.check(&[ghana.log.verifier().clone()]).unwrap();
    assert_eq!(proven.leaf, Some(forged.place));
    ch.issue(10).await;
    let refused = ch.send(&ghana, 1, 1).await.unwrap_err();
    assert!(refused.to_string().contains("frozen"), "{refused}");
    ch.stop().await;
    network.shutdown().await.unwrap();
}

async fn listens(network: &NetworkHandle) -> Vec<Multiaddr> {
    loop {
        let listens = network.listen_addrs().await.unwrap();
        if !listens.is_empty() {
            return listens;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_conformance_kit_finds_by_number_what_a_forged_node_does() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let ghana = Identity::of("GH");
    let forged = Arc::new(forge(dir.path(), &ghana, &witnesses).await);
    let (network, inbound) = network_of(&ghana).await;
    tokio::spawn(serve(Arc::clone(&forged), inbound));
    let examiner = Identity::of("CH").peer;
    let listed = examiner.public().to_peer_id();
    network.allow(listed, Vec::new()).await.unwrap();
    let target = Target {
        peer: network.local_peer_id(),
        addresses: listens(&network).await,
        network: "test".to_owned(),
        origin: ghana.origin().parse().unwrap(),
        policy: format!("log {}\n{}", ghana.log.verifier(), witnesses.policy())
            .parse()
            .unwrap(),
        http: None,
    };
    let failed = |findings: &[Finding]| -> Vec<u16> {
        let failed = findings
            .iter()
            .filter(|it| matches!(it.outcome, Outcome::Failed(_)));
        failed.map(|it| it.check.number).collect()
    };

    let lies = examine(target.clone(), examiner.clone(), |_| {})
        .await
        .unwrap();
    forged.lies.store(false, Ordering::Relaxed);
    let breaks_a_rule = examine(target, examiner, |_| {}).await.unwrap();

    let (lies, breaks_a_rule) = (failed(&lies), failed(&breaks_a_rule));
    assert!(lies.contains(&203) && !lies.contains(&206), "{lies:?}");
    assert!(
        breaks_a_rule.contains(&206) && !breaks_a_rule.contains(&203),
        "{breaks_a_rule:?}"
    );
    // It refuses all that it does not know as unavailable, which is not the number that is asked for.
    for number in [301, 302, 401, 402] {
        assert!(
            breaks_a_rule.contains(&number),
            "{number}: {breaks_a_rule:?}"
        );
    }
    network.shutdown().await.unwrap();
}
