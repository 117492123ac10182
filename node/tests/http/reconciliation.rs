//! Comparisons with partners' ledgers, and partners' orders to freeze, over HTTP.

use countersign_node::http::dto::{FreezeView, LedgerComparisonView, Page, Written};
use countersign_node::ledger::Submission;
use countersign_protocol::id::RequestId;
use countersign_protocol::record::{FreezeEnded, FreezeHonoured, ProofReference};
use countersign_protocol::registry::Command;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, ch, kind, swiss};

/// Switzerland orders that the first two of Ghana's tonnes stay where they are.
async fn frozen(world: &World) {
    let expiry_ms = world.now_ms() + 30 * 86_400_000;
    let command = Command::HonourFreeze(Box::new(FreezeHonoured {
        party: ch(),
        hold: 3,
        ranges: vec!["GH-1-2".parse().unwrap()],
        reason: "Stolen".parse().unwrap(),
        authority: "Federal Office".parse().unwrap(),
        reference: "Order 12/2026".parse().unwrap(),
        expiry_ms,
        proof: ProofReference {
            origin: swiss().origin,
            index: 4,
            size: 9,
            root: [9; 32],
        },
    }));
    let submission = Submission::new(RequestId([0xf3; 16]), command);
    world.handle().submit(submission).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_comparison_finds_is_told_and_keeps_the_units_where_they_are() {
    let world = World::start().await;
    let before: Page<LedgerComparisonView> = world.get("/api/v1/reconciliations").await;
    let of_ch = before.items.iter().find(|it| it.party == ch()).unwrap();
    assert_eq!((of_ch.compared_ms, of_ch.leaf), (None, None));

    let found: LedgerComparisonView = world.post("/api/v1/reconciliations/CH", json!({})).await;

    assert_eq!((found.size, found.differences.len()), (Some(120), 1));
    assert!(found.leaf.is_some());
    assert_eq!(found.differences[0].tonnes, 2);
    let refused = world
        .refuse(
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 2, "units": {"ranges": ["GH-1-2"]}}),
        )
        .await;
    assert_eq!((refused.status, kind(&refused)), (409, "conflict"));
    assert_eq!(refused.code.as_deref(), Some("disputed"), "{refused:?}");
    // Everybody sees it.
    let page = world.bare(Method::GET, "/en/transparency").send().await;
    let page = page.unwrap().text().await.unwrap();
    assert!(page.contains("Switzerland disagree about units"), "{page}");
    assert!(page.contains("GH-1-2"), "{page}");
    let unknown = world.refuse("/api/v1/reconciliations/KE", json!({})).await;
    assert_eq!((unknown.status, kind(&unknown)), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_order_is_listed_and_ended_by_this_country() {
    let world = World::start().await;
    frozen(&world).await;
    let listed: Page<FreezeView> = world.get("/api/v1/freezes").await;
    let freeze = &listed.items[0];
    assert_eq!((freeze.hold, freeze.in_force), (3, true));
    assert_eq!(freeze.authority.to_string(), "Federal Office");
    let refused = world
        .refuse(
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 2, "units": {"ranges": ["GH-1-2"]}}),
        )
        .await;
    assert_eq!(refused.code.as_deref(), Some("frozen-by-partner"));
    let end = json!({"reason": "Our court decided otherwise"});
    let unknown = world.refuse("/api/v1/freezes/CH/4/end", end.clone()).await;
    assert_eq!((unknown.status, kind(&unknown)), (404, "not-found"));

    let stranger = world
        .bare(Method::POST, "/api/v1/freezes/CH/3/end")
        .json(&end);
    assert_eq!(stranger.send().await.unwrap().status(), 401);
    let tried: Value = world
        .post("/api/v1/freezes/CH/3/end?dry_run=true", end.clone())
        .await;
    let record = &tried["records"][0]["record"]["body"]["freeze_ended"];
    assert_eq!(record["hold"], 3, "{tried}");

    let ended: Written<FreezeEnded> = world.post("/api/v1/freezes/CH/3/end", end.clone()).await;

    assert_eq!(ended.made.hold, 3);
    let listed: Page<FreezeView> = world.get("/api/v1/freezes").await;
    assert!(!listed.items[0].in_force && listed.items[0].ended.is_some());
    let again = world.refuse("/api/v1/freezes/CH/3/end", end).await;
    assert_eq!(again.status, 422);
}
