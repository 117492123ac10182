//! The bridges that a node runs: how they stand, what they would send, what differs, what is refused; and what a stop, a kill or
//! an outage does to them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::cadt::{Node, Server};
use crate::dts;
use crate::faults::Doom;
use crate::office::{Office, project, sign_in};
use crate::platform;
use crate::world::{World, kind, problem, read};
use crate::{cadt_v1, cadt_v2};

const MAPPING: &str = r#"
[registry]
name = "Ghana Carbon Registry"
program = "Ghana Carbon Market"
verification_approach = "Third-party verification"
[links]
base = "https://registry.example"
[bodies]
"cem certifier" = ["Earthood Services Private Limited"]
"#;

/// How long a bridge may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn private(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A CADT node that publishes at once.
pub async fn cadt() -> Server {
    let mut node = cadt_v1::node();
    node.slowness = (0, 0);
    node.api_key = Some("the key of the CADT node".to_owned());
    Server::start(node, Doom::new(1), cadt_v1::answers)
        .await
        .unwrap()
}

pub fn settings(folder: &Path, cadt: &Server, more: &str) {
    let text = format!(
        "[cad-trust]\nurl = \"{}\"\napi_key_file = \"cadt.key\"\nmapping = \"cad-trust.toml\"\n{more}",
        cadt.url()
    );
    private(folder, "bridges.toml", &text);
    private(folder, "cad-trust.toml", MAPPING);
    private(folder, "cadt.key", "the key of the CADT node\n");
}

/// An office in a node with a bridge to this CADT node.
pub async fn office(cadt: &Server, more: &str) -> Office {
    let world = World::start_beside(DEFAULT, |folder| settings(folder, cadt, more)).await;
    Office::open_in(world, preset("small").unwrap()).await
}

/// A project with everything that CAD Trust asks, and tonnes of it; gives its number.
pub async fn with_units(office: &Office, tonnes: u64) -> u64 {
    let case = office.case(&office.developer, project()).await;
    let paper = office
        .document(&office.developer, case, "design-document")
        .await;
    let submit = json!({"step": "submit", "form": {
        "title": "Stoves on the outer islands", "sectoral_scope": 3,
        "locations": [{"place": "Tanna", "region": "Tafea"}],
        "start": "2023-01-01", "estimate_per_year": 500,
        "description": "Efficient stoves for 4,000 households on four islands.",
        "mitigation_types": ["efficiency-households"],
        "ndc": {"coverage": "inside", "condition": "conditional", "measure": "E-7"},
        "external_ids": [
            {"registry": "DTS", "id": format!("A-{tonnes}")},
            {"registry": "UNDP ITMO platform", "id": format!("P-{tonnes}")},
        ],
        "certifier": office.certifier.organisation,
    }, "documents": [paper]});
    office.act(&office.developer, case, submit).await;
    let mut validate = office.validation(case).await;
    // V2 has a row for each methodology, which wants its name.
    validate["form"]["methodologies"][0]["name"] =
        json!("Energy efficiency measures in thermal applications");
    office.act(&office.certifier, case, validate).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    for official in &office.officials[1..] {
        let view = office.get(official, &format!("/api/v1/cases/{case}")).await;
        if view["stage"] == "decision" {
            office
                .act(official, case, json!({"step": "authorise"}))
                .await;
        }
    }
    let verified = office.verified(case, tonnes).await;
    office.issue(verified).await;
    office.world.witness();
    let view = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    view["project"].as_u64().unwrap()
}

/// The developer gives tonnes to the buyer: one range becomes two.
async fn moved(office: &Office, tonnes: u64) {
    let [from, to] = office.accounts;
    office
        .transfer(&office.developer, from, &office.buyer, to, tonnes)
        .await;
    office.world.witness();
}

async fn status(office: &Office, bridge: &str) -> Value {
    office.world.get(&format!("/api/v1/bridges/{bridge}")).await
}

pub async fn post(world: &World, path: &str, body: Value) -> Value {
    let answer = world.ask(Method::POST, path).json(&body);
    let answer = answer.timeout(PATIENCE).send().await.unwrap();
    read(answer, StatusCode::OK, path).await
}

/// Lets a bridge work until its state is as wanted; gives it.
pub async fn until(world: &World, bridge: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let found = post(world, &format!("/api/v1/bridges/{bridge}/sync"), json!({})).await;
        if wanted(&found) {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{found:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn is_done(found: &Value) -> bool {
    found["state"] == "idle" && found["items"]["due"] == 0 && found["lag"] == 0
}

fn there(cadt: &Server, table: &str) -> Vec<Value> {
    cadt.node().table(table).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_sends_nothing_and_a_sync_brings_the_other_side_in_step() {
    let cadt = cadt().await;
    // Everything can be read there, and nothing written.
    cadt.node().ready_in = u64::MAX / 2;
    let office = office(&cadt, "").await;
    let number = with_units(&office, 100).await;
    let plan = "/api/v1/bridges/cad-trust/plan";
    let found = office.get(&office.officials[0], plan).await;
    let keys: Vec<&str> = found["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    let [project, unit] = [format!("project/{number}"), "unit/GH-1001".to_owned()];
    assert!(keys.contains(&project.as_str()), "{found:#}");
    assert!(keys.contains(&unit.as_str()), "{found:#}");
    assert!(
        found["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["action"] == "create")
    );
    let size = office.size().await;
    assert_eq!(found["size"], size);
    assert_eq!(
        there(&cadt, "Projects").len() + there(&cadt, "Units").len(),
        0
    );
    let state = status(&office, "cad-trust").await;
    assert_eq!(state["items"]["agreed"], 0);

    cadt.node().ready_in = 0;
    let state = until(&office.world, "cad-trust", is_done).await;
    assert_eq!(state["items"]["agreed"], 2, "{state:#}");
    assert_eq!(state["memory"], "cad-trust-v1");
    assert_eq!(state["size"], size);
    assert_eq!(
        state["runs"][0]["agreed"].as_u64().map(|it| it > 0),
        Some(true)
    );
    assert!(state["runs"][0]["root"].is_string(), "the receipt is kept");
    assert!(state["done_ms"].as_u64().unwrap() > 0);
    let units = there(&cadt, "Units");
    assert_eq!(units.len(), 1);
    assert_eq!(units[0]["unitCount"], 100);
    let found = office.get(&office.officials[0], plan).await;
    assert_eq!(found["changes"], json!([]));

    // What comes later goes by itself, without anybody's asking.
    moved(&office, 40).await;
    let began = Instant::now();
    while there(&cadt, "Units").len() < 2 {
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let metrics = office
        .world
        .bare(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    for line in [
        "countersign_bridge_barred{bridge=\"cad-trust\"} 0",
        "countersign_bridge_items{bridge=\"cad-trust\",state=\"dead\"} 0",
        "countersign_bridge_did_total{bridge=\"cad-trust\",what=\"faults\"}",
        "countersign_bridge_lag_leaves{bridge=\"cad-trust\"}",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_changes_there_is_found_shown_field_by_field_and_mended_by_a_replay() {
    let cadt = cadt().await;
    let office = office(&cadt, "").await;
    let number = with_units(&office, 100).await;
    until(&office.world, "cad-trust", is_done).await;
    let official = &office.officials[0];
    let of_project = format!("/api/v1/projects/{number}/agreement");
    let of_units = "/api/v1/units/GH-1001-1100/agreement";
    for path in [of_project.as_str(), of_units] {
        let found = office.get(official, path).await;
        let found = &found["bridges"][0];
        assert_eq!(
            (&found["bridge"], &found["state"]),
            (&json!("cad-trust"), &json!("agrees")),
            "{found:#}"
        );
        let fields = found["items"][0]["fields"].as_array().unwrap();
        assert!(fields.len() > 5);
        assert!(
            fields
                .iter()
                .all(|it| it["agrees"] == true && it["ours"] == it["theirs"])
        );
        // Everybody learns how it stands, and nobody else what stands there.
        let anybody = office.world.bare(Method::GET, path).send().await.unwrap();
        let anybody: Value = read(anybody, StatusCode::OK, path).await;
        let anybody = &anybody["bridges"][0];
        assert_eq!(
            (&anybody["state"], &anybody["items"]),
            (&json!("agrees"), &json!([]))
        );
    }

    let changed = {
        let mut node = cadt.node();
        let units = node.tables.get_mut("Units").unwrap();
        let unit = units.values_mut().next().unwrap();
        let before = unit["unitOwner"].as_str().unwrap().to_owned();
        unit["unitOwner"] = json!("Somebody else");
        before
    };
    let found = post(&office.world, "/api/v1/bridges/cad-trust/diff", json!({})).await;
    let wanted = json!([{"field": "/unitOwner", "ours": changed, "theirs": "Somebody else"}]);
    assert_eq!(found["differing"][0]["key"], "unit/GH-1001");
    assert_eq!(found["differing"][0]["fields"], wanted);
    let found = office.get(official, of_units).await;
    let unit = &found["bridges"][0]["items"][0];
    assert_eq!(unit["state"], "differs");
    assert_eq!(unit["fields"][0]["field"], "/unitOwner");
    assert_eq!(unit["fields"][0]["theirs"], "Somebody else");
    assert_eq!(unit["fields"][0]["agrees"], false);
    assert_eq!(unit["fields"][1]["agrees"], true);
    let anybody = office
        .world
        .bare(Method::GET, &of_project)
        .send()
        .await
        .unwrap();
    let anybody: Value = read(anybody, StatusCode::OK, "agreement").await;
    assert_eq!(anybody["bridges"][0]["state"], "differs");

    let replay = "/api/v1/bridges/cad-trust/replay";
    let tried = post(&office.world, &format!("{replay}?dry_run=true"), json!({})).await;
    assert_eq!(tried["answer"]["items"], 1);
    assert_eq!(status(&office, "cad-trust").await["items"]["differs"], 1);
    let done = post(&office.world, replay, json!({"key": "unit/GH-1001"})).await;
    assert_eq!(done["items"], 1);
    until(&office.world, "cad-trust", is_done).await;
    assert_eq!(there(&cadt, "Units")[0]["unitOwner"], json!(changed));
    assert_eq!(
        office.get(official, of_units).await["bridges"][0]["state"],
        "agrees"
    );
    let nothing = office
        .world
        .ask(Method::POST, replay)
        .json(&json!({"key": "unit/GH-1001"}));
    let nothing = problem(nothing.send().await.unwrap()).await;
    assert_eq!((nothing.status, kind(&nothing)), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_a_dead_letter_with_its_cause_and_stops_nothing_else() {
    let cadt = cadt().await;
    // By the serial of its first tonne.
    cadt.node().refused_units = vec!["GH-ITMO-3-002-2023-0-1001-1001".to_owned()];
    let office = office(&cadt, "").await;
    with_units(&office, 100).await;
    let is_dead = |it: &Value| it["items"]["dead"] == 1 && it["items"]["due"] == 0;
    let found = until(&office.world, "cad-trust", is_dead).await;
    assert_eq!(found["dead_letters"][0]["key"], "unit/GH-1001");
    assert!(
        !found["dead_letters"][0]["cause"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(found["dead_letters"][0]["replayed_ms"], Value::Null);
    with_units(&office, 40).await;
    until(&office.world, "cad-trust", |it| {
        it["items"]["agreed"] == 3 && is_dead(it)
    })
    .await;
    assert_eq!(there(&cadt, "Units").len(), 1);
    cadt.node().refused_units.clear();
    let done = post(&office.world, "/api/v1/bridges/cad-trust/replay", json!({})).await;
    assert_eq!(done["items"], 1);
    let found = until(&office.world, "cad-trust", is_done).await;
    assert_eq!(found["items"]["agreed"], 4);
    assert!(found["dead_letters"][0]["replayed_ms"].is_u64());
    assert_eq!(there(&cadt, "Units").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_look_at_bridges_and_who_may_drive_them() {
    let cadt = cadt().await;
    let office = office(&cadt, "").await;
    let official = &office.officials[0];
    let list = office.get(official, "/api/v1/bridges").await;
    assert_eq!(list["items"][0]["bridge"], "cad-trust");
    for (method, path) in [
        (Method::GET, "bridges"),
        (Method::GET, "bridges/cad-trust"),
        (Method::GET, "bridges/cad-trust/plan"),
        (Method::POST, "bridges/cad-trust/sync"),
        (Method::POST, "bridges/cad-trust/diff"),
        (Method::POST, "bridges/cad-trust/replay"),
    ] {
        let path = format!("/api/v1/{path}");
        let asked = office
            .ask(&office.developer, method.clone(), &path)
            .json(&json!({}));
        let asked = problem(asked.send().await.unwrap()).await;
        assert_eq!(
            (asked.status, kind(&asked)),
            (403, "forbidden"),
            "{method} {path}"
        );
    }
    let sync = office.ask(official, Method::POST, "/api/v1/bridges/cad-trust/sync");
    assert_eq!(sync.send().await.unwrap().status(), 200);
    let absent = office.world.fail("/api/v1/bridges/mrv").await;
    assert_eq!((absent.status, kind(&absent)), (404, "not-found"));
    assert!(
        absent.detail.contains("[mrv] in bridges.toml"),
        "{}",
        absent.detail
    );
    let strange = office.world.fail("/api/v1/bridges/verra").await;
    assert_eq!(strange.status, 400, "{}", strange.detail);
    assert!(
        strange.errors[0].detail.contains("itmo-platform"),
        "{strange:?}"
    );
    // The key stays where it is.
    let shown = office.world.bare(Method::GET, "/api/v1/bridges/cad-trust");
    let shown = shown.bearer_auth(&official.token).send().await.unwrap();
    assert!(
        !shown
            .text()
            .await
            .unwrap()
            .contains("the key of the CADT node")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_is_away_is_waited_for_and_says_so() {
    let cadt = cadt().await;
    cadt.doom.out(true);
    let office = office(&cadt, "").await;
    with_units(&office, 10).await;
    let found = until(&office.world, "cad-trust", |it| it["state"] == "waits").await;
    assert!(
        found["why"].as_str().unwrap().contains("not up"),
        "{found:#}"
    );
    assert!(found["until_ms"].as_u64().unwrap() > office.world.now_ms());
    let away = office.world.fail("/api/v1/bridges/cad-trust/plan").await;
    assert_eq!((away.status, kind(&away)), (502, "unreachable"));
    assert!(away.detail.contains("cad-trust"), "{}", away.detail);
    cadt.doom.out(false);
    until(&office.world, "cad-trust", is_done).await;
    // While it is away again each wait is longer than the one before; who asks for a turn does not wait.
    cadt.doom.out(true);
    moved(&office, 1).await;
    let began = Instant::now();
    while status(&office, "cad-trust").await["faults"] != 2 {
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    cadt.doom.out(false);
    let began = Instant::now();
    until(&office.world, "cad-trust", is_done).await;
    let took = began.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "it waits for ten seconds by itself: {took:?}"
    );
    // A key that the other side does not take any more waits for a person.
    cadt.node().api_key = Some("another key".to_owned());
    // What it said of itself counts for ten minutes.
    office.world.later(700_000);
    until(&office.world, "cad-trust", |it| it["state"] == "barred").await;
    let away = office.world.fail("/api/v1/bridges/cad-trust/plan").await;
    assert_eq!(away.status, 502, "{}", away.detail);
    assert!(away.detail.contains("API key"), "{}", away.detail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_goes_on_after_a_kill_at_any_step_with_nothing_lost_or_doubled() {
    let cadt = cadt().await;
    let mut office = office(&cadt, "").await;
    with_units(&office, 100).await;
    // The bridge has been made by then; each round the node ends at another of its requests, before or after its effect.
    for (round, steps) in [2_u64, 5, 9, 14, 20].into_iter().enumerate() {
        cadt.doom.kill_in(steps);
        moved(&office, 10 + round as u64).await;
        let killed = tokio::time::timeout(Duration::from_secs(8), cadt.doom.killed()).await;
        cadt.doom.spare();
        let Office {
            world,
            officials,
            developer,
            buyer,
            certifier,
            accounts,
        } = office;
        let world = world.restarted().await;
        world.witness();
        office = Office {
            world,
            officials,
            developer,
            buyer,
            certifier,
            accounts,
        };
        let found = until(&office.world, "cad-trust", is_done).await;
        assert_eq!(found["items"]["dead"], 0, "{found:#}");
        let ranges = round + 2;
        assert_eq!(
            there(&cadt, "Projects").len(),
            1,
            "after a kill: {}",
            killed.is_ok()
        );
        assert_eq!(
            there(&cadt, "Units").len(),
            ranges,
            "round {round}, killed: {}",
            killed.is_ok()
        );
    }
    let tonnes: u64 = there(&cadt, "Units")
        .iter()
        .map(|it| it["unitCount"].as_u64().unwrap())
        .sum();
    assert_eq!(tonnes, 100);
}

/// A CADT node that speaks V2 and publishes at once.
async fn cadt_of_v2() -> Server {
    let mut node = cadt_v2::node();
    node.slowness = (0, 0);
    node.api_key = Some("the key of the CADT node".to_owned());
    Server::start(node, Doom::new(5), cadt_v2::answers)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_speaks_v2_is_brought_in_step_and_stays_so_over_kills() {
    let cadt = cadt_of_v2().await;
    let mut office = office(&cadt, "").await;
    let number = with_units(&office, 100).await;
    // The first project was registered without a form, which V2 wants of every project: it waits, and nothing else does.
    let rests = |ranges: usize| {
        let cadt = &cadt;
        move |it: &Value| {
            it["state"] == "idle" && it["lag"] == 0 && there(cadt, "unit").len() == ranges
        }
    };
    let state = until(&office.world, "cad-trust", rests(1)).await;
    assert_eq!(state["memory"], "cad-trust-v2");
    assert_eq!(state["items"]["dead"], 0, "{state:#}");
    let plan = "/api/v1/bridges/cad-trust/plan";
    let plan = office.get(&office.officials[0], plan).await;
    let stopped = plan["stopped"].as_array().unwrap();
    let is_first = |it: &Value| {
        let key = it["key"].as_str().unwrap();
        key == "unit/GH-1" || key.starts_with("project/1")
    };
    assert!(stopped.iter().all(is_first), "{plan:#}");
    let projects = there(&cadt, "project");
    assert_eq!(projects.len(), 1);
    assert_eq!(projects[0]["projectName"], "Stoves on the outer islands");
    let path = format!("/api/v1/projects/{number}/agreement");
    let found = office.get(&office.officials[0], &path).await;
    assert_eq!(found["bridges"][0]["state"], "agrees", "{found:#}");
    for (round, steps) in [3_u64, 8, 14].into_iter().enumerate() {
        cadt.doom.kill_in(steps);
        moved(&office, 10 + round as u64).await;
        let _ = tokio::time::timeout(Duration::from_secs(8), cadt.doom.killed()).await;
        cadt.doom.spare();
        office = Office {
            world: office.world.restarted().await,
            ..office
        };
        office.world.witness();
        let found = until(&office.world, "cad-trust", rests(round + 2)).await;
        assert_eq!(found["items"]["dead"], 0, "{found:#}");
        let units = there(&cadt, "unit");
        let tonnes: u64 = units
            .iter()
            .map(|it| it["unitCount"].as_u64().unwrap())
            .sum();
        assert_eq!(tonnes, 100);
        assert_eq!(there(&cadt, "project").len(), 1);
    }
    // What somebody changes there is found and mended.
    {
        let mut node = cadt.node();
        let units = node.tables.get_mut("unit").unwrap();
        units.values_mut().next().unwrap()["unitCurrentOwner"] = json!("Somebody else");
    }
    let found = post(&office.world, "/api/v1/bridges/cad-trust/diff", json!({})).await;
    let field = &found["differing"][0]["fields"][0]["field"];
    assert_eq!(field, "/unitCurrentOwner", "{found:#}");
    post(&office.world, "/api/v1/bridges/cad-trust/replay", json!({})).await;
    let mended = |it: &Value| {
        let units = there(&cadt, "unit");
        it["state"] == "idle"
            && units
                .iter()
                .all(|it| it["unitCurrentOwner"] != "Somebody else")
    };
    until(&office.world, "cad-trust", mended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mrv_gets_the_one_number_and_tells_where_more_was_credited_than_was_reported() {
    let (cadt, doom) = (cadt().await, Doom::new(2));
    let mut node = Node::default();
    let table = node.tables.entry("activity".to_owned()).or_default();
    table.extend([dts::activity("A-100", "Transport", &[0, 0, 0])]);
    let mrv = Server::start(node, doom, dts::answers).await.unwrap();
    let more = format!(
        "[mrv]\nurl = \"{}/national\"\nusername = \"bridge@vu.example\"\npassword_file = \"mrv.password\"\n\
         name = \"DTS\"\nwrites = true\n",
        mrv.url()
    );
    let world = World::start_beside(DEFAULT, |folder| {
        settings(folder, &cadt, &more);
        private(folder, "mrv.password", "secret\n");
    })
    .await;
    let office = Office::open_in(world, preset("small").unwrap()).await;
    let number = with_units(&office, 100).await;
    let found = until(&office.world, "mrv", |it| {
        is_done(it) && it["items"]["agreed"] == 1
    })
    .await;
    assert_eq!(found["writes"], true);
    let achieved = || there(&mrv, "activity")[0]["achievedGHGReduction"].clone();
    assert_eq!(achieved(), json!(0.1), "a hundred tonnes in thousands");
    let found = post(&office.world, "/api/v1/bridges/mrv/diff", json!({})).await;
    assert_eq!(found["differing"], json!([]));
    let reconciled = &found["reconciliation"];
    let matched = json!([{"project": number, "activity": "A-100", "sector": "Transport"}]);
    assert_eq!(reconciled["matched"], matched);
    assert_eq!(reconciled["unmatched"][0]["project"], 1);
    assert_eq!(reconciled["unmatched"][0]["tonnes"], 1_000);
    let flag = json!({"sector": "Transport", "year": 2023, "credited": 100, "reported": 0});
    assert_eq!(reconciled["flags"], json!([flag]));

    let path = format!("/api/v1/projects/{number}/agreement");
    let agreement = |found: &Value| {
        let all = found["bridges"].as_array().unwrap();
        all.iter().find(|it| it["bridge"] == "mrv").unwrap().clone()
    };
    let found = agreement(&office.get(&office.officials[0], &path).await);
    assert_eq!(found["state"], "agrees", "{found:#}");
    assert_eq!(found["items"][0]["key"], "activity/A-100");
    {
        let mut node = mrv.node();
        let table = node.tables.get_mut("activity").unwrap();
        table.get_mut("A-100").unwrap()["achievedGHGReduction"] = json!(7);
    }
    let found = post(&office.world, "/api/v1/bridges/mrv/diff", json!({})).await;
    assert_eq!(
        found["differing"][0]["fields"][0]["theirs"], "7",
        "{found:#}"
    );
    let found = agreement(&office.get(&office.officials[0], &path).await);
    assert_eq!(found["state"], "differs");
    post(&office.world, "/api/v1/bridges/mrv/replay", json!({})).await;
    until(&office.world, "mrv", is_done).await;
    assert_eq!(achieved(), json!(0.1));
    // The first project was registered without a form, so nothing is known of an activity.
    let found = office
        .get(&office.officials[0], "/api/v1/projects/1/agreement")
        .await;
    assert_eq!(agreement(&found)["state"], "absent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_platforms_projects_are_shown_as_drafts_and_beside_those_of_the_ledger() {
    let cadt = cadt().await;
    let mut node = Node::default();
    let table = node.tables.entry("projects".to_owned()).or_default();
    let [full, early, odd] = platform::projects();
    let mut known = full.clone();
    known["id"] = json!("P-100");
    for project in [full, early, odd, known] {
        table.insert(project["id"].as_str().unwrap().to_owned(), project);
    }
    let server = Server::start(node, Doom::new(3), platform::answers)
        .await
        .unwrap();
    let more = format!(
        "[itmo-platform]\nurl = \"{}/api\"\nemail = \"registry@vu.example\"\napi_key_file = \"itmo.key\"\n\
         password_file = \"itmo.password\"\nname = \"UNDP ITMO platform\"\n",
        server.url()
    );
    let world = World::start_beside(DEFAULT, |folder| {
        settings(folder, &cadt, &more);
        private(folder, "itmo.key", "key\n");
        private(folder, "itmo.password", "secret\n");
    })
    .await;
    let office = Office::open_in(world, preset("small").unwrap()).await;
    let number = with_units(&office, 100).await;
    let official = &office.officials[0];
    let plan = office
        .get(official, "/api/v1/bridges/itmo-platform/plan")
        .await;
    let keys: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    let wanted = [
        "draft/P-1",
        "monitoring/P-1/step-1",
        "monitoring/P-100/step-1",
        "draft/P-3",
    ];
    assert_eq!(keys, wanted, "{plan:#}");
    let title = json!({"field": "/title", "ours": "", "theirs": "Solar on schools"});
    assert!(
        plan["changes"][0]["fields"]
            .as_array()
            .unwrap()
            .contains(&title)
    );
    assert!(
        plan["stopped"]
            .to_string()
            .contains("\\\"fishing\\\" has no word in [sectors]")
    );
    let found = post(
        &office.world,
        "/api/v1/bridges/itmo-platform/diff",
        json!({}),
    )
    .await;
    assert_eq!(found["differing"][0]["key"], format!("project/{number}"));
    let title = json!({"field": "/title", "ours": "Stoves on the outer islands", "theirs": "Solar on schools"});
    let differing = found["differing"][0]["fields"].as_array().unwrap();
    assert!(differing.contains(&title), "{found:#}");
    assert_eq!(found["foreign"].as_array().unwrap().len(), 4);
    let path = format!("/api/v1/projects/{number}/agreement");
    let found = office.get(official, &path).await;
    let all = found["bridges"].as_array().unwrap();
    let found = all
        .iter()
        .find(|it| it["bridge"] == "itmo-platform")
        .unwrap();
    assert_eq!(
        (&found["state"], &found["items"][0]["theirs"]),
        (&json!("differs"), &json!("P-100"))
    );
    let state = status(&office, "itmo-platform").await;
    assert_eq!(
        (&state["state"], &state["writes"]),
        (&json!("idle"), &json!(false))
    );
    assert!(state["until_ms"].as_u64().unwrap() > office.world.now_ms() + 80_000_000);
}

/// A server that takes connections and never answers.
async fn hanging() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    format!("http://{address}/national")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_hangs_or_refuses_delays_no_other_bridge_no_mail_and_not_the_node() {
    let cadt = cadt().await;
    let mrv = hanging().await;
    let more = format!(
        "[mrv]\nurl = \"{mrv}\"\nusername = \"u@example.org\"\npassword_file = \"mrv.password\"\nname = \"DTS\"\nwrites = true\n\
         [itmo-platform]\nurl = \"http://127.0.0.1:9/api\"\nemail = \"u@example.org\"\napi_key_file = \"mrv.password\"\n\
         password_file = \"mrv.password\"\nname = \"UNDP ITMO platform\"\n"
    );
    let world = World::start_beside(DEFAULT, |folder| {
        settings(folder, &cadt, &more);
        private(folder, "mrv.password", "secret\n");
    })
    .await;
    let office = Office::open_in(world, preset("small").unwrap()).await;
    let telling = {
        let (app, stop) = (
            office.world.app.clone(),
            tokio_util::sync::CancellationToken::new(),
        );
        (tokio::spawn(app.tell_users(stop.clone())), stop)
    };
    // A day of it, with work again and again.
    let mut office = office;
    with_units(&office, 100).await;
    let before = office.world.mails().len();
    for hour in 1..=4_u64 {
        office.world.forward(6 * 3_600_000);
        // Sessions ended meanwhile.
        for (who, email) in [
            (&mut office.developer, "ama@developer.example"),
            (&mut office.buyer, "ben@developer.example"),
        ] {
            *who = sign_in(&office.world, email, who.organisation).await;
        }
        let began = Instant::now();
        moved(&office, hour).await;
        let wanted = usize::try_from(hour).unwrap() + 1;
        while there(&cadt, "Units").len() < wanted {
            assert!(began.elapsed() < Duration::from_secs(20), "hour {hour}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(
        office.world.mails().len() > before,
        "news goes out all the while"
    );
    let mrv = status(&office, "mrv").await;
    assert_ne!(mrv["state"], "idle", "{mrv:#}");
    let platform = status(&office, "itmo-platform").await;
    assert_eq!(platform["state"], "waits", "{platform:#}");
    assert!(platform["why"].as_str().unwrap().len() > 10);
    assert_eq!(status(&office, "cad-trust").await["items"]["dead"], 0);
    let ready = office
        .world
        .bare(Method::GET, "/readyz")
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    telling.1.cancel();
    telling.0.await.unwrap();
}

#[test]
fn settings_with_a_mistake_are_told_with_the_place_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bridges.toml");
    let said = |text: &str| {
        private(folder.path(), "bridges.toml", text);
        countersign_node::bridges::prepare(&file)
            .err()
            .unwrap()
            .to_string()
    };
    let misspelt = said("[cad-trust]\nurl = \"http://127.0.0.1:1\"\nmaping = \"x\"\n");
    assert!(
        misspelt.contains("bridges.toml") && misspelt.contains("maping"),
        "{misspelt}"
    );
    let good =
        "[cad-trust]\nurl = \"http://127.0.0.1:1\"\nmapping = \"m.toml\"\napi_key_file = \"k\"\n";
    assert!(said(good).contains("m.toml"));
    private(folder.path(), "m.toml", MAPPING);
    assert!(said(good).contains("/k: "), "{}", said(good));
    private(folder.path(), "k", "key\n");
    private(folder.path(), "bridges.toml", good);
    let (bridges, _) = countersign_node::bridges::prepare(&file).unwrap();
    let names: Vec<String> = bridges.names().map(|it| it.to_string()).collect();
    assert_eq!(names, ["cad-trust"]);
    fs::set_permissions(folder.path().join("k"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(said(good).contains("chmod 600"));
}
