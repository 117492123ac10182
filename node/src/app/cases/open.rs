//! Opening a case.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::permission::{Object, opening};
use countersign_protocol::record::{Title, Word};
use countersign_protocol::registry::{Command, NewCase, Refusal, State};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::SubjectKind;

use super::super::write::Mode;
use super::super::{App, AppError, Caller, Written};

/// A case that somebody wants to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWish {
    /// The flow.
    pub flow: Word,
    /// The track, where the flow has tracks.
    pub track: Option<Word>,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// The subject's public title.
    pub title: Title,
    /// Its owners; when none is named, those of the case above it, or the caller's organisation.
    pub owners: BTreeSet<OrganisationId>,
    /// The receiver that a request names.
    pub counterparty: Option<OrganisationId>,
    /// Its sectoral scopes; when none is named, those of the case above it.
    pub scopes: BTreeSet<SectoralScope>,
    /// The owners' parts of what a project issues; equal parts when none is named.
    pub shares: BTreeMap<OrganisationId, u32>,
}

impl App {
    /// Opens a case.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the process stands against it.
    pub async fn open_case(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: CaseWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let person = caller.person()?;
        let own = person.principal.organisation;
        let (kind, wish) = self.ledger().read(|state| completed(state, wish, own))?;
        let object = Object {
            organisations: &wish.owners.iter().copied().collect::<Vec<_>>(),
            sectors: &wish.scopes.iter().copied().collect::<Vec<_>>(),
            ..Object::default()
        };
        let action = opening(kind, wish.owners.contains(&own));
        self.permit(caller, action, &object)?;
        let new = NewCase {
            flow: wish.flow,
            track: wish.track,
            parent: wish.parent,
            title: wish.title,
            owners: wish.owners,
            counterparty: wish.counterparty,
            scopes: wish.scopes,
            shares: wish.shares,
            by: person.acted_by()?,
        };
        let command = Command::OpenCase(Box::new(new));
        self.submit(caller.actor(), request, command, mode).await
    }
}

/// The wish with what the case above it says where the wish is silent, and what the case is about.
fn completed(
    state: &State,
    mut wish: CaseWish,
    own: OrganisationId,
) -> Result<(SubjectKind, CaseWish), AppError> {
    let parent = wish
        .parent
        .map(|number| {
            let found = state.case(number);
            found.ok_or_else(|| AppError::not_found("case", &number))
        })
        .transpose()?;
    let process = match parent {
        Some(parent) => state.process_of(&parent.case.process),
        None => state.process(),
    };
    let process = process.ok_or(AppError::Refused(Refusal::NoProcess))?;
    let flow = process.flow(wish.flow.as_str());
    let kind = flow.map(|flow| flow.subject).ok_or_else(|| {
        let known: Vec<&str> = process.flows.iter().map(|flow| flow.id.as_str()).collect();
        AppError::body(
            "/flow",
            format!("the process has no such flow; it has {}", known.join(", ")),
        )
    })?;
    let above = parent.map(|parent| &parent.case.subject);
    if wish.owners.is_empty() {
        wish.owners = above.map_or_else(|| BTreeSet::from([own]), |it| it.owners.clone());
    }
    if wish.scopes.is_empty() {
        wish.scopes = above.map(|it| it.scopes.clone()).unwrap_or_default();
    }
    Ok((kind, wish))
}
