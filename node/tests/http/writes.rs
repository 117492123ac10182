//! Writes: what they make, and that repeating them is harmless.

use countersign_node::http::dto::{
    CancelAsked, Held, Issued, Moved, Retired, RotatedKey, Sent, Written,
};
use countersign_protocol::federation::invite::{Invite, InviteFields};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::record::{
    Account, Agreement, Body, Organisation, Partner, PartnerStatus, Project, Record,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common;
use crate::world::{AGREEMENT, World, kind, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_is_set_up_and_units_are_issued_held_and_moved() {
    let world = World::start().await;
    let organisation: Written<Organisation> = world
        .post(
            "/api/v1/organisations",
            json!({"name": "Ministry", "kind": "government"}),
        )
        .await;
    assert_eq!(organisation.made.id.0, 2);
    let account: Written<Account> = world
        .post(
            "/api/v1/accounts",
            json!({"organisation": 2, "name": "Reserve", "kind": "party_holding"}),
        )
        .await;
    assert_eq!(account.made.id.0, 3);
    let project: Written<Project> = world
        .post(
            "/api/v1/projects",
            json!({"organisation": 1, "title": "Solar", "scope": "1"}),
        )
        .await;
    assert_eq!(project.made.number, 2);

    let issued: Written<Issued> = world
        .post(
            "/api/v1/issuances",
            json!({"account": 3, "project": 2, "year": 2023, "unit_type": "ITMO", "tonnes": 50}),
        )
        .await;
    assert_eq!(issued.made.range.to_string(), "GH-1001-1050");
    assert_eq!(
        issued.made.serial.to_string(),
        "GH-ITMO-1-002-2023-0-1001-1050"
    );
    assert_eq!(
        (issued.made.index, issued.made.tonnes),
        (issued.receipt.first_index, 50)
    );

    let hold = json!({"account": 3, "ranges": ["GH-1001-1050"], "reason": "court order 7"});
    let held: Written<Held> = world.post("/api/v1/holds", hold.clone()).await;
    assert!(!held.made.lift);
    let move_it = json!({"from": 3, "to": 1, "units": {"ranges": ["GH-1010-1019"]}});
    let refused = world
        .refuse("/api/v1/account-transfers", move_it.clone())
        .await;
    assert_eq!(refused.code.as_deref(), Some("not-held"));
    let mut lift = hold;
    lift["lift"] = Value::Bool(true);
    let lifted: Written<Held> = world.post("/api/v1/holds", lift).await;
    assert!(lifted.made.lift);

    let moved: Written<Moved> = world.post("/api/v1/account-transfers", move_it).await;
    assert_eq!(moved.made.tonnes, 10);
    assert_eq!(
        moved.made.serials[0].to_string(),
        "GH-ITMO-1-002-2023-0-1010-1019"
    );
    assert_eq!(moved.receipt.count, 3, "two splits and a transfer");
    assert_eq!(moved.made.index, moved.receipt.first_index + 2);
}

/// Each write that wants a key: the same request three times, with the ledger growing in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_write_gets_the_same_bytes_and_writes_nothing() {
    let world = World::start().await;
    for (path, body) in [
        (
            "issuances",
            json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 5}),
        ),
        (
            "account-transfers",
            json!({"from": 1, "to": 2, "units": {"tonnes": 100}}),
        ),
        (
            "transfers",
            json!({"to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": {"tonnes": 20}}),
        ),
        (
            "retirements",
            json!({"account": 1, "units": {"tonnes": 3}, "kind": "retire", "purpose": "ndc", "beneficiary": "Ama Mensah"}),
        ),
    ] {
        let path = format!("/api/v1/{path}");
        let key = common::request();
        let first = world.try_post(&path, &key, body.clone()).await;
        assert_eq!(first.status(), 201, "{path}");
        assert!(!first.headers().contains_key("idempotency-replayed"));
        let first = first.bytes().await.unwrap();
        for _ in 0..2 {
            // Parts of what moved move on: the first answer stays what it was.
            let away = json!({"from": 2, "to": 1, "units": {"tonnes": 1}});
            let _: Value = match path.as_str() {
                "/api/v1/issuances" => Value::Null,
                _ => world.post("/api/v1/account-transfers", away).await,
            };
            let size = world.handle().head().borrow().size;
            let again = world.try_post(&path, &key, body.clone()).await;
            assert_eq!(again.status(), 201, "{path}");
            assert_eq!(again.headers()["idempotency-replayed"], "true");
            assert_eq!(again.bytes().await.unwrap(), first, "{path}");
            assert_eq!(world.handle().head().borrow().size, size, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_is_sent_shown_and_asked_back() {
    let world = World::start().await;
    let key = RequestId([0xab; 16]);
    let body = json!({"to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": {"tonnes": 20}});
    let response = world
        .try_post("/api/v1/transfers", &key, body.clone())
        .await;
    let sent: Written<Sent> = response.json().await.unwrap();
    assert_eq!((sent.made.tonnes, sent.made.units.len()), (20, 1));
    let month_ms = 30 * 24 * 3_600_000;
    assert!(
        sent.made
            .expiry_ms
            .abs_diff(sent.receipt.time_ms + month_ms)
            < 60_000
    );
    let leaf = world.handle().leaf(sent.made.index).unwrap().unwrap();
    let Body::Lock(lock) = Record::decode(&leaf).unwrap().body else {
        panic!("not a lock")
    };
    assert_eq!((lock.nonce, lock.transfer), (key, sent.made.transfer));

    let other = json!({"to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": {"tonnes": 21}});
    let other = problem(world.try_post("/api/v1/transfers", &key, other).await).await;
    assert_eq!(kind(&other), "conflict");
    let soon = json!({"to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": {"tonnes": 1}, "expiry_ms": 1});
    assert_eq!(
        world
            .refuse("/api/v1/transfers", soon)
            .await
            .code
            .as_deref(),
        Some("expiry-too-soon")
    );

    let path = format!("/api/v1/transfers/{}/cancel", sent.made.transfer);
    let asked: Written<CancelAsked> = world.post(&path, json!({"reason": "wrong account"})).await;
    assert_eq!(asked.made.transfer, sent.made.transfer);
    let again = world
        .refuse(&path, json!({"reason": "wrong account"}))
        .await;
    assert_eq!(again.code.as_deref(), Some("transfer-stage"));
    let unknown = format!("/api/v1/transfers/{}/cancel", "00".repeat(32));
    let unknown = world.refuse(&unknown, json!({"reason": "x"})).await;
    assert_eq!(unknown.code.as_deref(), Some("unknown-transfer"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beneficiary_is_named_in_the_node_and_nowhere_else() {
    let world = World::start().await;
    let name = "Kwabena Beneficiary";
    let body = |name: &str, tonnes: u64| json!({"account": 1, "units": {"tonnes": tonnes}, "kind": "retire", "purpose": "voluntary", "beneficiary": name});
    let key = common::request();
    let too_many = world
        .try_post("/api/v1/retirements", &key, body(name, 5000))
        .await;
    assert_eq!(problem(too_many).await.code.as_deref(), Some("too-few"));
    assert_eq!(
        world.beneficiaries.get(&key).unwrap(),
        None,
        "nothing was written, so nothing is kept"
    );

    let retired = world
        .try_post("/api/v1/retirements", &key, body(name, 7))
        .await;
    let retired: Written<Retired> = retired.json().await.unwrap();
    assert_eq!((retired.made.tonnes, retired.made.units.len()), (7, 1));
    let kept = world.beneficiaries.get(&key).unwrap().unwrap();
    assert_eq!(kept.name.as_str(), name);
    assert_eq!(retired.made.beneficiary, Some(kept.commitment()));

    let other = problem(
        world
            .try_post("/api/v1/retirements", &key, body("Somebody Else", 7))
            .await,
    )
    .await;
    assert_eq!(kind(&other), "conflict");
    assert_eq!(
        world.beneficiaries.get(&key).unwrap().unwrap(),
        kept,
        "the salt of the ledger's commitment stays"
    );

    let size = world.handle().head().borrow().size;
    for index in 0..size {
        let leaf = world.handle().leaf(index).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&leaf).contains("Kwabena"));
    }
    let shown: String = world
        .bare(Method::GET, "/api/v1/ledger/records?limit=1000")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(shown.contains("beneficiary") && !shown.contains("Kwabena"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partners_agreements_and_keys_go_through_the_federation() {
    let world = World::start().await;
    let key = SignerKey::from_seed("vu.example/ledger", KeyKind::Ed25519, &[6; 32]).unwrap();
    let cosigner =
        SignerKey::from_seed("vu.example/witness", KeyKind::CosignatureV1, &[16; 32]).unwrap();
    let fields = InviteFields {
        party: "VU".parse().unwrap(),
        origin: "vu.example/ledger".parse().unwrap(),
        registry: "VUT01".parse().unwrap(),
        log_key: key.verifier().clone(),
        cosigner_key: cosigner.verifier().clone(),
        peer: "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"
            .parse()
            .unwrap(),
        addresses: Vec::new(),
        http: None,
        issued: "2026-11-22T10:00:00Z".parse().unwrap(),
    };
    let invite = Invite::sign(fields, &key).unwrap().to_string();
    let added: Written<Partner> = world
        .post("/api/v1/partners", json!({"invite": invite}))
        .await;
    assert_eq!(
        (added.made.party.to_string().as_str(), added.made.status),
        ("VU", PartnerStatus::Active)
    );
    let forged = invite.replace("VUT01", "VUT02");
    let refused = world
        .refuse("/api/v1/partners", json!({"invite": forged}))
        .await;
    assert_eq!((refused.status, kind(&refused)), (422, "rejected"));

    let removed = world
        .ask(Method::DELETE, "/api/v1/partners/VU")
        .send()
        .await
        .unwrap();
    assert_eq!(removed.status(), 200);
    let removed: Written<Partner> = removed.json().await.unwrap();
    assert_eq!(removed.made.status, PartnerStatus::Removed);
    let unknown = world
        .ask(Method::DELETE, "/api/v1/partners/FR")
        .send()
        .await
        .unwrap();
    assert_eq!(problem(unknown).await.status, 404);

    let agreed: Written<Agreement> = world
        .post(
            "/api/v1/agreements",
            json!({"agreement": "a signed agreement"}),
        )
        .await;
    assert_eq!(agreed.made.id.as_str(), "CH-GH-2026");
    let refused = world
        .refuse("/api/v1/agreements", json!({"agreement": "x"}))
        .await;
    assert_eq!(kind(&refused), "rejected");
    let signed: Value = world
        .post("/api/v1/agreements/sign", json!({"draft": "a draft"}))
        .await;
    assert_eq!(signed["agreement"], "a signed draft");
    assert_eq!(
        kind(
            &world
                .refuse("/api/v1/agreements/sign", json!({"draft": "x"}))
                .await
        ),
        "rejected"
    );

    let pong: Value = world.post("/api/v1/partners/CH/ping", json!({})).await;
    assert_eq!(pong["round_trip_us"], 1234);
    let silent = world.refuse("/api/v1/partners/VU/ping", json!({})).await;
    assert_eq!((silent.status, kind(&silent)), (502, "unreachable"));

    let rotated: RotatedKey = world.post("/api/v1/keys/rotate", json!({})).await;
    assert_eq!(
        rotated.log_key.as_str(),
        common::key(2).verifier().to_string()
    );
    assert_eq!(rotated.from_size, rotated.receipt.first_index + 3);
}

/// Here the command itself is another one the second time: a new key is drawn, the partner is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_rotation_or_removal_is_done_once() {
    let world = World::start().await;
    let remove = async |key: &RequestId| {
        let request = world
            .ask(Method::DELETE, "/api/v1/partners/CH")
            .header("Idempotency-Key", key.to_string());
        request.send().await.unwrap()
    };
    let rotate =
        async |key: &RequestId| world.try_post("/api/v1/keys/rotate", key, json!({})).await;
    let (removal, rotation) = (common::request(), common::request());
    let first = remove(&removal).await.bytes().await.unwrap();
    let again = remove(&removal).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.bytes().await.unwrap(), first);
    let first = rotate(&rotation).await.bytes().await.unwrap();
    let size = world.handle().head().borrow().size;
    let again = rotate(&rotation).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.bytes().await.unwrap(), first);
    assert_eq!(world.handle().head().borrow().size, size);
    let other = problem(rotate(&removal).await).await;
    assert_eq!((other.status, kind(&other)), (409, "conflict"));
    let other = problem(remove(&rotation).await).await;
    assert_eq!((other.status, kind(&other)), (409, "conflict"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_read_back_is_not_written() {
    let world = World::start().await;
    let size = world.handle().head().borrow().size;
    let nothing = json!({"account": 1, "ranges": [], "reason": "a check"});
    let refused = world.refuse("/api/v1/holds", nothing).await;
    assert_eq!((refused.status, kind(&refused)), (422, "refused"));
    assert_eq!(refused.code.as_deref(), Some("unwritable"));
    assert_eq!(world.handle().head().borrow().size, size);
}
