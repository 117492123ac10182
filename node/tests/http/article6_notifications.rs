//! What other registries tell, brought as a file over HTTP.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::article6::approach;
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::{Somebody, enrol, invited, send};
use crate::web::{page, words};
use crate::world::{World, kind, problem, read};

const PATH: &str = "/api/v1/article6/notifications";

/// A notification of units, with what is its own.
pub fn line(reference: &str, vintage: &str, rest: &str) -> String {
    format!(
        r#"{{"registry":"VCS","reference":"{reference}","authorisation":"GH-2026-001","day":"2026-01-02","vintage":{vintage},{rest}}}"#
    )
}

/// So many units from the first number of a range on.
pub fn part(range: &str, skip: u64, tonnes: u64) -> String {
    let [origin, first, _] = range.split('-').collect::<Vec<_>>()[..] else {
        panic!("{range}")
    };
    let first: u64 = first.parse::<u64>().unwrap() + skip;
    format!("{origin}-{first}-{}", first + tonnes - 1)
}

async fn bring(world: &World, who: Option<&Somebody>, file: &str, dry_run: bool) -> Value {
    let path = format!("{PATH}?dry_run={dry_run}");
    let request = match who {
        Some(who) => world.bare(Method::POST, &path).bearer_auth(&who.token),
        None => world.ask(Method::POST, &path),
    };
    let answer = request.body(file.to_owned()).send().await.unwrap();
    read(answer, StatusCode::OK, &path).await
}

fn counts(answer: &Value) -> [u64; 6] {
    [
        "recorded", "proposed", "possible", "repeated", "drafts", "refused",
    ]
    .map(|it| answer[it].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uses_abroad_are_recorded_and_the_rest_is_said() {
    let world = World::start().await;
    let mut of = approach();
    of["definition"] = json!("use_or_cancellation");
    let _: Value = world.post("/api/v1/cooperative-approaches", of).await;
    let letter = json!({"id": "GH-2026-001", "approach": "CA0001", "date": "2024-01-01", "uses": "imp",
        "framework": "Ghana's framework", "changes": "by agreement", "quantity": 100, "underlying": "VCS",
        "vintages": {"first": 2021, "last": 2030}, "document": "ab".repeat(32)});
    let _: Value = world.post("/api/v1/authorisations", letter).await;
    let under = json!({"authorisation": "GH-2026-001", "account": 1, "units": {"tonnes": 60}});
    let _: Value = world.post("/api/v1/unit-authorisations", under).await;
    let transfer = world.send(40).await;
    world.settle(transfer).await;
    let holding = async |place: &str| -> (String, String) {
        let path = format!("/api/v1/holdings?place={place}&limit=100");
        let seen: Value = world.get(&path).await;
        let items = seen["items"].as_array().unwrap().iter();
        let mut under = items.filter(|it| it["authorisation"]["id"] == "GH-2026-001");
        let it = under.next().unwrap();
        let serial = it["serial"].as_str().unwrap();
        let year = serial.split('-').nth(4).unwrap().to_owned();
        (it["range"].as_str().unwrap().to_owned(), year)
    };
    let ((abroad, vintage), (here, _)) = (holding("abroad").await, holding("available").await);
    let use_of = |reference: &str, units: &str, tonnes: u64| {
        let rest = format!(
            r#""event":"use","quantity":{tonnes},"units":"{units}","purpose":"international_mitigation""#
        );
        line(reference, &vintage, &rest)
    };
    let contributed = part(&abroad, 4, 2);
    let file = [
        use_of("N-1", &part(&abroad, 0, 4), 4),
        line(
            "N-2",
            &vintage,
            &format!(r#""event":"contribution","quantity":2,"units":"{contributed}""#),
        ),
        line("N-3", &vintage, r#""event":"issuance","quantity":10"#),
        use_of("N-4", &part(&here, 0, 3), 3),
        "nothing".to_owned(),
    ]
    .join("\n");
    let size = async || {
        let head: Value = world.get("/api/v1/ledger/head").await;
        head["size"].as_u64().unwrap()
    };
    let before = size().await;
    let tried = bring(&world, None, &file, true).await;
    assert_eq!(counts(&tried), [0, 0, 2, 0, 2, 1], "{tried:#}");
    assert_eq!(size().await, before, "a trial records nothing");

    let told = bring(&world, None, &file, false).await;
    assert_eq!(counts(&told), [2, 0, 0, 0, 2, 1], "{told:#}");
    let results = told["results"].as_array().unwrap();
    let index = results[0]["index"].as_u64().unwrap();
    let path = format!("/api/v1/ledger/records?from={index}&limit=1");
    let leaf: Value = world.get(&path).await;
    let recorded = &leaf["items"][0]["record"]["body"]["article6"]["use_notified"];
    assert_eq!(
        (
            &recorded["purpose"],
            &recorded["party"],
            &recorded["reference"]
        ),
        (
            &json!("international_mitigation"),
            &json!("CH"),
            &json!("N-1")
        )
    );
    assert_eq!(
        results[2]["draft"],
        json!({"action": "issue", "quantity": 10, "reference": "N-3", "authorisation": "GH-2026-001",
            "vintage": vintage.parse::<u64>().unwrap()})
    );
    assert_eq!(
        results[3]["draft"],
        json!({"action": "end", "quantity": 3, "reference": "N-4", "account": 1, "units": part(&here, 0, 3),
            "purpose": "international_mitigation"})
    );
    assert!(
        results[4]["detail"]
            .as_str()
            .unwrap()
            .contains("cannot be read")
    );
    let seen: Value = world.get("/api/v1/authorisations/GH/GH-2026-001").await;
    assert_eq!(seen["first_transferred"], 6);
    // Everybody reads it: in the list, on a page of its own, as rows for programs.
    let listed: Value = world.get("/api/v1/use-notices").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed:#}");
    let list = page(&world, "/en/notices").await;
    assert!(
        list.contains(&format!("href=\"/en/notices/{index}\"")),
        "{list}"
    );
    let notice = words(&page(&world, &format!("/en/notices/{index}")).await);
    for shown in [
        "Notice from Switzerland",
        "N-1",
        "international mitigation purposes",
    ] {
        assert!(notice.contains(shown), "{shown}: {notice}");
    }
    let rows = world
        .bare(Method::GET, "/data/use-notices.csv")
        .send()
        .await;
    let rows = rows.unwrap().text().await.unwrap();
    assert!(rows.contains(",CH,") && rows.contains(",N-1,"), "{rows}");
    let other = world
        .bare(Method::GET, "/en/notices/0")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
    let then = size().await;

    // The same file again, grown by a line.
    let grown = format!("{file}\n{}", use_of("N-6", &part(&abroad, 6, 1), 1));
    let again = bring(&world, None, &grown, false).await;
    assert_eq!(counts(&again), [1, 0, 0, 2, 2, 1], "{again:#}");
    assert!(size().await > then);
    let empty = world.ask(Method::POST, PATH).body(" \n").send();
    let empty = problem(empty.await.unwrap()).await;
    assert_eq!(empty.status, 422, "{empty:?}");
    let wrong = world.ask(Method::POST, PATH).body(vec![0xff, 0xfe]);
    let wrong = problem(wrong.send().await.unwrap()).await;
    assert_eq!((wrong.status, kind(&wrong)), (422, "rejected"));
    assert!(
        wrong.detail.contains("no text in UTF-8"),
        "{}",
        wrong.detail
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_process_what_is_told_of_a_use_takes_two_officials() {
    let office = authorised_for("imp").await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    first_transfer(&office, 12).await;
    let abroad: Value = office
        .world
        .get("/api/v1/holdings?place=abroad&limit=10")
        .await;
    let range = abroad["items"][0]["range"].as_str().unwrap();
    let rest = format!(
        r#""event":"use","quantity":4,"units":"{}","purpose":"international_mitigation""#,
        part(range, 0, 4)
    );
    let file = line("N-1", "2023", &rest);
    let world = &office.world;
    let size = office.size().await;
    let tried = bring(world, Some(first), &file, true).await;
    assert_eq!(counts(&tried), [0, 0, 1, 0, 0, 0], "{tried:#}");
    assert_eq!(
        office.get(first, "/api/v1/proposals").await["items"],
        json!([])
    );
    let told = bring(world, Some(first), &file, false).await;
    assert_eq!(counts(&told), [0, 1, 0, 0, 0, 0], "{told:#}");
    assert_eq!(office.size().await, size, "nothing is written yet");
    // Brought twice, it waits once.
    let again = bring(world, Some(first), &file, false).await;
    assert_eq!(again["results"], told["results"]);
    let decide = format!("/api/v1/proposals/{}", told["results"][0]["proposal"]);
    let done = send(world, second, &decide, json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let again = bring(world, Some(second), &file, false).await;
    assert_eq!(counts(&again), [0, 0, 0, 1, 0, 0], "{again:#}");

    // Who may bring a file is who may prepare reports.
    let government = first.organisation;
    let manager = invited(world, "max", government, "manager").await;
    enrol(world, &manager).await;
    let viewer = invited(world, "vera", government, "viewer").await;
    for (who, wanted) in [
        (&manager, 200),
        (&viewer, 403),
        (&office.developer, 403),
        (&office.certifier, 403),
    ] {
        let path = format!("{PATH}?dry_run=true");
        let answer = office.ask(who, Method::POST, &path).body(file.clone());
        let status = answer.send().await.unwrap().status().as_u16();
        assert_eq!(status, wanted, "{}", who.user);
    }
}
