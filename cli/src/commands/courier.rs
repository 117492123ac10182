//! The federation by file: what two nodes can not send each other goes on a USB stick or by mail.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::UnpackedParcel;
use countersign_protocol::federation::parcel::{PARCEL_BYTES_MAX, Parcel};
use countersign_protocol::party::Party;

use super::{give, read_text_up_to};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum CourierCommand {
    /// Pack everything that is open with a partner into one file
    Pack(PackArgs),
    /// Take a partner's parcel, and pack the answer
    Unpack(UnpackArgs),
}

#[derive(Args, Debug)]
pub(crate) struct PackArgs {
    /// The partner, as ISO 3166-1 alpha-2 code
    party: Party,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct UnpackArgs {
    /// The parcel
    parcel: PathBuf,
    /// Write the answer to this new file, to be brought back
    #[arg(long, value_name = "FILE")]
    reply: Option<PathBuf>,
}

impl CourierCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Pack(args) => args.run(session),
            Self::Unpack(args) => args.run(session),
        }
    }
}

impl PackArgs {
    fn run(self, session: &Session) -> Outcome {
        let Self { party, out } = self;
        let parcel: Parcel = session
            .client()?
            .ask(&format!("partners/{party}/parcel"), &serde_json::json!({}))?;
        for line in contents(&parcel) {
            terminal::say(line);
        }
        give(&text(&parcel)?, out.as_deref())
    }
}

impl UnpackArgs {
    fn run(self, session: &Session) -> Outcome {
        let bytes = read_text_up_to(&self.parcel, PARCEL_BYTES_MAX as u64)?;
        let parcel = Parcel::parse(bytes.as_bytes())
            .map_err(|why| Failure::validation(format_args!("{}: {why}", self.parcel.display())))?;
        let client = session.client()?;
        let unpacked = client.call(async |api| api.unpack(&parcel).await)?;
        if let Some(reply) = &self.reply {
            give(&text(&unpacked.reply)?, Some(reply))?;
        }
        session.out().show(&unpacked, |unpacked| {
            View::Text(outcome(unpacked, self.reply.is_some()).join("\n"))
        })
    }
}

fn text(parcel: &Parcel) -> Outcome<String> {
    let text = serde_json::to_string_pretty(parcel);
    let text = text.map_err(|why| Failure::validation(format_args!("the parcel: {why}")))?;
    Ok(text + "\n")
}

/// What a parcel holds, for who packs it.
fn contents(parcel: &Parcel) -> Vec<String> {
    let mut lines = vec![format!(
        "from {} to {}: {}",
        parcel.from,
        parcel.to,
        counted(parcel.bundles.len() as u64, "bundle")
    )];
    if parcel.left > 0 {
        lines.push(format!(
            "{} more do not fit: pack again when the answer to this one is back",
            parcel.left
        ));
    }
    if parcel.cosign.is_some() {
        lines.push(format!("it asks {} to cosign this ledger", parcel.to));
    }
    if parcel.checkpoint.is_none() {
        lines.push(
            "no quorum of witnesses covers this ledger yet, so nothing of it may leave".to_owned(),
        );
    }
    lines
}

/// What came of a parcel, for who unpacked it.
fn outcome(unpacked: &UnpackedParcel, is_answered: bool) -> Vec<String> {
    let mut lines = vec![format!(
        "{} of {} taken",
        counted(unpacked.taken, "bundle"),
        unpacked.from
    )];
    for refused in &unpacked.refused {
        lines.push(format!(
            "{} not taken: {} ({})",
            counted(refused.bundles, "bundle"),
            refused.name,
            refused.code
        ));
    }
    lines.extend(unpacked.problems.iter().cloned());
    if unpacked.waiting > 0 {
        lines.push(format!(
            "{} not covered by witnesses yet: pack again later",
            counted(unpacked.waiting, "answer")
        ));
    }
    let answers = counted(unpacked.reply.bundles.len() as u64, "bundle");
    lines.push(if is_answered {
        format!("the answer has {answers}: bring it back")
    } else {
        format!(
            "the answer has {answers}: pack it with `countersign courier pack {}`",
            unpacked.from
        )
    });
    lines
}

fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}
