//! Who may use the node, how they prove who they are, and the names that must stay in it.
//!
//! Personal data lives here and nowhere else: neither the ledger nor the network nor a log line ever holds it. [`People`]
//! is the store of users with their passwords, second factors, sessions and API keys; it answers a request with a
//! [`Principal`], whose [`Principal::may`] asks the country's permission matrix.

mod access;
mod api_key;
mod audit;
mod bearer;
mod beneficiary;
mod beneficiary_claim;
mod beneficiary_erase;
mod beneficiary_list;
mod ceremony;
mod comment;
mod contact;
mod draft;
mod erase;
mod error;
mod id;
mod likeness;
mod link;
mod migration;
mod own_password;
mod passkey;
mod password;
mod principal;
mod proposal;
mod recovery;
mod relying_party;
mod sealed;
mod secret;
mod session;
mod settings;
mod sign_in;
mod store;
mod throttle;
mod token;
mod totp;
mod user;
mod waiting;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

pub use access::{
    ACCESS_TOKEN_LIFE_MS, ACCESS_TOKENS_EACH, ACCESS_TOKENS_MAX, AccessTokens, Granted,
};
pub use api_key::{
    API_KEY_LABEL_BYTES_MAX, API_KEY_LIFE_MS_MAX, API_KEY_PREFIX, API_KEYS_MAX, ApiKey, ApiKeyInfo,
};
pub use audit::{AUDIT_FAILURES_KEPT_MS, AUDIT_PAGE_MAX, AuditEntry, AuditEvent, By};
pub use bearer::Bearer;
pub use beneficiary::{Beneficiaries, Beneficiary, BeneficiaryError};
pub use beneficiary_claim::BeneficiaryClaim;
pub use beneficiary_list::{
    ALIASES_MAX, BENEFICIARIES_MAX, ListedBeneficiary, NEAR, NEAR_MAX, NearBeneficiary,
    NewBeneficiary, Sees, TaxId,
};
pub use ceremony::{CEREMONIES_EACH, CEREMONIES_MAX, CEREMONY_LIFE_MS, Ceremony, PasskeyAdded};
pub use comment::{
    COMMENT_BYTES_MAX, COMMENT_EDITS_MAX, COMMENTS_MAX, Circle, Comment, CommentId, CommentQuery,
    CommentText, NewComment,
};
pub use contact::{
    EMAIL_BYTES_MAX, Email, LANGUAGE_BYTES_MAX, NAME_BYTES_MAX, PHONE_BYTES_MAX, Profile,
};
pub use draft::{Draft, DraftOf};
pub use error::PeopleError;
pub use id::{SessionId, UserId};
pub use link::{INVITATION_LIFE_MS, Link, NewUser, RESET_LIFE_MS};
pub use migration::{MIGRATIONS_MAX, Migration};
pub use passkey::{
    CREDENTIAL_BYTES_MAX, PASSKEY_LABEL_BYTES_MAX, PASSKEY_STATE_BYTES_MAX, PASSKEYS_MAX,
    PasskeyId, PasskeyInfo,
};
pub use password::{
    PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_QUEUE_MAX, PasswordRule, check_password,
};
pub use principal::{Forbidden, Membership, Principal, Proof};
pub use proposal::{PROPOSALS_EACH, PROPOSALS_MAX, Proposal, ProposedAct};
pub use recovery::{RECOVERY_CODES, RecoveryCodes};
pub use relying_party::passkey_origin;
pub use sealed::{NewSealed, SEALED_BYTES_MAX, Sealed, SealedForm, SealedPart, UNSETTLED_KEPT_MS};
pub use secret::{AccessToken, CeremonyToken, LinkToken, Password, SessionToken, StepToken};
pub use session::{DEVICE_CHARS_MAX, LAST_USE_STEP_MS, NewSession, SESSIONS_MAX, Session};
pub use settings::{
    ISSUER_BYTES_MAX, PASSWORD_CONCURRENCY_MAX, PASSWORD_LANES_MAX, PASSWORD_MEMORY_KIB_MAX,
    PASSWORD_MEMORY_KIB_MIN, PASSWORD_PASSES_MAX, PASSWORD_PASSES_MIN, PeopleSettings,
    SESSION_IDLE_MINUTES_MIN, SESSION_LIFE_HOURS_MAX,
};
pub use sign_in::{STEP_LIFE_MS, SecondFactor, SignIn};
pub use store::PEOPLE_FILE;
pub use throttle::{
    ACCOUNT_FREE_FAILURES, ADDRESS_FREE_FAILURES, CODE_DELAY_MS_MAX, DELAY_MS_MAX, FIRST_DELAY_MS,
    FORGET_MS, FREE_REGISTRATIONS, RESET_FREE_REQUESTS,
};
pub use token::{ApiToken, TOKEN_PREFIX, TokenError, Tokens};
pub use totp::{CODE_SECONDS, CODES_EACH_SIDE, Enrolment};
pub use user::{USERS_PAGE_MAX, User, UserQuery, UserState};

/// Who asks: the name of the token that was shown. It goes into the node's journal beside every write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    name: String,
}

impl Actor {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    /// The name of the token.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// When and from where somebody comes. The time comes in, so that tests and every node agree on what has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Now, in milliseconds since 1970.
    pub now_ms: u64,
    /// The client's network address, as the trusted proxy says.
    pub address: IpAddr,
    /// What the client calls itself, for the list of sessions.
    pub device: String,
}

/// The store of people. Cheap to clone; all clones are one store. Several processes may have the same file open.
#[derive(Clone)]
pub struct People(Arc<Inner>, store::Store);

struct Inner {
    hasher: password::Hasher,
    sealing: sealed::Sealing,
    relying_party: Option<relying_party::RelyingParty>,
    settings: PeopleSettings,
}

impl People {
    /// Opens [`PEOPLE_FILE`] in a data folder, or makes it, for its owner only.
    ///
    /// # Errors
    /// [`PeopleError`] when a setting is out of bounds, or the file is open to others, damaged, or of a newer version.
    pub async fn open(folder: &Path, settings: PeopleSettings) -> Result<Self, PeopleError> {
        settings.check()?;
        let origin = settings.origin.as_deref();
        let relying_party = origin
            .map(|origin| relying_party::RelyingParty::new(origin, &settings.issuer))
            .transpose()?;
        let store = store::Store::open(folder).await?;
        let hasher = password::Hasher::new(&settings).await?;
        let inner = Inner {
            hasher,
            sealing: sealed::Sealing::default(),
            relying_party,
            settings,
        };
        Ok(Self(Arc::new(inner), store))
    }

    /// The same store for trials: everything is checked as it would be, and nothing that is written stays.
    #[must_use]
    pub fn trial(&self) -> Self {
        Self(Arc::clone(&self.0), self.1.trial())
    }

    /// Closes the file once what runs is done. Without it nothing is lost either.
    pub async fn close(&self) {
        self.1.close().await;
    }

    /// Removes what has expired: sessions, links, steps, throttles, keys, and old failures in the log. To be called now
    /// and then, such as once an hour.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn sweep(&self, now_ms: u64) -> Result<(), PeopleError> {
        let life_ms = u64::from(self.0.settings.session_life_hours) * 3_600_000;
        let mut tx = self.1.begin().await?;
        for (statement, before_ms) in [
            ("DELETE FROM links WHERE expires_ms <= ?", now_ms),
            ("DELETE FROM steps WHERE expires_ms <= ?", now_ms),
            ("DELETE FROM ceremonies WHERE expires_ms <= ?", now_ms),
            (
                "DELETE FROM sessions WHERE created_ms <= ?",
                now_ms.saturating_sub(life_ms),
            ),
            (
                "DELETE FROM throttles WHERE last_ms < ?",
                now_ms.saturating_sub(FORGET_MS),
            ),
            (
                "DELETE FROM audit WHERE event = 'sign-in-failed' AND time_ms < ?",
                now_ms.saturating_sub(AUDIT_FAILURES_KEPT_MS),
            ),
        ] {
            sqlx::query(statement)
                .bind(store::column(before_ms))
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// The web origin to which passkeys belong; none where there are no passkeys.
    #[must_use]
    pub fn passkey_origin(&self) -> Option<&str> {
        self.0.settings.origin.as_deref()
    }

    /// How many passwords were compared since the store was opened, for the metrics.
    #[must_use]
    pub fn password_checks(&self) -> u64 {
        self.0.hasher.checks()
    }

    fn store(&self) -> &store::Store {
        &self.1
    }

    fn hasher(&self) -> &password::Hasher {
        &self.0.hasher
    }

    fn sealing(&self) -> &sealed::Sealing {
        &self.0.sealing
    }

    fn relying_party(&self) -> Option<&relying_party::RelyingParty> {
        self.0.relying_party.as_ref()
    }

    fn settings(&self) -> &PeopleSettings {
        &self.0.settings
    }
}

#[cfg(test)]
mod tests;
