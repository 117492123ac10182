//! What waits for somebody, or for a role.

use countersign_protocol::record::Title;
use countersign_protocol::registry::{RegistryCase, State};
use countersign_protocol::workflow::{Actor, Waiting, waiting_for, waits_for};

use super::super::{App, AppError, Caller, LIST_MAX, Listing};
use super::file::as_actor;

/// A step that waits for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxItem {
    /// The case.
    pub case: u64,
    /// The subject's public title.
    pub title: Title,
    /// The flow.
    pub flow: String,
    /// The stage.
    pub stage: String,
    /// The step that the caller can take.
    pub step: String,
    /// Since when the case is in this stage, in milliseconds since 1970.
    pub since_ms: u64,
    /// When the step must be done.
    pub due_ms: Option<u64>,
    /// When somebody was last reminded of it by mail.
    pub reminded_ms: Option<u64>,
}

/// A step that waits for a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleItem {
    /// What waits.
    pub item: InboxItem,
    /// Whom it waits for, as `type/role`.
    pub by: Vec<String>,
}

impl App {
    /// What waits for the caller, by case, after the case `after`.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn inbox(
        &self,
        caller: &Caller,
        after: u64,
        limit: usize,
    ) -> Result<Listing<InboxItem>, AppError> {
        let actor = as_actor(caller.person()?);
        let limit = limit.clamp(1, LIST_MAX);
        let items: Vec<InboxItem> = self.ledger().read(|state| {
            let cases = state.cases_after(after);
            let waiting = cases.flat_map(|known| waits(state, known, &actor));
            waiting.take(limit + 1).collect()
        });
        let mut listing = Listing::cut(items, limit, |last| last.case.to_string());
        self.add_reminders(&mut listing.items, |it| it).await?;
        Ok(listing)
    }

    /// What waits for a role, in the cases that the caller may look into, by case, after the case `after`. The role is one of
    /// the organisation type `of`, or of any.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub async fn inbox_of_role(
        &self,
        caller: &Caller,
        role: &str,
        of: Option<&str>,
        after: u64,
        limit: usize,
    ) -> Result<Listing<RoleItem>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        let items: Vec<RoleItem> = self.ledger().read(|state| {
            let cases = state.cases_after(after);
            let seen = cases.filter(|known| self.permit_reading(caller, known).is_ok());
            let waiting = seen.flat_map(|known| waits_for_role(state, known, role, of));
            waiting.take(limit + 1).collect()
        });
        let mut listing = Listing::cut(items, limit, |last| last.item.case.to_string());
        self.add_reminders(&mut listing.items, |it| &mut it.item)
            .await?;
        Ok(listing)
    }

    async fn add_reminders<T>(
        &self,
        all: &mut [T],
        item: impl Fn(&mut T) -> &mut InboxItem,
    ) -> Result<(), AppError> {
        let mut items: Vec<&mut InboxItem> = all.iter_mut().map(item).collect();
        let stages: Vec<(u64, u64)> = items.iter().map(|it| (it.case, it.since_ms)).collect();
        let reminded = self.inner.mail.reminded(&stages).await?;
        for item in &mut items {
            item.reminded_ms = reminded.get(&(item.case, item.since_ms)).copied();
        }
        Ok(())
    }
}

fn item(known: &RegistryCase, step: Waiting) -> InboxItem {
    InboxItem {
        case: known.number,
        title: known.title.clone(),
        flow: known.case.flow.clone(),
        stage: known.case.stage.clone(),
        step: step.step,
        since_ms: step.since_ms,
        due_ms: step.due_ms.filter(|_| known.paused.is_none()),
        reminded_ms: None,
    }
}

/// What waits for somebody in a case, if anything does.
pub(super) fn waits(state: &State, known: &RegistryCase, actor: &Actor) -> Option<InboxItem> {
    let process = state.process_of(&known.case.process)?;
    let step = waits_for(process, &known.case, actor).ok()??;
    Some(item(known, step))
}

/// The first step of a case that waits for a role.
fn waits_for_role(
    state: &State,
    known: &RegistryCase,
    role: &str,
    of: Option<&str>,
) -> Option<RoleItem> {
    if known.end.is_some() {
        return None;
    }
    let process = state.process_of(&known.case.process)?;
    let awaited = waiting_for(process, &known.case).ok()?.into_iter();
    let mut awaited = awaited.filter(|step| step.awaited);
    let step = awaited.find(|step| {
        step.by.iter().any(|rule| {
            rule.roles.iter().any(|it| it == role)
                && of.is_none_or(|of| rule.organisation_type == of)
        })
    })?;
    let by = step.by.iter().flat_map(|rule| {
        let roles = rule.roles.iter();
        roles.map(|role| format!("{}/{role}", rule.organisation_type))
    });
    Some(RoleItem {
        by: by.collect(),
        item: item(known, step),
    })
}
