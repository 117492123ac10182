//! Keys of wishes.

use std::fmt;

use countersign_protocol::id::RequestId;

use crate::ClientError;

/// Names one wish: drawn once, sent with every repetition, so that it is done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub RequestId);

impl Key {
    /// Draws a new one.
    ///
    /// # Errors
    /// [`ClientError::Random`] when the system gives no random bytes.
    pub fn draw() -> Result<Self, ClientError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| ClientError::Random(error.to_string()))?;
        Ok(Self(RequestId(bytes)))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
