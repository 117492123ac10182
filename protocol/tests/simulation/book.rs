//! One witnessed ledger as an auditor keeps it, from its exported leaves alone: own accounts, unit by unit, without the
//! registry's fold.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::federation::FaultCode;
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Hash, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, ProofReference, Record};
use countersign_protocol::units::{UnitBlock, UnitRange};

use crate::founding::{Leaf, country_of, country_with};
use crate::shared::Law;
use crate::tree::Tree;

/// A unit: who issued it, and its number.
pub(crate) type Unit = (Party, u64);

fn units(ranges: impl IntoIterator<Item = UnitRange>) -> Vec<Unit> {
    let one = |range: UnitRange| (range.first()..=range.last()).map(move |it| (range.origin(), it));
    ranges.into_iter().flat_map(one).collect()
}

fn units_of(blocks: &[UnitBlock]) -> Vec<Unit> {
    units(blocks.iter().map(UnitBlock::range))
}

/// The end of a transfer at its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Final,
    Released,
    /// Released because the destination's ledger is closed.
    Closed,
}

/// What an auditor must look up in another ledger.
#[derive(Clone, Debug)]
pub(crate) enum Claim {
    /// A leaf of another ledger is proven, about this transfer, of one of these kinds.
    Leaf {
        proof: ProofReference,
        transfer: TransferId,
        kinds: &'static [&'static str],
    },
    /// The other ledger acquired, refused, or is closed without an answer.
    End {
        destination: usize,
        transfer: TransferId,
        end: End,
    },
    /// The unit is held here from now on.
    Held(Unit),
    /// The unit is not held here any more.
    Left(Unit),
}

#[derive(Clone, Default)]
pub(crate) struct Book {
    pub(crate) tree: Tree,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) held: BTreeSet<Unit>,
    escrow: BTreeMap<TransferId, (usize, Vec<Unit>)>,
    retired: BTreeSet<Unit>,
    /// Whether each transfer to this ledger was acquired.
    pub(crate) answers: BTreeMap<(usize, TransferId), bool>,
    locks: BTreeSet<TransferId>,
    ends: BTreeMap<TransferId, End>,
    issued: usize,
    came_in: usize,
    went_out: usize,
    /// Key rotations: from which size on, and the key.
    pub(crate) rotations: Vec<(u64, String)>,
}

impl Book {
    /// Enters one leaf. What it claims about others comes back; what is wrong by itself is in `wrong`.
    pub(crate) fn enter(&mut self, leaf: &Leaf, wrong: &mut Vec<(Law, String)>) -> Vec<Claim> {
        self.tree.push(leaf_hash(leaf));
        self.leaves.push(leaf.clone());
        let Ok(record) = Record::decode(leaf) else {
            wrong.push((Law::Conservation, "a leaf is not a record".to_owned()));
            return Vec::new();
        };
        let mut claims = Vec::new();
        match &record.body {
            Body::Issuance(it) => {
                let units = units([it.range]);
                self.issued += units.len();
                self.hold(units, &mut claims);
            }
            Body::Retire(it) => {
                for unit in units(it.ranges.iter().copied()) {
                    if !self.held.contains(&unit) || !self.retired.insert(unit) {
                        wrong.push((Law::Conservation, format!("{unit:?} is used, not here")));
                    }
                }
            }
            Body::Lock(it) => {
                if !self.locks.insert(it.transfer) {
                    wrong.push((Law::AnsweredOnce, format!("{} locked twice", it.transfer)));
                }
                let units = units_of(&it.blocks);
                for unit in &units {
                    if self.retired.contains(unit) || !self.held.remove(unit) {
                        wrong.push((Law::Conservation, format!("{unit:?} is locked, not here")));
                    }
                    claims.push(Claim::Left(*unit));
                }
                let destination = country_of(it.destination);
                self.escrow.insert(it.transfer, (destination, units));
            }
            Body::Finalise(it) => {
                let end = End::Final;
                self.end(
                    it.transfer,
                    &it.proof,
                    end,
                    &["acquire"],
                    &mut claims,
                    wrong,
                );
            }
            Body::Release(it) => {
                let is_closed = it.code == FaultCode::PartnerClosed.code();
                let end = if is_closed {
                    End::Closed
                } else {
                    End::Released
                };
                self.end(it.transfer, &it.proof, end, &["refuse"], &mut claims, wrong);
            }
            Body::Acquire(it) => {
                self.answer(it.source, it.transfer, true, wrong);
                let units = units_of(&it.blocks);
                self.came_in += units.len();
                self.hold(units, &mut claims);
                claims.push(leaf_of(&it.proof, it.transfer, &["lock"]));
            }
            Body::Refuse(it) => {
                self.answer(it.source, it.transfer, false, wrong);
                claims.push(leaf_of(&it.proof, it.transfer, &["lock", "ask_cancel"]));
            }
            Body::SourceSettled(it) => {
                let kinds: &[&str] = if it.is_final {
                    &["finalise"]
                } else {
                    &["release"]
                };
                claims.push(leaf_of(&it.proof, it.transfer, kinds));
            }
            Body::KeyRotation(it) => {
                self.rotations.push((it.from_size, it.log_key.to_string()));
            }
            _ => {}
        }
        let (came, there) = (
            self.issued + self.came_in,
            self.held.len() + self.in_escrow() + self.went_out,
        );
        if came != there {
            let what = format!("{came} came in, and {there} are accounted for");
            wrong.push((Law::Conservation, what));
        }
        claims
    }

    fn in_escrow(&self) -> usize {
        self.escrow.values().map(|(_, units)| units.len()).sum()
    }

    fn hold(&mut self, units: Vec<Unit>, claims: &mut Vec<Claim>) {
        for unit in units {
            self.held.insert(unit);
            claims.push(Claim::Held(unit));
        }
    }

    fn answer(
        &mut self,
        source: Party,
        transfer: TransferId,
        is_acquired: bool,
        wrong: &mut Vec<(Law, String)>,
    ) {
        let key = (country_of(source), transfer);
        if self.answers.insert(key, is_acquired).is_some() {
            wrong.push((Law::AnsweredOnce, format!("{transfer} answered twice")));
        }
    }

    fn end(
        &mut self,
        transfer: TransferId,
        proof: &ProofReference,
        end: End,
        kinds: &'static [&'static str],
        claims: &mut Vec<Claim>,
        wrong: &mut Vec<(Law, String)>,
    ) {
        if self.ends.insert(transfer, end).is_some() {
            wrong.push((Law::AnsweredOnce, format!("{transfer} ended twice")));
        }
        let Some((destination, units)) = self.escrow.remove(&transfer) else {
            wrong.push((Law::Conservation, format!("{transfer} ends, never locked")));
            return;
        };
        if end == End::Final {
            self.went_out += units.len();
        } else {
            self.hold(units, claims);
        }
        claims.push(Claim::End {
            destination,
            transfer,
            end,
        });
        if end != End::Closed {
            claims.push(leaf_of(proof, transfer, kinds));
        }
    }

    /// Whether a proven leaf of this ledger is what it is said to be.
    pub(crate) fn proves(
        &self,
        proof: &ProofReference,
        transfer: TransferId,
        kinds: &[&str],
    ) -> bool {
        let leaf = self.leaves.get(proof.index as usize);
        let record = leaf.and_then(|leaf| Record::decode(leaf).ok());
        let about = record.as_ref().and_then(|record| match &record.body {
            Body::Lock(it) => Some(it.transfer),
            Body::AskCancel(it) => Some(it.transfer),
            Body::Acquire(it) => Some(it.transfer),
            Body::Refuse(it) => Some(it.transfer),
            Body::Finalise(it) => Some(it.transfer),
            Body::Release(it) => Some(it.transfer),
            _ => None,
        });
        about == Some(transfer)
            && record.is_some_and(|record| kinds.contains(&record.body.kind()))
            && proof.index < proof.size
            && self.tree.extends(proof.size, &proof.root)
    }

    /// Open locks of this ledger.
    pub(crate) fn root_at(&self, size: u64) -> Option<Hash> {
        self.tree.root_at(size)
    }
}

fn leaf_of(proof: &ProofReference, transfer: TransferId, kinds: &'static [&'static str]) -> Claim {
    Claim::Leaf {
        proof: proof.clone(),
        transfer,
        kinds,
    }
}

/// The country whose ledger a proof is of.
pub(crate) fn proven_by(proof: &ProofReference) -> Option<usize> {
    country_with(proof.origin.as_str())
}
