//! Monitoring data: signed points, what is computed from them, and a report that claims no more; and the calls of an older MRV.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_bridge::dmrv::{Point, write_csv};
use countersign_protocol::log::{Hash, verify_inclusion};
use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::bridges::{cadt, private, settings, until};
use crate::cadt::{Node, Server};
use crate::faults::Doom;
use crate::office::{Office, Somebody, send};
use crate::older_mrv;
use crate::world::{World, kind, problem, read};

pub const BLUEPRINT: &str = r#"
format = 1
id = "solar"
version = "1.0"
title = "Diesel that a solar grid replaces"
[inputs.energy]
unit = "MWh"
take = "sum"
[constants]
diesel = "0.7"
[result]
formula = "energy * diesel"
credited = "lower"
"#;

pub fn signer() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub fn point(source: u64, value: &str, month: u8) -> Point {
    let mut point = Point {
        source,
        input: "energy".to_owned(),
        value: value.to_owned(),
        unit: "MWh".to_owned(),
        uncertainty: "0.5".to_owned(),
        start: format!("2024-{month:02}-01T00:00:00Z").parse().unwrap(),
        end: format!("2024-{:02}-01T00:00:00Z", month + 1)
            .parse()
            .unwrap(),
        signature: String::new(),
    };
    let text = point.signed_text("GH").unwrap();
    point.signature = STANDARD.encode(signer().sign(text.as_bytes()).to_bytes());
    point
}

async fn ask(office: &Office, who: &Somebody, path: &str, body: Value) -> Response {
    send(&office.world, who, &format!("/api/v1/{path}"), body).await
}

async fn made(office: &Office, who: &Somebody, path: &str, body: Value) -> Value {
    let answer = ask(office, who, path, body).await;
    assert!(
        answer.status().is_success(),
        "{path}: {}",
        answer.text().await.unwrap()
    );
    answer.json().await.unwrap()
}

async fn refused(office: &Office, who: &Somebody, path: &str, body: Value) -> (u16, String) {
    let problem = problem(ask(office, who, path, body).await).await;
    let errors: Vec<String> = problem.errors.iter().map(|it| format!("{it:?}")).collect();
    (
        problem.status,
        format!("{} {}", problem.detail, errors.join(" ")),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_rests_on_signed_points_and_claims_no_more_than_they_give() {
    let office = Office::open().await;
    let (developer, official) = (&office.developer, &office.officials[0]);
    let case = office.authorised_project().await;
    let view = office
        .get(developer, &format!("/api/v1/cases/{case}"))
        .await;
    let project = view["project"].as_u64().unwrap();

    // Who may enter what.
    let key = STANDARD.encode(signer().verifying_key().as_bytes());
    let new = json!({"name": "Meter 4, north roof", "key": key});
    let sources = format!("projects/{project}/sources");
    assert_eq!(
        refused(&office, &office.buyer, &sources, new.clone())
            .await
            .0,
        403
    );
    let tried = ask(
        &office,
        developer,
        &format!("{sources}?dry_run=true"),
        new.clone(),
    )
    .await;
    assert_eq!(tried.status(), 200);
    let source = made(&office, developer, &sources, new).await["source"]
        .as_u64()
        .unwrap();
    let listed = office.get(official, &format!("/api/v1/{sources}")).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let blueprint = json!({"file": BLUEPRINT});
    assert_eq!(
        refused(&office, developer, "blueprints", blueprint.clone())
            .await
            .0,
        403
    );
    made(&office, official, "blueprints", blueprint.clone()).await;
    made(&office, official, "blueprints", blueprint).await;
    let other = json!({"file": BLUEPRINT.replace("0.7", "0.9")});
    let (status, why) = refused(&office, official, "blueprints", other).await;
    assert_eq!(status, 409, "{why}");
    assert!(why.contains("a version never changes"), "{why}");

    // Points, by JSON and by file; a wrong one takes the others with it.
    let good = [point(source, "100.5", 1), point(source, "100.50", 2)];
    let mut forged = point(source, "100.5", 3);
    forged.value = "900".to_owned();
    let all = json!({"points": [good[0], forged]});
    let (status, why) = refused(&office, developer, "data-points", all).await;
    assert_eq!(status, 422, "{why}");
    assert!(
        why.contains("/points/1") && why.contains("signature"),
        "{why}"
    );
    let theirs = refused(
        &office,
        &office.buyer,
        "data-points",
        json!({"points": [good[0]]}),
    )
    .await;
    assert!(
        theirs.0 == 422 && theirs.1.contains("no source"),
        "{theirs:?}"
    );
    let taken = made(
        &office,
        developer,
        "data-points",
        json!({"points": [good[0]]}),
    )
    .await;
    assert_eq!(taken, json!({"new": 1, "known": 0}));
    let file = office
        .ask(developer, Method::POST, "/api/v1/data-points/file")
        .header("content-type", "text/csv")
        .body(write_csv(&good));
    let taken: Value = read(
        file.send().await.unwrap(),
        StatusCode::OK,
        "data-points/file",
    )
    .await;
    assert_eq!(taken, json!({"new": 1, "known": 1}));
    let again = point(source, "100.6", 2);
    let (status, why) = refused(
        &office,
        developer,
        "data-points",
        json!({"points": [again]}),
    )
    .await;
    assert_eq!(status, 409, "{why}");

    // Sealed: the figure is computed, the root commits to every point.
    let batches = format!("projects/{project}/batches");
    let wish = json!({"blueprint": "solar", "version": "1.0", "from": "2024-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"});
    let tried = ask(
        &office,
        developer,
        &format!("{batches}?dry_run=true"),
        wish.clone(),
    )
    .await;
    assert_eq!(tried.status(), 200);
    let batch = made(&office, developer, &batches, wish.clone()).await;
    let figure = json!({"year": 2024, "value": "140.7", "lower": "140", "upper": "141.4", "tonnes": 140, "points": 2});
    assert_eq!(batch["figures"], json!([figure]));
    let (status, why) = refused(&office, developer, &batches, wish).await;
    assert_eq!(status, 422, "a point is in one batch: {why}");
    let root = batch["root"].as_str().unwrap().to_owned();
    let found = office
        .get(official, &format!("/api/v1/batches/{root}"))
        .await;
    assert_eq!(
        (&found["checked"], &found["figures"]),
        (&json!(true), &batch["figures"])
    );
    for index in 0..2_u64 {
        let path = format!("/api/v1/batches/{root}/points/{index}/proof");
        let proof = office.get(official, &path).await;
        let hash = |text: &Value| -> Hash {
            hex::decode(text.as_str().unwrap())
                .unwrap()
                .try_into()
                .unwrap()
        };
        let hashes: Vec<Hash> = proof["hashes"]
            .as_array()
            .unwrap()
            .iter()
            .map(hash)
            .collect();
        let (leaf, size) = (hash(&proof["leaf"]), proof["size"].as_u64().unwrap());
        verify_inclusion(&leaf, index, size, &hashes, &hash(&json!(root))).unwrap();
    }
    let stranger = office.ask(
        &office.buyer,
        Method::GET,
        &format!("/api/v1/batches/{root}"),
    );
    assert_eq!(stranger.send().await.unwrap().status(), 404);

    // The report names the root, and its leaf commits to the report.
    let report = |tonnes: u64| {
        json!({"period": {"start": "2024-01-01", "end": "2024-12-31"}, "evidence": [root],
            "reductions": [{"vintage": 2024, "tonnes": tonnes}]})
    };
    let new = json!({"flow": "monitoring", "parent": case, "title": "Monitoring 2024"});
    let period = office.case(developer, new.clone()).await;
    let paper = office
        .document(developer, period, "monitoring-report")
        .await;
    let act = |tonnes: u64| json!({"step": "submit", "form": report(tonnes), "documents": [paper]});
    let acts = format!("cases/{period}/acts");
    let (status, why) = refused(&office, developer, &acts, act(141)).await;
    assert_eq!(status, 422, "{why}");
    assert!(
        why.contains("claims 141 tonnes of 2024") && why.contains("gives 140"),
        "{why}"
    );
    let mut odd = act(140);
    odd["form"]["evidence"] = json!(["ab".repeat(32)]);
    let (status, why) = refused(&office, developer, &acts, odd).await;
    assert!(
        status == 422 && why.contains("no sealed batch of this project"),
        "{why}"
    );
    office.act(developer, period, act(140)).await;
    let found = office
        .get(official, &format!("/api/v1/batches/{root}"))
        .await;
    assert_eq!(found["used_by"], period);
    let second = office.case(developer, new).await;
    let paper = office
        .document(developer, second, "monitoring-report")
        .await;
    let mut again = json!({"step": "submit", "form": report(1), "documents": [paper]});
    again["form"]["period"] = json!({"start": "2025-01-01", "end": "2025-12-31"});
    let (status, why) = refused(&office, developer, &format!("cases/{second}/acts"), again).await;
    assert!(
        status == 422 && why.contains("the same data is not claimed twice"),
        "{why}"
    );

    // A source that was revoked gives nothing more.
    made(
        &office,
        developer,
        &format!("sources/{source}/revoke"),
        json!({}),
    )
    .await;
    let late = json!({"points": [point(source, "1", 5)]});
    let (status, why) = refused(&office, developer, "data-points", late).await;
    assert!(status == 422 && why.contains("was revoked"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_system_sends_points_with_a_key_that_opens_nothing_else() {
    let office = Office::open().await;
    let developer = &office.developer;
    let case = office.authorised_project().await;
    let view = office
        .get(developer, &format!("/api/v1/cases/{case}"))
        .await;
    let key = STANDARD.encode(signer().verifying_key().as_bytes());
    let path = format!("projects/{}/sources", view["project"]);
    let source = made(
        &office,
        developer,
        &path,
        json!({"name": "Data system", "key": key}),
    )
    .await;
    let source = source["source"].as_u64().unwrap();
    let soon = office.world.now_ms() + 3_600_000;
    for (actions, wanted) in [("monitoring-submit", 200), ("units-read", 422)] {
        let new = json!({"label": actions, "actions": [actions], "expires_ms": soon});
        let drawn = made(&office, developer, "me/api-keys", new).await;
        let body = json!({"points": [point(source, "1", 1)]});
        let sent = office
            .world
            .bare(Method::POST, "/api/v1/data-points")
            .bearer_auth(drawn["key"].as_str().unwrap())
            .json(&body);
        assert_eq!(sent.send().await.unwrap().status(), wanted, "{actions}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_mrv_calls_the_registry_its_projects_wait_for_a_person_and_it_is_told_of_a_refusal()
 {
    let cadt = cadt().await;
    let mut there = Node::default();
    let table = there.tables.entry("programme".to_owned()).or_default();
    table.extend([older_mrv::programme("MRV-7", 1_000)]);
    let mrv = Server::start(there, Doom::new(8), older_mrv::answers)
        .await
        .unwrap();
    let calls = format!(
        "[mrv-calls]\nname = \"MRV\"\nmapping = \"calls.toml\"\n\
         [mrv-calls.push]\nurl = \"{}/national\"\napi_key_file = \"mrv.key\"\nwrites = true\n",
        mrv.url()
    );
    let mut words = std::path::PathBuf::new();
    let world = World::start_beside(DEFAULT, |folder| {
        settings(folder, &cadt, &calls);
        private(folder, "mrv.key", older_mrv::KEY);
        private(folder, "calls.toml", "");
        words = folder.join("calls.toml");
    })
    .await;
    let office = Office::open_in(world, preset("small").unwrap()).await;
    let soon = office.world.now_ms() + 3_600_000;
    let new = |action: &str| json!({"label": "mrv", "actions": [action], "expires_ms": soon});
    let official = &office.officials[0];
    let key = made(&office, official, "me/api-keys", new("data-import")).await;
    let poor = made(&office, official, "me/api-keys", new("project-read")).await;
    let call = async |key: &Value, method: Method, path: &str, body: Value| {
        let asked = office.world.bare(method, &format!("/national/{path}"));
        let asked = asked.header("api_key", key.as_str().unwrap_or_default());
        let answer = asked.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap())
    };
    let programme = json!({
        "title": "Solar on schools", "externalId": "MRV-7", "sectoralScope": "1", "sector": "Energy",
        "startTime": 1_714_521_600, "endTime": 1_746_057_600, "proponentTaxVatId": ["T-1"], "proponentPercentage": [100],
    });
    let create = "programme/create";
    assert_eq!(
        call(&json!("wrong"), Method::POST, create, programme.clone())
            .await
            .0,
        401
    );
    assert_eq!(
        call(&poor["key"], Method::POST, create, programme.clone())
            .await
            .0,
        403
    );
    let (status, said) = call(&key["key"], Method::POST, create, json!({"title": "X"})).await;
    assert_eq!((status, &said["statusCode"]), (400, &json!(400)));
    for _ in 0..2 {
        assert_eq!(
            call(&key["key"], Method::POST, create, programme.clone())
                .await
                .0,
            201
        );
    }
    let user = json!({"email": "somebody@developer.example", "company": {"name": "Sun Ltd", "taxId": "T-1"}});
    assert_eq!(
        call(&key["key"], Method::POST, "user/sync", user).await.0,
        201
    );
    let document = json!({"externalId": "MRV-7", "type": "0", "data": "JVBERi0x"});
    assert_eq!(
        call(&key["key"], Method::POST, "programme/addDocument", document)
            .await
            .0,
        201
    );
    assert_eq!(
        call(&key["key"], Method::PUT, "programme/issueCredit", json!({}))
            .await
            .0,
        404
    );

    let arrivals = "/api/v1/bridges/mrv/arrivals";
    let found = office.get(official, arrivals).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(found["items"][0]["state"], "stopped");
    assert!(!found.to_string().contains("somebody@"));
    let developer = &office.developer;
    std::fs::write(
        &words,
        format!("[owners]\n\"T-1\" = {}\n", developer.organisation),
    )
    .unwrap();
    let opened = made(
        &office,
        developer,
        "bridges/mrv/arrivals/open",
        json!({"key": "draft/MRV-7"}),
    )
    .await;
    let case = opened["made"]["case"].as_u64().unwrap();
    let draft = office
        .get(developer, &format!("/api/v1/cases/{case}/drafts/submit"))
        .await;
    assert_eq!(draft["form"]["start"], "2024-05-01");
    assert_eq!(
        draft["form"]["external_ids"],
        json!([{"registry": "MRV", "id": "MRV-7"}])
    );
    // The MRV says it again: nothing is opened twice.
    assert_eq!(
        call(&key["key"], Method::POST, create, programme).await.0,
        201
    );
    let again = made(
        &office,
        developer,
        "bridges/mrv/arrivals/open",
        json!({"key": "draft/MRV-7"}),
    )
    .await;
    assert_eq!(again["made"]["case"], case);

    // Refused here, the MRV is told so, and of nothing else.
    let paper = office.document(developer, case, "design-document").await;
    let mut form = draft["form"].clone();
    let more = json!({
        "locations": [{"place": "Tanna", "region": "Tafea"}], "estimate_per_year": 500,
        "description": "Solar roofs for forty schools.", "certifier": office.certifier.organisation,
    });
    form.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let submit = json!({"step": "submit", "form": form, "documents": [paper]});
    office.act(developer, case, submit).await;
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(official, case, recommend).await;
    office.world.witness();
    let plan = office.get(official, "/api/v1/bridges/mrv/plan").await;
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    let refuse = json!({"step": "authorise", "no": true, "comment": "It is not additional."});
    office.act(&office.officials[1], case, refuse).await;
    office.world.witness();
    let status = until(&office.world, "mrv", |it| it["items"]["agreed"] == 1).await;
    assert_eq!(status["memory"], "mrv-calls", "{status:#}");
    let node = mrv.node();
    assert_eq!(
        node.tables["programme"]["MRV-7"]["currentStage"],
        "Rejected"
    );
    assert_eq!(node.audit.len(), 1, "{:?}", node.audit);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_country_that_takes_no_calls_says_so() {
    let office = Office::open().await;
    let asked = office
        .world
        .bare(Method::POST, "/national/programme/create");
    let answer = asked
        .header("api_key", "x")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    let absent = office.world.fail("/api/v1/bridges/mrv/arrivals").await;
    assert_eq!((absent.status, kind(&absent)), (404, "not-found"));
}
