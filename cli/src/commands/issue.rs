//! Units come into being.

use clap::Args;
use countersign_node::http::dto::{Issued, NewIssuance};
use countersign_protocol::id::AccountId;
use countersign_protocol::serial::UnitType;

use super::write;
use crate::client::TryArgs;
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
    write: TryArgs,
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
        write(session, "issuances", &self.write, &body, |made: &Issued| {
            View::pairs([
                ("serial", made.serial.to_string()),
                ("tonnes", tonnes(made.tonnes)),
                ("account", made.account.to_string()),
                ("leaf", made.index.to_string()),
            ])
        })
    }
}
