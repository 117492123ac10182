//! Taking in one version: timestamp, snapshot, targets, members, witnesses and the files that they list, each checked against
//! the one before (TUF 1.0, sections 5.4 to 5.7).

use super::chain::{Complete, Trust, Verified};
use super::envelope::Envelope;
use super::layout::{TrustSource, metadata_path, required, target_path};
use super::member::Member;
use super::members::Members;
use super::metadata::{
    Common, Delegated, FileMeta, SnapshotMeta, TargetMeta, TargetsMeta, TimestampMeta,
};
use super::refusal::TrustRefusal;
use super::role::RoleKeys;
use super::witnesses::WitnessSet;
use super::{
    MEMBER_BYTES_MAX, MEMBERS, SNAPSHOT_BYTES_MAX, TARGETS_BYTES_MAX, TIMESTAMP_BYTES_MAX,
    WITNESSES, WITNESSES_BYTES_MAX,
};
use crate::time::Timestamp;

impl Trust {
    pub(super) fn take(
        &mut self,
        source: &impl TrustSource,
        now: Option<Timestamp>,
    ) -> Result<(), TrustRefusal> {
        let timestamp = self.take_timestamp(source, now)?;
        let snapshot = self.take_snapshot(source, &timestamp.meta.snapshot, now)?;
        let complete = self.take_rest(source, timestamp, snapshot, now)?;
        // Whoever serves a log that is none, or another one, serves nothing that is taken in.
        let log = self.read_log(source, now.is_none())?;
        self.complete = Some(complete);
        self.hold_log(log);
        Ok(())
    }

    fn take_timestamp(
        &mut self,
        source: &impl TrustSource,
        now: Option<Timestamp>,
    ) -> Result<Verified<TimestampMeta>, TrustRefusal> {
        let file = metadata_path("timestamp", 0);
        let bytes = required(source, &file, TIMESTAMP_BYTES_MAX)?;
        let envelope = Envelope::parse(&file, &bytes, TIMESTAMP_BYTES_MAX)?;
        self.check_top(&envelope, "timestamp", &self.root.meta.timestamp)?;
        let meta = TimestampMeta::read(&file, envelope.signed())?;
        self.check_own(&file, &meta.common)?;
        let new = Verified { meta, envelope };
        let newest = match &self.timestamp {
            None => new,
            Some(held) => {
                let versions = |it: &TimestampMeta| (it.common.version, it.snapshot.version);
                let ((found, found_snapshot), (seen, seen_snapshot)) =
                    (versions(&new.meta), versions(&held.meta));
                refuse_rollback(&file, "timestamp", found, seen)?;
                if found == seen {
                    // One version is one file: what was seen stays.
                    held.clone()
                } else {
                    refuse_rollback(&file, "snapshot", found_snapshot, seen_snapshot)?;
                    new
                }
            }
        };
        self.timestamp = Some(newest.clone());
        check_fresh(&file, &newest.meta.common, now)?;
        Ok(newest)
    }

    fn take_snapshot(
        &mut self,
        source: &impl TrustSource,
        listed: &FileMeta,
        now: Option<Timestamp>,
    ) -> Result<Verified<SnapshotMeta>, TrustRefusal> {
        let timestamp = metadata_path("timestamp", 0);
        let file = metadata_path("snapshot", listed.version);
        let bytes = required(source, &file, SNAPSHOT_BYTES_MAX)?;
        let envelope = Envelope::parse(&file, &bytes, SNAPSHOT_BYTES_MAX)?;
        listed.check(&file, &timestamp, &bytes)?;
        self.check_top(&envelope, "snapshot", &self.root.meta.snapshot)?;
        let meta = SnapshotMeta::read(&file, envelope.signed())?;
        self.check_own(&file, &meta.common)?;
        check_version(&file, &timestamp, meta.common.version, listed)?;
        if let Some(held) = &self.snapshot {
            for (name, seen) in &held.meta.files {
                let found = meta.files.get(name).ok_or_else(|| TrustRefusal::Vanished {
                    file: file.clone(),
                    what: name.clone(),
                })?;
                refuse_rollback(&file, name, found.version, seen.version)?;
            }
        }
        let new = Verified { meta, envelope };
        self.snapshot = Some(new.clone());
        check_fresh(&file, &new.meta.common, now)?;
        Ok(new)
    }

    fn take_rest(
        &self,
        source: &impl TrustSource,
        timestamp: Verified<TimestampMeta>,
        snapshot: Verified<SnapshotMeta>,
        now: Option<Timestamp>,
    ) -> Result<Complete, TrustRefusal> {
        let root = &self.root.meta;
        let listed_in = metadata_path("snapshot", snapshot.meta.common.version);
        let fetch = |role: &str| -> Result<(Envelope, FileMeta), TrustRefusal> {
            let name = format!("{role}.json");
            let listed = snapshot.meta.files.get(&name).copied();
            let listed = listed.ok_or_else(|| TrustRefusal::Vanished {
                file: listed_in.clone(),
                what: name,
            })?;
            let file = metadata_path(role, listed.version);
            let bytes = required(source, &file, TARGETS_BYTES_MAX)?;
            let envelope = Envelope::parse(&file, &bytes, TARGETS_BYTES_MAX)?;
            listed.check(&file, &listed_in, &bytes)?;
            Ok((envelope, listed))
        };
        let finish = |envelope: Envelope, listed: &FileMeta, meta: TargetsMeta| {
            let file = envelope.file();
            self.check_own(file, &meta.common)?;
            check_version(file, &listed_in, meta.common.version, listed)?;
            check_fresh(file, &meta.common, now)?;
            Ok::<_, TrustRefusal>(Verified { meta, envelope })
        };

        let (envelope, listed) = fetch("targets")?;
        self.check_top(&envelope, "targets", &root.targets)?;
        let meta = TargetsMeta::read_top(envelope.file(), envelope.signed())?;
        let targets = finish(envelope, &listed, meta)?;
        let delegated = delegated_of(&targets.meta)?;

        let delegate = |name: &str, role: &RoleKeys| {
            let (envelope, listed) = fetch(name)?;
            envelope.check(&delegated.keys, role, name, targets.envelope.file())?;
            let meta = TargetsMeta::read_delegated(envelope.file(), envelope.signed(), name)?;
            finish(envelope, &listed, meta)
        };
        let members_file = delegate(MEMBERS, &delegated.members)?;
        let witnesses_file = delegate(WITNESSES, &delegated.witnesses)?;

        let members = read_members(source, &members_file)?;
        if let Some(before) = self.followed(delegated) {
            members.check_follows(before)?;
        }
        let witnesses = read_witnesses(source, &witnesses_file)?;
        Ok(Complete {
            timestamp,
            snapshot,
            targets,
            members_file,
            witnesses_file,
            members,
            witnesses,
        })
    }

    /// The members that the next list must follow. None when the keyholders who signed them no longer have a threshold: then
    /// the threshold above them has taken the list out of their hands, which is the way back from a forged one.
    fn followed(&self, delegated: &Delegated) -> Option<&Members> {
        let before = self.complete.as_ref()?;
        let file = &before.members_file.envelope;
        let still = file.check(&delegated.keys, &delegated.members, MEMBERS, "");
        still.is_ok().then_some(&before.members)
    }

    pub(super) fn check_top(
        &self,
        envelope: &Envelope,
        name: &str,
        role: &RoleKeys,
    ) -> Result<(), TrustRefusal> {
        let root = metadata_path("root", self.root.meta.common.version);
        envelope.check(&self.root.meta.keys, role, name, &root)
    }

    fn check_own(&self, file: &str, common: &Common) -> Result<(), TrustRefusal> {
        common.check_federation(file, &self.root.meta.common.federation)
    }
}

fn delegated_of(targets: &TargetsMeta) -> Result<&Delegated, TrustRefusal> {
    // `read_top` sets it; a file without it is refused there.
    targets.delegated.as_ref().ok_or(TrustRefusal::NothingYet)
}

fn check_fresh(file: &str, common: &Common, now: Option<Timestamp>) -> Result<(), TrustRefusal> {
    now.map_or(Ok(()), |now| common.check_fresh(file, now))
}

fn check_version(
    file: &str,
    listed_in: &str,
    found: u64,
    listed: &FileMeta,
) -> Result<(), TrustRefusal> {
    if found == listed.version {
        return Ok(());
    }
    Err(TrustRefusal::Mismatch {
        file: file.to_owned(),
        reason: "it has another version",
        listed_in: listed_in.to_owned(),
    })
}

fn refuse_rollback(file: &str, what: &str, found: u64, held: u64) -> Result<(), TrustRefusal> {
    if found >= held {
        return Ok(());
    }
    Err(TrustRefusal::Rollback {
        file: file.to_owned(),
        what: what.to_owned(),
        found,
        held,
    })
}

fn target(
    source: &impl TrustSource,
    listed_in: &str,
    path: &str,
    meta: &TargetMeta,
    max: usize,
) -> Result<(String, Vec<u8>), TrustRefusal> {
    let file = target_path(path, &meta.sha256);
    let bytes = required(source, &file, max)?;
    if bytes.len() > max {
        return Err(TrustRefusal::TooLarge { file, max });
    }
    meta.check(&file, listed_in, &bytes)?;
    Ok((file, bytes))
}

fn read_members(
    source: &impl TrustSource,
    listed: &Verified<TargetsMeta>,
) -> Result<Members, TrustRefusal> {
    let mut all = Vec::new();
    for (path, meta) in &listed.meta.targets {
        let listed_in = listed.envelope.file();
        let (file, bytes) = target(source, listed_in, path, meta, MEMBER_BYTES_MAX)?;
        let member = Member::parse(&bytes).map_err(|fault| TrustRefusal::Member {
            file: file.clone(),
            fault,
        })?;
        if member.target() != *path {
            return Err(TrustRefusal::Mismatch {
                file,
                reason: "it is the entry of another registry",
                listed_in: listed_in.to_owned(),
            });
        }
        all.push(member);
    }
    Ok(Members::new(all)?)
}

fn read_witnesses(
    source: &impl TrustSource,
    listed: &Verified<TargetsMeta>,
) -> Result<WitnessSet, TrustRefusal> {
    let listed_in = listed.envelope.file();
    let meta = listed.meta.targets.get(WitnessSet::TARGET);
    let meta = meta.ok_or_else(|| TrustRefusal::Vanished {
        file: listed_in.to_owned(),
        what: WitnessSet::TARGET.to_owned(),
    })?;
    let (_, bytes) = target(
        source,
        listed_in,
        WitnessSet::TARGET,
        meta,
        WITNESSES_BYTES_MAX,
    )?;
    Ok(WitnessSet::parse(&bytes)?)
}
