//! What does not prove itself is refused with its own number, and the node stays up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_node::mirror::Mirror;
use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::evidence::{Contradiction, Evidence};
use countersign_protocol::federation::message::{Request, Response, Verdict};
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{
    Checkpoint, KeyKind, SignedNote, SignerKey, TlogProof, cosign, leaf_hash,
};
use countersign_protocol::record::{Body, Record, Release};
use countersign_protocol::registry::{TransferKey, TransferStage};
use countersign_tests::countries::{Country, Identity, QUORUM, Witnesses, federation};

/// A checkpoint of one leaf, signed by a log and cosigned by so many of the federation's witnesses.
fn checkpoint(log: &SignerKey, size: u64, root: [u8; 32], cosigners: usize) -> String {
    let checkpoint = Checkpoint {
        origin: log.name().to_owned(),
        size,
        root,
    };
    let mut note: SignedNote = SignedNote::parse(&checkpoint.sign(log).unwrap()).unwrap();
    for number in 1..=cosigners {
        let seed = [u8::try_from(number).unwrap(); 32];
        let key = SignerKey::from_seed(
            &format!("w{number}.example/witness"),
            KeyKind::CosignatureV1,
            &seed,
        )
        .unwrap();
        let line = cosign(note.text(), &key, 1_800_000_000).unwrap();
        note.add(line).unwrap();
    }
    note.to_string()
}

/// A bundle of one leaf in a tree of that leaf alone.
fn bundle(leaf: &[u8], note: String) -> Vec<u8> {
    TlogProof::new(leaf.to_vec(), 0, Vec::new(), note)
        .to_string()
        .into_bytes()
}

async fn deliver(from: &Country, to: &Country, bundle: Vec<u8>) -> u32 {
    let request = Request::Deliver {
        bundles: vec![bundle],
    };
    match from
        .network
        .request(to.network.local_peer_id(), request)
        .await
        .unwrap()
    {
        Response::Delivered { verdicts } => verdicts[0].code,
        other => panic!("{other:?}"),
    }
}

async fn connected(from: &Country, to: &Country) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let peer = to.network.local_peer_id();
    while !from
        .network
        .peers()
        .await
        .unwrap()
        .iter()
        .any(|status| status.peer == peer && status.connected)
    {
        assert!(Instant::now() < deadline, "the two do not connect");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A lock leaf of Ghana's ledger to use as evidence, and its transfer.
async fn lock_leaf(gh: &Country, ch: &Country) -> (TransferId, u64, Vec<u8>) {
    let id = gh.send(&ch.identity, 1, 5).await.unwrap();
    let locked = gh.transfer(TransferKey::Out(id)).unwrap();
    let leaf = gh.ledger.leaf(locked.opened_at).unwrap().unwrap();
    (id, locked.opened_at, leaf)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bundle_that_does_not_prove_itself_has_its_own_number() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH", "VU"]).await;
    let (gh, ch, vu) = (&countries["GH"], &countries["CH"], &countries["VU"]);
    gh.issue(1_000).await;
    connected(vu, ch).await;
    connected(gh, ch).await;
    let (id, _, leaf) = lock_leaf(gh, ch).await;
    let ghana = &Identity::of("GH").log;
    let root = leaf_hash(&leaf);
    let good = checkpoint(ghana, 1, root, QUORUM);

    let strange = SignerKey::from_seed("xx.example/ledger", KeyKind::Ed25519, &[9; 32]).unwrap();
    let thief = SignerKey::from_seed(ghana.name(), KeyKind::Ed25519, &[8; 32]).unwrap();
    let mut other_leaf = leaf.clone();
    *other_leaf.last_mut().unwrap() ^= 1;
    let mut broken = bundle(&leaf, good.clone());
    broken.truncate(40);
    let cases = [
        ("cut short", broken, FaultCode::MalformedProof),
        ("not a text", vec![0xff; 100], FaultCode::MalformedProof),
        (
            "a leaf that is no record",
            bundle(b"not a record", good.clone()),
            FaultCode::NotCanonical,
        ),
        (
            "another leaf than proven",
            bundle(&other_leaf, good.clone()),
            FaultCode::InclusionFails,
        ),
        (
            "a log that nobody listed",
            bundle(&leaf, checkpoint(&strange, 1, root, QUORUM)),
            FaultCode::UnknownLog,
        ),
        (
            "another key for a listed log",
            bundle(&leaf, checkpoint(&thief, 1, root, QUORUM)),
            FaultCode::BadLogSignature,
        ),
        (
            "too few witnesses",
            bundle(&leaf, checkpoint(ghana, 1, root, QUORUM - 1)),
            FaultCode::NoWitnessQuorum,
        ),
    ];
    for (what, bundle, fault) in cases {
        assert_eq!(deliver(vu, ch, bundle).await, fault.code(), "{what}");
    }

    // The node is up, and the true transfer settles.
    let settled = gh
        .wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    assert_eq!(settled.stage, TransferStage::Final);
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_history_of_a_pinned_ledger_is_a_fork_even_with_a_quorum() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000).await;
    let (id, index, leaf) = lock_leaf(gh, ch).await;
    gh.wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    let pinned = ch
        .ledger
        .read(|state| state.pin(gh.identity.party))
        .unwrap();
    assert!(pinned.size > index);
    mirrored(ch, gh, index).await;

    // Every key is stolen, even a quorum of witnesses: what Switzerland has pinned still stands.
    let ghana = &Identity::of("GH").log;
    let mut forged = Record::decode(&leaf).unwrap();
    forged.time_ms += 1;
    let forged = forged.encode();
    let root = leaf_hash(&forged);
    let fork = TlogProof::new(
        forged.clone(),
        0,
        Vec::new(),
        checkpoint(ghana, 1, root, QUORUM),
    );
    let code = deliver(gh, ch, fork.to_string().into_bytes()).await;
    assert_eq!(code, FaultCode::Fork.code());
    // Two leaves at one index, each under a tree that Ghana signed: anybody can check that.
    assert_eq!(accusation(ch, gh).await, Contradiction::TwoLeaves);
    for country in countries.into_values() {
        country.stop().await;
    }
}

/// Waits until a leaf of one ledger is in its mirror at the other: that is looked for twice a minute, whatever gossip tells.
async fn mirrored(at: &Country, of: &Country, index: u64) {
    let deadline = Instant::now() + Duration::from_secs(90);
    let holds = |mirror: Option<Arc<Mirror>>| mirror.is_some_and(|it| it.status().size > index);
    while !holds(at.mirrors.find(&of.identity.origin())) {
        assert!(Instant::now() < deadline, "it is not mirrored");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a ledger's accusation of another says, once it is recorded.
async fn accusation(at: &Country, of: &Country) -> Contradiction {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let party = of.identity.party;
        if let Some(accusation) = at.ledger.read(|state| state.accusation(party)) {
            let text = at.federation().evidence(&accusation.evidence).unwrap();
            let evidence: Evidence = text.expect("it is kept").parse().unwrap();
            let keys = [of.identity.log.verifier().clone()];
            assert_eq!(evidence.check(&keys).unwrap().kind, accusation.kind);
            return accusation.kind;
        }
        assert!(Instant::now() < deadline, "nobody is accused");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_end_of_a_transfer_on_another_line_is_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000).await;
    let (id, _, _) = lock_leaf(gh, ch).await;
    let settled = gh
        .wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    mirrored(ch, gh, settled.settled_at.unwrap()).await;

    // On another line the units came back to Ghana: they would be in two countries.
    let leaf = gh
        .ledger
        .leaf(settled.settled_at.unwrap())
        .unwrap()
        .unwrap();
    let mut forged = Record::decode(&leaf).unwrap();
    let Body::Finalise(end) = forged.body else {
        panic!("it is final")
    };
    forged.body = Body::Release(Release {
        transfer: end.transfer,
        code: FaultCode::Expired.code(),
        proof: end.proof,
    });
    let forged = forged.encode();
    let note = checkpoint(&gh.identity.log, 1, leaf_hash(&forged), QUORUM);
    let code = deliver(gh, ch, bundle(&forged, note)).await;
    assert_eq!(code, FaultCode::Fork.code());
    assert_eq!(accusation(ch, gh).await, Contradiction::TwoEnds);
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_offer_brings_the_same_answer_again() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000).await;
    let (id, index, leaf) = lock_leaf(gh, ch).await;
    gh.wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    let before = ch
        .ledger
        .read(|state| state.transfer(&TransferKey::In(gh.identity.party, id)))
        .unwrap();

    let witnessed = gh.ledger.witnessed().borrow().clone().unwrap();
    let hashes = gh.ledger.proof(index, witnessed.size).unwrap();
    let offer = TlogProof::new(leaf, index, hashes, witnessed.note.to_string())
        .to_string()
        .into_bytes();
    let request = Request::Deliver {
        bundles: vec![offer.clone(), b"nothing".to_vec(), offer],
    };
    let answer = gh
        .network
        .request(ch.network.local_peer_id(), request)
        .await
        .unwrap();
    let Response::Delivered { verdicts } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(verdicts.len(), 3, "each has its verdict");
    assert_eq!(verdicts[0], verdicts[2], "the same twice");
    assert_eq!(verdicts[1].code, FaultCode::MalformedProof.code());
    assert_eq!(verdicts[0].code, Verdict::TAKEN);
    let receipt: TlogProof = std::str::from_utf8(verdicts[0].answer.as_ref().unwrap())
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        receipt.index, before.opened_at,
        "the answer that was given first"
    );
    let after = ch
        .ledger
        .read(|state| state.transfer(&TransferKey::In(gh.identity.party, id)))
        .unwrap();
    assert_eq!(before.opened_at, after.opened_at);
    for country in countries.into_values() {
        country.stop().await;
    }
}
