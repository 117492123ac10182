//! The node's keys.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use countersign_node::http::dto::{KeyChanged, PartnerView, Proposed};
use countersign_node::ops::config::Config;
use countersign_node::ops::files::{
    self, PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, Privacy, create_private_folder,
};
use countersign_node::ops::keys::{KEY_FILE_BYTES_MAX, KeyFileError, KeyFolder, KeyRole};
use countersign_node::run::DataFolder;
use countersign_protocol::log::{Policy, VerifierKey};
use reqwest::Method;
use serde::Serialize;

use super::tell;
use crate::client::WriteArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Show the public halves of the keys
    Show,
    /// Sign checkpoints with a new key from the next block on; the old key signs the change
    Rotate(RotateArgs),
    /// Write a trust file for those who verify, or copy the encrypted keys to a safe place
    Export(ExportArgs),
}

#[derive(Args, Debug)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    what: What,
    /// Name the partners' logs in the trust file too; asks the running node
    #[arg(long, requires = "trust")]
    partners: bool,
}

/// What is exported.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
struct What {
    /// Write a trust file (C2SP tlog-policy): this log's key, the witnesses and the quorum
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Copy the key files, encrypted as they are, into this new folder
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// The public halves.
#[derive(Serialize)]
struct PublicKeys {
    log_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_log_key: Option<String>,
    cosigner_key: String,
    peer: String,
}

impl KeyCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Show => {
                let shown = public_keys(&session.folder()?)?;
                session.out().show(&shown, |it| {
                    let mut pairs = vec![("log key", it.log_key.clone())];
                    pairs.extend(
                        it.pending_log_key
                            .clone()
                            .map(|key| ("pending log key", key)),
                    );
                    pairs.push(("cosigner key", it.cosigner_key.clone()));
                    pairs.push(("peer", it.peer.clone()));
                    View::pairs(pairs)
                })
            }
            Self::Rotate(args) => {
                session.confirm("Sign with a new key from the next block on? Partners and trust files will need it.")?;
                let changed: KeyChanged = session.client()?.change(
                    &Method::POST,
                    "keys/rotate",
                    &args.write,
                    None::<&()>,
                )?;
                let rotated = match changed {
                    KeyChanged::Done(rotated) => rotated,
                    KeyChanged::Proposed(Proposed { proposal }) => {
                        terminal::done(format_args!(
                            "proposed: somebody else must approve it with `user approve {proposal}`"
                        ));
                        return Ok(());
                    }
                };
                tell(&rotated.receipt);
                terminal::say(
                    "send partners a new invite, and publish a new trust file: countersign key export --trust FILE",
                );
                session.out().show(&rotated, |it| {
                    View::pairs([
                        ("log key", it.log_key.to_string()),
                        ("signs from size", it.from_size.to_string()),
                    ])
                })
            }
            Self::Export(args) => args.run(session),
        }
    }
}

fn public_keys(folder: &DataFolder) -> Outcome<PublicKeys> {
    let keys = KeyFolder::new(folder.keys());
    let pending = match keys.public_signer(KeyRole::PendingLog) {
        Err(KeyFileError::NoKey { .. }) => None,
        other => Some(other?.to_string()),
    };
    Ok(PublicKeys {
        log_key: keys.public_signer(KeyRole::Log)?.to_string(),
        pending_log_key: pending,
        cosigner_key: keys.public_signer(KeyRole::Cosigner)?.to_string(),
        peer: keys.public_peer()?.to_string(),
    })
}

impl ExportArgs {
    fn run(self, session: &Session) -> Outcome {
        let folder = session.folder()?;
        if let Some(path) = &self.what.trust {
            let mut logs = vec![KeyFolder::new(folder.keys()).public_signer(KeyRole::Log)?];
            if self.partners {
                logs.extend(partner_keys(session)?);
            }
            let trust = trust_file(&folder, &logs)?;
            files::write_new(path, trust.as_bytes(), PUBLIC_FILE_MODE)?;
            terminal::done(format_args!("trust file written to {}", path.display()));
        }
        if let Some(path) = &self.what.keys {
            copy_keys(&folder.keys(), path)?;
            terminal::done(format_args!("encrypted keys copied to {}", path.display()));
            terminal::say("they open with the passphrase of the node, which is not in the copy");
        }
        Ok(())
    }
}

fn partner_keys(session: &Session) -> Outcome<Vec<VerifierKey>> {
    let partners: Vec<PartnerView> = session.client()?.all("partners")?;
    let key = |it: PartnerView| it.partner.log_key.as_str().parse().map_err(Failure::other);
    partners.into_iter().map(key).collect()
}

/// The node's policy with the log keys in front: witnesses, groups and quorum are those that the node itself asks for.
fn trust_file(folder: &DataFolder, logs: &[VerifierKey]) -> Outcome<String> {
    let config = Config::load(folder.path())?;
    let path = config.policy_path(folder.path());
    let policy = files::read(&path, 512 * 1024, Privacy::Public)?;
    let policy = String::from_utf8_lossy(&policy);
    let mut text =
        String::from("# Whom to believe: verify with countersign verify FILE --trust THIS\n");
    for key in logs {
        text.push_str(&format!("log {key}\n"));
    }
    for line in policy.lines().filter(|line| !line.starts_with("log ")) {
        text.push_str(line);
        text.push('\n');
    }
    let _checked: Policy = text
        .parse()
        .map_err(|error| Failure::validation(format_args!("{}: {error}", path.display())))?;
    Ok(text)
}

fn copy_keys(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| {
        Failure::other(format_args!("cannot read {}: {error}", from.display()))
    };
    if to.symlink_metadata().is_ok() {
        return Err(Failure::validation(format_args!(
            "{} exists already: name a new folder",
            to.display()
        )));
    }
    create_private_folder(to)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let (source, target) = (from.join(&name), to.join(&name));
        let is_secret = source.extension().is_some_and(|ending| ending == "age");
        let (privacy, mode) = if is_secret {
            (Privacy::Private, PRIVATE_FILE_MODE)
        } else {
            (Privacy::Public, PUBLIC_FILE_MODE)
        };
        let bytes = files::read(&source, KEY_FILE_BYTES_MAX, privacy)?;
        files::write_new(&target, &bytes, mode)?;
    }
    Ok(())
}
