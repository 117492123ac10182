//! Organisations of the registry.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{NewOrganisation, Written};
use countersign_protocol::record::{Name, Organisation};

use super::tell;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View};
use crate::words::{self, word};

#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Register an organisation
    Add(AddArgs),
    /// List organisations
    List(ListArgs),
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// Its public name
    #[arg(long)]
    name: Name,
    /// What it is to the registry
    #[arg(long, value_enum)]
    kind: words::OrganisationKind,
    #[command(flatten)]
    write: WriteArgs,
}

/// How much of a list.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// The most items
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: usize,
}

impl OrganisationCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Add(args) => {
                let body = NewOrganisation {
                    name: args.name,
                    kind: args.kind.into(),
                };
                let written: Written<Organisation> =
                    session
                        .client()?
                        .write("organisations", &args.write, &body)?;
                tell(&written.receipt);
                session.out().show(&written, |written| {
                    table(std::slice::from_ref(&written.made))
                })
            }
            Self::List(args) => {
                let found: Vec<Organisation> =
                    session.client()?.list("organisations", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
        }
    }
}

fn table(organisations: &[Organisation]) -> View {
    Table::of(
        ["ID>", "NAME", "KIND"],
        "no organisations",
        organisations,
        |it| [it.id.to_string(), it.name.to_string(), word(&it.kind)],
    )
}
