//! Passkeys and recovery codes of the caller's own account, and signing in with a passkey.

use serde_json::Value;

use super::super::{App, AppError, Caller, Mode};
use super::account::session_of;
use crate::people::{
    Ceremony, CeremonyToken, NewSession, PasskeyAdded, PasskeyId, PasskeyInfo, RecoveryCodes,
    StepToken, Visit,
};

impl App {
    /// The caller's passkeys.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn passkeys(&self, caller: &Caller) -> Result<Vec<PasskeyInfo>, AppError> {
        let user = caller.person()?.principal.user;
        Ok(self.people().passkeys(user).await?)
    }

    /// Begins to add a passkey to the caller's account.
    ///
    /// # Errors
    /// [`AppError::People`]; an API key is not enough for it.
    pub async fn begin_passkey(
        &self,
        caller: &Caller,
        visit: &Visit,
    ) -> Result<Ceremony, AppError> {
        let person = caller.person()?;
        let (user, session) = (person.principal.user, session_of(person)?);
        Ok(self.people().begin_passkey(user, session, visit).await?)
    }

    /// Adds the passkey that the authenticator made; with the first second factor come recovery codes, shown this once.
    ///
    /// # Errors
    /// As [`App::begin_passkey`], and when the answer does not hold.
    pub async fn finish_passkey(
        &self,
        caller: &Caller,
        token: &CeremonyToken,
        label: &str,
        answer: Value,
    ) -> Result<PasskeyAdded, AppError> {
        let person = caller.person()?;
        let (user, session) = (person.principal.user, session_of(person)?);
        let people = self.people();
        let now_ms = self.now_ms();
        let added = people.finish_passkey(user, session, token, label, answer, now_ms);
        Ok(added.await?)
    }

    /// Gives one of the caller's passkeys another label.
    ///
    /// # Errors
    /// [`AppError::People`] when the caller has no such passkey.
    pub async fn name_passkey(
        &self,
        caller: &Caller,
        id: &PasskeyId,
        label: &str,
        mode: Mode,
    ) -> Result<(), AppError> {
        let person = caller.person()?;
        session_of(person)?;
        let user = person.principal.user;
        Ok(self.people_in(mode).name_passkey(user, id, label).await?)
    }

    /// Removes one of the caller's passkeys.
    ///
    /// # Errors
    /// [`AppError::People`] when the caller has no such passkey, or showed a password alone.
    pub async fn remove_passkey(
        &self,
        caller: &Caller,
        id: &PasskeyId,
        mode: Mode,
    ) -> Result<(), AppError> {
        let person = caller.person()?;
        let (user, session) = (person.principal.user, session_of(person)?);
        let now_ms = self.now_ms();
        let people = self.people_in(mode);
        Ok(people.remove_passkey(user, session, id, now_ms).await?)
    }

    /// New recovery codes in the place of the caller's old ones, shown this once.
    ///
    /// # Errors
    /// [`AppError::People`] when there is no second factor that they could stand in for.
    pub async fn draw_recovery_codes(&self, caller: &Caller) -> Result<RecoveryCodes, AppError> {
        let person = caller.person()?;
        let (user, session) = (person.principal.user, session_of(person)?);
        let now_ms = self.now_ms();
        let drawn = self.people().draw_recovery_codes(user, session, now_ms);
        Ok(drawn.await?)
    }

    /// The web origin to which passkeys belong, such as `https://registry.example`; none where the node has none.
    #[must_use]
    pub fn passkey_origin(&self) -> Option<&str> {
        self.people().passkey_origin()
    }

    /// Whether a passkey can complete a sign-in whose password was right.
    ///
    /// # Errors
    /// [`AppError::People`] when the step is no good any more.
    pub async fn step_takes_passkey(&self, step: &StepToken) -> Result<bool, AppError> {
        let now_ms = self.now_ms();
        Ok(self.people().step_takes_passkey(step, now_ms).await?)
    }

    /// Begins a sign-in with a passkey: after a password with its step, or without one.
    ///
    /// # Errors
    /// [`AppError::People`].
    pub async fn begin_passkey_sign_in(
        &self,
        step: Option<&StepToken>,
        visit: &Visit,
    ) -> Result<Ceremony, AppError> {
        Ok(self.people().begin_passkey_sign_in(step, visit).await?)
    }

    /// Completes a sign-in with what the authenticator said.
    ///
    /// # Errors
    /// [`AppError::People`]: refused, or to wait.
    pub async fn finish_passkey_sign_in(
        &self,
        token: &CeremonyToken,
        answer: Value,
        visit: &Visit,
    ) -> Result<NewSession, AppError> {
        let people = self.people();
        Ok(people.finish_passkey_sign_in(token, answer, visit).await?)
    }
}
