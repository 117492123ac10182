//! The closed word lists of a process file: what the registry itself must understand.

use serde::{Deserialize, Serialize};

/// An enum whose values are kebab-case words in a process file.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that a process file uses.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value that a word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }
    };
}

words! {
    /// What a flow is about.
    SubjectKind {
        /// An organisation that asks to take part.
        Organisation = "organisation",
        /// A mitigation project.
        Project = "project",
        /// One monitoring period of a project.
        MonitoringPeriod = "monitoring-period",
        /// A request to issue units.
        IssuanceRequest = "issuance-request",
        /// A request to move units.
        TransferRequest = "transfer-request",
        /// A request to use or cancel units.
        RetirementRequest = "retirement-request",
    }
}

words! {
    /// What a step is in the life of its subject.
    StepKind {
        /// The first hand-in.
        Submit = "submit",
        /// Somebody is given the work.
        Assign = "assign",
        /// An opinion or check that decides nothing by itself.
        Review = "review",
        /// A certifier's work on the design (before anything happened).
        Validate = "validate",
        /// A certifier's work on results (after they happened). Issuance needs one before it.
        Verify = "verify",
        /// A decision with effect.
        Decide = "decide",
        /// Back to the one who handed in.
        RequestChanges = "request-changes",
        /// A repeated hand-in.
        Resubmit = "resubmit",
        /// The one who handed in gives up.
        Withdraw = "withdraw",
        /// A complaint against a decision.
        Appeal = "appeal",
        /// Done by nobody: a deadline passed.
        Automatic = "automatic",
    }
}

impl StepKind {
    /// Whether the case waits for a step of this kind; it never waits for a withdrawal or an appeal.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        !matches!(self, Self::Withdraw | Self::Appeal | Self::Automatic)
    }
}

words! {
    /// What the end of a flow means.
    End {
        /// The subject got what it asked for, or has run its full life.
        Accepted = "accepted",
        /// It was refused.
        Rejected = "rejected",
        /// It was given up.
        Withdrawn = "withdrawn",
        /// A deadline ended it.
        Lapsed = "lapsed",
    }
}

words! {
    /// Which organisation of the named type may act.
    Scope {
        /// An owner of the subject.
        Own = "own",
        /// The certifier assigned to the subject.
        Assigned = "assigned",
        /// The receiver that the request names.
        Counterparty = "counterparty",
        /// One that is responsible for a sectoral scope of the subject.
        Sector = "sector",
        /// Every one of the type.
        Any = "any",
    }
}

words! {
    /// What the node does when a step is complete. Closed: the node acts on each.
    Effect {
        /// The subject's public part becomes visible to everybody.
        Publish = "publish",
        /// The organisation or project enters the register.
        Register = "register",
        /// The organisation that the act names becomes the subject's certifier. Needs a field.
        AssignCertifier = "assign-certifier",
        /// The use of the project's outcomes is authorised (2/CMA.3 annex, 4/CMA.6 paragraph 5).
        Authorise = "authorise",
        /// The authorisation ends for outcomes that were not yet first transferred.
        RevokeAuthorisation = "revoke-authorisation",
        /// A crediting period begins. Needs a field: an object with the days `start` and `end`.
        OpenCreditingPeriod = "open-crediting-period",
        /// The case covers a monitoring period. Needs a field of the step's own form: an object with the days `start` and
        /// `end`.
        CoverPeriod = "cover-period",
        /// Verified tonnes may be issued. Needs a field.
        AllowIssuance = "allow-issuance",
        /// Units are issued. Needs a field.
        Issue = "issue",
        /// Units are held for the request.
        Reserve = "reserve",
        /// Held units are free again.
        Release = "release",
        /// Units move. Needs a field.
        Transfer = "transfer",
        /// Units are locked for a partner country. Needs a field.
        Send = "send",
        /// Units are used or cancelled. Needs a field.
        Retire = "retire",
        /// The subject may do nothing until it is reactivated.
        Suspend = "suspend",
        /// A suspension ends.
        Reactivate = "reactivate",
        /// The subject's registration ends.
        Close = "close",
    }
}

impl Effect {
    /// Whether the effect acts on what a form says, so that its rule must name the field.
    #[must_use]
    pub const fn needs_field(self) -> bool {
        use Effect::{AllowIssuance, AssignCertifier, Issue, Retire, Send, Transfer};
        self.acts_on_period()
            || matches!(
                self,
                AssignCertifier | AllowIssuance | Issue | Transfer | Send | Retire
            )
    }

    /// Whether its field is a period: an object with the days `start` and `end`, both within.
    #[must_use]
    pub const fn acts_on_period(self) -> bool {
        matches!(self, Self::OpenCreditingPeriod | Self::CoverPeriod)
    }

    /// Whether units come into being by it.
    #[must_use]
    pub const fn is_issuance(self) -> bool {
        matches!(self, Self::AllowIssuance | Self::Issue)
    }

    /// Whether a step about this subject may have the effect.
    #[must_use]
    pub const fn fits(self, subject: SubjectKind) -> bool {
        use SubjectKind::{
            IssuanceRequest, MonitoringPeriod, Organisation, Project, RetirementRequest,
            TransferRequest,
        };
        match self {
            Self::Publish => true,
            Self::Register | Self::Suspend | Self::Reactivate | Self::Close => {
                matches!(subject, Organisation | Project)
            }
            Self::AssignCertifier => matches!(subject, Project | MonitoringPeriod),
            Self::Authorise | Self::RevokeAuthorisation | Self::OpenCreditingPeriod => {
                matches!(subject, Project)
            }
            Self::CoverPeriod => matches!(subject, MonitoringPeriod),
            Self::AllowIssuance | Self::Issue => {
                matches!(subject, MonitoringPeriod | IssuanceRequest)
            }
            Self::Reserve | Self::Release => matches!(subject, TransferRequest | RetirementRequest),
            Self::Transfer | Self::Send => matches!(subject, TransferRequest),
            Self::Retire => matches!(subject, RetirementRequest),
        }
    }
}
