//! Users: who they are to the registry, and the changes that others make to them.

use std::str::FromStr;

use countersign_protocol::id::OrganisationId;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::contact::{self, Email, Profile};
use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};

/// The most users of one page.
pub const USERS_PAGE_MAX: u32 = 500;

/// Where a user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserState {
    /// Has a link and has not used it.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in for the time being.
    Suspended,
    /// Nothing is left but the pseudonym.
    Erased,
}

impl UserState {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Erased => "erased",
        }
    }

    /// Every state.
    pub const ALL: [Self; 4] = [Self::Invited, Self::Active, Self::Suspended, Self::Erased];

    pub(super) fn from_word(word: &str) -> Result<Self, PeopleError> {
        let found = Self::ALL.into_iter().find(|state| state.word() == word);
        found.ok_or(PeopleError::Damaged("a state of a user"))
    }
}

impl FromStr for UserState {
    type Err = PeopleError;

    fn from_str(text: &str) -> Result<Self, PeopleError> {
        Self::from_word(text).map_err(|_| PeopleError::Input {
            field: "state",
            reason: "it must be invited, active, suspended or erased",
        })
    }
}

/// Which users are wanted; everything that is left out is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// In this role.
    pub role: Option<String>,
    /// Where they stand.
    pub state: Option<UserState>,
}

impl UserQuery {
    /// All users of an organisation.
    #[must_use]
    pub fn of(organisation: OrganisationId) -> Self {
        Self {
            organisation: Some(organisation),
            ..Self::default()
        }
    }
}

/// A user. `Debug` shows no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The pseudonym.
    pub id: UserId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The role in it.
    pub role: String,
    /// Where the user stands.
    pub state: UserState,
    /// When the user was invited, in milliseconds since 1970.
    pub created_ms: u64,
    /// Whether a second factor guards the account.
    pub has_second_factor: bool,
    /// When the user signed in last, in milliseconds since 1970.
    pub signed_in_ms: Option<u64>,
    /// E-mail address and profile; none once erased.
    pub contact: Option<(Email, Profile)>,
}

const COLUMNS: &str = "SELECT id, organisation, role, state, email, name, phone, language, created_ms, \
    (SELECT time_ms FROM audit WHERE audit.user = users.id AND event = 'signed-in' ORDER BY audit.id DESC LIMIT 1) \
    AS signed_in_ms, \
    EXISTS (SELECT 1 FROM totp WHERE totp.user = users.id AND confirmed = 1) \
    OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user = users.id) AS guarded FROM users";

impl People {
    /// One user.
    ///
    /// # Errors
    /// [`PeopleError::UnknownUser`] when there is none of this id.
    pub async fn user(&self, id: UserId) -> Result<User, PeopleError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = ?")))
            .bind(id.column())
            .fetch_optional(self.store().reader())
            .await?;
        user(&row.ok_or(PeopleError::UnknownUser(id))?)
    }

    /// The users after `after` by id, at most `limit` and [`USERS_PAGE_MAX`].
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn users(
        &self,
        query: &UserQuery,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, PeopleError> {
        let filter = "WHERE id > ?1 AND (?2 IS NULL OR organisation = ?2) AND (?4 IS NULL OR role = ?4) \
            AND (?5 IS NULL OR state = ?5) ORDER BY id LIMIT ?3";
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} {filter}")))
            .bind(after.map_or(0, UserId::column))
            .bind(query.organisation.map(|it| i64::from(it.0)))
            .bind(limit.min(USERS_PAGE_MAX))
            .bind(query.role.as_deref())
            .bind(query.state.map(UserState::word))
            .fetch_all(self.store().reader())
            .await?;
        rows.iter().map(user).collect()
    }

    /// Gives a user another role; sessions and keys that are open have it at once. Whether the role exists in the
    /// organisation, and whether two people decided it, is for the caller to check.
    ///
    /// # Errors
    /// [`PeopleError`] when there is no such user, the user is erased, or the role is no id.
    pub async fn set_role(
        &self,
        by: By,
        user: UserId,
        role: &str,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let role = contact::role(role)?;
        let mut tx = self.store().begin().await?;
        give_role(&mut tx, by, user, role, now_ms).await?;
        Ok(tx.commit().await?)
    }

    /// Suspends a user: all sessions end, and API keys open nothing until the user is reactivated.
    ///
    /// # Errors
    /// [`PeopleError::State`] unless the user is active.
    pub async fn suspend(&self, by: By, user: UserId, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        turn(&mut tx, user, UserState::Active, UserState::Suspended).await?;
        end_sign_ins(&mut tx, user, None).await?;
        audit::write(&mut tx, now_ms, Note::new(by, user, AuditEvent::Suspended)).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// [`PeopleError::State`] unless the user is suspended.
    pub async fn reactivate(&self, by: By, user: UserId, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        turn(&mut tx, user, UserState::Suspended, UserState::Active).await?;
        let note = Note::new(by, user, AuditEvent::Reactivated);
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }

    /// Changes name, telephone number and language.
    ///
    /// # Errors
    /// [`PeopleError`] when there is no such user, or the user is erased.
    pub async fn set_profile(
        &self,
        by: By,
        user: UserId,
        profile: &Profile,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        living(&mut tx, user).await?;
        sqlx::query("UPDATE users SET name = ?, phone = ?, language = ? WHERE id = ?")
            .bind(profile.name())
            .bind(profile.phone())
            .bind(profile.language())
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        let note = Note::new(by, user, AuditEvent::ProfileChanged);
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}

pub(super) async fn give_role(
    tx: &mut SqliteConnection,
    by: By,
    user: UserId,
    role: &str,
    now_ms: u64,
) -> Result<(), PeopleError> {
    let before = living(tx, user).await?;
    sqlx::query("UPDATE users SET role = ? WHERE id = ?")
        .bind(role)
        .bind(user.column())
        .execute(&mut *tx)
        .await?;
    let detail = format!("{} to {role}", before.role);
    let note = Note::new(by, user, AuditEvent::RoleChanged).detail(&detail);
    audit::write(tx, now_ms, note).await
}

/// What a change must know of a user before it.
pub(super) struct Before {
    pub(super) state: UserState,
    pub(super) role: String,
    pub(super) email: Option<Email>,
}

pub(super) async fn found(tx: &mut SqliteConnection, id: UserId) -> Result<Before, PeopleError> {
    let row = sqlx::query("SELECT state, role, email FROM users WHERE id = ?")
        .bind(id.column())
        .fetch_optional(tx)
        .await?;
    let row = row.ok_or(PeopleError::UnknownUser(id))?;
    Ok(Before {
        state: UserState::from_word(row.try_get("state")?)?,
        role: row.try_get("role")?,
        email: row
            .try_get::<Option<String>, _>("email")?
            .map(Email::from_column),
    })
}

/// A user that is not erased.
pub(super) async fn living(tx: &mut SqliteConnection, id: UserId) -> Result<Before, PeopleError> {
    let before = found(tx, id).await?;
    if before.state == UserState::Erased {
        return Err(refused(id, before.state));
    }
    Ok(before)
}

pub(super) const fn refused(user: UserId, state: UserState) -> PeopleError {
    PeopleError::State {
        user,
        state: state.word(),
    }
}

async fn turn(
    tx: &mut SqliteConnection,
    user: UserId,
    from: UserState,
    to: UserState,
) -> Result<(), PeopleError> {
    let before = found(tx, user).await?;
    if before.state != from {
        return Err(refused(user, before.state));
    }
    sqlx::query("UPDATE users SET state = ? WHERE id = ?")
        .bind(to.word())
        .bind(user.column())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether a sign-in asks for a second factor.
pub(super) async fn is_guarded(
    tx: &mut SqliteConnection,
    user: UserId,
) -> Result<bool, PeopleError> {
    let guarded = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM totp WHERE user = ?1 AND confirmed = 1) \
         OR EXISTS (SELECT 1 FROM passkeys WHERE user = ?1)",
    )
    .bind(user.column())
    .fetch_one(tx)
    .await?;
    Ok(guarded)
}

/// Ends a user's sessions, half-made sign-ins and open challenges, but for one session.
pub(super) async fn end_sign_ins(
    tx: &mut SqliteConnection,
    user: UserId,
    but: Option<super::id::SessionId>,
) -> Result<(), PeopleError> {
    for statement in [
        "DELETE FROM steps WHERE user = ?",
        "DELETE FROM ceremonies WHERE user = ?",
    ] {
        sqlx::query(statement)
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("DELETE FROM sessions WHERE user = ? AND id <> ?")
        .bind(user.column())
        .bind(but.map_or(0, super::id::SessionId::column))
        .execute(tx)
        .await?;
    Ok(())
}

fn user(row: &SqliteRow) -> Result<User, PeopleError> {
    let text = |name| row.try_get::<Option<String>, _>(name);
    let contact = match (text("email")?, text("name")?, text("language")?) {
        (Some(email), Some(name), Some(language)) => Some((
            Email::from_column(email),
            Profile::from_columns(name, text("phone")?, language),
        )),
        _ => None,
    };
    let organisation: u32 = row.try_get("organisation")?;
    Ok(User {
        id: UserId::from_column(row.try_get("id")?)?,
        organisation: OrganisationId(organisation),
        role: row.try_get("role")?,
        state: UserState::from_word(row.try_get("state")?)?,
        created_ms: number(row.try_get("created_ms")?),
        has_second_factor: row.try_get("guarded")?,
        signed_in_ms: row.try_get::<Option<i64>, _>("signed_in_ms")?.map(number),
        contact,
    })
}

/// Writes a user that was invited.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    id: UserId,
    new: &super::NewUser,
    now_ms: u64,
) -> Result<(), PeopleError> {
    sqlx::query(
        "INSERT INTO users (id, organisation, role, state, email, name, phone, language, created_ms) \
         VALUES (?, ?, ?, 'invited', ?, ?, ?, ?, ?)",
    )
    .bind(id.column())
    .bind(i64::from(new.organisation.0))
    .bind(contact::role(&new.role)?)
    .bind(new.email.expose())
    .bind(new.profile.name())
    .bind(new.profile.phone())
    .bind(new.profile.language())
    .bind(column(now_ms))
    .execute(tx)
    .await?;
    Ok(())
}
