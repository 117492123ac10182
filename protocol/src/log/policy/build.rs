//! Building a policy: which entries may stand in one, and together.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{Policy, PolicyGroup, PolicyLog, PolicyWitness, Threshold};
use crate::log::key::{KeyKind, VerifierKey};

/// Most logs, witnesses and groups in one policy, of each.
pub const POLICY_ENTRIES_MAX: usize = 256;

/// Why an entry cannot stand in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyEntryError {
    /// More than [`POLICY_ENTRIES_MAX`] entries of one kind.
    #[error("a policy has at most {POLICY_ENTRIES_MAX} logs, witnesses and groups each")]
    TooMany,
    /// The key cannot sign checkpoints as a log (0x01) or cosign them as a witness (0x04, 0x06).
    #[error("the key of {name} has type 0x{kind:02x}: a log needs 0x01, a witness 0x04 or 0x06")]
    KeyKind {
        /// Name of the key.
        name: String,
        /// Its type byte.
        kind: u8,
    },
    /// The same public key stands in the policy twice: it would count twice.
    #[error("the key of {0} stands in the policy already")]
    DuplicateKey(String),
    /// Two witnesses or groups have one name.
    #[error("the name {0} is defined twice")]
    DuplicateName(String),
    /// The name means "no quorum".
    #[error("the name none is reserved")]
    ReservedName,
    /// The name is empty, or has a space or a control character in it, so that no file could carry it.
    #[error("a name, key or address in a policy is one word without control characters")]
    NotAWord,
    /// A group or the quorum refers to something that is not defined before it.
    #[error("{0} is not defined before it is used")]
    UndefinedName(String),
    /// A witness or group is a member of two groups, or twice of one: it would count twice.
    #[error("{0} is a member of a group already and would count twice")]
    MemberTwice(String),
    /// The threshold is 0 or larger than the group.
    #[error("the group {name} has {members} members and cannot need {needed} of them")]
    Threshold {
        /// Name of the group.
        name: String,
        /// Its threshold.
        needed: usize,
        /// Number of its members.
        members: usize,
    },
    /// A second quorum.
    #[error("the quorum is defined twice")]
    DuplicateQuorum,
    /// No quorum.
    #[error(
        "the policy has no quorum: add \"quorum NAME\", or \"quorum none\" to ask for no witness"
    )]
    NoQuorum,
}

impl Policy {
    /// A policy that asks for any `needed` of the given witnesses, each named after its key; 0 asks for none.
    ///
    /// # Errors
    /// [`PolicyEntryError`] when a key is of the wrong kind or stands there twice, or `needed` is too large.
    pub fn k_of_n(
        logs: &[VerifierKey],
        witnesses: &[VerifierKey],
        needed: usize,
    ) -> Result<Self, PolicyEntryError> {
        let mut policy = PolicyBuilder::default();
        for key in logs {
            policy.log(key.clone(), None)?;
        }
        let mut members = Vec::new();
        for key in witnesses {
            policy.witness(key.name(), key.clone(), None)?;
            members.push(key.name().to_owned());
        }
        if needed == 0 {
            policy.quorum("none")?;
        } else {
            policy.group("quorum", Threshold::AtLeast(needed), members)?;
            policy.quorum("quorum")?;
        }
        policy.build()
    }
}

/// Builds a policy entry by entry, in the order of a file: names before their use.
#[derive(Debug, Clone, Default)]
pub struct PolicyBuilder {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    quorum: Option<Option<String>>,
    names: BTreeSet<String>,
    members: BTreeSet<String>,
}

impl PolicyBuilder {
    /// Adds a log.
    ///
    /// # Errors
    /// [`PolicyEntryError`] for a cosigner key, a key that stands there already or an unusable address.
    pub fn log(&mut self, key: VerifierKey, url: Option<String>) -> Result<(), PolicyEntryError> {
        check_kind(&key, key.kind() == KeyKind::Ed25519)?;
        check_word(key.name())?;
        check_url(url.as_deref())?;
        check_new_key(&key, self.logs.iter().map(|log| &log.key))?;
        self.logs.push(PolicyLog { key, url });
        Ok(())
    }

    /// Adds a witness under a name.
    ///
    /// # Errors
    /// [`PolicyEntryError`] for a log key, a key or name that stands there already or an unusable name or address.
    pub fn witness(
        &mut self,
        name: &str,
        key: VerifierKey,
        url: Option<String>,
    ) -> Result<(), PolicyEntryError> {
        check_kind(
            &key,
            matches!(key.kind(), KeyKind::CosignatureV1 | KeyKind::MlDsa44),
        )?;
        check_word(key.name())?;
        check_url(url.as_deref())?;
        check_new_key(&key, self.witnesses.iter().map(|witness| &witness.key))?;
        self.define(name)?;
        self.witnesses.push(PolicyWitness {
            name: name.to_owned(),
            key,
            url,
        });
        Ok(())
    }

    /// Adds a group of witnesses and groups that are defined already.
    ///
    /// # Errors
    /// [`PolicyEntryError`] when a member is unknown or in a group already, or the threshold does not fit.
    pub fn group(
        &mut self,
        name: &str,
        threshold: Threshold,
        members: Vec<String>,
    ) -> Result<(), PolicyEntryError> {
        if self.groups.len() >= POLICY_ENTRIES_MAX {
            return Err(PolicyEntryError::TooMany);
        }
        let group = PolicyGroup {
            name: name.to_owned(),
            threshold,
            members,
        };
        let (needed, count) = (group.needed(), group.members.len());
        if needed == 0 || needed > count {
            return Err(PolicyEntryError::Threshold {
                name: group.name,
                needed,
                members: count,
            });
        }
        for member in &group.members {
            if !self.names.contains(member) {
                return Err(PolicyEntryError::UndefinedName(member.clone()));
            }
            if !self.members.insert(member.clone()) {
                return Err(PolicyEntryError::MemberTwice(member.clone()));
            }
        }
        self.define(name)?;
        self.groups.push(group);
        Ok(())
    }

    /// Sets the quorum: a witness, a group or `none`.
    ///
    /// # Errors
    /// [`PolicyEntryError`] when the name is not defined or there is a quorum already.
    pub fn quorum(&mut self, name: &str) -> Result<(), PolicyEntryError> {
        if self.quorum.is_some() {
            return Err(PolicyEntryError::DuplicateQuorum);
        }
        let quorum = (name != RESERVED_NAME).then(|| name.to_owned());
        if quorum.is_some() && !self.names.contains(name) {
            return Err(PolicyEntryError::UndefinedName(name.to_owned()));
        }
        self.quorum = Some(quorum);
        Ok(())
    }

    /// The finished policy.
    ///
    /// # Errors
    /// [`PolicyEntryError::NoQuorum`] when none was set: to ask for no witness must be said.
    pub fn build(self) -> Result<Policy, PolicyEntryError> {
        let quorum = self.quorum.ok_or(PolicyEntryError::NoQuorum)?;
        Ok(Policy {
            logs: self.logs,
            witnesses: self.witnesses,
            groups: self.groups,
            quorum,
        })
    }

    fn define(&mut self, name: &str) -> Result<(), PolicyEntryError> {
        if name == RESERVED_NAME {
            return Err(PolicyEntryError::ReservedName);
        }
        check_word(name)?;
        if self.names.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(PolicyEntryError::DuplicateName(name.to_owned()))
        }
    }
}

/// The quorum that asks for no witness.
pub(super) const RESERVED_NAME: &str = "none";

fn check_kind(key: &VerifierKey, fits: bool) -> Result<(), PolicyEntryError> {
    if fits {
        return Ok(());
    }
    Err(PolicyEntryError::KeyKind {
        name: key.name().to_owned(),
        kind: key.kind().byte(),
    })
}

fn check_new_key<'k>(
    key: &VerifierKey,
    mut others: impl ExactSizeIterator<Item = &'k VerifierKey>,
) -> Result<(), PolicyEntryError> {
    if others.len() >= POLICY_ENTRIES_MAX {
        return Err(PolicyEntryError::TooMany);
    }
    if others.any(|other| other.public_key() == key.public_key()) {
        return Err(PolicyEntryError::DuplicateKey(key.name().to_owned()));
    }
    Ok(())
}

fn check_url(url: Option<&str>) -> Result<(), PolicyEntryError> {
    url.map_or(Ok(()), check_word)
}

fn check_word(word: &str) -> Result<(), PolicyEntryError> {
    let fits = !word.is_empty() && word.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    if fits {
        Ok(())
    } else {
        Err(PolicyEntryError::NotAWord)
    }
}
