//! The witnesses of the federation and the quorum of them: a C2SP tlog-policy file without logs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::WITNESSES_BYTES_MAX;
use crate::log::{Policy, PolicyGroup, PolicyTextError};

/// Why a policy cannot be the federation's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessesFault {
    /// Too large, or not text.
    #[error("the policy has more than {WITNESSES_BYTES_MAX} bytes or is no text")]
    NotText,
    /// Not a policy.
    #[error(transparent)]
    Policy(#[from] PolicyTextError),
    /// Not in the one spelling.
    #[error(
        "the policy is not in the one spelling of this release; comments and blank lines are left out"
    )]
    Spelling,
    /// A log stands in it.
    #[error("the policy has a log line; the logs of the federation are those of its members")]
    Log,
    /// No witness is asked for.
    #[error(
        "the policy asks for no witness; then nothing would keep a member from showing two ledgers"
    )]
    NoQuorum,
    /// Two quorums without a common witness.
    #[error(
        "the policy lets two sets of witnesses that share nobody be a quorum each, so that both of two ledgers could be cosigned; ask for more than half"
    )]
    Disjoint,
}

/// The witnesses and their quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessSet {
    policy: Policy,
}

impl WitnessSet {
    /// The path of its target file.
    pub const TARGET: &str = "witnesses/policy.txt";

    /// A policy as the federation's.
    ///
    /// # Errors
    /// [`WitnessesFault`] when it names logs, or two quorums need share no witness.
    pub fn new(policy: Policy) -> Result<Self, WitnessesFault> {
        if !policy.logs().is_empty() {
            return Err(WitnessesFault::Log);
        }
        let quorum = policy.quorum().ok_or(WitnessesFault::NoQuorum)?;
        if !quorums_meet(policy.groups(), quorum) {
            return Err(WitnessesFault::Disjoint);
        }
        Ok(Self { policy })
    }

    /// Reads the target file.
    ///
    /// # Errors
    /// As [`WitnessSet::new`], and for what is no policy in its one spelling.
    pub fn parse(file: &[u8]) -> Result<Self, WitnessesFault> {
        let fits = file.len() <= WITNESSES_BYTES_MAX;
        let text = std::str::from_utf8(file).ok().filter(|_| fits);
        let text = text.ok_or(WitnessesFault::NotText)?;
        let set = Self::new(text.parse()?)?;
        if set.to_string() == text {
            Ok(set)
        } else {
            Err(WitnessesFault::Spelling)
        }
    }

    /// The policy, which names no log.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How many witnesses of a plain k-of-n quorum may lie or be away before two ledgers can be cosigned or none can: the f of
    /// 2k > n + f and k <= n - f. `None` for nested groups, which have no one number.
    #[must_use]
    pub fn tolerates(&self) -> Option<usize> {
        let quorum = self.policy.quorum()?;
        let is_witness = |name: &String| self.policy.witnesses().iter().any(|it| it.name == *name);
        let Some(group) = self.policy.groups().iter().find(|it| it.name == quorum) else {
            return Some(0);
        };
        if !group.members.iter().all(is_witness) {
            return None;
        }
        let (k, n) = (group.needed(), group.members.len());
        Some((2 * k).saturating_sub(n + 1).min(n.saturating_sub(k)))
    }

    /// How many witnesses a quorum of this set and one of another are sure to share: a witness is who has its key. While a
    /// change is on its way, some members go by one set and some by the other.
    ///
    /// Exact where both together have fourteen witnesses or fewer; above that it may be more than is said.
    #[must_use]
    pub fn shares_with(&self, other: &Self) -> usize {
        let all: Vec<&[u8]> = keys(self).union(&keys(other)).copied().collect();
        if all.len() > COUNTED_MAX {
            let least = self.cost(&|_| 1) + other.cost(&|_| 1);
            return least.saturating_sub(all.len());
        }
        let sets = 0_u32..1 << all.len();
        let shared = sets.filter_map(|set| {
            let has = |key: &[u8]| {
                let at = all.iter().position(|it| *it == key);
                at.is_some_and(|at| set >> at & 1 == 1)
            };
            let is_quorum = self.cost(&|key| usize::from(!has(key))) == 0;
            // What the other quorum needs of these witnesses when it takes all the others first.
            is_quorum.then(|| other.cost(&|key| usize::from(has(key))))
        });
        shared.min().unwrap_or(0)
    }

    /// The least that a quorum costs.
    fn cost(&self, of: &dyn Fn(&[u8]) -> usize) -> usize {
        let witnesses = self.policy.witnesses().iter();
        let mut costs: BTreeMap<&str, usize> = witnesses
            .map(|it| (it.name.as_str(), of(it.key.public_key())))
            .collect();
        // The members of a group stand before it.
        for group in self.policy.groups() {
            let members = group.members.iter();
            let mut each: Vec<usize> = members
                .filter_map(|it| costs.get(it.as_str()).copied())
                .collect();
            each.sort_unstable();
            let cost = each.iter().take(group.needed()).sum();
            costs.insert(&group.name, cost);
        }
        let quorum = self.policy.quorum();
        quorum.and_then(|it| costs.get(it)).copied().unwrap_or(0)
    }
}

/// The most witnesses of two sets together whose common ones are counted exactly.
const COUNTED_MAX: usize = 14;

fn keys(set: &WitnessSet) -> BTreeSet<&[u8]> {
    let witnesses = set.policy.witnesses().iter();
    witnesses.map(|it| it.key.public_key()).collect()
}

/// Whether any two quorums have a witness in common. Groups share no members and stand after them, so one pass settles it:
/// two quorums of k out of n members share 2k - n of them at least, and the shared ones may all be groups that do not meet.
fn quorums_meet(groups: &[PolicyGroup], quorum: &str) -> bool {
    let mut meets: BTreeMap<&str, bool> = BTreeMap::new();
    for group in groups {
        let n = group.members.len();
        let apart = group.members.iter();
        let apart = apart
            .filter(|member| meets.get(member.as_str()) == Some(&false))
            .count();
        meets.insert(&group.name, 2 * group.needed() > n + apart);
    }
    // A single witness meets itself.
    meets.get(quorum).copied().unwrap_or(true)
}

impl fmt::Display for WitnessSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.fmt(formatter)
    }
}
