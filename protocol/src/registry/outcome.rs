//! What a record brought about, beside what it says: the units that it moved and the case that it took on.
//!
//! Derived by the rules alone, so that whoever folds the ledger again finds the same. A node keeps it beside each leaf, so
//! that a reader of one leaf need not fold all the leaves before it.

use serde::{Deserialize, Serialize};

use crate::id::OrganisationId;
use crate::record::{Body, Record};
use crate::registry::case::RegistryCase;
use crate::registry::{Applied, Change, Key, LedgerAccount, Posting, StateError, Value};
use crate::units::UnitRange;
use crate::workflow::{Effect, SubjectKind};

/// What a record brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The units that moved between two accounts of the general ledger, in order.
    pub moves: Vec<UnitMove>,
    /// The case that the record is about.
    pub case: Option<CaseOutcome>,
    /// Requests that ended because an organisation may not act any more.
    pub cancelled: Vec<u64>,
}

/// A range moved: one entry of the general ledger with its two legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitMove {
    /// The account that gave.
    pub from: LedgerAccount,
    /// The account that received.
    pub to: LedgerAccount,
    /// The units.
    pub units: UnitRange,
}

/// Where a case stands after the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOutcome {
    /// Its number.
    pub case: u64,
    /// What it is about.
    pub kind: SubjectKind,
    /// Its flow in the country's process.
    pub flow: String,
    /// The stage that it is in now.
    pub stage: String,
    /// Whether it is over.
    pub is_over: bool,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// The project that came of it, or that it belongs to.
    pub project: Option<u32>,
    /// Its owners, in ascending order.
    pub owners: Vec<OrganisationId>,
    /// The certifier assigned to it.
    pub certifier: Option<OrganisationId>,
    /// What the step brought about, in the order of the process; empty while votes are awaited.
    pub effects: Vec<Effect>,
}

impl Applied {
    /// What the record brought about that was applied.
    #[must_use]
    pub fn outcome(&self, record: &Record) -> Outcome {
        let case = case_of(&record.body, &self.changes);
        let number = case.map(|it| it.number);
        Outcome {
            moves: self.postings.chunks_exact(2).filter_map(moved).collect(),
            case: case.map(|it| CaseOutcome::new(it, &self.effects)),
            cancelled: cancelled(&self.changes, number),
        }
    }
}

impl Outcome {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.case.is_none() && self.cancelled.is_empty()
    }

    /// The stored form.
    ///
    /// # Errors
    /// Never in practice: every outcome encodes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_extend(self, Vec::with_capacity(128))
            .map_err(|_| StateError::Encoding("outcome"))
    }

    /// Reads an outcome.
    ///
    /// # Errors
    /// If the bytes are not exactly one outcome.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match postcard::take_from_bytes(bytes) {
            Ok((outcome, [])) => Ok(outcome),
            _ => Err(StateError::Encoding("outcome")),
        }
    }
}

impl CaseOutcome {
    fn new(known: &RegistryCase, effects: &[Effect]) -> Self {
        let subject = &known.case.subject;
        Self {
            case: known.number,
            kind: known.kind,
            flow: known.case.flow.clone(),
            stage: known.case.stage.clone(),
            is_over: known.end.is_some(),
            parent: known.parent,
            project: known.project,
            owners: subject.owners.iter().copied().collect(),
            certifier: subject.certifier,
            effects: effects.to_vec(),
        }
    }
}

/// Every entry has two legs, the giving one first.
fn moved(legs: &[Posting]) -> Option<UnitMove> {
    match legs {
        [from, to] => Some(UnitMove {
            from: from.account,
            to: to.account,
            units: to.range,
        }),
        _ => None,
    }
}

/// The case that a record names, as it stands now; for a lock the one that asked for it.
fn case_of<'a>(body: &Body, changes: &'a [Change]) -> Option<&'a RegistryCase> {
    let named = match body {
        Body::CaseOpened(it) => Some(it.case),
        Body::CaseAct(it) => Some(it.case),
        Body::CaseMigrated(it) => Some(it.case),
        Body::FindingOpened(it) => Some(it.case),
        Body::FindingAnswered(it) | Body::FindingClosed(it) => Some(it.within.unwrap_or(it.case)),
        Body::Lock(_) => None,
        _ => return None,
    };
    changes.iter().find_map(|change| match &change.after {
        Some(Value::Case(it)) if named.is_none_or(|named| named == it.number) => Some(it.as_ref()),
        _ => None,
    })
}

/// The other cases that the record ended.
fn cancelled(changes: &[Change], acted: Option<u64>) -> Vec<u64> {
    let ended = |change: &Change| match (&change.key, &change.before, &change.after) {
        (Key::Case(number), Some(Value::Case(before)), Some(Value::Case(after)))
            if Some(*number) != acted && before.end.is_none() && after.end.is_some() =>
        {
            Some(*number)
        }
        _ => None,
    };
    changes.iter().filter_map(ended).collect()
}
