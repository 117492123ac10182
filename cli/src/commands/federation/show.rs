//! The trust registry as it stands, and what is proposed.

use clap::Args;
use countersign_protocol::log::VerifierKey;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{Envelope, Member, Trust};
use serde::Serialize;

use super::folder::{Proposals, RegistryFolder};
use super::sign::fingerprint;
use super::{RegistryArgs, change, now};
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    registry: RegistryArgs,
}

/// A trust registry as data.
#[derive(Serialize)]
struct Shown {
    federation: Option<String>,
    rehearsal: bool,
    root_hash: Option<String>,
    pinned: bool,
    /// Whether something new may begin now; why not, if not.
    in_force: bool,
    refusal: Option<String>,
    files: Vec<FileRow>,
    members: Vec<MemberRow>,
    witnesses: Option<String>,
    witnesses_tolerate: Option<usize>,
    log: Option<LogRow>,
    proposed: Vec<ProposedRow>,
}

/// The log of the versions.
#[derive(Serialize)]
struct LogRow {
    origin: String,
    size: u64,
    /// Whether the newest version is in it under a quorum of witnesses; why not, if not.
    in_force: bool,
    refusal: Option<String>,
}

#[derive(Serialize)]
struct FileRow {
    role: &'static str,
    file: String,
    expires: String,
    expired: bool,
    threshold: u64,
    keyholders: Vec<String>,
    signed_by: Vec<String>,
}

#[derive(Serialize)]
struct MemberRow {
    registry: String,
    party: String,
    origin: String,
    status: &'static str,
    since: String,
    log_keys: Vec<String>,
}

#[derive(Serialize)]
struct ProposedRow {
    role: &'static str,
    file: String,
    fingerprint: String,
    changes: Vec<String>,
    signatures: Vec<Signatures>,
}

#[derive(Serialize)]
struct Signatures {
    asked_by: &'static str,
    needed: u64,
    signed_by: Vec<String>,
    missing: Vec<String>,
}

impl ShowArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = self.registry.open()?;
        let proposals = folder.proposals()?;
        if folder.trust.is_none() && proposals.is_empty() {
            folder.published()?;
        }
        let shown = Shown::of(&folder, &proposals, now()?)?;
        if !shown.pinned {
            terminal::warn(
                "the first root was compared with nothing: give --root-hash as the treaty prints it",
            );
        }
        session.out().show(&shown, Shown::view)
    }
}

impl LogRow {
    fn of(trust: &Trust) -> Option<Self> {
        let log = trust.log()?;
        let refusal = trust.is_logged().err();
        Some(Self {
            origin: log.name().to_owned(),
            size: log.size(),
            in_force: refusal.is_none(),
            refusal: refusal.map(|it| it.to_string()),
        })
    }

    fn view(&self) -> View {
        let state = self.refusal.clone();
        View::pairs([
            ("log of the versions", self.origin.clone()),
            ("entries", self.size.to_string()),
            ("standing", state.unwrap_or_else(|| "witnessed".to_owned())),
        ])
    }
}

fn names<'k>(keys: impl Iterator<Item = &'k VerifierKey>) -> Vec<String> {
    keys.map(|key| key.name().to_owned()).collect()
}

impl Shown {
    fn of(folder: &RegistryFolder, proposals: &Proposals, now: Timestamp) -> Outcome<Self> {
        let trust = folder.trust.as_ref();
        let refusal = trust.and_then(|it| it.for_new_decisions(now).err());
        let view = trust.and_then(Trust::to_settle);
        let federation = folder
            .next_root(proposals)
            .map(|it| it.common.federation.clone());
        let mut proposed = Vec::new();
        for (role, envelope) in proposals.files() {
            proposed.push(ProposedRow::of(folder, proposals, role, envelope)?);
        }
        Ok(Self {
            rehearsal: federation.as_ref().is_some_and(|it| it.rehearsal),
            federation: federation.map(|it| it.name.to_string()),
            root_hash: folder.root_hash.map(hex::encode),
            pinned: folder.is_pinned,
            in_force: trust.is_some() && refusal.is_none(),
            refusal: refusal.map(|it| it.to_string()),
            files: trust.map(|it| files(it, now)).unwrap_or_default(),
            members: view
                .map(|it| it.members().iter().map(MemberRow::of).collect())
                .unwrap_or_default(),
            witnesses: view.map(|it| it.witnesses().to_string()),
            witnesses_tolerate: view.and_then(|it| it.witnesses().tolerates()),
            log: trust.and_then(LogRow::of),
            proposed,
        })
    }

    fn view(&self) -> View {
        let mark = if self.rehearsal { "  REHEARSAL" } else { "" };
        let name = self.federation.clone().unwrap_or_default();
        let state = match (&self.refusal, self.in_force) {
            (Some(refusal), _) => refusal.clone(),
            (None, true) => "in force".to_owned(),
            (None, false) => "not published yet".to_owned(),
        };
        let head = View::pairs([
            ("federation", format!("{name}{mark}")),
            ("state", state),
            (
                "hash of the first root",
                self.root_hash.clone().unwrap_or_default(),
            ),
        ]);
        let mut views = vec![head];
        if !self.files.is_empty() {
            views.push(Table::of(
                [
                    "PART",
                    "FILE",
                    "EXPIRES",
                    "SIGN>",
                    "SIGNED BY",
                    "KEYHOLDERS",
                ],
                "",
                &self.files,
                |it| {
                    let late = if it.expired { " EXPIRED" } else { "" };
                    [
                        it.role.to_owned(),
                        it.file.trim_start_matches("metadata/").to_owned(),
                        format!("{}{late}", it.expires),
                        it.threshold.to_string(),
                        it.signed_by.join(", "),
                        it.keyholders.join(", "),
                    ]
                },
            ));
            let heading = ["REGISTRY", "PARTY", "LEDGER", "STATUS", "SINCE", "LOG KEYS"];
            views.push(Table::of(heading, "no members yet", &self.members, |it| {
                [
                    it.registry.clone(),
                    it.party.clone(),
                    it.origin.clone(),
                    it.status.to_owned(),
                    it.since.clone(),
                    it.log_keys.join(", "),
                ]
            }));
        }
        if let Some(policy) = &self.witnesses {
            let tolerate = self.witnesses_tolerate.map_or_else(String::new, |count| {
                format!("{count} witnesses may lie or be away\n")
            });
            views.push(View::Text(format!("{policy}{tolerate}")));
        }
        views.extend(self.log.iter().map(LogRow::view));
        views.extend(self.proposed.iter().map(ProposedRow::view));
        View::Many(views)
    }
}

fn files(trust: &Trust, now: Timestamp) -> Vec<FileRow> {
    let row = |(role, envelope, expires): (&'static str, &Envelope, Timestamp)| {
        let (ring, keys) = trust.signers_of(role)?;
        let signers = envelope.signers(ring);
        let named = |ids: Vec<_>| names(ids.into_iter().filter_map(|id| ring.get(id)));
        Some(FileRow {
            role,
            file: envelope.file().to_owned(),
            expires: expires.to_string(),
            expired: now >= expires,
            threshold: keys.threshold,
            keyholders: named(keys.keys.iter().collect()),
            signed_by: named(signers.intersection(&keys.keys).collect()),
        })
    };
    trust.files().into_iter().filter_map(row).collect()
}

impl MemberRow {
    fn of(member: &Member) -> Self {
        let key = |row: &countersign_protocol::trust::KeyRow| {
            let to = row.to.map_or_else(|| "-".to_owned(), |to| to.to_string());
            format!("{}..{to} {}", row.from, hex::encode(row.key.id()))
        };
        Self {
            registry: member.registry.to_string(),
            party: member.party.to_string(),
            origin: member.origin.to_string(),
            status: member.standing.word(),
            since: member.since.to_string(),
            log_keys: member.log_keys.iter().map(key).collect(),
        }
    }
}

impl ProposedRow {
    fn of(
        folder: &RegistryFolder,
        proposals: &Proposals,
        role: &'static str,
        envelope: &Envelope,
    ) -> Outcome<Self> {
        let needs = change::needs(folder, proposals, role)?;
        let signatures = needs.into_iter().map(|need| {
            let signers = envelope.signers(&need.ring);
            let named = |ids: Vec<_>| names(ids.into_iter().filter_map(|id| need.ring.get(id)));
            Signatures {
                asked_by: need.of,
                needed: need.threshold,
                signed_by: named(signers.intersection(&need.keys).collect()),
                missing: named(need.keys.difference(&signers).collect()),
            }
        });
        Ok(Self {
            role,
            file: envelope.file().to_owned(),
            fingerprint: fingerprint(envelope),
            changes: change::lines(folder, proposals, role),
            signatures: signatures.collect(),
        })
    }

    fn view(&self) -> View {
        let mut text = format!(
            "proposed: {}, fingerprint {}\n",
            self.file, self.fingerprint
        );
        for line in &self.changes {
            text.push_str(&format!("  {line}\n"));
        }
        for it in &self.signatures {
            text.push_str(&format!(
                "  {} asks for {}: signed by {}; not by {}\n",
                it.asked_by,
                it.needed,
                none_if_empty(&it.signed_by),
                none_if_empty(&it.missing)
            ));
        }
        View::Text(text)
    }
}

fn none_if_empty(names: &[String]) -> String {
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        names.join(", ")
    }
}
