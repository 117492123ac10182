//! Any secret that opens the API: an operator's token, a session or an API key.

use std::path::Path;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::api_key::ApiKey;
use super::secret::SessionToken;
use super::token::{ApiToken, TokenError};
use crate::ops::files::{self, Privacy};

/// A secret for `Authorization: Bearer`. Has no `Debug`.
#[derive(Clone)]
pub struct Bearer(Zeroizing<String>);

impl Bearer {
    /// Reads the secret that a file holds, with or without a newline at its end.
    ///
    /// # Errors
    /// [`TokenError`] when the file is open to others or holds no such secret.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let bytes = files::read(path, 256, Privacy::Private)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| TokenError::NotAToken)?;
        text.strip_suffix('\n').unwrap_or(text).parse()
    }

    /// The secret text, for the one header that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Bearer {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let is_one = text.parse::<ApiToken>().is_ok()
            || text.parse::<SessionToken>().is_ok()
            || text.parse::<ApiKey>().is_ok();
        if !is_one {
            return Err(TokenError::NotAToken);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}
