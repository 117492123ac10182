//! Sessions: an opaque token, its hash in the file, and everything about its user read anew at each use.

use std::net::IpAddr;

use countersign_protocol::id::OrganisationId;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::audit::{self, AuditEvent, By, Note};
use super::error::PeopleError;
use super::id::{SessionId, UserId};
use super::principal::{Principal, Proof};
use super::secret::SessionToken;
use super::store::{column, number};
use super::user;
use super::{People, Visit};

/// The most sessions of a user; the one used longest ago makes room.
pub const SESSIONS_MAX: usize = 20;
/// How exactly the last use is kept, in milliseconds: not every request writes.
pub const LAST_USE_STEP_MS: u64 = 60_000;
/// The longest name of a device that is kept, in characters.
pub const DEVICE_CHARS_MAX: usize = 120;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 3_600_000;

/// A session that was just opened. Has no `Debug`: it holds a secret.
pub struct NewSession {
    /// The secret for the client.
    pub token: SessionToken,
    /// The id for lists.
    pub session: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it ends in any case, in milliseconds since 1970.
    pub expires_ms: u64,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// What the client called itself.
    pub device: String,
    /// From where it was opened.
    pub address: Option<IpAddr>,
    /// Whether a second factor was shown.
    pub by_second_factor: bool,
    /// When it was opened, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last, to [`LAST_USE_STEP_MS`].
    pub used_ms: u64,
}

impl People {
    /// Who shows this token. Role, organisation and state are those of this moment.
    ///
    /// # Errors
    /// [`PeopleError::SignedOut`] when there is no such session, it has ended, or the user is not active.
    pub async fn authenticate(
        &self,
        token: &SessionToken,
        now_ms: u64,
    ) -> Result<Principal, PeopleError> {
        let (principal, session, used_ms) = self.shown(token, now_ms).await?;
        if now_ms.saturating_sub(used_ms) >= LAST_USE_STEP_MS {
            self.touch(session, now_ms).await?;
        }
        Ok(principal)
    }

    /// Who shows this token, without using the session: it ends as if nobody had asked.
    ///
    /// # Errors
    /// As [`People::authenticate`].
    pub async fn recognise(
        &self,
        token: &SessionToken,
        now_ms: u64,
    ) -> Result<Principal, PeopleError> {
        Ok(self.shown(token, now_ms).await?.0)
    }

    /// Who shows a token, which session that is, and when it was last used.
    async fn shown(
        &self,
        token: &SessionToken,
        now_ms: u64,
    ) -> Result<(Principal, SessionId, u64), PeopleError> {
        let row = sqlx::query(
            "SELECT sessions.id, user, strong, sessions.created_ms, used_ms, organisation, role \
             FROM sessions JOIN users ON users.id = user WHERE hash = ? AND state = 'active'",
        )
        .bind(token.digest().as_slice())
        .fetch_optional(self.store().reader())
        .await?;
        let row = row.ok_or(PeopleError::SignedOut)?;
        let used_ms = number(row.try_get("used_ms")?);
        if self.has_ended(number(row.try_get("created_ms")?), used_ms, now_ms) {
            return Err(PeopleError::SignedOut);
        }
        let session = SessionId::from_column(row.try_get("id")?)?;
        let is_strong: bool = row.try_get("strong")?;
        let principal = Principal {
            user: UserId::from_column(row.try_get("user")?)?,
            organisation: OrganisationId(row.try_get("organisation")?),
            role: row.try_get("role")?,
            proof: if is_strong {
                Proof::SecondFactor(session)
            } else {
                Proof::Password(session)
            },
        };
        Ok((principal, session, used_ms))
    }

    fn has_ended(&self, created_ms: u64, used_ms: u64, now_ms: u64) -> bool {
        let settings = self.settings();
        let idle_ms = u64::from(settings.session_idle_minutes) * MINUTE_MS;
        let life_ms = u64::from(settings.session_life_hours) * HOUR_MS;
        now_ms >= used_ms.saturating_add(idle_ms) || now_ms >= created_ms.saturating_add(life_ms)
    }

    async fn touch(&self, session: SessionId, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        sqlx::query("UPDATE sessions SET used_ms = max(used_ms, ?) WHERE id = ?")
            .bind(column(now_ms))
            .bind(session.column())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A user's sessions that have not ended, the one used last first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn sessions(&self, user: UserId, now_ms: u64) -> Result<Vec<Session>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, device, address, strong, created_ms, used_ms FROM sessions WHERE user = ? \
             ORDER BY used_ms DESC, id",
        )
        .bind(user.column())
        .fetch_all(self.store().reader())
        .await?;
        let all: Result<Vec<Session>, PeopleError> = rows.iter().map(session).collect();
        let mut open = all?;
        open.retain(|session| !self.has_ended(session.created_ms, session.used_ms, now_ms));
        Ok(open)
    }

    /// Ends one session of a user, also the own one (signing out).
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no such session.
    pub async fn revoke_session(
        &self,
        by: By,
        user: UserId,
        session: SessionId,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let ended = sqlx::query("DELETE FROM sessions WHERE id = ? AND user = ?")
            .bind(session.column())
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() == 0 {
            return Err(PeopleError::Missing("session"));
        }
        audit::write(&mut tx, now_ms, Note::new(by, user, AuditEvent::SignedOut)).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of a user but one, or all.
    ///
    /// # Errors
    /// [`PeopleError::UnknownUser`] when there is no such user.
    pub async fn revoke_sessions(
        &self,
        by: By,
        user: UserId,
        but: Option<SessionId>,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        user::found(&mut tx, user).await?;
        user::end_sign_ins(&mut tx, user, but).await?;
        let note = Note::new(by, user, AuditEvent::SignedOutEverywhere);
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}

/// Opens a session for a user who proved who it is.
pub(super) async fn begin(
    people: &People,
    tx: &mut SqliteConnection,
    user: UserId,
    is_strong: bool,
    visit: &Visit,
) -> Result<NewSession, PeopleError> {
    let (token, session) = (SessionToken::draw()?, SessionId::draw()?);
    sqlx::query(
        "DELETE FROM sessions WHERE user = ?1 AND id NOT IN \
         (SELECT id FROM sessions WHERE user = ?1 ORDER BY used_ms DESC, id LIMIT ?2)",
    )
    .bind(user.column())
    .bind(column(SESSIONS_MAX as u64 - 1))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO sessions (id, hash, user, strong, device, address, created_ms, used_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )
    .bind(session.column())
    .bind(token.digest().as_slice())
    .bind(user.column())
    .bind(is_strong)
    .bind(device(&visit.device))
    .bind(visit.address.to_string())
    .bind(column(visit.now_ms))
    .execute(tx)
    .await?;
    let life_ms = u64::from(people.settings().session_life_hours) * HOUR_MS;
    Ok(NewSession {
        token,
        session,
        user,
        expires_ms: visit.now_ms.saturating_add(life_ms),
    })
}

/// Whether a session may change how its user signs in: a guarded account wants one that showed a second factor.
pub(super) async fn check_strength(
    tx: &mut SqliteConnection,
    user: UserId,
    session: SessionId,
) -> Result<(), PeopleError> {
    let is_strong: Option<bool> =
        sqlx::query_scalar("SELECT strong FROM sessions WHERE id = ? AND user = ?")
            .bind(session.column())
            .bind(user.column())
            .fetch_optional(&mut *tx)
            .await?;
    let is_strong = is_strong.ok_or(PeopleError::SignedOut)?;
    if !is_strong && user::is_guarded(tx, user).await? {
        return Err(PeopleError::Weak);
    }
    Ok(())
}

/// The session has shown a second factor now.
pub(super) async fn strengthen(
    tx: &mut SqliteConnection,
    user: UserId,
    session: SessionId,
) -> Result<(), PeopleError> {
    sqlx::query("UPDATE sessions SET strong = 1 WHERE id = ? AND user = ?")
        .bind(session.column())
        .bind(user.column())
        .execute(tx)
        .await?;
    Ok(())
}

/// What a client called itself, short and printable.
fn device(text: &str) -> String {
    let printable = text.chars().filter(|c| !c.is_control());
    printable.take(DEVICE_CHARS_MAX).collect()
}

fn session(row: &SqliteRow) -> Result<Session, PeopleError> {
    let address: &str = row.try_get("address")?;
    Ok(Session {
        id: SessionId::from_column(row.try_get("id")?)?,
        device: row.try_get("device")?,
        address: address.parse().ok(),
        by_second_factor: row.try_get("strong")?,
        created_ms: number(row.try_get("created_ms")?),
        used_ms: number(row.try_get("used_ms")?),
    })
}
