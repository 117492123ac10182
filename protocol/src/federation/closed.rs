//! A partner's ledger that is over for ever: what it answered, and what it never will.
//!
//! This is the one place where the absence of a record counts. It may, because nothing is left open: the trust registry
//! names the last head, witnesses cosign nothing above it, and every leaf below it is read here and hashed up to that
//! head. A proof of absence that a peer makes is never believed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::federation::ProvenRecord;
use crate::id::{Origin, TransferId};
use crate::log::{Frontier, Hash, leaf_hash};
use crate::party::Party;
use crate::record::{Body, Continues, ProofReference, Record};
use crate::trust::Head;

/// No answer to a transfer stands in the partner's last tree. Only [`ClosedLedger::last_word`] finds this out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unanswered {
    /// The transfer.
    pub transfer: TransferId,
    /// The last head of the partner's ledger, and its last leaf.
    pub last: ProofReference,
}

/// What a closed ledger says about a transfer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastWord {
    /// It answered, and the answer counts like any other.
    Answered(Box<ProvenRecord>),
    /// It never answered.
    Never(Unanswered),
}

/// Why leaves are not those of a closed ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClosedError {
    /// There are more or fewer than the last head says.
    #[error(
        "the last head of the ledger has {wanted} leaves and {found} were read: fetch the rest from another mirror"
    )]
    Size {
        /// Leaves read; reading stops one beyond the last head.
        found: u64,
        /// Leaves of the last head.
        wanted: u64,
    },
    /// They make another tree.
    #[error("the leaves do not make the tree of the last head: fetch them from another mirror")]
    Root,
}

/// Whether leaves are those of a closed ledger's last tree: what a ledger that goes on from it begins with, and what whoever
/// reads such a ledger checks before the leaf that says so.
///
/// # Errors
/// [`ClosedError`] when they are not all of its leaves, and nothing else.
pub fn check_continues<L: AsRef<[u8]>>(
    closed: &Continues,
    leaves: impl IntoIterator<Item = L>,
) -> Result<(), ClosedError> {
    let mut tree = Frontier::new();
    for leaf in leaves {
        let is_above = tree.size() >= closed.size;
        if is_above || tree.push(leaf_hash(leaf.as_ref())).is_err() {
            return Err(ClosedError::Size {
                found: tree.size().saturating_add(1),
                wanted: closed.size,
            });
        }
    }
    if tree.size() != closed.size {
        return Err(ClosedError::Size {
            found: tree.size(),
            wanted: closed.size,
        });
    }
    if tree.root() == closed.root {
        Ok(())
    } else {
        Err(ClosedError::Root)
    }
}

/// The answers of a ledger that is over, to the transfers of one source.
#[derive(Clone, Debug)]
pub struct ClosedLedger {
    last: ProofReference,
    answers: BTreeMap<TransferId, (u64, Record)>,
}

impl ClosedLedger {
    /// Reads every leaf of a ledger and keeps the answers to transfers of `source`. `last` is the head that the trust
    /// registry names as final for `origin`.
    ///
    /// A leaf that is no record answers nothing, here as everywhere. Where the ledger both acquired and refused one
    /// transfer, it has the units.
    ///
    /// # Errors
    /// [`ClosedError`] when the leaves are not all leaves of that tree.
    pub fn read<L: AsRef<[u8]>>(
        origin: &Origin,
        last: Head,
        source: Party,
        leaves: impl IntoIterator<Item = L>,
    ) -> Result<Self, ClosedError> {
        let mut tree = Frontier::new();
        let mut answers = BTreeMap::new();
        for leaf in leaves {
            let (leaf, index) = (leaf.as_ref(), tree.size());
            if index >= last.size || tree.push(leaf_hash(leaf)).is_err() {
                return Err(ClosedError::Size {
                    found: index.saturating_add(1),
                    wanted: last.size,
                });
            }
            let Ok(record) = Record::decode(leaf) else {
                continue;
            };
            match &record.body {
                Body::Acquire(it) if it.source == source => {
                    answers.insert(it.transfer, (index, record));
                }
                Body::Refuse(it) if it.source == source => {
                    answers.entry(it.transfer).or_insert((index, record));
                }
                _ => {}
            }
        }
        let (size, root): (u64, Hash) = (tree.size(), tree.root());
        if size != last.size {
            return Err(ClosedError::Size {
                found: size,
                wanted: last.size,
            });
        }
        if root != last.root {
            return Err(ClosedError::Root);
        }
        Ok(Self {
            last: ProofReference {
                origin: origin.clone(),
                index: size.saturating_sub(1),
                size,
                root,
            },
            answers,
        })
    }

    /// What it says about a transfer of the source for which it was read.
    #[must_use]
    pub fn last_word(&self, transfer: TransferId) -> LastWord {
        match self.answers.get(&transfer) {
            Some((index, record)) => LastWord::Answered(Box::new(ProvenRecord {
                proof: ProofReference {
                    index: *index,
                    ..self.last.clone()
                },
                record: record.clone(),
            })),
            None => LastWord::Never(Unanswered {
                transfer,
                last: self.last.clone(),
            }),
        }
    }
}
