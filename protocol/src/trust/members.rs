//! All members: what must hold between them, and between one version of the list and the next.

use std::collections::{BTreeMap, BTreeSet};

use super::member::{KeyRow, Member, Standing};
use crate::id::Origin;
use crate::party::{Party, RegistryId};
use crate::record::Continues;

/// What does not go together in a list of members, or undoes what was decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MembersFault {
    /// A country has two ledgers that are not closed.
    #[error(
        "{0} has two entries that are not closed; close the old ledger before a new one is listed"
    )]
    PartyTwice(Party),
    /// Two entries share what must be one member's.
    #[error("{second} has the {what} of {first}; each member has its own")]
    Shared {
        /// What is shared.
        what: &'static str,
        /// The entry that stands first.
        first: RegistryId,
        /// The other.
        second: RegistryId,
    },
    /// A member is not listed any more.
    #[error(
        "{0} is not listed any more; a member that leaves is closed, and its entry stays for whoever checks its ledger"
    )]
    Gone(RegistryId),
    /// The ledger of an entry has changed.
    #[error("{0}: its country or origin has changed; another ledger has another entry")]
    OtherLedger(RegistryId),
    /// A closed member has changed.
    #[error("{0} is closed for ever, and its entry does not change any more")]
    Reopened(RegistryId),
    /// A key is gone, was changed, or signs more than it did.
    #[error(
        "{registry}, log key {at}: a key of an entry stays in it, its sizes may end sooner and never grow; add a new key after it"
    )]
    KeyHistory {
        /// The entry.
        registry: RegistryId,
        /// Which key, from 1.
        at: usize,
    },
}

/// All members, by registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members(BTreeMap<RegistryId, Member>);

impl Members {
    /// These members.
    ///
    /// # Errors
    /// [`MembersFault`] when two of them share what must be one member's.
    pub fn new(members: impl IntoIterator<Item = Member>) -> Result<Self, MembersFault> {
        let mut all = BTreeMap::new();
        let mut open = BTreeSet::new();
        let mut taken: BTreeMap<(&'static str, Vec<u8>), RegistryId> = BTreeMap::new();
        for member in members {
            let second = member.registry;
            if !member.is_closed() && !open.insert(member.party) {
                return Err(MembersFault::PartyTwice(member.party));
            }
            for (what, value) in own(&member) {
                // A key is one key, whatever it signs: a log and a witness never share one.
                if let Some(first) = taken.insert((what, value), second) {
                    return Err(MembersFault::Shared {
                        what,
                        first,
                        second,
                    });
                }
            }
            if all.insert(second, member).is_some() {
                return Err(MembersFault::Shared {
                    what: "registry",
                    first: second,
                    second,
                });
            }
        }
        Ok(Self(all))
    }

    /// The members in the order of their registries.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.values()
    }

    /// How many there are, closed ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member of a registry.
    #[must_use]
    pub fn get(&self, registry: RegistryId) -> Option<&Member> {
        self.0.get(&registry)
    }

    /// The member of an origin.
    #[must_use]
    pub fn of_origin(&self, origin: &str) -> Option<&Member> {
        self.iter().find(|member| member.origin.as_str() == origin)
    }

    /// The member of a country that is not closed.
    #[must_use]
    pub fn of_party(&self, party: Party) -> Option<&Member> {
        self.iter()
            .find(|member| member.party == party && !member.is_closed())
    }

    /// The closed ledger from which a country's open one goes on, when this is the origin of the closed one.
    #[must_use]
    pub fn continued_from(&self, party: Party, origin: &Origin) -> Option<Continues> {
        let open = self.of_party(party)?;
        let closed = self.of_origin(origin.as_str())?;
        let Standing::Closed { head, .. } = &closed.standing else {
            return None;
        };
        let is_its_own = closed.party == party && open.origin != *origin;
        is_its_own.then(|| Continues {
            origin: origin.clone(),
            size: head.size,
            root: head.root,
        })
    }

    /// Checks that this list may follow an earlier one. Whatever the keyholders sign, a member does not vanish, a closed one
    /// stays closed, and a key that was revoked does not come back.
    ///
    /// # Errors
    /// [`MembersFault`] names the entry.
    pub fn check_follows(&self, earlier: &Self) -> Result<(), MembersFault> {
        for before in earlier.iter() {
            let registry = before.registry;
            let now = self.get(registry).ok_or(MembersFault::Gone(registry))?;
            if (now.party, &now.origin) != (before.party, &before.origin) {
                return Err(MembersFault::OtherLedger(registry));
            }
            if before.is_closed() && now != before {
                return Err(MembersFault::Reopened(registry));
            }
            check_keys(registry, &before.log_keys, &now.log_keys)?;
        }
        Ok(())
    }
}

/// What no other member may have.
fn own(member: &Member) -> Vec<(&'static str, Vec<u8>)> {
    let origin: &Origin = &member.origin;
    let mut own = vec![
        ("origin", origin.as_str().as_bytes().to_vec()),
        ("key", member.cosigner_key.public_key().to_vec()),
    ];
    for row in &member.log_keys {
        own.push(("key", row.key.public_key().to_vec()));
    }
    for peer in &member.peers {
        own.push(("peer id", peer.as_str().as_bytes().to_vec()));
    }
    own
}

fn check_keys(registry: RegistryId, before: &[KeyRow], now: &[KeyRow]) -> Result<(), MembersFault> {
    for (at, old) in before.iter().enumerate() {
        let keeps = now.get(at).is_some_and(|new| {
            let ends_no_later = match (old.to, new.to) {
                (None, _) => true,
                (Some(old), Some(new)) => new <= old,
                (Some(_), None) => false,
            };
            new.key == old.key && new.from == old.from && ends_no_later
        });
        if !keeps {
            return Err(MembersFault::KeyHistory {
                registry,
                at: at + 1,
            });
        }
    }
    Ok(())
}
