//! Bridges to the systems around the registry: how they stand, what they would send, what differs.

mod shown;

use clap::{Args, Subcommand};
use countersign_bridge::settings::BridgeName;
use countersign_node::http::dto::{
    BridgeDiffView, BridgePlanView, BridgeReplayed, BridgeView, ReplayBridge, Trial,
};
use serde_json::json;

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

impl BridgeCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (bridge, deed) = match self {
            Self::CadTrust(deed) => (BridgeName::CadTrust, deed),
            Self::Mrv(deed) => (BridgeName::Mrv, deed),
            Self::ItmoPlatform(deed) => (BridgeName::ItmoPlatform, deed),
        };
        deed.run(session, &format!("bridges/{bridge}"))
    }
}

impl Deed {
    fn run(self, session: &Session, path: &str) -> Outcome {
        let client = session.client()?;
        match self {
            Self::Status => {
                let found: BridgeView = client.get(path, &[])?;
                session.out().show(&found, shown::status)
            }
            Self::Plan => {
                let found: BridgePlanView = client.get(&format!("{path}/plan"), &[])?;
                terminal::done("nothing was sent: this would be");
                session.out().show(&found, shown::plan)
            }
            Self::Sync => {
                let found: BridgeView = client.ask(&format!("{path}/sync"), &json!({}))?;
                session.out().show(&found, shown::status)
            }
            Self::Diff => {
                let found: BridgeDiffView = client.ask(&format!("{path}/diff"), &json!({}))?;
                session.out().show(&found, shown::diff)
            }
            Self::Replay(args) => args.run(session, &format!("{path}/replay")),
        }
    }
}

impl ReplayArgs {
    fn run(self, session: &Session, path: &str) -> Outcome {
        let client = session.client()?;
        let body = ReplayBridge { key: self.key };
        if self.dry_run {
            let tried: Trial = client.try_out(path, &body)?;
            let made: Option<BridgeReplayed> =
                tried.answer.and_then(|it| serde_json::from_value(it).ok());
            let items = made.map_or(0, |it| it.items);
            terminal::done(format_args!(
                "nothing was sent; items that would go out again: {items}"
            ));
            return Ok(());
        }
        let done: BridgeReplayed = client.ask(path, &body)?;
        terminal::done(format_args!("items that go out again: {}", done.items));
        Ok(())
    }
}
