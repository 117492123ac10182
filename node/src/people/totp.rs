//! Codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds), each good once.

use std::fmt::Write;

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::error::PeopleError;
use super::id::{SessionId, UserId};
use super::recovery::{self, RecoveryCodes};
use super::secret::fill;
use super::session;
use super::store::column;
use super::user::{self, UserState};

/// How long a code is shown, in seconds.
pub const CODE_SECONDS: u64 = 30;
/// How many codes before and after the present one are taken: clocks of telephones are off by some seconds.
pub const CODES_EACH_SIDE: u64 = 1;

const SECRET_BYTES: usize = 20;
const DIGITS: u8 = 6;

/// What an authenticator needs. Has no `Debug`: it holds a secret.
pub struct Enrolment {
    /// The address behind the QR code (`otpauth://totp/...`).
    pub uri: Zeroizing<String>,
    /// The secret for typing, in base32.
    pub secret: Zeroizing<String>,
}

impl People {
    /// Draws the secret of an authenticator. It guards nothing until [`People::confirm_authenticator`]; beginning again
    /// replaces an unconfirmed secret.
    ///
    /// # Errors
    /// [`PeopleError::Full`] when the user has an authenticator: remove the second factors first; [`PeopleError::Weak`] when
    /// a guarded account is open by password alone.
    pub async fn begin_authenticator(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Enrolment, PeopleError> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        fill(secret.as_mut_slice())?;
        let mut tx = self.store().begin().await?;
        let before = user::living(&mut tx, user).await?;
        let email = before.email.filter(|_| before.state == UserState::Active);
        let email = email.ok_or(user::refused(user, before.state))?;
        session::check_strength(&mut tx, user, session).await?;
        let written = sqlx::query(
            "INSERT INTO totp (user, secret, confirmed, last_step) VALUES (?1, ?2, 0, 0) \
             ON CONFLICT (user) DO UPDATE SET secret = ?2, last_step = 0 WHERE confirmed = 0",
        )
        .bind(user.column())
        .bind(secret.as_slice())
        .execute(&mut *tx)
        .await?;
        if written.rows_affected() == 0 {
            return Err(PeopleError::Full {
                what: "authenticator",
                max: 1,
            });
        }
        tx.commit().await?;
        let text = Zeroizing::new(Secret::from(*secret).to_base32());
        Ok(Enrolment {
            uri: uri(&self.settings().issuer, email.expose(), &text),
            secret: text,
        })
    }

    /// Confirms the authenticator with its first code: from now on every sign-in asks for one, and this session has shown
    /// it. Gives new recovery codes; older ones are no good any more.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when the code is wrong; [`PeopleError::Missing`] when nothing waits to be confirmed.
    pub async fn confirm_authenticator(
        &self,
        user: UserId,
        session: SessionId,
        code: &str,
        now_ms: u64,
    ) -> Result<RecoveryCodes, PeopleError> {
        let mut tx = self.store().begin().await?;
        session::check_strength(&mut tx, user, session).await?;
        let row = sqlx::query("SELECT secret FROM totp WHERE user = ? AND confirmed = 0")
            .bind(user.column())
            .fetch_optional(&mut *tx)
            .await?;
        let row = row.ok_or(PeopleError::Missing("authenticator"))?;
        let secret = Zeroizing::new(row.try_get::<Vec<u8>, _>("secret")?);
        let step = matching_step(&totp(&secret)?, code, now_ms).ok_or(PeopleError::Refused)?;
        sqlx::query("UPDATE totp SET confirmed = 1, last_step = ? WHERE user = ?")
            .bind(column(step))
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        let note = Note::new(By::User(user), user, AuditEvent::FactorAdded);
        audit::write(&mut tx, now_ms, note.detail("authenticator")).await?;
        let codes = recovery::draw(&mut tx, user).await?;
        session::strengthen(&mut tx, user, session).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Takes away authenticator, passkeys and recovery codes: by their user, or by an administrator when they are lost.
    /// All sessions end, so that whoever has them must sign in again.
    ///
    /// # Errors
    /// [`PeopleError::UnknownUser`] when there is no such user.
    pub async fn remove_second_factors(
        &self,
        by: By,
        user: UserId,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        user::living(&mut tx, user).await?;
        for statement in [
            "DELETE FROM totp WHERE user = ?",
            "DELETE FROM passkeys WHERE user = ?",
            "DELETE FROM recovery_codes WHERE user = ?",
        ] {
            sqlx::query(statement)
                .bind(user.column())
                .execute(&mut *tx)
                .await?;
        }
        user::end_sign_ins(&mut tx, user, None).await?;
        let note = Note::new(by, user, AuditEvent::FactorsRemoved);
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether a code is right now and was not used before; then it is used up.
pub(super) async fn check(
    tx: &mut SqliteConnection,
    user: UserId,
    code: &str,
    now_ms: u64,
) -> Result<bool, PeopleError> {
    let row = sqlx::query("SELECT secret FROM totp WHERE user = ? AND confirmed = 1")
        .bind(user.column())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let secret = Zeroizing::new(row.try_get::<Vec<u8>, _>("secret")?);
    let Some(step) = matching_step(&totp(&secret)?, code, now_ms) else {
        return Ok(false);
    };
    // A code that was seen over a shoulder, or an older one, is no good (RFC 6238 section 5.2).
    let used = sqlx::query("UPDATE totp SET last_step = ?1 WHERE user = ?2 AND last_step < ?1")
        .bind(column(step))
        .bind(user.column())
        .execute(tx)
        .await?;
    Ok(used.rows_affected() == 1)
}

fn totp(secret: &[u8]) -> Result<Totp, PeopleError> {
    let damaged = || PeopleError::Damaged("the secret of an authenticator");
    let secret: [u8; SECRET_BYTES] = secret.try_into().map_err(|_| damaged())?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(0)
        .with_step_duration(CODE_SECONDS)
        .with_secret(secret)
        .build()
        .map_err(|_| damaged())
}

/// The thirty seconds that a code belongs to. Every candidate is computed and compared whole.
fn matching_step(totp: &Totp, code: &str, now_ms: u64) -> Option<u64> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = now_ms / 1000 / CODE_SECONDS;
    let first = now.saturating_sub(CODES_EACH_SIDE);
    let mut matching = None;
    for step in first..=now.saturating_add(CODES_EACH_SIDE) {
        let mut right = Zeroizing::new(String::with_capacity(usize::from(DIGITS)));
        // Writing into a string cannot fail.
        let _ = write!(
            right,
            "{}",
            totp.generate(step.saturating_mul(CODE_SECONDS))
        );
        if bool::from(typed.as_bytes().ct_eq(right.as_bytes())) {
            matching = Some(step);
        }
    }
    matching
}

/// The address of the Key Uri Format that authenticators read.
fn uri(issuer: &str, account: &str, secret: &str) -> Zeroizing<String> {
    let (issuer, account) = (percent(issuer), percent(account));
    Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={CODE_SECONDS}"
    ))
}

/// Percent-encoding of all but the unreserved characters (RFC 3986 section 2.3).
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
