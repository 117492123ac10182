//! The country's process and its cases.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::log::Hash;
use countersign_protocol::openapi::Sha256;
use countersign_protocol::record::{Name, Title, Word, YearTonnes};
use countersign_protocol::registry::{CaseEnd, CasePause};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::SubjectKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/processes`: new cases follow this process from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"text": "format = 1\n..."})))]
pub struct NewProcess {
    /// The process file.
    #[schema(max_length = 262144)]
    pub text: String,
}

/// `POST /api/v1/enrolments`: an organisation of the process, which may act once a case of its own has registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"name": "Ministry of Energy", "organisation_type": "ministry", "scopes": ["1", "2"]})))]
pub struct NewEnrolment {
    /// The public name.
    pub name: Name,
    /// Its type in the process.
    pub organisation_type: Word,
    /// The sectoral scopes that it answers for, where its type is sectoral.
    #[serde(default)]
    pub scopes: BTreeSet<SectoralScope>,
}

/// An adopted process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcessView {
    /// Its version in this ledger, counted from 1.
    pub version: u32,
    /// SHA-256 of the file.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub process: Hash,
    /// When it was adopted.
    pub since_ms: u64,
    /// The process's own name.
    pub id: String,
    /// The country's version text.
    pub text_version: String,
    /// The title in English.
    pub title: String,
    /// The flows that cases follow.
    pub flows: Vec<String>,
}

/// A case: where it stands and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseView {
    /// Its number.
    pub case: u64,
    /// What it is about.
    pub kind: SubjectKind,
    /// The subject's public title.
    pub title: Title,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// The project that came of it, or that it belongs to.
    pub project: Option<u32>,
    /// Its owners.
    pub owners: BTreeSet<OrganisationId>,
    /// The certifier that was assigned.
    pub certifier: Option<OrganisationId>,
    /// Its sectoral scopes.
    pub scopes: BTreeSet<SectoralScope>,
    /// The process that it follows, by SHA-256 of its file.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub process: Hash,
    /// The flow.
    pub flow: String,
    /// The track, where the flow has tracks.
    pub track: Option<String>,
    /// The stage.
    pub stage: String,
    /// The stage's name in English.
    pub stage_label: String,
    /// Since when it is in this stage.
    pub since_ms: u64,
    /// Acts so far.
    pub acts: u32,
    /// The tonnes of each vintage that were verified in it.
    pub verified: Vec<YearTonnes>,
    /// The steps that lead on; empty when the case has ended.
    pub waits_for: Vec<AwaitedStep>,
    /// Until when its units wait because their receiver is not in the sender's list of trusted ones, in milliseconds since
    /// 1970.
    pub cooling_off_ms: Option<u64>,
    /// Why it is over; absent while it is open.
    pub end: Option<CaseEnd>,
    /// Since when it rests because an owner is suspended or closed.
    pub paused: Option<CasePause>,
    /// Leaf of its last change.
    pub changed_at: u64,
}

/// A step that leads on from a case's stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwaitedStep {
    /// The step.
    pub step: String,
    /// False for what may come and is not waited for, such as a withdrawal.
    pub awaited: bool,
    /// Who may take it: organisation type and role, as `government/administrator`.
    pub by: Vec<String>,
    /// How many have said yes.
    pub votes: usize,
    /// How many must.
    pub votes_needed: usize,
    /// When it must be done.
    pub due_ms: Option<u64>,
}

/// A process that waits for a second official.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct ProposedProcessView {
    /// SHA-256 of its file.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub process: Hash,
    /// SHA-256 of the process in force with which the proposer compared it.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub follows: Hash,
    /// Whether that one is in force still. If not, the proposal can only be rejected.
    pub is_current: bool,
    /// The process's name among processes.
    pub id: String,
    /// The version that the file calls itself.
    pub text_version: String,
    /// Its title in English.
    pub title: String,
    /// What differs from the process in force.
    pub changes: Vec<ProcessChange>,
}

/// A thing that differs between two processes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct ProcessChange {
    /// What it is, such as `flow`, `stage`, `step` or `role`.
    pub what: String,
    /// The flow that it is of.
    pub flow: Option<String>,
    /// Its id; empty for a table of which there is one.
    pub id: String,
    /// `added`, `removed` or `changed`.
    pub became: String,
}
