//! Examining a partner's node, whoever wrote it.

use std::path::PathBuf;

use clap::Args;
use countersign_node::conformance::{Finding, Outcome as Came};
use countersign_node::network::{Multiaddr, PeerId, Protocol};
use countersign_node::run::{Examined, conformance};
use countersign_protocol::id::Origin;
use reqwest::Url;
use serde::Serialize;
use tokio::runtime::Builder;

use super::verify::read_trust;
use crate::exit::{Exit, Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::{Table, View};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct ConformanceArgs {
    /// Where the node is reached, with its peer id, such as /ip4/203.0.113.7/tcp/7700/p2p/12D3Koo...; may be given several times
    #[arg(long = "peer", value_name = "ADDR", required = true)]
    peers: Vec<Multiaddr>,
    /// The origin of its log, such as registry.example.gov.gh/ledger
    #[arg(long, value_name = "ORIGIN")]
    origin: Origin,
    /// Whose keys count (C2SP tlog-policy with the log's key), as for `countersign verify`
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// The address of its HTTP face, such as https://registry.example.gov.gh; without it the checks of that face are left out
    #[arg(long, value_name = "URL")]
    http: Option<Url>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// A finding, as data.
#[derive(Serialize)]
struct Row {
    number: u16,
    result: &'static str,
    title: &'static str,
    source: &'static str,
    found: Option<String>,
}

impl From<&Finding> for Row {
    fn from(it: &Finding) -> Self {
        let (result, found) = match &it.outcome {
            Came::Passed => ("passed", None),
            Came::Failed(why) => ("failed", Some(why.clone())),
            Came::Skipped(why) => ("skipped", Some(why.clone())),
        };
        Self {
            number: it.check.number,
            result,
            title: it.check.title,
            source: it.check.source,
            found,
        }
    }
}

impl ConformanceArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = session.folder()?;
        let policy = read_trust(&self.trust)?;
        let passphrase = self.passphrase.read(session.no_input)?;
        let examined = Examined {
            peer: peer_of(&self.peers)?,
            addresses: self.peers,
            origin: self.origin,
            policy,
            http: self.http,
        };
        let runtime = Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::other)?;
        let tell = |finding: &Finding| {
            let row = Row::from(finding);
            terminal::say(format_args!("{} {}: {}", row.number, row.result, row.title));
        };
        let findings = runtime.block_on(conformance(&folder, passphrase, examined, tell));
        let findings = findings.map_err(Failure::other)?;
        let rows: Vec<Row> = findings.iter().map(Row::from).collect();
        session.out().show(&rows, |rows| table(rows))?;
        let failed = rows.iter().filter(|row| row.result == "failed").count();
        if failed == 0 {
            return Ok(());
        }
        let all = rows.len();
        Err(Failure::new(
            Exit::Integrity,
            format!("{failed} of {all} checks failed"),
        ))
    }
}

/// The one peer id at the end of all addresses.
fn peer_of(addresses: &[Multiaddr]) -> Outcome<PeerId> {
    let ids = addresses.iter().map(|address| match address.iter().last() {
        Some(Protocol::P2p(peer)) => Ok(peer),
        _ => Err(Failure::usage(format!(
            "{address} does not end with /p2p/ and a peer id"
        ))),
    });
    let ids: Vec<PeerId> = ids.collect::<Outcome<_>>()?;
    match ids.as_slice() {
        [first, rest @ ..] if rest.iter().all(|it| it == first) => Ok(*first),
        _ => Err(Failure::usage("the addresses are those of different peers")),
    }
}

fn table(rows: &[Row]) -> View {
    Table::of(
        ["CHECK>", "RESULT", "WHAT MUST HOLD", "FOUND"],
        "nothing was checked",
        rows,
        |it| {
            [
                it.number.to_string(),
                it.result.to_owned(),
                it.title.to_owned(),
                it.found.clone().unwrap_or_default(),
            ]
        },
    )
}
