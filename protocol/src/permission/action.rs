//! The closed list of what can be done in a registry.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A word that names no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no action; the documentation of permissions lists all of them")]
pub struct UnknownAction(String);

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $read:literal;)+) => {
        /// What somebody can do. Closed: the code behind every action is part of the registry, and a matrix says who
        /// may use it. Signing in, the own profile and the own credentials are nobody else's business and need no entry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// Every action, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word that a matrix uses.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Whether it changes nothing, so that a suspended organisation keeps it.
            #[must_use]
            pub const fn is_read(self) -> bool {
                match self { $(Self::$name => $read,)+ }
            }
        }
    };
}

actions! {
        // Organisations
        /// See an organisation's file.
        OrganisationRead = "organisation-read", true;
        /// Enter an organisation on its behalf.
        OrganisationCreate = "organisation-create", false;
        /// Hand in the own registration, also again after a rejection.
        OrganisationSubmit = "organisation-submit", false;
        /// Change an organisation's file.
        OrganisationUpdate = "organisation-update", false;
        /// Approve or reject a registration.
        OrganisationDecide = "organisation-decide", false;
        /// Suspend an organisation with everything that it holds.
        OrganisationSuspend = "organisation-suspend", false;
        /// End a suspension.
        OrganisationReactivate = "organisation-reactivate", false;
        // Users
        /// See an organisation's users.
        UserRead = "user-read", true;
        /// Invite a user.
        UserInvite = "user-invite", false;
        /// Change a user's name, telephone or language.
        UserUpdate = "user-update", false;
        /// Suspend a user or end the suspension, and end the user's sessions.
        UserSuspend = "user-suspend", false;
        /// Give a user another role.
        UserRoleChange = "user-role-change", false;
        /// Take away a second factor that its user has lost.
        UserFactorReset = "user-factor-reset", false;
        /// Remove a user's personal data for good.
        UserErase = "user-erase", false;
        /// See which API keys exist.
        ApiKeyRead = "api-key-read", true;
        /// Make an API key.
        ApiKeyCreate = "api-key-create", false;
        /// End an API key.
        ApiKeyRevoke = "api-key-revoke", false;
        /// Read the log of sign-ins and changes.
        AuditRead = "audit-read", true;
        // Projects
        /// See a project with what is not public.
        ProjectRead = "project-read", true;
        /// Begin a project.
        ProjectCreate = "project-create", false;
        /// Change a project's draft or data.
        ProjectUpdate = "project-update", false;
        /// Hand in a project, also again after changes were asked for.
        ProjectSubmit = "project-submit", false;
        /// Give up a project's application.
        ProjectWithdraw = "project-withdraw", false;
        /// Complain against a decision.
        ProjectAppeal = "project-appeal", false;
        /// Comment on a project.
        ProjectComment = "project-comment", false;
        /// Give an opinion that decides nothing by itself.
        ProjectReview = "project-review", false;
        /// Give a project to a certifier.
        ProjectAssign = "project-assign", false;
        /// Report on a project's design as its certifier.
        ProjectValidate = "project-validate", false;
        /// Decide on a stage of a project.
        ProjectDecide = "project-decide", false;
        /// Move a running project to another version of the process.
        ProjectMigrate = "project-migrate", false;
        /// Record that a fee was paid or waived.
        FeeRecord = "fee-record", false;
        // Documents
        /// Open a document that is not public.
        DocumentRead = "document-read", true;
        /// Add a document or a new version of it.
        DocumentUpload = "document-upload", false;
        /// Accept or reject a document.
        DocumentDecide = "document-decide", false;
        /// Make a document visible to a wider circle.
        DocumentPublish = "document-publish", false;
        // Monitoring and verification
        /// See monitoring reports.
        MonitoringRead = "monitoring-read", true;
        /// Hand in a monitoring report.
        MonitoringSubmit = "monitoring-submit", false;
        /// Accept or reject a monitoring report.
        MonitoringDecide = "monitoring-decide", false;
        /// Report on a monitoring period as its certifier.
        VerificationSubmit = "verification-submit", false;
        /// Open or close a finding (CAR, CL, FAR).
        FindingWrite = "finding-write", false;
        /// Answer a finding.
        FindingAnswer = "finding-answer", false;
        // Issuance
        /// Ask for units for a verified period.
        IssuanceRequest = "issuance-request", false;
        /// Prepare an issuance for a second person.
        IssuancePropose = "issuance-propose", false;
        /// Issue units.
        IssuanceApprove = "issuance-approve", false;
        // Units
        /// See holdings and their history.
        UnitsRead = "units-read", true;
        /// Open an account.
        AccountOpen = "account-open", false;
        /// Close an empty account.
        AccountClose = "account-close", false;
        /// See requests to move units.
        TransferRead = "transfer-read", true;
        /// Ask to move units to another account of this registry.
        TransferRequest = "transfer-request", false;
        /// Accept or reject units as their receiver.
        TransferAccept = "transfer-accept", false;
        /// Approve or reject a transfer in this registry.
        TransferApprove = "transfer-approve", false;
        /// Take back an open request.
        TransferCancel = "transfer-cancel", false;
        /// Ask to move units to another country.
        BorderTransferRequest = "border-transfer-request", false;
        /// Accept or reject units from another country.
        BorderTransferAccept = "border-transfer-accept", false;
        /// Approve or reject a transfer to another country.
        BorderTransferApprove = "border-transfer-approve", false;
        /// Enter receivers in a list of trusted ones, or take them out.
        TrustedReceiverEdit = "trusted-receiver-edit", false;
        /// Ask to use units.
        RetirementRequest = "retirement-request", false;
        /// Use units for a purpose, for good.
        RetirementApprove = "retirement-approve", false;
        /// Ask to cancel units.
        CancellationRequest = "cancellation-request", false;
        /// Cancel units for good.
        CancellationApprove = "cancellation-approve", false;
        /// Edit the list of beneficiaries.
        BeneficiaryEdit = "beneficiary-edit", false;
        /// See holds and why they were placed.
        HoldRead = "hold-read", true;
        /// Hold units, an account, a project or an organisation.
        HoldPlace = "hold-place", false;
        /// Lift a hold.
        HoldLift = "hold-lift", false;
        /// Stop or resume every movement of units.
        TradingFreeze = "trading-freeze", false;
        // Authorisation and letters
        /// See authorisations with what is not public.
        AuthorisationRead = "authorisation-read", true;
        /// Prepare an authorisation, an amendment or a revocation for a second person.
        AuthorisationPropose = "authorisation-propose", false;
        /// Authorise the use of mitigation outcomes, or amend an authorisation.
        AuthorisationApprove = "authorisation-approve", false;
        /// Revoke an authorisation for outcomes not yet first transferred.
        AuthorisationRevoke = "authorisation-revoke", false;
        /// Open a letter that is not public.
        LetterRead = "letter-read", true;
        /// Issue or revoke a letter.
        LetterIssue = "letter-issue", false;
        /// Edit the texts of letters.
        LetterTemplateEdit = "letter-template-edit", false;
        // Reports
        /// See reports before they are public.
        ReportRead = "report-read", true;
        /// Prepare a report under Article 6.
        ReportPrepare = "report-prepare", false;
        /// Close a report and send it.
        ReportSubmit = "report-submit", false;
        /// Export what is not public.
        ExportRead = "export-read", true;
        /// Bring in data from another registry.
        DataImport = "data-import", false;
        // Node
        /// See how the registry is set up.
        ConfigurationRead = "configuration-read", true;
        /// Change how the registry is set up.
        ConfigurationChange = "configuration-change", false;
        /// Adopt a version of the country's process.
        ProcessAdopt = "process-adopt", false;
        /// Adopt another permission matrix.
        PermissionChange = "permission-change", false;
        /// See the registry's keys and their state.
        KeyRead = "key-read", true;
        /// Rotate or remove a key.
        KeyRotate = "key-rotate", false;
        /// See partners and the state of the connections.
        FederationRead = "federation-read", true;
        /// Add, change or remove a partner or a witness.
        FederationManage = "federation-manage", false;
        /// Record, change or end an agreement with a partner.
        AgreementManage = "agreement-manage", false;
}

impl Action {
    /// Whether an organisation that is not, or no longer, part of the registry keeps it for its own file: looking,
    /// completing the file and handing it in. The documents of an organisation's file belong to that file.
    #[must_use]
    pub const fn is_open_to_applicants(self) -> bool {
        matches!(
            self,
            Self::OrganisationRead
                | Self::OrganisationUpdate
                | Self::OrganisationSubmit
                | Self::UserRead
                | Self::LetterRead
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(word: &str) -> Result<Self, UnknownAction> {
        let found = Self::ALL.iter().find(|action| action.word() == word);
        found
            .copied()
            .ok_or_else(|| UnknownAction(crate::text::excerpt(word)))
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}
