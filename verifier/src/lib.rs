//! Judges proof bundles without a network: what a country's page, a phone or a program needs, in one call with bytes in and
//! JSON out.
//!
//! Built for `wasm32-unknown-unknown` it is the heart of the offline page (`docs/verify.md`); the few functions that JavaScript
//! calls are in `exports`, and no memory is touched there but through safe vectors.

#[cfg(target_arch = "wasm32")]
mod exports;
mod frames;
mod given;
#[cfg(not(target_arch = "wasm32"))]
pub mod page;
mod shown;

pub use frames::{FRAME_BYTES_MAX, FRAMES_MAX, FrameError, write_frames};
pub use given::Given;
pub use shown::{PolicyShown, Shown};

use countersign_protocol::log::Policy;
use countersign_protocol::verdict::judge;
use serde::Serialize;

/// What cannot be answered.
#[derive(Serialize)]
struct Refused {
    error: String,
}

/// Answers one call. The frames of `request` are a command and what it is about:
///
/// | command | further frames | answer |
/// |---|---|---|
/// | `judge` | policy, bundle, any number of texts about what came later | [`Shown`] |
/// | `policy` | policy | [`PolicyShown`] |
/// | `open` | anything that a person drops, pastes or scans | [`Given`] |
///
/// What cannot be answered is `{"error": "..."}`.
#[must_use]
pub fn answer(request: &[u8]) -> String {
    let frames = match frames::read_frames(request) {
        Ok(frames) => frames,
        Err(error) => return refused(error.to_string()),
    };
    match frames.as_slice() {
        [b"judge", policy, bundle, later @ ..] => match read_policy(policy) {
            Ok(policy) => json(&Shown::from(&judge(&policy, bundle, later))),
            Err(error) => refused(error),
        },
        [b"policy", policy] => match read_policy(policy) {
            Ok(policy) => json(&PolicyShown::from(&policy)),
            Err(error) => refused(error),
        },
        [b"open", bytes] => json(&Given::of(bytes)),
        _ => refused("the call is none of judge, policy and open".to_owned()),
    }
}

fn read_policy(bytes: &[u8]) -> Result<Policy, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the policy is no text in UTF-8")?;
    text.parse::<Policy>().map_err(|error| error.to_string())
}

fn refused(error: String) -> String {
    json(&Refused { error })
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer)
        .unwrap_or_else(|error| format!("{{\"error\":\"it cannot be written as JSON: {error}\"}}"))
}
