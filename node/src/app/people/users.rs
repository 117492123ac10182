//! The users of an organisation.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::registry::State;
use countersign_protocol::workflow::ROOT;

use super::super::{App, AppError, Caller, LIST_MAX, Listing, Mode};
use crate::people::{AuditEntry, Link, NewUser, PeopleError, ProposedAct, User, UserId, UserQuery};

/// Somebody to invite.
pub type UserWish = NewUser;

/// What came of a wish to invite somebody. Has no `Debug`: it may hold a secret.
pub enum Invited {
    /// The link is out.
    Sent(Link),
    /// A second person must approve it first.
    Proposed {
        /// The user.
        user: UserId,
        /// The proposal.
        proposal: u64,
    },
}

/// What came of a wish to change a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// It counts at once.
    Done,
    /// A second person must approve this proposal.
    Proposed(u64),
}

impl App {
    /// Users after `after` by id: of one organisation, or of all for those who may see all.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn users(
        &self,
        caller: &Caller,
        query: &UserQuery,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Listing<User>, AppError> {
        match query.organisation {
            Some(organisation) => self.permit_of(caller, Action::UserRead, organisation)?,
            None => self.permit(caller, Action::UserRead, &Object::default())?,
        }
        let limit = limit.clamp(1, LIST_MAX);
        let wanted = u32::try_from(limit + 1).unwrap_or(u32::MAX);
        let users = self.people().users(query, after, wanted).await?;
        Ok(Listing::cut(users, limit, |last| last.id.to_string()))
    }

    /// One user.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also when the caller may not see the user.
    pub async fn user(&self, caller: &Caller, id: UserId) -> Result<User, AppError> {
        self.permitted_user(caller, Action::UserRead, id).await
    }

    pub(super) async fn permitted_user(
        &self,
        caller: &Caller,
        action: Action,
        id: UserId,
    ) -> Result<User, AppError> {
        let user = self.people().user(id).await?;
        match self.permit_of(caller, action, user.organisation) {
            Err(AppError::Forbidden(why)) if why.hides_object() => {
                Err(AppError::not_found("user", &id))
            }
            other => other.map(|()| user),
        }
    }

    /// Invites somebody. The one-time link goes to the address; the operator, who may have no mail yet, gets it in hand. Where
    /// the country wants two people for roles, so does an invitation into one that decides about others: or else whoever
    /// invites would be both.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::BadInput`] when the organisation has no such role.
    pub async fn invite(
        &self,
        caller: &Caller,
        wish: &UserWish,
        mode: Mode,
    ) -> Result<Invited, AppError> {
        self.permit_of(caller, Action::UserInvite, wish.organisation)?;
        self.check_role(caller, wish.organisation, &wish.role)?;
        if let Caller::Person(person) = caller
            && self.invitation_needs_two(wish)
        {
            let (proposer, now_ms) = (person.principal.user, self.now_ms());
            let people = self.people_in(mode);
            let proposed = people.propose_invitation(proposer, wish, now_ms);
            let (user, proposal) = proposed.await?;
            return Ok(Invited::Proposed { user, proposal });
        }
        let link = self
            .people_in(mode)
            .invite(caller.by(), wish, self.now_ms())
            .await?;
        if matches!(caller, Caller::Person(_)) && mode == Mode::Write {
            self.inner.mail.invitation(&link, self.now_ms()).await?;
        }
        Ok(Invited::Sent(link))
    }

    fn invitation_needs_two(&self, wish: &UserWish) -> bool {
        let matrix = &self.inner.matrix;
        let kind = self.ledger().read(|state| {
            let organisation = state.organisation(wish.organisation)?;
            organisation.organisation_type.clone()
        });
        let decides = kind.is_some_and(|kind| matrix.decides(kind.as_str(), &wish.role));
        decides && matrix.policy().needs_second_person(Action::UserRoleChange)
    }

    /// A new one-time link for somebody who has not joined yet; the old one is no good any more.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::People`] when the user has joined.
    pub async fn invite_again(
        &self,
        caller: &Caller,
        id: UserId,
        mode: Mode,
    ) -> Result<Link, AppError> {
        let user = self.permitted_user(caller, Action::UserInvite, id).await?;
        self.check_role(caller, user.organisation, &user.role)?;
        if self.people().awaits_approval(id).await? {
            return Err(PeopleError::AwaitsApproval.into());
        }
        let now_ms = self.now_ms();
        let people = self.people_in(mode);
        let link = people.invite_again(caller.by(), id, now_ms).await?;
        if matches!(caller, Caller::Person(_)) && mode == Mode::Write {
            self.inner.mail.invitation(&link, now_ms).await?;
        }
        Ok(link)
    }

    /// Whether a role exists in an organisation. Only root makes root.
    pub(super) fn check_role(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        role: &str,
    ) -> Result<(), AppError> {
        let exists = self
            .ledger()
            .read(|state| role_exists(state, organisation, role))?;
        if !exists {
            let why = "the organisation's type has no such role in the process";
            return Err(AppError::body("/role", why));
        }
        match caller {
            Caller::Person(person) if role == ROOT && person.principal.role != ROOT => {
                Err(AppError::body("/role", "only root gives the role root"))
            }
            _ => Ok(()),
        }
    }

    /// Gives a user another role, or proposes it where the country wants two people for it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::BadInput`] when the organisation has no such role.
    pub async fn change_role(
        &self,
        caller: &Caller,
        id: UserId,
        role: &str,
        mode: Mode,
    ) -> Result<RoleChange, AppError> {
        let action = Action::UserRoleChange;
        let user = self.permitted_user(caller, action, id).await?;
        self.check_role(caller, user.organisation, role)?;
        let now_ms = self.now_ms();
        let needs_two = self.inner.matrix.policy().needs_second_person(action);
        match caller {
            Caller::Person(person) if needs_two => {
                let proposer = Some(person.principal.user);
                let act = ProposedAct::Role {
                    user: id,
                    role: role.to_owned(),
                };
                let people = self.people_in(mode);
                let proposed = people.propose(proposer, &act, now_ms).await?;
                Ok(RoleChange::Proposed(proposed))
            }
            _ => {
                self.people_in(mode)
                    .set_role(caller.by(), id, role, now_ms)
                    .await?;
                Ok(RoleChange::Done)
            }
        }
    }

    /// Suspends a user, or ends a suspension.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::People`] when the user's state does not allow it.
    pub async fn suspend_user(
        &self,
        caller: &Caller,
        id: UserId,
        suspend: bool,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permitted_user(caller, Action::UserSuspend, id).await?;
        let (by, now_ms) = (caller.by(), self.now_ms());
        if suspend {
            self.people_in(mode).suspend(by, id, now_ms).await?;
        } else {
            self.people_in(mode).reactivate(by, id, now_ms).await?;
        }
        Ok(())
    }

    /// Ends every session of a user, such as of one whose telephone was lost. Whoever knows the password signs in again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn end_sessions(
        &self,
        caller: &Caller,
        id: UserId,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permitted_user(caller, Action::UserSuspend, id).await?;
        let (by, now_ms) = (caller.by(), self.now_ms());
        let people = self.people_in(mode);
        Ok(people.revoke_sessions(by, id, None, now_ms).await?)
    }

    /// Takes away the second factors that a user has lost.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn reset_factors(
        &self,
        caller: &Caller,
        id: UserId,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permitted_user(caller, Action::UserFactorReset, id)
            .await?;
        let (by, now_ms) = (caller.by(), self.now_ms());
        Ok(self
            .people_in(mode)
            .remove_second_factors(by, id, now_ms)
            .await?)
    }

    /// Removes a user's personal data for good. What the ledger says of the pseudonym stays true.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn erase_user(
        &self,
        caller: &Caller,
        id: UserId,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permitted_user(caller, Action::UserErase, id).await?;
        self.people_in(mode)
            .erase(caller.by(), id, self.now_ms())
            .await?;
        if mode == Mode::Write {
            self.forget_mail(id).await?;
        }
        Ok(())
    }

    /// The log of sign-ins and changes about a user, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn audit(
        &self,
        caller: &Caller,
        user: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, AppError> {
        self.permitted_user(caller, Action::AuditRead, user).await?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        Ok(self.people().audit(Some(user), before, limit).await?)
    }
}

fn role_exists(state: &State, id: OrganisationId, role: &str) -> Result<bool, AppError> {
    let organisation = state
        .organisation(id)
        .ok_or_else(|| AppError::not_found("organisation", &id))?;
    let kind = organisation.organisation_type.as_ref();
    let exists = state
        .process()
        .zip(kind)
        .is_some_and(|(process, kind)| process.role_exists(role, kind.as_str()));
    Ok(exists)
}
