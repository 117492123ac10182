//! Errors on their way to the caller: RFC 9457 problem details with stable types.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::dto::{Fault, Problem, RowProblem};
use crate::app::{AppError, FederationError, Field};
use crate::bridges::BridgeFault;
use crate::documents::DocumentError;
use crate::people::{Forbidden, NearBeneficiary, PeopleError};
use crate::reports::ReportError;
use countersign_protocol::registry::{Refusal, RefusalKind};
use countersign_protocol::workflow::FormError;

/// The media type of every problem (RFC 9457).
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Begins the `type` of every problem.
pub(super) const TYPE_PREFIX: &str = "urn:countersign:problem:";

/// The kinds of problem. Their names are an interface: add, never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    NotAuthorised,
    Forbidden,
    SecondFactor,
    TooMany { seconds: u64 },
    NotFound,
    MethodNotAllowed,
    Conflict,
    NearNames,
    Changed,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    Refused,
    Rejected,
    Unreachable,
    Busy,
    ReadOnly,
    NotReady,
    NotWitnessed,
    Timeout,
    Internal,
    Other(StatusCode),
}

impl Kind {
    /// Every kind that has a name of its own.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        [
            Self::Malformed,
            Self::NotAuthorised,
            Self::Forbidden,
            Self::SecondFactor,
            Self::TooMany { seconds: 0 },
            Self::NotFound,
            Self::MethodNotAllowed,
            Self::Conflict,
            Self::NearNames,
            Self::Changed,
            Self::TooLarge,
            Self::UnsupportedMediaType,
            Self::Invalid,
            Self::Refused,
            Self::Rejected,
            Self::Unreachable,
            Self::Busy,
            Self::ReadOnly,
            Self::NotReady,
            Self::NotWitnessed,
            Self::Timeout,
            Self::Internal,
        ]
        .into_iter()
    }

    /// The last part of its `type`.
    pub(crate) fn slug(self) -> &'static str {
        self.row().1
    }

    /// Its status.
    pub(crate) fn status(self) -> StatusCode {
        self.row().0
    }

    /// Its title.
    pub(super) fn title(self) -> &'static str {
        self.row().2
    }

    /// Whether the answer says after how many seconds to try again.
    pub(super) fn is_worth_a_repetition(self) -> bool {
        self.is_passing() || matches!(self, Self::TooMany { .. })
    }

    fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "malformed",
                "The request can not be read",
            ),
            Self::NotAuthorised => (
                StatusCode::UNAUTHORIZED,
                "not-authorised",
                "A sign-in, key or token is needed",
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "forbidden",
                "Your role does not allow this",
            ),
            Self::TooMany { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many",
                "There were too many attempts",
            ),
            Self::SecondFactor => (
                StatusCode::FORBIDDEN,
                "second-factor",
                "It takes a second factor",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not-found",
                "There is no such thing here",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The path does not take this method",
            ),
            Self::Conflict => (
                StatusCode::CONFLICT,
                "conflict",
                "Somebody or something else was first",
            ),
            Self::NearNames => (
                StatusCode::CONFLICT,
                "near-names",
                "There are entries with nearly this name",
            ),
            Self::Changed => (
                StatusCode::PRECONDITION_FAILED,
                "changed",
                "Somebody else changed it meanwhile",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is too large",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body is not of a type that is taken here",
            ),
            Self::Invalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "A part of the body is not what it must be",
            ),
            Self::Refused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "refused",
                "The registry's rules stand against it",
            ),
            Self::Rejected => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "rejected",
                "The file or key can not be used",
            ),
            Self::Unreachable => (
                StatusCode::BAD_GATEWAY,
                "unreachable",
                "The other side does not answer",
            ),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "The node is busy"),
            Self::ReadOnly => (
                StatusCode::SERVICE_UNAVAILABLE,
                "read-only",
                "The ledger takes no records",
            ),
            Self::NotReady => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready",
                "The node is not ready",
            ),
            Self::NotWitnessed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not-witnessed",
                "The record is not witnessed yet",
            ),
            Self::Timeout => (
                StatusCode::SERVICE_UNAVAILABLE,
                "timeout",
                "The request took too long",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The node failed",
            ),
            Self::Other(status) => (status, "other", "The request was not answered"),
        }
    }

    /// Whether the same request may well succeed in a second.
    fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Busy | Self::NotWitnessed | Self::Timeout | Self::NotReady
        )
    }
}

/// An error before it knows for which request it is: the [`frame`](super::frame) completes it.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    kind: Kind,
    detail: String,
    code: Option<&'static str>,
    /// The word of another standard, for its own clients.
    word: Option<&'static str>,
    errors: Vec<Fault>,
}

impl ApiError {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            code: None,
            word: None,
            errors: Vec::new(),
        }
    }

    /// With the word that RFC 6749 has for it.
    pub(super) fn worded(mut self, word: &'static str) -> Self {
        self.word = Some(word);
        self
    }

    pub(crate) fn parameter(name: &str, why: &dyn std::fmt::Display) -> Self {
        let fault = Fault {
            parameter: Some(name.to_owned()),
            detail: why.to_string(),
            ..Fault::default()
        };
        Self::new(Kind::Malformed, format!("parameter {name}: {why}")).with(fault)
    }

    pub(super) fn header(name: &str, why: &dyn std::fmt::Display) -> Self {
        let fault = Fault {
            header: Some(name.to_owned()),
            detail: why.to_string(),
            ..Fault::default()
        };
        Self::new(Kind::Malformed, format!("header {name}: {why}")).with(fault)
    }

    pub(super) fn body(pointer: &str, why: &dyn std::fmt::Display) -> Self {
        let fault = Fault {
            pointer: Some(pointer.to_owned()),
            detail: why.to_string(),
            ..Fault::default()
        };
        let place = if pointer.is_empty() {
            "the body"
        } else {
            pointer
        };
        Self::new(Kind::Invalid, format!("{place}: {why}")).with(fault)
    }

    /// Somebody else has what a part of the body names.
    fn taken(pointer: &str, detail: String) -> Self {
        let fault = Fault {
            pointer: Some(pointer.to_owned()),
            detail: detail.clone(),
            ..Fault::default()
        };
        Self::new(Kind::Conflict, detail).coded("taken").with(fault)
    }

    /// With the word of the rule that stands against it.
    fn coded(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(super) fn with(mut self, fault: Fault) -> Self {
        self.errors.push(fault);
        self
    }

    /// What is wrong with one row of many.
    pub(super) fn row(self) -> RowProblem {
        let (status, slug, title) = self.kind.row();
        RowProblem {
            kind: format!("{TYPE_PREFIX}{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            code: self.code.map(str::to_owned),
            errors: self.errors,
        }
    }

    /// What kind of problem it is.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is wrong and how to mend it.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The finished answer.
    pub(super) fn render(self, instance: &str, request_id: &str) -> Response {
        let (status, slug, title) = self.kind.row();
        let problem = Problem {
            kind: format!("{TYPE_PREFIX}{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            instance: instance.to_owned(),
            request_id: request_id.to_owned(),
            code: self.code.map(str::to_owned),
            error: self.word.map(str::to_owned),
            errors: self.errors,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Kind::TooMany { seconds } = self.kind {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind.is_passing() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.kind == Kind::NotAuthorised {
            let challenge = HeaderValue::from_static("Bearer realm=\"countersign\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Only marks the response; whoever frames it writes the body.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, ..) = self.kind.row();
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The faults of a form, each by its place in the body.
fn form(detail: String, errors: Vec<FormError>) -> ApiError {
    let faults = errors.into_iter().map(|error| Fault {
        pointer: Some(format!("/form{}", error.pointer)),
        detail: error.message,
        ..Fault::default()
    });
    let invalid = ApiError::new(Kind::Invalid, detail);
    faults.fold(invalid, ApiError::with)
}

fn refused(refusal: &Refusal) -> Kind {
    match refusal.kind() {
        RefusalKind::Rule => Kind::Refused,
        RefusalKind::Conflict => Kind::Conflict,
    }
}

/// The entries that may be meant, the nearest first.
fn near_names(detail: String, near: Vec<NearBeneficiary>) -> ApiError {
    let faults = near.into_iter().map(|near| Fault {
        pointer: Some("/name".to_owned()),
        detail: format!("beneficiary {}: {}", near.entry.id, near.entry.name),
        ..Fault::default()
    });
    let conflict = ApiError::new(Kind::NearNames, detail);
    faults.fold(conflict, ApiError::with)
}

fn document(error: &DocumentError) -> Kind {
    match error {
        DocumentError::TooLarge { .. } => Kind::TooLarge,
        DocumentError::Type => Kind::UnsupportedMediaType,
        _ => Kind::Rejected,
    }
}

fn people(error: &PeopleError, detail: String) -> ApiError {
    match error {
        PeopleError::Refused | PeopleError::SignedOut | PeopleError::Key => {
            ApiError::new(Kind::NotAuthorised, detail)
        }
        PeopleError::Wait { seconds } => ApiError::new(Kind::TooMany { seconds: *seconds }, detail),
        PeopleError::Input { field, reason } => ApiError::body(&format!("/{field}"), reason),
        PeopleError::Taken { field, .. } => ApiError::taken(&format!("/{field}"), detail),
        PeopleError::Password(rule) => ApiError::body("/password", rule),
        PeopleError::Missing(_) => ApiError::new(Kind::NotFound, detail),
        PeopleError::State { .. } => ApiError::new(Kind::Conflict, detail).coded("user-state"),
        PeopleError::Decided { .. } => ApiError::new(Kind::Conflict, detail).coded("decided"),
        PeopleError::Weak => ApiError::new(Kind::SecondFactor, detail),
        PeopleError::Changed { .. } => ApiError::new(Kind::Changed, detail),
        _ => ApiError::new(Kind::Rejected, detail),
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        match error {
            AppError::Refused(refusal) => {
                Self::new(refused(&refusal), detail).coded(refusal.code())
            }
            AppError::ByProcess { refusal, .. } => {
                Self::new(refused(&refusal), detail).coded(refusal.code())
            }
            AppError::HalfDone { why, .. } => Self {
                detail,
                ..Self::from(*why)
            },
            AppError::Near(near) => near_names(detail, near),
            AppError::Taken { pointer, .. } => Self::taken(pointer, detail),
            AppError::Conflict { .. } => Self::new(Kind::Conflict, detail).coded("request-used"),
            AppError::Busy | AppError::Bridge(BridgeFault::AtWork(_)) => {
                Self::new(Kind::Busy, detail)
            }
            AppError::Bridge(BridgeFault::Away { .. }) => Self::new(Kind::Unreachable, detail),
            AppError::Bridge(BridgeFault::Absent(_)) => Self::new(Kind::NotFound, detail),
            AppError::Bridge(BridgeFault::Store { .. }) => Self::new(Kind::Internal, detail),
            AppError::ReadOnly(_) => Self::new(Kind::ReadOnly, detail),
            AppError::NotFound { .. } => Self::new(Kind::NotFound, detail),
            AppError::BadInput { field, why } => match field {
                Field::Body(pointer) => Self::body(&pointer, &why),
                Field::Parameter(name) => Self::parameter(name, &why),
                Field::Header(name) => Self::header(name, &why),
            },
            AppError::NotAuthorised => Self::new(Kind::NotAuthorised, detail),
            AppError::Forbidden(Forbidden::NotEnrolled | Forbidden::SecondFactor(_)) => {
                Self::new(Kind::SecondFactor, detail)
            }
            AppError::Forbidden(_)
            | AppError::SamePerson(_)
            | AppError::PersonNeeded
            | AppError::OperatorNeeded => Self::new(Kind::Forbidden, detail),
            AppError::Form { errors, .. } => form(detail, errors),
            AppError::People(error) => people(&error, detail),
            AppError::NotListed(_) => Self::new(Kind::NotReady, detail),
            AppError::Document(error) => Self::new(document(&error), detail),
            AppError::Report(error) => match *error {
                ReportError::Taken { .. } => {
                    Self::new(Kind::Conflict, detail).coded("version-kept")
                }
                _ => Self::new(Kind::Rejected, detail),
            },
            AppError::NotWitnessed { .. } => Self::new(Kind::NotWitnessed, detail),
            AppError::Federation(FederationError::Unreachable { .. }) => {
                Self::new(Kind::Unreachable, detail)
            }
            AppError::Federation(_) | AppError::Letter(_) => Self::new(Kind::Rejected, detail),
            AppError::Internal => Self::new(Kind::Internal, detail),
        }
    }
}
