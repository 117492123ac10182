//! Access tokens: what a program draws with its API key to show for some minutes (OAuth 2.0, RFC 6749 section 4.4).
//!
//! They are kept in memory as hashes: after a start programs draw new ones. Each opens what its key still opens at that moment,
//! and of that only what it was drawn for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use countersign_protocol::permission::Action;

use super::error::PeopleError;
use super::secret::AccessToken;

/// How long an access token is good, in milliseconds: ten minutes.
pub const ACCESS_TOKEN_LIFE_MS: u64 = 600_000;
/// The most access tokens of one key at a time; one more ends the oldest.
pub const ACCESS_TOKENS_EACH: usize = 20;
/// The most access tokens.
pub const ACCESS_TOKENS_MAX: usize = 10_000;

/// What a token was drawn with, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The public id of the key.
    pub key: String,
    /// The actions.
    pub actions: BTreeSet<Action>,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: u64,
}

/// The access tokens that are good.
#[derive(Debug, Default)]
pub struct AccessTokens(Mutex<BTreeMap<[u8; 32], Granted>>);

impl AccessTokens {
    /// Draws a token.
    ///
    /// # Errors
    /// [`PeopleError::Full`] when there are [`ACCESS_TOKENS_MAX`]; [`PeopleError::Random`].
    pub fn draw(
        &self,
        key: &str,
        actions: BTreeSet<Action>,
        now_ms: u64,
    ) -> Result<AccessToken, PeopleError> {
        let token = AccessToken::draw()?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, it| it.expires_ms > now_ms);
        let of_key = known.iter().filter(|(_, it)| it.key == key);
        let of_key: Vec<(u64, [u8; 32])> = of_key
            .map(|(digest, it)| (it.expires_ms, *digest))
            .collect();
        if of_key.len() >= ACCESS_TOKENS_EACH
            && let Some((_, oldest)) = of_key.iter().min()
        {
            known.remove(oldest);
        }
        if known.len() >= ACCESS_TOKENS_MAX {
            return Err(PeopleError::Full {
                what: "access tokens",
                max: ACCESS_TOKENS_MAX,
            });
        }
        let granted = Granted {
            key: key.to_owned(),
            actions,
            expires_ms: now_ms.saturating_add(ACCESS_TOKEN_LIFE_MS),
        };
        known.insert(token.digest(), granted);
        Ok(token)
    }

    /// What a token was drawn for, while it is good.
    #[must_use]
    pub fn granted(&self, token: &AccessToken, now_ms: u64) -> Option<Granted> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&token.digest());
        found.filter(|it| it.expires_ms > now_ms).cloned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn a_token_is_good_for_its_time_and_a_key_has_so_many() {
        let tokens = AccessTokens::default();
        let actions = BTreeSet::from([Action::UnitsRead]);
        let first = tokens.draw("a", actions.clone(), 0).unwrap();
        assert_eq!(
            tokens
                .granted(&first, ACCESS_TOKEN_LIFE_MS - 1)
                .unwrap()
                .actions,
            actions
        );
        assert!(tokens.granted(&first, ACCESS_TOKEN_LIFE_MS).is_none());
        for at_ms in 1..=ACCESS_TOKENS_EACH as u64 {
            tokens.draw("a", actions.clone(), at_ms).unwrap();
        }
        let other = tokens.draw("b", actions.clone(), 0).unwrap();
        assert!(tokens.granted(&first, 5).is_none(), "the oldest made room");
        assert!(tokens.granted(&other, 5).is_some());
    }
}
