//! Cases of the country's process, as people move them: opening, acting, drafting, looking into them, the inbox.

mod act;
mod comment;
mod draft;
mod file;
mod finding;
mod inbox;
mod migration;
mod open;
mod tidy;
mod versions;
mod waiting;

pub use act::{ActWish, ReserveWish, UnitsFate};
pub use comment::CommentWish;
pub use file::{CaseFile, FiledText, NextStep};
pub use finding::{FindingDeed, FindingWish};
pub use inbox::{InboxItem, RoleItem};
pub use migration::{MigrationPlan, ProposedMigration};
pub use open::CaseWish;
pub(super) use versions::describes;
pub use versions::{FormDiff, FormVersion};
pub(super) use waiting::Counts;

use std::sync::Arc;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object, reading};
use countersign_protocol::registry::{RegistryCase, State};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{Process, Step};

use super::{App, AppError, Caller};

/// A case with the process that it follows, as of one moment.
struct Seen {
    known: RegistryCase,
    process: Arc<Process>,
}

impl Seen {
    fn of(state: &State, number: u64) -> Option<Self> {
        let known = state.case(number)?.clone();
        let process = Arc::clone(state.process_of(&known.case.process)?);
        Some(Self { known, process })
    }

    fn step(&self, id: &str) -> Result<&Step, AppError> {
        let flow = &self.known.case.flow;
        let found = self.process.flow(flow).and_then(|flow| flow.step(id));
        found.ok_or_else(|| AppError::BadInput {
            field: super::Field::Body("/step".into()),
            why: format!("the flow {flow} has no step {id:?}"),
        })
    }

    /// Whether an organisation is an owner, or the receiver that a request names.
    fn is_party(&self, organisation: OrganisationId) -> bool {
        let subject = &self.known.case.subject;
        subject.owners.contains(&organisation) || subject.counterparty == Some(organisation)
    }
}

/// What the matrix must know of a case: whose it is, in which sectors, and who was given it.
pub(super) struct CaseObject {
    organisations: Vec<OrganisationId>,
    sectors: Vec<SectoralScope>,
    assigned_to: Vec<OrganisationId>,
}

impl CaseObject {
    pub(super) fn of(known: &RegistryCase) -> Self {
        let subject = &known.case.subject;
        let parties = subject.owners.iter().chain(&subject.counterparty);
        Self {
            organisations: parties.copied().collect(),
            sectors: subject.scopes.iter().copied().collect(),
            assigned_to: subject.certifier.into_iter().collect(),
        }
    }

    pub(super) fn object(&self) -> Object<'_> {
        Object {
            organisations: &self.organisations,
            sectors: &self.sectors,
            assigned_to: &self.assigned_to,
        }
    }
}

impl App {
    fn seen(&self, number: u64) -> Result<Seen, AppError> {
        self.ledger()
            .read(|state| Seen::of(state, number))
            .ok_or_else(|| AppError::not_found("case", &number))
    }

    /// A case with the process that it follows.
    pub(super) fn case_and_process(
        &self,
        number: u64,
    ) -> Result<(RegistryCase, Arc<Process>), AppError> {
        self.seen(number).map(|seen| (seen.known, seen.process))
    }

    pub(super) fn permit_case(
        &self,
        caller: &Caller,
        action: Action,
        known: &RegistryCase,
    ) -> Result<(), AppError> {
        self.permit(caller, action, &CaseObject::of(known).object())
    }

    /// Whether the caller may look into a case of this number.
    #[must_use]
    pub fn may_look_into(&self, caller: &Caller, number: u64) -> bool {
        let seen = self.seen(number);
        seen.is_ok_and(|seen| self.permit_reading(caller, &seen.known).is_ok())
    }

    /// Whether the caller looks at a case for the State, and so reads and writes what officials say among themselves.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub fn is_official_of(&self, caller: &Caller, number: u64) -> Result<bool, AppError> {
        let seen = self.seen(number)?;
        self.permit_reading(caller, &seen.known)?;
        Ok(seen.is_official(caller))
    }

    /// Whether the caller may look into a case: its forms, comments, drafts and documents that are not public.
    pub(super) fn permit_reading(
        &self,
        caller: &Caller,
        known: &RegistryCase,
    ) -> Result<(), AppError> {
        self.permit_case(caller, reading(known.kind), known)
    }
}
