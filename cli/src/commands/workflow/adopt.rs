//! From a file to the process of a running registry.

use std::path::PathBuf;

use clap::Args;
use countersign_node::http::dto::{NewProcess, ProcessView};

use super::source::Source;
use crate::client::TryArgs;
use crate::commands::write;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, short};

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
        write(session, "processes", &self.write, &body, |made| {
            table(std::slice::from_ref(made))
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
