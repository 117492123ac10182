//! The types of events: a closed list, each with one stable name.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use countersign_protocol::record::{Article6, Body, PartnerStatus, RetireKind};
use countersign_protocol::registry::Outcome;
use countersign_protocol::workflow::{Effect, SubjectKind};
use serde::{Deserialize, Serialize};

/// A name that is no type of event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no type of event with this name; docs/api.md lists them")]
pub struct UnknownKind;

/// The types, with their names.
macro_rules! kinds {
    ($(#[doc = $doc:literal] $variant:ident = $name:literal,)+) => {
        /// What happened. A name never changes its meaning; a new record kind brings a new name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventKind { $(#[doc = $doc] #[serde(rename = $name)] $variant,)+ }

        impl EventKind {
            /// Every type, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, such as `unit.issued`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it means, in the words of the documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc.trim_ascii(),)+ }
            }
        }
    };
}

kinds! {
    /// The ledger began
    LedgerBegan = "ledger.began",
    /// A block ended
    BlockSealed = "block.sealed",
    /// The log signs with another key from here on
    LedgerKeyRotated = "ledger.key_rotated",
    /// A piece of a process file was kept
    ProcessPartKept = "process.part_kept",
    /// New cases follow a process from here on
    ProcessAdopted = "process.adopted",
    /// An organisation was entered that may act once it is registered by its own case, or at once where it can not apply
    OrganisationEnrolled = "organisation.enrolled",
    /// An organisation may act
    OrganisationRegistered = "organisation.registered",
    /// An organisation may not act until it is reactivated; its open requests ended
    OrganisationSuspended = "organisation.suspended",
    /// An organisation may act again
    OrganisationReactivated = "organisation.reactivated",
    /// An organisation's registration ended
    OrganisationClosed = "organisation.closed",
    /// An account was opened
    AccountOpened = "account.opened",
    /// A project has a national number
    ProjectRegistered = "project.registered",
    /// The use of a project's outcomes was authorised
    ProjectAuthorised = "project.authorised",
    /// An authorisation ended
    ProjectAuthorisationRevoked = "project.authorisation_revoked",
    /// A crediting period of a project began
    ProjectCreditingPeriodOpened = "project.crediting_period_opened",
    /// Nothing may happen to a project until it is reactivated
    ProjectSuspended = "project.suspended",
    /// A project goes on
    ProjectReactivated = "project.reactivated",
    /// A project's registration ended
    ProjectClosed = "project.closed",
    /// Somebody set out on a flow of the process
    CaseOpened = "case.opened",
    /// A step of a case was taken, or a vote for one, that brought about nothing else
    CaseStepTaken = "case.step_taken",
    /// A deadline of a case passed and brought about nothing else
    CaseDeadlinePassed = "case.deadline_passed",
    /// A case has a certifier
    CaseCertifierAssigned = "case.certifier_assigned",
    /// The public part of a case became visible
    CasePublished = "case.published",
    /// A case goes on under a newer process
    CaseMigrated = "case.migrated",
    /// A certifier opened a finding
    FindingOpened = "finding.opened",
    /// An owner answered a finding
    FindingAnswered = "finding.answered",
    /// A certifier closed a finding
    FindingClosed = "finding.closed",
    /// An official letter was issued
    LetterIssued = "letter.issued",
    /// A monitoring report covers a period of a project
    MonitoringReported = "monitoring.reported",
    /// Verified tonnes may be issued
    MonitoringVerified = "monitoring.verified",
    /// An issuance was decided; `unit.issued` follows for each range
    IssuanceApproved = "issuance.approved",
    /// Units came into being
    UnitIssued = "unit.issued",
    /// A range became two
    UnitSplit = "unit.split",
    /// Units were put on hold in their account
    UnitHeld = "unit.held",
    /// Units on hold in their account are free again
    UnitFreed = "unit.freed",
    /// Units were set aside for a request
    UnitReserved = "unit.reserved",
    /// Units that were set aside are free again
    UnitUnreserved = "unit.unreserved",
    /// Units moved between two accounts of this registry
    UnitTransferred = "unit.transferred",
    /// Units were used, for ever
    UnitRetired = "unit.retired",
    /// Units were cancelled, for ever
    UnitCancelled = "unit.cancelled",
    /// A transfer between two accounts of this registry was decided; `unit.transferred` follows
    UnitTransferApproved = "unit.transfer_approved",
    /// The use or cancellation of units was decided; `unit.retired` or `unit.cancelled` follows
    UnitRetirementApproved = "unit.retirement_approved",
    /// A transfer to another country was decided; `transfer.locked` follows
    TransferApproved = "transfer.approved",
    /// Units were locked for another country
    TransferLocked = "transfer.locked",
    /// The destination was asked to refuse a transfer
    TransferCancelAsked = "transfer.cancel_asked",
    /// This country took units of another
    TransferAcquired = "transfer.acquired",
    /// This country refused units of another for ever
    TransferRefused = "transfer.refused",
    /// The destination has proven that it took the units: their first transfer
    TransferFinalised = "transfer.finalised",
    /// The destination has proven that it refused; the units are back
    TransferReleased = "transfer.released",
    /// The source has proven how it ended a transfer to this country
    TransferSourceSettled = "transfer.source_settled",
    /// An organisation trusts a receiver: units go to it without a wait
    TrustEntered = "trust.entered",
    /// An organisation trusts a receiver no longer
    TrustRemoved = "trust.removed",
    /// A hold on numbers, an account, a project or an organisation began
    HoldPlaced = "hold.placed",
    /// Such a hold ended
    HoldLifted = "hold.lifted",
    /// A cooperative approach was recorded, or recorded anew
    ApproachRecorded = "approach.recorded",
    /// The initial report of a cooperative approach was submitted
    InitialReportSubmitted = "approach.initial_report_submitted",
    /// An NDC was recorded, or recorded anew
    NdcRecorded = "ndc.recorded",
    /// A level of emissions, of an indicator or of certified emission reductions was recorded for a year
    LevelRecorded = "ndc.level_recorded",
    /// An entity was authorised under a cooperative approach
    EntityAuthorised = "approach.entity_authorised",
    /// An entity is authorised no longer
    EntityRevoked = "approach.entity_revoked",
    /// A version of an authorisation of mitigation outcomes was recorded
    AuthorisationRecorded = "authorisation.recorded",
    /// An authorisation of mitigation outcomes ended
    AuthorisationRevoked = "authorisation.revoked",
    /// Units came under an authorisation
    UnitsAuthorised = "unit.authorised",
    /// Another registry told of the use of units that had left
    UseNotified = "unit.use_notified",
    /// A partner country was listed, or listed anew
    PartnerListed = "partner.listed",
    /// A partner country may start no transfers
    PartnerFrozen = "partner.frozen",
    /// A partner country was removed from the list
    PartnerRemoved = "partner.removed",
    /// There is evidence against a partner's ledger: nothing begins with it, and what is open waits
    PartnerAccused = "partner.accused",
    /// The line of an accused partner's ledger that lives on was named
    PartnerCleared = "partner.cleared",
    /// A comparison with a partner's ledger found something else than the one before: units in doubt stay where they are
    PartnerCompared = "partner.compared",
    /// A partner's order that units stay where they are is honoured here
    FreezeHonoured = "freeze.honoured",
    /// Such an order is honoured no more
    FreezeEnded = "freeze.ended",
    /// A bilateral agreement was recorded
    AgreementRecorded = "agreement.recorded",
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for EventKind {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        let lines = Self::ALL
            .iter()
            .map(|kind| format!("- `{kind}`: {}.", kind.meaning()));
        let meanings = lines.collect::<Vec<_>>().join("\n");
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(Self::ALL.iter().map(|kind| kind.name())))
            .description(Some(format!("What happened.\n\n{meanings}")))
            .build()
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for EventKind {}

impl fmt::Display for EventKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for EventKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.iter().find(|kind| kind.name() == text);
        found.copied().ok_or(UnknownKind)
    }
}

/// Types that somebody asks for: names or groups of names, separated by commas, such as `unit.issued,transfer.*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventKinds(pub BTreeSet<EventKind>);

impl FromStr for EventKinds {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let mut kinds = BTreeSet::new();
        for part in text.split(',') {
            let Some(group) = part.strip_suffix('*').filter(|it| it.ends_with('.')) else {
                kinds.insert(part.parse()?);
                continue;
            };
            let is_of = |kind: &EventKind| kind.name().starts_with(group);
            let of_group: Vec<EventKind> = EventKind::ALL.iter().copied().filter(is_of).collect();
            if of_group.is_empty() {
                return Err(UnknownKind);
            }
            kinds.extend(of_group);
        }
        Ok(Self(kinds))
    }
}

impl EventKind {
    /// The type of the event of a record. Every kind of record has one.
    #[must_use]
    pub fn of(body: &Body, outcome: &Outcome) -> Self {
        match body {
            Body::Genesis(_) => Self::LedgerBegan,
            Body::BlockHeader(_) => Self::BlockSealed,
            Body::KeyRotation(_) => Self::LedgerKeyRotated,
            Body::ProcessPart(_) => Self::ProcessPartKept,
            Body::ProcessAdopted(_) => Self::ProcessAdopted,
            Body::Organisation(it) if it.organisation_type.is_some() => Self::OrganisationEnrolled,
            Body::Organisation(_) => Self::OrganisationRegistered,
            Body::Account(_) => Self::AccountOpened,
            Body::Project(_) => Self::ProjectRegistered,
            Body::Issuance(_) => Self::UnitIssued,
            Body::Split(_) => Self::UnitSplit,
            Body::Hold(it) if it.lift => Self::UnitFreed,
            Body::Hold(_) => Self::UnitHeld,
            Body::Transfer(_) => Self::UnitTransferred,
            Body::Lock(_) => Self::TransferLocked,
            Body::AskCancel(_) => Self::TransferCancelAsked,
            Body::Acquire(_) => Self::TransferAcquired,
            Body::Refuse(_) => Self::TransferRefused,
            Body::Finalise(_) => Self::TransferFinalised,
            Body::Release(_) => Self::TransferReleased,
            Body::SourceSettled(_) => Self::TransferSourceSettled,
            Body::Retire(it) => match it.kind {
                RetireKind::Retire => Self::UnitRetired,
                RetireKind::Cancel => Self::UnitCancelled,
            },
            Body::Partner(it) => match it.status {
                PartnerStatus::Active => Self::PartnerListed,
                PartnerStatus::Frozen => Self::PartnerFrozen,
                PartnerStatus::Removed => Self::PartnerRemoved,
            },
            Body::LedgerAccused(_) => Self::PartnerAccused,
            Body::LedgerCleared(_) => Self::PartnerCleared,
            Body::PositionsCompared(_) => Self::PartnerCompared,
            Body::FreezeHonoured(_) => Self::FreezeHonoured,
            Body::FreezeEnded(_) => Self::FreezeEnded,
            Body::Agreement(_) => Self::AgreementRecorded,
            Body::CaseOpened(_) => Self::CaseOpened,
            Body::CaseMigrated(_) => Self::CaseMigrated,
            Body::CaseAct(act) => weightiest(outcome).unwrap_or(match act.by {
                Some(_) => Self::CaseStepTaken,
                None => Self::CaseDeadlinePassed,
            }),
            Body::FindingOpened(_) => Self::FindingOpened,
            Body::FindingAnswered(_) => Self::FindingAnswered,
            Body::FindingClosed(_) => Self::FindingClosed,
            Body::LetterIssued(_) => Self::LetterIssued,
            Body::TrustedReceiver(it) if it.removed => Self::TrustRemoved,
            Body::TrustedReceiver(_) => Self::TrustEntered,
            Body::HoldPlaced(_) => Self::HoldPlaced,
            Body::HoldLifted(_) => Self::HoldLifted,
            Body::Article6(it) => Self::of_article6(it),
        }
    }

    const fn of_article6(it: &Article6) -> Self {
        match it {
            Article6::CooperativeApproach(_) => Self::ApproachRecorded,
            Article6::InitialReport(_) => Self::InitialReportSubmitted,
            Article6::Ndc(_) => Self::NdcRecorded,
            Article6::EmissionsLevel(_) => Self::LevelRecorded,
            Article6::AuthorisedEntity(it) if it.revoked => Self::EntityRevoked,
            Article6::AuthorisedEntity(_) => Self::EntityAuthorised,
            Article6::Authorisation(_) => Self::AuthorisationRecorded,
            Article6::AuthorisationRevoked(_) => Self::AuthorisationRevoked,
            Article6::UnitsAuthorised(_) => Self::UnitsAuthorised,
            Article6::UseNotified(_) => Self::UseNotified,
        }
    }
}

/// The effects of a step, the weightiest first: a step that brings about several is named after the first that it has.
const WEIGHT: [Effect; 17] = [
    Effect::Issue,
    Effect::Retire,
    Effect::Transfer,
    Effect::Send,
    Effect::Authorise,
    Effect::RevokeAuthorisation,
    Effect::AllowIssuance,
    Effect::Suspend,
    Effect::Reactivate,
    Effect::Close,
    Effect::Register,
    Effect::Reserve,
    Effect::Release,
    Effect::CoverPeriod,
    Effect::OpenCreditingPeriod,
    Effect::AssignCertifier,
    Effect::Publish,
];

fn weightiest(outcome: &Outcome) -> Option<EventKind> {
    let case = outcome.case.as_ref()?;
    let effect = WEIGHT.iter().find(|it| case.effects.contains(it))?;
    let is_project = case.kind == SubjectKind::Project;
    let of = |organisation, project| if is_project { project } else { organisation };
    Some(match effect {
        Effect::Issue => EventKind::IssuanceApproved,
        Effect::Retire => EventKind::UnitRetirementApproved,
        Effect::Transfer => EventKind::UnitTransferApproved,
        Effect::Send => EventKind::TransferApproved,
        Effect::Authorise => EventKind::ProjectAuthorised,
        Effect::RevokeAuthorisation => EventKind::ProjectAuthorisationRevoked,
        Effect::AllowIssuance => EventKind::MonitoringVerified,
        Effect::Suspend => of(
            EventKind::OrganisationSuspended,
            EventKind::ProjectSuspended,
        ),
        Effect::Reactivate => of(
            EventKind::OrganisationReactivated,
            EventKind::ProjectReactivated,
        ),
        Effect::Close => of(EventKind::OrganisationClosed, EventKind::ProjectClosed),
        Effect::Register => of(
            EventKind::OrganisationRegistered,
            EventKind::ProjectRegistered,
        ),
        Effect::Reserve => EventKind::UnitReserved,
        Effect::Release => EventKind::UnitUnreserved,
        Effect::CoverPeriod => EventKind::MonitoringReported,
        Effect::OpenCreditingPeriod => EventKind::ProjectCreditingPeriodOpened,
        Effect::AssignCertifier => EventKind::CaseCertifierAssigned,
        Effect::Publish => EventKind::CasePublished,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn every_type_reads_back_from_its_name_and_no_name_is_used_twice() {
        for kind in EventKind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
        }
        let mut names: Vec<&str> = EventKind::ALL.iter().map(|it| it.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), EventKind::ALL.len());
        assert_eq!("unit.minted".parse::<EventKind>(), Err(UnknownKind));
    }

    #[test]
    fn types_are_asked_for_by_name_or_by_group() {
        let kinds: EventKinds = "unit.issued,hold.*".parse().unwrap();
        let wanted = [
            EventKind::UnitIssued,
            EventKind::HoldPlaced,
            EventKind::HoldLifted,
        ];
        assert_eq!(kinds.0, BTreeSet::from(wanted));
        for wrong in ["", "unit.issued,", "unit", "unit*", "*", "mint.*"] {
            assert_eq!(wrong.parse::<EventKinds>(), Err(UnknownKind), "{wrong}");
        }
    }

    #[test]
    fn every_effect_has_a_weight() {
        for effect in Effect::ALL {
            assert!(WEIGHT.contains(effect), "{effect}");
        }
    }
}
