//! From a file to the process of a running registry.

use std::path::PathBuf;

use clap::Args;
use countersign_node::http::dto::{NewProcess, ProcessView, ProposalView};

use super::source::Source;
use crate::client::TryArgs;
use crate::commands::write_or_propose;
use crate::exit::{Failure, Outcome};
use crate::output;
use crate::session::Session;
use crate::table::{Table, View, moment, short};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct AdoptArgs {
    /// The process file, `-` for standard input, or the name of a preset
    #[arg(value_name = "FILE|PRESET")]
    source: PathBuf,
    #[command(flatten)]
    write: TryArgs,
}

impl AdoptArgs {
    pub(super) fn run(self, session: &Session) -> Outcome {
        let source = Source::read(&self.source)?;
        // The node checks it too; here every mistake is shown, not only the first.
        source.process()?;
        let body = NewProcess { text: source.text };
        write_or_propose(session, "processes", &self.write, &body, |made| {
            table(std::slice::from_ref(made))
        })
    }
}

#[derive(Args, Debug)]
pub(crate) struct ProposedArgs {
    /// The proposal's number
    proposal: u64,
    /// Print the file, to compare it with the one in force
    #[arg(long)]
    file: bool,
}

impl ProposedArgs {
    /// What a process that waits for a second official would change.
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let client = session.client()?;
        if self.file {
            let path = format!("proposals/{}/file", self.proposal);
            return output::write(client.text(&path, &[])?.as_bytes());
        }
        let open: Vec<ProposalView> = client.all("proposals")?;
        let mut processes = open.into_iter().filter(|it| it.proposal == self.proposal);
        let found = processes.find_map(|it| it.process).ok_or_else(|| {
            Failure::validation(format_args!(
                "no process waits as proposal {}",
                self.proposal
            ))
            .hint("what waits: countersign user proposals")
        })?;
        if !found.is_current {
            terminal::say("another process was adopted meanwhile: this one can only be rejected");
        }
        session.out().show(&found, |found| {
            Table::of(
                ["WHAT", "FLOW", "ID", "BECOMES"],
                "nothing differs from the process in force but words and order",
                &found.changes,
                |it| {
                    [
                        it.what.clone(),
                        it.flow.clone().unwrap_or_default(),
                        it.id.clone(),
                        it.became.clone(),
                    ]
                },
            )
        })
    }
}

/// The processes that the registry has adopted.
pub(super) fn adopted(session: &Session) -> Outcome {
    let found: Vec<ProcessView> = session.client()?.all("processes")?;
    session.out().show(&found, |found| table(found))
}

fn table(processes: &[ProcessView]) -> View {
    Table::of(
        [
            "VERSION>",
            "PROCESS",
            "ITS VERSION",
            "TITLE",
            "SINCE",
            "SHA-256",
        ],
        "no process was adopted",
        processes,
        |it| {
            [
                it.version.to_string(),
                it.id.clone(),
                it.text_version.clone(),
                it.title.clone(),
                moment(it.since_ms),
                short(&hex::encode(it.process)),
            ]
        },
    )
}
