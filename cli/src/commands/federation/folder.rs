//! A trust registry on disk: what is published, and what is proposed beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_node::ops::files::{self, PUBLIC_FILE_MODE, Privacy};
use countersign_protocol::log::Hash;
use countersign_protocol::trust::{
    Delegated, Envelope, Member, Members, ROOT_BYTES_MAX, RootMeta, TARGETS_BYTES_MAX, TargetsMeta,
    Trust, TrustSource, WitnessSet, metadata_path, root_hash, target_path,
};

use crate::exit::{Exit, Failure, Outcome};

/// Where proposals lie in the folder.
const PROPOSED: &str = "proposed";
/// Largest file of any kind in the folder.
const FILE_BYTES_MAX: u64 = 512 * 1024;

/// The folder, and what is believed of it.
pub(super) struct RegistryFolder {
    path: PathBuf,
    /// What is published; `None` before the first publication.
    pub(super) trust: Option<Trust>,
    /// Whether the first root was compared with a hash that somebody gave.
    pub(super) is_pinned: bool,
    /// The hash of the first root, published or proposed.
    pub(super) root_hash: Option<Hash>,
}

/// What is proposed, by role.
#[derive(Default)]
pub(super) struct Proposals {
    pub(super) root: Option<(RootMeta, Envelope)>,
    pub(super) targets: Option<(TargetsMeta, Envelope)>,
    pub(super) members: Option<(Members, Envelope)>,
    pub(super) witnesses: Option<(WitnessSet, Envelope)>,
}

impl Proposals {
    /// Every proposed file with its role, in the order in which they are signed and checked.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, &Envelope)> {
        let root = self.root.as_ref().map(|(_, it)| ("root", it));
        let targets = self.targets.as_ref().map(|(_, it)| ("targets", it));
        let members = self.members.as_ref().map(|(_, it)| ("members", it));
        let witnesses = self.witnesses.as_ref().map(|(_, it)| ("witnesses", it));
        [root, targets, members, witnesses].into_iter().flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files().next().is_none()
    }
}

impl RegistryFolder {
    /// Opens a folder; published files are verified, expired or not.
    pub(super) fn open(path: &Path, pinned: Option<&str>) -> Outcome<Self> {
        let mut folder = Self {
            path: path.to_owned(),
            trust: None,
            is_pinned: pinned.is_some(),
            root_hash: None,
        };
        let first = metadata_path("root", 1);
        let published = folder.read(&first, ROOT_BYTES_MAX);
        let proposed = || folder.read(&format!("{PROPOSED}/{first}"), ROOT_BYTES_MAX);
        let Some(root) = published.clone().or_else(proposed) else {
            return Ok(folder);
        };
        let found = root_hash(&root)?;
        let pin = pinned.map_or(Ok(found), parse_hash)?;
        folder.root_hash = Some(found);
        if published.is_some() {
            let mut trust = Trust::bootstrap(&root, &pin)?;
            trust.restore(&folder)?;
            folder.trust = Some(trust);
        } else if pin != found {
            let message = "the proposed first root has another hash than the one given";
            return Err(Failure::new(Exit::Integrity, message));
        }
        Ok(folder)
    }

    /// A folder whose files are only handed out, for a reader who checks them.
    pub(super) fn unread(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            trust: None,
            is_pinned: false,
            root_hash: None,
        }
    }

    /// What is published.
    pub(super) fn published(&self) -> Outcome<&Trust> {
        self.trust.as_ref().ok_or_else(|| {
            Failure::validation(format_args!(
                "no trust registry is published in {}",
                self.path.display()
            ))
            .hint("begin one with `countersign federation propose found`, sign it and publish it")
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn read(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        // One byte more than a file of its kind may have is enough to see that it is too large.
        let max = (max as u64 + 1).min(FILE_BYTES_MAX);
        let bytes = files::read(&self.path.join(path), max, Privacy::Public);
        bytes.ok().map(|bytes| bytes.to_vec())
    }

    /// What is proposed, read and checked for its form.
    pub(super) fn proposals(&self) -> Outcome<Proposals> {
        let mut found = Proposals::default();
        for (role, path) in self.proposed_files()? {
            let Some(bytes) = self.read(&path, TARGETS_BYTES_MAX) else {
                return Err(Failure::validation(format_args!("cannot read {path}")));
            };
            let envelope = Envelope::parse(&path, &bytes, TARGETS_BYTES_MAX)?;
            let signed = envelope.signed();
            match role.as_str() {
                "root" => found.root = Some((RootMeta::read(&path, signed)?, envelope)),
                "targets" => {
                    found.targets = Some((TargetsMeta::read_top(&path, signed)?, envelope));
                }
                "members" => {
                    let meta = TargetsMeta::read_delegated(&path, signed, &role)?;
                    found.members = Some((self.members_of(&meta)?, envelope));
                }
                "witnesses" => {
                    let meta = TargetsMeta::read_delegated(&path, signed, &role)?;
                    found.witnesses = Some((self.witnesses_of(&meta)?, envelope));
                }
                _ => return Err(Failure::validation(format_args!("{path} is no proposal"))),
            }
        }
        Ok(found)
    }

    /// Role and path of each proposed file.
    fn proposed_files(&self) -> Outcome<Vec<(String, String)>> {
        let folder = self.path.join(PROPOSED).join("metadata");
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(Failure::other)?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(Failure::other)?.file_name();
            let name = name.to_string_lossy();
            let role = name.strip_suffix(".json").and_then(|it| it.split_once('.'));
            if let Some((_, role)) = role {
                found.push((role.to_owned(), format!("{PROPOSED}/metadata/{name}")));
            }
        }
        found.sort();
        Ok(found)
    }

    fn target(
        &self,
        path: &str,
        meta: &countersign_protocol::trust::TargetMeta,
    ) -> Outcome<Vec<u8>> {
        let path = target_path(path, &meta.sha256);
        let proposed = format!("{PROPOSED}/{path}");
        let bytes = self.read(&proposed, TARGETS_BYTES_MAX);
        let bytes = bytes.or_else(|| self.read(&path, TARGETS_BYTES_MAX));
        let bytes = bytes.filter(|bytes| {
            countersign_protocol::trust::TargetMeta::of(bytes).sha256 == meta.sha256
        });
        bytes.ok_or_else(|| {
            Failure::new(
                Exit::Integrity,
                format_args!("{path} is missing or was changed"),
            )
        })
    }

    fn members_of(&self, meta: &TargetsMeta) -> Outcome<Members> {
        let mut all = Vec::new();
        for (path, target) in &meta.targets {
            let bytes = self.target(path, target)?;
            let member = Member::parse(&bytes);
            all.push(member.map_err(|fault| Failure::validation(format_args!("{path}: {fault}")))?);
        }
        Members::new(all).map_err(Failure::validation)
    }

    fn witnesses_of(&self, meta: &TargetsMeta) -> Outcome<WitnessSet> {
        let target = meta.targets.get(WitnessSet::TARGET);
        let target = target.ok_or_else(|| Failure::validation("the policy is not listed"))?;
        WitnessSet::parse(&self.target(WitnessSet::TARGET, target)?).map_err(Failure::validation)
    }

    /// Writes a proposal in the place of an earlier one of its role, with the target files that it lists.
    pub(super) fn propose(
        &self,
        role: &str,
        version: u64,
        envelope: &Envelope,
        targets: &BTreeMap<String, Vec<u8>>,
    ) -> Outcome {
        let base = self.path.join(PROPOSED);
        for (path, bytes) in targets {
            put(&base.join(path), bytes)?;
        }
        let path = metadata_path(role, version);
        put(&base.join(path), &envelope.to_bytes())
    }

    /// Writes a proposal again, with one signature more.
    pub(super) fn keep(&self, envelope: &Envelope) -> Outcome {
        put(&self.path.join(envelope.file()), &envelope.to_bytes())
    }

    /// Publishes files, and takes away what was proposed.
    pub(super) fn publish(&self, new: &BTreeMap<String, Vec<u8>>) -> Outcome {
        self.write(new)?;
        match fs::remove_dir_all(self.path.join(PROPOSED)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failure::other(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes files: target files and versioned ones first, the timestamp, which shows them to readers, last.
    pub(super) fn write(&self, new: &BTreeMap<String, Vec<u8>>) -> Outcome {
        let timestamp = metadata_path("timestamp", 0);
        let (last, first): (Vec<_>, Vec<_>) = new.iter().partition(|(path, _)| **path == timestamp);
        for (path, bytes) in first.into_iter().chain(last) {
            put(&self.path.join(path), bytes)?;
        }
        Ok(())
    }

    /// The proposed files as they are published: without the folder of proposals before them.
    pub(super) fn as_published(&self, proposals: &Proposals) -> Outcome<BTreeMap<String, Vec<u8>>> {
        let mut new = BTreeMap::new();
        for (_, envelope) in proposals.files() {
            let path = envelope.file().trim_start_matches("proposed/");
            new.insert(path.to_owned(), envelope.to_bytes());
        }
        if let Some((members, _)) = &proposals.members {
            for member in members.iter() {
                let text = member.to_string().into_bytes();
                let meta = countersign_protocol::trust::TargetMeta::of(&text);
                new.insert(target_path(&member.target(), &meta.sha256), text);
            }
        }
        if let Some((witnesses, _)) = &proposals.witnesses {
            let text = witnesses.to_string().into_bytes();
            let meta = countersign_protocol::trust::TargetMeta::of(&text);
            new.insert(target_path(WitnessSet::TARGET, &meta.sha256), text);
        }
        Ok(new)
    }

    /// Who signs for members and witnesses once what is proposed is published.
    pub(super) fn delegated<'f>(&'f self, proposals: &'f Proposals) -> Option<&'f Delegated> {
        let proposed = proposals.targets.as_ref();
        let proposed = proposed.and_then(|(meta, _)| meta.delegated.as_ref());
        proposed.or_else(|| self.trust.as_ref()?.delegated())
    }

    /// The root once what is proposed is published.
    pub(super) fn next_root<'f>(&'f self, proposals: &'f Proposals) -> Option<&'f RootMeta> {
        let proposed = proposals.root.as_ref().map(|(meta, _)| meta);
        proposed.or_else(|| self.trust.as_ref().map(Trust::root))
    }
}

impl TrustSource for RegistryFolder {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        self.read(path, max)
    }
}

/// New files over a folder.
pub(super) struct Overlay<'f>(
    pub(super) &'f BTreeMap<String, Vec<u8>>,
    pub(super) &'f RegistryFolder,
);

impl TrustSource for Overlay<'_> {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        self.0.get(path).cloned().or_else(|| self.1.file(path, max))
    }
}

fn put(path: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::other(format_args!("cannot make {}: {error}", folder.display()))
        })?;
    }
    Ok(files::replace(path, bytes, PUBLIC_FILE_MODE)?)
}

pub(super) fn parse_hash(text: &str) -> Outcome<Hash> {
    let mut hash: Hash = [0; 32];
    let digits: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    hex::decode_to_slice(digits, &mut hash)
        .map_err(|_| Failure::usage("a root hash is 64 hex digits"))?;
    Ok(hash)
}
