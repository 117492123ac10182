//! A running case, who acts on it, and what acting brings about.

use super::model::{Id, ProcessHash};
use super::vocabulary::Effect;
use crate::id::OrganisationId;
use crate::serial::SectoralScope;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// SHA-256 of a document, or the commitment to a form or comment that the ledger carries instead of it.
pub type Commitment = [u8; 32];

/// The most completed acts and open votes of one case: a guard against a loop that never ends.
pub const HISTORY_MAX: usize = 4_096;

/// The longest subject id, in bytes.
pub const SUBJECT_ID_LEN_MAX: usize = 64;

/// What a case is about, as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The subject's id in the registry.
    pub id: String,
    /// Its owners: one organisation or several.
    pub owners: BTreeSet<OrganisationId>,
    /// The certifier assigned to it.
    pub certifier: Option<OrganisationId>,
    /// The receiver that a transfer request names.
    pub counterparty: Option<OrganisationId>,
    /// Its sectoral scopes.
    pub scopes: BTreeSet<SectoralScope>,
}

/// One user in one role of one organisation, as known at the moment of acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user's pseudonym: never a name.
    pub user: u64,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The organisation's type.
    pub organisation_type: Id,
    /// The user's role in it.
    pub role: Id,
    /// The sectoral scopes that a sectoral organisation answers for.
    pub scopes: BTreeSet<SectoralScope>,
}

/// The answer that an act gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Do the step.
    Yes,
    /// Refuse it; only where the step says what follows.
    No,
}

/// A filled-in form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilledForm {
    /// The instance, which is checked, and the commitment to it.
    Open {
        /// The instance.
        instance: Value,
        /// What the ledger carries.
        commitment: Commitment,
    },
    /// The commitment alone: a ledger is folded again after the form was checked, or erased.
    Sealed(Commitment),
}

impl FilledForm {
    /// What the ledger carries.
    #[must_use]
    pub const fn commitment(&self) -> Commitment {
        match self {
            Self::Open { commitment, .. } | Self::Sealed(commitment) => *commitment,
        }
    }
}

/// What an actor does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The step.
    pub step: Id,
    /// The answer.
    pub decision: Decision,
    /// The form, where the step has one.
    pub form: Option<FilledForm>,
    /// The attached documents: kind and SHA-256.
    pub documents: Vec<(Id, Commitment)>,
    /// The commitment to the comment.
    pub comment: Option<Commitment>,
    /// The certifier that the act names, where the step assigns one.
    pub names: Option<OrganisationId>,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
}

/// An act as a case keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The step.
    pub step: Id,
    /// The answer.
    pub decision: Decision,
    /// Who; `None` when a deadline did it.
    pub by: Option<DoneBy>,
    /// The commitment to the form.
    pub form: Option<Commitment>,
    /// The attached documents.
    pub documents: Vec<(Id, Commitment)>,
    /// The commitment to the comment.
    pub comment: Option<Commitment>,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Whether the step was completed by this act; the votes before it lead up to it.
    pub completed: bool,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DoneBy {
    /// The user's pseudonym.
    pub user: u64,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The organisation's type.
    pub organisation_type: Id,
    /// The role.
    pub role: Id,
}

/// Votes that a step has so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenApproval {
    /// The step.
    pub step: Id,
    /// Who said yes.
    pub yes: Vec<DoneBy>,
}

/// Who completed a step last, as separation of duties asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performed {
    /// The flow.
    pub flow: Id,
    /// The step.
    pub step: Id,
    /// Everybody whose yes completed it.
    pub by: Vec<DoneBy>,
}

/// One subject on its way through one flow. Small, and everything that judging the next act needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What it is about.
    pub subject: Subject,
    /// The process that it follows, by content hash.
    pub process: ProcessHash,
    /// The flow.
    pub flow: Id,
    /// The track, where the process has tracks.
    pub track: Option<Id>,
    /// The stage it is in.
    pub stage: Id,
    /// When it entered the stage, in milliseconds since 1970.
    pub since_ms: u64,
    /// The latest moment it knows of, in milliseconds since 1970.
    pub latest_ms: u64,
    /// Every act, in order.
    pub history: Vec<Done>,
    /// Votes of steps that need several; gone when the stage is left.
    pub open: Vec<OpenApproval>,
    /// Who completed which step last, here and in the cases above.
    pub performed: Vec<Performed>,
}

/// An effect as the node receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectDue {
    /// What to do.
    pub effect: Effect,
    /// The field to act on, as `form.field`.
    pub field: Option<String>,
}

/// What an act brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The case afterwards.
    pub case: Case,
    /// Whether the step was completed; `false` when more votes are awaited.
    pub completed: bool,
    /// What the node does now.
    pub effects: Vec<EffectDue>,
    /// The letters to issue.
    pub letters: Vec<Id>,
    /// The fees that became due.
    pub fees: Vec<Id>,
}

impl Actor {
    /// The actor as a case keeps it.
    #[must_use]
    pub fn done_by(&self) -> DoneBy {
        DoneBy {
            user: self.user,
            organisation: self.organisation,
            organisation_type: self.organisation_type.clone(),
            role: self.role.clone(),
        }
    }
}

impl Act {
    /// A plain yes without attachments.
    #[must_use]
    pub fn yes(step: &str, time_ms: u64) -> Self {
        Self {
            step: step.to_owned(),
            decision: Decision::Yes,
            form: None,
            documents: Vec::new(),
            comment: None,
            names: None,
            time_ms,
        }
    }
}

impl Case {
    /// The votes that a step has in the current stage.
    #[must_use]
    pub fn votes(&self, step: &str) -> &[DoneBy] {
        let open = self.open.iter().find(|open| open.step == step);
        open.map_or(&[], |open| &open.yes)
    }

    /// Who completed a step last.
    #[must_use]
    pub fn performers(&self, flow: &str, step: &str) -> &[DoneBy] {
        let found = self
            .performed
            .iter()
            .find(|known| known.flow == flow && known.step == step);
        found.map_or(&[], |known| &known.by)
    }
}
