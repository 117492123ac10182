//! Against a real CADT node, when `CADT_URL` names one (`CADT_API_KEY`, and `CADT_MAPPING` for a file of words). Give it a throw-away
//! node: what is published stays.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use countersign_bridge::cad_trust::{CadTrustSettings, Mapping, Version, discover};
use countersign_bridge::frame::{Bridge, Clock, ItemState, SqliteStore, Store, Turn};

use crate::country::Country;
use crate::rig::{MAPPING, install_tls};

/// How long a publication may take: chains are slow.
const PATIENCE: Duration = Duration::from_secs(3_600);

struct RealClock;

impl Clock for RealClock {
    fn now_ms(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_millis() as u64
    }

    fn below(&self, bound: u64) -> u64 {
        self.now_ms() % bound.max(1)
    }
}

#[tokio::test]
async fn a_real_node_ends_equal_to_the_ledger() {
    let Ok(url) = std::env::var("CADT_URL") else {
        return;
    };
    install_tls();
    let words = std::env::var("CADT_MAPPING").map_or_else(
        |_| MAPPING.to_owned(),
        |it| std::fs::read_to_string(it).unwrap(),
    );
    let settings = CadTrustSettings {
        url,
        api_key: std::env::var("CADT_API_KEY").ok(),
        version: Version::Auto,
        writes: true,
        mapping: Mapping::parse(&words).unwrap(),
    };
    let mut country = Country::new();
    let project = country.project();
    country.issue(project, 100).unwrap();
    country.authorise(60).unwrap();
    country.retire(40).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("live.db"))
        .await
        .unwrap();
    let store = Arc::new(store);
    let side = discover(&settings).await.unwrap();
    let feed = Arc::clone(&country.feed);
    let kept = Arc::clone(&store) as Arc<dyn Store>;
    let mut bridge = Bridge::new(feed, kept, side, Arc::new(RealClock));
    let work = async {
        loop {
            let until_ms = match bridge.turn().await.unwrap() {
                Turn::Again => continue,
                Turn::Waits { until_ms, .. }
                | Turn::Idle {
                    until_ms: Some(until_ms),
                } => until_ms,
                Turn::Idle { until_ms: None } => break,
            };
            let pause = until_ms.saturating_sub(RealClock.now_ms());
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    };
    tokio::time::timeout(PATIENCE, work).await.unwrap();
    let dead = store.items(ItemState::Dead, "", 100).await.unwrap();
    let told: Vec<_> = dead.iter().map(|it| (&it.key, &it.cause)).collect();
    assert!(dead.is_empty(), "{told:?}");
    let agreed = store.items(ItemState::Agreed, "", 100).await.unwrap();
    assert!(
        agreed.iter().any(|it| it.kind == "unit"),
        "nothing was sent: {:?}",
        store.counts().await
    );
    let (differing, _) = bridge.diff().await.unwrap().unwrap();
    assert_eq!(differing, []);
}
