//! Whom to believe: logs, witnesses and the quorum of cosignatures that a checkpoint needs (C2SP tlog-policy).

use std::collections::BTreeSet;

use thiserror::Error;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::VerifierKey;
use super::note::{NoteError, SignatureLine, SignedNote};

mod build;
mod text;

pub use build::{POLICY_ENTRIES_MAX, PolicyBuilder, PolicyEntryError};
pub use text::{POLICY_BYTES_MAX, PolicyFault, PolicyTextError};

/// A log whose checkpoints are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key. The name of the key is the log's origin.
    pub key: VerifierKey,
    /// Where the log can be read, if the policy says so.
    pub url: Option<String>,
}

/// A witness that counts toward the quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name within the policy.
    pub name: String,
    /// Its cosigner key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it, if the policy says so.
    pub url: Option<String>,
}

/// How many members of a group must have witnessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// One of them.
    Any,
    /// Every one of them.
    All,
    /// At least this many.
    AtLeast(usize),
}

/// A named set of witnesses and groups that counts as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyGroup {
    /// Its name within the policy.
    pub name: String,
    /// How many members must have witnessed.
    pub threshold: Threshold,
    /// Names of witnesses and earlier groups.
    pub members: Vec<String>,
}

impl PolicyGroup {
    /// Members that must have witnessed.
    #[must_use]
    pub fn needed(&self) -> usize {
        match self.threshold {
            Threshold::Any => 1,
            Threshold::All => self.members.len(),
            Threshold::AtLeast(k) => k,
        }
    }
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Not a checkpoint note.
    #[error("not a checkpoint: {0}")]
    Malformed(#[from] CheckpointError),
    /// The policy lists no log of this origin.
    #[error("the log {origin} is not in the policy")]
    UnknownLog {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// The log is listed, but none of its listed keys signed.
    #[error(
        "the checkpoint of {origin} carries no signature by a key that the policy lists for it"
    )]
    NoLogSignature {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// A listed key of the log is named, but its signature does not verify.
    #[error("the signature of the log {origin} does not verify: the checkpoint was changed")]
    BadLogSignature {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// A listed witness is named, but its signature does not verify.
    #[error("the cosignature of the witness {witness} does not verify: the note was changed")]
    BadCosignature {
        /// Name of the witness in the policy.
        witness: String,
    },
    /// Too few witnesses cosigned.
    #[error("only {have} of the {need} needed members of the quorum have cosigned")]
    NoQuorum {
        /// Members of the quorum that have witnessed.
        have: usize,
        /// Members that must have.
        need: usize,
    },
}

/// A witness that cosigned, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigner {
    /// Name of the witness in the policy.
    pub witness: String,
    /// Time of its newest cosignature, in seconds since 1970.
    pub time_s: u64,
}

/// A checkpoint that a policy believes. Only [`Policy::check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    cosigned_by: Vec<Cosigner>,
}

impl VerifiedCheckpoint {
    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The listed witnesses that cosigned it, in the order of the policy.
    #[must_use]
    pub fn cosigned_by(&self) -> &[Cosigner] {
        &self.cosigned_by
    }

    /// Gives the checkpoint away.
    #[must_use]
    pub fn into_checkpoint(self) -> Checkpoint {
        self.checkpoint
    }
}

/// A policy: whose checkpoints are believed, and with which cosignatures. Its text form is a C2SP tlog-policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    /// `None` asks for no witness.
    quorum: Option<String>,
}

impl Policy {
    /// Logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// Witnesses, in the order of the file.
    #[must_use]
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Groups, each after its members.
    #[must_use]
    pub fn groups(&self) -> &[PolicyGroup] {
        &self.groups
    }

    /// The witness or group that must have witnessed a checkpoint; `None` asks for no witness.
    #[must_use]
    pub fn quorum(&self) -> Option<&str> {
        self.quorum.as_deref()
    }

    /// Checks a checkpoint note: listed log, true log signature, true cosignatures, quorum.
    ///
    /// # Errors
    /// [`PolicyError`] says what is missing or false. A false signature of any listed key refuses the note even when the
    /// others would be enough.
    pub fn check(&self, note: &SignedNote) -> Result<VerifiedCheckpoint, PolicyError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        self.check_log(note, &checkpoint.origin)?;
        let cosigned_by = self.cosigners(note)?;
        self.check_quorum(
            cosigned_by
                .iter()
                .map(|cosigner| cosigner.witness.as_str())
                .collect(),
        )?;
        Ok(VerifiedCheckpoint {
            checkpoint,
            cosigned_by,
        })
    }

    /// Reads and checks a checkpoint note.
    ///
    /// # Errors
    /// As [`Policy::check`], and [`PolicyError::Malformed`] for a text that is no note.
    pub fn check_text(&self, note: &str) -> Result<VerifiedCheckpoint, PolicyError> {
        self.check(&SignedNote::parse(note).map_err(CheckpointError::from)?)
    }

    /// The lines of listed witnesses that are true of a text, one for each: a witness could fill a note with as many true ones
    /// as there are seconds.
    #[must_use]
    pub fn cosignatures(&self, text: &str, offered: &[SignatureLine]) -> Vec<SignatureLine> {
        let keys = self.witnesses.iter().map(|witness| &witness.key);
        let lines = keys.filter_map(|key| {
            let mut by_key = offered.iter().filter(|line| line.is_by(key));
            by_key.find(|line| line.verify(text, key).is_ok())
        });
        lines.cloned().collect()
    }

    fn check_log(&self, note: &SignedNote, origin: &str) -> Result<(), PolicyError> {
        let owned = || origin.to_owned();
        let mut keys = self
            .logs
            .iter()
            .map(|log| &log.key)
            .filter(|key| key.name() == origin)
            .peekable();
        if keys.peek().is_none() {
            return Err(PolicyError::UnknownLog { origin: owned() });
        }
        match note.verify(keys) {
            Ok(_) => Ok(()),
            Err(NoteError::NoKnownSignature) => {
                Err(PolicyError::NoLogSignature { origin: owned() })
            }
            Err(_) => Err(PolicyError::BadLogSignature { origin: owned() }),
        }
    }

    fn cosigners(&self, note: &SignedNote) -> Result<Vec<Cosigner>, PolicyError> {
        let mut cosigners = Vec::new();
        for witness in &self.witnesses {
            match note.verify([&witness.key]) {
                Ok(lines) => cosigners.push(Cosigner {
                    witness: witness.name.clone(),
                    time_s: lines
                        .iter()
                        .filter_map(|line| line.time_s)
                        .max()
                        .unwrap_or_default(),
                }),
                Err(NoteError::NoKnownSignature) => {}
                Err(_) => {
                    return Err(PolicyError::BadCosignature {
                        witness: witness.name.clone(),
                    });
                }
            }
        }
        Ok(cosigners)
    }

    fn check_quorum<'a>(&'a self, mut witnessed: BTreeSet<&'a str>) -> Result<(), PolicyError> {
        let Some(quorum) = self.quorum.as_deref() else {
            return Ok(());
        };
        let mut have = usize::from(witnessed.contains(quorum));
        let mut need = 1;
        // Groups stand after their members, so one pass settles them all.
        for group in &self.groups {
            let members = group
                .members
                .iter()
                .filter(|name| witnessed.contains(name.as_str()))
                .count();
            if group.name == quorum {
                (have, need) = (members, group.needed());
            }
            if members >= group.needed() {
                witnessed.insert(&group.name);
            }
        }
        if have >= need {
            Ok(())
        } else {
            Err(PolicyError::NoQuorum { have, need })
        }
    }
}
