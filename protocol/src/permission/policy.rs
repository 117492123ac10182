//! Acts that need a second person, a second factor or some time (facts: Regulation (EU) 2019/1122 articles 23 and 35).

use super::action::Action;
use crate::id::OrganisationId;
use crate::party::Party;
use std::collections::BTreeSet;

const HOUR_MS: u64 = 3_600_000;

/// Who receives units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counterparty {
    /// Another country.
    Party(Party),
    /// An organisation in this registry.
    Organisation(OrganisationId),
}

/// The proposer of an act cannot be its approver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} needs two people: whoever proposed it cannot approve it; ask a colleague")]
pub struct SamePerson(pub Action);

/// A country's policy for acts that weigh more than others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub(super) four_eyes: BTreeSet<Action>,
    pub(super) second_factor: BTreeSet<Action>,
    pub(super) trusted: BTreeSet<Counterparty>,
    pub(super) cooling_off: BTreeSet<Action>,
    pub(super) cooling_off_hours: u32,
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

    /// Whether units may go to this receiver without delay.
    #[must_use]
    pub fn trusts(&self, counterparty: Counterparty) -> bool {
        self.trusted.contains(&counterparty)
    }

    /// How many milliseconds lie between an approved act and its execution, for whoever may stop it; 0 for none.
    #[must_use]
    pub fn delay_ms(&self, action: Action, counterparty: Option<Counterparty>) -> u64 {
        let trusted = counterparty.is_some_and(|counterparty| self.trusts(counterparty));
        if trusted || !self.cooling_off.contains(&action) {
            return 0;
        }
        u64::from(self.cooling_off_hours) * HOUR_MS
    }

    /// The acts that need two people.
    #[must_use]
    pub const fn four_eyes(&self) -> &BTreeSet<Action> {
        &self.four_eyes
    }
}
