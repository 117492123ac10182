//! Every refusal by its word, and which of two things it says about the request.

use super::Refusal;
use crate::workflow::RefusalKind;

impl Refusal {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.row().0
    }

    /// Whether the request is wrong, or came second.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        self.row().1
    }

    fn row(&self) -> (&'static str, RefusalKind) {
        use RefusalKind::{Conflict, Rule};
        match self {
            Self::Genesis => ("genesis", Rule),
            Self::Index { .. } => ("index", Conflict),
            Self::Time { .. } => ("time", Conflict),
            Self::Number { .. } => ("number", Conflict),
            Self::UnknownOrganisation(_) => ("unknown-organisation", Rule),
            Self::UnknownAccount(_) => ("unknown-account", Rule),
            Self::UnknownProject(_) => ("unknown-project", Rule),
            Self::UnknownPartner(_) => ("unknown-partner", Rule),
            Self::PartnerFrozen(_) => ("partner-frozen", Conflict),
            Self::Accusation(_) => ("accusation", Conflict),
            Self::UnknownAgreement { .. } => ("unknown-agreement", Rule),
            Self::AgreementUsedUp { .. } => ("agreement-used-up", Conflict),
            Self::NotAgreed { .. } => ("not-agreed", Rule),
            Self::UnknownTransfer(_) => ("unknown-transfer", Rule),
            Self::TransferStage { .. } => ("transfer-stage", Conflict),
            Self::TransferId => ("transfer-id", Rule),
            Self::ExpiryTooSoon { .. } => ("expiry-too-soon", Rule),
            Self::Expired { .. } => ("expired", Conflict),
            Self::NotHeld { .. } => ("not-held", Conflict),
            Self::Overlap(_) => ("overlap", Rule),
            Self::NotAbroad(_) => ("not-abroad", Rule),
            Self::Attributes(_) => ("attributes", Rule),
            Self::SplitPoint { .. } => ("split-point", Rule),
            Self::TooFew { .. } => ("too-few", Conflict),
            Self::TooManyRanges => ("too-many-ranges", Rule),
            Self::TooMuch { .. } => ("too-much", Rule),
            Self::Nothing => ("nothing", Rule),
            Self::SameAccount(_) => ("same-account", Rule),
            Self::OwnParty(_) => ("own-party", Rule),
            Self::OriginTaken { .. } => ("origin-taken", Conflict),
            Self::RegistryOfAnother { .. } => ("registry-of-another", Rule),
            Self::Fork { .. } => ("fork", Rule),
            Self::WrongLog { .. } => ("wrong-log", Rule),
            Self::NotClosed(_) => ("not-closed", Rule),
            Self::Header(_) => ("header", Rule),
            Self::RotationSize(_) => ("rotation-size", Rule),
            Self::Unwritable(_) => ("unwritable", Rule),
            Self::Process(_) => ("process", Rule),
            Self::ProcessAdopted(_) => ("process-adopted", Conflict),
            Self::Adoption(_) => ("adoption", Rule),
            Self::ProcessChanged(_) => ("process-changed", Conflict),
            Self::NoProcess => ("no-process", Rule),
            Self::UnknownCase(_) => ("unknown-case", Rule),
            Self::CaseChanged { .. } => ("case-changed", Conflict),
            Self::Workflow(why) => why.row(),
            Self::NotDue { .. } => ("not-due", Conflict),
            Self::OrganisationType { .. } => ("organisation-type", Rule),
            Self::Sectors { .. } => ("sectors", Rule),
            Self::OrganisationStanding { .. } => ("organisation-standing", Conflict),
            Self::CaseCancelled { .. } => ("case-cancelled", Conflict),
            Self::CasePaused { .. } => ("case-paused", Conflict),
            Self::ProjectStanding { .. } => ("project-standing", Conflict),
            Self::Act(_) => ("act", Rule),
            Self::Already(_) => ("already", Conflict),
            Self::NotVerified { .. } => ("not-verified", Conflict),
            Self::CreditingPeriod { .. } => ("crediting-period", Conflict),
            Self::OutsideCrediting { .. } => ("outside-crediting-period", Rule),
            Self::PeriodCovered { .. } => ("period-covered", Conflict),
            Self::VintageOutside { .. } => ("vintage-outside-period", Rule),
            Self::FindingOpen { .. } => ("finding-open", Conflict),
            Self::FindingClosed { .. } => ("finding-closed", Conflict),
            Self::Finding { .. } => ("finding", Rule),
            Self::Due(_) => ("due", Conflict),
            Self::ByProcess(_) => ("by-process", Rule),
            Self::Migration { .. } => ("migration", Rule),
            Self::Migrated { .. } => ("migrated", Conflict),
            Self::NotMapped { .. } => ("not-mapped", Rule),
            Self::RecordAwaited(_) => ("record-awaited", Conflict),
            Self::CoolingOff { .. } => ("cooling-off", Conflict),
            Self::UntrustedLimit { .. } => ("untrusted-limit", Rule),
            Self::Trust(_) => ("trust", Rule),
            Self::TrustList(_) => ("trust-list", Conflict),
            Self::Held { .. } => ("held", Conflict),
            Self::FrozenByPartner { .. } => ("frozen-by-partner", Conflict),
            Self::Disputed { .. } => ("disputed", Conflict),
            Self::Continued(_) => ("continued", Rule),
            Self::SourceNotFinal { .. } => ("source-not-final", Conflict),
            Self::Freeze(_) => ("freeze", Rule),
            Self::Comparison(_) => ("comparison", Rule),
            Self::UnknownHold(_) => ("unknown-hold", Rule),
            Self::HoldLifted { .. } => ("hold-lifted", Conflict),
            Self::Hold(_) => ("hold", Rule),
            Self::LetterNotOwed { .. } => ("letter-not-owed", Conflict),
            Self::LetterOfAnotherCase { .. } => ("letter-of-another-case", Rule),
            Self::Article6(why) => why.row(),
            Self::Overflow => ("overflow", Rule),
            Self::DoubleEntry(_) => ("double-entry", Rule),
            Self::Fault(_) => ("fault", Rule),
        }
    }
}
