//! Who signed in and who changed what about people. Holds ids and words; the only personal datum is the network address,
//! which goes with its user.

use std::fmt;
use std::net::IpAddr;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};

/// The most entries of one page.
pub const AUDIT_PAGE_MAX: u32 = 500;
/// How long failed sign-ins are kept, in milliseconds: 180 days. Everything else is kept for ever.
pub const AUDIT_FAILURES_KEPT_MS: u64 = 180 * 24 * 3_600_000;

/// Who does something about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A user.
    User(UserId),
    /// The operator at the machine, or the node itself.
    Operator,
}

impl From<UserId> for By {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditEvent { $($(#[$doc])* $name,)+ }

        impl AuditEvent {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word that stands in the file and goes to clients.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

events! {
    /// A user was invited. Detail: the role.
    Invited = "invited",
    /// An invitation was accepted.
    Joined = "joined",
    /// A sign-in was completed. Detail: how.
    SignedIn = "signed-in",
    /// A sign-in failed. Without a user where the address is nobody's.
    SignInFailed = "sign-in-failed",
    /// A session was ended before its time.
    SignedOut = "signed-out",
    /// All sessions of a user were ended.
    SignedOutEverywhere = "signed-out-everywhere",
    /// A user changed the own password.
    PasswordChanged = "password-changed",
    /// A link for a new password was made.
    ResetRequested = "reset-requested",
    /// A new password was set by a link.
    PasswordReset = "password-reset",
    /// Another role. Detail: old and new.
    RoleChanged = "role-changed",
    /// Name, telephone number or language changed.
    ProfileChanged = "profile-changed",
    /// A user may not sign in for the time being.
    Suspended = "suspended",
    /// A suspension ended.
    Reactivated = "reactivated",
    /// A second factor was added. Detail: which.
    FactorAdded = "factor-added",
    /// The second factors were taken away.
    FactorsRemoved = "factors-removed",
    /// A recovery code was used. Detail: how many are left.
    RecoveryCodeUsed = "recovery-code-used",
    /// New recovery codes.
    RecoveryCodesDrawn = "recovery-codes-drawn",
    /// An API key was made. Detail: its id.
    ApiKeyCreated = "api-key-created",
    /// An API key was revoked. Detail: its id.
    ApiKeyRevoked = "api-key-revoked",
    /// A user's personal data was removed.
    Erased = "erased",
}

impl fmt::Display for AuditEvent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, ascending.
    pub id: u64,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Who did it; none for the operator and for strangers.
    pub actor: Option<UserId>,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// What happened.
    pub event: AuditEvent,
    /// More about it, as the event says.
    pub detail: Option<String>,
    /// From which network address; gone with an erased user.
    pub address: Option<IpAddr>,
}

/// An entry to be written.
pub(super) struct Note<'a> {
    pub(super) by: Option<By>,
    pub(super) user: Option<UserId>,
    pub(super) event: AuditEvent,
    pub(super) detail: Option<&'a str>,
    pub(super) address: Option<IpAddr>,
}

impl<'a> Note<'a> {
    pub(super) fn new(by: By, user: UserId, event: AuditEvent) -> Self {
        Self {
            by: Some(by),
            user: Some(user),
            event,
            detail: None,
            address: None,
        }
    }

    pub(super) const fn detail(mut self, detail: &'a str) -> Self {
        self.detail = Some(detail);
        self
    }

    pub(super) const fn from(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }
}

pub(super) async fn write(
    tx: &mut SqliteConnection,
    now_ms: u64,
    note: Note<'_>,
) -> Result<(), PeopleError> {
    let actor = match note.by {
        Some(By::User(user)) => Some(user),
        _ => None,
    };
    sqlx::query(
        "INSERT INTO audit (time_ms, actor, user, event, detail, address) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(column(now_ms))
    .bind(actor.map(UserId::column))
    .bind(note.user.map(UserId::column))
    .bind(note.event.word())
    .bind(note.detail)
    .bind(note.address.map(|address| address.to_string()))
    .execute(tx)
    .await?;
    Ok(())
}

impl People {
    /// The log before entry `before` (from the newest when none), newest first, at most `limit` entries and
    /// [`AUDIT_PAGE_MAX`]; all of it, or what is about one user.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn audit(
        &self,
        user: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, time_ms, actor, user, event, detail, address FROM audit \
             WHERE id < ?1 AND (?2 IS NULL OR user = ?2) ORDER BY id DESC LIMIT ?3",
        )
        .bind(before.map_or(i64::MAX, column))
        .bind(user.map(UserId::column))
        .bind(limit.min(AUDIT_PAGE_MAX))
        .fetch_all(self.store().reader())
        .await?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &SqliteRow) -> Result<AuditEntry, PeopleError> {
    let word: &str = row.try_get("event")?;
    let event = AuditEvent::ALL.iter().find(|event| event.word() == word);
    let id = |column: Option<i64>| column.map(UserId::from_column).transpose();
    let address: Option<String> = row.try_get("address")?;
    Ok(AuditEntry {
        id: number(row.try_get("id")?),
        time_ms: number(row.try_get("time_ms")?),
        actor: id(row.try_get("actor")?)?,
        user: id(row.try_get("user")?)?,
        event: *event.ok_or(PeopleError::Damaged("an event"))?,
        detail: row.try_get("detail")?,
        address: address.and_then(|address| address.parse().ok()),
    })
}
