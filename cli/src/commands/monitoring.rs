//! Monitoring periods of projects.

use clap::{Args, Subcommand};
use countersign_node::http::dto::CaseView;
use countersign_protocol::workflow::SubjectKind;

use super::case::{BeginArgs, case_table};
use super::organisation::ListArgs;
use crate::client::Client;
use crate::exit::{Failure, Outcome};
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum MonitoringCommand {
    /// Open a monitoring period of a project and hand in its report; or hand in again what was returned
    Submit(Box<SubmitArgs>),
    /// List monitoring periods
    List(ListPeriods),
}

#[derive(Args, Debug)]
pub(crate) struct SubmitArgs {
    /// The project, by its national number
    #[arg(long, value_name = "NUMBER", required_unless_present = "case")]
    project: Option<u32>,
    #[command(flatten)]
    begin: BeginArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ListPeriods {
    /// Of this project only, by its national number
    #[arg(long, value_name = "NUMBER")]
    project: Option<u32>,
    #[command(flatten)]
    list: ListArgs,
}

impl MonitoringCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Submit(args) => {
                let SubmitArgs { project, begin } = *args;
                let client = session.client()?;
                let parent = project
                    .map(|project| case_of(&client, project))
                    .transpose()?;
                begin.run(session, SubjectKind::MonitoringPeriod, parent.as_ref())
            }
            Self::List(args) => {
                let mut query = vec![("kind", "monitoring-period".to_owned())];
                query.extend(args.project.map(|it| ("project", it.to_string())));
                let client = session.client()?;
                let found: Vec<CaseView> = client.list("cases", &query, args.list.limit)?;
                session.out().show(&found, |found| case_table(found))
            }
        }
    }
}

/// The case of a project, by the project's number.
fn case_of(client: &Client, project: u32) -> Outcome<CaseView> {
    let query = [
        ("kind", "project".to_owned()),
        ("project", project.to_string()),
    ];
    let found: Vec<CaseView> = client.list("cases", &query, 1)?;
    found.into_iter().next().ok_or_else(|| {
        Failure::validation(format_args!("no case has registered a project {project}"))
            .hint("`countersign project list` shows the numbers")
    })
}
