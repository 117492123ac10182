//! The registry as a relying party of passkeys (W3C Web Authentication Level 3). Challenges are made and answers judged by
//! webauthn-rs: origin, RP id, challenge, user verification, signature, counter. Nothing here looks into an answer.
//!
//! A passkey always verifies its user (a PIN, a finger, a face), so that it is two factors in one.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Key, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::ceremony::CEREMONY_LIFE_MS;
use super::error::PeopleError;
use super::passkey::Passkey;

/// The relying party of this node.
pub(super) struct RelyingParty(Webauthn);

/// What goes to the authenticator, and what must be kept until it answers.
pub(super) struct Challenge {
    pub(super) options: Value,
    pub(super) state: Vec<u8>,
}

/// Whom a new passkey is for.
pub(super) struct Holder<'a> {
    /// Says nothing about the user outside this node.
    pub(super) handle: [u8; 16],
    pub(super) email: &'a str,
    pub(super) name: &'a str,
}

/// Why an answer proves nothing. The words are for the journal and the log of sign-ins, not for clients.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unproven {
    #[error("the answer is not that of an authenticator")]
    Unreadable,
    #[error("the answer names another user")]
    OtherUser,
    #[error("the counter went back: the passkey may have been copied")]
    Counter,
    #[error("{0}")]
    Refused(WebauthnError),
}

impl From<WebauthnError> for Unproven {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::CredentialPossibleCompromise => Self::Counter,
            other => Self::Refused(other),
        }
    }
}

/// The web origin to which the passkeys of a registry belong that people reach at this address: its scheme, host name and port.
/// None where browsers have no passkeys: on plain HTTP, but for the own machine, and where the host is an IP address.
#[must_use]
pub fn passkey_origin(public_url: &str) -> Option<String> {
    let url = Url::parse(public_url).ok()?;
    let host = url.domain()?;
    let is_fit = url.scheme() == "https" || host == "localhost";
    is_fit.then(|| url.origin().ascii_serialization())
}

impl RelyingParty {
    /// The relying party of a registry that people reach at this origin, such as `https://registry.example.gov`.
    pub(super) fn new(origin: &str, name: &str) -> Result<Self, PeopleError> {
        let refused = |reason| PeopleError::Setting {
            setting: "origin",
            reason,
        };
        let url = Url::parse(origin).map_err(|_| refused("it is not a URL"))?;
        let host = url.domain().ok_or(refused(
            "passkeys belong to a host name, not to an IP address",
        ))?;
        // Browsers have no passkeys on plain HTTP, except on the own machine.
        if url.scheme() != "https" && host != "localhost" {
            return Err(refused("it must begin with https://"));
        }
        let life = Duration::from_millis(CEREMONY_LIFE_MS);
        let built = WebauthnBuilder::new(host, &url)
            .and_then(|builder| builder.rp_name(name).timeout(life).build());
        built
            .map(Self)
            .map_err(|_| refused("passkeys cannot belong to it"))
    }

    /// A challenge for a new passkey. Those that the user has already are named, so that none is added twice.
    pub(super) fn register(
        &self,
        holder: &Holder<'_>,
        known: &[Passkey],
    ) -> Result<Challenge, PeopleError> {
        let known = known.iter().map(|it| it.credential.clone()).collect();
        let (options, state) = self
            .0
            .start_passkey_registration(
                Uuid::from_bytes(holder.handle),
                holder.email,
                holder.name,
                Some(known),
            )
            .map_err(|_| PeopleError::Damaged("a passkey"))?;
        let mut challenge = challenge(&options, &state)?;
        // Only a passkey that the device finds by itself signs in without a password.
        challenge.options["publicKey"]["authenticatorSelection"]["residentKey"] =
            "preferred".into();
        Ok(challenge)
    }

    /// The passkey that an answer to [`RelyingParty::register`] brings.
    pub(super) fn registered(&self, state: &[u8], answer: Value) -> Result<Passkey, Unproven> {
        let answer: RegisterPublicKeyCredential = read_answer(answer)?;
        let state: PasskeyRegistration = read_state(state)?;
        let key = self.0.finish_passkey_registration(&answer, &state)?;
        Ok(Passkey {
            credential: key.cred_id().to_vec(),
            state: serde_json::to_vec(&key).map_err(|_| Unproven::Unreadable)?,
        })
    }

    /// A challenge for a sign-in, to one of these passkeys or to whichever the device has.
    pub(super) fn ask(&self, known: &[Passkey]) -> Result<Challenge, PeopleError> {
        let (mut options, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| PeopleError::Damaged("a passkey"))?;
        // The person presses a button; nothing is suggested in a form field.
        options.mediation = None;
        let mut challenge = challenge(&options, &state)?;
        let allowed: Vec<Value> = known
            .iter()
            .map(|it| serde_json::json!({"type": "public-key", "id": base64url(&it.credential)}))
            .collect();
        challenge.options["publicKey"]["allowCredentials"] = Value::Array(allowed);
        Ok(challenge)
    }

    /// The state of a passkey after a right answer to [`RelyingParty::ask`]. `must_name` says that the answer must bring
    /// the user's handle, as one does that was not asked for by name.
    pub(super) fn proven(
        &self,
        state: &[u8],
        answer: &Answer,
        passkey: &Passkey,
        handle: [u8; 16],
        must_name: bool,
    ) -> Result<Vec<u8>, Unproven> {
        match answer.0.get_user_unique_id() {
            Some(named) if named == handle => {}
            None if !must_name => {}
            _ => return Err(Unproven::OtherUser),
        }
        let mut key: Key =
            serde_json::from_slice(&passkey.state).map_err(|_| Unproven::Unreadable)?;
        let state: DiscoverableAuthentication = read_state(state)?;
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer.0, state, &key)?;
        key.update_credential(&result);
        serde_json::to_vec(&key).map_err(|_| Unproven::Unreadable)
    }
}

/// What an authenticator said to a sign-in.
pub(super) struct Answer(PublicKeyCredential);

impl Answer {
    pub(super) fn read(answer: Value) -> Result<Self, Unproven> {
        read_answer(answer).map(Self)
    }

    /// The credential that it names; proven by nothing yet.
    pub(super) fn credential(&self) -> &[u8] {
        self.0.get_credential_id()
    }
}

fn challenge<O: Serialize, S: Serialize>(options: &O, state: &S) -> Result<Challenge, PeopleError> {
    let unwritable = |_| PeopleError::Damaged("a challenge");
    Ok(Challenge {
        options: serde_json::to_value(options).map_err(unwritable)?,
        state: serde_json::to_vec(state).map_err(unwritable)?,
    })
}

fn read_answer<T: DeserializeOwned>(answer: Value) -> Result<T, Unproven> {
    serde_json::from_value(answer).map_err(|_| Unproven::Unreadable)
}

fn read_state<T: DeserializeOwned>(state: &[u8]) -> Result<T, Unproven> {
    serde_json::from_slice(state).map_err(|_| Unproven::Unreadable)
}

/// Base64 as Web Authentication writes it: URL-safe, without padding.
fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn passkeys_belong_to_a_host_name_on_https_or_on_the_own_machine() {
        for (url, origin) in [
            (
                "https://registry.example/in",
                Some("https://registry.example"),
            ),
            (
                "https://registry.example:8443",
                Some("https://registry.example:8443"),
            ),
            ("http://localhost:8080/", Some("http://localhost:8080")),
            ("http://registry.example", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]", None),
            ("no address", None),
        ] {
            assert_eq!(passkey_origin(url).as_deref(), origin, "{url}");
            let party = RelyingParty::new(url, "Registry");
            assert_eq!(party.is_ok(), origin.is_some(), "{url}");
        }
    }
}
