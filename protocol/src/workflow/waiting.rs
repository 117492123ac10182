//! What a case waits for, what happens when a deadline passes, and moving to a newer process.

use super::case::{Act, Actor, Case, HISTORY_MAX, Outcome};
use super::engine::{flow_of, record};
use super::model::{ActorRule, Id, Process, Step};
use super::permission::{in_place, may};
use super::refusal::Refusal;
use super::vocabulary::StepKind;

/// One day, in milliseconds.
pub const DAY_MS: u64 = 86_400_000;

/// A step that a case waits for, or that somebody may take meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The step.
    pub step: Id,
    /// Who may do it, among those whose turn it still is.
    pub by: Vec<ActorRule>,
    /// Whether the case waits for it; a withdrawal or an appeal may come and is not awaited.
    pub awaited: bool,
    /// How many said yes so far.
    pub votes: usize,
    /// How many must.
    pub votes_needed: usize,
    /// Since when the case is in this stage, in milliseconds since 1970.
    pub since_ms: u64,
    /// When it must be done, in milliseconds since 1970.
    pub due_ms: Option<u64>,
    /// When to remind, in milliseconds since 1970, earliest first.
    pub remind_ms: Vec<u64>,
}

/// Every step that leaves the case's stage, with who may do it and until when. Empty when the case has ended.
///
/// # Errors
/// [`Refusal`] when the case does not follow this process.
pub fn waiting_for(process: &Process, case: &Case) -> Result<Vec<Waiting>, Refusal> {
    let flow = flow_of(process, case)?;
    let steps = flow.steps_from(&case.stage, case.track.as_deref());
    let open = steps.filter(|step| step.kind != StepKind::Automatic);
    Ok(open.map(|step| waiting(case, step)).collect())
}

/// The first step that the process waits for and that this actor can take now, in the order of the file.
///
/// # Errors
/// [`Refusal`] when the case does not follow this process.
pub fn waits_for(
    process: &Process,
    case: &Case,
    actor: &Actor,
) -> Result<Option<Waiting>, Refusal> {
    let flow = flow_of(process, case)?;
    let mut steps = flow.steps_from(&case.stage, case.track.as_deref());
    let can = |step: &&Step| {
        step.is_awaited()
            && in_place(flow, case, step).is_ok()
            && may(process, case, step, actor).is_ok()
    };
    Ok(steps.find(can).map(|step| waiting(case, step)))
}

fn waiting(case: &Case, step: &Step) -> Waiting {
    let votes = case.votes(&step.id);
    let reviewed = |rule: &&ActorRule| {
        !step.reviews_by.is_empty()
            && votes
                .iter()
                .any(|vote| vote.organisation_type == rule.organisation_type)
    };
    let due_ms = due(case, step);
    let remind = step.deadline.iter().flat_map(|deadline| &deadline.remind);
    let mut remind_ms: Vec<u64> = remind
        .filter_map(|before| due_ms?.checked_sub(u64::from(*before) * DAY_MS))
        .collect();
    remind_ms.sort_unstable();
    Waiting {
        step: step.id.clone(),
        by: step
            .by
            .iter()
            .filter(|rule| !reviewed(rule))
            .cloned()
            .collect(),
        awaited: step.is_awaited(),
        votes: votes.len(),
        votes_needed: step.votes_needed(),
        since_ms: case.since_ms,
        due_ms,
        remind_ms,
    }
}

fn due(case: &Case, step: &Step) -> Option<u64> {
    let days = step.deadline.as_ref()?.days;
    Some(case.since_ms.saturating_add(u64::from(days) * DAY_MS))
}

/// The automatic step that is due at this moment, done; `None` when none is. Of several the earliest goes first.
///
/// # Errors
/// [`Refusal`] when the case does not follow this process, or the moment lies before what the case knows.
pub fn timer(process: &Process, case: &Case, now_ms: u64) -> Result<Option<Outcome>, Refusal> {
    let flow = flow_of(process, case)?;
    let passed = flow
        .steps_from(&case.stage, case.track.as_deref())
        .filter_map(|step| {
            let then = step.deadline.as_ref()?.then.as_deref()?;
            let due = due(case, step).filter(|due| *due <= now_ms)?;
            Some((due, flow.step(then)?))
        });
    // min_by_key gives the first of equals: the order of the file.
    let Some((_, step)) = passed.min_by_key(|(due, _)| *due) else {
        return Ok(None);
    };
    if now_ms < case.latest_ms {
        return Err(Refusal::TimeBackwards {
            latest: case.latest_ms,
            found: now_ms,
        });
    }
    if case.history.len() > HISTORY_MAX {
        return Err(Refusal::TooLong);
    }
    Ok(Some(record(
        flow,
        case,
        step,
        None,
        &Act::yes(&step.id, now_ms),
    )))
}

/// Moves a case to a newer process. Votes of open steps are dropped, since they answered the older rule; the stage's
/// clock goes on.
///
/// # Errors
/// [`Refusal::NotMapped`] unless the new process names the old one, the flow and the stage; [`Refusal::OtherProcess`]
/// when the case does not follow the old one.
pub fn migrate(old: &Process, new: &Process, case: &Case) -> Result<Case, Refusal> {
    let flow = flow_of(old, case)?;
    let not_mapped = || Refusal::NotMapped {
        flow: flow.id.clone(),
        stage: case.stage.clone(),
    };
    let fits = |migration: &&super::model::Migration| {
        migration.from == case.process && migration.flow == flow.id
    };
    let stage = new
        .migrations
        .iter()
        .filter(fits)
        .find_map(|migration| migration.stages.get(&case.stage))
        .ok_or_else(not_mapped)?;
    let target = new.flow(&flow.id).ok_or_else(not_mapped)?;
    if !target.ways().contains(&case.track.as_deref()) {
        return Err(not_mapped());
    }
    let mut moved = case.clone();
    moved.process = new.content_hash();
    moved.stage.clone_from(stage);
    moved.open.clear();
    Ok(moved)
}
