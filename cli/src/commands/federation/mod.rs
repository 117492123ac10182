//! The trust registry of the federation, offline: keys of keyholders, proposals, signatures, and the files that members serve.

mod ceremony;
mod change;
mod desk;
mod folder;
mod found;
mod keyholders;
mod propose;
mod publish;
mod show;
mod sign;
mod update;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use countersign_protocol::log::VerifierKey;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::TrustRefusal;

use super::read_text;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use folder::RegistryFolder;

#[derive(Debug, Subcommand)]
pub(crate) enum FederationCommand {
    /// Make the key of one keyholder and the cards to print
    Ceremony(ceremony::CeremonyArgs),
    /// Propose the next version of a part of the trust registry
    #[command(subcommand)]
    Propose(Box<propose::ProposeCommand>),
    /// Show what is proposed and sign it as one keyholder
    Sign(sign::SignArgs),
    /// Publish what enough keyholders have signed, under a new snapshot and timestamp
    Publish(publish::PublishArgs),
    /// Take in a newer version as a member: checked first, never an older one
    Update(update::UpdateArgs),
    /// Show members, witnesses, keyholders, expiries and who has signed
    Show(show::ShowArgs),
}

impl FederationCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Ceremony(args) => args.run(session),
            Self::Propose(command) => command.run(session),
            Self::Sign(args) => args.run(session),
            Self::Publish(args) => args.run(session),
            Self::Update(args) => args.run(session),
            Self::Show(args) => args.run(session),
        }
    }
}

/// Where the trust registry lies.
#[derive(Args, Debug)]
pub(crate) struct RegistryArgs {
    /// The folder of the trust registry: metadata, targets, and what is proposed
    #[arg(long, value_name = "DIR")]
    registry: PathBuf,
    /// The hash of the first root, as printed in the annex of the treaty; the folder is believed only if it fits
    #[arg(long, value_name = "HASH")]
    root_hash: Option<String>,
}

impl RegistryArgs {
    fn open(&self) -> Outcome<RegistryFolder> {
        RegistryFolder::open(&self.registry, self.root_hash.as_deref())
    }
}

/// A refusal of the trust registry: altered or unsigned files are an integrity failure, the rest is a rule.
impl From<TrustRefusal> for Failure {
    fn from(refusal: TrustRefusal) -> Self {
        let exit = match &refusal {
            TrustRefusal::OtherRoot { .. }
            | TrustRefusal::OtherFederation { .. }
            | TrustRefusal::Rollback { .. }
            | TrustRefusal::Vanished { .. }
            | TrustRefusal::Mismatch { .. }
            | TrustRefusal::Log(_)
            | TrustRefusal::LogForked => Exit::Integrity,
            TrustRefusal::TooFewSignatures { .. } => Exit::NeedsApproval,
            TrustRefusal::NotYourFile { .. } => Exit::NotAuthorised,
            TrustRefusal::SignedAlready { .. } => Exit::Conflict,
            _ => Exit::Validation,
        };
        Self::new(exit, refusal)
    }
}

/// A keyholder's public key: a line `NAME+ID+KEY` in a file, or the folder of the ceremony.
fn public_key(path: &Path) -> Outcome<VerifierKey> {
    let file = if path.is_dir() {
        path.join("holder.pub")
    } else {
        path.to_owned()
    };
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("{}: {error}", file.display()))
            .hint("name the file holder.pub that the ceremony made")
    };
    let key: VerifierKey = read_text(&file)?
        .trim_end()
        .parse()
        .map_err(|error| wrong(&error))?;
    Ok(key)
}

/// What the clock says.
fn now() -> Outcome<Timestamp> {
    Timestamp::from_seconds(countersign_node::clock::now_ms() / 1000).map_err(Failure::other)
}

/// This many days from now, to the second.
fn in_days(days: u64) -> Outcome<Timestamp> {
    let seconds = now()?.seconds().saturating_add(days * 86_400);
    Timestamp::from_seconds(seconds).map_err(Failure::other)
}
