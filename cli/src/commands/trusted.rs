//! An organisation's list of trusted receivers.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    NewTrustedReceiver, Proposed, RemoveTrustedReceiver, TrustedReceiverView, Written,
};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::record::Receiver;

use super::people::receiver;
use super::tell;
use crate::client::WriteArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum TrustedCommand {
    /// List an organisation's trusted receivers, the own one's where none is named
    List {
        /// Whose list
        #[arg(long, value_name = "N")]
        organisation: Option<OrganisationId>,
    },
    /// Propose a receiver for the own organisation's list; a second person approves it with `user approve`
    Add(ReceiverArgs),
    /// Take a receiver out of a list, at once
    Remove {
        /// Whose list
        #[arg(long, value_name = "N")]
        organisation: OrganisationId,
        #[command(flatten)]
        receiver: ReceiverArgs,
        #[command(flatten)]
        write: WriteArgs,
    },
}

/// Who receives: an organisation here, or an account in a partner country.
#[derive(Args, Debug)]
pub(crate) struct ReceiverArgs {
    /// An organisation of this registry
    #[arg(long, value_name = "N", conflicts_with_all = ["party", "account"])]
    receiver: Option<OrganisationId>,
    /// A partner country
    #[arg(long, value_name = "PARTY", requires = "account")]
    party: Option<Party>,
    /// Its account
    #[arg(long, value_name = "N", requires = "party")]
    account: Option<AccountId>,
}

impl ReceiverArgs {
    fn read(&self) -> Outcome<Receiver> {
        match (self.receiver, self.party, self.account) {
            (Some(organisation), ..) => Ok(Receiver::Organisation(organisation)),
            (None, Some(party), Some(account)) => Ok(Receiver::Abroad { party, account }),
            _ => Err(Failure::usage(
                "which receiver? Add --receiver N, or --party and --account",
            )),
        }
    }
}

impl TrustedCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self {
            Self::List { organisation } => {
                let of = organisation.map(|it| ("organisation", it.to_string()));
                let of: Vec<_> = of.into_iter().collect();
                let found: Vec<TrustedReceiverView> =
                    client.list("trusted-receivers", &of, 1000)?;
                session.out().show(&found, |found| table(found))
            }
            Self::Add(args) => {
                let body = NewTrustedReceiver {
                    receiver: args.read()?,
                };
                let Proposed { proposal } = client.ask("trusted-receivers", &body)?;
                terminal::done(format_args!(
                    "proposed: somebody else must approve it with `user approve {proposal}`"
                ));
                Ok(())
            }
            Self::Remove {
                organisation,
                receiver,
                write,
            } => {
                let body = RemoveTrustedReceiver {
                    organisation,
                    receiver: receiver.read()?,
                };
                let written: Written<Receiver> =
                    client.write("trusted-receivers/remove", &write, &body)?;
                tell(&written.receipt);
                Ok(())
            }
        }
    }
}

fn table(receivers: &[TrustedReceiverView]) -> View {
    Table::of(
        ["RECEIVER", "ENTERED", "COUNTS FROM"],
        "nobody is trusted",
        receivers,
        |it| {
            [
                receiver(&it.receiver),
                moment(it.entered_ms),
                moment(it.in_force_ms),
            ]
        },
    )
}
