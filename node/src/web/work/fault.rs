//! What went wrong with something that somebody sent, beside the fields that it is about.

use crate::app::AppError;
use crate::http::problem::{ApiError, Kind};
use crate::people::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordRule, PeopleError};
use crate::web::page::Page;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where it is mended: an id on the page, or another page.
    pub(super) link: Option<String>,
    pub(super) text: String,
    /// What the registry says itself, in English.
    pub(super) detail: Option<String>,
}

impl Fault {
    /// Something that is wrong with a field, in the reader's language.
    pub(super) fn at(field: &str, text: impl Into<String>) -> Self {
        Self {
            link: Some(format!("#{field}")),
            text: text.into(),
            detail: None,
        }
    }

    /// Something that is wrong with the whole.
    pub(super) fn whole(text: impl Into<String>) -> Self {
        Self {
            link: None,
            text: text.into(),
            detail: None,
        }
    }

    pub(super) fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// What stands against a wish, in the reader's language as far as there are words for it.
///
/// # Errors
/// The error itself where it is the node's and not the wish's: then the page says so as a whole.
pub(super) fn of(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    if let AppError::People(error) = &error {
        return Ok(of_people(page, error));
    }
    let detail = error.to_string();
    let key = match &error {
        AppError::Refused(_) | AppError::ByProcess { .. } => "fault-rules",
        AppError::Forbidden(_) | AppError::PersonNeeded | AppError::OperatorNeeded => {
            "fault-forbidden"
        }
        AppError::SamePerson(_) => "fault-same-person",
        AppError::Busy => "fault-busy",
        AppError::Conflict { .. } => "fault-sent-before",
        AppError::BadInput { .. } | AppError::Form { .. } => "fault-input",
        AppError::Near(_) | AppError::Taken { .. } => "fault-taken",
        AppError::Document(_) => "fault-document",
        AppError::Letter(_) => "fault-letter",
        AppError::Federation(_) => "fault-federation",
        AppError::Report(_) => "fault-report",
        AppError::HalfDone { .. } => "fault-half-done",
        AppError::NotFound { .. }
        | AppError::NotAuthorised
        | AppError::Internal
        | AppError::ReadOnly(_)
        | AppError::NotListed(_)
        | AppError::NotWitnessed { .. }
        | AppError::Bridge(_)
        | AppError::People(_) => return Err(error.into()),
    };
    Ok(Fault::whole(page.t(key)).with(detail))
}

fn of_people(page: &Page, error: &PeopleError) -> Fault {
    match error {
        PeopleError::Refused => Fault::whole(page.t("fault-refused")),
        PeopleError::Wait { seconds } => Fault::whole(page.counted("fault-wait", *seconds)),
        PeopleError::Link => Fault::at("code", page.t("fault-code")),
        PeopleError::Weak => Fault::whole(page.t("fault-weak")),
        PeopleError::Password(rule) => Fault::at("password", of_password(page, *rule)),
        PeopleError::Changed { .. } => Fault::whole(page.t("fault-changed")),
        PeopleError::Input { field, .. } => {
            Fault::at(field, page.t("fault-input")).with(error.to_string())
        }
        PeopleError::Decided { .. } => Fault::whole(page.t("fault-decided")),
        other => Fault::whole(page.t("fault-rules")).with(other.to_string()),
    }
}

fn of_password(page: &Page, rule: PasswordRule) -> String {
    let number = |count: usize| page.n(u64::try_from(count).unwrap_or(u64::MAX));
    match rule {
        PasswordRule::Short => page.t1("fault-password-short", "least", number(PASSWORD_CHARS_MIN)),
        PasswordRule::Long => page.t1("fault-password-long", "most", number(PASSWORD_CHARS_MAX)),
        PasswordRule::Email => page.t("fault-password-email"),
        PasswordRule::Common => page.t("fault-password-common"),
    }
}

/// The status of a page that shows what stands against a wish.
pub(super) fn status(error: &AppError) -> axum::http::StatusCode {
    let kind: ApiError = error.clone().into();
    match kind.kind() {
        // The page is there; what is refused is the wish.
        Kind::NotAuthorised => axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        kind => kind.status(),
    }
}
