//! Units on hold.

use clap::Args;
use countersign_node::http::dto::{Held, NewHold, Written};
use countersign_protocol::id::AccountId;
use countersign_protocol::record::Reason;
use countersign_protocol::units::UnitRange;

use super::tell;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::View;

#[derive(Args, Debug)]
pub(crate) struct HoldArgs {
    /// The account that owns the units
    #[arg(long, value_name = "ID")]
    account: AccountId,
    /// A whole range of that account, such as GH-27-35; may be given several times
    #[arg(long = "range", value_name = "RANGE", required = true)]
    ranges: Vec<UnitRange>,
    /// Why, in public words
    #[arg(long)]
    reason: Reason,
    /// Lift the hold
    #[arg(long)]
    lift: bool,
    #[command(flatten)]
    write: WriteArgs,
}

impl HoldArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let body = NewHold {
            account: self.account,
            ranges: self.ranges,
            lift: self.lift,
            reason: self.reason,
        };
        let written: Written<Held> = session.client()?.write("holds", &self.write, &body)?;
        tell(&written.receipt);
        session.out().show(&written, |written| {
            let made = &written.made;
            let ranges: Vec<String> = made.ranges.iter().map(ToString::to_string).collect();
            let what = if made.lift { "lifted for" } else { "on hold" };
            View::pairs([
                (what, ranges.join(", ")),
                ("account", made.account.to_string()),
                ("reason", made.reason.to_string()),
                ("leaf", made.index.to_string()),
            ])
        })
    }
}
