//! In whose favour units are used: the list, near names, and what of it is public.

use std::path::Path;

use countersign_node::people::Beneficiary;
use countersign_protocol::record::Commitment;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::office::{Office, Somebody, send};
use crate::world::{World, kind, problem, read};

const LIST: &str = "/api/v1/beneficiaries";
const LEI: &str = "529900T8BM49AURSDO55";

async fn add(office: &Office, who: &Somebody, body: Value) -> Value {
    let answer = send(&office.world, who, LIST, body).await;
    read(answer, StatusCode::CREATED, LIST).await
}

fn ids(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|it| it["id"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn near_names_are_shown_before_a_new_entry_is_made() {
    let world = World::start().await;
    let cement = json!({"name": "Acme Cement Ltd", "lei": LEI, "aliases": ["Acme"]});
    let made: Value = world.post(LIST, cement.clone()).await;
    assert_eq!((&made["id"], &made["reviewed"]), (&json!(1), &json!(true)));
    let near = world
        .refuse(LIST, json!({"name": "ACME Cement Limited"}))
        .await;
    assert_eq!((near.status, kind(&near)), (409, "near-names"));
    assert_eq!(near.errors[0].detail, "beneficiary 1: Acme Cement Ltd");
    let other = json!({"name": "ACME Cement Limited", "distinct": true});
    let other: Value = world.post(LIST, other).await;
    assert_eq!(other["id"], 2);
    let _: Value = world.post(LIST, json!({"name": "Zenith Power"})).await;
    let found: Value = world
        .get("/api/v1/beneficiaries?q=acme%20cement%20ltd.")
        .await;
    assert_eq!(ids(&found), [1, 2]);
    assert_eq!(found["items"][0]["score"], 1.0);
    let all: Value = world.get("/api/v1/beneficiaries?limit=2").await;
    assert_eq!((ids(&all), &all["next"]), (vec![1, 2], &json!("2")));
    // The same LEI is the same entity, whatever its name.
    let same = json!({"name": "Quite another", "lei": LEI});
    let same = world.refuse(LIST, same).await;
    assert_eq!(same.errors[0].pointer.as_deref(), Some("/lei"));
    assert_eq!((same.status, same.code.as_deref()), (409, Some("taken")));
    for (body, pointer) in [
        (json!({"name": "A", "lei": "529900T8BM49AURSDO54"}), "/lei"),
        (json!({"name": "A", "tax_id": "1"}), "/country"),
        (json!({"name": "A", "country": "XX"}), "/country"),
    ] {
        let wrong = world.refuse(LIST, body).await;
        assert_eq!(wrong.errors[0].pointer.as_deref(), Some(pointer));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_is_its_organisations_own_until_an_official_has_reviewed_it() {
    let office = Office::open().await;
    let made = add(&office, &office.developer, json!({"name": "Hotel Tanna"})).await;
    assert_eq!(made["reviewed"], false);
    assert_eq!(made["organisation"], office.developer.organisation);
    let own = office.get(&office.developer, LIST).await;
    assert_eq!(ids(&own), [1]);
    let theirs = office.get(&office.buyer, LIST).await;
    assert_eq!(ids(&theirs), Vec::<u64>::new());
    let near = office
        .get(&office.buyer, "/api/v1/beneficiaries?q=Hotel%20Tanna")
        .await;
    assert_eq!(ids(&near), Vec::<u64>::new());
    let hidden = office.ask(&office.buyer, Method::GET, "/api/v1/beneficiaries/1");
    assert_eq!(hidden.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let review = "/api/v1/beneficiaries/1/review";
    let refused = send(&office.world, &office.developer, review, json!({})).await;
    assert_eq!(kind(&problem(refused).await), "forbidden");
    let done = send(&office.world, &office.officials[0], review, json!({})).await;
    let done: Value = read(done, StatusCode::OK, review).await;
    assert_eq!(done["reviewed"], true);
    assert_eq!(ids(&office.get(&office.buyer, LIST).await), [1]);
    // A certifier asks for no retirements, and has no business with the list.
    let certifier = office.ask(&office.certifier, Method::GET, LIST);
    assert_eq!(
        kind(&problem(certifier.send().await.unwrap()).await),
        "forbidden"
    );
    let nobody = office.world.bare(Method::GET, LIST).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_entry_lives_on_in_the_one_that_stays() {
    let world = World::start().await;
    let first = json!({"name": "Helvetia Airways AG", "country": "CH", "tax_id": "CHE-1"});
    let _: Value = world.post(LIST, first).await;
    let second = json!({"name": "Helvetia Airway", "lei": LEI, "distinct": true});
    let _: Value = world.post(LIST, second).await;
    let into: Value = world
        .post("/api/v1/beneficiaries/2/merge", json!({"into": 1}))
        .await;
    assert_eq!(into["aliases"], json!(["Helvetia Airway"]));
    assert_eq!(
        (&into["lei"], &into["tax_id"]),
        (&json!(LEI), &json!("CHE-1"))
    );
    let all: Value = world.get(LIST).await;
    assert_eq!(ids(&all), [1]);
    let gone: Value = world.get("/api/v1/beneficiaries/2").await;
    assert_eq!(gone["merged_into"], 1);
    // Whoever still names the one that is gone means the one that stays.
    let body = json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
        "beneficiary_id": 2, "beneficiary_public": true});
    let key = common::request();
    let first = world.try_post("/api/v1/retirements", &key, body.clone());
    let first: Value = read(first.await, StatusCode::CREATED, "retirements").await;
    let listed: Value = world.get("/api/v1/retirements").await;
    assert_eq!(
        listed["items"][0]["beneficiary_name"],
        "Helvetia Airways AG"
    );
    // The same wish again is the same wish, although the entry was merged into a third meanwhile.
    let third = json!({"name": "Swiss Skies", "distinct": true});
    let _: Value = world.post(LIST, third).await;
    let _: Value = world
        .post("/api/v1/beneficiaries/1/merge", json!({"into": 3}))
        .await;
    let again = world.try_post("/api/v1/retirements", &key, body);
    let again: Value = read(again.await, StatusCode::CREATED, "retirements").await;
    assert_eq!(again, first);
    for (path, body) in [
        ("3/merge", json!({"into": 3})),
        ("3/merge", json!({"into": 9})),
        ("2/merge", json!({"into": 3})),
    ] {
        let refused = world.refuse(&format!("{LIST}/{path}"), body).await;
        assert!((404..=422).contains(&refused.status), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_public_when_its_holder_says_so_and_everybody_can_check_it() {
    let world = World::start().await;
    let retire = |name: &str, public: bool| {
        json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
            "reason": "Flight emissions of 2025", "jurisdiction": "CH", "beneficiary": name, "beneficiary_public": public})
    };
    let made: Value = world
        .post("/api/v1/retirements", retire("Summit 2026", true))
        .await;
    assert_eq!(made["made"]["reason"], "Flight emissions of 2025");
    assert_eq!(made["made"]["jurisdiction"], "CH");
    let _: Value = world
        .post("/api/v1/retirements", retire("Ama Mensah", false))
        .await;
    let listed = world.bare(Method::GET, "/api/v1/retirements");
    let listed: Value = read(listed.send().await.unwrap(), StatusCode::OK, "retirements").await;
    let [hidden, shown] = &listed["items"].as_array().unwrap()[..] else {
        panic!("{listed}");
    };
    assert_eq!(
        (&shown["beneficiary_name"], &shown["jurisdiction"]),
        (&json!("Summit 2026"), &json!("CH"))
    );
    assert_eq!(shown["reason"], "Flight emissions of 2025");
    let mut salt = [0; 32];
    hex::decode_to_slice(shown["beneficiary_salt"].as_str().unwrap(), &mut salt).unwrap();
    let name = "Summit 2026".parse().unwrap();
    let Commitment(hash) = Beneficiary { salt, name }.commitment();
    assert_eq!(shown["beneficiary"], hex::encode(hash));
    assert!(hidden["beneficiary"].is_string());
    assert!(hidden.get("beneficiary_name").is_none() && hidden.get("beneficiary_salt").is_none());
    // Neither name is in the ledger, its feed or anywhere else that is public.
    let feed = world.bare(Method::GET, "/api/v1/events?limit=1000");
    let feed = feed.send().await.unwrap().text().await.unwrap();
    assert!(!feed.contains("Summit 2026") && !feed.contains("Ama Mensah"));
    let nameless = json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
        "beneficiary_public": true});
    let nameless = world.refuse("/api/v1/retirements", nameless).await;
    assert_eq!(
        nameless.errors[0].pointer.as_deref(),
        Some("/beneficiary_public")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_of_a_retirement_shows_near_names_and_keeps_nothing() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let made = add(
        &office,
        &office.developer,
        json!({"name": "Hotel Tanna Ltd"}),
    )
    .await;
    assert_eq!(made["id"], 1);
    let ask = json!({"flow": "retirement", "title": "For a guest"});
    let case = office.case(&office.developer, ask).await;
    let submit = json!({"step": "request", "form": {
            "purpose": "voluntary", "beneficiary": "Hotel Tanna", "units": ["GH-1-40"]},
        "reserve": {"account": office.accounts[0], "units": {"tonnes": 40}, "fate": {"retire": {
            "kind": "retire", "purpose": "voluntary", "beneficiary": "Hotel Tanna", "reason": "A night",
            "jurisdiction": "VU"}}}});
    let path = format!("/api/v1/cases/{case}/acts");
    let trial = format!("{path}?dry_run=true");
    let tried = send(&office.world, &office.developer, &trial, submit.clone());
    let tried: Value = read(tried.await, StatusCode::OK, &path).await;
    assert_eq!(tried["near_beneficiaries"][0]["name"], "Hotel Tanna Ltd");
    let act = office.act(&office.developer, case, submit).await;
    let fate = &act["made"]["act"]["reservation"]["fate"]["retire"];
    assert_eq!(
        fate["claim"],
        json!({"reason": "A night", "jurisdiction": "VU", "ndc_year": null})
    );
    assert!(fate["beneficiary"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_leaves_retirement() {
    let world = World::start().await;
    let retire =
        json!({"account": 1, "units": {"ranges": ["GH-1-10"]}, "kind": "retire", "purpose": "ndc"});
    let _: Value = world.post("/api/v1/retirements", retire.clone()).await;
    for (path, body) in [
        ("retirements", retire),
        (
            "account-transfers",
            json!({"from": 1, "to": 2, "units": {"ranges": ["GH-5-6"]}}),
        ),
        (
            "holds",
            json!({"account": 1, "ranges": ["GH-1-10"], "reason": "order"}),
        ),
        (
            "transfers",
            json!({"to": "CH", "agreement": "CH-GH-2020", "from": 1, "to_account": 7,
            "units": {"ranges": ["GH-1-10"]}}),
        ),
    ] {
        let refused = world.refuse(&format!("/api/v1/{path}"), body).await;
        assert_eq!(kind(&refused), "conflict", "{path}");
    }
}

/// Everything under a folder that holds one of some texts, in a file's name or in its bytes.
fn holding(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let holds = |text: &&&str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        found.extend(
            texts
                .iter()
                .filter(holds)
                .map(|text| format!("{text}: {}", path.display())),
        );
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_in_whose_favour_units_were_used_is_forgotten_for_good() {
    let world = World::start().await;
    for (name, country) in [
        ("Ama Serwaa Mensah", json!("GH")),
        ("A. S. Mensah", json!(null)),
    ] {
        let body = json!({"name": name, "country": country, "distinct": true});
        let _: Value = world.post(LIST, body).await;
    }
    let merged: Value = world
        .post("/api/v1/beneficiaries/2/merge", json!({"into": 1}))
        .await;
    assert_eq!(merged["aliases"], json!(["A. S. Mensah"]));
    let listed = json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
        "beneficiary_id": 1, "beneficiary_public": true});
    let _: Value = world.post("/api/v1/retirements", listed).await;
    let typed = json!({"account": 1, "units": {"tonnes": 6}, "kind": "retire", "purpose": "voluntary",
        "beneficiary": "Kojo Antwi Boateng", "beneficiary_public": true});
    let _: Value = world.post("/api/v1/retirements", typed).await;
    let names = ["Ama Serwaa Mensah", "A. S. Mensah", "Kojo Antwi Boateng"];
    assert!(!holding(world.root(), &names).is_empty());
    let before: Value = world.get("/api/v1/retirements").await;
    let shown: Vec<&Value> = before["items"].as_array().unwrap().iter().collect();
    assert!(
        shown.iter().all(|it| it["beneficiary_name"].is_string()),
        "{before}"
    );

    let erase = |path: String| world.ask(Method::DELETE, &path).send();
    let first = erase("/api/v1/beneficiaries/1".to_owned()).await.unwrap();
    assert_eq!(first.status(), StatusCode::NO_CONTENT);
    let unlisted = shown
        .iter()
        .find(|it| it["beneficiary_name"] == "Kojo Antwi Boateng");
    let commitment = unlisted.unwrap()["beneficiary"].as_str().unwrap();
    let path = format!("/api/v1/beneficiary-names/{commitment}");
    let anybody = world.bare(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(anybody.status(), StatusCode::UNAUTHORIZED);
    let tried = erase(format!("{path}?dry_run=true")).await.unwrap();
    assert_eq!(tried.status(), StatusCode::OK);
    let second = erase(path.clone()).await.unwrap();
    assert_eq!(second.status(), StatusCode::NO_CONTENT);

    // Nothing of them is left in the folder, and the ledger says what it said.
    assert_eq!(holding(world.root(), &names), Vec::<String>::new());
    let after: Value = world.get("/api/v1/retirements").await;
    for (then, now) in shown.iter().zip(after["items"].as_array().unwrap()) {
        assert_eq!(then["beneficiary"], now["beneficiary"]);
        assert!(
            now.get("beneficiary_name").is_none_or(Value::is_null),
            "{now}"
        );
        assert!(
            now.get("beneficiary_salt").is_none_or(Value::is_null),
            "{now}"
        );
    }
    for path in [path, "/api/v1/beneficiaries/1".to_owned()] {
        let again = problem(erase(path).await.unwrap()).await;
        assert_eq!(again.status, 404, "{again:?}");
    }
    let list: Value = world.get(LIST).await;
    assert_eq!(ids(&list), Vec::<u64>::new());
    // Its number stays taken.
    let next: Value = world.post(LIST, json!({"name": "Ama Serwaa Mensah"})).await;
    assert_eq!(next["id"], 3);
}
