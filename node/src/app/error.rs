//! Why a use case is not done.

use std::borrow::Cow;
use std::sync::Arc;

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::SamePerson;
use countersign_protocol::registry::Refusal;
use countersign_protocol::workflow::FormError;

use super::FederationError;
use crate::bridges::BridgeFault;
use crate::documents::DocumentError;
use crate::ledger::SubmitError;
use crate::letters::LetterError;
use crate::mail::MailError;
use crate::people::{BeneficiaryError, Forbidden, NearBeneficiary, PeopleError};
use crate::reports::ReportError;
use crate::store::StoreError;

/// Which part of a request is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A JSON pointer (RFC 6901) into the body; the empty one means the whole body.
    Body(Cow<'static, str>),
    /// A parameter of the path or the query.
    Parameter(&'static str),
    /// A header.
    Header(&'static str),
}

/// Why a use case is not done. Nothing was written unless the variant says otherwise.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// The registry's rules stand against it.
    #[error("{0}")]
    Refused(Refusal),
    /// The request id was used for something else.
    #[error(
        "request {request} was already used for another command, at leaf {first_index}: draw a new id for a new wish, or \
         send the first command again to get its receipt"
    )]
    Conflict {
        /// The id.
        request: RequestId,
        /// First leaf of the request that has it.
        first_index: u64,
    },
    /// The ledger's queue is full.
    #[error("the node is busy: send the same request again in a moment")]
    Busy,
    /// The ledger takes no records. Whether the last ones were written is known after a restart.
    #[error("{0}")]
    ReadOnly(Arc<str>),
    /// There is no such thing.
    #[error("{what} {id} is not known here")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        id: String,
    },
    /// A part of the request is not what it must be.
    #[error("{why}")]
    BadInput {
        /// Which part.
        field: Field,
        /// What is wrong and what is wanted.
        why: String,
    },
    /// No token of this node was shown.
    #[error(
        "this needs a session, an API key or a token of this node: send it as Authorization: Bearer ..."
    )]
    NotAuthorised,
    /// The matrix or the policy stands against it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// It takes two people.
    #[error(transparent)]
    SamePerson(#[from] SamePerson),
    /// The operator is nobody in the registry.
    #[error("this is for a user of an organisation: sign in, or use an API key of yours")]
    PersonNeeded,
    /// Users have other ways to it.
    #[error("this is for the operator of the node, with the token that init made")]
    OperatorNeeded,
    /// The country's process has a flow for it.
    #[error("{refusal}; {way}")]
    ByProcess {
        /// The rule.
        refusal: Refusal,
        /// What to do instead.
        way: String,
    },
    /// A case was opened, but its first step is not taken.
    #[error("case {case} was opened, but its step is not taken: {why}")]
    HalfDone {
        /// The case.
        case: u64,
        /// Why the step is not taken.
        why: Box<AppError>,
    },
    /// The list of beneficiaries has entries with nearly this name.
    #[error(
        "the list has entries with nearly this name: use one of them, or send distinct = true if it is another"
    )]
    Near(Vec<NearBeneficiary>),
    /// Somebody else has it.
    #[error("{why}")]
    Taken {
        /// Which part of the request names it.
        pointer: &'static str,
        /// Who has it and what to do.
        why: String,
    },
    /// A form is not as the process wants it.
    #[error("the form {form} is not complete: {}", first(errors))]
    Form {
        /// The form.
        form: String,
        /// What is wrong, by JSON Pointer into the form.
        errors: Vec<FormError>,
    },
    /// A letter cannot be made.
    #[error("the letter cannot be made: {0}")]
    Letter(Arc<str>),
    /// The store of documents stands against it.
    #[error("{0}")]
    Document(Arc<DocumentError>),
    /// The store of people stands against it.
    #[error("{0}")]
    People(Arc<PeopleError>),
    /// The store of reports stands against it.
    #[error("{0}")]
    Report(Arc<ReportError>),
    /// The leaf is not covered by a checkpoint that a quorum of witnesses has cosigned.
    #[error("leaf {index} is not witnessed yet ({covered} leaves are): try again in a second")]
    NotWitnessed {
        /// The leaf.
        index: u64,
        /// Leaves that the newest witnessed checkpoint covers.
        covered: u64,
    },
    /// The read model can not answer at the moment.
    #[error("{0}")]
    NotListed(Arc<str>),
    /// A bridge does not answer.
    #[error(transparent)]
    Bridge(BridgeFault),
    /// The federation could not do it.
    #[error(transparent)]
    Federation(FederationError),
    /// The node failed. The journal has the reason.
    #[error("the node failed to do this; its journal says why")]
    Internal,
}

impl AppError {
    /// Writes the reason to the journal; the caller only hears that there is one.
    pub(super) fn internal(doing: &'static str, reason: &dyn std::fmt::Display) -> Self {
        tracing::error!(doing, %reason, "a use case failed");
        Self::Internal
    }

    pub(super) fn not_found(what: &'static str, id: &dyn std::fmt::Display) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }

    pub(super) fn body(pointer: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self::BadInput {
            field: Field::Body(pointer.into()),
            why: why.into(),
        }
    }

    pub(super) fn parameter(name: &'static str, why: impl Into<String>) -> Self {
        Self::BadInput {
            field: Field::Parameter(name),
            why: why.into(),
        }
    }
}

impl From<SubmitError> for AppError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => Self::Refused(refusal),
            SubmitError::Conflict {
                request,
                first_index,
            } => Self::Conflict {
                request,
                first_index,
            },
            // The ledger's own records have it, from the first leaf on.
            SubmitError::ReservedRequest => Self::Conflict {
                request: RequestId([0; 16]),
                first_index: 0,
            },
            SubmitError::Busy { .. } => Self::Busy,
            SubmitError::ReadOnly { .. } | SubmitError::Closed => {
                Self::ReadOnly(error.to_string().into())
            }
            SubmitError::BundleTooLong { .. }
            | SubmitError::KeyNotHeld { .. }
            | SubmitError::Encoding => Self::internal("submit a command", &error),
        }
    }
}

fn first(errors: &[FormError]) -> String {
    errors.first().map(ToString::to_string).unwrap_or_default()
}

impl From<PeopleError> for AppError {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::UnknownUser(user) => Self::not_found("user", &user),
            PeopleError::Damaged(_)
            | PeopleError::Newer { .. }
            | PeopleError::File(_)
            | PeopleError::Database(_)
            | PeopleError::Random(_)
            | PeopleError::Setting { .. }
            | PeopleError::Hash => Self::internal("use the store of people", &error),
            PeopleError::Busy => Self::Busy,
            other => Self::People(Arc::new(other)),
        }
    }
}

impl From<DocumentError> for AppError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Unknown(id) => Self::not_found("document", &id),
            DocumentError::Busy => Self::Busy,
            DocumentError::TooLarge { .. }
            | DocumentError::Empty
            | DocumentError::Quota { .. }
            | DocumentError::Full { .. }
            | DocumentError::NoSpace { .. }
            | DocumentError::Type
            | DocumentError::Content { .. }
            | DocumentError::Broken(_)
            | DocumentError::Stalled { .. }
            | DocumentError::Erased(_)
            | DocumentError::Replaced(_)
            | DocumentError::NotSame { .. }
            | DocumentError::NotWider(_)
            | DocumentError::NotNarrower(_)
            | DocumentError::Reason { .. } => Self::Document(Arc::new(error)),
            other => Self::internal("use the store of documents", &other),
        }
    }
}

impl From<ReportError> for AppError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Busy => Self::Busy,
            ReportError::Taken { .. }
            | ReportError::Unsound { .. }
            | ReportError::NoFile(_)
            | ReportError::Notifications(_)
            | ReportError::Full => Self::Report(Arc::new(error)),
            other => Self::internal("use the store of reports", &other),
        }
    }
}

impl From<LetterError> for AppError {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Busy => Self::Busy,
            LetterError::Defect => Self::internal("make a letter", &error),
            other => Self::Letter(other.to_string().into()),
        }
    }
}

impl From<MailError> for AppError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotDead(id) => Self::not_found("mail", &id),
            MailError::Busy | MailError::Full(_) => Self::Busy,
            other => Self::internal("queue a mail", &other),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::internal("read the store", &error)
    }
}

impl From<BeneficiaryError> for AppError {
    fn from(error: BeneficiaryError) -> Self {
        Self::internal("keep a beneficiary's name", &error)
    }
}

impl From<FederationError> for AppError {
    fn from(error: FederationError) -> Self {
        match error {
            FederationError::Submit(error) => error.into(),
            FederationError::UnknownPartner(party) => Self::not_found("partner", &party),
            FederationError::Internal(reason) => Self::internal("drive the federation", &reason),
            other => Self::Federation(other),
        }
    }
}
