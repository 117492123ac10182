//! Why an act is refused: what rule, and how to mend it.

use super::case::HISTORY_MAX;
use super::model::Id;
use super::schema::FormError;
use super::vocabulary::Scope;
use crate::id::OrganisationId;

/// What a refusal says about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// It is against a rule, whatever others do: it must be changed, or what it names must be made first.
    Rule,
    /// The state has moved on: the same request could have been taken at an earlier moment, but somebody or something else
    /// was first. Whoever sent it reads the present state and decides anew.
    Conflict,
}

/// Why the engine refuses. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The case follows another process.
    #[error(
        "the case follows the process {expected}; load that file instead of {found}, or migrate the case"
    )]
    OtherProcess {
        /// The case's process, in hex.
        expected: String,
        /// The given process, in hex.
        found: String,
    },
    /// The process has no such flow.
    #[error("the process has no flow {0:?}; name one of its flows")]
    UnknownFlow(Id),
    /// The flow has no such step.
    #[error("the flow {flow:?} has no step {step:?}; name one of its steps")]
    UnknownStep {
        /// The flow.
        flow: Id,
        /// The step named.
        step: Id,
    },
    /// The case is in a stage that the process does not have.
    #[error("the case is in the stage {0:?}, which its process does not have; migrate it again")]
    UnknownStage(Id),
    /// The track is missing, unknown, or not one of the flow.
    #[error("the flow {flow:?} cannot begin on the track {track:?}; choose one of {allowed:?}")]
    WrongTrack {
        /// The flow.
        flow: Id,
        /// The track named.
        track: Option<Id>,
        /// The flow's tracks.
        allowed: Vec<Id>,
    },
    /// The subject's id or owners cannot be.
    #[error("the subject needs an id of 1 to 64 bytes and at least one owner; give both")]
    BadSubject,
    /// The flow needs a case above it.
    #[error(
        "a case of {flow:?} begins under a case of {parent:?} in one of the stages {stages:?}; bring that case there first"
    )]
    WrongParent {
        /// The flow.
        flow: Id,
        /// The parent's flow.
        parent: Id,
        /// The stages.
        stages: Vec<Id>,
    },
    /// The case above it stands elsewhere now.
    #[error(
        "a case of {flow:?} begins under a case of {parent:?} in one of the stages {stages:?}, and that one is in {stage:?}"
    )]
    ParentStage {
        /// The flow.
        flow: Id,
        /// The parent's flow.
        parent: Id,
        /// The stages.
        stages: Vec<Id>,
        /// The parent's stage.
        stage: Id,
    },
    /// The case has ended.
    #[error("the case ended in the stage {0:?}; begin a new case")]
    Ended(Id),
    /// The step does not leave this stage.
    #[error(
        "the step {step:?} is done from {from:?}, and the case is in {stage:?}; wait for that stage or choose another step"
    )]
    WrongStage {
        /// The step.
        step: Id,
        /// The case's stage.
        stage: Id,
        /// The stages from which it is done.
        from: Vec<Id>,
    },
    /// The step does not exist on this track.
    #[error("the step {step:?} is no part of the track {track:?}; choose a step of that track")]
    OffTrack {
        /// The step.
        step: Id,
        /// The case's track.
        track: Id,
    },
    /// Only a passed deadline does this step.
    #[error("the step {0:?} is done by its deadline alone; wait for it")]
    Automatic(Id),
    /// The actor's role or organisation type may not act.
    #[error("a {role} of a {organisation_type} may not do {step:?}; ask one of {allowed:?}")]
    NotYourRole {
        /// The step.
        step: Id,
        /// The actor's role.
        role: Id,
        /// The actor's organisation type.
        organisation_type: Id,
        /// Who may, as `type/role`.
        allowed: Vec<String>,
    },
    /// The actor's organisation has no part in this subject.
    #[error(
        "organisation {organisation} is not the one that may do {step:?} (scope {scope}); ask that organisation"
    )]
    NotYourSubject {
        /// The step.
        step: Id,
        /// The actor's organisation.
        organisation: OrganisationId,
        /// The scope that does not fit.
        scope: Scope,
    },
    /// The actor, or the actor's organisation, did a step that is kept apart.
    #[error("{who} did {other:?}, and whoever did that may not do {step:?}; ask somebody else")]
    KeptApart {
        /// The step.
        step: Id,
        /// The step done before.
        other: Id,
        /// User or organisation.
        who: String,
    },
    /// The user has voted already.
    #[error("user {user} has approved {step:?} already; {needed} different approvals are needed")]
    VotedBefore {
        /// The step.
        step: Id,
        /// The user.
        user: u64,
        /// How many are needed.
        needed: usize,
    },
    /// The organisation type has given its review already.
    #[error("a {organisation_type} has reviewed {step:?} already; the other reviewers are awaited")]
    ReviewedBefore {
        /// The step.
        step: Id,
        /// The organisation type.
        organisation_type: Id,
    },
    /// The step cannot be answered with no.
    #[error("the step {0:?} cannot be answered with no; choose the step that refuses")]
    NoNo(Id),
    /// A form is missing.
    #[error("the step {step:?} needs the form {form:?}; fill it in")]
    FormMissing {
        /// The step.
        step: Id,
        /// The form.
        form: Id,
    },
    /// A form came with a step that has none.
    #[error("the step {0:?} has no form; leave it out")]
    FormUnasked(Id),
    /// The form is wrong.
    #[error("the form {form:?} has {} mistakes, the first: {}", errors.len(), errors.first().map(ToString::to_string).unwrap_or_default())]
    FormWrong {
        /// The form.
        form: Id,
        /// Every mistake.
        errors: Vec<FormError>,
    },
    /// A document is missing.
    #[error("the step {step:?} needs the document {document:?}; attach it")]
    DocumentMissing {
        /// The step.
        step: Id,
        /// The kind.
        document: Id,
    },
    /// A document of a kind that the process does not know.
    #[error(
        "the process knows no document of the kind {0:?}; attach it as one of its kinds, at most 64 in all"
    )]
    DocumentUnknown(Id),
    /// A comment is missing.
    #[error("the step {0:?} needs a comment with the reasons; write it")]
    CommentMissing(Id),
    /// The certifier is missing, or another than in the form.
    #[error("the step {0:?} assigns a certifier; name the organisation, the same as in the form")]
    CertifierNotNamed(Id),
    /// The act names a certifier and the step assigns none.
    #[error("the step {0:?} assigns no certifier; leave the name out")]
    NameUnasked(Id),
    /// The act is older than what the case knows.
    #[error(
        "the act is of {found} ms, and the case knows of {latest} ms; send acts in their order"
    )]
    TimeBackwards {
        /// The latest moment that the case knows of.
        latest: u64,
        /// The act's moment.
        found: u64,
    },
    /// The case has too many acts.
    #[error("the case has {HISTORY_MAX} acts; withdraw it and begin a new one")]
    TooLong,
    /// The new process does not take cases from this stage.
    #[error(
        "the new process maps no stage for {flow:?} in {stage:?}; let the case end under its own process"
    )]
    NotMapped {
        /// The flow.
        flow: Id,
        /// The stage.
        stage: Id,
    },
}

impl Refusal {
    /// A stable word for programs, and whether the act is wrong or came second.
    pub(crate) fn row(&self) -> (&'static str, RefusalKind) {
        use RefusalKind::{Conflict, Rule};
        match self {
            Self::OtherProcess { .. } => ("other-process", Conflict),
            Self::UnknownFlow(_) => ("unknown-flow", Rule),
            Self::UnknownStep { .. } => ("unknown-step", Rule),
            Self::UnknownStage(_) => ("unknown-stage", Rule),
            Self::WrongTrack { .. } => ("wrong-track", Rule),
            Self::BadSubject => ("bad-subject", Rule),
            Self::WrongParent { .. } => ("wrong-parent", Rule),
            Self::ParentStage { .. } => ("parent-stage", Conflict),
            Self::Ended(_) => ("case-ended", Conflict),
            Self::WrongStage { .. } => ("wrong-stage", Conflict),
            Self::OffTrack { .. } => ("off-track", Rule),
            Self::Automatic(_) => ("automatic", Rule),
            Self::NotYourRole { .. } => ("not-your-role", Rule),
            Self::NotYourSubject { .. } => ("not-your-subject", Rule),
            Self::KeptApart { .. } => ("kept-apart", Rule),
            Self::VotedBefore { .. } => ("voted-before", Conflict),
            Self::ReviewedBefore { .. } => ("reviewed-before", Conflict),
            Self::NoNo(_) => ("no-no", Rule),
            Self::FormMissing { .. } => ("form-missing", Rule),
            Self::FormUnasked(_) => ("form-unasked", Rule),
            Self::FormWrong { .. } => ("form-wrong", Rule),
            Self::DocumentMissing { .. } => ("document-missing", Rule),
            Self::DocumentUnknown(_) => ("document-unknown", Rule),
            Self::CommentMissing(_) => ("comment-missing", Rule),
            Self::CertifierNotNamed(_) => ("certifier-not-named", Rule),
            Self::NameUnasked(_) => ("name-unasked", Rule),
            Self::TimeBackwards { .. } => ("time-backwards", Conflict),
            Self::TooLong => ("case-too-long", Conflict),
            Self::NotMapped { .. } => ("not-mapped", Rule),
        }
    }
}
