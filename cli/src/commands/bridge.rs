//! Bridges to the systems around the registry: how they stand, what they would send, what differs.

mod shown;

use clap::{Args, Subcommand};
use countersign_client::types::{BridgeName, BridgeReplayed, Page, ReplayBridge, Written};
use countersign_node::http::dto::{ArrivalView, CaseView, OpenArrival, Trial};
use countersign_protocol::record::{Title, Word};

use super::case::case_table;
use super::tried;
use crate::exit::Outcome;
use crate::session::Session;
use crate::terminal;

/// Which bridge.
#[derive(Debug, Subcommand)]
pub(crate) enum BridgeCommand {
    /// The Climate Action Data Trust, through the country's CADT node
    #[command(subcommand)]
    CadTrust(Deed),
    /// The national MRV system
    #[command(subcommand)]
    Mrv(Deed),
    /// The UNDP ITMO platform, which is only read
    #[command(subcommand)]
    ItmoPlatform(Deed),
}

/// What to do with it.
#[derive(Debug, Subcommand)]
pub(crate) enum Deed {
    /// Show how it stands: what it does, how far it has read, its items, dead letters and last runs
    Status,
    /// Show what it would send now, and what it can not send and why; nothing is sent
    Plan,
    /// Let it work now instead of waiting
    Sync,
    /// Read back what it has sent, and show what differs
    Diff,
    /// Send again what was refused, or what somebody changed at the other side
    Replay(ReplayArgs),
    /// List the projects and monitoring reports there that can become cases here, and how each stands
    Arrivals,
    /// Open the case of one of them, with its form filled with what the other system gave; asked again it gives the same case
    Open(Box<OpenArgs>),
}

#[derive(Args, Debug)]
pub(crate) struct ReplayArgs {
    /// One item, by its key, such as project/7
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// All of them
    #[arg(long)]
    all: bool,
    /// Only say how many it would be
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct OpenArgs {
    /// Which, by its key, such as draft/P-1
    key: String,
    /// The flow; needed where the process has several that fit
    #[arg(long)]
    flow: Option<Word>,
    /// The track, where the flow has tracks
    #[arg(long)]
    track: Option<Word>,
    /// The public title, where the other system gives none or another is wanted
    #[arg(long)]
    title: Option<Title>,
    /// Open another case after the one that was opened from it has ended
    #[arg(long)]
    again: bool,
    /// Only say what would be written
    #[arg(long)]
    dry_run: bool,
}

impl BridgeCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (bridge, deed) = match self {
            Self::CadTrust(deed) => (BridgeName::CadTrust, deed),
            Self::Mrv(deed) => (BridgeName::Mrv, deed),
            Self::ItmoPlatform(deed) => (BridgeName::ItmoPlatform, deed),
        };
        deed.run(session, bridge)
    }
}

impl Deed {
    fn run(self, session: &Session, bridge: BridgeName) -> Outcome {
        let client = session.client()?;
        let path = format!("bridges/{bridge}");
        match self {
            Self::Status => {
                let found = client.call(async |api| api.bridge(bridge).await)?;
                session.out().show(&found, shown::status)
            }
            Self::Plan => {
                let found = client.call(async |api| api.bridge_plan(bridge).await)?;
                terminal::done("nothing was sent: this would be");
                session.out().show(&found, shown::plan)
            }
            Self::Sync => {
                let found = client.call(async |api| api.sync_bridge(bridge).await)?;
                session.out().show(&found, shown::status)
            }
            Self::Diff => {
                let found = client.call(async |api| api.bridge_diff(bridge).await)?;
                session.out().show(&found, shown::diff)
            }
            Self::Replay(args) => args.run(session, bridge),
            Self::Arrivals => {
                let found: Page<ArrivalView> = client.get(&format!("{path}/arrivals"), &[])?;
                session
                    .out()
                    .show(&found.items, |found| shown::arrivals(found))
            }
            Self::Open(args) => args.run(session, &format!("{path}/arrivals/open")),
        }
    }
}

impl ReplayArgs {
    fn run(self, session: &Session, bridge: BridgeName) -> Outcome {
        let client = session.client()?;
        let body = ReplayBridge { key: self.key };
        if self.dry_run {
            let path = format!("bridges/{bridge}/replay");
            let tried: Trial = client.try_out(&path, &body)?;
            let made: Option<BridgeReplayed> =
                tried.answer.and_then(|it| serde_json::from_value(it).ok());
            let items = made.map_or(0, |it| it.items);
            terminal::done(format_args!(
                "nothing was sent; items that would go out again: {items}"
            ));
            return Ok(());
        }
        let done = client.call(async |api| api.replay_bridge(bridge, &body).await)?;
        terminal::done(format_args!("items that go out again: {}", done.items));
        Ok(())
    }
}

impl OpenArgs {
    fn run(self, session: &Session, path: &str) -> Outcome {
        let client = session.client()?;
        let body = OpenArrival {
            key: self.key,
            flow: self.flow,
            track: self.track,
            title: self.title,
            again: self.again,
        };
        if self.dry_run {
            return tried(session, &client.try_out(path, &body)?);
        }
        let written: Written<CaseView> = client.ask(path, &body)?;
        terminal::done(format_args!(
            "case {} is open: complete its form and hand it in",
            written.made.case
        ));
        let made = std::slice::from_ref(&written.made);
        session.out().show(&written, |_| case_table(made))
    }
}
