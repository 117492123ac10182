//! The first proposal of a federation: its root, who signs for members and witnesses, and the witnesses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_protocol::id::Text;
use countersign_protocol::log::VerifierKey;
use countersign_protocol::trust::{
    Common, Delegated, Envelope, Federation, KeyRing, Members, RoleKeys, RootMeta, TargetMeta,
    TargetsMeta, TufKeyId, WitnessSet, check_root, check_targets, metadata_path,
};
use serde::Serialize;

use super::folder::RegistryFolder;
use super::{RegistryArgs, in_days, public_key};
use crate::commands::read_text;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct FoundArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The name of the federation; every file carries it
    #[arg(long, value_name = "NAME")]
    name: Text<100>,
    /// A rehearsal: every file is marked, and no registry in earnest ever takes one
    #[arg(long)]
    rehearsal: bool,
    /// The public key of a keyholder of the root, one for each
    #[arg(long = "root-key", value_name = "FILE", required = true)]
    root_keys: Vec<PathBuf>,
    /// How many of them must sign; by default two thirds and one
    #[arg(long, value_name = "N")]
    root_threshold: Option<u64>,
    /// The public key of a keyholder of the list of members; by default the root's keyholders
    #[arg(long = "members-key", value_name = "FILE")]
    members_keys: Vec<PathBuf>,
    /// How many of them must sign; by default more than half
    #[arg(long, value_name = "N")]
    members_threshold: Option<u64>,
    /// The public key of a keyholder of the witness set; by default the root's keyholders
    #[arg(long = "witnesses-key", value_name = "FILE")]
    witnesses_keys: Vec<PathBuf>,
    /// How many of them must sign; by default more than half
    #[arg(long, value_name = "N")]
    witnesses_threshold: Option<u64>,
    /// The public key that signs snapshot and timestamp, on the server that publishes
    #[arg(long, value_name = "FILE")]
    online_key: PathBuf,
    /// The witnesses and their quorum, as a C2SP tlog-policy without logs
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Days until root, targets, members and witnesses expire
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
}

/// What was proposed.
#[derive(Serialize)]
struct Founded {
    root_hash: String,
    root: String,
    members: String,
    witnesses: String,
}

/// Keys with their ids.
pub(super) fn ring_of(keys: &[PathBuf]) -> Outcome<KeyRing> {
    let mut ring = KeyRing::new();
    for path in keys {
        let key = public_key(path)?;
        let id = TufKeyId::of(&key);
        if ring.insert(id, key).is_some() {
            return Err(Failure::validation(format_args!(
                "{} is the key of somebody who was named already",
                path.display()
            )));
        }
    }
    Ok(ring)
}

/// Refuses the keys of a rehearsal in earnest, and the other way round.
pub(super) fn check_marks<'k>(
    keys: impl IntoIterator<Item = &'k VerifierKey>,
    rehearsal: bool,
) -> Outcome {
    for key in keys {
        if key.name().starts_with("rehearsal/") == rehearsal {
            continue;
        }
        let message = if rehearsal {
            "is a key in earnest, and this is a rehearsal"
        } else {
            "was made in a rehearsal; make a new key for the ceremony in earnest"
        };
        return Err(Failure::validation(format_args!(
            "{} {message}",
            key.name()
        )));
    }
    Ok(())
}

/// Witnesses as people write them: comments and blank lines are left out.
pub(super) fn policy_of(path: &Path) -> Outcome<WitnessSet> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("{}: {error}", path.display()))
    };
    let policy = read_text(path)?.parse().map_err(|error| wrong(&error))?;
    WitnessSet::new(policy).map_err(|error| wrong(&error))
}

/// The policy as a target file, and its list.
pub(super) fn witnesses_file(
    common: Common,
    witnesses: &WitnessSet,
) -> (TargetsMeta, BTreeMap<String, Vec<u8>>) {
    let text = witnesses.to_string().into_bytes();
    let meta = TargetMeta::of(&text);
    let path = countersign_protocol::trust::target_path(WitnessSet::TARGET, &meta.sha256);
    let list = TargetsMeta {
        common,
        targets: BTreeMap::from([(WitnessSet::TARGET.to_owned(), meta)]),
        delegated: None,
    };
    (list, BTreeMap::from([(path, text)]))
}

/// The entries as target files, and their list.
pub(super) fn members_file(
    common: Common,
    members: &Members,
) -> (TargetsMeta, BTreeMap<String, Vec<u8>>) {
    let mut targets = BTreeMap::new();
    let mut files = BTreeMap::new();
    for member in members.iter() {
        let text = member.to_string().into_bytes();
        let meta = TargetMeta::of(&text);
        let path = countersign_protocol::trust::target_path(&member.target(), &meta.sha256);
        targets.insert(member.target(), meta);
        files.insert(path, text);
    }
    let list = TargetsMeta {
        common,
        targets,
        delegated: None,
    };
    (list, files)
}

impl FoundArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = self.registry.open()?;
        if folder.trust.is_some() {
            return Err(
                Failure::validation("a trust registry is published here already").hint(
                    "change it with the other commands under `countersign federation propose`",
                ),
            );
        }
        let root = self.root()?;
        let targets = self.targets(&root)?;
        check_root(&root).map_err(Failure::validation)?;
        check_targets(&targets, &root).map_err(Failure::validation)?;
        let witnesses = policy_of(&self.policy)?;
        let envelope = write(&folder, "root", root.write(), &BTreeMap::new())?;
        write(&folder, "targets", targets.write(), &BTreeMap::new())?;
        let (list, files) = members_file(root.common.clone(), &Members::default());
        write(&folder, "members", list.write(), &files)?;
        let (list, files) = witnesses_file(root.common.clone(), &witnesses);
        write(&folder, "witnesses", list.write(), &files)?;

        let of = |role: &RoleKeys| format!("{} of {} sign", role.threshold, role.keys.len());
        let delegated = targets.delegated.as_ref();
        let founded = Founded {
            root_hash: hex::encode(envelope.hash()),
            root: of(&root.root),
            members: delegated.map(|it| of(&it.members)).unwrap_or_default(),
            witnesses: delegated.map(|it| of(&it.witnesses)).unwrap_or_default(),
        };
        terminal::done(
            "proposed: nothing counts before the keyholders have signed and it is published",
        );
        session.out().show(&founded, |it| {
            View::pairs([
                ("hash of the first root", it.root_hash.clone()),
                ("root", it.root.clone()),
                ("members", it.members.clone()),
                ("witnesses", it.witnesses.clone()),
            ])
        })
    }

    fn common(&self) -> Outcome<Common> {
        Ok(Common {
            version: 1,
            expires: in_days(self.days)?,
            federation: Federation {
                name: self.name.clone(),
                rehearsal: self.rehearsal,
            },
        })
    }

    fn root(&self) -> Outcome<RootMeta> {
        let mut keys = ring_of(&self.root_keys)?;
        let online = ring_of(std::slice::from_ref(&self.online_key))?;
        let holders = keys.len() as u64;
        let threshold = self.root_threshold.unwrap_or(holders * 2 / 3 + 1);
        let people = RoleKeys::new(keys.keys().copied(), threshold);
        let server = RoleKeys::new(online.keys().copied(), 1);
        keys.extend(online);
        check_marks(keys.values(), self.rehearsal)?;
        Ok(RootMeta {
            common: self.common()?,
            keys,
            root: people.clone(),
            targets: people,
            snapshot: server.clone(),
            timestamp: server,
        })
    }

    fn targets(&self, root: &RootMeta) -> Outcome<TargetsMeta> {
        let mut all = KeyRing::new();
        let mut role = |paths: &[PathBuf], threshold: Option<u64>| {
            let ring = if paths.is_empty() {
                let people = root.root.keys.iter();
                let people = people.filter_map(|id| Some((*id, root.keys.get(id)?.clone())));
                people.collect()
            } else {
                ring_of(paths)?
            };
            check_marks(ring.values(), self.rehearsal)?;
            let threshold = threshold.unwrap_or(ring.len() as u64 / 2 + 1);
            let role = RoleKeys::new(ring.keys().copied(), threshold);
            all.extend(ring);
            Ok::<_, Failure>(role)
        };
        let members = role(&self.members_keys, self.members_threshold)?;
        let witnesses = role(&self.witnesses_keys, self.witnesses_threshold)?;
        Ok(TargetsMeta {
            common: self.common()?,
            targets: BTreeMap::new(),
            delegated: Some(Delegated {
                keys: all,
                members,
                witnesses,
            }),
        })
    }
}

/// Writes the first version of a role.
fn write(
    folder: &RegistryFolder,
    role: &str,
    signed: countersign_protocol::trust::Json,
    files: &BTreeMap<String, Vec<u8>>,
) -> Outcome<Envelope> {
    let envelope = Envelope::unsigned(&metadata_path(role, 1), signed);
    folder.propose(role, 1, &envelope, files)?;
    Ok(envelope)
}
