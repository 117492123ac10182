//! The traps of CADT V1 that lose data silently, each with what the bridge does about it.

use countersign_bridge::cad_trust::{Mapping, Version, discover};
use countersign_bridge::frame::{Fault, ItemState, Store as _};
use serde_json::{Value, json};

use crate::cadt::{Node, Row};
use crate::cadt_v1::{answers, counted, node};
use crate::country::{Country, description};
use crate::rig::{MAPPING, Rig, settings};

/// A country with a project and 100 tonnes.
fn country() -> Country {
    let mut country = Country::new();
    let project = country.project();
    country.issue(project, 100).unwrap();
    country
}

async fn rig() -> Rig {
    Rig::new(country(), node(), answers).await
}

fn units(node: &Node) -> Vec<(String, u64, String)> {
    let row = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        (
            text("unitBlockStart"),
            it["unitCount"].as_u64().unwrap(),
            text("unitStatus"),
        )
    };
    let mut units: Vec<_> = node.table("Units").map(row).collect();
    units.sort();
    units
}

fn requests_with(node: &Node, part: &str) -> usize {
    node.requests.iter().filter(|it| it.contains(part)).count()
}

#[tokio::test]
async fn trap_1_everything_is_committed_at_once_and_foreign_drafts_are_neither_published_nor_lost()
{
    let rig = rig().await;
    let draft = Row {
        uuid: "draft".to_owned(),
        table: "Projects".to_owned(),
        action: "INSERT",
        id: "draft".to_owned(),
        data: json!({"projectId": "somebody else's"}),
        committed: false,
        failed: false,
    };
    rig.server.node().staging.push(draft);
    let mut bridge = rig.bridge();
    rig.some_turns(&mut bridge, 40).await;
    let why = rig.store.waiting().await.unwrap().why.unwrap();
    assert!(why.contains("not of this bridge"), "{why}");
    assert_eq!(requests_with(&rig.server.node(), "commit"), 0);
    assert_eq!(
        rig.server.node().staging.len(),
        1,
        "the draft is still there"
    );
    rig.server.node().staging.clear();
    rig.settle(&mut bridge).await;
    assert_eq!(units(&rig.server.node()).len(), 1);
}

#[tokio::test]
async fn trap_2_a_project_is_always_sent_with_all_its_children_and_their_ids() {
    let mut rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let children = |rig: &Rig| -> Vec<(String, String)> {
        let node = rig.server.node();
        let project = node.table("Projects").next().unwrap().clone();
        let lists = [
            "projectLocations",
            "issuances",
            "labels",
            "coBenefits",
            "estimations",
            "relatedProjects",
        ];
        let of = |list: &str| {
            let rows = project[list].as_array().cloned().unwrap_or_default();
            let list = list.to_owned();
            rows.into_iter()
                .map(move |it| (list.clone(), it["id"].as_str().unwrap().to_owned()))
        };
        lists.into_iter().flat_map(of).collect()
    };
    let before = children(&rig);
    assert_eq!(
        before.len(),
        7,
        "a place, an issuance, two goals, two estimates, a related project"
    );
    let project = rig.country.projects[0];
    rig.country.issue(project, 50).unwrap();
    rig.country.authorise(30).unwrap();
    rig.settle(&mut bridge).await;
    let after = children(&rig);
    assert!(
        before.iter().all(|it| after.contains(it)),
        "{before:?} {after:?}"
    );
    assert_eq!(
        after.len(),
        before.len() + 2,
        "an issuance and a label more"
    );
    assert_eq!(rig.count(ItemState::Agreed).await, 4);
}

#[tokio::test]
async fn trap_3_a_unit_keeps_its_issuance_and_labels_when_it_changes() {
    let mut rig = rig().await;
    rig.country.authorise(100).unwrap();
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    rig.country.transfer(40, true).unwrap();
    rig.settle(&mut bridge).await;
    let node = rig.server.node();
    assert_eq!(node.table("Units").count(), 2);
    for unit in node.table("Units") {
        assert!(unit["issuanceId"].is_string(), "{unit}");
        assert_eq!(unit["labelIds"].as_array().unwrap().len(), 1, "{unit}");
    }
}

#[tokio::test]
async fn trap_4_a_range_is_shrunk_and_the_rest_added_in_one_commit_and_nothing_is_ever_split_there()
{
    let mut rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let commits = requests_with(&rig.server.node(), "commit");
    rig.country.retire(40).unwrap();
    // At no moment does the other side have other tonnes than were issued.
    for _ in 0..2_000 {
        rig.some_turns(&mut bridge, 1).await;
        let tonnes: u64 = units(&rig.server.node())
            .iter()
            .map(|(_, tonnes, _)| tonnes)
            .sum();
        assert_eq!(tonnes, 100);
        if rig.count(ItemState::Due).await == 0 && rig.store.run().await.unwrap().is_none() {
            break;
        }
    }
    let node = rig.server.node();
    let expected = [
        ("VU-ITMO-3-002-2021-0-1-1".to_owned(), 60, "Held".to_owned()),
        (
            "VU-ITMO-3-002-2021-0-61-61".to_owned(),
            40,
            "Retired".to_owned(),
        ),
    ];
    assert_eq!(units(&node), expected);
    assert_eq!(requests_with(&node, "commit"), commits + 1, "one commit");
    assert_eq!(
        requests_with(&node, "split") + requests_with(&node, "transfer"),
        0
    );
}

#[tokio::test]
async fn trap_5_what_a_node_shows_is_never_sent_back_as_it_is() {
    // Keys that a node shows and refuses: orgUid, serialNumberBlock, issuanceId. Updates pass its validation all the same, and
    // its spreadsheets are not used at all.
    let mut rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    rig.country.retire(100).unwrap();
    rig.settle(&mut bridge).await;
    assert_eq!(rig.causes(ItemState::Dead).await, []);
    let node = rig.server.node();
    assert_eq!(units(&node)[0].2, "Retired");
    assert_eq!(requests_with(&node, "xlsx"), 0);
}

#[tokio::test]
async fn a_commit_that_answers_200_is_not_published_yet_and_nothing_is_written_before_the_gate_opens()
 {
    let mut slow = node();
    slow.slowness = (25, 25);
    let rig = Rig::new(country(), slow, answers).await;
    let mut bridge = rig.bridge();
    let mut seen_waiting = false;
    for _ in 0..4_000 {
        rig.some_turns(&mut bridge, 1).await;
        let agreed = rig.count(ItemState::Agreed).await;
        let published = rig.server.node().table("Projects").count() as u64;
        assert!(agreed == 0 || published > 0, "agreed before it was there");
        let pending = rig.server.node().pending();
        seen_waiting |= pending;
        if agreed == 2 {
            break;
        }
    }
    assert!(seen_waiting);
    assert_eq!(rig.count(ItemState::Agreed).await, 2);
    // A write while the gate is closed is answered 400; there was none, or the bridge would have counted a fault.
    assert_eq!(
        bridge
            .metrics()
            .get(countersign_bridge::frame::Counter::Faults),
        0
    );
}

#[tokio::test]
async fn a_publication_that_fails_for_good_is_sent_again() {
    let mut failing = node();
    failing.failures = 2;
    let rig = Rig::new(country(), failing, answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    assert_eq!(rig.count(ItemState::Agreed).await, 2);
    assert_eq!(rig.server.node().table("Units").count(), 1);
}

#[tokio::test]
async fn a_run_keeps_the_generation_and_root_hash_that_prove_it() {
    let rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let runs = rig.store.past_runs(10).await.unwrap();
    let generations: Vec<u64> = runs
        .iter()
        .filter_map(|it| Some(it.receipt.as_ref()?.generation))
        .collect();
    assert_eq!(generations, [2, 1], "the project, then its units");
    assert!(runs.iter().all(|it| {
        it.receipt
            .as_ref()
            .is_some_and(|it| it.root.starts_with("0x"))
    }));
}

#[tokio::test]
async fn a_word_without_a_name_there_stops_that_project_with_its_field_and_no_other() {
    let mut country = Country::new();
    for _ in 0..2 {
        let project = country.project();
        country.issue(project, 10).unwrap();
    }
    let mut odd = description(1);
    odd.mitigation_types = vec!["other".to_owned()];
    odd.ndc = None;
    country.feed.descriptions.lock().unwrap().insert(2, odd);
    let rig = Rig::new(country, node(), answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let stopped = rig.causes(ItemState::Stopped).await;
    let of = |key: &str| {
        stopped
            .iter()
            .find(|(it, _)| it == key)
            .map_or("", |(_, why)| why)
            .to_owned()
    };
    assert!(
        of("project/2").contains("coveredByNDC: the form does not say it; fill in ndc.coverage"),
        "{stopped:?}"
    );
    assert!(
        of("project/2").contains("projectType: \"other\" has no word in [project_types]"),
        "{stopped:?}"
    );
    assert!(
        of("project/1").contains("nothing was published"),
        "{stopped:?}"
    );
    let node = rig.server.node();
    assert_eq!(
        counted(&node, "Projects", "projectId")
            .keys()
            .collect::<Vec<_>>(),
        ["VUT01-003"]
    );
    assert_eq!(node.table("Units").count(), 1);
}

#[tokio::test]
async fn a_country_that_the_live_list_does_not_know_stops_everything_that_names_it() {
    let mut other = node();
    other.picklists["countries"] = json!(["Switzerland"]);
    let rig = Rig::new(country(), other, answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let stopped = rig.causes(ItemState::Stopped).await;
    assert!(
        stopped
            .iter()
            .any(|(_, why)| why.contains("country VU") && why.contains("[countries]")),
        "{stopped:?}"
    );
    assert_eq!(rig.server.node().table("Projects").count(), 0);
}

#[tokio::test]
async fn a_refused_item_is_a_dead_letter_with_its_cause_and_goes_again_when_it_is_replayed() {
    let mut strict = node();
    // A list that the node enforces and shows otherwise than it enforces it.
    strict.picklists["unitMetric"] = json!(["tCO2e"]);
    let rig = Rig::new(country(), strict, answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let sent = rig.store.item("project/2").await.unwrap().unwrap();
    assert_eq!(sent.state, ItemState::Agreed);
    // Somebody deletes the unit there: an update of it is refused.
    rig.server.node().tables.get_mut("Units").unwrap().clear();
    let mut rig = rig;
    rig.country.retire(100).unwrap();
    rig.settle(&mut bridge).await;
    let letters = rig.store.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].cause.contains("no such record"), "{letters:?}");
    // A person sends it again: then it is made anew.
    assert_eq!(bridge.replay(None).await.unwrap(), 1);
    rig.settle(&mut bridge).await;
    let there = units(&rig.server.node());
    assert_eq!((there.len(), there[0].2.as_str()), (1, "Retired"));
}

#[tokio::test]
async fn what_somebody_changed_there_is_found_field_by_field_and_mended_by_a_replay() {
    let rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    assert_eq!(
        bridge.diff().await.unwrap().unwrap(),
        (Vec::new(), Vec::new())
    );
    {
        let mut node = rig.server.node();
        let unit = node
            .tables
            .get_mut("Units")
            .unwrap()
            .values_mut()
            .next()
            .unwrap();
        unit["unitStatus"] = json!("Retired");
        let stray = json!({"warehouseUnitId": "stray", "unitBlockStart": "X", "orgUid": crate::cadt::HOME,
            "issuanceId": null, "labelIds": [], "unitStatus": "Expired", "unitCount": 1});
        node.tables
            .get_mut("Units")
            .unwrap()
            .insert("stray".to_owned(), stray);
    }
    let (differing, foreign) = bridge.diff().await.unwrap().unwrap();
    assert_eq!(differing.len(), 1);
    let fields: Vec<_> = differing[0]
        .fields
        .iter()
        .map(|it| (it.field.as_str(), it.ours.as_str(), it.theirs.as_str()))
        .collect();
    assert_eq!(fields, [("/unitStatus", "Held", "Retired")]);
    assert_eq!(foreign[0].theirs, "stray");
    assert_eq!(rig.count(ItemState::Differs).await, 1);
    assert_eq!(bridge.replay(None).await.unwrap(), 1);
    rig.settle(&mut bridge).await;
    assert_eq!(
        units(&rig.server.node())
            .iter()
            .filter(|it| it.2 == "Held")
            .count(),
        1
    );
    let (differing, _) = bridge.diff().await.unwrap().unwrap();
    assert_eq!(differing, []);
}

#[tokio::test]
async fn a_plan_says_what_would_be_sent_and_sends_nothing() {
    let mut rig = rig().await;
    let mut bridge = rig.bridge();
    let plan = bridge.plan().await.unwrap().unwrap();
    let keys: Vec<&str> = plan.changes.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["project/2", "unit/VU-1"]);
    assert_eq!(requests_with(&rig.server.node(), "POST"), 0);
    rig.settle(&mut bridge).await;
    rig.country.transfer(100, true).unwrap();
    let plan = bridge.plan().await.unwrap().unwrap();
    assert_eq!(plan.changes.len(), 1);
    let fields: Vec<&str> = plan.changes[0]
        .fields
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(fields, ["/unitOwner"]);
}

#[tokio::test]
async fn a_lost_file_of_the_bridge_makes_nothing_a_second_time() {
    let mut rig = rig().await;
    rig.country.authorise(30).unwrap();
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let before = rig.server.node().tables.clone();
    let folder = tempfile::tempdir().unwrap();
    let store = countersign_bridge::frame::SqliteStore::open(&folder.path().join("new.db"))
        .await
        .unwrap();
    rig.store = std::sync::Arc::new(store);
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    assert_eq!(rig.count(ItemState::Agreed).await, 3);
    assert_eq!(rig.server.node().tables, before);
}

#[tokio::test]
async fn a_ledger_that_was_put_back_stops_the_bridge() {
    let rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    *rig.country.feed.held_back.lock().unwrap() = 5;
    let mut bridge = rig.bridge();
    let error = loop {
        match bridge.turn().await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("put back"), "{error}");
}

#[tokio::test]
async fn a_node_is_judged_before_anything_is_sent_to_it() {
    let rig = rig().await;
    let mapping = Mapping::parse(MAPPING).unwrap();
    let mut wrong = settings(&rig.server, &mapping);
    rig.server.node().api_key = Some("secret".to_owned());
    let barred = |it: Result<_, Fault>| match it {
        Err(Fault::Barred(why)) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("taken"),
    };
    assert!(barred(discover(&wrong).await.map(drop)).contains("API key"));
    wrong.api_key = Some("secret".to_owned());
    assert!(discover(&wrong).await.is_ok());
    wrong.version = Version::V2;
    assert!(barred(discover(&wrong).await.map(drop)).contains("V2"));
}

#[tokio::test]
async fn an_organisation_is_made_only_where_the_country_says_so() {
    let mut homeless = node();
    homeless.has_no_home = true;
    let rig = Rig::new(country(), homeless, answers).await;
    let mut bridge = rig.bridge();
    rig.some_turns(&mut bridge, 10).await;
    let waiting = rig.store.waiting().await.unwrap();
    assert!(waiting.is_barred && waiting.why.unwrap().contains("home organisation"));

    let mut homeless = node();
    homeless.has_no_home = true;
    let mapping = format!(
        "{MAPPING}\n[organisation]\ncreate = true\nname = \"VU\"\nicon = \"https://x.example/i.svg\"\n"
    );
    let rig = Rig::with_mapping(country(), homeless, answers, &mapping).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    assert!(rig.server.node().created_organisation);
    assert_eq!(rig.count(ItemState::Agreed).await, 2);
}

#[tokio::test]
async fn a_project_and_its_units_say_what_the_ledger_says() {
    let mut country = country();
    country.authorise(60).unwrap();
    country.send(20, true).unwrap();
    country.retire(40).unwrap();
    let rig = Rig::new(country, node(), answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let node = rig.server.node();
    let sorted = |table: &str| {
        let mut rows: Vec<Value> = node.table(table).map(without_ids).collect();
        rows.sort_by_key(ToString::to_string);
        Value::from(rows)
    };
    let found = json!({"projects": sorted("Projects"), "units": sorted("Units")});
    let golden: Value = serde_json::from_str(include_str!("golden-v1.json")).unwrap();
    assert_eq!(
        found,
        golden,
        "{}",
        serde_json::to_string_pretty(&found).unwrap()
    );
}

/// What was sent: without ids and what a node adds.
fn without_ids(value: &Value) -> Value {
    const ADDED: [&str; 10] = [
        "id",
        "orgUid",
        "warehouseProjectId",
        "warehouseUnitId",
        "timeStaged",
        "updatedAt",
        "issuanceId",
        "labelIds",
        "serialNumberBlock",
        "projectLocationId",
    ];
    match value {
        Value::Object(map) => {
            let kept = map
                .iter()
                .filter(|(name, _)| !ADDED.contains(&name.as_str()));
            Value::Object(
                kept.map(|(name, it)| (name.clone(), without_ids(it)))
                    .collect(),
            )
        }
        Value::Array(all) => all.iter().map(without_ids).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn two_processes_never_drive_one_bridge() {
    let rig = rig().await;
    let second = countersign_bridge::frame::SqliteStore::open(&rig.file()).await;
    let why = second.err().unwrap().to_string();
    assert!(why.contains("in use"), "{why}");
}

#[tokio::test]
async fn a_range_does_not_shrink_there_while_the_rest_of_it_is_refused() {
    let mut rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let rest = "VU-ITMO-3-002-2021-0-61-61".to_owned();
    rig.server.node().refused_units.push(rest.clone());
    rig.country.retire(40).unwrap();
    rig.settle(&mut bridge).await;
    let whole = [(
        "VU-ITMO-3-002-2021-0-1-1".to_owned(),
        100,
        "Held".to_owned(),
    )];
    assert_eq!(units(&rig.server.node()), whole);
    let letters = rig.store.dead_letters(10).await.unwrap();
    assert_eq!((letters.len(), letters[0].key.as_str()), (1, "unit/VU-61"));
    assert!(letters[0].cause.contains("refused by the test"));
    let due = rig.causes(ItemState::Due).await;
    assert_eq!(due[0].0, "unit/VU-1");
    assert!(
        rig.server.node().staging.is_empty(),
        "nothing of it is left staged"
    );
    rig.server.node().refused_units.clear();
    assert_eq!(bridge.replay(Some("unit/VU-61")).await.unwrap(), 1);
    rig.settle(&mut bridge).await;
    let tonnes: Vec<u64> = units(&rig.server.node()).iter().map(|it| it.1).collect();
    assert_eq!(tonnes, [60, 40]);
}

#[tokio::test]
async fn what_is_gone_there_is_found_and_made_anew_by_a_replay() {
    let rig = rig().await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let before = units(&rig.server.node());
    rig.server.node().tables.clear();
    let (differing, _) = bridge.diff().await.unwrap().unwrap();
    assert!(!differing.is_empty() && differing.iter().all(|it| it.is_gone));
    let all = u64::try_from(differing.len()).unwrap();
    assert_eq!(bridge.replay(None).await.unwrap(), all);
    rig.settle(&mut bridge).await;
    assert_eq!(rig.store.dead_letters(10).await.unwrap(), []);
    assert_eq!(units(&rig.server.node()), before);
    let (differing, foreign) = bridge.diff().await.unwrap().unwrap();
    assert_eq!((differing.len(), foreign.len()), (0, 0));
}
