//! What went wrong, measured, on the system that this one replaces: each of it asked of this node.

use std::collections::BTreeMap;

use countersign_node::projection::{Maintenance, Rebuilt, Source};
use countersign_protocol::record::Body;
use countersign_protocol::registry::{LedgerAccount, State};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, Client, holds_together, together, tonnes, written_by};
use crate::common;
use crate::office::Office;
use crate::world::{World, kind, problem};

/// There: both accepted, 20 times of 20, and 1.0 M credits became 1.6 M with overlapping serials.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_parallel_transfers_of_60_and_50_per_cent_of_one_range_one_wins_twenty_times() {
    let world = World::start().await;
    for round in 0..20_u64 {
        let issue =
            json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 100});
        let issued: Value = world.post("/api/v1/issuances", issue).await;
        let range = issued["made"]["range"].as_str().unwrap().to_owned();
        let first: u64 = range.split('-').nth(1).unwrap().parse().unwrap();
        // The head of 60 and the tail of 50 share ten units.
        let parts = [(first, first + 59), (first + 50, first + 99)];
        let before = tonnes(&world.handle(), LedgerAccount::Available, 2);
        let wishes = parts.map(|(from, to)| {
            let body =
                json!({"from": 1, "to": 2, "units": {"ranges": [format!("GH-{from}-{to}")]}});
            let client = Client::new(&world, &world.token);
            async move { client.post("/api/v1/account-transfers", body).await }
        });
        let answers = together(wishes).await;
        let won: Vec<bool> = answers.iter().map(Answer::has_won).collect();
        assert!(
            won == [true, false] || won == [false, true],
            "round {round}: {won:?}"
        );
        let lost = answers.iter().find(|it| !it.has_won()).unwrap();
        assert!(lost.is_second("not-held"), "{}", lost.told());
        assert!(
            lost.told().contains("is available in account"),
            "{}",
            lost.told()
        );
        let moved = tonnes(&world.handle(), LedgerAccount::Available, 2) - before;
        assert_eq!(moved, if won[0] { 60 } else { 50 }, "round {round}");
        holds_together(&world.handle());
    }
    let all = tonnes(&world.handle(), LedgerAccount::Available, 1)
        + tonnes(&world.handle(), LedgerAccount::Available, 2);
    assert_eq!(all, 1000 + 20 * 100);
}

/// There: 10 of 10, with two rows in the table for the UNFCCC.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_retirement_accepted_twice_in_parallel_is_accepted_once_ten_times() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    for round in 1..=10_u64 {
        let ask = json!({"flow": "retirement", "title": "For the summit"});
        let case = office.case(&office.developer, ask).await;
        let request = json!({"step": "request", "form": {
                "purpose": "voluntary", "beneficiary": "Summit 2026", "units": ["GH-1001-1010"]},
            "reserve": {"account": office.accounts[0], "units": {"tonnes": 10}, "fate": {"retire": {
                "kind": "retire", "purpose": "voluntary", "beneficiary": "Summit 2026"}}}});
        office.act(&office.developer, case, request).await;
        let path = format!("/api/v1/cases/{case}/acts");
        let wishes = office.officials[..2].iter().map(|official| {
            let (client, key, path) = (
                Client::new(&office.world, &official.token),
                common::request(),
                path.clone(),
            );
            let body = json!({"step": "approve"});
            async move { (key, client.insist(Method::POST, path, key, body).await) }
        });
        let answers = together(wishes).await;
        let won: Vec<_> = answers.iter().filter(|(_, it)| it.has_won()).collect();
        assert_eq!(won.len(), 1, "round {round}");
        let lost = answers.iter().find(|(_, it)| !it.has_won()).unwrap();
        assert!(lost.1.is_second("case-ended"), "{}", lost.1.told());
        assert!(written_by(&office.world.handle(), &lost.0).is_empty());
        assert_eq!(
            tonnes(&office.world.handle(), |_| LedgerAccount::Used, 0),
            round * 10
        );
        holds_together(&office.world.handle());
    }
    assert_eq!(office.available(office.accounts[0]).await, 0);
    let listed = office.get(&office.developer, "/api/v1/retirements").await;
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        10,
        "one row for each: {listed}"
    );
}

/// There: 32.0 M should have reached the account, 5.3 M did, and every call was answered with 200.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sum_of_320_parallel_issuances_on_16_projects_is_exact_to_the_tonne() {
    const PROJECTS: u64 = 16;
    const EACH: u64 = 20;
    let world = World::start().await;
    for number in 2..=PROJECTS {
        let new = json!({"organisation": 1, "title": format!("Project {number}"), "scope": "3"});
        let _: Value = world.post("/api/v1/projects", new).await;
    }
    let wanted = |number: u64| 1 + (number * 7919) % 997;
    let wishes = (0..PROJECTS * EACH).map(|number| {
        let body = json!({"account": 2, "project": 1 + number % PROJECTS, "year": 2024,
            "unit_type": "ITMO", "tonnes": wanted(number)});
        let (client, key) = (Client::new(&world, &world.token), common::request());
        async move {
            let path = "/api/v1/issuances".to_owned();
            (
                number,
                key,
                client.insist(Method::POST, path, key, body).await,
            )
        }
    });
    let mut of_project: BTreeMap<u32, u64> = BTreeMap::new();
    for (number, key, answer) in together(wishes).await {
        assert!(answer.has_won(), "{}", answer.told());
        let [Body::Issuance(it)] = &written_by(&world.handle(), &key)[..] else {
            panic!("one record for one issuance");
        };
        assert_eq!(it.range.tonnes(), wanted(number));
        assert_eq!(u64::from(it.project), 1 + number % PROJECTS);
        *of_project.entry(it.project).or_default() += wanted(number);
    }
    let sum: u64 = (0..PROJECTS * EACH).map(wanted).sum();
    assert_eq!(tonnes(&world.handle(), LedgerAccount::Available, 2), sum);
    let handle = world.handle();
    handle.read(|state: &State| {
        for (project, tonnes) in &of_project {
            let held = state
                .holdings()
                .filter(|it| it.block.serial.project() == *project);
            let held: u64 = held.map(|it| it.block.tonnes()).sum();
            let before = if *project == 1 { 1000 } else { 0 };
            assert_eq!(held, tonnes + before, "project {project}");
        }
    });
    holds_together(&handle);
    let shown: Value = world.get("/api/v1/holdings?account=2&limit=1000").await;
    let rows = shown["items"].as_array().unwrap().iter();
    assert_eq!(
        rows.map(|it| it["tonnes"].as_u64().unwrap()).sum::<u64>(),
        sum
    );
}

/// There: a signing secret of four digits, so that anybody could make a token of root.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_tokens_open_nothing() {
    let office = Office::open().await;
    let real = office.officials[0].token.clone();
    let mut forged = vec![
        String::new(),
        "null".to_owned(),
        "css_".to_owned(),
        real.to_uppercase(),
        real[..real.len() - 1].to_owned(),
        format!("{real}0"),
        format!(" {real} x"),
        // The same bytes as another kind of secret.
        real.replacen("css_", "cst_", 1),
        real.replacen("css_", "csk_", 1),
        office.world.token.replacen("cst_", "css_", 1),
        // A token that names its own algorithm: none, and HMAC under "1234".
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxIiwicm9sZSI6InJvb3QifQ.".to_owned(),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwicm9sZSI6InJvb3QifQ.c2lnbmF0dXJl"
            .to_owned(),
        "css_' OR '1'='1".to_owned(),
    ];
    // Each digit changed, one at a time.
    for at in "css_".len()..real.len() {
        let mut digits = real.clone().into_bytes();
        digits[at] = if digits[at] == b'0' { b'1' } else { b'0' };
        forged.push(String::from_utf8(digits).unwrap());
    }
    for token in &forged {
        for path in ["/api/v1/me", "/api/v1/users", "/api/v1/accounts"] {
            let asked = office.world.bare(Method::GET, path).bearer_auth(token);
            let refused = problem(asked.send().await.unwrap()).await;
            assert_eq!(
                (refused.status, kind(&refused)),
                (401, "not-authorised"),
                "{path} {token}"
            );
            assert!(!refused.detail.contains(token.as_str()) || token.is_empty());
        }
    }
    let asked = office.ask(&office.officials[0], Method::GET, "/api/v1/me");
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::OK);
}

/// There: a balance times ten, history deleted, an owner changed, and nothing noticed. Here the database is a copy: nothing is
/// decided by it, and it is made anew from the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_rewrites_the_read_model_by_sql_moves_no_unit_and_is_undone() {
    let world = World::start().await;
    let retire = json!({"account": 1, "units": {"tonnes": 40}, "kind": "retire", "purpose": "ndc"});
    let _: Value = world.post("/api/v1/retirements", retire).await;
    let lists = [
        "/api/v1/holdings?limit=1000",
        "/api/v1/retirements",
        "/api/v1/units/GH-1/history",
        "/api/v1/organisations?sort=name",
    ];
    let mut before: Vec<Value> = Vec::new();
    for path in lists {
        before.push(world.get(path).await);
    }
    let size = world.handle().head().borrow().size;

    let model = world.read_model();
    let url = format!("sqlite://{}", model.file.display());
    let pool = sqlx::sqlite::SqlitePool::connect(&url).await.unwrap();
    for tampering in [
        "UPDATE accounts SET available = available * 10",
        "UPDATE ranges SET account = 2, last_unit = last_unit * 10 WHERE place = 'available'",
        "DELETE FROM range_events",
        "DELETE FROM retirements",
        "UPDATE organisations SET name = 'Somebody Else', folded = 'somebody else'",
    ] {
        let done = sqlx::query(tampering).execute(&pool).await.unwrap();
        assert!(done.rows_affected() > 0, "{tampering}");
    }
    pool.close().await;
    let shown: Value = world.get(lists[0]).await;
    assert_ne!(shown, before[0], "the copy was not rewritten at all");

    // What decides is the ledger: balances, and who has what.
    let account: Value = world.get("/api/v1/accounts/1").await;
    assert_eq!(account["available"], 960);
    for (from, to, units) in [
        (1, 2, json!({"tonnes": 961})),
        (2, 1, json!({"tonnes": 1})),
        (2, 1, json!({"ranges": ["GH-1-10"]})),
    ] {
        let body = json!({"from": from, "to": to, "units": units});
        let refused = world.refuse("/api/v1/account-transfers", body).await;
        assert_eq!(
            (refused.status, kind(&refused)),
            (409, "conflict"),
            "{refused:?}"
        );
    }
    assert_eq!(world.handle().head().borrow().size, size);
    holds_together(&world.handle());

    // As `countersign projection rebuild` asks a running node.
    let source: std::sync::Arc<dyn Source> = std::sync::Arc::new(world.handle());
    let asked = Maintenance::new(model)
        .rebuild(source, |_, _| {})
        .await
        .unwrap();
    assert_eq!(asked, Rebuilt::ByTheNode);
    for (path, expected) in lists.iter().zip(before) {
        let mut last = Value::Null;
        for _ in 0..200 {
            let response = world.ask(Method::GET, path).send().await.unwrap();
            last = response.json().await.unwrap();
            if last == expected {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(last, expected, "{path}");
    }
}
