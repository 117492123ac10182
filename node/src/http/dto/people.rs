//! People over HTTP: sign-in, the own account, users, registration. Secrets appear in the one answer that makes them.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::Action;
use countersign_protocol::record::{Article6, Name, Receiver, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NewUnitAuthorisation, ProposedProcessView};
use crate::people::{SessionId, UserId};

/// `POST /api/v1/sign-in`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"email": "ama@example.gov.gh", "password": "a long sentence of my own"})))]
pub struct SignInBody {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// The answer to a sign-in: a session, or a step that wants a second factor.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct SignedIn {
    /// The session's token, for `Authorization: Bearer`; none when a second factor is wanted.
    pub token: Option<String>,
    /// When the session ends, in milliseconds since 1970.
    pub expires_ms: Option<u64>,
    /// Give this with the code to `POST /api/v1/sign-in/code`, or to `POST /api/v1/sign-in/passkey`.
    pub step: Option<String>,
    /// Whether the session opens nothing until a second factor is added, because the role must have one.
    #[serde(default)]
    pub second_factor_needed: bool,
}

/// `POST /api/v1/sign-in/code`: exactly one of `code` and `recovery_code`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"step": "csp_...", "code": "123456"})))]
pub struct CompleteSignIn {
    /// The step that the sign-in gave.
    pub step: String,
    /// The authenticator's code.
    #[serde(default)]
    pub code: Option<String>,
    /// One of the recovery codes.
    #[serde(default)]
    pub recovery_code: Option<String>,
}

/// `POST /api/v1/invitations/accept` and `POST /api/v1/password-reset/complete`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"token": "csl_...", "password": "a long sentence of my own"})))]
pub struct AcceptInvitation {
    /// The one-time code of the link.
    pub token: String,
    /// The new password.
    pub password: String,
}

/// `POST /api/v1/password-reset`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"email": "ama@example.gov.gh"})))]
pub struct RequestReset {
    /// The e-mail address.
    pub email: String,
}

/// `GET /api/v1/me`: who the caller is, and what that allows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct MeView {
    /// The user.
    pub user: UserView,
    /// The organisation's type in the process.
    pub organisation_type: String,
    /// Where the organisation stands.
    #[schema(value_type = countersign_protocol::registry::Standing)]
    pub standing: String,
    /// Whether this session opens nothing until the user has added a second factor, because the role must have one.
    pub second_factor_needed: bool,
    /// Every action that the role has, and on what: `own`, `assigned`, `sector` or `country`.
    #[schema(value_type = BTreeMap<String, crate::http::openapi::ScopeWord>)]
    pub actions: BTreeMap<String, String>,
}

/// A user. Only who may see the user sees this.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct UserView {
    /// The pseudonym that the ledger carries.
    pub user: UserId,
    /// The user's organisation.
    pub organisation: OrganisationId,
    /// The role in it.
    pub role: String,
    /// `invited`, `active`, `suspended` or `erased`.
    #[schema(value_type = crate::http::openapi::UserStateWord)]
    pub state: String,
    /// Whether a second factor guards the account.
    pub second_factor: bool,
    /// The e-mail address; none once erased.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The language of mails.
    pub language: Option<String>,
    /// When the user was invited, in milliseconds since 1970.
    pub created_ms: u64,
    /// When the user signed in last.
    pub signed_in_ms: Option<u64>,
}

/// `PUT /api/v1/me/profile`: what people tell about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnProfile {
    /// The name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The telephone number; none when left out.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The language of mails, such as `fr`.
    #[schema(max_length = 16)]
    pub language: String,
}

/// An open session of the caller's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub session: SessionId,
    /// What the client called itself.
    pub device: String,
    /// From where it was opened.
    pub address: Option<String>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// When it was opened, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was used last.
    pub used_ms: u64,
}

/// `POST /api/v1/me/password`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"old": "a long sentence of my own", "password": "quite another long sentence"})))]
pub struct ChangePassword {
    /// The password so far.
    pub old: String,
    /// The new one.
    pub password: String,
}

/// `POST /api/v1/me/authenticator`: show it to an authenticator, then confirm with a first code.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct AuthenticatorMade {
    /// `otpauth://` URI, for a QR code.
    pub uri: String,
    /// The secret in base32, for typing.
    pub secret: String,
}

/// A code of an authenticator.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"code": "123456"})))]
pub struct CodeBody {
    /// Six digits.
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: String,
}

/// Codes that stand in for a lost authenticator, each once. Shown this once.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// The codes.
    pub codes: Vec<String>,
}

/// `POST /api/v1/me/api-keys`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"label": "nightly report", "actions": ["units-read"], "expires_ms": 1798761600000_u64})))]
pub struct NewApiKey {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 100)]
    pub label: String,
    /// What it is for.
    pub actions: BTreeSet<Action>,
    /// When it ends, in milliseconds since 1970; at most 366 days ahead.
    pub expires_ms: u64,
}

/// A key that was made. Its secret is shown this once.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct ApiKeyMade {
    /// The public id.
    pub id: String,
    /// The key, for `Authorization: Bearer`.
    pub key: String,
}

/// An API key in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// The public id.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// What it is for.
    pub actions: BTreeSet<Action>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it ends.
    pub expires_ms: u64,
    /// When it was used last.
    pub used_ms: Option<u64>,
}

/// `POST /api/v1/invitations`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"email": "ama@example.gov.gh", "name": "Ama Mensah", "language": "en", "organisation": 1, "role": "manager"})))]
pub struct InviteUser {
    /// The e-mail address.
    #[schema(max_length = 254, format = "email", example = "ama@example.gov.gh")]
    pub email: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The telephone number.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The language of mails, such as `fr`.
    #[schema(max_length = 16)]
    pub language: String,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The role in it.
    #[schema(min_length = 1, max_length = 48)]
    pub role: String,
}

/// An invitation that went out.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct InvitationSent {
    /// The user's pseudonym.
    pub user: UserId,
    /// When the one-time code ends, in milliseconds since 1970; none while it waits for a second person.
    pub expires_ms: Option<u64>,
    /// The one-time code itself, for the operator only; everybody else's invitation goes to the address by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The proposal that a second person must approve before the mail goes out, where the role decides about others.
    pub proposal: Option<u64>,
}

/// `POST /api/v1/users/{id}/role`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"role": "manager"})))]
pub struct NewRole {
    /// The role.
    #[schema(min_length = 1, max_length = 48)]
    pub role: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct RoleAnswer {
    /// Whether the role counts already.
    pub done: bool,
    /// The proposal that a second person must approve, where the country wants two.
    pub proposal: Option<u64>,
}

/// An act that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct ProposalView {
    /// Its number.
    pub proposal: u64,
    /// What: `role`, `invitation`, `trusted-receiver`, `key-rotation`, `process` or `article6`.
    pub kind: String,
    /// Whose role, or who is invited.
    pub user: Option<UserId>,
    /// Which role.
    pub role: Option<String>,
    /// Whose list of trusted receivers.
    pub organisation: Option<OrganisationId>,
    /// The receiver.
    pub receiver: Option<Receiver>,
    /// What would be recorded of Article 6, in nobody's name yet.
    #[serde(default)]
    pub records: Vec<Article6>,
    /// The units that would come under an authorisation.
    pub units: Option<NewUnitAuthorisation>,
    /// The process that would be adopted. Its file is at `GET proposals/{id}/file`.
    #[serde(default)]
    pub process: Option<ProposedProcessView>,
    /// Who proposed it; none for the operator.
    pub proposer: Option<UserId>,
    /// When, in milliseconds since 1970.
    pub proposed_ms: u64,
}

/// `POST /api/v1/proposals/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"approve": true})))]
pub struct DecideProposal {
    /// Whether it is approved.
    pub approve: bool,
}

/// A line of the log about a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct AuditView {
    /// Its number.
    pub id: u64,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Who did it; none for the operator and for strangers.
    pub actor: Option<UserId>,
    /// What happened.
    #[schema(value_type = crate::http::openapi::AuditEventWord)]
    pub event: String,
    /// More about it.
    pub detail: Option<String>,
    /// From which network address.
    pub address: Option<String>,
}

/// `POST /api/v1/registrations`: an organisation registers itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"organisation": "Volta Cookstoves", "organisation_type": "developer", "email": "kofi@example.com", "name": "Kofi Boateng", "language": "en"})))]
pub struct NewRegistration {
    /// The organisation's public name.
    pub organisation: Name,
    /// Its type in the process.
    pub organisation_type: Word,
    /// The first user's e-mail address.
    #[schema(max_length = 254, format = "email", example = "kofi@example.com")]
    pub email: String,
    /// The first user's name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The first user's telephone number.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The language of mails.
    #[schema(max_length = 16)]
    pub language: String,
}

/// What a registration made: an organisation that waits. Its first user has an invitation by mail.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct Registered {
    /// The organisation's number.
    pub organisation: OrganisationId,
}
