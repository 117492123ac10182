//! A country's process as a file: checked, shown and walked through offline, before anybody adopts it (docs/process.md).

mod adopt;
mod check;
mod data;
mod fragment;
mod phrases;
mod show;
mod simulate;
mod source;
mod text;

use clap::Subcommand;
use countersign_protocol::workflow::{Flow, PRESETS, Process};
use serde_json::Value;

use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};
use source::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    /// Check process files: every mistake with its line and the way to mend it
    Check(check::CheckArgs),
    /// Show a process: its stages and steps, as a picture, or as the file that it is
    Show(show::ShowArgs),
    /// Walk through a flow with invented people
    Simulate(simulate::SimulateArgs),
    /// List the processes that come with the program
    Presets,
    /// Show the fields of a fragment that forms include, such as project/1
    Fragment(fragment::FragmentArgs),
    /// Adopt a process: new cases follow it, and nothing is registered or issued past it
    Adopt(adopt::AdoptArgs),
    /// Show what a process that waits for a second official would change
    Proposed(adopt::ProposedArgs),
    /// List the processes that the registry has adopted
    Adopted,
}

impl WorkflowCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Check(args) => args.run(session),
            Self::Show(args) => args.run(session),
            Self::Simulate(args) => args.run(session),
            Self::Presets => presets(session),
            Self::Fragment(args) => args.run(session),
            Self::Adopt(args) => args.run(session),
            Self::Proposed(args) => args.run(session),
            Self::Adopted => adopt::adopted(session),
        }
    }
}

fn presets(session: &Session) -> Outcome {
    let mut found = Vec::new();
    for (name, text) in PRESETS {
        found.push(Source::preset(name, text).process()?);
    }
    let data: Vec<Value> = found.iter().map(data::summary).collect();
    session.out().show(&data, |_| table(&found))
}

fn table(presets: &[Process]) -> View {
    let heading = [
        "PRESET",
        "TITLE",
        "VERSION",
        "LANGUAGES",
        "FLOWS>",
        "STEPS>",
    ];
    Table::of(heading, "no presets", presets, |process| {
        let counts = Counts::of(process);
        [
            process.id.clone(),
            process.title.get("en").to_owned(),
            process.version.clone(),
            process.languages.join(", "),
            counts.flows.to_string(),
            counts.steps.to_string(),
        ]
    })
}

/// How much stands in a process.
struct Counts {
    flows: usize,
    stages: usize,
    steps: usize,
    forms: usize,
}

impl Counts {
    fn of(process: &Process) -> Self {
        Self {
            flows: process.flows.len(),
            stages: process.flows.iter().map(|flow| flow.stages.len()).sum(),
            steps: process.flows.iter().map(|flow| flow.steps.len()).sum(),
            forms: process.forms.len(),
        }
    }
}

/// The flow that was named, or the only one.
fn choose_flow<'a>(process: &'a Process, named: Option<&str>) -> Outcome<&'a Flow> {
    let all = || {
        let ids = process.flows.iter().map(|flow| flow.id.as_str());
        format!("its flows: {}", ids.collect::<Vec<_>>().join(", "))
    };
    match (named, process.flows.as_slice()) {
        (Some(id), _) => process.flow(id).ok_or_else(|| {
            Failure::validation(format_args!("{} has no flow {id:?}", process.id)).hint(all())
        }),
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::usage("which flow? name it with --flow").hint(all())),
    }
}
