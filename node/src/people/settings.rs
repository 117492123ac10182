//! What a country can set about sign-ins. Everything has a default that is safe, and a floor.

use super::error::PeopleError;

/// The least memory of a password hash, in KiB (OWASP's minimum for Argon2id with two passes).
pub const PASSWORD_MEMORY_KIB_MIN: u32 = 19 * 1024;
/// The most, so that a few sign-ins at once do not fill the machine.
pub const PASSWORD_MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// The fewest passes of a password hash.
pub const PASSWORD_PASSES_MIN: u32 = 2;
/// The most passes of a password hash.
pub const PASSWORD_PASSES_MAX: u32 = 32;
/// The most lanes of a password hash.
pub const PASSWORD_LANES_MAX: u32 = 16;
/// The most password hashes that are computed at the same time.
pub const PASSWORD_CONCURRENCY_MAX: usize = 64;
/// The shortest idle time of a session, in minutes.
pub const SESSION_IDLE_MINUTES_MIN: u32 = 5;
/// The longest life of a session, in hours.
pub const SESSION_LIFE_HOURS_MAX: u32 = 7 * 24;
/// The longest name of the registry in an authenticator, in bytes.
pub const ISSUER_BYTES_MAX: usize = 64;

/// Settings of the people's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleSettings {
    /// Memory of a password hash (Argon2id, RFC 9106), in KiB.
    pub password_memory_kib: u32,
    /// Passes of a password hash.
    pub password_passes: u32,
    /// Lanes of a password hash.
    pub password_lanes: u32,
    /// How many password hashes are computed at the same time; each takes `password_memory_kib` of memory and a core.
    pub password_concurrency: usize,
    /// After how many minutes without use a session ends.
    pub session_idle_minutes: u32,
    /// After how many hours a session ends in any case.
    pub session_life_hours: u32,
    /// The registry's name as authenticators show it.
    pub issuer: String,
    /// Where people reach the registry, such as `https://registry.example.gov`. Passkeys belong to its host name; without
    /// it there are none. It must not change: passkeys of another host name open nothing.
    pub origin: Option<String>,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        Self {
            password_memory_kib: 32 * 1024,
            password_passes: 3,
            password_lanes: 1,
            password_concurrency: 2,
            session_idle_minutes: 60,
            session_life_hours: 12,
            issuer: "Countersign".to_owned(),
            origin: None,
        }
    }
}

impl PeopleSettings {
    /// Checks every setting against its bounds.
    ///
    /// # Errors
    /// [`PeopleError::Setting`] with the first that is outside.
    pub fn check(&self) -> Result<(), PeopleError> {
        let bounds = [
            (
                "password_memory_kib",
                (PASSWORD_MEMORY_KIB_MIN..=PASSWORD_MEMORY_KIB_MAX)
                    .contains(&self.password_memory_kib),
                "it must be 19456 to 1048576",
            ),
            (
                "password_passes",
                (PASSWORD_PASSES_MIN..=PASSWORD_PASSES_MAX).contains(&self.password_passes),
                "it must be 2 to 32",
            ),
            (
                "password_lanes",
                (1..=PASSWORD_LANES_MAX).contains(&self.password_lanes),
                "it must be 1 to 16",
            ),
            (
                "password_concurrency",
                (1..=PASSWORD_CONCURRENCY_MAX).contains(&self.password_concurrency),
                "it must be 1 to 64",
            ),
            (
                "session_life_hours",
                (1..=SESSION_LIFE_HOURS_MAX).contains(&self.session_life_hours),
                "it must be 1 to 168",
            ),
            (
                "session_idle_minutes",
                (SESSION_IDLE_MINUTES_MIN..=self.session_life_hours.saturating_mul(60))
                    .contains(&self.session_idle_minutes),
                "it must be at least 5 and not longer than the life of a session",
            ),
            (
                "issuer",
                !self.issuer.is_empty()
                    && self.issuer.len() <= ISSUER_BYTES_MAX
                    && !self.issuer.contains(|c: char| c == ':' || c.is_control()),
                "it must be 1 to 64 bytes without a colon",
            ),
        ];
        match bounds.into_iter().find(|(_, is_within, _)| !is_within) {
            Some((setting, _, reason)) => Err(PeopleError::Setting { setting, reason }),
            None => Ok(()),
        }
    }
}
