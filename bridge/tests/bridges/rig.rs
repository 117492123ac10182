//! A bridge, a country and a mock, put together.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_bridge::cad_trust::{CadTrustSettings, Mapping, Version, discover};
use countersign_bridge::frame::{
    Bridge, Clock as _, ItemState, OtherSide, SqliteStore, Store, Turn,
};
use tempfile::TempDir;

use crate::cadt::{Answers, Node, Server};
use crate::country::Country;
use crate::faults::{Doom, FakeClock, Mortal};

/// What the country of the tests writes into its mapping.
pub const MAPPING: &str = r#"
[registry]
name = "Vanuatu Carbon Registry"
program = "Vanuatu Carbon Market Framework"
verification_approach = "Third-party verification"
issuance_location = "first"
[links]
base = "https://registry.vu.example"
[bodies]
"The certifier" = ["Earthood Services Private Limited"]
"#;

pub struct Rig {
    pub country: Country,
    pub server: Server,
    pub doom: Arc<Doom>,
    pub clock: Arc<FakeClock>,
    pub mapping: Mapping,
    pub side: Arc<dyn OtherSide>,
    pub store: Arc<SqliteStore>,
    folder: TempDir,
    runs_of: u32,
}

pub fn install_tls() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

impl Rig {
    pub async fn new(country: Country, node: Node, answers: Answers) -> Self {
        Self::with_mapping(country, node, answers, MAPPING).await
    }

    pub async fn with_mapping(
        country: Country,
        node: Node,
        answers: Answers,
        mapping: &str,
    ) -> Self {
        install_tls();
        let doom = Doom::new(11);
        let server = Server::start(node, Arc::clone(&doom), answers)
            .await
            .unwrap();
        let mapping = Mapping::parse(mapping).unwrap();
        let side = discover(&settings(&server, &mapping)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("bridge.db"))
            .await
            .unwrap();
        Self {
            country,
            server,
            doom,
            clock: FakeClock::new(),
            mapping,
            side,
            store: Arc::new(store),
            folder,
            runs_of: 500,
        }
    }

    pub fn with_runs_of(mut self, items: u32) -> Self {
        self.runs_of = items;
        self
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("bridge.db")
    }

    /// A bridge as after a start of the process: only its file is as before.
    pub fn bridge(&self) -> Bridge {
        let store: Arc<dyn Store> = Arc::new(Mortal {
            inner: Arc::clone(&self.store) as Arc<dyn Store>,
            doom: Arc::clone(&self.doom),
        });
        let clock = Arc::clone(&self.clock);
        let feed = Arc::clone(&self.country.feed);
        Bridge::new(feed, store, Arc::clone(&self.side), clock).with_runs_of(self.runs_of)
    }

    /// Turns until nothing is left to do, with pauses that take no time. Gives the last turn.
    pub async fn settle(&self, bridge: &mut Bridge) -> Turn {
        for _ in 0..20_000 {
            match bridge.turn().await.unwrap() {
                Turn::Again => {}
                Turn::Waits { until_ms, .. } => self.clock.at(until_ms),
                Turn::Idle {
                    until_ms: Some(until_ms),
                } => self.clock.at(until_ms),
                idle @ Turn::Idle { until_ms: None } => return idle,
            }
        }
        panic!(
            "the bridge does not come to rest: {:?}",
            self.store.waiting().await
        );
    }

    /// So many turns, or the end of the process if it comes first; whether it was killed.
    pub async fn some_turns(&self, bridge: &mut Bridge, turns: u64) -> bool {
        let work = async {
            for _ in 0..turns {
                match bridge.turn().await.unwrap() {
                    Turn::Again => {}
                    Turn::Waits { until_ms, .. } => self.clock.at(until_ms),
                    Turn::Idle { until_ms } => self.clock.at(until_ms.unwrap_or(0)),
                }
            }
        };
        tokio::select! {
            () = self.doom.killed() => true,
            () = work => false,
        }
    }

    pub async fn causes(&self, state: ItemState) -> Vec<(String, String)> {
        let items = self.store.items(state, "", 10_000).await.unwrap();
        items
            .into_iter()
            .map(|it| (it.key, it.cause.unwrap_or_default()))
            .collect()
    }

    pub async fn count(&self, state: ItemState) -> u64 {
        let counts = self.store.counts().await.unwrap();
        counts
            .iter()
            .find(|(it, _)| *it == state)
            .map_or(0, |(_, count)| *count)
    }

    pub fn now(&self) -> u64 {
        self.clock.now_ms()
    }
}

pub fn settings(server: &Server, mapping: &Mapping) -> CadTrustSettings {
    CadTrustSettings {
        url: server.url(),
        api_key: server.node().api_key.clone(),
        version: Version::Auto,
        writes: true,
        mapping: mapping.clone(),
    }
}
