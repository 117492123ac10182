//! API keys: for programs that act as a user, for some actions and some time.

use std::collections::BTreeSet;
use std::str::FromStr;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::Action;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::contact;
use super::error::PeopleError;
use super::id::UserId;
use super::principal::{Principal, Proof};
use super::secret::{digest, draw_hex, fill, is_hex};
use super::session::LAST_USE_STEP_MS;
use super::store::{column, number};
use super::user::{self, UserState};

/// What every API key begins with.
pub const API_KEY_PREFIX: &str = "csk_";
/// The most API keys of a user.
pub const API_KEYS_MAX: usize = 20;
/// The longest life of an API key, in milliseconds: 366 days.
pub const API_KEY_LIFE_MS_MAX: u64 = 366 * 24 * 3_600_000;
/// The longest label of an API key, in bytes.
pub const API_KEY_LABEL_BYTES_MAX: usize = 100;

const ID_BYTES: usize = 6;
const SECRET_HEX: usize = 64;

/// An API key as a program shows it: `csk_`, its public id, `_` and 64 hex digits. Has no `Debug`.
pub struct ApiKey {
    id: String,
    secret: Zeroizing<String>,
}

impl ApiKey {
    /// The secret text, for the one place that carries it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "{API_KEY_PREFIX}{}_{}",
            self.id,
            self.secret.as_str()
        ))
    }

    /// The public id, for lists and logs.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn digest(&self) -> [u8; 32] {
        digest(API_KEY_PREFIX, &self.secret)
    }
}

impl FromStr for ApiKey {
    type Err = PeopleError;

    fn from_str(text: &str) -> Result<Self, PeopleError> {
        let rest = text.strip_prefix(API_KEY_PREFIX).ok_or(PeopleError::Key)?;
        let (id, secret) = rest.split_once('_').ok_or(PeopleError::Key)?;
        if !is_hex(id, 2 * ID_BYTES) || !is_hex(secret, SECRET_HEX) {
            return Err(PeopleError::Key);
        }
        Ok(Self {
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
        })
    }
}

/// An API key in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyInfo {
    /// The public id.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub label: String,
    /// What it was made for.
    pub actions: BTreeSet<Action>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it ends.
    pub expires_ms: u64,
    /// When it was used last, to [`LAST_USE_STEP_MS`].
    pub used_ms: Option<u64>,
}

impl People {
    /// Makes a key for some actions. It never opens more than its user may at that moment.
    ///
    /// # Errors
    /// [`PeopleError::Input`] when there is no action, no label, or the end is not within [`API_KEY_LIFE_MS_MAX`];
    /// [`PeopleError::Full`] when the user has [`API_KEYS_MAX`]; [`PeopleError::State`] unless the user is active.
    pub async fn create_api_key(
        &self,
        by: By,
        user: UserId,
        label: &str,
        actions: &BTreeSet<Action>,
        expires_ms: u64,
        now_ms: u64,
    ) -> Result<ApiKey, PeopleError> {
        let label = contact::line("label", label, API_KEY_LABEL_BYTES_MAX)?;
        check_bounds(actions, expires_ms, now_ms)?;
        let mut id = [0; ID_BYTES];
        fill(&mut id)?;
        let key = ApiKey {
            id: hex::encode(id),
            secret: draw_hex("")?,
        };
        let mut tx = self.store().begin().await?;
        let before = user::found(&mut tx, user).await?;
        if before.state != UserState::Active {
            return Err(user::refused(user, before.state));
        }
        sqlx::query("DELETE FROM api_keys WHERE user = ? AND expires_ms <= ?")
            .bind(user.column())
            .bind(column(now_ms))
            .execute(&mut *tx)
            .await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM api_keys WHERE user = ?")
            .bind(user.column())
            .fetch_one(&mut *tx)
            .await?;
        if usize::try_from(count).unwrap_or(usize::MAX) >= API_KEYS_MAX {
            return Err(PeopleError::Full {
                what: "API keys",
                max: API_KEYS_MAX,
            });
        }
        let words: Vec<&str> = actions.iter().map(|action| action.word()).collect();
        sqlx::query(
            "INSERT INTO api_keys (id, hash, user, label, actions, created_ms, expires_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&key.id)
        .bind(key.digest().as_slice())
        .bind(user.column())
        .bind(label)
        .bind(words.join(" "))
        .bind(column(now_ms))
        .bind(column(expires_ms))
        .execute(&mut *tx)
        .await?;
        let note = Note::new(by, user, AuditEvent::ApiKeyCreated).detail(&key.id);
        audit::write(&mut tx, now_ms, note).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// Who shows this key. Role, organisation and state are those of this moment.
    ///
    /// # Errors
    /// [`PeopleError::Key`] when there is no such key, it has expired or was revoked, or the user is not active.
    pub async fn authenticate_key(
        &self,
        key: &ApiKey,
        now_ms: u64,
    ) -> Result<Principal, PeopleError> {
        self.keyholder(&key.id, Some(key), now_ms).await
    }

    /// Who has the key of this public id, for a token that was drawn with it.
    ///
    /// # Errors
    /// As [`Self::authenticate_key`].
    pub async fn principal_of_key(&self, id: &str, now_ms: u64) -> Result<Principal, PeopleError> {
        self.keyholder(id, None, now_ms).await
    }

    /// The holder of a key, which was shown unless a token proves that it was.
    async fn keyholder(
        &self,
        id: &str,
        shown: Option<&ApiKey>,
        now_ms: u64,
    ) -> Result<Principal, PeopleError> {
        let row = sqlx::query(
            "SELECT hash, user, actions, expires_ms, used_ms, organisation, role \
             FROM api_keys JOIN users ON users.id = user WHERE api_keys.id = ? AND state = 'active'",
        )
        .bind(id)
        .fetch_optional(self.store().reader())
        .await?;
        let row = row.ok_or(PeopleError::Key)?;
        let hash: &[u8] = row.try_get("hash")?;
        let is_right = shown.is_none_or(|key| bool::from(hash.ct_eq(&key.digest())));
        if !is_right || now_ms >= number(row.try_get("expires_ms")?) {
            return Err(PeopleError::Key);
        }
        let used_ms = row.try_get::<Option<i64>, _>("used_ms")?.map(number);
        if used_ms.is_none_or(|used_ms| now_ms.saturating_sub(used_ms) >= LAST_USE_STEP_MS) {
            let mut tx = self.store().begin().await?;
            sqlx::query("UPDATE api_keys SET used_ms = ? WHERE id = ?")
                .bind(column(now_ms))
                .bind(id)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Principal {
            user: UserId::from_column(row.try_get("user")?)?,
            organisation: OrganisationId(row.try_get("organisation")?),
            role: row.try_get("role")?,
            proof: Proof::ApiKey {
                id: id.to_owned(),
                actions: actions(row.try_get("actions")?),
            },
        })
    }

    /// The keys of a user that were not revoked, also expired ones.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn api_keys(&self, user: UserId) -> Result<Vec<ApiKeyInfo>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, user, label, actions, created_ms, expires_ms, used_ms FROM api_keys \
             WHERE user = ? ORDER BY created_ms, id",
        )
        .bind(user.column())
        .fetch_all(self.store().reader())
        .await?;
        rows.iter().map(info).collect()
    }

    /// Revokes a key of a user.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when the user has no such key.
    pub async fn revoke_api_key(
        &self,
        by: By,
        user: UserId,
        id: &str,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let ended = sqlx::query("DELETE FROM api_keys WHERE id = ? AND user = ?")
            .bind(id)
            .bind(user.column())
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() == 0 {
            return Err(PeopleError::Missing("API key"));
        }
        let note = Note::new(by, user, AuditEvent::ApiKeyRevoked).detail(id);
        audit::write(&mut tx, now_ms, note).await?;
        Ok(tx.commit().await?)
    }
}

fn check_bounds(
    actions: &BTreeSet<Action>,
    expires_ms: u64,
    now_ms: u64,
) -> Result<(), PeopleError> {
    if actions.is_empty() {
        return Err(PeopleError::Input {
            field: "actions",
            reason: "a key for nothing is no use; name at least one action",
        });
    }
    if expires_ms <= now_ms || expires_ms - now_ms > API_KEY_LIFE_MS_MAX {
        return Err(PeopleError::Input {
            field: "expires",
            reason: "it must lie ahead, and at most 366 days",
        });
    }
    Ok(())
}

/// A word of an action that this version does not know opens nothing.
fn actions(words: &str) -> BTreeSet<Action> {
    words
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn info(row: &SqliteRow) -> Result<ApiKeyInfo, PeopleError> {
    Ok(ApiKeyInfo {
        id: row.try_get("id")?,
        user: UserId::from_column(row.try_get("user")?)?,
        label: row.try_get("label")?,
        actions: actions(row.try_get("actions")?),
        created_ms: number(row.try_get("created_ms")?),
        expires_ms: number(row.try_get("expires_ms")?),
        used_ms: row.try_get::<Option<i64>, _>("used_ms")?.map(number),
    })
}
