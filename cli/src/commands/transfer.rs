//! Transfers: to partner countries, and between accounts at home.

mod side;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{
    CancelAsked, Moved, NewAccountTransfer, NewCancel, NewTransfer, Sent, TransferView, Written,
};
use countersign_protocol::id::{AccountId, AgreementId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::Reason;

use super::organisation::ListArgs;
use super::units::{self, UnitsArgs};
use super::{tell, tried, write};
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};
use crate::terminal;
use crate::words::word;
use side::{settled, shown};

#[derive(Debug, Subcommand)]
pub(crate) enum TransferCommand {
    /// Send units to a partner country
    Send(SendArgs),
    /// Show a transfer between countries
    Show(ShowArgs),
    /// List transfers between countries, newest first
    List(TransferListArgs),
    /// Ask the destination to refuse an open transfer
    Cancel(CancelArgs),
    /// Move units between two accounts of this registry
    Move(MoveArgs),
}

#[derive(Args, Debug)]
pub(crate) struct SendArgs {
    /// The partner country
    #[arg(long, value_name = "PARTY")]
    to: Party,
    /// The agreement under which the units move
    #[arg(long, value_name = "ID")]
    agreement: AgreementId,
    /// The account that gives
    #[arg(long, value_name = "ID")]
    from: AccountId,
    /// The partner's account that is to receive
    #[arg(long, value_name = "ID")]
    to_account: AccountId,
    #[command(flatten)]
    units: UnitsArgs,
    /// The destination must refuse after this many hours by its own clock; 30 days when left out
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=87_600))]
    expires_in: Option<u64>,
    /// Wait so many seconds for the partner's answer
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The transfer
    transfer: TransferId,
    /// Wait so many seconds until it is settled
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct TransferListArgs {
    /// Only those that leave or arrive
    #[arg(long, value_enum)]
    direction: Option<Direction>,
    /// Only those in this state
    #[arg(long, value_enum)]
    state: Option<State>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Direction {
    Out,
    In,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    Locked,
    Final,
    Released,
    Acquired,
    Refused,
}

#[derive(Args, Debug)]
pub(crate) struct CancelArgs {
    /// The transfer
    transfer: TransferId,
    /// Why, in public words
    #[arg(long)]
    reason: Reason,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct MoveArgs {
    /// The account that gives
    #[arg(long, value_name = "ID")]
    from: AccountId,
    /// The account that receives
    #[arg(long, value_name = "ID")]
    to: AccountId,
    #[command(flatten)]
    units: UnitsArgs,
    #[command(flatten)]
    write: TryArgs,
}

impl TransferCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Send(args) => args.run(session),
            Self::Show(args) => {
                let client = session.client()?;
                let found = match args.wait {
                    Some(seconds) => settled(&client, args.transfer, Duration::from_secs(seconds))?,
                    None => client.get(&format!("transfers/{}", args.transfer), &[])?,
                };
                session.out().show(&found, shown)
            }
            Self::List(args) => args.run(session),
            Self::Cancel(args) => {
                let path = format!("transfers/{}/cancel", args.transfer);
                let body = NewCancel {
                    reason: args.reason,
                };
                terminal::say(
                    "the units stay locked until the destination has answered; its answer may still be that it took them",
                );
                write(session, &path, &args.write, &body, |made: &CancelAsked| {
                    View::pairs([
                        ("transfer", made.transfer.to_string()),
                        ("leaf", made.index.to_string()),
                    ])
                })
            }
            Self::Move(args) => args.run(session),
        }
    }
}

impl SendArgs {
    fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let expiry_ms = self
            .expires_in
            .map(|hours| now_ms().saturating_add(hours * 3_600_000));
        let body = NewTransfer {
            to: self.to,
            agreement: self.agreement,
            from: self.from,
            to_account: self.to_account,
            units: self.units.selection(),
            expiry_ms,
        };
        if self.write.dry_run {
            return tried(session, &client.try_out("transfers", &body)?);
        }
        let written: Written<Sent> = client.write("transfers", &self.write.write, &body)?;
        tell(&written.receipt);
        if let Some(seconds) = self.wait {
            let found = settled(&client, written.made.transfer, Duration::from_secs(seconds))?;
            return session.out().show(&found, shown);
        }
        session.out().show(&written, |written| {
            let made = &written.made;
            let pairs = View::pairs([
                ("transfer", made.transfer.to_string()),
                (
                    "to",
                    format!(
                        "{} ({}), account {}",
                        made.to, made.to_origin, made.to_account
                    ),
                ),
                ("agreement", made.agreement.to_string()),
                ("from", format!("account {}", made.from)),
                ("tonnes", tonnes(made.tonnes)),
                ("expires", moment(made.expiry_ms)),
            ]);
            View::Many(vec![pairs, units::table(&made.units)])
        })
    }
}

impl TransferListArgs {
    fn run(self, session: &Session) -> Outcome {
        let lower = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        let mut query = Vec::new();
        query.extend(self.direction.map(|it| ("direction", lower(&it))));
        query.extend(self.state.map(|it| ("state", lower(&it))));
        let found: Vec<TransferView> =
            session
                .client()?
                .list("transfers", &query, self.list.limit)?;
        session.out().show(&found, |found| {
            Table::of(
                [
                    "TRANSFER",
                    "WAY",
                    "PARTNER",
                    "STATE",
                    "TONNES>",
                    "AGREEMENT",
                    "OPENED",
                ],
                "no transfers",
                found,
                |it| {
                    [
                        it.id.to_string(),
                        word(&it.direction),
                        it.partner.to_string(),
                        it.state.to_string(),
                        tonnes(it.tonnes),
                        or_dash(it.agreement.as_ref()),
                        moment(it.opened_ms),
                    ]
                },
            )
        })
    }
}

impl MoveArgs {
    fn run(self, session: &Session) -> Outcome {
        let body = NewAccountTransfer {
            from: self.from,
            to: self.to,
            units: self.units.selection(),
        };
        write(
            session,
            "account-transfers",
            &self.write,
            &body,
            |made: &Moved| {
                let serials: Vec<String> = made.serials.iter().map(ToString::to_string).collect();
                View::pairs([
                    ("from", format!("account {}", made.from)),
                    ("to", format!("account {}", made.to)),
                    ("tonnes", tonnes(made.tonnes)),
                    ("serials", serials.join("\n")),
                    ("leaf", made.index.to_string()),
                ])
            },
        )
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
