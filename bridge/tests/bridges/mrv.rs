//! The national MRV: what is pulled and flagged, and the one number that is pushed when a country switches it on.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_bridge::frame::{Bridge, ItemState, SqliteStore, Store, Turn};
use countersign_bridge::mrv::{Dts, DtsSettings, DtsSide, Flag, reconcile};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cadt::{Node, Server};
use crate::country::Country;
use crate::dts::{activity, answers};
use crate::faults::{Doom, FakeClock, Mortal};
use crate::rig::install_tls;
use crate::rounds::{Round, play, round};

fn node() -> Node {
    let mut activities: BTreeMap<String, Value> = (0..150)
        .map(|it| activity(&format!("T{it:05}"), "Transport", &[0, 0, 0]))
        .collect();
    activities.extend([activity("T90001", "Energy", &[1, 0, 0])]);
    Node {
        tables: BTreeMap::from([("activity".to_owned(), activities)]),
        ..Node::default()
    }
}

/// Three projects: two are one activity, one names none.
fn country() -> Country {
    let mut country = Country::new();
    for tonnes in [700, 800, 90] {
        let project = country.project();
        country.issue(project, tonnes).unwrap();
    }
    for number in [2, 3] {
        country.name(number, "dts", "T90001");
    }
    country
}

async fn dts() -> (Server, Arc<Dts>) {
    dts_under(Doom::new(3)).await
}

async fn dts_under(doom: Arc<Doom>) -> (Server, Arc<Dts>) {
    install_tls();
    let server = Server::start(node(), doom, answers).await.unwrap();
    let settings = DtsSettings {
        url: format!("{}/national", server.url()),
        username: "bridge@vu.example".to_owned(),
        password: "secret".to_owned(),
    };
    let dts = Dts::new(settings).unwrap();
    (server, Arc::new(dts))
}

/// A bridge that has come to rest, and its file.
async fn settled(
    country: &Country,
    dts: &Arc<Dts>,
    writes: bool,
) -> (Bridge, Arc<SqliteStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("mrv.db"))
        .await
        .unwrap();
    let store = Arc::new(store);
    let side = Arc::new(DtsSide::new(Arc::clone(dts), "DTS", 1));
    let feed = Arc::clone(&country.feed);
    let kept = Arc::clone(&store) as Arc<dyn Store>;
    let mut bridge = Bridge::new(feed, kept, side, FakeClock::new()).sending(writes);
    for _ in 0..500 {
        if matches!(bridge.turn().await.unwrap(), Turn::Idle { until_ms: None }) {
            return (bridge, store, folder);
        }
    }
    panic!("no rest");
}

#[tokio::test]
async fn more_credits_than_reported_reductions_are_flagged_by_sector_and_year() {
    let (_server, dts) = dts().await;
    let country = country();
    let (bridge, ..) = settled(&country, &dts, false).await;
    let activities = dts.activities().await.unwrap();
    assert_eq!(
        activities.len(),
        151,
        "every page, although the token runs out on the way"
    );
    let forms = country.feed.descriptions.lock().unwrap().clone();
    let found = reconcile(bridge.view(), &forms, &activities, "DTS");
    let flag = Flag {
        sector: "Energy".to_owned(),
        year: 2021,
        credited: 1_500,
        reported: 1_000,
    };
    assert_eq!(found.flags, [flag]);
    assert_eq!(
        found
            .matched
            .iter()
            .map(|it| it.project)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(found.unmatched.len(), 1);
    assert_eq!(
        (found.unmatched[0].project, found.unmatched[0].tonnes),
        (4, 90)
    );
    assert!(found.unmatched[0].why.contains("external_ids"));
}

#[tokio::test]
async fn before_the_country_switches_it_on_what_would_be_written_there_is_planned_and_nothing_is() {
    let (server, dts) = dts().await;
    let country = country();
    let (_, store, _folder) = settled(&country, &dts, false).await;
    assert_eq!(store.counts().await.unwrap(), [(ItemState::Due, 1)]);
    assert!(
        !server
            .node()
            .requests
            .iter()
            .any(|it| it.contains("update"))
    );
}

#[tokio::test]
async fn the_achieved_reductions_of_an_activity_are_the_issued_tonnes_of_its_projects_and_its_series_stay()
 {
    let (server, dts) = dts().await;
    let country = country();
    let (_, store, _folder) = settled(&country, &dts, true).await;
    let row = server.node().tables["activity"]["T90001"].clone();
    assert_eq!(row["achievedGHGReduction"], json!(1.5));
    assert_eq!(
        row["mitigationTimeline"]["actual"]["actualEmissionReduct"],
        json!([1, 0, 0])
    );
    assert_eq!(store.counts().await.unwrap(), [(ItemState::Agreed, 1)]);
    // Again from the start: nothing changes, and nothing is sent.
    let before = server.node().requests.len();
    let (_, store, _folder) = settled(&country, &dts, true).await;
    assert_eq!(store.counts().await.unwrap(), [(ItemState::Agreed, 1)]);
    assert!(
        !server.node().requests[before..]
            .iter()
            .any(|it| it.contains("update"))
    );
}

#[tokio::test]
async fn an_activity_that_is_not_there_is_a_dead_letter_that_says_what_to_correct() {
    let (_server, dts) = dts().await;
    let mut country = country();
    country.name(4, "DTS", "T1");
    country.publish();
    let (_, store, _folder) = settled(&country, &dts, true).await;
    let letters = store.dead_letters(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].cause.contains("no activity \"T1\""),
        "{letters:?}"
    );
}

#[tokio::test]
async fn an_inventory_is_read_in_tonnes() {
    let (_server, dts) = dts().await;
    let inventory = dts.inventory(2021).await.unwrap().unwrap();
    assert!(inventory.is_final);
    let wanted = BTreeMap::from([
        ("energyEmissions".to_owned(), 6_500),
        ("waste".to_owned(), 1_000),
    ]);
    assert_eq!(inventory.categories, wanted);
    assert_eq!(dts.inventory(2020).await.unwrap(), None);
}

async fn lived(rounds: Vec<Round>) -> Result<(), TestCaseError> {
    let doom = Doom::new(17);
    doom.plain();
    let (server, dts) = dts_under(Arc::clone(&doom)).await;
    let mut country = country();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("mrv.db"))
        .await
        .unwrap();
    let store = Arc::new(store);
    let clock = FakeClock::new();
    let mut starts = 0;
    let start = |country: &Country| {
        starts += 1;
        let side = Arc::new(DtsSide::new(Arc::clone(&dts), "DTS", starts));
        let inner = Arc::clone(&store) as Arc<dyn Store>;
        let doom = Arc::clone(&doom);
        let kept = Arc::new(Mortal { inner, doom });
        Bridge::new(
            Arc::clone(&country.feed) as _,
            kept,
            side,
            Arc::clone(&clock) as _,
        )
    };
    play(rounds, &mut country, &doom, &clock, start).await?;
    prop_assert_eq!(store.dead_letters(10).await.unwrap(), vec![]);
    let issued = country
        .ledger
        .state
        .holdings()
        .filter(|it| matches!(it.block.serial.project(), 2 | 3));
    let issued: u64 = issued.map(|it| it.block.tonnes()).sum();
    let row = server.node().tables["activity"]["T90001"].clone();
    let there = row["achievedGHGReduction"].as_f64().unwrap() * 1_000.0;
    prop_assert!(
        (there - issued as f64).abs() < 0.5,
        "{there} there, {issued} issued"
    );
    prop_assert_eq!(
        &row["mitigationTimeline"]["actual"]["actualEmissionReduct"],
        &json!([1, 0, 0])
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_mrv_ends_equal_to_the_ledger(rounds in prop::collection::vec(round(3), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(lived(rounds))?;
    }
}
