//! What waits for somebody.

use countersign_protocol::record::Title;
use countersign_protocol::registry::{RegistryCase, State};
use countersign_protocol::workflow::{possible, waiting_for};

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
}

impl App {
    /// What waits for the caller, by case, after the case `after`.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub fn inbox(
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
        Ok(Listing::cut(items, limit, |last| last.case.to_string()))
    }
}

fn waits(
    state: &State,
    known: &RegistryCase,
    actor: &countersign_protocol::workflow::Actor,
) -> Option<InboxItem> {
    let process = state.process_of(&known.case.process)?;
    let mine = possible(process, &known.case, actor).ok()?;
    let awaited = waiting_for(process, &known.case).ok()?;
    let awaited = awaited.into_iter().filter(|it| it.awaited);
    let mut open = awaited.filter(|it| {
        let same = mine.iter().find(|step| step.step == it.step);
        same.is_some_and(|step| step.hindrance.is_none())
    });
    let first = open.next()?;
    Some(InboxItem {
        case: known.number,
        title: known.title.clone(),
        flow: known.case.flow.clone(),
        stage: known.case.stage.clone(),
        step: first.step,
        since_ms: first.since_ms,
        due_ms: first.due_ms,
    })
}
