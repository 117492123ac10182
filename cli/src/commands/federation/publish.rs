//! Publishing what enough keyholders have signed: with a new snapshot and timestamp, after a reader's own check of it all.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use countersign_node::ops::keys::{KeyFolder, KeyRole};
use countersign_node::witness::{ClientError, CollectError, Collector, HttpWitness, WitnessClient};
use countersign_protocol::log::{Policy, SignerKey};
use countersign_protocol::trust::{
    Common, Envelope, FileMeta, RootMeta, SnapshotMeta, TimestampMeta, Trust, TrustLog,
    metadata_path,
};
use serde::Serialize;

use super::folder::{Overlay, Proposals, RegistryFolder};
use super::{RegistryArgs, change, in_days, now};
use crate::exit::{Exit, Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The folder of the online key, which signs snapshot and timestamp
    #[arg(long, value_name = "DIR")]
    key: PathBuf,
    /// Days until the timestamp expires, 7 at most: so long can a reader be kept from what is new
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=7))]
    timestamp_days: u64,
    /// Days until the snapshot expires
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=90))]
    snapshot_days: u64,
    /// Begin the log of the versions: from then on each version is an entry of it, and witnesses stand behind it
    #[arg(long)]
    begin_log: bool,
    /// Publish though too few witnesses cosign the log: nothing new begins anywhere until they do, and what is open is settled
    #[arg(long)]
    without_witnesses: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What was published.
#[derive(Serialize)]
struct Published {
    root: u64,
    snapshot: u64,
    roles: Vec<String>,
    files: Vec<String>,
    timestamp_expires: String,
    root_hash: String,
    /// How many entries the log of the versions has, where there is one.
    log_size: Option<u64>,
    /// Whether a quorum of witnesses stands behind it.
    log_witnessed: Option<bool>,
}

impl PublishArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = self.registry.open()?;
        let proposals = folder.proposals()?;
        if proposals.is_empty() {
            folder.published()?;
        }
        check_signed(&folder, &proposals)?;
        let mut new = folder.as_published(&proposals)?;
        let none = || Failure::validation("nothing is published, and no root is proposed");
        let root = folder.next_root(&proposals).ok_or_else(none)?;
        let passphrase = self.passphrase.read(session.no_input)?;
        let key = KeyFolder::new(&self.key).load_signer(KeyRole::Holder, &passphrase)?;
        let version = self.seal(&folder, &proposals, root, &key, &mut new)?;
        let trust = check_as_reader(&folder, &new)?;
        if let Some(log) = self.log(&trust, &folder, &key)? {
            new.extend(log.files());
        }
        let trust = check_as_reader(&folder, &new)?;
        folder.publish(&new)?;
        let published = Published {
            root: trust.root().common.version,
            snapshot: version,
            roles: proposals.files().map(|(role, _)| role.to_owned()).collect(),
            files: new.into_keys().collect(),
            timestamp_expires: in_days(self.timestamp_days)?.to_string(),
            root_hash: folder.root_hash.map(hex::encode).unwrap_or_default(),
            log_size: trust.log().map(TrustLog::size),
            log_witnessed: trust.log().map(|_| trust.is_logged().is_ok()),
        };
        terminal::done(format_args!(
            "published in {}: serve this folder as it is",
            folder.path().display()
        ));
        session.out().show(&published, |it| {
            let roles = if it.roles.is_empty() {
                "a new timestamp only".to_owned()
            } else {
                it.roles.join(", ")
            };
            View::pairs([
                ("published", roles),
                ("root", it.root.to_string()),
                ("snapshot", it.snapshot.to_string()),
                ("timestamp until", it.timestamp_expires.clone()),
                ("hash of the first root", it.root_hash.clone()),
                ("log of the versions", logged_words(it)),
            ])
        })
    }

    /// The log with the new version as an entry, where there is one or one begins, and the cosignatures of a quorum.
    fn log(
        &self,
        trust: &Trust,
        folder: &RegistryFolder,
        key: &SignerKey,
    ) -> Outcome<Option<TrustLog>> {
        let first = folder.root_hash.unwrap_or_default();
        let begun = || self.begin_log.then(|| TrustLog::new(&first));
        let Some(mut log) = trust.log().cloned().or_else(begun) else {
            return Ok(None);
        };
        log.append(trust.log_entry().unwrap_or_default());
        log.sign(key)?;
        let policy = trust.log_policy();
        let policy = policy.ok_or_else(|| Failure::validation("there are no witnesses"))?;
        match cosign(&policy, &log) {
            Ok(note) => log.cosigned(note),
            Err(problem) if self.without_witnesses => terminal::warn(format_args!(
                "{problem}. Nothing new begins anywhere until they cosign: publish again once they do"
            )),
            Err(problem) => {
                let key = key.under(log.name()).map_err(Failure::other)?;
                return Err(Failure::new(Exit::Unreachable, problem).hint(format_args!(
                    "give each witness the key of the log, {}, and publish again; with --without-witnesses it is published all the same",
                    key.verifier()
                )));
            }
        }
        Ok(Some(log))
    }

    /// Adds snapshot and timestamp of the next version; gives the version.
    fn seal(
        &self,
        folder: &RegistryFolder,
        proposals: &Proposals,
        root: &RootMeta,
        key: &SignerKey,
        new: &mut BTreeMap<String, Vec<u8>>,
    ) -> Outcome<u64> {
        let seen = folder.trust.as_ref().map(Trust::seen).unwrap_or_default();
        // One count for both, above whatever was seen of either.
        let version = seen.0.max(seen.1).unwrap_or(0) + 1;
        let common = |days| {
            Ok::<_, Failure>(Common {
                version,
                expires: in_days(days)?,
                federation: root.common.federation.clone(),
            })
        };
        let snapshot = SnapshotMeta {
            common: common(self.snapshot_days)?,
            files: listed(folder, proposals, new)?,
        };
        let path = metadata_path("snapshot", version);
        let mut envelope = Envelope::unsigned(&path, snapshot.write());
        envelope.sign(key, &root.snapshot.keys)?;
        let bytes = envelope.to_bytes();
        let timestamp = TimestampMeta {
            common: common(self.timestamp_days)?,
            snapshot: FileMeta::of(version, &bytes),
        };
        new.insert(path, bytes);
        let path = metadata_path("timestamp", version);
        let mut envelope = Envelope::unsigned(&path, timestamp.write());
        envelope.sign(key, &root.timestamp.keys)?;
        new.insert(path, envelope.to_bytes());
        Ok(version)
    }
}

fn logged_words(it: &Published) -> String {
    match (it.log_size, it.log_witnessed) {
        (Some(size), Some(true)) => format!("{size} entries, witnessed"),
        (Some(size), _) => format!("{size} entries, NOT witnessed"),
        (None, _) => "none; begin one with --begin-log".to_owned(),
    }
}

/// The log's checkpoint with the cosignatures of a quorum, asked for at the addresses in the policy.
fn cosign(policy: &Policy, log: &TrustLog) -> Result<String, CosignProblem> {
    let mut clients: Vec<Arc<dyn WitnessClient>> = Vec::new();
    for witness in policy.witnesses() {
        if let Some(url) = &witness.url {
            clients.push(Arc::new(HttpWitness::new(&witness.name, url)?));
        }
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build()?;
    let prove = |from| log.consistency(from).map_err(|error| error.to_string());
    let collector = Collector::new(clients);
    Ok(runtime.block_on(collector.collect(policy, log.note(), prove))?)
}

/// Why the log has no quorum.
#[derive(Debug, thiserror::Error)]
enum CosignProblem {
    #[error("an address in the witness policy can not be used: {0}")]
    Address(#[from] ClientError),
    #[error("too few witnesses stand behind the log of the versions: {0}")]
    Witnesses(#[from] CollectError),
    #[error("{0}")]
    Runtime(#[from] std::io::Error),
}

/// What the snapshot lists: the proposed files, and the published ones of roles for which nothing is proposed.
fn listed(
    folder: &RegistryFolder,
    proposals: &Proposals,
    new: &BTreeMap<String, Vec<u8>>,
) -> Outcome<BTreeMap<String, FileMeta>> {
    let mut files = BTreeMap::new();
    for role in ["targets", "members", "witnesses"] {
        let proposed = proposals.files().find(|(name, _)| *name == role);
        let held = folder.trust.as_ref().and_then(|it| it.targets_meta(role));
        let version = match (proposed, held) {
            (Some((_, envelope)), _) => version_of(envelope)?,
            (None, Some(held)) => held.common.version,
            (None, None) => {
                return Err(Failure::validation(format_args!(
                    "no version of {role} is proposed"
                )));
            }
        };
        let path = metadata_path(role, version);
        let source = Overlay(new, folder);
        let bytes = countersign_protocol::trust::TrustSource::file(
            &source,
            &path,
            countersign_protocol::trust::TARGETS_BYTES_MAX,
        );
        let bytes = bytes.ok_or_else(|| Failure::validation(format_args!("{path} is missing")))?;
        files.insert(format!("{role}.json"), FileMeta::of(version, &bytes));
    }
    Ok(files)
}

fn version_of(envelope: &Envelope) -> Outcome<u64> {
    let name = envelope.file().rsplit('/').next().unwrap_or_default();
    let version = name.split('.').next().unwrap_or_default();
    version.parse().map_err(Failure::other)
}

/// Refuses when a threshold is not met, naming who is missing.
fn check_signed(folder: &RegistryFolder, proposals: &Proposals) -> Outcome {
    for (role, envelope) in proposals.files() {
        for need in change::needs(folder, proposals, role)? {
            let signers = envelope.signers(&need.ring);
            let have = signers.intersection(&need.keys).count();
            if have as u64 >= need.threshold {
                continue;
            }
            let missing = need.keys.difference(&signers);
            let missing: Vec<&str> = missing
                .filter_map(|id| need.ring.get(id))
                .map(countersign_protocol::log::VerifierKey::name)
                .collect();
            return Err(Failure::new(
                Exit::NeedsApproval,
                format_args!(
                    "{role} has {have} of the {} signatures that {} asks for",
                    need.threshold, need.of
                ),
            )
            .hint(format_args!("not signed yet: {}", missing.join(", "))));
        }
    }
    Ok(())
}

/// Takes the new files in as a member would, before they are written.
fn check_as_reader(folder: &RegistryFolder, new: &BTreeMap<String, Vec<u8>>) -> Outcome<Trust> {
    let mut trust = match &folder.trust {
        Some(trust) => trust.clone(),
        None => {
            let first = new.get(&metadata_path("root", 1));
            let first =
                first.ok_or_else(|| Failure::validation("the first root is not proposed"))?;
            let pin = folder.root_hash.unwrap_or_default();
            Trust::bootstrap(first, &pin)?
        }
    };
    trust.refresh(&Overlay(new, folder), now()?)?;
    Ok(trust)
}
