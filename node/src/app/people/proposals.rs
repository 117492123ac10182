//! Acts that take two people: one proposes, another approves. The node keeps what waits; what comes of it is recorded as any
//! other act, and where the ledger judges it the record names both.

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::{Action, Object, Subject, may};
use countersign_protocol::record::ActedBy;
use countersign_protocol::registry::State;
use sha2::{Digest, Sha256};

use super::super::caller::{acted_by, membership};
use super::super::{App, AppError, Caller, Mode, Recorded, Written};
use crate::people::{By, PeopleError, Proposal, ProposedAct, User, UserId, UserState};

/// What came of a decision on a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What the ledger wrote, where the act is the ledger's.
    pub written: Option<Written>,
}

impl App {
    /// Makes a new log key and records that it signs from the next block on, or proposes it where the country wants two
    /// people for it. Where no process was adopted there are no people yet, and the operator answers for it.
    ///
    /// # Errors
    /// As [`App::write`], and when the key can not be made.
    pub async fn rotate_log_key(
        &self,
        caller: &Caller,
        request: RequestId,
        mode: Mode,
    ) -> Result<Recorded, AppError> {
        self.permit(caller, Action::KeyRotate, &Object::default())?;
        let has_people = self
            .ledger()
            .read(|state: &State| state.process().is_some());
        let policy = self.inner.matrix.policy();
        if has_people
            && policy.needs_second_person(Action::KeyRotate)
            && !self.is_written(&request)?
        {
            let act = ProposedAct::KeyRotation;
            let proposer = user_of(caller);
            let people = self.people_in(mode);
            let proposed = people.propose(proposer, &act, self.now_ms()).await?;
            return Ok(Recorded::Proposed(proposed));
        }
        let done = self.rotate(caller.actor(), request, mode).await?;
        Ok(Recorded::Done(done))
    }

    /// Acts that wait for a second person, of those that the caller may decide on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn proposals(&self, caller: &Caller) -> Result<Vec<Proposal>, AppError> {
        let mut mine = Vec::new();
        for proposal in self.people().proposals().await? {
            if self.permit_proposal(caller, &proposal.act).await.is_ok() {
                mine.push(proposal);
            }
        }
        Ok(mine)
    }

    /// An act that waits, for whoever may decide on it.
    ///
    /// # Errors
    /// [`AppError::People`] when there is none of the number, or it was decided on; [`AppError::Forbidden`].
    pub async fn proposal(&self, caller: &Caller, id: u64) -> Result<Proposal, AppError> {
        let proposal = self.people().proposal(id).await?;
        self.permit_proposal(caller, &proposal.act).await?;
        Ok(proposal)
    }

    /// The file of a process that waits, for whoever may decide on it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when no process waits under this number, be it that it was decided on; [`AppError::Forbidden`].
    pub async fn proposed_file(&self, caller: &Caller, id: u64) -> Result<String, AppError> {
        let none = || AppError::NotFound {
            what: "file of an open proposal",
            id: id.to_string(),
        };
        match self.proposal(caller, id).await {
            Ok(Proposal {
                act: ProposedAct::Process { text, .. },
                ..
            }) => Ok(text),
            // Nobody reads what a file said that was rejected, and one that was adopted is in the ledger.
            Ok(_) => Err(none()),
            Err(AppError::People(error)) if matches!(*error, PeopleError::Decided { .. }) => {
                Err(none())
            }
            Err(error) => Err(error),
        }
    }

    /// Approves or rejects what somebody else proposed, and does what was approved.
    ///
    /// # Errors
    /// [`AppError::SamePerson`] when the caller proposed it; whoever it is about cannot approve it either.
    /// [`AppError::People`] when the proposer is not active any more: then it can only be rejected.
    pub async fn decide_proposal(
        &self,
        caller: &Caller,
        id: u64,
        approve: bool,
        mode: Mode,
    ) -> Result<Decided, AppError> {
        let proposal = self.proposal(caller, id).await?;
        if approve {
            self.check_second(caller, &proposal)?;
            // What somebody proposed who may not act any more is nobody's to carry out.
            if let Some(proposer) = proposal.proposer {
                self.people().check_active(proposer).await?;
            }
        }
        let mut decided = Decided { written: None };
        if approve {
            // What the ledger or the keys may still refuse is done first, under an id that belongs to the proposal: whoever
            // approves again after a stop in between writes nothing twice.
            decided.written = self.do_approved(caller, &proposal, mode).await?;
        }
        let now_ms = self.now_ms();
        let people = self.people_in(mode);
        people
            .decide_proposal(caller.by(), id, approve, now_ms)
            .await?;
        if let ProposedAct::Invitation { user } = proposal.act {
            self.answer_invitation(caller.by(), user, approve, mode)
                .await?;
        }
        Ok(decided)
    }

    /// Who may decide on it: whoever could propose it.
    async fn permit_proposal(&self, caller: &Caller, act: &ProposedAct) -> Result<(), AppError> {
        match act {
            ProposedAct::Role { user, .. } => {
                caller.person()?;
                let permitted = self.permitted_user(caller, Action::UserRoleChange, *user);
                permitted.await.map(drop)
            }
            ProposedAct::Invitation { user } => {
                caller.person()?;
                let permitted = self.permitted_user(caller, Action::UserInvite, *user);
                permitted.await.map(drop)
            }
            ProposedAct::TrustedReceiver { organisation, .. } => {
                caller.person()?;
                self.permit_trust(caller, *organisation)
            }
            ProposedAct::KeyRotation => self.permit(caller, Action::KeyRotate, &Object::default()),
            ProposedAct::Process { .. } => {
                caller.person()?;
                self.may_adopt_process(caller)
            }
            ProposedAct::Article6(command) => self.permit_article6_proposal(caller, command),
        }
    }

    fn check_second(&self, caller: &Caller, proposal: &Proposal) -> Result<(), AppError> {
        let policy = self.inner.matrix.policy();
        let decider = user_of(caller);
        let same = |action, other: Option<UserId>| {
            if other == decider {
                Err(countersign_protocol::permission::SamePerson(action))
            } else {
                Ok(())
            }
        };
        match &proposal.act {
            ProposedAct::Role { user, .. } => {
                let action = Action::UserRoleChange;
                for other in [proposal.proposer, Some(*user)] {
                    if policy.needs_second_person(action) {
                        same(action, other)?;
                    }
                }
            }
            ProposedAct::Invitation { .. } => same(Action::UserInvite, proposal.proposer)?,
            ProposedAct::TrustedReceiver { .. } => {
                same(Action::TrustedReceiverEdit, proposal.proposer)?;
            }
            ProposedAct::KeyRotation => same(Action::KeyRotate, proposal.proposer)?,
            ProposedAct::Process { .. } => same(Action::ProcessAdopt, proposal.proposer)?,
            ProposedAct::Article6(command) => {
                self.check_article6_second(caller, proposal, command)?;
            }
        }
        Ok(())
    }

    async fn do_approved(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        mode: Mode,
    ) -> Result<Option<Written>, AppError> {
        match &proposal.act {
            ProposedAct::Role { user, role } => {
                let known = self.people().user(*user).await?;
                self.check_role(caller, known.organisation, role)?;
                Ok(None)
            }
            ProposedAct::Invitation { .. } => Ok(None),
            ProposedAct::TrustedReceiver {
                organisation,
                receiver,
            } => {
                let entered = self.enter_trusted(caller, proposal, *organisation, *receiver, mode);
                entered.await.map(Some)
            }
            ProposedAct::KeyRotation => {
                let request = request_of(proposal);
                self.rotate(caller.actor(), request, mode).await.map(Some)
            }
            ProposedAct::Process { text, follows } => {
                let entered = self.enter_process(caller, proposal, (text, *follows), mode);
                entered.await.map(Some)
            }
            ProposedAct::Article6(command) => {
                let entered = self.enter_article6(caller, proposal, command, mode).await;
                entered.map(Some)
            }
        }
    }

    /// A proposer as a record names it, if it may still do this: a role that changed or a user that was suspended since counts
    /// at once.
    pub(in crate::app) fn still_may(
        &self,
        proposer: &User,
        action: Action,
        object: &Object<'_>,
    ) -> Result<ActedBy, AppError> {
        let gone = || {
            let why = "whoever proposed it may not do so any more: propose it anew";
            AppError::parameter("id", why)
        };
        if proposer.state != UserState::Active {
            return Err(gone());
        }
        let member = self
            .ledger()
            .read(|state| membership(state, proposer.organisation))
            .ok_or_else(gone)?;
        let subject = Subject {
            organisation: proposer.organisation,
            organisation_type: &member.organisation_type,
            role: &proposer.role,
            sectors: &member.sectors,
            standing: member.standing,
        };
        may(&self.inner.matrix, &subject, action, object).map_err(|_| gone())?;
        acted_by(proposer.id, proposer.organisation, &proposer.role, &member)
    }

    async fn answer_invitation(
        &self,
        by: By,
        user: UserId,
        approve: bool,
        mode: Mode,
    ) -> Result<(), AppError> {
        let (people, now_ms) = (self.people_in(mode), self.now_ms());
        if !approve {
            return Ok(people.erase(by, user, now_ms).await?);
        }
        let link = people.invite_again(by, user, now_ms).await?;
        if mode == Mode::Write {
            self.inner.mail.invitation(&link, now_ms).await?;
        }
        Ok(())
    }
}

/// Whoever approves, before anybody has: nobody's pseudonym.
const SOMEBODY: u64 = 0;

/// Whoever proposes, and whoever approves, before anybody has: as a trial names them.
pub(in crate::app) fn with_somebody(me: ActedBy) -> Vec<ActedBy> {
    let somebody = ActedBy {
        user: SOMEBODY,
        ..me.clone()
    };
    vec![me, somebody]
}

fn user_of(caller: &Caller) -> Option<UserId> {
    match caller {
        Caller::Operator(_) => None,
        Caller::Person(person) => Some(person.principal.user),
    }
}

/// The request id of what a proposal brings about: the same however often it is approved.
pub(in crate::app) fn request_of(proposal: &Proposal) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(b"countersign proposal\0");
    hash.update(proposal.act.word());
    hash.update(proposal.id.to_be_bytes());
    hash.update(proposal.proposed_ms.to_be_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.finalize()[..16]);
    RequestId(id)
}
