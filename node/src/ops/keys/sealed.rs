//! Sealing and opening bytes under a passphrase, in the age format.

use super::KeyFileError;
use age::{DecryptError, Decryptor, scrypt};
use secrecy::SecretString;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// The scrypt work factor of new files, as a power of two: 2^15 rounds with 1 KiB each, so 32 MiB and some 0.1 s.
///
/// A node must start in under a second with three such files, on a machine with 512 MB. One step more doubles both
/// time and memory. The passphrase carries the rest: see `PASSPHRASE_LEN_MIN`.
pub const WORK_FACTOR: u8 = 15;

/// The largest work factor that is opened: what the `age` program itself writes by default, 256 MiB.
pub const WORK_FACTOR_MAX: u8 = 18;

/// The most bytes that a sealed key may hold.
const PLAIN_BYTES_MAX: usize = 8 * 1024;

/// Encrypts bytes under a passphrase, with this work factor. `path` is for messages.
pub(super) fn seal(
    plain: &[u8],
    passphrase: SecretString,
    work_factor: u8,
    path: &Path,
) -> Result<Vec<u8>, KeyFileError> {
    let mut recipient = scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(work_factor);
    age::encrypt(&recipient, plain).map_err(|error| damaged(path, error.to_string()))
}

/// Decrypts bytes under a passphrase. `path` is for messages.
pub(super) fn open(
    sealed: &[u8],
    passphrase: SecretString,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut identity = scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(WORK_FACTOR_MAX);
    let refused = |error: DecryptError| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            KeyFileError::WrongPassphrase(path.to_owned())
        }
        DecryptError::ExcessiveWork { required, .. } => KeyFileError::TooMuchWork {
            path: path.to_owned(),
            found: required,
        },
        DecryptError::NoMatchingKeys => damaged(
            path,
            "it is encrypted to a key, not under a passphrase".to_owned(),
        ),
        other => damaged(path, other.to_string()),
    };
    let decryptor = Decryptor::new_buffered(sealed).map_err(refused)?;
    let reader = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(refused)?;
    // Room for everything at once: growing would leave copies of a secret behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(PLAIN_BYTES_MAX + 1));
    let read = reader
        .take(PLAIN_BYTES_MAX as u64 + 1)
        .read_to_end(&mut plain);
    read.map_err(|error| damaged(path, error.to_string()))?;
    if plain.len() > PLAIN_BYTES_MAX {
        return Err(damaged(path, "it holds more than a key".to_owned()));
    }
    Ok(plain)
}

pub(super) fn damaged(path: &Path, reason: String) -> KeyFileError {
    KeyFileError::Damaged {
        path: path.to_owned(),
        reason,
    }
}
