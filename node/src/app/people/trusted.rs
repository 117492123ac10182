//! Lists of trusted receivers. The list itself, and the wait before units go to anybody else, are the ledger's.

use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{ActedBy, Receiver, TrustedReceiver};
use countersign_protocol::registry::{Command, TrustedSince};

use super::super::caller::{acted_by, membership};
use super::super::{App, AppError, Caller, Mode, Written};
use super::proposals::request_of;
use crate::people::{Proposal, ProposedAct, UserId};

/// A receiver that somebody wants in an organisation's list, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustWish {
    /// Whose list.
    pub organisation: OrganisationId,
    /// The receiver.
    pub receiver: Receiver,
}

/// A receiver in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedReceiver {
    /// The receiver.
    pub receiver: Receiver,
    /// Since when.
    pub since: TrustedSince,
}

impl App {
    /// An organisation's list of trusted receivers.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also when the caller may not see the organisation's transfers.
    pub fn trusted(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
    ) -> Result<Vec<ListedReceiver>, AppError> {
        self.permit_list(caller, Action::TransferRead, organisation)?;
        Ok(self.ledger().read(|state| {
            let listed = state.trusted_of(organisation);
            listed
                .map(|(receiver, since)| ListedReceiver { receiver, since })
                .collect()
        }))
    }

    /// Proposes a receiver for the list of the caller's own organisation. A second user of it, or an official, approves.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`] when there is no such receiver.
    pub async fn propose_trusted(
        &self,
        caller: &Caller,
        receiver: Receiver,
        mode: Mode,
    ) -> Result<u64, AppError> {
        let person = caller.person()?;
        let organisation = person.principal.organisation;
        self.permit_trust(caller, organisation)?;
        self.check_receiver(receiver)?;
        let act = ProposedAct::TrustedReceiver {
            organisation,
            receiver,
        };
        let proposer = Some(person.principal.user);
        let people = self.people_in(mode);
        Ok(people.propose(proposer, &act, self.now_ms()).await?)
    }

    /// Takes a receiver out of a list, at once.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Refused`] when it is not in the list.
    pub async fn distrust(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: TrustWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let person = caller.person()?;
        self.permit_trust(caller, wish.organisation)?;
        let command = Command::TrustReceiver(Box::new(TrustedReceiver {
            organisation: wish.organisation,
            receiver: wish.receiver,
            removed: true,
            by: vec![person.acted_by()?],
        }));
        self.submit(caller.actor(), request, command, mode).await
    }

    pub(super) fn permit_trust(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
    ) -> Result<(), AppError> {
        self.permit_list(caller, Action::TrustedReceiverEdit, organisation)
    }

    fn permit_list(
        &self,
        caller: &Caller,
        action: Action,
        organisation: OrganisationId,
    ) -> Result<(), AppError> {
        let known = self
            .ledger()
            .read(|state| state.organisation(organisation).map(|it| it.scopes.clone()));
        let unknown = || AppError::not_found("organisation", &organisation);
        let sectors = known.ok_or_else(unknown)?;
        let object = Object {
            organisations: &[organisation],
            sectors: &sectors,
            assigned_to: &[],
        };
        match self.permit(caller, action, &object) {
            Err(AppError::Forbidden(why)) if why.hides_object() => Err(unknown()),
            other => other,
        }
    }

    fn check_receiver(&self, receiver: Receiver) -> Result<(), AppError> {
        self.ledger().read(|state| match receiver {
            Receiver::Organisation(id) if state.organisation(id).is_none() => {
                Err(AppError::not_found("organisation", &id))
            }
            Receiver::Abroad { party, .. } if state.partner(party).is_none() => {
                Err(AppError::not_found("partner", &party))
            }
            _ => Ok(()),
        })
    }

    /// Records what a second person approved, in the name of both as they are at this moment.
    pub(super) async fn enter_trusted(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        organisation: OrganisationId,
        receiver: Receiver,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let by = self.in_both_names(caller, proposal).await?;
        let command = Command::TrustReceiver(Box::new(TrustedReceiver {
            organisation,
            receiver,
            removed: false,
            by,
        }));
        let request = request_of(proposal);
        self.submit(caller.actor(), request, command, mode).await
    }

    /// Who proposed and who approves, as a record names them.
    pub(in crate::app) async fn in_both_names(
        &self,
        caller: &Caller,
        proposal: &Proposal,
    ) -> Result<Vec<ActedBy>, AppError> {
        let proposer = proposal.proposer.ok_or(AppError::PersonNeeded)?;
        Ok(vec![
            self.as_recorded(proposer).await?,
            caller.person()?.acted_by()?,
        ])
    }

    async fn as_recorded(&self, user: UserId) -> Result<ActedBy, AppError> {
        let known = self.people().user(user).await?;
        let membership = self
            .ledger()
            .read(|state| membership(state, known.organisation));
        let membership = membership.ok_or(AppError::Internal)?;
        acted_by(user, known.organisation, &known.role, &membership)
    }
}
