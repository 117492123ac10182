//! Another process for the country: adopted by one official or, where the country wants two for it, proposed by one and approved
//! by another who has seen what differs.

mod changes;

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::registry::{ApprovedProcess, Command, State};
use countersign_protocol::workflow::{Process, ProcessHash};

pub use changes::{Became, Change, between};

use super::people::{request_of, with_somebody};
use super::{App, AppError, Caller, ListedProcess, Mode, Recorded, Written};
use crate::people::{Proposal, ProposedAct};

/// A process that waits for a second official, beside the one in force.
#[derive(Clone, Debug)]
pub struct ProposedProcess {
    /// What it says.
    pub process: Process,
    /// The process in force now.
    pub in_force: Option<ListedProcess>,
    /// Whether that is the one with which the proposer compared it. If not, it can only be rejected.
    pub is_current: bool,
    /// What differs from the one in force.
    pub changes: Vec<Change>,
}

impl App {
    /// Whether a second official approves another process: the process in force says so, or the country's policy.
    #[must_use]
    pub fn adoption_takes_two(&self) -> bool {
        self.followed_by_two().is_some()
    }

    /// The process in force, where it takes two people to adopt the one that follows it.
    fn followed_by_two(&self) -> Option<ProcessHash> {
        let policy = self.inner.matrix.policy();
        self.ledger().read(|state: &State| {
            let process = state.process()?;
            let takes_two =
                process.adoption.two_people || policy.needs_second_person(Action::ProcessAdopt);
            takes_two.then(|| process.content_hash())
        })
    }

    /// Adopts a process, or proposes it to a second official where the country wants two.
    ///
    /// # Errors
    /// As [`App::write`]; what stands against the file stands against a proposal too. [`AppError::PersonNeeded`] for the
    /// operator where it takes two.
    pub async fn adopt_process(
        &self,
        caller: &Caller,
        request: RequestId,
        text: String,
        mode: Mode,
    ) -> Result<Recorded, AppError> {
        self.may_adopt_process(caller)?;
        let by_two = if self.is_written(&request)? {
            None
        } else {
            self.followed_by_two()
        };
        let Some(follows) = by_two else {
            let command = Command::AdoptProcess { text };
            let written = self.submit(caller.actor(), request, command, mode).await?;
            return Ok(Recorded::Done(written));
        };
        let person = caller.person()?;
        let approved = ApprovedProcess {
            text: text.clone(),
            follows,
            by: with_somebody(person.acted_by()?),
        };
        let command = Command::AdoptApproved(Box::new(approved));
        let tried = self.try_out(request, command).await?;
        if mode == Mode::Try {
            return Ok(Recorded::Done(tried));
        }
        let act = ProposedAct::Process { text, follows };
        let proposer = Some(person.principal.user);
        let proposed = self.people().propose(proposer, &act, self.now_ms()).await?;
        Ok(Recorded::Proposed(proposed))
    }

    /// What a proposed file says, and what differs from the process in force.
    ///
    /// # Errors
    /// [`AppError::Internal`] where this release reads the file no more.
    pub fn proposed_process(
        &self,
        text: &str,
        follows: &ProcessHash,
    ) -> Result<ProposedProcess, AppError> {
        let process = Process::parse(text).map_err(|_| AppError::Internal)?;
        let in_force = self.process_in_force();
        let now = in_force.as_ref();
        Ok(ProposedProcess {
            is_current: now.is_some_and(|it| it.adopted.process == *follows),
            changes: now.map_or_else(Vec::new, |it| between(&it.process, &process)),
            in_force,
            process,
        })
    }

    /// Adopts what a second official approved, in the name of both as they are at this moment.
    pub(super) async fn enter_process(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        (text, follows): (&str, ProcessHash),
        mode: Mode,
    ) -> Result<Written, AppError> {
        let proposer = proposal.proposer.ok_or(AppError::PersonNeeded)?;
        let proposer = self.people().user(proposer).await?;
        let (action, country) = (Action::ProcessAdopt, Object::default());
        let by = vec![
            self.still_may(&proposer, action, &country)?,
            caller.person()?.acted_by()?,
        ];
        let approved = ApprovedProcess {
            text: text.to_owned(),
            follows,
            by,
        };
        let command = Command::AdoptApproved(Box::new(approved));
        self.submit(caller.actor(), request_of(proposal), command, mode)
            .await
    }
}
