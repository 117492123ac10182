//! Reads: what they show, and that long lists come in pages without gaps.

use countersign_node::http::dto::{
    AccountView, AgreementView, HeadView, HoldingView, InviteText, Page, PartnerView, PlaceName,
    RecordView, StateName, StatementLine, Status, TransferView,
};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Organisation, Project};
use countersign_protocol::registry::Direction;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_tells_whose_node_it_is_and_how_it_is() {
    let world = World::start().await;
    let before: Status = world.get("/api/v1/status").await;
    assert!(!before.ready && before.not_ready[0].contains("witnesses"));
    world.witness();
    world.send(11).await;
    let status: Status = world.get("/api/v1/status").await;
    assert_eq!(
        (status.party.to_string().as_str(), status.country.as_str()),
        ("GH", "Ghana")
    );
    assert!(status.ready && status.not_ready.is_empty());
    assert_eq!(status.head.size, world.handle().head().borrow().size);
    assert_eq!(status.open_transfers.outgoing, 1);
    assert!(status.open_transfers.oldest_lock_age_ms.unwrap() < 60_000);
    let balances = status.balances;
    assert_eq!(
        (balances.issued, balances.available, balances.escrow),
        (1000, 989, 11)
    );
    assert_eq!(status.witnesses[0].name, crate::world::WITNESS);
    assert!(status.peers[0].connected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_read_page_by_page_to_their_end() {
    let world = World::start().await;
    for number in 0..5 {
        let body =
            json!({"organisation": 1, "name": format!("More {number}"), "kind": "entity_holding"});
        let _: Value = world.post("/api/v1/accounts", body).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page: Page<AccountView> = world.get(&format!("/api/v1/accounts?limit=2{after}")).await;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.iter().map(|view| view.account.id.0));
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    let organisations: Page<Organisation> = world.get("/api/v1/organisations").await;
    assert_eq!(organisations.items[0].name.as_str(), "Volta Cookstoves");
    let projects: Page<Project> = world.get("/api/v1/projects").await;
    assert_eq!((projects.items[0].number, projects.next), (1, None));
    let none: Page<Project> = world.get("/api/v1/projects?after=1").await;
    assert!(none.items.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_shows_its_balances_ranges_and_statement() {
    let world = World::start().await;
    for tonnes in [30, 20, 10] {
        let body = json!({"from": 1, "to": 2, "units": {"tonnes": tonnes}});
        let _: Value = world.post("/api/v1/account-transfers", body).await;
    }
    let hold = json!({"account": 2, "ranges": ["GH-971-1000"], "reason": "check"});
    let _: Value = world.post("/api/v1/holds", hold).await;
    world.send(5).await;
    let account: AccountView = world.get("/api/v1/accounts/2").await;
    assert_eq!(
        (account.available, account.on_hold, account.escrow),
        (30, 30, 0)
    );
    let sender: AccountView = world.get("/api/v1/accounts/1").await;
    assert_eq!((sender.available, sender.escrow), (935, 5));
    assert_eq!(world.fail("/api/v1/accounts/99").await.status, 404);

    let ranges = |page: &Page<HoldingView>| -> Vec<String> {
        page.items
            .iter()
            .map(|view| view.units.range.to_string())
            .collect()
    };
    let first: Page<HoldingView> = world.get("/api/v1/accounts/2/holdings?limit=1").await;
    let next = first.next.clone().unwrap();
    let second: Page<HoldingView> = world
        .get(&format!("/api/v1/accounts/2/holdings?limit=1&after={next}"))
        .await;
    assert_eq!(
        (ranges(&first), ranges(&second)),
        (vec!["GH-941-950".to_owned()], vec!["GH-951-970".to_owned()])
    );
    assert_eq!(second.next, None);
    let held: Page<HoldingView> = world.get("/api/v1/accounts/2/holdings?place=on_hold").await;
    assert_eq!(ranges(&held), ["GH-971-1000"]);
    let locked: Page<HoldingView> = world.get("/api/v1/accounts/1/holdings?place=escrow").await;
    assert_eq!(
        (ranges(&locked), locked.items[0].place),
        (vec!["GH-936-940".to_owned()], PlaceName::Escrow)
    );
    assert_eq!(world.fail("/api/v1/accounts/99/holdings").await.status, 404);

    let mut lines: Vec<StatementLine> = Vec::new();
    let mut after = String::new();
    loop {
        let page: Page<StatementLine> = world
            .get(&format!("/api/v1/accounts/2/statement?limit=1{after}"))
            .await;
        let first = page.items[0].index;
        assert!(
            page.items.iter().all(|line| line.index == first),
            "one leaf is enough"
        );
        lines.extend(page.items);
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    let told: Vec<(&str, PlaceName, i64, i64)> = lines
        .iter()
        .map(|line| (line.kind.as_str(), line.place, line.tonnes, line.balance))
        .collect();
    assert_eq!(
        told,
        [
            ("transfer", PlaceName::Available, 30, 30),
            ("transfer", PlaceName::Available, 20, 50),
            ("transfer", PlaceName::Available, 10, 60),
            ("hold", PlaceName::Available, -30, 30),
            ("hold", PlaceName::OnHold, 30, 30),
        ]
    );
    let whole: Page<StatementLine> = world.get("/api/v1/accounts/2/statement").await;
    assert_eq!(whole.items, lines);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_found_by_any_of_their_names() {
    let world = World::start().await;
    let id = world.send(100).await;
    world.settle(id).await;
    for name in [
        "GH-901",
        "GH-901-1000",
        "GH-ITMO-3-001-2024-0-901-1000",
        "GH-ITMO-3-001-2024-0-950-960",
        "CA0001-GHA01-GHA-901-2024",
    ] {
        let page: Page<HoldingView> = world.get(&format!("/api/v1/units/{name}")).await;
        assert_eq!(page.items.len(), 1, "{name}");
        let view = &page.items[0];
        assert_eq!(
            (view.place, view.party),
            (PlaceName::Abroad, Some(crate::world::ch())),
            "{name}"
        );
        assert!(
            view.units
                .itmo_id
                .unwrap()
                .to_string()
                .starts_with("CA0001-GHA01-GHA-901")
        );
    }
    let several: Page<HoldingView> = world.get("/api/v1/units/GH-1-1000?limit=1").await;
    assert_eq!(several.items[0].units.range.to_string(), "GH-1-900");
    let next = several.next.unwrap();
    let rest: Page<HoldingView> = world
        .get(&format!("/api/v1/units/GH-1-1000?after={next}"))
        .await;
    assert_eq!((rest.items.len(), rest.next), (1, None));
    for name in [
        "GH-1001",
        "VU-1",
        "GH-ITMO-4-001-2024-0-901-1000",
        "CA0002-GHA01-GHA-901-2024",
    ] {
        assert_eq!(
            world.fail(&format!("/api/v1/units/{name}")).await.status,
            404,
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_are_listed_newest_first_and_shown_with_what_became_of_them() {
    let world = World::start().await;
    let first = world.send(10).await;
    let second = world.send(20).await;
    let third = world.send(30).await;
    world.settle(second).await;
    let all: Page<TransferView> = world.get("/api/v1/transfers").await;
    let ids: Vec<_> = all.items.iter().map(|view| view.id).collect();
    assert_eq!((ids, all.next), (vec![third, second, first], None));
    let open: Page<TransferView> = world
        .get("/api/v1/transfers?state=LOCKED&direction=out&limit=1")
        .await;
    assert_eq!(open.items[0].id, third);
    let next = open.next.unwrap();
    let open: Page<TransferView> = world
        .get(&format!("/api/v1/transfers?state=locked&after={next}"))
        .await;
    assert_eq!((open.items.len(), open.items[0].id), (1, first));
    let settled: Page<TransferView> = world.get("/api/v1/transfers?state=FINAL").await;
    assert_eq!((settled.items.len(), settled.items[0].id), (1, second));
    let incoming: Page<TransferView> = world.get("/api/v1/transfers?direction=in").await;
    assert!(incoming.items.is_empty());

    world.witness();
    let view: TransferView = world.get(&format!("/api/v1/transfers/{second}")).await;
    assert_eq!(
        (view.direction, view.state, view.tonnes),
        (Direction::Out, StateName::Final, 20)
    );
    assert!(
        view.units[0]
            .itmo_id
            .unwrap()
            .to_string()
            .starts_with("CA0001-GHA01-GHA-")
    );
    let kinds: Vec<_> = view
        .events
        .iter()
        .map(|event| (event.kind.as_str(), event.witnessed))
        .collect();
    assert_eq!(kinds, [("lock", true), ("finalise", true)]);
    let view: TransferView = world.get(&format!("/api/v1/transfers/{first}")).await;
    assert_eq!(
        (view.state, view.units[0].itmo_id),
        (StateName::Locked, None)
    );
    let unknown = format!("/api/v1/transfers/{}", "00".repeat(32));
    assert_eq!(world.fail(&unknown).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partners_agreements_and_the_invitation_are_shown() {
    let world = World::start().await;
    world.send(10).await;
    let partners: Page<PartnerView> = world.get("/api/v1/partners").await;
    assert_eq!(
        (
            partners.items[0].country.as_str(),
            partners.items[0].connected
        ),
        ("Switzerland", true)
    );
    let agreements: Page<AgreementView> = world.get("/api/v1/agreements").await;
    assert_eq!(
        (
            agreements.items[0].used_outgoing,
            agreements.items[0].used_incoming
        ),
        (10, 0)
    );
    let invite: InviteText = world.get("/api/v1/invite").await;
    assert!(invite.invite.starts_with("countersign-invite/v1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_read_from_any_index_with_their_leaf_hashes() {
    let world = World::start().await;
    let head: HeadView = world.get("/api/v1/ledger/head").await;
    assert_eq!(
        (head.size, head.witnessed),
        (world.handle().head().borrow().size, None)
    );
    assert_eq!(head.root, hex::encode(world.handle().head().borrow().root));
    let mut seen: Vec<RecordView> = Vec::new();
    let mut from = 0;
    loop {
        let page: Page<RecordView> = world
            .get(&format!("/api/v1/ledger/records?from={from}&limit=3"))
            .await;
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        from = next.parse().unwrap();
    }
    assert_eq!(seen.len() as u64, head.size);
    for (record, index) in seen.iter().zip(0..) {
        let leaf = world.handle().leaf(index).unwrap().unwrap();
        assert_eq!((record.index, record.leaf_hash), (index, leaf_hash(&leaf)));
        assert_eq!(record.record.encode(), leaf);
    }
    assert!(matches!(seen[0].record.body, Body::Genesis(_)));
    let beyond: Page<RecordView> = world.get("/api/v1/ledger/records?from=999999").await;
    assert_eq!((beyond.items.len(), beyond.next), (0, None));
}
