//! The lines that people read before they sign, and the roles that a key may sign for.

use std::collections::BTreeSet;

use countersign_protocol::trust::{
    Members, Trust, TufKeyId, member_changes, policy_changes, root_changes, targets_changes,
};

use super::folder::{Proposals, RegistryFolder};
use crate::exit::{Exit, Failure, Outcome};

/// What a proposed file of a role changes.
pub(super) fn lines(folder: &RegistryFolder, proposals: &Proposals, role: &str) -> Vec<String> {
    let trust = folder.trust.as_ref();
    let view = trust.and_then(Trust::to_settle);
    let mut lines = match role {
        "root" => proposals
            .root
            .as_ref()
            .map(|(now, _)| root_changes(trust.map(Trust::root), now)),
        "targets" => proposals.targets.as_ref().map(|(now, _)| {
            let before = trust.and_then(|it| it.targets_meta("targets"));
            targets_changes(before, now)
        }),
        "members" => proposals.members.as_ref().map(|(now, _)| {
            let none = Members::default();
            member_changes(view.map_or(&none, |it| it.members()), now)
        }),
        "witnesses" => proposals
            .witnesses
            .as_ref()
            .map(|(now, _)| policy_changes(view.map(|it| it.witnesses()), now)),
        _ => None,
    }
    .unwrap_or_default();
    if lines.is_empty() {
        lines.push("nothing but its version and expiry".to_owned());
    }
    lines
}

/// The keys that may sign a proposed file: for a root those of the one before and its own.
pub(super) fn allowed(
    folder: &RegistryFolder,
    proposals: &Proposals,
    role: &str,
) -> Outcome<BTreeSet<TufKeyId>> {
    let mut keys = BTreeSet::new();
    for need in needs(folder, proposals, role)? {
        keys.extend(need.keys);
    }
    Ok(keys)
}

/// A threshold that a proposed file has to meet.
pub(super) struct Need {
    /// Whose threshold, for people.
    pub(super) of: &'static str,
    pub(super) keys: BTreeSet<TufKeyId>,
    pub(super) ring: countersign_protocol::trust::KeyRing,
    pub(super) threshold: u64,
}

/// The thresholds that a proposed file of a role has to meet.
pub(super) fn needs(
    folder: &RegistryFolder,
    proposals: &Proposals,
    role: &str,
) -> Outcome<Vec<Need>> {
    let missing = || {
        Failure::new(
            Exit::Validation,
            "there is neither a root nor a proposal of one",
        )
    };
    let next = folder.next_root(proposals).ok_or_else(missing)?;
    let need = |of,
                ring: &countersign_protocol::trust::KeyRing,
                role: &countersign_protocol::trust::RoleKeys| Need {
        of,
        keys: role.keys.clone(),
        ring: ring.clone(),
        threshold: role.threshold,
    };
    let mut needs = Vec::new();
    match role {
        "root" => {
            if let Some(trust) = &folder.trust {
                needs.push(need(
                    "the root before",
                    &trust.root().keys,
                    &trust.root().root,
                ));
            }
            needs.push(need("its own root", &next.keys, &next.root));
        }
        "targets" => needs.push(need("the root", &next.keys, &next.targets)),
        _ => {
            let delegated = folder.delegated(proposals).ok_or_else(missing)?;
            let found = delegated
                .roles()
                .into_iter()
                .find(|(name, _)| *name == role);
            let (_, keys) = found.ok_or_else(missing)?;
            needs.push(need("targets", &delegated.keys, keys));
        }
    }
    Ok(needs)
}
