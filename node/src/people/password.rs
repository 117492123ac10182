//! Passwords: which may be chosen, and how they are kept (Argon2id, RFC 9106).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::contact::Email;
use super::error::PeopleError;
use super::secret::{Password, fill};
use super::settings::PeopleSettings;

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// How many password hashes may wait for their turn; beyond, [`PeopleError::Busy`].
pub const PASSWORD_QUEUE_MAX: usize = 64;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Passwords of at least [`PASSWORD_CHARS_MIN`] characters that people choose most, and the beginnings of others.
const COMMONEST: &str = include_str!("commonest.txt");

/// Which rule a new password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRule {
    /// Too short.
    #[error(
        "a password has at least {PASSWORD_CHARS_MIN} characters; several words in a row are easy to remember"
    )]
    Short,
    /// Too long.
    #[error("a password has at most {PASSWORD_CHARS_MAX} characters")]
    Long,
    /// It is, or contains, the e-mail address or the part before its @.
    #[error(
        "a password must not contain your e-mail address; choose something that nobody knows of you"
    )]
    Email,
    /// Many people choose it.
    #[error("this password is among the commonest; choose something that others do not")]
    Common,
}

/// Checks a new password.
///
/// # Errors
/// The [`PasswordRule`] that it breaks.
pub fn check_password(password: &Password, email: &Email) -> Result<(), PasswordRule> {
    let text = Zeroizing::new(password.expose().to_lowercase());
    match password.expose().chars().count() {
        ..PASSWORD_CHARS_MIN => return Err(PasswordRule::Short),
        PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX => {}
        _ => return Err(PasswordRule::Long),
    }
    let local = email.expose().split('@').next().unwrap_or_default();
    if text.contains(email.expose()) || (local.len() >= 4 && text.contains(local)) {
        return Err(PasswordRule::Email);
    }
    if is_common(&text) {
        return Err(PasswordRule::Common);
    }
    Ok(())
}

/// Whether a lower-case password is on the list, also with digits and signs before or after, or repeats a few characters.
fn is_common(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphabetic());
    let listed = |candidate: &str| COMMONEST.lines().any(|line| line == candidate);
    let mut different: Vec<char> = text.chars().collect();
    different.sort_unstable();
    different.dedup();
    listed(text) || listed(bare) || different.len() <= 4 || bare.is_empty() && is_run(text)
}

/// Whether every character follows the one before by the same small step: 123456789012, 987654321098.
fn is_run(text: &str) -> bool {
    let digits: Vec<i32> = text.bytes().map(i32::from).collect();
    let steps = digits
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).rem_euclid(10));
    let steps: Vec<i32> = steps.collect();
    steps.iter().all(|step| steps.first() == Some(step))
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Hashes and verifies passwords, a few at a time.
pub(super) struct Hasher {
    cost: Cost,
    running: Arc<Semaphore>,
    waiting: Semaphore,
    checks: AtomicU64,
    /// The hash of nobody's password, so that an unknown address costs the same work.
    nobody: String,
}

impl Hasher {
    pub(super) async fn new(settings: &PeopleSettings) -> Result<Self, PeopleError> {
        let mut hasher = Self {
            cost: Cost {
                memory_kib: settings.password_memory_kib,
                passes: settings.password_passes,
                lanes: settings.password_lanes,
            },
            running: Arc::new(Semaphore::new(settings.password_concurrency)),
            waiting: Semaphore::new(PASSWORD_QUEUE_MAX),
            checks: AtomicU64::new(0),
            nobody: String::new(),
        };
        let password = super::secret::draw_hex("")?;
        hasher.nobody = hasher.hash(&Password::new(password.to_string())).await?;
        Ok(hasher)
    }

    /// How many passwords were compared.
    pub(super) fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// The text to keep of a password, in the form of the PHC string format.
    pub(super) async fn hash(&self, password: &Password) -> Result<String, PeopleError> {
        let mut salt = [0; SALT_BYTES];
        fill(&mut salt)?;
        let cost = self.cost;
        let hash = self.compute(password, salt.to_vec(), cost).await?;
        Ok(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            cost.memory_kib,
            cost.passes,
            cost.lanes,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash.as_slice())
        ))
    }

    /// Whether a password is the kept one. Without a kept one the same work is done, and the answer is no.
    pub(super) async fn verify(
        &self,
        password: &Password,
        kept: Option<&str>,
    ) -> Result<bool, PeopleError> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let (cost, salt, expected) =
            parse(kept.unwrap_or(&self.nobody)).ok_or(PeopleError::Damaged("a password hash"))?;
        let found = self.compute(password, salt, cost).await?;
        Ok(bool::from(found.as_slice().ct_eq(&expected)) && kept.is_some())
    }

    /// Whether a kept hash was made at another cost than the one that is set now.
    pub(super) fn is_outdated(&self, kept: &str) -> bool {
        parse(kept).is_none_or(|(cost, _, _)| cost != self.cost)
    }

    async fn compute(
        &self,
        password: &Password,
        salt: Vec<u8>,
        cost: Cost,
    ) -> Result<Zeroizing<[u8; HASH_BYTES]>, PeopleError> {
        let _place = self.waiting.try_acquire().map_err(|_| PeopleError::Busy)?;
        let permit = Arc::clone(&self.running).acquire_owned().await;
        let permit = permit.map_err(|_| PeopleError::Busy)?;
        let password = password.clone();
        let work = move || {
            // Held by the work itself: a caller that goes away does not make room for more work than allowed.
            let _permit = permit;
            let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(HASH_BYTES));
            let params = params.map_err(|_| PeopleError::Hash)?;
            let mut hash = Zeroizing::new([0; HASH_BYTES]);
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(password.expose().as_bytes(), &salt, hash.as_mut_slice())
                .map_err(|_| PeopleError::Hash)?;
            Ok(hash)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| PeopleError::Hash)?
    }
}

fn parse(text: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut costs = parts.next()?.split(',');
    let mut cost = |key: &str| costs.next()?.strip_prefix(key)?.parse::<u32>().ok();
    let cost = Cost {
        memory_kib: cost("m=")?,
        passes: cost("t=")?,
        lanes: cost("p=")?,
    };
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    (hash.len() == HASH_BYTES && parts.next().is_none()).then_some((cost, salt, hash))
}
