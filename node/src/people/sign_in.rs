//! Signing in: a password, then a second factor where there is one.
//!
//! Unknown address, wrong password, suspended user: one answer and the same work for all.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::audit::{self, AuditEvent, By, Note};
use super::contact::Email;
use super::error::PeopleError;
use super::id::UserId;
use super::password::PASSWORD_CHARS_MAX;
use super::secret::{Password, StepToken};
use super::session::{self, NewSession};
use super::store::column;
use super::throttle::{self, Charge};
use super::user;
use super::{People, Visit};

/// How long a sign-in waits for its second factor, in milliseconds: 5 minutes.
pub const STEP_LIFE_MS: u64 = 5 * 60_000;

/// How far a sign-in got. Has no `Debug`: it holds a secret.
pub enum SignIn {
    /// All the way.
    Done(NewSession),
    /// The password was right; a code or a passkey must follow.
    SecondFactor(StepToken),
}

/// A second factor.
pub enum SecondFactor<'a> {
    /// Six digits of an authenticator (RFC 6238).
    Code(&'a str),
    /// One of the printed recovery codes.
    RecoveryCode(&'a str),
}

/// A user whose password is to be compared.
struct Candidate {
    id: UserId,
    password: String,
    is_active: bool,
    is_guarded: bool,
}

impl People {
    /// Signs in by e-mail address and password.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when it is not right; [`PeopleError::Wait`] after too many failures, also when it is.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &Password,
        visit: &Visit,
    ) -> Result<SignIn, PeopleError> {
        let salt = &self.store().salt;
        let charges = [Charge::Account(email), Charge::Address(visit.address)];
        let mut tx = self.store().begin().await?;
        throttle::charge(&mut tx, salt, &charges, visit.now_ms).await?;
        let candidate = candidate(&mut tx, email).await?;
        tx.commit().await?;

        let kept = candidate
            .as_ref()
            .map(|candidate| candidate.password.as_str());
        let is_right = self.verify(password, kept).await?;
        let Some(candidate) = candidate.filter(|candidate| is_right && candidate.is_active) else {
            self.note_failure(email, visit).await?;
            return Err(PeopleError::Refused);
        };

        let renewed = if self.hasher().is_outdated(&candidate.password) {
            Some(self.hasher().hash(password).await?)
        } else {
            None
        };
        let mut tx = self.store().begin().await?;
        // Read again: while the password was compared, the user may have been suspended or the password changed.
        let is_same =
            sqlx::query("SELECT 1 FROM users WHERE id = ? AND state = 'active' AND password = ?")
                .bind(candidate.id.column())
                .bind(&candidate.password)
                .fetch_optional(&mut *tx)
                .await?;
        if is_same.is_none() {
            return Err(PeopleError::Refused);
        }
        if let Some(hash) = renewed {
            set_hash(&mut tx, candidate.id, &hash).await?;
        }
        throttle::give_back(&mut tx, salt, Charge::Address(visit.address)).await?;
        let done = if candidate.is_guarded {
            throttle::give_back(&mut tx, salt, Charge::Account(email)).await?;
            SignIn::SecondFactor(begin_step(&mut tx, candidate.id, visit.now_ms).await?)
        } else {
            throttle::clear(&mut tx, salt, Charge::Account(email)).await?;
            let note = Note::new(By::User(candidate.id), candidate.id, AuditEvent::SignedIn);
            let note = note.detail("password").from(visit.address);
            audit::write(&mut tx, visit.now_ms, note).await?;
            SignIn::Done(session::begin(self, &mut tx, candidate.id, false, visit).await?)
        };
        tx.commit().await?;
        Ok(done)
    }

    /// Completes a sign-in with a second factor. A code works once; the step itself may be tried again until it expires.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when code or step are not right; [`PeopleError::Wait`] after too many wrong codes.
    pub async fn complete(
        &self,
        step: &StepToken,
        factor: SecondFactor<'_>,
        visit: &Visit,
    ) -> Result<NewSession, PeopleError> {
        let salt = &self.store().salt;
        let mut tx = self.store().begin().await?;
        let user = step_holder(&mut tx, step, visit.now_ms).await?;
        let charges = [Charge::Codes(user), Charge::Address(visit.address)];
        throttle::charge(&mut tx, salt, &charges, visit.now_ms).await?;
        let how = match factor {
            SecondFactor::Code(code) => super::totp::check(&mut tx, user, code, visit.now_ms)
                .await?
                .then_some("password and code"),
            SecondFactor::RecoveryCode(code) => {
                super::recovery::check(&mut tx, user, code, visit.now_ms)
                    .await?
                    .then_some("password and recovery code")
            }
        };
        let Some(how) = how else {
            let note = Note::new(By::User(user), user, AuditEvent::SignInFailed);
            audit::write(
                &mut tx,
                visit.now_ms,
                note.detail("code").from(visit.address),
            )
            .await?;
            tx.commit().await?;
            return Err(PeopleError::Refused);
        };
        let session = self.finish(&mut tx, user, how, visit).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// What every completed second factor does.
    pub(super) async fn finish(
        &self,
        tx: &mut SqliteConnection,
        user: UserId,
        how: &str,
        visit: &Visit,
    ) -> Result<NewSession, PeopleError> {
        self.forget_throttles(tx, user).await?;
        throttle::give_back(tx, &self.store().salt, Charge::Address(visit.address)).await?;
        sqlx::query("DELETE FROM steps WHERE user = ?")
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        let note = Note::new(By::User(user), user, AuditEvent::SignedIn);
        audit::write(tx, visit.now_ms, note.detail(how).from(visit.address)).await?;
        session::begin(self, tx, user, true, visit).await
    }

    pub(super) async fn verify(
        &self,
        password: &Password,
        kept: Option<&str>,
    ) -> Result<bool, PeopleError> {
        // No password of this length was ever accepted; a megabyte must not be hashed.
        if password.expose().chars().count() > PASSWORD_CHARS_MAX {
            let nobody = Password::new(String::new());
            return self.hasher().verify(&nobody, None).await;
        }
        self.hasher().verify(password, kept).await
    }

    async fn note_failure(&self, email: &str, visit: &Visit) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let user = candidate(&mut tx, email)
            .await?
            .map(|candidate| candidate.id);
        let note = Note {
            by: None,
            user,
            event: AuditEvent::SignInFailed,
            detail: Some("password"),
            address: Some(visit.address),
        };
        audit::write(&mut tx, visit.now_ms, note).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets what is charged to a user's account and codes.
    pub(super) async fn forget_throttles(
        &self,
        tx: &mut SqliteConnection,
        user: UserId,
    ) -> Result<(), PeopleError> {
        let salt = &self.store().salt;
        throttle::clear(tx, salt, Charge::Codes(user)).await?;
        if let Some(email) = user::found(tx, user).await?.email {
            throttle::clear(tx, salt, Charge::Account(email.expose())).await?;
            throttle::clear(tx, salt, Charge::Reset(email.expose())).await?;
        }
        Ok(())
    }
}

async fn candidate(
    tx: &mut SqliteConnection,
    email: &str,
) -> Result<Option<Candidate>, PeopleError> {
    let Ok(email) = email.parse::<Email>() else {
        return Ok(None);
    };
    let row = sqlx::query(
        "SELECT id, password, state = 'active' AS is_active, \
         EXISTS (SELECT 1 FROM totp WHERE totp.user = users.id AND confirmed = 1) \
         OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user = users.id) AS is_guarded \
         FROM users WHERE email = ? AND state IN ('active', 'suspended') AND password IS NOT NULL",
    )
    .bind(email.expose())
    .fetch_optional(tx)
    .await?;
    row.map(|row| {
        Ok(Candidate {
            id: UserId::from_column(row.try_get("id")?)?,
            password: row.try_get("password")?,
            is_active: row.try_get("is_active")?,
            is_guarded: row.try_get("is_guarded")?,
        })
    })
    .transpose()
}

pub(super) async fn set_hash(
    tx: &mut SqliteConnection,
    user: UserId,
    hash: &str,
) -> Result<(), PeopleError> {
    sqlx::query("UPDATE users SET password = ? WHERE id = ?")
        .bind(hash)
        .bind(user.column())
        .execute(tx)
        .await?;
    Ok(())
}

async fn begin_step(
    tx: &mut SqliteConnection,
    user: UserId,
    now_ms: u64,
) -> Result<StepToken, PeopleError> {
    let token = StepToken::draw()?;
    sqlx::query("DELETE FROM steps WHERE user = ? AND expires_ms <= ?")
        .bind(user.column())
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO steps (hash, user, expires_ms) VALUES (?, ?, ?)")
        .bind(token.digest().as_slice())
        .bind(user.column())
        .bind(column(now_ms.saturating_add(STEP_LIFE_MS)))
        .execute(tx)
        .await?;
    Ok(token)
}

/// The active user whose sign-in this step is.
pub(super) async fn step_holder(
    tx: &mut SqliteConnection,
    step: &StepToken,
    now_ms: u64,
) -> Result<UserId, PeopleError> {
    step_holder_of(tx, &step.digest(), now_ms).await
}

/// As [`step_holder`], by the digest of the step.
pub(super) async fn step_holder_of(
    tx: &mut SqliteConnection,
    digest: &[u8; 32],
    now_ms: u64,
) -> Result<UserId, PeopleError> {
    let row: Option<i64> = sqlx::query_scalar(
        "SELECT users.id FROM steps JOIN users ON users.id = steps.user \
         WHERE hash = ? AND expires_ms > ? AND state = 'active'",
    )
    .bind(digest.as_slice())
    .bind(column(now_ms))
    .fetch_optional(tx)
    .await?;
    UserId::from_column(row.ok_or(PeopleError::Refused)?)
}
