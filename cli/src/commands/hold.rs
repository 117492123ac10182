//! Holds: what may not move, by whose order and until when.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    Held, LiftStandingHold, NewHold, NewStandingHold, StandingHoldView,
};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{HoldLifted, HoldOn, HoldPlaced, Reason, Reference};
use countersign_protocol::time::Timestamp;
use countersign_protocol::units::UnitRange;

use super::organisation::ListArgs;
use super::write;
use crate::client::TryArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};

/// Holds on numbers, accounts, projects and organisations; without a subcommand, units of one account in a registry that has
/// no process.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct HoldArgs {
    #[command(subcommand)]
    command: Option<HoldCommand>,
    #[command(flatten)]
    units: Option<UnitsHoldArgs>,
}

#[derive(Debug, Subcommand)]
enum HoldCommand {
    /// Place a hold: whatever would take the units out of their account is refused
    Place(PlaceArgs),
    /// Lift a hold
    Lift(LiftArgs),
    /// List holds, lifted ones too
    List(ListArgs),
}

#[derive(Args, Debug)]
struct PlaceArgs {
    #[command(flatten)]
    on: OnArgs,
    /// Why, in public words
    #[arg(long)]
    reason: Reason,
    #[command(flatten)]
    order: OrderArgs,
    /// From when on it does not count any more, such as 2027-01-01T00:00:00Z; until it is lifted when left out
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    #[command(flatten)]
    write: TryArgs,
}

/// What a hold is on.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct OnArgs {
    /// These units, such as GH-27-35, wherever they are in this registry; may be given several times
    #[arg(long = "range", value_name = "RANGE")]
    ranges: Vec<UnitRange>,
    /// An account: nothing leaves it
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// A project, by its national number: nothing is issued for it, and no unit of it moves
    #[arg(long, value_name = "NUMBER")]
    project: Option<u32>,
    /// An organisation: nothing leaves its accounts
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
}

/// By whose order.
#[derive(Args, Debug)]
struct OrderArgs {
    /// The organisation that orders it
    #[arg(long, value_name = "ID")]
    authority: OrganisationId,
    /// Where the order can be found, such as a file number
    #[arg(long)]
    reference: Reference,
}

#[derive(Args, Debug)]
struct LiftArgs {
    /// The hold, by its number
    hold: u64,
    /// Why, in public words
    #[arg(long)]
    reason: Reason,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
struct UnitsHoldArgs {
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
    write: TryArgs,
}

impl HoldArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match (self.command, self.units) {
            (Some(HoldCommand::Place(args)), _) => place(args, session),
            (Some(HoldCommand::Lift(args)), _) => lift(args, session),
            (Some(HoldCommand::List(args)), _) => {
                let client = session.client()?;
                let found: Vec<StandingHoldView> =
                    client.list("standing-holds", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
            (None, Some(args)) => args.run(session),
            (None, None) => Err(Failure::usage("what is to be held?")
                .hint("countersign hold place, or --account and --range")),
        }
    }
}

impl UnitsHoldArgs {
    fn run(self, session: &Session) -> Outcome {
        let body = NewHold {
            account: self.account,
            ranges: self.ranges,
            lift: self.lift,
            reason: self.reason,
        };
        write(session, "holds", &self.write, &body, |made: &Held| {
            let what = if made.lift { "lifted for" } else { "on hold" };
            View::pairs([
                (what, joined(&made.ranges)),
                ("account", made.account.to_string()),
                ("reason", made.reason.to_string()),
                ("leaf", made.index.to_string()),
            ])
        })
    }
}

fn place(args: PlaceArgs, session: &Session) -> Outcome {
    let OnArgs {
        ranges,
        account,
        project,
        organisation,
    } = args.on;
    let on = match (account, project, organisation) {
        (Some(account), _, _) => HoldOn::Account(account),
        (_, Some(project), _) => HoldOn::Project(project),
        (_, _, Some(organisation)) => HoldOn::Organisation(organisation),
        _ => HoldOn::Ranges(ranges),
    };
    let body = NewStandingHold {
        on,
        reason: args.reason,
        authority: args.order.authority,
        reference: args.order.reference,
        expiry_ms: args.until.map(Timestamp::milliseconds),
    };
    write(
        session,
        "standing-holds",
        &args.write,
        &body,
        |made: &HoldPlaced| {
            View::pairs([
                ("hold", made.hold.to_string()),
                ("on", words(&made.on)),
                ("reason", made.reason.to_string()),
                ("until", or_dash(made.expiry_ms.map(moment))),
            ])
        },
    )
}

fn lift(args: LiftArgs, session: &Session) -> Outcome {
    let body = LiftStandingHold {
        reason: args.reason,
        authority: args.order.authority,
        reference: args.order.reference,
    };
    let path = format!("standing-holds/{}/lift", args.hold);
    write(session, &path, &args.write, &body, |made: &HoldLifted| {
        View::pairs([
            ("lifted", made.hold.to_string()),
            ("reason", made.reason.to_string()),
        ])
    })
}

fn table(holds: &[StandingHoldView]) -> View {
    Table::of(
        ["HOLD>", "ON", "REASON", "BY", "REFERENCE", "UNTIL", "STATE"],
        "no holds",
        holds,
        |it| {
            let state = if it.lifted { "lifted" } else { "stands" };
            [
                it.hold.to_string(),
                words(&it.on),
                it.reason.to_string(),
                format!("organisation {}", it.authority),
                it.reference.to_string(),
                or_dash(it.expiry_ms.map(moment)),
                state.to_owned(),
            ]
        },
    )
}

fn words(on: &HoldOn) -> String {
    match on {
        HoldOn::Ranges(ranges) => joined(ranges),
        HoldOn::Account(account) => format!("account {account}"),
        HoldOn::Project(project) => format!("project {project}"),
        HoldOn::Organisation(organisation) => format!("organisation {organisation}"),
    }
}

fn joined(ranges: &[UnitRange]) -> String {
    let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    ranges.join(", ")
}
