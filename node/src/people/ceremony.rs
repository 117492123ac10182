//! Ceremonies with authenticators: a challenge goes out, and its one answer adds a passkey or signs somebody in.

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::audit::{self, AuditEvent, By, Note};
use super::error::PeopleError;
use super::id::{SessionId, UserId};
use super::passkey::{self, PasskeyInfo};
use super::recovery::RecoveryCodes;
use super::relying_party::{Answer, Challenge, Holder, RelyingParty, Unproven};
use super::secret::{CeremonyToken, StepToken};
use super::session::{self, NewSession};
use super::sign_in::{step_holder, step_holder_of};
use super::store::column;
use super::throttle::{self, Charge};
use super::user::{self, UserState};
use super::{People, Visit};

/// How long an authenticator has for its answer, in milliseconds: 5 minutes.
pub const CEREMONY_LIFE_MS: u64 = 5 * 60_000;
/// The most ceremonies that wait for one user, or for one address; the oldest makes room.
pub const CEREMONIES_EACH: u32 = 10;
/// The most ceremonies that wait at all; the oldest makes room.
pub const CEREMONIES_MAX: u32 = 10_000;

/// A ceremony that was begun. Has no `Debug`: it holds a secret.
pub struct Ceremony {
    /// To be given back with the answer.
    pub token: CeremonyToken,
    /// What the browser's `navigator.credentials` takes: `{"publicKey": {...}}`.
    pub options: Value,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: u64,
}

/// A passkey that was added.
pub struct PasskeyAdded {
    /// The passkey.
    pub passkey: PasskeyInfo,
    /// Recovery codes, with the first second factor of a user only.
    pub codes: Option<RecoveryCodes>,
}

/// What a ceremony is for.
#[derive(Clone, Copy)]
enum Purpose {
    /// A new passkey of a user.
    Registration(UserId),
    /// The second factor of a user whose password was right, by the digest of the step.
    SecondFactor(UserId, [u8; 32]),
    /// A sign-in of whoever the passkey names.
    SignIn,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Registration(_) => "registration",
            Self::SecondFactor(..) => "second-factor",
            Self::SignIn => "sign-in",
        }
    }

    const fn user(self) -> Option<UserId> {
        match self {
            Self::Registration(user) | Self::SecondFactor(user, _) => Some(user),
            Self::SignIn => None,
        }
    }
}

/// A ceremony whose answer came.
struct Taken {
    purpose: Purpose,
    state: Vec<u8>,
}

impl People {
    /// Begins to add a passkey.
    ///
    /// # Errors
    /// [`PeopleError::NoPasskeys`] when the node has no public address; [`PeopleError::Full`] when the user has as many
    /// as allowed; [`PeopleError::Weak`] when a guarded account is open by password alone.
    pub async fn begin_passkey(
        &self,
        user: UserId,
        session: SessionId,
        visit: &Visit,
    ) -> Result<Ceremony, PeopleError> {
        let party = self.party()?;
        let mut tx = self.store().begin().await?;
        let before = user::living(&mut tx, user).await?;
        let email = before.email.filter(|_| before.state == UserState::Active);
        let email = email.ok_or(user::refused(user, before.state))?;
        session::check_strength(&mut tx, user, session).await?;
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM users WHERE id = ?")
            .bind(user.column())
            .fetch_one(&mut *tx)
            .await?;
        let known = passkey::of(&mut tx, user).await?;
        passkey::check_room(known.len())?;
        let holder = Holder {
            handle: self.handle(user),
            email: email.expose(),
            name: name.as_deref().unwrap_or_default(),
        };
        let challenge = party.register(&holder, &known)?;
        let ceremony = self
            .keep(&mut tx, Purpose::Registration(user), challenge, visit)
            .await?;
        tx.commit().await?;
        Ok(ceremony)
    }

    /// Adds the passkey that the authenticator made. The session that adds it has shown a second factor with it.
    ///
    /// # Errors
    /// [`PeopleError::Ceremony`] when the challenge has expired, was answered or was another user's;
    /// [`PeopleError::Input`] when the answer does not hold.
    pub async fn finish_passkey(
        &self,
        user: UserId,
        session: SessionId,
        token: &CeremonyToken,
        label: &str,
        answer: Value,
        now_ms: u64,
    ) -> Result<PasskeyAdded, PeopleError> {
        let party = self.party()?;
        let taken = self.take(token, now_ms).await?;
        if !matches!(taken.purpose, Purpose::Registration(of) if of == user) {
            return Err(PeopleError::Ceremony);
        }
        let passkey = party.registered(&taken.state, answer).map_err(|why| {
            tracing::debug!(%why, "a passkey was not added");
            PeopleError::Input {
                field: "credential",
                reason: "it does not answer the challenge; begin again in a browser at the registry's own address",
            }
        })?;
        let mut tx = self.store().begin().await?;
        session::check_strength(&mut tx, user, session).await?;
        let added = passkey::add(&mut tx, user, &passkey, label, now_ms).await?;
        session::strengthen(&mut tx, user, session).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Begins a sign-in by passkey: as the second factor after a password, or instead of one. Nothing in a challenge
    /// without a step says who has an account.
    ///
    /// # Errors
    /// [`PeopleError::NoPasskeys`] when the node has no public address; [`PeopleError::Refused`] when the step is no good
    /// any more; [`PeopleError::Wait`] after too many failures.
    pub async fn begin_passkey_sign_in(
        &self,
        step: Option<&StepToken>,
        visit: &Visit,
    ) -> Result<Ceremony, PeopleError> {
        let party = self.party()?;
        let mut tx = self.store().begin().await?;
        let (purpose, known) = match step {
            None => (Purpose::SignIn, Vec::new()),
            Some(step) => {
                let user = step_holder(&mut tx, step, visit.now_ms).await?;
                let known = passkey::of(&mut tx, user).await?;
                // An empty list would let any passkey of the device answer.
                if known.is_empty() {
                    return Err(PeopleError::Refused);
                }
                (Purpose::SecondFactor(user, step.digest()), known)
            }
        };
        let challenge = party.ask(&known)?;
        let ceremony = self.keep(&mut tx, purpose, challenge, visit).await?;
        tx.commit().await?;
        Ok(ceremony)
    }

    /// Whether a passkey can complete a sign-in whose password was right.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] when the step is no good any more.
    pub async fn step_takes_passkey(
        &self,
        step: &StepToken,
        now_ms: u64,
    ) -> Result<bool, PeopleError> {
        if self.relying_party().is_none() {
            return Ok(false);
        }
        let mut tx = self.store().begin().await?;
        let user = step_holder(&mut tx, step, now_ms).await?;
        Ok(!passkey::of(&mut tx, user).await?.is_empty())
    }

    /// Completes a sign-in with what the authenticator said. A challenge takes one answer, right or wrong.
    ///
    /// # Errors
    /// [`PeopleError::Refused`] for whatever is not right, always the same; [`PeopleError::Wait`] after too many
    /// failures.
    pub async fn finish_passkey_sign_in(
        &self,
        token: &CeremonyToken,
        answer: Value,
        visit: &Visit,
    ) -> Result<NewSession, PeopleError> {
        let party = self.party()?;
        let mut tx = self.store().begin().await?;
        let charges = [Charge::Address(visit.address)];
        throttle::charge(&mut tx, &self.store().salt, &charges, visit.now_ms).await?;
        tx.commit().await?;
        let taken = self.take(token, visit.now_ms).await;
        let taken = taken.map_err(|error| match error {
            PeopleError::Ceremony => PeopleError::Refused,
            other => other,
        })?;
        let must_name = match taken.purpose {
            Purpose::Registration(_) => return Err(PeopleError::Refused),
            Purpose::SecondFactor(..) => false,
            Purpose::SignIn => true,
        };
        let answer = Answer::read(answer).map_err(|_| PeopleError::Refused)?;

        let mut tx = self.store().begin().await?;
        let found = passkey::find(&mut tx, answer.credential()).await?;
        let Some((user, passkey)) = found else {
            return Err(PeopleError::Refused);
        };
        if let Purpose::SecondFactor(asked, step) = taken.purpose {
            let holder = step_holder_of(&mut tx, &step, visit.now_ms).await?;
            if holder != asked || user != asked {
                return Err(PeopleError::Refused);
            }
        }
        let proven = party.proven(
            &taken.state,
            &answer,
            &passkey,
            self.handle(user),
            must_name,
        );
        let state = match proven {
            Ok(state) => state,
            Err(why) => {
                tracing::debug!(%why, "a sign-in by passkey was refused");
                note_refusal(&mut tx, user, &why, visit).await?;
                tx.commit().await?;
                return Err(PeopleError::Refused);
            }
        };
        passkey::used(&mut tx, user, &passkey, &state, visit.now_ms).await?;
        let how = if must_name {
            "passkey"
        } else {
            "password and passkey"
        };
        let session = self.finish(&mut tx, user, how, visit).await?;
        tx.commit().await?;
        Ok(session)
    }

    fn party(&self) -> Result<&RelyingParty, PeopleError> {
        self.relying_party().ok_or(PeopleError::NoPasskeys)
    }

    /// What a user's passkeys call the user: the same for all of them, and meaningless outside this file.
    fn handle(&self, user: UserId) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"passkey handle");
        hash.update(&self.store().salt);
        hash.update(user.number().to_be_bytes());
        let mut handle = [0; 16];
        handle.copy_from_slice(&hash.finalize()[..16]);
        handle
    }

    async fn keep(
        &self,
        tx: &mut SqliteConnection,
        purpose: Purpose,
        challenge: Challenge,
        visit: &Visit,
    ) -> Result<Ceremony, PeopleError> {
        let token = CeremonyToken::draw()?;
        let address = Charge::Address(visit.address).key(&self.store().salt);
        let expires_ms = visit.now_ms.saturating_add(CEREMONY_LIFE_MS);
        make_room(tx, purpose, &address, visit.now_ms).await?;
        let step = match purpose {
            Purpose::SecondFactor(_, step) => Some(step.to_vec()),
            _ => None,
        };
        sqlx::query(
            "INSERT INTO ceremonies (hash, purpose, user, step, address, state, expires_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.digest().as_slice())
        .bind(purpose.word())
        .bind(purpose.user().map(UserId::column))
        .bind(step)
        .bind(address)
        .bind(challenge.state)
        .bind(column(expires_ms))
        .execute(tx)
        .await?;
        Ok(Ceremony {
            token,
            options: challenge.options,
            expires_ms,
        })
    }

    /// Takes a ceremony out for good. Committed before anything is judged: a second answer finds nothing.
    async fn take(&self, token: &CeremonyToken, now_ms: u64) -> Result<Taken, PeopleError> {
        let mut tx = self.store().begin().await?;
        let row = sqlx::query(
            "DELETE FROM ceremonies WHERE hash = ? AND expires_ms > ? RETURNING purpose, user, step, state",
        )
        .bind(token.digest().as_slice())
        .bind(column(now_ms))
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let row = row.ok_or(PeopleError::Ceremony)?;
        let damaged = || PeopleError::Damaged("a ceremony");
        let user: Option<i64> = row.try_get("user")?;
        let user = user.map(UserId::from_column).transpose()?;
        let step: Option<Vec<u8>> = row.try_get("step")?;
        let step: Option<[u8; 32]> = step
            .map(|step| step.try_into().map_err(|_| damaged()))
            .transpose()?;
        let purpose = match (row.try_get("purpose")?, user, step) {
            ("registration", Some(user), None) => Purpose::Registration(user),
            ("second-factor", Some(user), Some(step)) => Purpose::SecondFactor(user, step),
            ("sign-in", None, None) => Purpose::SignIn,
            _ => return Err(damaged()),
        };
        Ok(Taken {
            purpose,
            state: row.try_get("state")?,
        })
    }
}

/// Whoever begins ceremonies without end pushes out the own ones first.
async fn make_room(
    tx: &mut SqliteConnection,
    purpose: Purpose,
    address: &[u8],
    now_ms: u64,
) -> Result<(), PeopleError> {
    sqlx::query("DELETE FROM ceremonies WHERE expires_ms <= ?")
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
    let keep = i64::from(CEREMONIES_EACH) - 1;
    match purpose.user() {
        Some(user) => {
            sqlx::query(
                "DELETE FROM ceremonies WHERE user = ?1 AND hash NOT IN (SELECT hash FROM ceremonies \
                 WHERE user = ?1 ORDER BY expires_ms DESC, hash LIMIT ?2)",
            )
            .bind(user.column())
            .bind(keep)
            .execute(&mut *tx)
            .await?;
        }
        None => {
            sqlx::query(
                "DELETE FROM ceremonies WHERE user IS NULL AND address = ?1 AND hash NOT IN (SELECT hash \
                 FROM ceremonies WHERE user IS NULL AND address = ?1 ORDER BY expires_ms DESC, hash LIMIT ?2)",
            )
            .bind(address)
            .bind(keep)
            .execute(&mut *tx)
            .await?;
        }
    }
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM ceremonies")
        .fetch_one(&mut *tx)
        .await?;
    if waiting >= i64::from(CEREMONIES_MAX) {
        sqlx::query(
            "DELETE FROM ceremonies WHERE hash IN (SELECT hash FROM ceremonies ORDER BY expires_ms, hash LIMIT ?)",
        )
        .bind(waiting - i64::from(CEREMONIES_MAX) + 1)
        .execute(tx)
        .await?;
    }
    Ok(())
}

async fn note_refusal(
    tx: &mut SqliteConnection,
    user: UserId,
    why: &Unproven,
    visit: &Visit,
) -> Result<(), PeopleError> {
    let detail = match why {
        Unproven::Counter => "passkey: its counter went back, it may have been copied",
        _ => "passkey",
    };
    let note = Note::new(By::User(user), user, AuditEvent::SignInFailed);
    audit::write(tx, visit.now_ms, note.detail(detail).from(visit.address)).await
}
