//! Article 6: approaches, authorisations, NDCs, levels and reports as officials record them, and as everybody reads them.
//!
//! Under a process every record takes two officials: one proposes, another approves, and the ledger's rules judge the wish
//! before it waits and again when it is approved. Without a process there are no people yet, and the operator records.

mod book;
mod notifications;
mod read;
mod reports;
mod view;

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::{Action, Object, SamePerson};
use countersign_protocol::record::{ActedBy, Article6, EmissionsLevel};
use countersign_protocol::registry::Command;
use countersign_protocol::serial::SectoralScope;

use super::people::{request_of, with_somebody};
use super::{App, AppError, Caller, Me, Mode, Recorded, Written};
use crate::people::{Proposal, ProposedAct};

pub(super) use book::BookKeeper;
pub use notifications::{Notified, NotifiedOutcome};
pub use read::{ApproachFile, AuthorisationDefaults, AuthorisationFile, AuthorisationQuery, Level};

pub use reports::{AefChanges, AefComparison, AefDraft, AefWish, PublishedSubmission};
pub use view::{MovementQuery, SummaryFile};

/// The first year of which a report can be: the first vintage of ITMOs.
const YEAR_FIRST: u16 = 2021;

/// The last one that a date can name here.
const YEAR_LAST: u16 = 2199;

/// A year of which a report can be.
fn year(year: u16) -> Result<u16, AppError> {
    if (YEAR_FIRST..=YEAR_LAST).contains(&year) {
        return Ok(year);
    }
    let why = format!("reports are of a year from {YEAR_FIRST} to {YEAR_LAST}");
    Err(AppError::parameter("year", why))
}

/// Who may wish for a record, and who may approve it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    propose: Action,
    approve: Action,
}

const AUTHORISATIONS: Rights = Rights {
    propose: Action::AuthorisationPropose,
    approve: Action::AuthorisationApprove,
};

const REVOCATIONS: Rights = Rights {
    propose: Action::AuthorisationPropose,
    approve: Action::AuthorisationRevoke,
};

const REPORTS: Rights = Rights {
    propose: Action::ReportPrepare,
    approve: Action::ReportSubmit,
};

/// Who may do it; `None` where the command is none of Article 6.
const fn rights(command: &Command) -> Option<Rights> {
    Some(match command {
        Command::Article6(it) => match &**it {
            Article6::AuthorisationRevoked(_) => REVOCATIONS,
            Article6::CooperativeApproach(_)
            | Article6::AuthorisedEntity(_)
            | Article6::Authorisation(_)
            | Article6::UnitsAuthorised(_) => AUTHORISATIONS,
            Article6::InitialReport(_)
            | Article6::Ndc(_)
            | Article6::EmissionsLevel(_)
            | Article6::UseNotified(_) => REPORTS,
        },
        Command::Levels(_) => REPORTS,
        Command::AuthoriseUnits { .. } => AUTHORISATIONS,
        _ => return None,
    })
}

/// The sectoral scopes that a wish is about: those of an authorisation.
fn scopes(command: &Command) -> &[SectoralScope] {
    match command {
        Command::Article6(it) => match &**it {
            Article6::Authorisation(it) => &it.scopes,
            _ => &[],
        },
        _ => &[],
    }
}

/// The same wish in the name of those who approve it.
fn in_name_of(command: Command, by: Vec<ActedBy>) -> Command {
    match command {
        Command::Article6(it) => Command::Article6(Box::new(it.approved_by(by))),
        Command::Levels(levels) => {
            let named = |level| EmissionsLevel {
                by: by.clone(),
                ..level
            };
            Command::Levels(levels.into_iter().map(named).collect())
        }
        Command::AuthoriseUnits {
            account,
            units,
            authorisation,
            by: _,
        } => Command::AuthoriseUnits {
            account,
            units,
            authorisation,
            by,
        },
        other => other,
    }
}

/// What somebody may do at the desk of Article 6, as far as that does not depend on what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Article6Rights {
    /// Propose approaches, entities, authorisations and their ends.
    pub authorisations: bool,
    /// Propose reports, NDCs, levels and notices of use.
    pub reports: bool,
}

impl Article6Rights {
    /// What a role may do; `None` where the desk is not for it.
    #[must_use]
    pub fn of(me: &Me) -> Option<Self> {
        let may = |action: Action| me.actions.iter().any(|(it, _)| *it == action);
        let rights = Self {
            authorisations: may(AUTHORISATIONS.propose),
            reports: may(REPORTS.propose),
        };
        let decides = [AUTHORISATIONS, REVOCATIONS, REPORTS].map(|it| it.approve);
        let is_for = rights.authorisations || rights.reports || decides.into_iter().any(may);
        is_for.then_some(rights)
    }
}

impl App {
    /// What somebody may do at the desk of Article 6.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when it is not for the role.
    pub fn article6_rights(&self, caller: &Caller, me: &Me) -> Result<Article6Rights, AppError> {
        if let Some(rights) = Article6Rights::of(me) {
            return Ok(rights);
        }
        self.permit(caller, AUTHORISATIONS.propose, &Object::default())?;
        Err(AppError::PersonNeeded)
    }

    /// Why a record that the role may not propose is closed to it.
    ///
    /// # Errors
    /// The reason itself, where the role has it after all.
    pub fn article6_closed(&self, caller: &Caller) -> Result<AppError, AppError> {
        let actions = [AUTHORISATIONS.propose, REPORTS.propose];
        let refused = actions
            .into_iter()
            .find_map(|it| self.permit(caller, it, &Object::default()).err());
        refused.ok_or(AppError::PersonNeeded)
    }

    /// Whether the country has a process: then a second official approves what one proposes.
    #[must_use]
    pub fn has_process(&self) -> bool {
        self.ledger().read(|state| state.process().is_some())
    }

    /// Records something of Article 6, or proposes it to a second official where the country has a process.
    ///
    /// # Errors
    /// As [`App::write`]; the rules of the ledger stand against a proposal as they stand against a record.
    pub async fn record_article6(
        &self,
        caller: &Caller,
        request: RequestId,
        command: Command,
        mode: Mode,
    ) -> Result<Recorded, AppError> {
        let rights = rights(&command).ok_or(AppError::Internal)?;
        self.permit_article6(caller, rights.propose, &command)?;
        if !self.has_process() {
            caller.operator()?;
            let written = self.submit(caller.actor(), request, command, mode).await?;
            return Ok(Recorded::Done(written));
        }
        let me = caller.person()?.acted_by()?;
        let named = in_name_of(command.clone(), with_somebody(me));
        let tried = self.try_out(request, named).await?;
        if mode == Mode::Try {
            return Ok(Recorded::Done(tried));
        }
        let act = ProposedAct::Article6(Box::new(command));
        let proposer = Some(caller.person()?.principal.user);
        let proposed = self.people().propose(proposer, &act, self.now_ms()).await?;
        Ok(Recorded::Proposed(proposed))
    }

    /// Whether somebody may see a proposal and reject it: whoever may propose it, or approve it.
    pub(super) fn permit_article6_proposal(
        &self,
        caller: &Caller,
        command: &Command,
    ) -> Result<(), AppError> {
        caller.person()?;
        let rights = rights(command).ok_or(AppError::Internal)?;
        self.permit_article6(caller, rights.propose, command)
            .or_else(|_| self.permit_article6(caller, rights.approve, command))
    }

    /// Whether somebody may approve it as the second.
    pub(super) fn check_article6_second(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        command: &Command,
    ) -> Result<(), AppError> {
        let rights = rights(command).ok_or(AppError::Internal)?;
        if proposal.proposer == Some(caller.person()?.principal.user) {
            return Err(SamePerson(rights.approve).into());
        }
        self.permit_article6(caller, rights.approve, command)
    }

    /// Records what a second official approved, in the name of both as they are at this moment.
    pub(super) async fn enter_article6(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        command: &Command,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let by = self.in_both_names(caller, proposal).await?;
        let command = in_name_of(command.clone(), by);
        self.submit(caller.actor(), request_of(proposal), command, mode)
            .await
    }

    fn permit_article6(
        &self,
        caller: &Caller,
        action: Action,
        command: &Command,
    ) -> Result<(), AppError> {
        let object = Object {
            sectors: scopes(command),
            ..Object::default()
        };
        self.permit(caller, action, &object)
    }
}
