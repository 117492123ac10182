//! Projects of the registry.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{NewProject, Written};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{Project, Title};
use countersign_protocol::serial::SectoralScope;

use super::organisation::ListArgs;
use super::tell;
use crate::client::WriteArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View};

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Register a project
    Add(AddArgs),
    /// List projects
    List(ListArgs),
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The developer's organisation id
    #[arg(long, value_name = "ID")]
    organisation: OrganisationId,
    /// The public title
    #[arg(long)]
    title: Title,
    /// The CDM sectoral scope, 1 to 16
    #[arg(long, value_name = "1-16")]
    scope: SectoralScope,
    #[command(flatten)]
    write: WriteArgs,
}

impl ProjectCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Add(args) => {
                let body = NewProject {
                    organisation: args.organisation,
                    title: args.title,
                    scope: args.scope,
                };
                let written: Written<Project> =
                    session.client()?.write("projects", &args.write, &body)?;
                tell(&written.receipt);
                session.out().show(&written, |written| {
                    table(std::slice::from_ref(&written.made))
                })
            }
            Self::List(args) => {
                let found: Vec<Project> = session.client()?.list("projects", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
        }
    }
}

fn table(projects: &[Project]) -> View {
    Table::of(
        ["NUMBER>", "TITLE", "ORGANISATION>", "SCOPE"],
        "no projects",
        projects,
        |it| {
            [
                it.number.to_string(),
                it.title.to_string(),
                it.organisation.to_string(),
                format!("{} {}", it.scope.number(), it.scope.name()),
            ]
        },
    )
}
