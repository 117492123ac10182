//! Cases of the country's process: where each stands and whom it waits for.

use clap::Subcommand;
use countersign_node::http::dto::{AwaitedStep, CaseView};

use super::organisation::ListArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// List cases
    List(ListArgs),
    /// Show a case: its stage, and the steps that lead on
    Show {
        /// Its number
        number: u64,
    },
}

impl CaseCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::List(args) => {
                let found: Vec<CaseView> = session.client()?.list("cases", &[], args.limit)?;
                session.out().show(&found, |found| table(found))
            }
            Self::Show { number } => {
                let found: CaseView = session.client()?.get(&format!("cases/{number}"), &[])?;
                session.out().show(&found, pairs)
            }
        }
    }
}

fn table(cases: &[CaseView]) -> View {
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
