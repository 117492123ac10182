//! Cases of the country's process: where each stands and whom it waits for.

mod act;
mod begin;
mod comment;
pub(super) mod duplicates;
mod issued;
mod migrate;

pub(crate) use begin::BeginArgs;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    AwaitedStep, CaseFileView, CaseView, DuplicatesView, InboxView, NewOpenCase,
};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{Title, Word};
use countersign_protocol::serial::SectoralScope;

use super::organisation::ListArgs;
use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Open a case: a subject sets out on a flow of the process
    Open(OpenArgs),
    /// Take a step of a case
    Act(Box<act::ActArgs>),
    /// List cases
    List(ListArgs),
    /// Show a case: its stage, and the steps that lead on
    Show {
        /// Its number
        number: u64,
    },
    /// Show what was handed in with a case, and what you can do next
    File {
        /// Its number
        number: u64,
    },
    /// List what waits for you, or for a role
    Inbox(InboxArgs),
    /// Propose that a running case, with those below it, goes on under a newer version of the process
    Migrate(migrate::MigrateArgs),
    /// List migrations that wait for a second official
    Migrations,
    /// Carry out a migration that another official proposed
    ApproveMigration(migrate::ApproveArgs),
    /// Comment on a case, or answer or reword a comment
    Comment(comment::CommentArgs),
    /// List the comments of a case
    Comments(comment::CommentsArgs),
    /// List the projects that look like the one of a case
    Duplicates {
        /// Its number
        number: u64,
    },
}

#[derive(Args, Debug)]
pub(crate) struct InboxArgs {
    /// What waits for this role, such as administrator, in the cases that you may look into
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// The role of this organisation type only
    #[arg(long = "type", value_name = "TYPE", requires = "role")]
    of: Option<String>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Debug)]
pub(crate) struct OpenArgs {
    /// The flow, such as project
    flow: Word,
    /// The subject's public title
    #[arg(long)]
    title: Title,
    /// The track, where the flow has tracks
    #[arg(long)]
    track: Option<Word>,
    /// The case that it belongs to
    #[arg(long, value_name = "N")]
    parent: Option<u64>,
    /// An owner, where it is not your organisation alone; may be given several times
    #[arg(long = "owner", value_name = "N")]
    owners: Vec<OrganisationId>,
    /// The receiver that a request names
    #[arg(long, value_name = "N")]
    counterparty: Option<OrganisationId>,
    /// A sectoral scope; may be given several times
    #[arg(long = "scope", value_name = "1-16")]
    scopes: Vec<SectoralScope>,
    /// An owner's parts of what a project issues, as OWNER=PARTS; equal parts when none is named
    #[arg(long = "share", value_name = "OWNER=PARTS", value_parser = share)]
    shares: Vec<(OrganisationId, u32)>,
    #[command(flatten)]
    write: TryArgs,
}

impl CaseCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Open(args) => open(args, session),
            Self::Act(args) => args.run(session),
            Self::Migrate(args) => args.run(session),
            Self::Migrations => migrate::list(session),
            Self::ApproveMigration(args) => args.run(session),
            Self::List(args) => {
                let found: Vec<CaseView> = session.client()?.list("cases", &[], args.limit)?;
                session.out().show(&found, |found| case_table(found))
            }
            Self::Show { number } => {
                let found: CaseView = session.client()?.get(&format!("cases/{number}"), &[])?;
                session.out().show(&found, pairs)
            }
            Self::File { number } => {
                let path = format!("cases/{number}/file");
                let found: CaseFileView = session.client()?.get(&path, &[])?;
                session.out().show(&found, file)
            }
            Self::Inbox(args) => {
                let role = args.role.map(|role| ("role", role));
                let of = args.of.map(|of| ("type", of));
                let query: Vec<_> = role.into_iter().chain(of).collect();
                let limit = args.list.limit;
                let found: Vec<InboxView> = session.client()?.list("inbox", &query, limit)?;
                session.out().show(&found, |found| inbox(found))
            }
            Self::Comment(args) => args.run(session),
            Self::Comments(args) => args.run(session),
            Self::Duplicates { number } => {
                let path = format!("cases/{number}/duplicates");
                let found: DuplicatesView = session.client()?.get(&path, &[])?;
                session.out().show(&found, duplicates::table)
            }
        }
    }
}

fn open(args: OpenArgs, session: &Session) -> Outcome {
    let body = NewOpenCase {
        flow: args.flow,
        track: args.track,
        parent: args.parent,
        title: args.title,
        owners: args.owners.into_iter().collect(),
        counterparty: args.counterparty,
        scopes: args.scopes.into_iter().collect(),
        shares: args.shares.into_iter().collect(),
    };
    write(session, "cases", &args.write, &body, pairs)
}

fn share(text: &str) -> Result<(OrganisationId, u32), String> {
    let read = |text: &str| {
        let (owner, parts) = text.split_once('=')?;
        Some((owner.parse().ok()?, parts.parse().ok()?))
    };
    read(text).ok_or_else(|| "write it as OWNER=PARTS, such as 3=2".to_owned())
}

fn file(it: &CaseFileView) -> View {
    let texts = it.texts.iter().map(|text| {
        let name = format!("{} of {}, leaf {}", text.part, text.step, text.leaf);
        (
            name,
            text.text.clone().unwrap_or_else(|| "erased".to_owned()),
        )
    });
    let next = it.next.iter().map(|step| {
        let mut wants: Vec<String> = step
            .form
            .iter()
            .map(|form| format!("form {form}"))
            .collect();
        wants.extend(step.documents.iter().map(|kind| format!("document {kind}")));
        wants.extend(step.comment.then(|| "a comment".to_owned()));
        let with = if wants.is_empty() {
            String::new()
        } else {
            format!(" with {}", wants.join(", "))
        };
        match &step.hindrance {
            None => ("you can".to_owned(), format!("{}{with}", step.step)),
            Some(why) => ("not you".to_owned(), format!("{}: {why}", step.step)),
        }
    });
    View::pairs(texts.chain(next))
}

fn inbox(waiting: &[InboxView]) -> View {
    Table::of(
        [
            "CASE>", "TITLE", "FLOW", "STAGE", "STEP", "SINCE", "DUE", "REMINDED", "BY",
        ],
        "nothing waits",
        waiting,
        |it| {
            [
                it.case.to_string(),
                it.title.to_string(),
                it.flow.clone(),
                it.stage.clone(),
                it.step.clone(),
                moment(it.since_ms),
                or_dash(it.due_ms.map(moment)),
                or_dash(it.reminded_ms.map(moment)),
                or_dash((!it.by.is_empty()).then(|| it.by.join(", "))),
            ]
        },
    )
}

pub(crate) fn case_table(cases: &[CaseView]) -> View {
    Table::of(
        ["CASE>", "TITLE", "FLOW", "STAGE", "SINCE", "WAITS FOR"],
        "no cases",
        cases,
        |it| {
            let awaited = it.waits_for.iter().filter(|step| step.awaited);
            let steps: Vec<&str> = awaited.map(|step| step.step.as_str()).collect();
            [
                it.case.to_string(),
                it.title.to_string(),
                it.flow.clone(),
                it.stage_label.clone(),
                moment(it.since_ms),
                or_dash((!steps.is_empty()).then(|| steps.join(", "))),
            ]
        },
    )
}

fn pairs(it: &CaseView) -> View {
    let numbers = |numbers: Vec<String>| or_dash((!numbers.is_empty()).then(|| numbers.join(", ")));
    let verified = it
        .verified
        .iter()
        .map(|it| format!("{} t of {}", tonnes(it.tonnes), it.year));
    let mut rows = vec![
        ("case", it.case.to_string()),
        ("title", it.title.to_string()),
        ("flow", it.flow.clone()),
        ("track", or_dash(it.track.as_ref())),
        ("stage", format!("{} ({})", it.stage_label, it.stage)),
        ("since", moment(it.since_ms)),
        (
            "owners",
            numbers(it.owners.iter().map(ToString::to_string).collect()),
        ),
        ("certifier", or_dash(it.certifier)),
        ("belongs to case", or_dash(it.parent)),
        ("project", or_dash(it.project)),
        ("verified", numbers(verified.collect())),
        ("acts", it.acts.to_string()),
        ("process", hex::encode(it.process)),
    ];
    rows.extend(
        it.waits_for
            .iter()
            .map(|step| ("may follow", awaited(step))),
    );
    View::pairs(rows)
}

fn awaited(step: &AwaitedStep) -> String {
    let votes = if step.votes_needed > 1 {
        format!(", {} of {} have said yes", step.votes, step.votes_needed)
    } else {
        String::new()
    };
    let due = step
        .due_ms
        .map(|due| format!(", by {}", moment(due)))
        .unwrap_or_default();
    format!("{} by {}{votes}{due}", step.step, step.by.join(" or "))
}
