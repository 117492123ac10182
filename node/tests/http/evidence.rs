//! Mirrors of partners' ledgers and evidence against them, over HTTP.

use countersign_node::http::dto::{AccusationView, MirrorView, Page, Written};
use countersign_protocol::log::Hash;
use countersign_protocol::record::LedgerCleared;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, kind};

fn sha256(byte: u8) -> String {
    let hash: Hash = [byte; 32];
    hex::encode(hash)
}

fn clearance(evidence: u8) -> Value {
    json!({"evidence": sha256(evidence), "size": 9, "root": sha256(1), "decision": sha256(2)})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mirrors_tell_what_the_audit_found() {
    let world = World::start().await;
    let mirrors: Page<MirrorView> = world.get("/api/v1/mirrors").await;
    let mirror = &mirrors.items[0];
    assert_eq!(
        (mirror.party.to_string().as_str(), mirror.size),
        ("CH", 120)
    );
    let finding = mirror.finding.as_ref().unwrap();
    assert_eq!(
        (finding.index, finding.rule.as_deref()),
        (118, Some("overlap"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_is_taken_read_by_anybody_and_cleared_by_decision() {
    let world = World::start().await;
    let rumour = json!({"evidence": "a rumour"});
    let refused = world.refuse("/api/v1/evidence", rumour).await;
    assert_eq!(refused.status, 422);
    let detail = &refused.detail;
    assert!(detail.contains("it proves nothing"), "{detail}");
    let early = world
        .refuse("/api/v1/partners/CH/clear", clearance(0xe1))
        .await;
    assert_eq!(early.status, 409, "nobody stands accused");

    for _ in 0..2 {
        let evidence = json!({"evidence": "some evidence"});
        let taken: AccusationView = world.post("/api/v1/evidence", evidence).await;
        assert_eq!(
            (taken.party.to_string().as_str(), taken.number.as_str()),
            ("CH", "E1")
        );
    }
    let accused: Page<AccusationView> = world.get("/api/v1/accusations").await;
    assert_eq!(accused.items[0].evidence, sha256(0xe1));
    assert!(accused.items[0].leaf.is_some());
    let path = format!("/api/v1/evidence/{}", sha256(0xe1));
    let read = world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(read.text().await.unwrap(), "some evidence");

    let other = world
        .refuse("/api/v1/partners/CH/clear", clearance(0xe2))
        .await;
    assert_eq!(other.status, 409, "it is accused by other evidence");
    let tried: Value = world
        .post("/api/v1/partners/CH/clear?dry_run=true", clearance(0xe1))
        .await;
    assert_eq!(
        tried["records"][0]["record"]["body"]["ledger_cleared"]["size"], 9,
        "{tried}"
    );
    let cleared: Written<LedgerCleared> = world
        .post("/api/v1/partners/CH/clear", clearance(0xe1))
        .await;
    assert_eq!(cleared.made.size, 9);
    let accused: Page<AccusationView> = world.get("/api/v1/accusations").await;
    assert_eq!(accused.items, []);
    let unknown = world
        .refuse("/api/v1/partners/KE/clear", clearance(0xe1))
        .await;
    assert_eq!((unknown.status, kind(&unknown)), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_mirrored_is_not_found() {
    let world = World::start().await;
    for path in [
        format!("/mirror/{}/checkpoint", sha256(7)),
        format!("/mirror/{}/tile/entries/000", sha256(7)),
        "/mirror/short/checkpoint".to_owned(),
        format!("/mirror/{}/tile/9/9/9/9", sha256(7)),
        format!("/api/v1/evidence/{}", sha256(7)),
    ] {
        let answer = world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
