//! Who signs: keyholders that come and leave, thresholds, and the key on the server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use countersign_protocol::log::VerifierKey;
use countersign_protocol::trust::{
    Delegated, KeyRing, RoleKeys, TargetsMeta, TufKeyId, check_root, check_targets,
};

use super::desk::{Desk, HowArgs, Part};
use super::found::{check_marks, ring_of};
use crate::exit::{Failure, Outcome};
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct KeyholdersArgs {
    #[command(flatten)]
    how: HowArgs,
    /// Of which part
    #[arg(long, value_enum, value_name = "PART")]
    of: Part,
    /// The public key of a new keyholder
    #[arg(long = "add", value_name = "FILE")]
    add: Vec<PathBuf>,
    /// The name or key id of one who leaves or has lost the key
    #[arg(long = "remove", value_name = "HOLDER")]
    remove: Vec<String>,
    /// How many must sign
    #[arg(long, value_name = "N")]
    threshold: Option<u64>,
    /// Another key for snapshot and timestamp; with --of root only
    #[arg(long, value_name = "FILE")]
    online_key: Option<PathBuf>,
}

impl KeyholdersArgs {
    pub(super) fn run(self, session: &Session) -> Outcome {
        let desk = Desk::open(&self.how)?;
        let root = desk.folder.next_root(&desk.proposals).cloned();
        let mut root =
            root.ok_or_else(|| Failure::validation("there is no federation here yet"))?;
        let added = ring_of(&self.add)?;
        check_marks(added.values(), root.common.federation.rehearsal)?;
        if self.of != Part::Root && self.online_key.is_some() {
            return Err(Failure::usage("--online-key goes with --of root"));
        }
        if self.of == Part::Root {
            root.common = desk.next_common(Part::Root)?;
            root.root = self.changed(&root.root, &root.keys, &added)?;
            root.targets = root.root.clone();
            root.keys.extend(added);
            if let Some(path) = &self.online_key {
                let online = ring_of(std::slice::from_ref(path))?;
                check_marks(online.values(), root.common.federation.rehearsal)?;
                root.snapshot = RoleKeys::new(online.keys().copied(), 1);
                root.timestamp = root.snapshot.clone();
                root.keys.extend(online);
            }
            let used: Vec<TufKeyId> = root
                .roles()
                .iter()
                .flat_map(|(_, role)| role.keys.clone())
                .collect();
            root.keys.retain(|id, _| used.contains(id));
            check_root(&root).map_err(Failure::validation)?;
            let targets = (&root.keys, &root.targets);
            desk.sign_again(Part::Targets, targets)?;
            return desk.propose(session, Part::Root, root.write(), &BTreeMap::new());
        }
        let held = desk.folder.delegated(&desk.proposals);
        let held =
            held.ok_or_else(|| Failure::validation("no targets are proposed or published"))?;
        let Delegated {
            mut keys,
            mut members,
            mut witnesses,
        } = held.clone();
        match self.of {
            Part::Members => members = self.changed(&members, &keys, &added)?,
            Part::Witnesses => witnesses = self.changed(&witnesses, &keys, &added)?,
            Part::Root | Part::Targets => {
                return Err(Failure::usage(
                    "the keyholders of targets are those of root: use --of root",
                ));
            }
        }
        keys.extend(added);
        keys.retain(|id, _| members.keys.contains(id) || witnesses.keys.contains(id));
        let next = TargetsMeta {
            common: desk.next_common(Part::Targets)?,
            targets: BTreeMap::new(),
            delegated: Some(Delegated {
                keys,
                members,
                witnesses,
            }),
        };
        check_targets(&next, &root).map_err(Failure::validation)?;
        if let Some(it) = &next.delegated {
            desk.sign_again(Part::Members, (&it.keys, &it.members))?;
            desk.sign_again(Part::Witnesses, (&it.keys, &it.witnesses))?;
        }
        desk.propose(session, Part::Targets, next.write(), &BTreeMap::new())
    }

    /// The role without those who leave and with those who come.
    fn changed(&self, role: &RoleKeys, ring: &KeyRing, added: &KeyRing) -> Outcome<RoleKeys> {
        let mut keys = role.keys.clone();
        for name in &self.remove {
            let is_it = |id: &&TufKeyId| {
                // In a rehearsal people say the name without its mark, as they will in earnest.
                let is_named = |key: &VerifierKey| {
                    let unmarked = key.name().strip_prefix("rehearsal/");
                    key.name() == name || unmarked == Some(name)
                };
                id.to_string() == *name || ring.get(id).is_some_and(is_named)
            };
            let found = keys.iter().find(is_it).copied();
            let found = found.ok_or_else(|| {
                Failure::validation(format_args!("{name} is no keyholder of it"))
                    .hint("see who is: countersign federation show --registry DIR")
            })?;
            keys.remove(&found);
        }
        keys.extend(added.keys().copied());
        let threshold = self.threshold.unwrap_or(role.threshold);
        if threshold == 0 || threshold > keys.len() as u64 {
            return Err(Failure::validation(format_args!(
                "{threshold} of {} keyholders cannot sign; name more, or another threshold",
                keys.len()
            )));
        }
        Ok(RoleKeys { keys, threshold })
    }
}
