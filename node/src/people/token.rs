//! Bearer tokens: drawn once, shown once, kept as hashes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::Actor;
use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE, Privacy};

/// Every token begins with it, so that a token that leaked into a file or a message is found by searching.
pub const TOKEN_PREFIX: &str = "cst_";

const TOKEN_BYTES: usize = 32;
const TOKEN_CHARS: usize = TOKEN_PREFIX.len() + 2 * TOKEN_BYTES;
const TOKENS_FILE_BYTES_MAX: u64 = 64 * 1024;
const TOKENS_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 64;

/// Why a token cannot be made or read. No message holds a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The list of tokens is damaged.
    #[error("{path} is not a list of API tokens: {reason}; restore it from your backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A text is no token.
    #[error(
        "the text is no token, session or API key of a node: it must begin with {TOKEN_PREFIX}, css_ or csk_ and be complete"
    )]
    NotAToken,
    /// The name cannot be used.
    #[error(
        "token name {0:?} is not 1 to 64 lower-case letters, digits and hyphens; write it like operator"
    )]
    Name(String),
    /// The name is taken.
    #[error("there is a token of the name {0} already; choose another name")]
    Taken(String),
    /// The list is full.
    #[error("there are {TOKENS_MAX} tokens already; remove one first")]
    Full,
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}

/// A bearer token: `cst_` and 64 hex digits of 32 random bytes. Wiped from memory when dropped, never printed by
/// `Debug`.
#[derive(Clone)]
pub struct ApiToken(Zeroizing<String>);

impl ApiToken {
    /// Draws a token.
    ///
    /// # Errors
    /// [`TokenError::Random`] when the operating system has no random numbers.
    pub fn draw() -> Result<Self, TokenError> {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| TokenError::Random(error.to_string()))?;
        let mut digits = Zeroizing::new([0; 2 * TOKEN_BYTES]);
        // Cannot fail: the buffer is twice as long as the bytes.
        let _ = hex::encode_to_slice(bytes.as_slice(), digits.as_mut_slice());
        let mut text = Zeroizing::new(String::with_capacity(TOKEN_CHARS));
        text.push_str(TOKEN_PREFIX);
        text.extend(digits.iter().map(|digit| char::from(*digit)));
        Ok(Self(text))
    }

    /// Reads the token that a file holds, with or without a newline at its end.
    ///
    /// # Errors
    /// [`TokenError`] when the file is open to others or holds no token.
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

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl FromStr for ApiToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let digits = text
            .strip_prefix(TOKEN_PREFIX)
            .ok_or(TokenError::NotAToken)?;
        let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != TOKEN_CHARS || !digits.bytes().all(lower_hex) {
            return Err(TokenError::NotAToken);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ApiToken(cst_...)")
    }
}

/// One token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    tokens: Vec<Entry>,
}

/// The tokens that a node accepts: names and SHA-256 hashes. A token has 256 bits of its own randomness, so that a plain
/// hash is enough: there is nothing to guess.
#[derive(Clone, Debug)]
pub struct Tokens {
    entries: Vec<Entry>,
}

impl Tokens {
    /// Reads the list of a node.
    ///
    /// # Errors
    /// [`TokenError`] when the file is missing, open to others or damaged.
    pub fn load(path: &Path) -> Result<Self, TokenError> {
        Ok(Self {
            entries: read_list(path)?.tokens,
        })
    }

    /// Draws a token of this name, adds its hash to the list at `path` and writes the token itself to `token_file`. Both
    /// files are for their owner only. The list is made if there is none; the token file is never overwritten.
    ///
    /// # Errors
    /// [`TokenError`] when the name is taken or a file cannot be written.
    pub fn add(path: &Path, name: &str, token_file: &Path) -> Result<ApiToken, TokenError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(allowed) {
            return Err(TokenError::Name(name.chars().take(48).collect()));
        }
        let mut list = match read_list(path) {
            Err(TokenError::File(FileFault::Missing(_))) => List::default(),
            other => other?,
        };
        if list.tokens.iter().any(|entry| entry.name == name) {
            return Err(TokenError::Taken(name.to_owned()));
        }
        if list.tokens.len() >= TOKENS_MAX {
            return Err(TokenError::Full);
        }
        let token = ApiToken::draw()?;
        list.tokens.push(Entry {
            name: name.to_owned(),
            sha256: token.hash(),
        });
        let text = serde_json::to_vec_pretty(&list).map_err(|error| TokenError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        // The token first: a list that names a token which nobody has would need repair by hand.
        let line = Zeroizing::new(format!("{}\n", token.expose()));
        files::write_new(token_file, line.as_bytes(), PRIVATE_FILE_MODE)?;
        files::replace(path, &text, PRIVATE_FILE_MODE)?;
        Ok(token)
    }

    /// Whose token this is. Takes the same time whether and wherever it matches.
    #[must_use]
    pub fn actor(&self, token: &ApiToken) -> Option<Actor> {
        let shown = token.hash();
        let mut found = u64::MAX;
        for (at, entry) in (0_u64..).zip(&self.entries) {
            let same: Choice = entry.sha256.ct_eq(&shown);
            found = u64::conditional_select(&found, &at, same);
        }
        let at = usize::try_from(found).ok()?;
        self.entries.get(at).map(|entry| Actor::new(&entry.name))
    }
}

fn read_list(path: &Path) -> Result<List, TokenError> {
    let bytes = files::read(path, TOKENS_FILE_BYTES_MAX, Privacy::Private)?;
    serde_json::from_slice(&bytes).map_err(|error| TokenError::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
