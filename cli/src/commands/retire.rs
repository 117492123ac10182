//! Units are used or cancelled: for ever.

use clap::Args;
use countersign_node::http::dto::{NewRetirement, Retired, Written};
use countersign_protocol::id::AccountId;
use countersign_protocol::record::{Name, RetireKind};

use super::tell;
use super::units::{self, UnitsArgs};
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{View, or_dash, tonnes};
use crate::words::{self, word};

#[derive(Args, Debug)]
pub(crate) struct RetireArgs {
    /// The account
    #[arg(long, value_name = "ID")]
    account: AccountId,
    #[command(flatten)]
    units: UnitsArgs,
    /// For what
    #[arg(long, value_enum)]
    purpose: words::Purpose,
    /// Cancel the units without use
    #[arg(long)]
    cancel: bool,
    /// In whose name; it stays in the node, the ledger holds a salted hash of it
    #[arg(long, value_name = "NAME")]
    beneficiary: Option<Name>,
    #[command(flatten)]
    write: WriteArgs,
}

impl RetireArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (verb, kind) = if self.cancel {
            ("Cancel", RetireKind::Cancel)
        } else {
            ("Retire", RetireKind::Retire)
        };
        let units = self.units.words();
        session.confirm(&format!(
            "{verb} {units} of account {}? This cannot be undone.",
            self.account
        ))?;
        let body = NewRetirement {
            account: self.account,
            units: self.units.selection(),
            kind,
            purpose: self.purpose.into(),
            beneficiary: self.beneficiary,
        };
        let written: Written<Retired> =
            session.client()?.write("retirements", &self.write, &body)?;
        tell(&written.receipt);
        session.out().show(&written, |written| {
            let made = &written.made;
            let pairs = View::pairs([
                ("kind", word(&made.kind)),
                ("purpose", word(&made.purpose)),
                ("tonnes", tonnes(made.tonnes)),
                ("account", made.account.to_string()),
                (
                    "beneficiary",
                    or_dash(
                        made.beneficiary
                            .map(|it| format!("salted hash {}", hex::encode(it.0))),
                    ),
                ),
                ("leaf", made.index.to_string()),
            ]);
            View::Many(vec![pairs, units::table(&made.units)])
        })
    }
}
