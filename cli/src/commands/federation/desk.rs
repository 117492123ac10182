//! Where proposals are written: the folder, what is proposed in it already, and the next version of each part.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use countersign_protocol::trust::{
    Common, Envelope, Json, KeyRing, Members, RoleKeys, TargetsMeta, Trust, metadata_path,
};
use serde::Serialize;

use super::folder::{Proposals, RegistryFolder};
use super::found::members_file;
use super::{RegistryArgs, change, in_days};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

/// A part of the registry that keyholders sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// The keyholders of the federation.
    Root,
    /// Who signs for members and witnesses.
    Targets,
    /// The members.
    Members,
    /// The witnesses.
    Witnesses,
}

impl Part {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Members => "members",
            Self::Witnesses => "witnesses",
        }
    }
}

/// What every proposal takes.
#[derive(Args, Debug)]
pub(super) struct HowArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Days until the new version expires
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
}

/// A proposal as data.
#[derive(Serialize)]
struct Proposed {
    role: &'static str,
    version: u64,
    changes: Vec<String>,
    fingerprint: String,
}

/// The folder, what is proposed in it already, and until when the next version runs.
pub(super) struct Desk {
    pub(super) folder: RegistryFolder,
    pub(super) proposals: Proposals,
    days: u64,
}

impl Desk {
    pub(super) fn open(how: &HowArgs) -> Outcome<Self> {
        let folder = how.registry.open()?;
        let proposals = folder.proposals()?;
        Ok(Self {
            folder,
            proposals,
            days: how.days,
        })
    }

    /// Version, expiry and federation of the next version of a part.
    pub(super) fn next_common(&self, part: Part) -> Outcome<Common> {
        let root = self.folder.next_root(&self.proposals);
        let root = root.ok_or_else(|| {
            Failure::validation("there is no federation here yet")
                .hint("begin with `countersign federation propose found`")
        })?;
        let published = self.folder.trust.as_ref();
        let version = match part {
            Part::Root => published.map(|it| it.root().common.version),
            other => published
                .and_then(|it| it.targets_meta(other.name()))
                .map(|it| it.common.version),
        };
        Ok(Common {
            version: version.unwrap_or(0) + 1,
            expires: in_days(self.days)?,
            federation: root.common.federation.clone(),
        })
    }

    /// The members as proposed, or as published.
    pub(super) fn members(&self) -> Members {
        let proposed = self.proposals.members.as_ref().map(|(members, _)| members);
        let published = self.folder.trust.as_ref().and_then(Trust::to_settle);
        proposed
            .or_else(|| published.map(|it| it.members()))
            .cloned()
            .unwrap_or_default()
    }

    /// Proposes another list of members.
    pub(super) fn propose_members(&self, session: &Session, members: &Members) -> Outcome {
        if let Some(view) = self.folder.trust.as_ref().and_then(Trust::to_settle) {
            members
                .check_follows(view.members())
                .map_err(Failure::validation)?;
        }
        let (list, files) = members_file(self.next_common(Part::Members)?, members);
        self.propose(session, Part::Members, list.write(), &files)
    }

    /// Proposes a published part again as it is when those who stay have not signed it in sufficient number.
    pub(super) fn sign_again(&self, part: Part, (ring, role): (&KeyRing, &RoleKeys)) -> Outcome {
        let name = part.name();
        let Some(trust) = &self.folder.trust else {
            return Ok(());
        };
        let held = trust.files().into_iter().find(|(it, ..)| *it == name);
        let is_signed = held.is_some_and(|(_, it, _)| it.check(ring, role, name, "").is_ok());
        let is_proposed = self.proposals.files().any(|(it, _)| it == name);
        let (Some(meta), false, false) = (trust.targets_meta(name), is_signed, is_proposed) else {
            return Ok(());
        };
        let common = self.next_common(part)?;
        let version = common.version;
        let next = TargetsMeta {
            common,
            ..meta.clone()
        };
        let envelope = Envelope::unsigned(&metadata_path(name, version), next.write());
        self.folder
            .propose(name, version, &envelope, &BTreeMap::new())?;
        terminal::say(format_args!(
            "{name} is proposed again as it is: too few of those who stay have signed it"
        ));
        Ok(())
    }

    /// Writes a proposal and shows what it changes. Signatures on an earlier proposal of the part are gone with it.
    pub(super) fn propose(
        &self,
        session: &Session,
        part: Part,
        signed: Json,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Outcome {
        let role = part.name();
        if self.proposals.files().any(|(name, _)| name == role) {
            terminal::warn(format_args!(
                "an earlier proposal of {role} is replaced; whoever signed it signs again"
            ));
        }
        let common = self.next_common(part)?;
        let envelope = Envelope::unsigned(&metadata_path(role, common.version), signed);
        self.folder
            .propose(role, common.version, &envelope, files)?;
        let proposals = self.folder.proposals()?;
        let proposed = Proposed {
            role,
            version: common.version,
            changes: change::lines(&self.folder, &proposals, role),
            fingerprint: super::sign::fingerprint(&envelope),
        };
        terminal::done(
            "proposed: nothing counts before the keyholders have signed and it is published",
        );
        session.out().show(&proposed, |it| {
            let head = format!(
                "{} version {}, fingerprint {}",
                it.role, it.version, it.fingerprint
            );
            let lines = it.changes.iter().map(|line| format!("\n  {line}"));
            View::Text(std::iter::once(head).chain(lines).collect())
        })
    }
}
