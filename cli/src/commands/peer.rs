//! Partner countries: their invites are signed files that people exchange by a way they trust.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{InviteText, PartnerView, Written};
use countersign_protocol::federation::FileError;
use countersign_protocol::federation::invite::{Invite, InviteError};
use countersign_protocol::party::Party;
use countersign_protocol::record::Partner;
use serde::Serialize;

use super::{give, read_text, tell};
use crate::client::WriteArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, or_dash};
use crate::terminal;
use crate::words::word;

#[derive(Debug, Subcommand)]
pub(crate) enum PeerCommand {
    /// Make this country's signed invite for partners
    Invite(InviteArgs),
    /// List a partner from its invite
    Add(AddArgs),
    /// List partners
    List,
    /// Reach a partner's node
    Ping(PartyArgs),
    /// Take a partner off the list: no new transfers; open ones are still resolved
    Remove(RemoveArgs),
}

#[derive(Args, Debug)]
pub(crate) struct InviteArgs {
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The partner's invite
    invite: PathBuf,
    /// The fingerprint that the partner read out to you: go on without being asked if it is the invite's
    #[arg(long, value_name = "DIGITS")]
    fingerprint: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Args, Debug)]
pub(crate) struct PartyArgs {
    /// The partner, as ISO 3166-1 alpha-2 code
    party: Party,
}

#[derive(Args, Debug)]
pub(crate) struct RemoveArgs {
    /// The partner, as ISO 3166-1 alpha-2 code
    party: Party,
    #[command(flatten)]
    write: WriteArgs,
}

/// An invite as data.
#[derive(Serialize)]
struct Invitation {
    invite: String,
    fingerprint: String,
}

impl PeerCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Invite(args) => args.run(session),
            Self::Add(args) => args.run(session),
            Self::List => {
                let client = session.client()?;
                let found = client.call(async |api| api.partners().await)?;
                session.out().show(&found, |found| partners(found))
            }
            Self::Ping(PartyArgs { party }) => {
                let client = session.client()?;
                let pong = client.call(async |api| api.ping_partner(party).await)?;
                session.out().show(&pong, |pong| {
                    View::Text(format!(
                        "{} ({}) answers in {} µs",
                        pong.party, pong.peer, pong.round_trip_us
                    ))
                })
            }
            Self::Remove(RemoveArgs { party, write }) => {
                session.confirm(&format!("Remove {party}? No new transfers with it."))?;
                let written: Written<Partner> = session
                    .client()?
                    .delete(&format!("partners/{party}"), &write)?;
                tell(&written.receipt);
                session
                    .out()
                    .show(&written, |written| partner(&written.made))
            }
        }
    }
}

impl InviteArgs {
    fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let InviteText { invite } = client.call(async |api| api.invite().await)?;
        let fingerprint = parse(invite.as_bytes())?.fingerprint().to_string();
        terminal::say(format_args!("fingerprint: {fingerprint}"));
        terminal::say("read it out to the partner by another way than the one that the file takes");
        if self.out.is_some() || session.out().format == crate::output::Format::Table {
            return give(&invite, self.out.as_deref());
        }
        let made = Invitation {
            invite,
            fingerprint,
        };
        session
            .out()
            .show(&made, |made| View::Text(made.invite.clone()))
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Outcome {
        let text = read_text(&self.invite)?;
        let invite = parse(text.as_bytes())?;
        let fields = invite.fields();
        let fingerprint = invite.fingerprint().to_string();
        terminal::say(format_args!(
            "invite of {} ({}), ledger {}",
            fields.party.name(),
            fields.party,
            fields.origin
        ));
        terminal::say(format_args!("fingerprint: {fingerprint}"));
        match &self.fingerprint {
            Some(told) if digits(told) == digits(&fingerprint) => {}
            Some(_) => {
                let message = "this is not the invite whose fingerprint was told: do not use it";
                return Err(Failure::new(Exit::Integrity, message));
            }
            None => session.confirm("Is this the fingerprint that the partner read out to you?")?,
        }
        let body = InviteText { invite: text };
        let written: Written<Partner> = session.client()?.write("partners", &self.write, &body)?;
        tell(&written.receipt);
        session
            .out()
            .show(&written, |written| partner(&written.made))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Reads an invite. One whose signature does not hold was altered.
pub(super) fn parse(bytes: &[u8]) -> Outcome<Invite> {
    Invite::parse(bytes).map_err(|error| match error {
        InviteError::File(FileError::Note(_)) => Failure::new(Exit::Integrity, error),
        error => Failure::validation(error),
    })
}

fn partner(it: &Partner) -> View {
    View::pairs([
        ("partner", format!("{} ({})", it.party.name(), it.party)),
        ("ledger", it.origin.to_string()),
        ("log key", it.log_key.to_string()),
        ("peer", it.peer.to_string()),
        ("status", word(&it.status)),
    ])
}

fn partners(partners: &[PartnerView]) -> View {
    Table::of(
        [
            "PARTNER",
            "COUNTRY",
            "LEDGER",
            "STATUS",
            "CONNECTED",
            "VERIFIED TO>",
        ],
        "no partners: exchange invites with `countersign peer invite` and `countersign peer add`",
        partners,
        |it| {
            [
                it.partner.party.to_string(),
                it.country.clone(),
                it.partner.origin.to_string(),
                word(&it.partner.status),
                if it.connected { "yes" } else { "no" }.to_owned(),
                or_dash(it.pinned_size),
            ]
        },
    )
}
