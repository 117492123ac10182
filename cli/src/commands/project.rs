//! Projects of the registry.

mod show;
mod versions;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{NewProject, ProjectView};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{Project, Title};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::SubjectKind;

use super::case::BeginArgs;
use super::organisation::ListArgs;
use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View};

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Register a project in a registry that has no process
    Add(AddArgs),
    /// Open a project's case and hand it in, with its form and documents; or hand in again what was returned
    Submit(Box<BeginArgs>),
    /// List projects
    List(ListArgs),
    /// Show a project with what you may see of its description
    Show {
        /// Its number
        number: u32,
    },
    /// List the forms that were handed in for a project
    Versions(versions::VersionsArgs),
    /// Show which fields changed between two versions of a form
    Diff(versions::DiffArgs),
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
    write: TryArgs,
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
                write(session, "projects", &args.write, &body, |made| {
                    table(std::slice::from_ref(made))
                })
            }
            Self::Submit(args) => args.run(session, SubjectKind::Project, None),
            Self::List(args) => {
                let found: Vec<Project> = session.client()?.list("projects", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
            Self::Show { number } => {
                let path = format!("projects/{number}");
                let found: ProjectView = session.client()?.get(&path, &[])?;
                session.out().show(&found, show::pairs)
            }
            Self::Versions(args) => args.run(session),
            Self::Diff(args) => args.run(session),
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
