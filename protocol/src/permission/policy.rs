//! Acts that need a second person or a second factor. Acts that need some time are the process's, since the ledger judges them
//! ([`TransferRules`](crate::workflow::TransferRules)).

use super::action::Action;
use std::collections::BTreeSet;

/// The proposer of an act cannot be its approver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} needs two people: whoever proposed it cannot approve it; ask a colleague")]
pub struct SamePerson(pub Action);

/// A country's policy for acts that weigh more than others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub(super) four_eyes: BTreeSet<Action>,
    pub(super) second_factor: BTreeSet<Action>,
    pub(super) officials: BTreeSet<Action>,
}

impl Policy {
    /// Whether an act needs another person than the one who proposed it.
    #[must_use]
    pub fn needs_second_person(&self, action: Action) -> bool {
        self.four_eyes.contains(&action)
    }

    /// Checks that an act with a proposer and an approver had two people where it needs them. Users are compared by
    /// their pseudonym.
    ///
    /// # Errors
    /// [`SamePerson`] when one person did both.
    pub fn check_second_person(
        &self,
        action: Action,
        proposer: u64,
        approver: u64,
    ) -> Result<(), SamePerson> {
        if self.needs_second_person(action) && proposer == approver {
            return Err(SamePerson(action));
        }
        Ok(())
    }

    /// Whether an act needs a sign-in with more than a password.
    #[must_use]
    pub fn needs_second_factor(&self, action: Action) -> bool {
        self.second_factor.contains(&action)
    }

    /// The acts whose officials must have a second factor: whoever may do one of them for a sector or the whole country.
    #[must_use]
    pub const fn officials(&self) -> &BTreeSet<Action> {
        &self.officials
    }

    /// The acts that need two people.
    #[must_use]
    pub const fn four_eyes(&self) -> &BTreeSet<Action> {
        &self.four_eyes
    }
}
