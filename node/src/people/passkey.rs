//! Passkeys as they are kept: credential ids and what their verifier must remember. The exchange with the browser is in
//! [`super::ceremony`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::ceremony::PasskeyAdded;
use super::contact;
use super::error::PeopleError;
use super::id::{SessionId, UserId};
use super::recovery;
use super::secret::is_hex;
use super::session;
use super::store::{column, number};
use super::user::{self, UserState};

/// The most passkeys of a user.
pub const PASSKEYS_MAX: usize = 10;
/// The longest credential id, in bytes (Web Authentication section 5.8.3: 1023).
pub const CREDENTIAL_BYTES_MAX: usize = 1023;
/// The most that the verifier may keep with a credential, in bytes.
pub const PASSKEY_STATE_BYTES_MAX: usize = 8192;
/// The longest label of a passkey, in bytes.
pub const PASSKEY_LABEL_BYTES_MAX: usize = 100;

const ID_DIGITS: usize = 32;

/// Names a passkey in lists: the first half of the SHA-256 of its credential id. It opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasskeyId(String);

impl PasskeyId {
    fn of(credential: &[u8]) -> Self {
        let mut digits = hex::encode(Sha256::digest(credential));
        digits.truncate(ID_DIGITS);
        Self(digits)
    }
}

impl FromStr for PasskeyId {
    type Err = PeopleError;

    fn from_str(text: &str) -> Result<Self, PeopleError> {
        if is_hex(text, ID_DIGITS) {
            return Ok(Self(text.to_owned()));
        }
        Err(PeopleError::Input {
            field: "passkey",
            reason: "it must be 32 hex digits; list your passkeys for their ids",
        })
    }
}

impl TryFrom<String> for PasskeyId {
    type Error = PeopleError;

    fn try_from(text: String) -> Result<Self, PeopleError> {
        text.parse()
    }
}

impl From<PasskeyId> for String {
    fn from(id: PasskeyId) -> Self {
        id.0
    }
}

impl fmt::Display for PasskeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A passkey as its verifier needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passkey {
    /// The credential id that the authenticator chose.
    pub(super) credential: Vec<u8>,
    /// What the verifier keeps: the public key, the counter, flags. No secret.
    pub(super) state: Vec<u8>,
}

/// A passkey in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyInfo {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

impl People {
    /// The passkeys of a user, the oldest first.
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
        rows.iter().map(info).collect()
    }

    /// Gives a passkey another label.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no such passkey; [`PeopleError::Input`] when the label is too long.
    pub async fn name_passkey(
        &self,
        user: UserId,
        id: &PasskeyId,
        label: &str,
    ) -> Result<(), PeopleError> {
        let label = contact::line("label", label, PASSKEY_LABEL_BYTES_MAX)?;
        let mut tx = self.store().begin().await?;
        let passkey = named(&mut tx, user, id).await?;
        sqlx::query("UPDATE passkeys SET label = ? WHERE credential = ? AND user = ?")
            .bind(label)
            .bind(passkey.credential)
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Removes one passkey of a user. Recovery codes go with the last second factor: alone they are none.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no such passkey; [`PeopleError::Weak`] in a session that showed a
    /// password alone.
    pub async fn remove_passkey(
        &self,
        user: UserId,
        session: SessionId,
        id: &PasskeyId,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        session::check_strength(&mut tx, user, session).await?;
        let passkey = named(&mut tx, user, id).await?;
        sqlx::query("DELETE FROM passkeys WHERE credential = ? AND user = ?")
            .bind(passkey.credential)
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        if !user::is_guarded(&mut tx, user).await? {
            sqlx::query("DELETE FROM recovery_codes WHERE user = ?")
                .bind(user.column())
                .execute(&mut *tx)
                .await?;
        }
        let note = Note::new(By::User(user), user, AuditEvent::FactorsRemoved).detail("passkey");
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}

/// Keeps a passkey that was proven. The first second factor of a user brings recovery codes.
pub(super) async fn add(
    tx: &mut SqliteConnection,
    user: UserId,
    passkey: &Passkey,
    label: &str,
    now_ms: u64,
) -> Result<PasskeyAdded, PeopleError> {
    let label = contact::line("label", label, PASSKEY_LABEL_BYTES_MAX)?;
    let refused = |reason| PeopleError::Input {
        field: "credential",
        reason,
    };
    let length = passkey.credential.len();
    if length == 0 || length > CREDENTIAL_BYTES_MAX || passkey.state.len() > PASSKEY_STATE_BYTES_MAX
    {
        return Err(refused("its id or its key has no length that is allowed"));
    }
    let before = user::living(&mut *tx, user).await?;
    if before.state != UserState::Active {
        return Err(user::refused(user, before.state));
    }
    check_room(of(&mut *tx, user).await?.len())?;
    let has_codes: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM recovery_codes WHERE user = ?)")
            .bind(user.column())
            .fetch_one(&mut *tx)
            .await?;
    let written = sqlx::query(
        "INSERT INTO passkeys (credential, user, label, state, created_ms) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (credential) DO NOTHING",
    )
    .bind(passkey.credential.as_slice())
    .bind(user.column())
    .bind(&label)
    .bind(passkey.state.as_slice())
    .bind(column(now_ms))
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 0 {
        return Err(refused("it is in use; take another one"));
    }
    let note = Note::new(By::User(user), user, AuditEvent::FactorAdded);
    audit::write(&mut *tx, now_ms, note.detail("passkey")).await?;
    let codes = if has_codes {
        None
    } else {
        Some(recovery::draw(tx, user).await?)
    };
    Ok(PasskeyAdded {
        passkey: PasskeyInfo {
            id: PasskeyId::of(&passkey.credential),
            label,
            created_ms: now_ms,
            used_ms: None,
        },
        codes,
    })
}

pub(super) const fn check_room(passkeys: usize) -> Result<(), PeopleError> {
    if passkeys >= PASSKEYS_MAX {
        return Err(PeopleError::Full {
            what: "passkeys",
            max: PASSKEYS_MAX,
        });
    }
    Ok(())
}

/// A user's passkeys.
pub(super) async fn of(
    tx: &mut SqliteConnection,
    user: UserId,
) -> Result<Vec<Passkey>, PeopleError> {
    let rows =
        sqlx::query("SELECT credential, state FROM passkeys WHERE user = ? ORDER BY credential")
            .bind(user.column())
            .fetch_all(tx)
            .await?;
    rows.iter().map(passkey).collect()
}

/// The passkey of a credential id and its owner, if that user may sign in.
pub(super) async fn find(
    tx: &mut SqliteConnection,
    credential: &[u8],
) -> Result<Option<(UserId, Passkey)>, PeopleError> {
    let row = sqlx::query(
        "SELECT credential, passkeys.state AS state, user FROM passkeys JOIN users ON users.id = user \
         WHERE credential = ? AND users.state = 'active'",
    )
    .bind(credential)
    .fetch_optional(tx)
    .await?;
    row.map(|row| Ok((UserId::from_column(row.try_get("user")?)?, passkey(&row)?)))
        .transpose()
}

/// Keeps what the verifier remembers after a use. Somebody else who used it meanwhile was first.
pub(super) async fn used(
    tx: &mut SqliteConnection,
    user: UserId,
    before: &Passkey,
    state: &[u8],
    now_ms: u64,
) -> Result<(), PeopleError> {
    let used = sqlx::query(
        "UPDATE passkeys SET state = ?, used_ms = ? WHERE credential = ? AND user = ? AND state = ?",
    )
    .bind(state)
    .bind(column(now_ms))
    .bind(before.credential.as_slice())
    .bind(user.column())
    .bind(before.state.as_slice())
    .execute(tx)
    .await?;
    if used.rows_affected() == 0 {
        return Err(PeopleError::Refused);
    }
    Ok(())
}

async fn named(
    tx: &mut SqliteConnection,
    user: UserId,
    id: &PasskeyId,
) -> Result<Passkey, PeopleError> {
    let mut all = of(tx, user).await?.into_iter();
    all.find(|it| PasskeyId::of(&it.credential) == *id)
        .ok_or(PeopleError::Missing("passkey"))
}

fn passkey(row: &SqliteRow) -> Result<Passkey, PeopleError> {
    Ok(Passkey {
        credential: row.try_get("credential")?,
        state: row.try_get("state")?,
    })
}

fn info(row: &SqliteRow) -> Result<PasskeyInfo, PeopleError> {
    let credential: Vec<u8> = row.try_get("credential")?;
    Ok(PasskeyInfo {
        id: PasskeyId::of(&credential),
        label: row.try_get("label")?,
        created_ms: number(row.try_get("created_ms")?),
        used_ms: row.try_get::<Option<i64>, _>("used_ms")?.map(number),
    })
}
