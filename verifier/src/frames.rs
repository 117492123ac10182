//! How several pieces of bytes travel as one: each after its length in four little-endian bytes.

use thiserror::Error;

/// The most frames of one call: a command, a policy, a bundle and what came later.
pub const FRAMES_MAX: usize = 32;

/// The longest frame, in bytes: a letter with its proof.
pub const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why bytes are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// More than [`FRAMES_MAX`].
    #[error("the call has more than {FRAMES_MAX} parts")]
    TooMany,
    /// One is longer than [`FRAME_BYTES_MAX`].
    #[error("a part of the call is longer than {FRAME_BYTES_MAX} bytes")]
    TooLong,
    /// The last one does not end.
    #[error("the call ends within a part")]
    Unterminated,
}

pub(crate) fn read_frames(mut bytes: &[u8]) -> Result<Vec<&[u8]>, FrameError> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        if frames.len() == FRAMES_MAX {
            return Err(FrameError::TooMany);
        }
        let (length, rest) = bytes
            .split_first_chunk::<4>()
            .ok_or(FrameError::Unterminated)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        if length > FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let (frame, rest) = rest
            .split_at_checked(length)
            .ok_or(FrameError::Unterminated)?;
        frames.push(frame);
        bytes = rest;
    }
    Ok(frames)
}

/// Writes frames.
///
/// # Errors
/// [`FrameError`] when there are too many, or one is too long.
pub fn write_frames(frames: &[&[u8]]) -> Result<Vec<u8>, FrameError> {
    if frames.len() > FRAMES_MAX {
        return Err(FrameError::TooMany);
    }
    let mut bytes = Vec::new();
    for frame in frames {
        let length = u32::try_from(frame.len()).map_err(|_| FrameError::TooLong)?;
        if frame.len() > FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(frame);
    }
    Ok(bytes)
}
