//! Lists of trusted receivers, and the wait before units go to anybody else.
//!
//! The ledger judges it, and not the node alone: a wait that only the node kept could be left out by whoever runs it, and
//! nobody who reads the ledger would see that.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganisationId};
use crate::record::{Fate, Receiver, Reservation};
use crate::registry::case::RegistryCase;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::TransferRules;

pub(super) const HOUR_MS: u64 = 3_600_000;

/// A receiver in an organisation's list of trusted ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrustedSince {
    /// Leaf that entered it.
    pub entered_at: u64,
    /// When, in milliseconds since the Unix epoch.
    pub entered_ms: u64,
    /// From this moment on it counts.
    pub in_force_ms: u64,
}

impl State {
    /// When a receiver came, or comes, into an organisation's list.
    #[must_use]
    pub fn trusted(
        &self,
        organisation: OrganisationId,
        receiver: Receiver,
    ) -> Option<TrustedSince> {
        match self.others.get(&Key::Trusted(organisation, receiver)) {
            Some(Value::Trusted(it)) => Some(*it),
            _ => None,
        }
    }

    /// An organisation's list of trusted receivers.
    pub fn trusted_of(
        &self,
        organisation: OrganisationId,
    ) -> impl Iterator<Item = (Receiver, TrustedSince)> {
        let first = Key::Trusted(organisation, Receiver::Organisation(OrganisationId(0)));
        self.others
            .range(first..)
            .map_while(move |(key, value)| match (key, value) {
                (Key::Trusted(of, receiver), Value::Trusted(since)) if *of == organisation => {
                    Some((*receiver, *since))
                }
                _ => None,
            })
    }

    /// Until when the units of a case wait because their receiver is not trusted, in milliseconds since the Unix epoch;
    /// `None` where nothing holds them back at that moment.
    #[must_use]
    pub fn cooling_off(&self, known: &RegistryCase, time_ms: u64) -> Option<u64> {
        let reserved = known.reserved.as_ref()?;
        let rules = self.process_of(&known.case.process)?.transfers;
        let (from, receiver, hours) = self.untrusted(reserved, &rules)?;
        let is_trusted = self
            .trusted(from, receiver)
            .is_some_and(|it| it.in_force_ms <= time_ms);
        let wait_ms = u64::from(hours).saturating_mul(HOUR_MS);
        let until_ms = known.reserved_ms.unwrap_or(0).saturating_add(wait_ms);
        (!is_trusted && time_ms < until_ms).then_some(until_ms)
    }

    /// Whether units may be reserved for, or go to, this receiver: no more at a time than the country lets go to one that
    /// is not trusted.
    pub(super) fn within_limit(
        &self,
        reserved: &Reservation,
        rules: &TransferRules,
        time_ms: u64,
    ) -> Result<(), Refusal> {
        let Some((from, receiver, _)) = self.untrusted(reserved, rules) else {
            return Ok(());
        };
        let is_trusted = self
            .trusted(from, receiver)
            .is_some_and(|it| it.in_force_ms <= time_ms);
        let ranges = reserved.ranges.iter();
        let tonnes = ranges.fold(0_u64, |sum, range| sum.saturating_add(range.tonnes()));
        if is_trusted || rules.max_tonnes == 0 || tonnes <= rules.max_tonnes {
            return Ok(());
        }
        Err(Refusal::UntrustedLimit {
            tonnes,
            max: rules.max_tonnes,
        })
    }

    /// Who gives, who receives, and the hours of the wait; `None` for what goes to nobody else.
    fn untrusted(
        &self,
        reserved: &Reservation,
        rules: &TransferRules,
    ) -> Option<(OrganisationId, Receiver, u32)> {
        let holder = |id: AccountId| self.account(id).map(|account| account.organisation);
        let from = holder(reserved.account)?;
        match &reserved.fate {
            Fate::Transfer { to } => {
                // The own accounts of a holder are on its list by themselves.
                let to = holder(*to).filter(|to| *to != from)?;
                Some((from, Receiver::Organisation(to), rules.cooling_off_hours))
            }
            Fate::Send(sending) => {
                let receiver = Receiver::Abroad {
                    party: sending.destination,
                    account: sending.to,
                };
                Some((from, receiver, rules.border_cooling_off_hours))
            }
            Fate::Retire { .. } => None,
        }
    }
}
