//! Passkeys as they are kept: credential ids and what their verifier must remember. The exchange with the browser
//! (W3C Web Authentication) is the verifier's part; this store trusts it and sees to the rest: whose a credential is, the
//! half-made sign-in that it completes, revocation and erasure.

use sqlx::Row;

use super::audit::{self, AuditEvent, By, Note};
use super::contact;
use super::error::PeopleError;
use super::id::UserId;
use super::recovery::{self, RecoveryCodes};
use super::secret::StepToken;
use super::session::NewSession;
use super::sign_in::step_holder;
use super::store::{column, number};
use super::throttle::{self, Charge};
use super::user::{self, UserState};
use super::{People, Visit};

/// The most passkeys of a user.
pub const PASSKEYS_MAX: usize = 10;
/// The longest credential id, in bytes (Web Authentication section 6.1: 1023).
pub const CREDENTIAL_BYTES_MAX: usize = 1023;
/// The most that a verifier may keep with a credential, in bytes.
pub const PASSKEY_STATE_BYTES_MAX: usize = 4096;
/// The longest label of a passkey, in bytes.
pub const PASSKEY_LABEL_BYTES_MAX: usize = 100;

/// A passkey as its verifier needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential id that the authenticator chose.
    pub credential: Vec<u8>,
    /// What the verifier keeps: the public key, the counter, flags. No secret.
    pub state: Vec<u8>,
}

/// A passkey in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyInfo {
    /// The credential id.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

impl People {
    /// Keeps a passkey whose registration the verifier has checked. The first second factor of a user brings recovery
    /// codes.
    ///
    /// # Errors
    /// [`PeopleError::Input`] when something is too long or the credential is kept already, whosever it is;
    /// [`PeopleError::Full`] when the user has [`PASSKEYS_MAX`].
    pub async fn add_passkey(
        &self,
        user: UserId,
        passkey: &Passkey,
        label: &str,
        now_ms: u64,
    ) -> Result<Option<RecoveryCodes>, PeopleError> {
        let label = contact::line("label", label, PASSKEY_LABEL_BYTES_MAX)?;
        let refused = |reason| PeopleError::Input {
            field: "passkey",
            reason,
        };
        let length = passkey.credential.len();
        if length == 0
            || length > CREDENTIAL_BYTES_MAX
            || passkey.state.len() > PASSKEY_STATE_BYTES_MAX
        {
            return Err(refused("its id or its data has no length that is allowed"));
        }
        let mut tx = self.store().begin().await?;
        let before = user::living(&mut tx, user).await?;
        if before.state != UserState::Active {
            return Err(user::refused(user, before.state));
        }
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM passkeys WHERE user = ?1) AS passkeys, \
             EXISTS (SELECT 1 FROM recovery_codes WHERE user = ?1) AS has_codes",
        )
        .bind(user.column())
        .fetch_one(&mut *tx)
        .await?;
        if number(row.try_get("passkeys")?) >= PASSKEYS_MAX as u64 {
            return Err(PeopleError::Full {
                what: "passkeys",
                max: PASSKEYS_MAX,
            });
        }
        let written = sqlx::query(
            "INSERT INTO passkeys (credential, user, label, state, created_ms) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (credential) DO NOTHING",
        )
        .bind(passkey.credential.as_slice())
        .bind(user.column())
        .bind(label)
        .bind(passkey.state.as_slice())
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        if written.rows_affected() == 0 {
            return Err(refused("it is in use; take another one"));
        }
        let note = Note::new(By::User(user), user, AuditEvent::FactorAdded);
        audit::write(&mut tx, now_ms, note.detail("passkey")).await?;
        let has_codes: bool = row.try_get("has_codes")?;
        let codes = if has_codes {
            None
        } else {
            Some(recovery::draw(&mut tx, user).await?)
        };
        tx.commit().await?;
        Ok(codes)
    }

    /// The passkeys of a user.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<PasskeyInfo>, PeopleError> {
        let rows = sqlx::query(
            "SELECT credential, label, created_ms, used_ms FROM passkeys WHERE user = ? \
             ORDER BY created_ms, credential",
        )
        .bind(user.column())
        .fetch_all(self.store().reader())
        .await?;
        let info = |row: &sqlx::sqlite::SqliteRow| {
            Ok(PasskeyInfo {
                credential: row.try_get("credential")?,
                label: row.try_get("label")?,
                created_ms: number(row.try_get("created_ms")?),
                used_ms: row.try_get::<Option<i64>, _>("used_ms")?.map(number),
            })
        };
        rows.iter().map(info).collect()
    }

    /// The passkeys that may complete a sign-in, for the verifier's challenge.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when the step is no good any more.
    pub async fn passkeys_for(
        &self,
        step: &StepToken,
        now_ms: u64,
    ) -> Result<Vec<Passkey>, PeopleError> {
        let mut tx = self.store().begin().await?;
        let user = step_holder(&mut tx, step, now_ms).await?;
        let rows = sqlx::query(
            "SELECT credential, state FROM passkeys WHERE user = ? ORDER BY credential",
        )
        .bind(user.column())
        .fetch_all(&mut *tx)
        .await?;
        let passkey = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Passkey {
                credential: row.try_get("credential")?,
                state: row.try_get("state")?,
            })
        };
        rows.iter().map(passkey).collect()
    }

    /// Completes a sign-in with a passkey whose answer the verifier has checked, and keeps its new state. `before` is what
    /// the verifier was given: when it changed in between, the same answer was used twice.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when the step is no good, or the passkey is not the user's or has changed.
    pub async fn complete_by_passkey(
        &self,
        step: &StepToken,
        before: &Passkey,
        state: &[u8],
        visit: &Visit,
    ) -> Result<NewSession, PeopleError> {
        if state.len() > PASSKEY_STATE_BYTES_MAX {
            return Err(PeopleError::Refused);
        }
        let mut tx = self.store().begin().await?;
        let user = step_holder(&mut tx, step, visit.now_ms).await?;
        let charges = [Charge::Codes(user), Charge::Address(visit.address)];
        throttle::charge(&mut tx, &self.store().salt, &charges, visit.now_ms).await?;
        let used = sqlx::query(
            "UPDATE passkeys SET state = ?, used_ms = ? WHERE credential = ? AND user = ? AND state = ?",
        )
        .bind(state)
        .bind(column(visit.now_ms))
        .bind(before.credential.as_slice())
        .bind(user.column())
        .bind(before.state.as_slice())
        .execute(&mut *tx)
        .await?;
        if used.rows_affected() == 0 {
            let note = Note::new(By::User(user), user, AuditEvent::SignInFailed);
            audit::write(
                &mut tx,
                visit.now_ms,
                note.detail("passkey").from(visit.address),
            )
            .await?;
            tx.commit().await?;
            return Err(PeopleError::Refused);
        }
        let session = self
            .finish(&mut tx, user, "password and passkey", visit)
            .await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Removes one passkey of a user.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no such passkey.
    pub async fn remove_passkey(
        &self,
        by: By,
        user: UserId,
        credential: &[u8],
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let removed = sqlx::query("DELETE FROM passkeys WHERE credential = ? AND user = ?")
            .bind(credential)
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(PeopleError::Missing("passkey"));
        }
        let note = Note::new(by, user, AuditEvent::FactorsRemoved).detail("passkey");
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}
