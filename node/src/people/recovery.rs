//! Recovery codes: printed once, each good once, for the day the telephone is lost.

use sqlx::sqlite::SqliteConnection;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::error::PeopleError;
use super::id::{SessionId, UserId};
use super::secret::{digest, fill};
use super::{session, user};

/// How many codes a user gets.
pub const RECOVERY_CODES: usize = 10;

/// 16 characters of 5 bits: too many to try, so that a plain hash is enough.
const CODE_CHARS: usize = 16;
const GROUP: usize = 4;
/// Without i, l, o and u, which are misread (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New recovery codes, to be shown once. Has no `Debug`: they are secrets.
pub struct RecoveryCodes(Vec<Zeroizing<String>>);

impl RecoveryCodes {
    /// The codes, such as `7q2m-x0vd-93hk-c5rt`.
    pub fn expose(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|code| code.as_str())
    }
}

impl People {
    /// New recovery codes in the place of the old ones.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no second factor that they could stand in for; [`PeopleError::Weak`] in
    /// a session that showed a password alone.
    pub async fn draw_recovery_codes(
        &self,
        user: UserId,
        session: SessionId,
        now_ms: u64,
    ) -> Result<RecoveryCodes, PeopleError> {
        let mut tx = self.store().begin().await?;
        session::check_strength(&mut tx, user, session).await?;
        if !user::is_guarded(&mut tx, user).await? {
            return Err(PeopleError::Missing("second factor"));
        }
        let codes = draw(&mut tx, user).await?;
        let note = Note::new(By::User(user), user, AuditEvent::RecoveryCodesDrawn);
        audit::write(&mut tx, now_ms, note).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// How many recovery codes a user has left.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn recovery_codes_left(&self, user: UserId) -> Result<usize, PeopleError> {
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE user = ?")
            .bind(user.column())
            .fetch_one(self.store().reader())
            .await?;
        Ok(usize::try_from(left).unwrap_or(0))
    }
}

pub(super) async fn draw(
    tx: &mut SqliteConnection,
    user: UserId,
) -> Result<RecoveryCodes, PeopleError> {
    sqlx::query("DELETE FROM recovery_codes WHERE user = ?")
        .bind(user.column())
        .execute(&mut *tx)
        .await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = draw_code()?;
        sqlx::query("INSERT INTO recovery_codes (user, hash) VALUES (?, ?)")
            .bind(user.column())
            .bind(hash(user, &code).as_slice())
            .execute(&mut *tx)
            .await?;
        codes.push(code);
    }
    Ok(RecoveryCodes(codes))
}

fn draw_code() -> Result<Zeroizing<String>, PeopleError> {
    let mut bytes = Zeroizing::new([0; CODE_CHARS]);
    fill(bytes.as_mut_slice())?;
    let mut code = Zeroizing::new(String::with_capacity(CODE_CHARS + CODE_CHARS / GROUP));
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(code)
}

/// What is kept of a code; capitals, hyphens and spaces do not matter, nor what people misread.
fn hash(user: UserId, code: &str) -> [u8; 32] {
    let plain = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let plain: Zeroizing<String> = Zeroizing::new(
        plain
            .take(2 * CODE_CHARS)
            .map(|c| match c.to_ascii_lowercase() {
                'i' | 'l' => '1',
                'o' => '0',
                other => other,
            })
            .collect(),
    );
    digest(&format!("recovery {user}"), &plain)
}

/// Whether it is one of the user's codes; then it is used up.
pub(super) async fn check(
    tx: &mut SqliteConnection,
    user: UserId,
    code: &str,
    now_ms: u64,
) -> Result<bool, PeopleError> {
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM recovery_codes WHERE user = ?")
        .bind(user.column())
        .fetch_all(&mut *tx)
        .await?;
    let shown = hash(user, code);
    let mut is_known = false;
    for hash in &kept {
        is_known |= bool::from(hash.as_slice().ct_eq(&shown));
    }
    if !is_known {
        return Ok(false);
    }
    sqlx::query("DELETE FROM recovery_codes WHERE user = ? AND hash = ?")
        .bind(user.column())
        .bind(shown.as_slice())
        .execute(&mut *tx)
        .await?;
    let left = format!("{} left", kept.len().saturating_sub(1));
    let note = Note::new(By::User(user), user, AuditEvent::RecoveryCodeUsed).detail(&left);
    audit::write(tx, now_ms, note).await?;
    Ok(true)
}
