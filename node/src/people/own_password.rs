//! Changing the own password.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::audit::{self, AuditEvent, By, Note};
use super::contact::Email;
use super::error::PeopleError;
use super::id::UserId;
use super::password::check_password;
use super::secret::Password;
use super::sign_in::set_hash;
use super::throttle::{self, Charge};
use super::user;
use super::{People, Principal, Visit};

impl People {
    /// Changes the own password and ends every other session. Wrong old passwords count like wrong sign-ins.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when the old password is wrong; [`PeopleError::Password`] when the new one breaks a rule;
    /// [`PeopleError::SignedOut`] when an API key asks.
    pub async fn change_password(
        &self,
        who: &Principal,
        old: &Password,
        new: &Password,
        visit: &Visit,
    ) -> Result<(), PeopleError> {
        let session = who.session().ok_or(PeopleError::SignedOut)?;
        let mut tx = self.store().begin().await?;
        let (email, kept) = credentials(&mut tx, who.user).await?;
        let charges = [
            Charge::Account(email.expose()),
            Charge::Address(visit.address),
        ];
        throttle::charge(&mut tx, &self.store().salt, &charges, visit.now_ms).await?;
        tx.commit().await?;
        if !self.verify(old, Some(&kept)).await? {
            return Err(PeopleError::Refused);
        }
        check_password(new, &email)?;
        let hash = self.hasher().hash(new).await?;
        let mut tx = self.store().begin().await?;
        if credentials(&mut tx, who.user).await?.1 != kept {
            return Err(PeopleError::Refused);
        }
        set_hash(&mut tx, who.user, &hash).await?;
        for charge in charges {
            throttle::give_back(&mut tx, &self.store().salt, charge).await?;
        }
        user::end_sign_ins(&mut tx, who.user, Some(session)).await?;
        let note = Note::new(By::User(who.user), who.user, AuditEvent::PasswordChanged);
        audit::write(&mut tx, visit.now_ms, note.from(visit.address)).await?;
        Ok(tx.commit().await?)
    }
}

/// E-mail address and kept password of an active user.
async fn credentials(
    tx: &mut SqliteConnection,
    user: UserId,
) -> Result<(Email, String), PeopleError> {
    let row = sqlx::query("SELECT email, password FROM users WHERE id = ? AND state = 'active'")
        .bind(user.column())
        .fetch_optional(tx)
        .await?;
    let row = row.ok_or(PeopleError::SignedOut)?;
    let email = Email::from_column(row.try_get("email")?);
    Ok((email, row.try_get("password")?))
}
