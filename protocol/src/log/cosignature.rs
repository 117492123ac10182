//! Cosignatures: a witness states that, at a time, this was the largest consistent tree it had seen of a log
//! (C2SP tlog-cosignature, Ed25519 type 0x04).

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::{KeyKind, SignerKey, VerifierKey};
use super::note::{NoteError, SignatureLine};
use thiserror::Error;

/// Latest time a cosignature may carry, in seconds since 1970.
const TIME_S_MAX: u64 = i64::MAX as u64;

/// Why a cosignature could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CosignError {
    /// The text is not a checkpoint, and nothing else may be cosigned.
    #[error("only checkpoints are cosigned: {0}")]
    NotACheckpoint(#[from] CheckpointError),
    /// The key is not a cosigner key (type 0x04).
    #[error(transparent)]
    Key(#[from] NoteError),
    /// The time is 0 or above 2^63 - 1.
    #[error("the cosignature time {0} is not a time after 1970: check the clock")]
    Time(u64),
}

/// Cosigns the text of a checkpoint note at `time_s` (seconds since 1970). The caller has checked consistency and stored
/// the checkpoint before.
///
/// # Errors
/// [`CosignError`] when the text is no checkpoint, the key is no cosigner key or the time is impossible.
pub fn cosign(note_text: &str, key: &SignerKey, time_s: u64) -> Result<SignatureLine, CosignError> {
    Checkpoint::parse(note_text)?;
    if key.kind() != KeyKind::CosignatureV1 {
        return Err(NoteError::WrongKeyKind {
            name: key.name().to_owned(),
        }
        .into());
    }
    if time_s == 0 || time_s > TIME_S_MAX {
        return Err(CosignError::Time(time_s));
    }
    let signature = key.sign_ed25519(message(note_text, time_s).as_bytes());
    Ok(SignatureLine::new(
        key.verifier(),
        [time_s.to_be_bytes().as_slice(), &signature].concat(),
    ))
}

/// The time of a true cosignature by `key`; `None` when it does not verify.
pub(super) fn verify(note_text: &str, signature: &[u8], key: &VerifierKey) -> Option<u64> {
    let (time, signature) = signature.split_first_chunk::<8>()?;
    let time_s = u64::from_be_bytes(*time);
    if time_s == 0 || time_s > TIME_S_MAX {
        return None;
    }
    let signature = signature.try_into().ok()?;
    key.verify_ed25519(message(note_text, time_s).as_bytes(), signature)
        .then_some(time_s)
}

/// What is signed: two lines of context, then the whole checkpoint text.
fn message(note_text: &str, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{note_text}")
}
