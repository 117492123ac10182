//! The key that signs what goes out: Ed25519, as Standard Webhooks writes its asymmetric keys.
//!
//! `whsk_` and `whpk_` stand before base64: of the seed with the public key after it, and of the public key. What is signed is
//! the id, the timestamp and the body with dots between, and the signature goes out as `v1a,` and base64.

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::WebhookError;
use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE, Privacy};

const SECRET_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";
const SIGNATURE_PREFIX: &str = "v1a,";
const SEED_BYTES: usize = 32;
/// The largest key file, in bytes.
const FILE_BYTES_MAX: u64 = 256;

/// See the module. Shows its public half only.
pub struct WebhookKey(SigningKey);

impl fmt::Debug for WebhookKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("WebhookKey").field(&self.public()).finish()
    }
}

impl WebhookKey {
    /// Reads the key of a file that only its owner may read, or draws one and writes the file.
    ///
    /// # Errors
    /// [`WebhookError::File`], [`WebhookError::Key`], [`WebhookError::Random`].
    pub fn open(path: &Path) -> Result<Self, WebhookError> {
        match files::read(path, FILE_BYTES_MAX, Privacy::Private) {
            Ok(bytes) => {
                let text = std::str::from_utf8(&bytes).ok();
                let key = text.and_then(|it| Self::parse(it.trim()));
                key.ok_or_else(|| WebhookError::Key(path.to_owned()))
            }
            Err(FileFault::Missing(_)) => {
                let mut seed = Zeroizing::new([0; SEED_BYTES]);
                getrandom::fill(seed.as_mut_slice())
                    .map_err(|error| WebhookError::Random(error.to_string()))?;
                let key = Self(SigningKey::from_bytes(&seed));
                files::write_new(path, key.secret().as_bytes(), PRIVATE_FILE_MODE)?;
                Ok(key)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Out of `whsk_` and base64 of the seed, with or without the public key after it.
    fn parse(text: &str) -> Option<Self> {
        let coded = text.strip_prefix(SECRET_PREFIX)?;
        let bytes = Zeroizing::new(STANDARD.decode(coded).ok()?);
        let seed: &[u8; SEED_BYTES] = bytes.get(..SEED_BYTES)?.try_into().ok()?;
        let key = Self(SigningKey::from_bytes(seed));
        let rest = bytes.get(SEED_BYTES..)?;
        let is_whole = rest.is_empty() || rest == key.0.verifying_key().as_bytes();
        is_whole.then_some(key)
    }

    fn secret(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(self.0.to_keypair_bytes());
        Zeroizing::new(format!(
            "{SECRET_PREFIX}{}\n",
            STANDARD.encode(pair.as_slice())
        ))
    }

    /// The public key as receivers take it: `whpk_` and base64.
    #[must_use]
    pub fn public(&self) -> String {
        let key = self.0.verifying_key();
        format!("{PUBLIC_PREFIX}{}", STANDARD.encode(key.as_bytes()))
    }

    /// The value of the header `webhook-signature` of a message.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp_s: u64, body: &[u8]) -> String {
        let mut content = format!("{id}.{timestamp_s}.").into_bytes();
        content.extend_from_slice(body);
        let signature = self.0.sign(&content);
        format!(
            "{SIGNATURE_PREFIX}{}",
            STANDARD.encode(signature.to_bytes())
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn a_key_comes_back_out_of_its_file_and_a_torn_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("webhooks.key");
        let first = WebhookKey::open(&path).unwrap();
        let second = WebhookKey::open(&path).unwrap();
        assert_eq!(first.public(), second.public());
        assert_eq!(first.sign("m", 1, b"{}"), second.sign("m", 1, b"{}"));
        assert_ne!(first.sign("m", 1, b"{}"), first.sign("m", 2, b"{}"));
        let text = first.secret();
        assert!(WebhookKey::parse(text.trim()).is_some());
        // The public half of another key.
        let (seed, other) = (&first.0.to_bytes(), SigningKey::from_bytes(&[7; 32]));
        let torn = [seed.as_slice(), other.verifying_key().as_bytes()].concat();
        let torn = format!("whsk_{}", STANDARD.encode(torn));
        assert!(WebhookKey::parse(&torn).is_none());
        assert!(!format!("{first:?}").contains(&*STANDARD.encode(seed)));
    }
}
