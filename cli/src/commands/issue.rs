//! Units come into being.

use clap::Args;
use countersign_node::http::dto::{Issued, NewIssuance, Written};
use countersign_protocol::id::AccountId;
use countersign_protocol::serial::UnitType;

use super::tell;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{View, tonnes};

#[derive(Args, Debug)]
pub(crate) struct IssueArgs {
    /// The account that receives the units
    #[arg(long, value_name = "ID")]
    account: AccountId,
    /// The project's national number
    #[arg(long, value_name = "NUMBER")]
    project: u32,
    /// The vintage: the calendar year of the mitigation
    #[arg(long)]
    year: u16,
    /// How many
    #[arg(long, value_name = "N")]
    tonnes: u64,
    /// The unit type of the serial
    #[arg(long, default_value_t = UnitType::ITMO)]
    unit_type: UnitType,
    #[command(flatten)]
    write: WriteArgs,
}

impl IssueArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let body = NewIssuance {
            account: self.account,
            project: self.project,
            year: self.year,
            unit_type: self.unit_type,
            tonnes: self.tonnes,
        };
        let written: Written<Issued> = session.client()?.write("issuances", &self.write, &body)?;
        tell(&written.receipt);
        session.out().show(&written, |written| {
            let made = &written.made;
            View::pairs([
                ("serial", made.serial.to_string()),
                ("tonnes", tonnes(made.tonnes)),
                ("account", made.account.to_string()),
                ("leaf", made.index.to_string()),
            ])
        })
    }
}
