//! What other registries tell, brought as a file.

use std::path::PathBuf;

use clap::Args;
use countersign_bridge::notification::FILE_BYTES_MAX;
use countersign_node::http::dto::{
    NotificationAction, NotificationDraft, NotificationResult, NotificationsAnswer,
};

use crate::client::TryArgs;
use crate::commands::read_rows;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};
use crate::terminal;
use crate::words::word;

#[derive(Args, Debug)]
pub(crate) struct NotificationArgs {
    /// One JSON object a line
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    write: TryArgs,
}

impl NotificationArgs {
    pub(super) fn run(self, session: &Session) -> Outcome {
        let file = self.file.display();
        let bytes = read_rows(&self.file, FILE_BYTES_MAX as u64)?;
        let TryArgs { dry_run, write } = &self.write;
        if !dry_run {
            session.confirm(&format!("Record what {file} tells?"))?;
        }
        let (path, media) = ("article6/notifications", "application/x-ndjson");
        let client = session.client()?;
        let answer: NotificationsAnswer = client.rows(path, write, *dry_run, media, &bytes)?;
        session.out().show(&answer, table)?;
        ended(&answer, *dry_run)
    }
}

fn table(answer: &NotificationsAnswer) -> View {
    Table::of(
        ["LINE>", "STATUS", "WHAT"],
        "the file tells nothing",
        &answer.results,
        |it| [it.line.to_string(), word(&it.status), what(it)],
    )
}

fn what(it: &NotificationResult) -> String {
    match it {
        NotificationResult {
            draft: Some(draft), ..
        } => to_do(draft),
        NotificationResult {
            detail: Some(why), ..
        } => why.clone(),
        NotificationResult {
            proposal: Some(number),
            ..
        } => format!("another official must approve it with `user approve {number}`"),
        NotificationResult {
            index: Some(index), ..
        } => format!("leaf {index}"),
        _ => String::new(),
    }
}

/// What officials are to do, in one sentence.
fn to_do(it: &NotificationDraft) -> String {
    let name = |it: &dyn std::fmt::Display| it.to_string();
    let units = it.units.as_ref().map_or_else(String::new, |it| name(it));
    let account = it.account.as_ref().map_or_else(String::new, |it| name(it));
    match it.action {
        NotificationAction::Issue => {
            let vintage = it.vintage.map_or_else(String::new, |it| it.to_string());
            let under = it.authorisation.as_ref();
            let under = under.map_or_else(String::new, |it| name(it));
            format!(
                "to do: issue {} of vintage {vintage} under {under} ({})",
                it.quantity, it.reference
            )
        }
        NotificationAction::End => {
            let purpose = it.purpose.as_ref().map_or_else(String::new, word);
            format!(
                "to do: use or cancel {units} of account {account} for {purpose} ({})",
                it.reference
            )
        }
        NotificationAction::Contribute => format!(
            "to do: move {units} of account {account} into an account for shares of proceeds ({})",
            it.reference
        ),
    }
}

/// Says what came of the lines, and makes it the exit code.
fn ended(answer: &NotificationsAnswer, is_trial: bool) -> Outcome {
    let NotificationsAnswer {
        lines,
        recorded,
        proposed,
        possible,
        repeated,
        drafts,
        refused,
        results: _,
    } = answer;
    let done = if is_trial {
        format!("{possible} of {lines} lines could be recorded")
    } else {
        format!("{recorded} lines recorded, {proposed} proposed")
    };
    let done =
        format!("{done}, {repeated} recorded before, {drafts} to be done here, {refused} refused");
    match *refused {
        0 => {
            terminal::done(done);
            Ok(())
        }
        refused if refused == *lines => Err(Failure::validation(done)),
        _ => Err(Failure::new(Exit::Partial, done)),
    }
}
