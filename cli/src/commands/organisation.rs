//! Organisations of the registry.

mod admit;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{NewEnrolment, NewOrganisation};
use countersign_protocol::record::{Name, Organisation, Word};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::SubjectKind;

use super::case::BeginArgs;
use super::trusted::TrustedCommand;
use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, or_dash};
use crate::words::{self, word};

#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Register an organisation in a registry that has no process
    Add(AddArgs),
    /// Enrol an organisation of the adopted process: it may act once a case of its own has registered it
    Enrol(EnrolArgs),
    /// Open the own organisation's registration and hand it in, with its form and documents
    Register(Box<BeginArgs>),
    /// Register organisations that the authority knows, such as imported ones: each official who acts says yes to each
    Admit(admit::AdmitArgs),
    /// List organisations
    List(ListArgs),
    /// Trusted receivers: units go to them without a wait
    #[command(subcommand)]
    Trusted(TrustedCommand),
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
    write: TryArgs,
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
    write: TryArgs,
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
                write(session, "organisations", &args.write, &body, one)
            }
            Self::Enrol(args) => {
                let body = NewEnrolment {
                    name: args.name,
                    organisation_type: args.organisation_type,
                    scopes: args.scopes.into_iter().collect(),
                };
                write(session, "enrolments", &args.write, &body, one)
            }
            Self::Register(args) => args.run(session, SubjectKind::Organisation, None),
            Self::Admit(args) => args.run(session),
            Self::Trusted(command) => command.run(session),
            Self::List(args) => {
                let found: Vec<Organisation> =
                    session.client()?.list("organisations", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
        }
    }
}

fn one(made: &Organisation) -> View {
    table(std::slice::from_ref(made))
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
