//! The systems around a registry, as the bridges' own tests know them: CAD Trust, a national MRV and the ITMO platform, on loopback,
//! and the settings by which the country's node has a bridge to each.

use std::net::SocketAddr;

use countersign_mocks::cadt::{Answers, Node, Server};
use countersign_mocks::faults::Doom;
use countersign_mocks::{cadt_v2, dts, platform};
use countersign_node::bridges::BRIDGES_FILE;
use countersign_node::ops::files::{self, PRIVATE_FILE_MODE};
use countersign_node::run::DataFolder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::init::free_address;
use crate::exit::{Failure, Outcome};

/// The activity of the MRV that the first project of the sandbox is.
pub(super) const ACTIVITY: &str = "A-1";
/// Under which name forms give ids of activities.
pub(super) const MRV: &str = "DTS";
/// The methodology's name there, without which CAD Trust takes no project.
pub(super) const METHODOLOGY: &str =
    "Energy efficiency measures in thermal applications of biomass";

/// Real reductions of the activity from 2021 on, in thousands of tonnes: as much as the sandbox begins with, and no more.
const REDUCED: [i64; 3] = [0, 0, 1];

/// The country's words for CAD Trust.
const CAD_TRUST: &str = r#"[registry]
name = "Sandbox registry"
program = "Sandbox carbon market"
verification_approach = "Third-party verification"
[links]
base = "https://registry.sandbox.example"
[bodies]
"Sandbox Certifiers" = ["Earthood Services Private Limited"]
"#;

/// The country's words for the platform: the developer of the sandbox is the organisation that was enrolled first.
const PLATFORM: &str = "[owners]\n\"Sun Ltd\" = 2\n";

/// Where the systems listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Systems {
    pub(super) cad_trust: SocketAddr,
    pub(super) mrv: SocketAddr,
    pub(super) itmo_platform: SocketAddr,
}

impl Systems {
    /// Draws addresses, and writes the settings of the bridges into a data folder.
    pub(super) fn make(folder: &DataFolder) -> Outcome<Self> {
        let made = Self {
            cad_trust: free_address()?,
            mrv: free_address()?,
            itmo_platform: free_address()?,
        };
        for (name, text) in [
            (BRIDGES_FILE, made.settings()),
            ("cad-trust.toml", CAD_TRUST.to_owned()),
            ("mrv.password", dts::PASSWORD.to_owned()),
            ("itmo.toml", PLATFORM.to_owned()),
            ("itmo.key", platform::API_KEY.to_owned()),
            ("itmo.password", "any".to_owned()),
        ] {
            let path = folder.path().join(name);
            files::write_new(&path, text.as_bytes(), PRIVATE_FILE_MODE)?;
        }
        Ok(made)
    }

    fn settings(&self) -> String {
        let Self {
            cad_trust,
            mrv,
            itmo_platform,
        } = self;
        format!(
            r#"# The systems that this sandbox runs beside the country. docs/bridges.md says what each setting means.

[cad-trust]
url = "http://{cad_trust}"
version = "v2"
mapping = "cad-trust.toml"
writes = true                      # false: only `plan` says what would be sent

[mrv]
url = "http://{mrv}/national"
username = "{user}"
password_file = "mrv.password"
name = "{MRV}"
writes = true

[itmo-platform]
url = "http://{itmo_platform}/api"
email = "registry@sandbox.example"
api_key_file = "itmo.key"
password_file = "itmo.password"
name = "UNDP ITMO platform"
mapping = "itmo.toml"
"#,
            user = dts::USERNAME,
        )
    }

    /// Starts them: empty but for what a country finds there. They forget everything when the sandbox stops.
    pub(super) async fn start(&self) -> Outcome {
        let activity = dts::activity(ACTIVITY, "Energy", &REDUCED);
        let mrv = with_rows("activity", [activity]);
        let projects = platform::projects().map(|it| {
            let id = it["id"].as_str().unwrap_or_default().to_owned();
            (id, it)
        });
        start(self.cad_trust, cadt_v2::node(), cadt_v2::answers).await?;
        start(self.mrv, mrv, dts::answers).await?;
        let platform = with_rows("projects", projects);
        start(self.itmo_platform, platform, platform::answers).await
    }
}

fn with_rows(table: &str, rows: impl IntoIterator<Item = (String, Value)>) -> Node {
    let mut node = Node::default();
    let table = node.tables.entry(table.to_owned()).or_default();
    table.extend(rows);
    node
}

async fn start(address: SocketAddr, node: Node, answers: Answers) -> Outcome {
    let started = Server::start_at(address, node, Doom::new(1), answers).await;
    started.map(drop).map_err(|error| {
        Failure::other(format_args!(
            "a system of the sandbox can not listen at {address}: {error}"
        ))
    })
}
