//! Mail: how it stands, trying again what could not be sent, and the texts that a country can change.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{MailRetried, MailStatusView, MailView, RetryMail};
use countersign_node::mail::MAIL_PRESETS;
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};

use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Show what waits, what could not be sent, and why
    Status,
    /// Try mail again that could not be sent
    Retry {
        /// One mail, by its number; all when none is named
        mail: Option<u64>,
    },
    /// Write the program's texts of mails into a folder, to be changed there
    Texts(TextsArgs),
}

#[derive(Args, Debug)]
pub(crate) struct TextsArgs {
    /// The language: en, fr, es or pt; all when none is named
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// The folder, such as mail-texts in the data folder; files that are there already stay as they are
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl MailCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Status => status(session),
            Self::Retry { mail } => {
                let body = RetryMail { mail };
                let done: MailRetried = session.client()?.ask("mail/retry", &body)?;
                terminal::done(format_args!("mails that are tried again: {}", done.mails));
                Ok(())
            }
            Self::Texts(args) => args.run(),
        }
    }
}

fn status(session: &Session) -> Outcome {
    let found: MailStatusView = session.client()?.get("mail", &[])?;
    let goes = match found.sink.as_str() {
        "smtp" => "to a mail server".to_owned(),
        _ => "into files in the folder mail of the data folder".to_owned(),
    };
    terminal::say(format_args!(
        "mail goes {goes}; {} went out since the start, {} wait, {} could not be sent",
        found.sent, found.waiting, found.dead
    ));
    if let Some(fault) = &found.fault {
        terminal::complain(format_args!("nothing goes out at the moment: {fault}"));
    }
    session.out().show(&found, |found| table(&found.mails))
}

fn table(mails: &[MailView]) -> View {
    Table::of(
        [
            "MAIL>", "KIND", "USER>", "DOMAIN", "QUEUED", "TRIES>", "STATE", "FAULT",
        ],
        "no mail waits",
        mails,
        |it| {
            let state = match it.dead_ms {
                Some(_) => "not sent".to_owned(),
                None => format!("next at {}", moment(it.next_ms)),
            };
            [
                it.mail.to_string(),
                it.kind.clone(),
                it.user.to_string(),
                it.domain.clone(),
                moment(it.queued_ms),
                it.tries.to_string(),
                state,
                or_dash(it.fault.as_ref()),
            ]
        },
    )
}

impl TextsArgs {
    fn run(&self) -> Outcome {
        let wanted = |language: &str| self.language.as_deref().is_none_or(|it| it == language);
        let texts: Vec<_> = MAIL_PRESETS.iter().filter(|(it, _)| wanted(it)).collect();
        if texts.is_empty() {
            return Err(
                Failure::validation("the program has no texts in this language")
                    .hint("its languages: en, fr, es, pt, ar"),
            );
        }
        fs::create_dir_all(&self.out).map_err(Failure::other)?;
        for (language, text) in texts {
            let path = self.out.join(format!("{language}.toml"));
            if path.symlink_metadata().is_ok() {
                terminal::say(format_args!("kept {}", path.display()));
                continue;
            }
            files::write_new(&path, text.as_bytes(), PUBLIC_FILE_MODE)?;
            terminal::done(format_args!("written to {}", path.display()));
        }
        Ok(())
    }
}
