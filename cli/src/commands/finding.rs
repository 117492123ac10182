//! Findings: what a certifier asks to be mended, and how that ends.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{
    FindingText, FindingView, NewFindingBody, OpenFindingView, Page,
};
use countersign_protocol::record::FindingKind;

use super::{read_text, write};
use crate::client::TryArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};

#[derive(Debug, Subcommand)]
pub(crate) enum FindingCommand {
    /// Open a finding in a case that is with you, its certifier
    Open(OpenArgs),
    /// Answer a finding, as an owner
    Answer(StepArgs),
    /// Close a finding that was answered, as the certifier
    Close(StepArgs),
    /// List the findings that are open in a case, with the forward action requests of its project
    List {
        /// The case, by its number
        case: u64,
    },
}

/// What a finding asks.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Corrective action request: a mistake to be mended before the certifier agrees
    Car,
    /// Clarification request: something to be explained before the certifier agrees
    Cl,
    /// Forward action request: something to be mended by the next period
    Far,
}

impl From<Kind> for FindingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Car => Self::CorrectiveAction,
            Kind::Cl => Self::Clarification,
            Kind::Far => Self::ForwardAction,
        }
    }
}

/// What it says. It stays in the node; the ledger carries a commitment.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct TextArgs {
    /// What it says
    #[arg(long)]
    text: Option<String>,
    /// A file with what it says
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
}

impl TextArgs {
    fn read(self) -> Outcome<String> {
        match (self.text, self.text_file) {
            (Some(text), _) => Ok(text),
            (None, Some(path)) => read_text(&path),
            (None, None) => Err(Failure::usage(
                "what does it say? Add --text or --text-file",
            )),
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct OpenArgs {
    /// The case, by its number
    case: u64,
    /// What it asks
    #[arg(long, value_enum)]
    kind: Kind,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct StepArgs {
    /// The case in which it was opened, by its number
    case: u64,
    /// The finding, by its number in that case
    finding: u32,
    #[command(flatten)]
    text: TextArgs,
    /// The later case in which this happens, for a forward action request
    #[arg(long, value_name = "CASE")]
    within: Option<u64>,
    #[command(flatten)]
    write: TryArgs,
}

impl FindingCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Open(args) => {
                let body = NewFindingBody {
                    kind: args.kind.into(),
                    text: args.text.read()?,
                };
                let path = format!("cases/{}/findings", args.case);
                write(session, &path, &args.write, &body, |made| {
                    shown(made, "open")
                })
            }
            Self::Answer(args) => args.run(session, "answer", "answered"),
            Self::Close(args) => args.run(session, "close", "closed"),
            Self::List { case } => {
                let path = format!("cases/{case}/findings");
                let found: Page<OpenFindingView> = session.client()?.get(&path, &[])?;
                session.out().show(&found.items, |found| table(found))
            }
        }
    }
}

impl StepArgs {
    fn run(self, session: &Session, what: &str, done: &str) -> Outcome {
        let path = format!("cases/{}/findings/{}/{what}", self.case, self.finding);
        let body = FindingText {
            text: self.text.read()?,
            within: self.within,
        };
        write(session, &path, &self.write, &body, |made| shown(made, done))
    }
}

fn shown(made: &FindingView, state: &str) -> View {
    View::pairs([
        ("case", made.case.to_string()),
        ("finding", made.finding.to_string()),
        ("state", state.to_owned()),
    ])
}

fn table(open: &[OpenFindingView]) -> View {
    Table::of(
        ["CASE>", "FINDING>", "KIND", "STATE", "LEAF>"],
        "no finding is open",
        open,
        |it| {
            let state = if it.answered { "answered" } else { "open" };
            [
                it.case.to_string(),
                it.finding.to_string(),
                it.kind.to_string(),
                state.to_owned(),
                it.opened_at.to_string(),
            ]
        },
    )
}
