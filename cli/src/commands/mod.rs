//! The commands, one module for each group.

pub(crate) mod account;
pub(crate) mod aef;
pub(crate) mod agreement;
pub(crate) mod api;
pub(crate) mod article6;
pub(crate) mod beneficiary;
pub(crate) mod bridge;
pub(crate) mod bulk;
pub(crate) mod case;
mod codes;
pub(crate) mod conformance;
mod country;
pub(crate) mod courier;
pub(crate) mod dmrv;
pub(crate) mod docs;
pub(crate) mod document;
pub(crate) mod events;
pub(crate) mod evidence;
pub(crate) mod federation;
pub(crate) mod finding;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod letter;
pub(crate) mod mail;
mod migrate;
pub(crate) mod monitoring;
pub(crate) mod open_data;
pub(crate) mod organisation;
pub(crate) mod peer;
pub(crate) mod people;
pub(crate) mod project;
pub(crate) mod projection;
pub(crate) mod reconcile;
pub(crate) mod recover;
pub(crate) mod retire;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod transfer;
mod trusted;
mod units;
pub(crate) mod verify;
pub(crate) mod webhook;
pub(crate) mod witness;
pub(crate) mod workflow;

use std::fs;
use std::path::Path;

use countersign_client::Recorded;
use countersign_node::http::dto::{Proposed, Receipt, Trial, Written};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::args::{Cli, Command};
use crate::client::TryArgs;
use crate::exit::{Failure, Outcome};
use crate::output;
use crate::session::Session;
use crate::table::{Table, View, moment};
use crate::terminal;

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Outcome {
    let session = &cli.session;
    match cli.command {
        Command::Init(args) => args.run(session),
        Command::Serve(args) => args.run(session),
        Command::Sandbox(command) => command.run(session),
        Command::Witness(args) => args.run(session),
        Command::Status => status::run(session),
        Command::Key(command) => command.run(session),
        Command::Peer(command) => command.run(session),
        Command::Courier(command) => command.run(session),
        Command::Evidence(command) => command.run(session),
        Command::Conformance(args) => args.run(session),
        Command::Reconcile(args) => args.run(session),
        Command::Freeze(command) => command.run(session),
        Command::Recover(args) => args.run(session),
        Command::Agreement(command) => command.run(session),
        Command::Federation(command) => command.run(session),
        Command::SignIn(args) => args.run(session),
        Command::User(command) => command.run(session),
        Command::Import(command) => command.run(session),
        Command::Api(args) => args.run(session),
        Command::Organisation(command) => command.run(session),
        Command::Account(command) => command.run(session),
        Command::Case(command) => command.run(session),
        Command::Document(command) => command.run(session),
        Command::Finding(command) => command.run(session),
        Command::Project(command) => command.run(session),
        Command::Monitoring(command) => command.run(session),
        Command::Issue(args) => args.run(session),
        Command::Hold(args) => args.run(session),
        Command::Transfer(command) => command.run(session),
        Command::Retire(args) => args.run(session),
        Command::Beneficiary(command) => command.run(session),
        Command::Bulk(args) => args.run(session),
        Command::Events(args) => args.run(session),
        Command::Ledger(command) => command.run(session),
        Command::Verify(args) => args.run(session),
        Command::Aef(command) => command.run(session),
        Command::Article6(command) => command.run(session),
        Command::Approach(command) => command.run(session),
        Command::InitialReport(command) => command.run(session),
        Command::Ndc(command) => command.run(session),
        Command::Authorisation(command) => command.run(session),
        Command::Workflow(command) => command.run(session),
        Command::Projection(command) => command.run(session),
        Command::OpenData(command) => command.run(session),
        Command::Letter(command) => command.run(session),
        Command::Mail(command) => command.run(session),
        Command::Bridge(command) => command.run(session),
        Command::Dmrv(command) => command.run(session),
        Command::Webhook(command) => command.run(session),
        Command::Migrate => migrate::run(session),
        Command::Completion(args) => args.run(),
        Command::Man(args) => args.run(),
        Command::Docs(command) => command.run(),
    }
}

/// Tells where a write went.
fn tell(receipt: &Receipt) {
    let last = receipt.first_index + u64::from(receipt.count).saturating_sub(1);
    let leaves = if receipt.count == 1 {
        format!("leaf {last}")
    } else {
        format!("leaves {} to {last}", receipt.first_index)
    };
    let time = moment(receipt.time_ms);
    terminal::done(format_args!(
        "recorded as {leaves} at {time}, request {}",
        receipt.request
    ));
}

/// Writes something, tells where it went and shows what was made; or only tries it.
fn write<B: Serialize, T: DeserializeOwned + Serialize>(
    session: &Session,
    path: &str,
    how: &TryArgs,
    body: &B,
    view: impl FnOnce(&T) -> View,
) -> Outcome {
    let client = session.client()?;
    if how.dry_run {
        return tried(session, &client.try_out(path, body)?);
    }
    let written: Written<T> = client.write(path, &how.write, body)?;
    tell(&written.receipt);
    session.out().show(&written, |written| view(&written.made))
}

/// Writes something, or proposes it where that takes two.
fn write_or_propose<B: Serialize, T: DeserializeOwned + Serialize>(
    session: &Session,
    path: &str,
    how: &TryArgs,
    body: &B,
    view: impl FnOnce(&T) -> View,
) -> Outcome {
    let client = session.client()?;
    if how.dry_run {
        return tried(session, &client.try_out(path, body)?);
    }
    let came = client.change(&Method::POST, path, &how.write, Some(body))?;
    recorded(session, came, view)
}

/// Tells what came of a write that may take two people.
fn recorded<T: Serialize>(
    session: &Session,
    came: Recorded<T>,
    view: impl FnOnce(&T) -> View,
) -> Outcome {
    match came {
        Recorded::Done(written) => {
            tell(&written.receipt);
            session.out().show(&written, |written| view(&written.made))
        }
        Recorded::Proposed(Proposed { proposal }) => {
            terminal::done(format_args!(
                "proposed: another official must approve it with `user approve {proposal}`"
            ));
            session.out().show(&Proposed { proposal }, |it| {
                View::pairs([("proposal", it.proposal.to_string())])
            })
        }
    }
}

/// Shows what a write would do.
fn tried(session: &Session, trial: &Trial) -> Outcome {
    terminal::done("nothing was written: this would be");
    case::duplicates::warn(trial.duplicates.as_ref());
    session.out().show(trial, |trial| {
        Table::of(["LEAF>", "RECORD"], "no record", &trial.records, |it| {
            [it.index.to_string(), it.record.body.kind().to_owned()]
        })
    })
}

/// The largest file that is sent to the node or looked at whole.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A file that the operator names.
pub(crate) fn read_text(path: &Path) -> Outcome<String> {
    read_text_up_to(path, FILE_BYTES_MAX)
}

/// The same with another limit.
fn read_text_up_to(path: &Path, bytes_max: u64) -> Outcome<String> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > bytes_max {
        return Err(failed(&"it is larger than any file of this kind"));
    }
    fs::read_to_string(path).map_err(|error| failed(&error))
}

/// A file of rows for the node.
fn read_rows(path: &Path, bytes_max: u64) -> Outcome<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > bytes_max {
        let mebibytes = bytes_max >> 20;
        return Err(failed(&format_args!(
            "it is larger than {mebibytes} MiB; send it in parts"
        )));
    }
    fs::read(path).map_err(|error| failed(&error))
}

/// Writes what was made to a new file, or to stdout.
fn give(text: &str, out: Option<&Path>) -> Outcome {
    let Some(path) = out else {
        return output::write(text.as_bytes());
    };
    countersign_node::ops::files::write_new(
        path,
        text.as_bytes(),
        countersign_node::ops::files::PUBLIC_FILE_MODE,
    )?;
    terminal::done(format_args!("written to {}", path.display()));
    Ok(())
}
