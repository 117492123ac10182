//! Signing in, and what is everybody's own: the account, its sessions, its second factor, its keys.

use std::collections::BTreeSet;

use countersign_protocol::permission::{Action, Scope};

use super::super::{App, AppError, Caller, Mode, Person};
use crate::people::{
    ApiKey, ApiKeyInfo, By, Enrolment, LinkToken, Membership, NewSession, Password, Profile,
    RecoveryCodes, SecondFactor, Session, SessionId, SignIn, StepToken, User, UserId, Visit,
};

/// Who the caller is, and what that allows.
#[derive(Clone, Debug)]
pub struct Me {
    /// The user.
    pub user: User,
    /// What the ledger says about the user's organisation.
    pub membership: Membership,
    /// Every action that the role has, and on what.
    pub actions: Vec<(Action, Scope)>,
    /// Whether the session opens nothing until the user has added a second factor.
    pub must_enrol: bool,
}

impl App {
    /// Signs a user in by password; a guarded account then wants a second factor.
    ///
    /// # Errors
    /// [`AppError::People`]: refused, or to wait.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &Password,
        visit: &Visit,
    ) -> Result<SignIn, AppError> {
        Ok(self.people().sign_in(email, password, visit).await?)
    }

    /// Whether a session opens nothing until its user has added a second factor.
    ///
    /// # Errors
    /// [`AppError::NotAuthorised`] when the session has ended meanwhile.
    pub async fn must_enrol(&self, session: &NewSession) -> Result<bool, AppError> {
        let caller = self.authenticate(session.token.expose()).await?;
        let person = caller.person()?;
        let matrix = &self.inner.matrix;
        Ok(person.principal.must_enrol(matrix, &person.membership))
    }

    /// Completes a sign-in with a code.
    ///
    /// # Errors
    /// As [`App::sign_in`].
    pub async fn complete_sign_in(
        &self,
        step: &StepToken,
        factor: SecondFactor<'_>,
        visit: &Visit,
    ) -> Result<NewSession, AppError> {
        Ok(self.people().complete(step, factor, visit).await?)
    }

    /// Accepts an invitation: the user has a password from now on.
    ///
    /// # Errors
    /// [`AppError::People`] when the link or the password cannot be used.
    pub async fn accept_invitation(
        &self,
        token: &LinkToken,
        password: &Password,
        visit: &Visit,
    ) -> Result<UserId, AppError> {
        Ok(self
            .people()
            .accept_invitation(token, password, visit)
            .await?)
    }

    /// Sends a link for a new password, if the address has an account. The answer does not say whether it has.
    ///
    /// # Errors
    /// [`AppError::People`] when there were too many attempts.
    pub async fn request_reset(&self, email: &str, visit: &Visit) -> Result<(), AppError> {
        if let Some(link) = self.people().request_reset(email, visit).await? {
            self.inner.mail.reset(&link, visit.now_ms).await?;
        }
        Ok(())
    }

    /// Sets a new password by such a link. Every session of the user ends.
    ///
    /// # Errors
    /// [`AppError::People`] when the link or the password cannot be used.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        password: &Password,
        visit: &Visit,
    ) -> Result<UserId, AppError> {
        Ok(self.people().reset_password(token, password, visit).await?)
    }

    /// Who the caller is.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn me(&self, caller: &Caller) -> Result<Me, AppError> {
        let person = caller.person()?;
        let user = self.people().user(person.principal.user).await?;
        let matrix = &self.inner.matrix;
        let scope = |action: &Action| {
            let kind = &person.membership.organisation_type;
            (*action, matrix.scope(kind, &person.principal.role, *action))
        };
        let actions = Action::ALL.iter().map(scope);
        Ok(Me {
            user,
            membership: person.membership.clone(),
            must_enrol: person.principal.must_enrol(matrix, &person.membership),
            actions: actions.filter(|(_, scope)| *scope != Scope::None).collect(),
        })
    }

    /// Ends the caller's own session.
    ///
    /// # Errors
    /// [`AppError::People`] when there is none, as with an API key.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let person = caller.person()?;
        let session = session_of(person)?;
        self.end_session(caller, session, Mode::Write).await
    }

    /// The caller's open sessions.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<Session>, AppError> {
        let user = caller.person()?.principal.user;
        Ok(self.people().sessions(user, self.now_ms()).await?)
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`AppError::People`] when the caller has no such session.
    pub async fn end_session(
        &self,
        caller: &Caller,
        session: SessionId,
        mode: Mode,
    ) -> Result<(), AppError> {
        let user = caller.person()?.principal.user;
        let (by, now_ms) = (By::User(user), self.now_ms());
        Ok(self
            .people_in(mode)
            .revoke_session(by, user, session, now_ms)
            .await?)
    }

    /// Changes the caller's password. Every other session ends.
    ///
    /// # Errors
    /// [`AppError::People`] when the old one is wrong or the new one breaks a rule.
    pub async fn change_password(
        &self,
        caller: &Caller,
        old: &Password,
        new: &Password,
        visit: &Visit,
    ) -> Result<(), AppError> {
        let who = &caller.person()?.principal;
        Ok(self.people().change_password(who, old, new, visit).await?)
    }

    /// Changes what the caller tells about the own person: name, telephone number, language of mails.
    ///
    /// # Errors
    /// [`AppError::People`]; an API key is not enough for it.
    pub async fn set_profile(
        &self,
        caller: &Caller,
        profile: &Profile,
        mode: Mode,
    ) -> Result<(), AppError> {
        let person = caller.person()?;
        session_of(person)?;
        let (user, now_ms) = (person.principal.user, self.now_ms());
        let people = self.people_in(mode);
        Ok(people
            .set_profile(By::User(user), user, profile, now_ms)
            .await?)
    }

    /// Begins to guard the account with an authenticator (TOTP, RFC 6238).
    ///
    /// # Errors
    /// [`AppError::People`]; an API key is not enough for it.
    pub async fn begin_authenticator(&self, caller: &Caller) -> Result<Enrolment, AppError> {
        let person = caller.person()?;
        let session = session_of(person)?;
        Ok(self
            .people()
            .begin_authenticator(person.principal.user, session)
            .await?)
    }

    /// Confirms it with a first code; the recovery codes are shown this once.
    ///
    /// # Errors
    /// As [`App::begin_authenticator`].
    pub async fn confirm_authenticator(
        &self,
        caller: &Caller,
        code: &str,
    ) -> Result<RecoveryCodes, AppError> {
        let person = caller.person()?;
        let session = session_of(person)?;
        let (user, now_ms) = (person.principal.user, self.now_ms());
        Ok(self
            .people()
            .confirm_authenticator(user, session, code, now_ms)
            .await?)
    }

    /// The caller's API keys.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the role may not see keys.
    pub async fn api_keys(&self, caller: &Caller) -> Result<Vec<ApiKeyInfo>, AppError> {
        let person = caller.person()?;
        self.permit_of(caller, Action::ApiKeyRead, person.principal.organisation)?;
        Ok(self.people().api_keys(person.principal.user).await?)
    }

    /// Makes an API key of the caller's. It never opens more than the caller may at that moment.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the role may not make keys; an API key makes no other one.
    pub async fn create_api_key(
        &self,
        caller: &Caller,
        label: &str,
        actions: &BTreeSet<Action>,
        expires_ms: u64,
        mode: Mode,
    ) -> Result<ApiKey, AppError> {
        let person = caller.person()?;
        session_of(person)?;
        self.permit_of(caller, Action::ApiKeyCreate, person.principal.organisation)?;
        let (by, user, now_ms) = (caller.by(), person.principal.user, self.now_ms());
        let made = self
            .people_in(mode)
            .create_api_key(by, user, label, actions, expires_ms, now_ms)
            .await?;
        Ok(made)
    }

    /// Ends one of the caller's API keys.
    ///
    /// # Errors
    /// [`AppError::People`] when the caller has no such key.
    pub async fn revoke_api_key(
        &self,
        caller: &Caller,
        id: &str,
        mode: Mode,
    ) -> Result<(), AppError> {
        let user = caller.person()?.principal.user;
        let (by, now_ms) = (By::User(user), self.now_ms());
        Ok(self
            .people_in(mode)
            .revoke_api_key(by, user, id, now_ms)
            .await?)
    }
}

/// The session of somebody who signed in; an API key has none and changes nothing about how its user signs in.
pub(super) fn session_of(person: &Person) -> Result<SessionId, AppError> {
    let session = person.principal.session();
    session.ok_or_else(|| crate::people::PeopleError::SignedOut.into())
}
