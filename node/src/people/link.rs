//! One-time links: invitations and new passwords. The link goes to the mailbox and nowhere else; only its hash is kept.

use countersign_protocol::id::OrganisationId;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::audit::{self, AuditEvent, By, Note};
use super::contact::{Email, Profile};
use super::error::PeopleError;
use super::id::UserId;
use super::password::check_password;
use super::secret::{LinkToken, Password};
use super::store::column;
use super::throttle::{self, Charge};
use super::user::{self, UserState};
use super::{People, Visit};

/// How long an invitation is good, in milliseconds: 7 days.
pub const INVITATION_LIFE_MS: u64 = 7 * 24 * 3_600_000;
/// How long a link for a new password is good, in milliseconds: 30 minutes.
pub const RESET_LIFE_MS: u64 = 30 * 60_000;

/// Whom to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Where the invitation goes, and the name at sign-in.
    pub email: Email,
    /// Name, telephone number, language.
    pub profile: Profile,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The role in it.
    pub role: String,
}

/// A link to be mailed. Has no `Debug`: it holds a secret.
pub struct Link {
    /// The user whom it is for.
    pub user: UserId,
    /// Where to send it.
    pub email: Email,
    /// The language of the mail.
    pub language: String,
    /// The secret part of the link.
    pub token: LinkToken,
    /// Until when it is good, in milliseconds since 1970.
    pub expires_ms: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Invitation,
    Reset,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }
}

impl People {
    /// Invites a user. Whether somebody has the address already is never said: then the link cannot be used in the end,
    /// which only the owner of the mailbox learns.
    ///
    /// # Errors
    /// [`PeopleError::Input`] when the role is no id.
    pub async fn invite(&self, by: By, new: &NewUser, now_ms: u64) -> Result<Link, PeopleError> {
        let id = UserId::draw()?;
        let mut tx = self.store().begin().await?;
        user::insert(&mut tx, id, new, now_ms).await?;
        let note = Note::new(by, id, AuditEvent::Invited).detail(&new.role);
        audit::write(&mut tx, now_ms, note).await?;
        let language = new.profile.language().to_owned();
        let link = draw(
            &mut tx,
            id,
            new.email.clone(),
            language,
            Purpose::Invitation,
            now_ms,
        );
        let link = link.await?;
        tx.commit().await?;
        Ok(link)
    }

    /// A new link for somebody who has not joined yet; the old one is no good any more.
    ///
    /// # Errors
    /// [`PeopleError::State`] when the user has joined, or is erased.
    pub async fn invite_again(&self, by: By, id: UserId, now_ms: u64) -> Result<Link, PeopleError> {
        let mut tx = self.store().begin().await?;
        let row = sqlx::query("SELECT state, email, language, role FROM users WHERE id = ?")
            .bind(id.column())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(PeopleError::UnknownUser(id))?;
        let state = UserState::from_word(row.try_get("state")?)?;
        if state != UserState::Invited {
            return Err(user::refused(id, state));
        }
        let role: String = row.try_get("role")?;
        let note = Note::new(by, id, AuditEvent::Invited).detail(&role);
        audit::write(&mut tx, now_ms, note).await?;
        let email = Email::from_column(row.try_get("email")?);
        let language = row.try_get("language")?;
        let link = draw(&mut tx, id, email, language, Purpose::Invitation, now_ms).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Sets the first password of an invited user, who may sign in from then on. The link is used up.
    ///
    /// # Errors
    /// [`PeopleError::Link`] when the link is no good, or somebody else has proven the address first;
    /// [`PeopleError::Password`] when the password breaks a rule, which leaves the link good.
    pub async fn accept_invitation(
        &self,
        token: &LinkToken,
        password: &Password,
        visit: &Visit,
    ) -> Result<UserId, PeopleError> {
        self.use_link(token, Purpose::Invitation, password, visit)
            .await
    }

    /// A link for a new password, for the mail to this address; none when nobody has it. The caller answers its client
    /// the same in both cases and at once, before the mail is sent.
    ///
    /// # Errors
    /// [`PeopleError::Wait`] after too many requests for this address or from this network address, whether or not
    /// anybody has it.
    pub async fn request_reset(
        &self,
        email: &str,
        visit: &Visit,
    ) -> Result<Option<Link>, PeopleError> {
        let mut tx = self.store().begin().await?;
        let charges = [Charge::Reset(email), Charge::Address(visit.address)];
        throttle::charge(&mut tx, &self.store().salt, &charges, visit.now_ms).await?;
        let row =
            match email.parse::<Email>() {
                Ok(email) => sqlx::query(
                    "SELECT id, email, language FROM users WHERE email = ? AND state = 'active'",
                )
                .bind(email.expose())
                .fetch_optional(&mut *tx)
                .await?,
                Err(_) => None,
            };
        let mut link = None;
        if let Some(row) = row {
            let id = UserId::from_column(row.try_get("id")?)?;
            let note = Note::new(By::Operator, id, AuditEvent::ResetRequested).from(visit.address);
            audit::write(&mut tx, visit.now_ms, note).await?;
            let email = Email::from_column(row.try_get("email")?);
            let language = row.try_get("language")?;
            link = Some(draw(&mut tx, id, email, language, Purpose::Reset, visit.now_ms).await?);
        }
        tx.commit().await?;
        Ok(link)
    }

    /// Sets a new password by a link and ends all sessions. The second factor stays: a mailbox alone opens nothing.
    ///
    /// # Errors
    /// [`PeopleError::Link`] when the link is no good; [`PeopleError::Password`] when the password breaks a rule.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        password: &Password,
        visit: &Visit,
    ) -> Result<UserId, PeopleError> {
        self.use_link(token, Purpose::Reset, password, visit).await
    }

    async fn use_link(
        &self,
        token: &LinkToken,
        purpose: Purpose,
        password: &Password,
        visit: &Visit,
    ) -> Result<UserId, PeopleError> {
        // Looked at first, so that a stranger's guess costs no password hash and a bad password no link.
        let (_, email) = holder(self.store().reader(), token, purpose, visit.now_ms).await?;
        check_password(password, &email)?;
        let hash = self.hasher().hash(password).await?;
        let mut tx = self.store().begin().await?;
        let (id, email) = holder(&mut *tx, token, purpose, visit.now_ms).await?;
        sqlx::query("DELETE FROM links WHERE user = ?")
            .bind(id.column())
            .execute(&mut *tx)
            .await?;
        let set = sqlx::query("UPDATE users SET state = 'active', password = ? WHERE id = ?")
            .bind(hash)
            .bind(id.column())
            .execute(&mut *tx)
            .await;
        if let Err(sqlx::Error::Database(fault)) = &set
            && fault.is_unique_violation()
        {
            return Err(PeopleError::Link);
        }
        set?;
        let event = match purpose {
            Purpose::Invitation => AuditEvent::Joined,
            Purpose::Reset => AuditEvent::PasswordReset,
        };
        user::end_sign_ins(&mut tx, id, None).await?;
        throttle::clear(&mut tx, &self.store().salt, Charge::Account(email.expose())).await?;
        let note = Note::new(By::User(id), id, event).from(visit.address);
        audit::write(&mut tx, visit.now_ms, note).await?;
        tx.commit().await?;
        Ok(id)
    }
}

/// Whose link it is, if it is good.
async fn holder<'e, E>(
    database: E,
    token: &LinkToken,
    purpose: Purpose,
    now_ms: u64,
) -> Result<(UserId, Email), PeopleError>
where
    E: sqlx::SqliteExecutor<'e>,
{
    let state = match purpose {
        Purpose::Invitation => UserState::Invited,
        Purpose::Reset => UserState::Active,
    };
    let row = sqlx::query(
        "SELECT users.id, users.email FROM links JOIN users ON users.id = links.user \
         WHERE hash = ? AND purpose = ? AND expires_ms > ? AND state = ?",
    )
    .bind(token.digest().as_slice())
    .bind(purpose.word())
    .bind(column(now_ms))
    .bind(state.word())
    .fetch_optional(database)
    .await?;
    let row = row.ok_or(PeopleError::Link)?;
    Ok((
        UserId::from_column(row.try_get("id")?)?,
        Email::from_column(row.try_get("email")?),
    ))
}

/// Draws a link in the place of the ones before it.
async fn draw(
    tx: &mut SqliteConnection,
    user: UserId,
    email: Email,
    language: String,
    purpose: Purpose,
    now_ms: u64,
) -> Result<Link, PeopleError> {
    let life_ms = match purpose {
        Purpose::Invitation => INVITATION_LIFE_MS,
        Purpose::Reset => RESET_LIFE_MS,
    };
    let (token, expires_ms) = (LinkToken::draw()?, now_ms.saturating_add(life_ms));
    sqlx::query("DELETE FROM links WHERE user = ?")
        .bind(user.column())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO links (hash, user, purpose, expires_ms) VALUES (?, ?, ?, ?)")
        .bind(token.digest().as_slice())
        .bind(user.column())
        .bind(purpose.word())
        .bind(column(expires_ms))
        .execute(tx)
        .await?;
    Ok(Link {
        user,
        email,
        language,
        token,
        expires_ms,
    })
}
