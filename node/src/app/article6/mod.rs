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

use super::people::request_of;
use super::{App, AppError, Caller, Mode, Written};
use crate::people::{Proposal, ProposedAct};

pub(super) use book::BookKeeper;
pub use notifications::{Notified, NotifiedOutcome};
pub use read::{ApproachFile, AuthorisationDefaults, AuthorisationFile, AuthorisationQuery, Level};

pub use reports::{AefChanges, AefDraft, AefWish};
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

/// What came of a wish to record something of Article 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is on the ledger, or was only tried. A trial under a process names user 0 for whoever would approve.
    Done(Written),
    /// A second official must approve this proposal.
    Proposed(u64),
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

/// Whoever approves, before anybody has: nobody's pseudonym.
const SOMEBODY: u64 = 0;

impl App {
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
        let has_process = self.ledger().read(|state| state.process().is_some());
        if !has_process {
            caller.operator()?;
            let written = self.submit(caller.actor(), request, command, mode).await?;
            return Ok(Recorded::Done(written));
        }
        let me = caller.person()?.acted_by()?;
        let somebody = ActedBy {
            user: SOMEBODY,
            ..me.clone()
        };
        let named = in_name_of(command.clone(), vec![me, somebody]);
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
