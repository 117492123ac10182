//! A country's node with its HTTP side.

use countersign_node::http::{Budgets, RateLimits};
use countersign_node::ops::config::{
    Config, FederationConfig, HttpConfig, LettersConfig, LimitsConfig, OpenDataConfig, P2pConfig,
    ProjectionConfig, SiteConfig, WebhooksConfig,
};
use countersign_node::run::{DataFolder, NewNode, Node, init};
use secrecy::SecretString;

pub const PASSPHRASE: &str = "a passphrase for a bench";

/// Every request is counted, and none is one too many.
const WIDE: Budgets = Budgets {
    reads: 100_000,
    lists: 100_000,
    writes: 100_000,
};

/// A country's node with no witnesses, whose clients are counted but not held back.
pub fn start(runtime: &tokio::runtime::Runtime, folder: &DataFolder) -> (Node, String) {
    let config = Config {
        party: "GH".parse().unwrap(),
        name: "Authority".parse().unwrap(),
        origin: "gh.example/ledger".parse().unwrap(),
        registry: "GHA01".parse().unwrap(),
        policy: "policy".into(),
        http: HttpConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            allow_public: false,
            // Sign-ins are counted by the address that the proxy names.
            behind_proxy: true,
            public_url: None,
        },
        p2p: P2pConfig {
            network: "bench".parse().unwrap(),
            listen: Vec::new(),
            announce: Vec::new(),
        },
        witnesses: Vec::new(),
        federation: FederationConfig::default(),
        projection: ProjectionConfig::default(),
        letters: LettersConfig::default(),
        site: SiteConfig::default(),
        mail: None,
        webhooks: WebhooksConfig::default(),
        open_data: OpenDataConfig::default(),
        limits: LimitsConfig::default(),
        rates: RateLimits {
            anonymous: WIDE,
            signed_in: WIDE,
        },
    };
    let passphrase = SecretString::from(PASSPHRASE);
    let new = NewNode {
        config,
        policy: "quorum none\n".to_owned(),
        process: None,
        continues: None,
    };
    init(folder, &new, &passphrase).unwrap();
    let token = std::fs::read_to_string(folder.token()).unwrap();
    let node = runtime.block_on(Node::start(folder, passphrase)).unwrap();
    (node, token.trim().to_owned())
}
