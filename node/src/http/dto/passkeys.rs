//! Passkeys over HTTP. `options` and `credential` are the JSON of W3C Web Authentication Level 3: give `options` to the
//! browser's `navigator.credentials`, and what it answers back as `credential`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::people::PasskeyId;

/// A challenge to an authenticator.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct CeremonyView {
    /// Give this back with the answer. A challenge takes one answer, right or wrong.
    pub ceremony: String,
    /// `{"publicKey": {...}}`: `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    #[schema(value_type = Object)]
    pub options: Value,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: u64,
}

/// `POST /api/v1/me/passkeys/confirm`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishPasskey {
    /// The ceremony that `POST /api/v1/me/passkeys` began.
    pub ceremony: String,
    /// What its owner calls the passkey.
    pub label: String,
    /// The browser's answer (`RegistrationResponseJSON`).
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// A passkey that was added.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct PasskeyMade {
    /// The passkey.
    pub passkey: PasskeyView,
    /// Recovery codes, where it is the first second factor of the account. Shown this once.
    pub recovery_codes: Option<Vec<String>>,
}

/// A passkey in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct PasskeyView {
    /// Its id.
    #[schema(value_type = String)]
    pub passkey: PasskeyId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

/// `PUT /api/v1/me/passkeys/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamePasskey {
    /// The new label.
    pub label: String,
}

/// `POST /api/v1/sign-in/passkey`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginPasskeySignIn {
    /// The step that a sign-in by password gave; without one the passkey stands for the password too.
    #[serde(default)]
    pub step: Option<String>,
}

/// `POST /api/v1/sign-in/passkey/confirm`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishPasskeySignIn {
    /// The ceremony that `POST /api/v1/sign-in/passkey` began.
    pub ceremony: String,
    /// The browser's answer (`AuthenticationResponseJSON`).
    #[schema(value_type = Object)]
    pub credential: Value,
}
