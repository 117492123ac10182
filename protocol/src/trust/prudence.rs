//! What a federation should not sign, although a reader would believe it.

use std::collections::BTreeSet;

use super::key::TufKeyId;
use super::metadata::{RootMeta, TargetsMeta};
use super::role::{KeyRing, RoleKeys};
use super::witnesses::WitnessSet;

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
    /// While the change is on its way, a quorum of the old witnesses and one of the new could cosign two ledgers.
    #[error(
        "a quorum of these witnesses and one of those in force are sure to share {shared} and must share {needed}, or a ledger could be shown in two versions while some members have the change and some do not; change one at a time: first add one and ask for one more, and take one away once every member has that"
    )]
    TooManyAtOnce {
        /// How many witnesses any two quorums share.
        shared: usize,
        /// How many they must.
        needed: usize,
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

/// Checks a change of witnesses before people are asked to sign it: any quorum of the old set and any of the new must share
/// more witnesses than may lie. A reader does not ask for this: one that was away takes several changes at once.
///
/// # Errors
/// [`Imprudence::TooManyAtOnce`].
pub fn check_witnesses(before: &WitnessSet, now: &WitnessSet) -> Result<(), Imprudence> {
    let may_lie = |set: &WitnessSet| set.tolerates().unwrap_or(0);
    let needed = may_lie(before).min(may_lie(now)) + 1;
    let shared = before.shares_with(now);
    if before == now || shared >= needed {
        Ok(())
    } else {
        Err(Imprudence::TooManyAtOnce { shared, needed })
    }
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
