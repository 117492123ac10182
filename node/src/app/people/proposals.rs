//! Acts that take two people: one proposes, another approves. The node keeps what waits; what comes of it is recorded as any
//! other act, and where the ledger judges it the record names both.

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::registry::State;
use sha2::{Digest, Sha256};

use super::super::{App, AppError, Caller, Mode, Written};
use crate::people::{By, Proposal, ProposedAct, UserId};

/// What came of a wish to change the log key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// It signs from now on.
    Done(Written),
    /// A second person must approve this proposal.
    Proposed(u64),
}

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
    ) -> Result<KeyChange, AppError> {
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
            return Ok(KeyChange::Proposed(proposed));
        }
        let done = self.rotate(caller.actor(), request, mode).await?;
        Ok(KeyChange::Done(done))
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
        let proposal = self.people().proposal(id).await?;
        self.permit_proposal(caller, &proposal.act).await?;
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
            ProposedAct::Article6(command) => {
                let entered = self.enter_article6(caller, proposal, command, mode).await;
                entered.map(Some)
            }
        }
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
