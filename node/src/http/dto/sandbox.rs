//! What only a sandbox answers, below `/sandbox`.

use serde::{Deserialize, Serialize};

/// `GET /sandbox`: what time it is in a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxView {
    /// The time there, in milliseconds since 1970.
    pub now_ms: u64,
    /// How far that is ahead of the machine's clock.
    pub ahead_ms: u64,
}

/// `POST /sandbox/time`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveTime {
    /// How far the clock is moved, in milliseconds.
    pub forward_ms: u64,
}
