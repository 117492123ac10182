//! What the trust registry answers: to whoever settles what is open, and to whoever begins something new.

use super::chain::Complete;
use super::member::{Member, Standing};
use super::members::Members;
use super::witnesses::WitnessSet;
use crate::log::{
    Checkpoint, CheckpointError, Policy, PolicyBuilder, PolicyEntryError, PolicyError, SignedNote,
    VerifiedCheckpoint, VerifierKey,
};
use crate::party::Party;

/// Why the trust registry does not vouch for a checkpoint or a partner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Nobody of this origin is a member.
    #[error("the ledger {0} is none of a member of the federation")]
    Stranger(String),
    /// No member of this country is listed.
    #[error("{0} is no member of the federation")]
    NoMember(Party),
    /// No key of the member signs checkpoints of this size.
    #[error(
        "{origin}: no key of its entry signs a checkpoint of size {size}: it was revoked below that size, or the ledger is closed"
    )]
    NoKey {
        /// The ledger.
        origin: String,
        /// The size.
        size: u64,
    },
    /// Nothing new begins with this member.
    #[error("{party} is {standing}; nothing new begins with it, and what is open is settled")]
    NotActive {
        /// The country.
        party: Party,
        /// frozen or closed.
        standing: &'static str,
    },
    /// Not a checkpoint, or not one that the witnesses stand behind.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Members and witnesses do not make a policy.
    #[error("the entry of the member does not fit the witnesses: {0}")]
    Entry(#[from] PolicyEntryError),
}

/// For what is open. It never expires.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'t> {
    complete: &'t Complete,
}

impl<'t> Settling<'t> {
    pub(super) const fn new(complete: &'t Complete) -> Self {
        Self { complete }
    }

    /// All members.
    #[must_use]
    pub const fn members(&self) -> &'t Members {
        &self.complete.members
    }

    /// The witnesses and their quorum.
    #[must_use]
    pub const fn witnesses(&self) -> &'t WitnessSet {
        &self.complete.witnesses
    }

    /// The keys that may sign the checkpoint of this size of a ledger: two where one follows another.
    ///
    /// # Errors
    /// [`KeyRefusal`] for a stranger's ledger, and where every key was revoked below that size.
    pub fn keys_at(&self, origin: &str, size: u64) -> Result<Vec<&'t VerifierKey>, KeyRefusal> {
        let member = self.member(origin)?;
        let keys: Vec<_> = member.keys_at(size).collect();
        if keys.is_empty() {
            let origin = origin.to_owned();
            return Err(KeyRefusal::NoKey { origin, size });
        }
        Ok(keys)
    }

    fn member(&self, origin: &str) -> Result<&'t Member, KeyRefusal> {
        let found = self.members().of_origin(origin);
        found.ok_or_else(|| KeyRefusal::Stranger(origin.to_owned()))
    }

    /// The policy under which a checkpoint of this size of a ledger is believed, as a C2SP tlog-policy.
    ///
    /// # Errors
    /// As [`Settling::keys_at`].
    pub fn policy_at(&self, origin: &str, size: u64) -> Result<Policy, KeyRefusal> {
        let keys: Vec<VerifierKey> = self.keys_at(origin, size)?.into_iter().cloned().collect();
        self.policy_of(&keys)
    }

    /// The witnesses and their quorum over a log with these keys.
    pub(super) fn policy_of(&self, keys: &[VerifierKey]) -> Result<Policy, KeyRefusal> {
        let mut policy = PolicyBuilder::default();
        for key in keys {
            policy.log(key.clone(), None)?;
        }
        let witnesses = self.witnesses().policy();
        for it in witnesses.witnesses() {
            policy.witness(&it.name, it.key.clone(), it.url.clone())?;
        }
        for it in witnesses.groups() {
            policy.group(&it.name, it.threshold, it.members.clone())?;
        }
        policy.quorum(witnesses.quorum().unwrap_or_default())?;
        Ok(policy.build()?)
    }

    /// Checks a member's checkpoint: a key of its entry for that size has signed it, and a quorum of witnesses has cosigned it.
    /// A member's own witness does not count toward the quorum of its own ledger.
    ///
    /// # Errors
    /// [`KeyRefusal`] says what is missing or false.
    pub fn check(&self, note: &SignedNote) -> Result<VerifiedCheckpoint, KeyRefusal> {
        let checkpoint = Checkpoint::parse(note.text()).map_err(malformed)?;
        let member = self.member(&checkpoint.origin)?;
        let policy = self.policy_at(&checkpoint.origin, checkpoint.size)?;
        let own = policy.witnesses().iter().map(|it| &it.key);
        let own: Vec<_> = own
            .filter(|key| key.public_key() == member.cosigner_key.public_key())
            .collect();
        let mut note = note.clone();
        note.retain(|line| !own.iter().any(|key| line.is_by(key)));
        Ok(policy.check(&note)?)
    }
}

fn malformed(error: CheckpointError) -> KeyRefusal {
    KeyRefusal::Policy(PolicyError::Malformed(error))
}

/// For what begins. It is given out for one moment, while nothing has expired.
#[derive(Debug, Clone, Copy)]
pub struct NewDecisions<'t> {
    settling: Settling<'t>,
}

impl<'t> NewDecisions<'t> {
    pub(super) const fn new(settling: Settling<'t>) -> Self {
        Self { settling }
    }

    /// What also holds for settling.
    #[must_use]
    pub const fn settling(&self) -> Settling<'t> {
        self.settling
    }

    /// The member with which something may begin.
    ///
    /// # Errors
    /// [`KeyRefusal`] for a country that is no member, frozen or closed.
    pub fn partner(&self, party: Party) -> Result<&'t Member, KeyRefusal> {
        let members = self.settling.members();
        let all = || members.iter().filter(|it| it.party == party);
        let found = members.of_party(party).or_else(|| all().last());
        let member = found.ok_or(KeyRefusal::NoMember(party))?;
        match member.standing {
            Standing::Active { .. } => Ok(member),
            Standing::Frozen { .. } | Standing::Closed { .. } => Err(KeyRefusal::NotActive {
                party,
                standing: member.standing.word(),
            }),
        }
    }
}
