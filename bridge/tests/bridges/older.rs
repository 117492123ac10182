//! The calls to an older MRV: what is said, what is never said twice, and what stops.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_bridge::frame::{Bridge, ItemState, SqliteStore, Store, Turn};
use countersign_bridge::mrv::calls::CallsMapping;
use countersign_bridge::mrv::{OlderMrv, OlderMrvSettings, OlderMrvSide};
use countersign_protocol::registry::Holding;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cadt::{Node, Server};
use crate::country::Country;
use crate::faults::{Doom, FakeClock, Mortal};
use crate::older_mrv::{KEY, answers, issued, programme};
use crate::rig::install_tls;
use crate::rounds::{Round, play, round};

/// Projects 2 and 3 are programmes there; a third application from there was refused.
fn country() -> Country {
    let mut country = Country::new();
    for (tonnes, id) in [(700, "MRV-2"), (90, "MRV-3")] {
        let project = country.project();
        country.issue(project, tonnes).unwrap();
        let number = country.ledger.state.case(project).unwrap().project.unwrap();
        country.name(number, "mrv", id);
    }
    let case = country.refused();
    country
        .feed
        .ended
        .lock()
        .unwrap()
        .push(("MRV-4".to_owned(), case));
    country
}

async fn mrv() -> Server {
    mrv_under(Doom::new(3)).await
}

async fn mrv_under(doom: Arc<Doom>) -> Server {
    install_tls();
    let rows = ["MRV-2", "MRV-3", "MRV-4"].map(|id| programme(id, 100_000));
    let node = Node {
        tables: BTreeMap::from([("programme".to_owned(), BTreeMap::from(rows))]),
        ..Node::default()
    };
    Server::start(node, doom, answers).await.unwrap()
}

fn side(server: &Server, words: &str, started_ms: u64) -> Arc<OlderMrvSide> {
    let settings = OlderMrvSettings {
        url: format!("{}/national", server.url()),
        api_key: KEY.to_owned(),
    };
    let mrv = OlderMrv::new(&settings).unwrap();
    let mapping = CallsMapping::parse(words).unwrap();
    Arc::new(OlderMrvSide::new(mrv, "MRV", mapping, started_ms))
}

struct Settled {
    bridge: Bridge,
    store: Arc<SqliteStore>,
    _folder: tempfile::TempDir,
}

impl Settled {
    /// A bridge that has come to rest.
    async fn of(country: &Country, side: Arc<OlderMrvSide>) -> Self {
        Self::that(country, side, true).await
    }

    async fn that(country: &Country, side: Arc<OlderMrvSide>, sends: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mrv-calls.db");
        let store = Arc::new(SqliteStore::open(&file).await.unwrap());
        let feed = Arc::clone(&country.feed);
        let kept = Arc::clone(&store) as Arc<dyn Store>;
        let bridge = Bridge::new(feed, kept, side, FakeClock::new()).sending(sends);
        let mut settled = Self {
            bridge,
            store,
            _folder: folder,
        };
        settled.rest().await;
        settled
    }

    async fn rest(&mut self) {
        for _ in 0..500 {
            let turn = self.bridge.turn().await.unwrap();
            if matches!(turn, Turn::Idle { until_ms: None }) {
                return;
            }
        }
        panic!("no rest");
    }

    async fn causes(&self, state: ItemState) -> Vec<(String, String)> {
        let items = self.store.items(state, "", 10).await.unwrap().into_iter();
        items
            .map(|it| (it.key, it.cause.unwrap_or_default()))
            .collect()
    }
}

/// The calls that came are those of the golden file; gives how many they are.
fn calls_are(server: &Server, name: &str) -> usize {
    let golden: Value = serde_json::from_str(include_str!("golden-mrv-calls.json")).unwrap();
    let calls = Value::from(server.node().audit.clone());
    let shown = serde_json::to_string_pretty(&calls).unwrap();
    assert_eq!(calls, golden[name], "{shown}");
    golden[name].as_array().unwrap().len()
}

/// Somebody changes a project in the MRV.
fn change(server: &Server, id: &str, field: &str, value: &str) {
    let mut node = server.node();
    let programmes = node.tables.get_mut("programme").unwrap();
    programmes.get_mut(id).unwrap()[field] = json!(value);
}

fn row(server: &Server, id: &str) -> Value {
    server.node().tables["programme"][id].clone()
}

#[tokio::test]
async fn each_call_says_what_the_ledger_says_and_none_is_made_twice() {
    let server = mrv().await;
    let mut country = country();
    let mut settled = Settled::of(&country, side(&server, "", 1)).await;
    let known = calls_are(&server, "programme");
    assert_eq!(
        settled.store.counts().await.unwrap(),
        [(ItemState::Agreed, 3)]
    );
    assert_eq!(row(&server, "MRV-2")["creditIssued"], "700.00");
    assert_eq!(row(&server, "MRV-4")["currentStage"], "Rejected");

    // More tonnes: only those go. From the start with nothing known: nothing goes.
    country.issue(country.projects[0], 50).unwrap();
    settled.rest().await;
    drop(settled);
    let _again = Settled::of(&country, side(&server, "", 2)).await;
    let calls = server.node().audit.clone();
    let more = json!({"call": "programme/issueCredit", "body": {"externalId": "MRV-2", "issueAmount": 50}});
    assert_eq!(calls[known..], [more]);

    // Changed there: seen, and mended by a replay where a call can.
    let mut settled = Settled::of(&country, side(&server, "", 3)).await;
    change(&server, "MRV-2", "serialNo", "other");
    let (differing, foreign) = settled.bridge.diff().await.unwrap().unwrap();
    assert_eq!((differing.len(), foreign.len()), (1, 0));
    assert_eq!(differing[0].fields[0].field, "/serialNo");
    assert_eq!(settled.bridge.replay(None).await.unwrap(), 1);
    settled.rest().await;
    assert_ne!(row(&server, "MRV-2")["serialNo"], "other");
}

#[tokio::test]
async fn a_later_build_is_told_by_action_and_a_project_without_one_stops() {
    let server = mrv().await;
    let words = "issue_by = \"action\"\n[actions]\n\"MRV-2\" = \"MRV-2-1\"\n";
    let country = country();
    let settled = Settled::of(&country, side(&server, words, 1)).await;
    calls_are(&server, "action");
    let stopped = settled.causes(ItemState::Stopped).await;
    assert_eq!(
        (stopped.len(), stopped[0].0.as_str()),
        (1, "programme/MRV-3")
    );
    assert!(stopped[0].1.contains("[actions]"), "{stopped:?}");
}

#[tokio::test]
async fn before_the_country_switches_it_on_the_plan_says_what_would_be_and_nothing_is_sent() {
    let server = mrv().await;
    let country = country();
    let mut settled = Settled::that(&country, side(&server, "", 1), false).await;
    let plan = settled.bridge.plan().await.unwrap().unwrap();
    let keys: Vec<&str> = plan.changes.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(
        keys,
        ["programme/MRV-2", "programme/MRV-3", "programme/MRV-4"]
    );
    assert_eq!(server.node().audit, Vec::<Value>::new());
}

#[tokio::test]
async fn what_can_not_be_said_stops_and_what_is_refused_is_a_dead_letter() {
    let server = mrv().await;
    let mut country = country();
    // Two projects name one; one names what is not there; the MRV has more than was issued.
    let twin = country.project();
    let twin = country.ledger.state.case(twin).unwrap().project.unwrap();
    country.name(twin, "MRV", "MRV-3");
    let lost = country.project();
    let lost = country.ledger.state.case(lost).unwrap().project.unwrap();
    country.name(lost, "MRV", "MRV-9");
    change(&server, "MRV-2", "creditIssued", "701.00");
    let settled = Settled::of(&country, side(&server, "", 1)).await;
    let stopped = settled.causes(ItemState::Stopped).await;
    assert_eq!(
        (stopped.len(), stopped[0].0.as_str()),
        (1, "programme/MRV-3")
    );
    assert!(stopped[0].1.contains("name it"), "{stopped:?}");
    let dead = settled.causes(ItemState::Dead).await;
    let keys: Vec<&str> = dead.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(keys, ["programme/MRV-2", "programme/MRV-9"]);
    assert!(dead[0].1.contains("701"), "{dead:?}");
    assert!(dead[1].1.contains("no one project"), "{dead:?}");
    assert_eq!(issued(&row(&server, "MRV-2")), 701);
}

async fn lived(rounds: Vec<Round>) -> Result<(), TestCaseError> {
    let doom = Doom::new(29);
    doom.plain();
    let server = mrv_under(Arc::clone(&doom)).await;
    let mut country = country();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mrv-calls.db");
    let store = Arc::new(SqliteStore::open(&file).await.unwrap());
    let clock = FakeClock::new();
    let mut starts = 0;
    let start = |country: &Country| {
        starts += 1;
        let inner = Arc::clone(&store) as Arc<dyn Store>;
        let doom = Arc::clone(&doom);
        let kept = Arc::new(Mortal { inner, doom });
        let side = side(&server, "", starts);
        let (feed, clock) = (Arc::clone(&country.feed), Arc::clone(&clock));
        Bridge::new(feed as _, kept, side, clock as _)
    };
    play(rounds, &mut country, &doom, &clock, start).await?;
    prop_assert_eq!(store.dead_letters(10).await.unwrap(), vec![]);
    for (number, id) in [(2, "MRV-2"), (3, "MRV-3")] {
        let of_it = |it: &Holding| it.block.serial.project() == number;
        let holdings = country.ledger.state.holdings();
        let here: u64 = holdings.filter(of_it).map(|it| it.block.tonnes()).sum();
        let there = row(&server, id);
        prop_assert_eq!(issued(&there), here, "tonnes of {}", id);
        prop_assert_eq!(&there["currentStage"], &json!("Authorised"));
    }
    prop_assert_eq!(&row(&server, "MRV-4")["currentStage"], &json!("Rejected"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn an_older_mrv_ends_equal_to_the_ledger(rounds in prop::collection::vec(round(2), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(lived(rounds))?;
    }
}
