//! Who is in a sandbox.

use serde::{Deserialize, Serialize};

/// The password of everybody in every sandbox.
pub(super) const PASSWORD: &str = "everybody in the sandbox says this";

/// Somebody who can sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Person {
    /// With this address.
    pub(super) email: String,
    /// And this password.
    pub(super) password: String,
    /// What they are.
    pub(super) what: String,
    /// The number of their organisation.
    pub(super) organisation: u64,
    /// An API key of theirs.
    pub(super) api_key: Option<String>,
}
