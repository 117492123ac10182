//! Organisations of the registry.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{NewEnrolment, NewOrganisation, Written};
use countersign_protocol::record::{Name, Organisation, Word};
use countersign_protocol::serial::SectoralScope;

use super::tell;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, or_dash};
use crate::words::{self, word};

#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Register an organisation
    Add(AddArgs),
    /// Enrol an organisation of the adopted process: it may act once a case of its own has registered it
    Enrol(EnrolArgs),
    /// List organisations
    List(ListArgs),
}

#[derive(Args, Debug)]
pub(crate) struct EnrolArgs {
    /// Its public name
    #[arg(long)]
    name: Name,
    /// Its type in the process, such as developer
    #[arg(long = "type", value_name = "TYPE")]
    organisation_type: Word,
    /// A sectoral scope that it answers for, where its type is sectoral; may be given several times
    #[arg(long = "scope", value_name = "1-16")]
    scopes: Vec<SectoralScope>,
    #[command(flatten)]
    write: WriteArgs,
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
            Self::Enrol(args) => {
                let body = NewEnrolment {
                    name: args.name,
                    organisation_type: args.organisation_type,
                    scopes: args.scopes.into_iter().collect(),
                };
                let written: Written<Organisation> =
                    session.client()?.write("enrolments", &args.write, &body)?;
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
        ["ID>", "NAME", "KIND", "TYPE"],
        "no organisations",
        organisations,
        |it| {
            [
                it.id.to_string(),
                it.name.to_string(),
                word(&it.kind),
                or_dash(it.organisation_type.as_ref()),
            ]
        },
    )
}
