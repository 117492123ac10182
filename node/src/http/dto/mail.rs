//! Mail: its state for the operator, and who gets news.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/v1/mail`: how mail stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailStatusView {
    /// `folder` or `smtp`.
    pub sink: String,
    /// Mails that wait.
    pub waiting: u64,
    /// Since when the oldest of them does, in milliseconds since 1970.
    pub oldest_ms: Option<u64>,
    /// Mails that could not be sent.
    pub dead: u64,
    /// Mails that went out since the node was started.
    pub sent: u64,
    /// Why nothing goes out at the moment.
    pub fault: Option<String>,
    /// Mails that could not be sent, then mails that wait; the first 200.
    pub mails: Vec<MailView>,
}

/// A mail in the queue. Neither its address nor its content is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailView {
    /// Its number in the queue.
    pub mail: u64,
    /// `invitation`, `reset`, `waits`, `reminder` or `decision`.
    pub kind: String,
    /// Whom it is for, by pseudonym.
    pub user: u64,
    /// The domain of the address.
    pub domain: String,
    /// The language.
    pub language: String,
    /// When it was queued, in milliseconds since 1970.
    pub queued_ms: u64,
    /// When it is tried next.
    pub next_ms: u64,
    /// How often it was tried.
    pub tries: u32,
    /// What the server said last.
    pub fault: Option<String>,
    /// When it was given up.
    pub dead_ms: Option<u64>,
}

/// `POST /api/v1/mail/retry`: mail that could not be sent is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryMail {
    /// One of them; all when none is named.
    #[serde(default)]
    pub mail: Option<u64>,
}

/// The answer to `POST /api/v1/mail/retry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailRetried {
    /// How many are tried again.
    pub mails: u64,
}

/// `GET` and `PUT /api/v1/me/notifications`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Whether news comes by mail. One-time codes always do.
    pub mail: bool,
}
