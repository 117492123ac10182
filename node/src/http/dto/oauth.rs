//! OAuth 2.0: access tokens that a program draws with its API key.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an access token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// By the program's own credentials (RFC 6749 section 4.4).
    ClientCredentials,
}

/// `POST /api/v1/oauth/token`, as a form. The credentials may stand in a header `Authorization: Basic` instead.
#[derive(Deserialize, ToSchema)]
#[schema(examples(json!({"grant_type": "client_credentials", "client_id": "0123456789ab", "client_secret": "csk_...", "scope": "units-read"})))]
pub struct TokenRequest {
    /// Always `client_credentials`.
    pub grant_type: GrantType,
    /// The public id of the API key.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub client_id: Option<String>,
    /// The API key.
    #[serde(default)]
    #[schema(max_length = 256)]
    pub client_secret: Option<String>,
    /// Actions with blanks between, out of those that the key was made for; all of them without.
    #[serde(default)]
    #[schema(max_length = 4096)]
    pub scope: Option<String>,
}

/// An access token (RFC 6749 section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenAnswer {
    /// The token, for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// How long it is good, in seconds.
    pub expires_in: u64,
    /// The actions that it opens, with blanks between.
    pub scope: String,
}
