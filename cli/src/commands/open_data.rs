//! Open data: what the node serves, and making it anew.

use clap::Subcommand;
use countersign_client::types::OpenFileView;

use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum OpenDataCommand {
    /// Make the files anew from the ledger as it is now; the node does so every night
    Make,
    /// List the files that the node serves below /open-data/
    List,
}

impl OpenDataCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let set = match self {
            Self::Make => client.call(async |api| api.make_open_data().await)?,
            Self::List => client.call(async |api| api.open_data().await)?,
        };
        terminal::say(format_args!(
            "made {} from the first {} entries of {}, root {}",
            moment(set.made_ms),
            tonnes(set.ledger.size),
            set.ledger.origin,
            hex::encode(set.ledger.root),
        ));
        session.out().show(&set, |set| table(&set.files))
    }
}

fn table(files: &[OpenFileView]) -> View {
    Table::of(
        ["FILE", "BYTES>", "ROWS>", "SHA-256"],
        "no files",
        files,
        |it| {
            [
                it.path.clone(),
                tonnes(it.bytes),
                or_dash(it.rows.map(tonnes)),
                it.sha256.clone(),
            ]
        },
    )
}
