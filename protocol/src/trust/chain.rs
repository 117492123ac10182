//! What a reader of the trust registry holds, and how it takes in newer versions (TUF 1.0, section 5, in its order).

use super::envelope::Envelope;
use super::layout::{TrustSource, metadata_path, next_version};
use super::log::Logged;
use super::members::Members;
use super::metadata::{Delegated, RootMeta, SnapshotMeta, TargetsMeta, TimestampMeta};
use super::refusal::TrustRefusal;
use super::role::{KeyRing, RoleKeys};
use super::view::{NewDecisions, Settling};
use super::witnesses::WitnessSet;
use super::{MEMBERS, ROOT_BYTES_MAX, ROOTS_MAX, WITNESSES};
use crate::log::Hash;
use crate::time::Timestamp;

/// A file whose signatures were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verified<T> {
    pub(super) meta: T,
    pub(super) envelope: Envelope,
}

/// A complete version: files that belong together, and what stands in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complete {
    pub(super) timestamp: Verified<TimestampMeta>,
    pub(super) snapshot: Verified<SnapshotMeta>,
    pub(super) targets: Verified<TargetsMeta>,
    pub(super) members_file: Verified<TargetsMeta>,
    pub(super) witnesses_file: Verified<TargetsMeta>,
    pub(super) members: Members,
    pub(super) witnesses: WitnessSet,
}

/// The trust registry as one reader knows it: the newest root, what was seen of the files that guard against going back, and
/// the newest complete version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The hash of the first root.
    pub(super) first: Hash,
    pub(super) root: Verified<RootMeta>,
    pub(super) timestamp: Option<Verified<TimestampMeta>>,
    pub(super) snapshot: Option<Verified<SnapshotMeta>>,
    pub(super) complete: Option<Complete>,
    /// The log of the versions, once one was seen.
    pub(super) log: Option<Logged>,
}

impl Trust {
    /// Begins with the first root, which is believed because its hash was pinned: it ships with the program and stands in the
    /// annex of the treaty. See [`super::root_hash`].
    ///
    /// # Errors
    /// [`TrustRefusal::OtherRoot`] for any other root; [`TrustRefusal::TooFewSignatures`] when it has not signed itself.
    pub fn bootstrap(root: &[u8], pinned: &Hash) -> Result<Self, TrustRefusal> {
        let file = metadata_path("root", 1);
        let envelope = Envelope::parse(&file, root, ROOT_BYTES_MAX)?;
        let found = envelope.hash();
        if found != *pinned {
            let pinned = *pinned;
            return Err(TrustRefusal::OtherRoot { found, pinned });
        }
        let meta = RootMeta::read(&file, envelope.signed())?;
        if meta.common.version != 1 {
            return Err(TrustRefusal::NotTheNextRoot {
                file,
                found: meta.common.version,
                expected: 1,
            });
        }
        envelope.check(&meta.keys, &meta.root, "root", &file)?;
        Ok(Self {
            first: found,
            root: Verified { meta, envelope },
            timestamp: None,
            snapshot: None,
            complete: None,
            log: None,
        })
    }

    /// Takes the next root: version N + 1, signed by the threshold of N and by its own. Its expiry does not matter here, so
    /// that a reader who was away finds the way to the newest one.
    ///
    /// When it takes keys away that had signed the timestamp or the snapshot, what was seen of them is forgotten: their
    /// versions may have been run up by whoever stole the keys.
    ///
    /// # Errors
    /// [`TrustRefusal`]; nothing has changed then.
    pub fn walk(&mut self, next: &[u8]) -> Result<(), TrustRefusal> {
        let held = &self.root.meta;
        let expected = next_version(held.common.version);
        let file = metadata_path("root", expected);
        let held_file = metadata_path("root", held.common.version);
        let envelope = Envelope::parse(&file, next, ROOT_BYTES_MAX)?;
        // By the keyholders that are known first: who they name counts for nothing before that.
        envelope.check(&held.keys, &held.root, "root", &held_file)?;
        let meta = RootMeta::read(&file, envelope.signed())?;
        if meta.common.version != expected || meta.common.version == held.common.version {
            return Err(TrustRefusal::NotTheNextRoot {
                file,
                found: meta.common.version,
                expected,
            });
        }
        envelope.check(&meta.keys, &meta.root, "root", &file)?;
        meta.common
            .check_federation(&file, &held.common.federation)?;
        let signs =
            |envelope: &Envelope, role: &RoleKeys| envelope.check(&meta.keys, role, "", "").is_ok();
        self.timestamp = self
            .timestamp
            .take()
            .filter(|it| signs(&it.envelope, &meta.timestamp));
        self.snapshot = self
            .snapshot
            .take()
            .filter(|it| signs(&it.envelope, &meta.snapshot));
        self.root = Verified { meta, envelope };
        self.judge_log();
        Ok(())
    }

    /// Takes in the newest version from a source: roots one by one, then timestamp, snapshot, targets, members, witnesses and
    /// the entries, each checked against the one before. A version counts when all of it is there; until then the one before
    /// stays what [`Trust::to_settle`] gives.
    ///
    /// # Errors
    /// The first [`TrustRefusal`] in the order of TUF. Roots, timestamp and snapshot that had passed by then are remembered,
    /// so that nobody can go behind them any more.
    pub fn refresh(
        &mut self,
        source: &impl TrustSource,
        now: Timestamp,
    ) -> Result<(), TrustRefusal> {
        self.walk_all(source)?;
        let file = metadata_path("root", self.root.meta.common.version);
        self.root.meta.common.check_fresh(&file, now)?;
        self.take(source, Some(now))
    }

    /// Takes in what this reader had stored itself, expired or not: after a restart, to settle what is open.
    ///
    /// # Errors
    /// As [`Trust::refresh`], except for expiry.
    pub fn restore(&mut self, source: &impl TrustSource) -> Result<(), TrustRefusal> {
        self.walk_all(source)?;
        self.take(source, None)
    }

    fn walk_all(&mut self, source: &impl TrustSource) -> Result<(), TrustRefusal> {
        for _ in 0..ROOTS_MAX {
            let next = next_version(self.root.meta.common.version);
            let file = source.file(&metadata_path("root", next), ROOT_BYTES_MAX);
            match file.filter(|_| next > self.root.meta.common.version) {
                Some(file) => self.walk(&file)?,
                None => return Ok(()),
            }
        }
        Err(TrustRefusal::TooManyRoots(ROOTS_MAX))
    }

    /// For anything that begins: a lane, a lock, an acquisition.
    ///
    /// # Errors
    /// [`TrustRefusal::Expired`] when any file has expired; [`TrustRefusal::Behind`] when a newer version was announced, or the
    /// keys changed, and its files are not complete here; [`TrustRefusal::NothingYet`] before the first complete version; those of
    /// [`Trust::is_logged`].
    pub fn for_new_decisions(&self, now: Timestamp) -> Result<NewDecisions<'_>, TrustRefusal> {
        let complete = self.complete.as_ref().ok_or(TrustRefusal::NothingYet)?;
        self.expiries().try_for_each(|(file, expires)| {
            if now < expires {
                return Ok(());
            }
            Err(TrustRefusal::Expired {
                file,
                expired: expires,
            })
        })?;
        let is_newest = self.timestamp.as_ref() == Some(&complete.timestamp)
            && self.snapshot.as_ref() == Some(&complete.snapshot)
            && self
                .check_top(
                    &complete.targets.envelope,
                    "targets",
                    &self.root.meta.targets,
                )
                .is_ok();
        if !is_newest {
            return Err(TrustRefusal::Behind);
        }
        self.is_logged()?;
        Ok(NewDecisions::new(Settling::new(complete)))
    }

    /// For what is open: never refused for its age, so that expiry strands no lock. `None` before the first complete version.
    #[must_use]
    pub fn to_settle(&self) -> Option<Settling<'_>> {
        self.complete.as_ref().map(Settling::new)
    }

    /// The newest root.
    #[must_use]
    pub const fn root(&self) -> &RootMeta {
        &self.root.meta
    }

    /// Who signs for members and witnesses, in the newest complete version.
    #[must_use]
    pub fn delegated(&self) -> Option<&Delegated> {
        self.complete.as_ref()?.targets.meta.delegated.as_ref()
    }

    /// The files held, the root first, each with when it expires.
    pub fn expiries(&self) -> impl Iterator<Item = (String, Timestamp)> {
        self.files()
            .into_iter()
            .map(|(_, envelope, expires)| (envelope.file().to_owned(), expires))
    }

    /// The newest root and the files of the newest complete version, by role, with their expiry.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, &Envelope, Timestamp)> {
        let root = &self.root;
        let mut files = vec![("root", &root.envelope, root.meta.common.expires)];
        if let Some(it) = &self.complete {
            files.extend([
                (
                    "timestamp",
                    &it.timestamp.envelope,
                    it.timestamp.meta.common.expires,
                ),
                (
                    "snapshot",
                    &it.snapshot.envelope,
                    it.snapshot.meta.common.expires,
                ),
                (
                    "targets",
                    &it.targets.envelope,
                    it.targets.meta.common.expires,
                ),
                (
                    MEMBERS,
                    &it.members_file.envelope,
                    it.members_file.meta.common.expires,
                ),
                (
                    WITNESSES,
                    &it.witnesses_file.envelope,
                    it.witnesses_file.meta.common.expires,
                ),
            ]);
        }
        files
    }

    /// The keys that sign for a role, and how many it takes; `None` for a role that is not known yet.
    #[must_use]
    pub fn signers_of(&self, role: &str) -> Option<(&KeyRing, &RoleKeys)> {
        let root = &self.root.meta;
        if let Some((_, keys)) = root.roles().into_iter().find(|(name, _)| *name == role) {
            return Some((&root.keys, keys));
        }
        let delegated = self.delegated()?;
        let found = delegated
            .roles()
            .into_iter()
            .find(|(name, _)| *name == role);
        found.map(|(_, keys)| (&delegated.keys, keys))
    }

    /// What stands in the file of a role of the newest complete version: targets, members or witnesses.
    #[must_use]
    pub fn targets_meta(&self, role: &str) -> Option<&TargetsMeta> {
        let it = self.complete.as_ref()?;
        match role {
            "targets" => Some(&it.targets.meta),
            MEMBERS => Some(&it.members_file.meta),
            WITNESSES => Some(&it.witnesses_file.meta),
            _ => None,
        }
    }

    /// The newest snapshot and timestamp that were seen, by version.
    #[must_use]
    pub fn seen(&self) -> (Option<u64>, Option<u64>) {
        let snapshot = self.snapshot.as_ref().map(|it| it.meta.common.version);
        let timestamp = self.timestamp.as_ref().map(|it| it.meta.common.version);
        (snapshot, timestamp)
    }
}
