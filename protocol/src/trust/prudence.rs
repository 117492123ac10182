//! What a federation should not sign, although a reader would believe it.

use std::collections::BTreeSet;

use super::key::TufKeyId;
use super::metadata::{RootMeta, TargetsMeta};
use super::role::{KeyRing, RoleKeys};

/// What is unwise in a proposal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Imprudence {
    /// Two groups of keyholders that share nobody could each sign.
    #[error(
        "{role}: {threshold} of {keys} keys lets two groups that share nobody sign two different versions; ask for {needed} or more"
    )]
    HalfEnough {
        /// The role.
        role: &'static str,
        /// Its threshold.
        threshold: u64,
        /// Its keys.
        keys: usize,
        /// The least threshold that keeps two groups from it.
        needed: usize,
    },
    /// The loss of one key would stop the role for ever.
    #[error(
        "{role}: all {keys} keys must sign, so the loss of one would stop the federation; name more keyholders or ask for one less"
    )]
    NoneMayBeLost {
        /// The role.
        role: &'static str,
        /// Its keys.
        keys: usize,
    },
    /// A key that lies on a server could sign what takes people.
    #[error(
        "the key of {holder} signs timestamps or snapshots, so it lies on a server; it cannot be a keyholder's of {role}"
    )]
    OnlineKey {
        /// Its name.
        holder: String,
        /// The role of keyholders.
        role: &'static str,
    },
}

/// Checks a root before people are asked to sign it.
///
/// # Errors
/// The first [`Imprudence`].
pub fn check_root(root: &RootMeta) -> Result<(), Imprudence> {
    for (name, role) in [("root", &root.root), ("targets", &root.targets)] {
        check_role(name, role)?;
        check_offline(name, role, &online(root), &root.keys)?;
    }
    Ok(())
}

/// Checks who signs for members and witnesses before people are asked to sign it.
///
/// # Errors
/// The first [`Imprudence`].
pub fn check_targets(targets: &TargetsMeta, root: &RootMeta) -> Result<(), Imprudence> {
    let Some(delegated) = &targets.delegated else {
        return Ok(());
    };
    for (name, role) in delegated.roles() {
        check_role(name, role)?;
        check_offline(name, role, &online(root), &delegated.keys)?;
    }
    Ok(())
}

fn online(root: &RootMeta) -> BTreeSet<TufKeyId> {
    root.timestamp
        .keys
        .union(&root.snapshot.keys)
        .copied()
        .collect()
}

fn check_role(name: &'static str, role: &RoleKeys) -> Result<(), Imprudence> {
    let keys = role.keys.len();
    let needed = keys / 2 + 1;
    if role.threshold < needed as u64 {
        return Err(Imprudence::HalfEnough {
            role: name,
            threshold: role.threshold,
            keys,
            needed,
        });
    }
    if role.threshold >= keys as u64 {
        return Err(Imprudence::NoneMayBeLost { role: name, keys });
    }
    Ok(())
}

fn check_offline(
    name: &'static str,
    role: &RoleKeys,
    online: &BTreeSet<TufKeyId>,
    ring: &KeyRing,
) -> Result<(), Imprudence> {
    let Some(id) = role.keys.intersection(online).next() else {
        return Ok(());
    };
    let holder = ring
        .get(id)
        .map_or_else(|| id.to_string(), |key| key.name().to_owned());
    Err(Imprudence::OnlineKey { holder, role: name })
}
