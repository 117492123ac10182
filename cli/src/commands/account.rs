//! Accounts of the registry and what is in them.

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{AccountView, HoldingView, NewAccount, StatementLine};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Account, Name};
use serde::Serialize;

use super::organisation::ListArgs;
use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};
use crate::words::{self, word};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Open an account
    Open(OpenArgs),
    /// List accounts with their balances
    List(ListArgs),
    /// Show an account and the units in it
    Show(ShowArgs),
    /// Show every movement of an account, oldest first
    Statement(StatementArgs),
}

#[derive(Args, Debug)]
pub(crate) struct OpenArgs {
    /// The organisation that it belongs to
    #[arg(long, value_name = "ID")]
    organisation: OrganisationId,
    /// Its public name
    #[arg(long)]
    name: Name,
    /// What it is for
    #[arg(long, value_enum, default_value = "entity-holding")]
    kind: words::AccountKind,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The account
    account: AccountId,
    /// Which of its units
    #[arg(long, value_enum, default_value_t)]
    place: Place,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Debug)]
pub(crate) struct StatementArgs {
    /// The account
    account: AccountId,
    #[command(flatten)]
    list: ListArgs,
}

/// Where units of an account are.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Place {
    /// Free to be disposed of
    #[default]
    Available,
    /// On hold
    OnHold,
    /// Locked for a partner who has not answered
    Escrow,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::OnHold => "on_hold",
            Self::Escrow => "escrow",
        }
    }
}

/// An account with its units.
#[derive(Serialize)]
struct Shown {
    account: AccountView,
    holdings: Vec<HoldingView>,
}

impl AccountCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (client, out) = (session.client()?, session.out());
        match self {
            Self::Open(args) => {
                let body = NewAccount {
                    organisation: args.organisation,
                    name: args.name,
                    kind: args.kind.into(),
                };
                write(session, "accounts", &args.write, &body, opened)
            }
            Self::List(args) => {
                let found: Vec<AccountView> = client.list("accounts", &[], args.limit)?;
                out.show(&found, |found| accounts(found))
            }
            Self::Show(args) => {
                let path = format!("accounts/{}", args.account);
                let query = [("place", args.place.name().to_owned())];
                let shown = Shown {
                    account: client.get(&path, &[])?,
                    holdings: client.list(&format!("{path}/holdings"), &query, args.list.limit)?,
                };
                out.show(&shown, |shown| {
                    View::Many(vec![
                        accounts(std::slice::from_ref(&shown.account)),
                        holdings(&shown.holdings),
                    ])
                })
            }
            Self::Statement(args) => {
                let path = format!("accounts/{}/statement", args.account);
                let lines: Vec<StatementLine> = client.list(&path, &[], args.list.limit)?;
                out.show(&lines, |lines| statement(lines))
            }
        }
    }
}

fn opened(account: &Account) -> View {
    View::pairs([
        ("account", account.id.to_string()),
        ("name", account.name.to_string()),
        ("organisation", account.organisation.to_string()),
        ("kind", word(&account.kind)),
    ])
}

fn accounts(accounts: &[AccountView]) -> View {
    Table::of(
        [
            "ID>",
            "NAME",
            "ORGANISATION>",
            "KIND",
            "AVAILABLE>",
            "ON HOLD>",
            "ESCROW>",
        ],
        "no accounts",
        accounts,
        |it| {
            [
                it.account.id.to_string(),
                it.account.name.to_string(),
                it.account.organisation.to_string(),
                word(&it.account.kind),
                tonnes(it.available),
                tonnes(it.on_hold),
                tonnes(it.escrow),
            ]
        },
    )
}

fn holdings(holdings: &[HoldingView]) -> View {
    Table::of(
        ["SERIAL", "TONNES>", "PLACE", "ITMO ID", "SINCE LEAF>"],
        "no units there",
        holdings,
        |it| {
            [
                it.units.serial.to_string(),
                tonnes(it.units.tonnes),
                word(&it.place),
                or_dash(it.units.itmo_id),
                it.since.to_string(),
            ]
        },
    )
}

fn statement(lines: &[StatementLine]) -> View {
    Table::of(
        ["LEAF>", "TIME", "KIND", "BALANCE OF", "TONNES>", "BALANCE>"],
        "no movements",
        lines,
        |it| {
            let sign = if it.tonnes < 0 { "-" } else { "+" };
            [
                it.index.to_string(),
                moment(it.time_ms),
                it.kind.replace('_', " "),
                word(&it.place),
                format!("{sign}{}", tonnes(it.tonnes.unsigned_abs())),
                it.balance.to_string(),
            ]
        },
    )
}
