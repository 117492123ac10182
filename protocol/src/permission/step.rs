//! Which action of the matrix a step of the country's process is.
//!
//! The process says who may take a step; the matrix says what a role may do at all. Both must allow it, so that neither a
//! careless process nor a careless matrix opens a door alone.

use super::action::Action;
use crate::workflow::{Effect, Step, StepKind, SubjectKind};

/// What opening a case about such a subject is. `by_party` says that the opener's organisation is an owner of the subject:
/// whoever opens the case of another organisation, to admit it, decides about it.
#[must_use]
pub const fn opening(subject: SubjectKind, by_party: bool) -> Action {
    match subject {
        SubjectKind::Organisation if !by_party => Action::OrganisationDecide,
        SubjectKind::Organisation => Action::OrganisationSubmit,
        SubjectKind::Project => Action::ProjectCreate,
        SubjectKind::MonitoringPeriod => Action::MonitoringSubmit,
        SubjectKind::IssuanceRequest => Action::IssuanceRequest,
        SubjectKind::TransferRequest => Action::TransferRequest,
        SubjectKind::RetirementRequest => Action::RetirementRequest,
    }
}

/// What looking into a case about such a subject is: its forms, comments and documents that are not public.
#[must_use]
pub const fn reading(subject: SubjectKind) -> Action {
    match subject {
        SubjectKind::Organisation => Action::OrganisationRead,
        SubjectKind::Project => Action::ProjectRead,
        SubjectKind::MonitoringPeriod | SubjectKind::IssuanceRequest => Action::MonitoringRead,
        SubjectKind::TransferRequest | SubjectKind::RetirementRequest => Action::TransferRead,
    }
}

/// What a step is that somebody takes. `by_party` says that the actor's organisation is an owner of the subject, or the
/// receiver whom a request names.
#[must_use]
pub fn acting(subject: SubjectKind, step: &Step, by_party: bool) -> Action {
    use StepKind::{Appeal, Assign, RequestChanges, Resubmit, Review, Submit, Validate, Verify};
    let hands_in = matches!(
        step.kind,
        Submit | Resubmit | StepKind::Withdraw | Appeal | StepKind::Automatic
    );
    match subject {
        SubjectKind::Organisation if hands_in => Action::OrganisationSubmit,
        SubjectKind::Organisation if step.has_effect(Effect::Suspend) => {
            Action::OrganisationSuspend
        }
        SubjectKind::Organisation if step.has_effect(Effect::Reactivate) => {
            Action::OrganisationReactivate
        }
        SubjectKind::Organisation => Action::OrganisationDecide,
        SubjectKind::Project => match step.kind {
            Submit | Resubmit => Action::ProjectSubmit,
            StepKind::Withdraw => Action::ProjectWithdraw,
            Appeal => Action::ProjectAppeal,
            Assign => Action::ProjectAssign,
            Review | RequestChanges => Action::ProjectReview,
            Validate | Verify => Action::ProjectValidate,
            StepKind::Decide | StepKind::Automatic => Action::ProjectDecide,
        },
        SubjectKind::MonitoringPeriod | SubjectKind::IssuanceRequest
            if matches!(step.kind, Validate | Verify) =>
        {
            Action::VerificationSubmit
        }
        SubjectKind::MonitoringPeriod | SubjectKind::IssuanceRequest
            if step.has_effect(Effect::Issue) =>
        {
            Action::IssuanceApprove
        }
        SubjectKind::MonitoringPeriod if hands_in => Action::MonitoringSubmit,
        SubjectKind::MonitoringPeriod => Action::MonitoringDecide,
        SubjectKind::IssuanceRequest if hands_in => Action::IssuanceRequest,
        SubjectKind::IssuanceRequest => Action::IssuancePropose,
        SubjectKind::TransferRequest if step.kind == StepKind::Withdraw => Action::TransferCancel,
        SubjectKind::TransferRequest if hands_in => Action::TransferRequest,
        SubjectKind::TransferRequest if by_party => Action::TransferAccept,
        SubjectKind::TransferRequest => Action::TransferApprove,
        SubjectKind::RetirementRequest if hands_in => Action::RetirementRequest,
        SubjectKind::RetirementRequest => Action::RetirementApprove,
    }
}

/// The action that takes place with a step, beyond taking it: where a country's policy asks for two people, they are asked
/// for it here.
#[must_use]
pub fn weighing(step: &Step) -> Option<Action> {
    let of = [
        (Effect::Issue, Action::IssuanceApprove),
        (Effect::Authorise, Action::AuthorisationApprove),
        (Effect::RevokeAuthorisation, Action::AuthorisationRevoke),
        (Effect::Send, Action::BorderTransferApprove),
    ];
    of.into_iter()
        .find(|(effect, _)| step.has_effect(*effect))
        .map(|(_, action)| action)
}
