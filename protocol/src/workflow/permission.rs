//! Who may do a step, and what an actor may do now.

use super::case::{Actor, Case};
use super::engine::flow_of;
use super::model::{ActorRule, Flow, Id, Process, Step};
use super::refusal::Refusal;
use super::vocabulary::{Scope, StepKind};

/// Whether the step can be done in the case's stage and track at all.
pub(super) fn in_place(flow: &Flow, case: &Case, step: &Step) -> Result<(), Refusal> {
    if flow
        .stage(&case.stage)
        .is_some_and(|stage| stage.end.is_some())
    {
        return Err(Refusal::Ended(case.stage.clone()));
    }
    if let Some(track) = case
        .track
        .as_deref()
        .filter(|track| !step.is_on(Some(track)))
    {
        return Err(Refusal::OffTrack {
            step: step.id.clone(),
            track: track.to_owned(),
        });
    }
    if !step.from.contains(&case.stage) {
        return Err(Refusal::WrongStage {
            step: step.id.clone(),
            stage: case.stage.clone(),
            from: step.from.clone(),
        });
    }
    if step.kind == StepKind::Automatic {
        return Err(Refusal::Automatic(step.id.clone()));
    }
    Ok(())
}

/// Whether the actor may do a step that is in its place: role, organisation, separation of duties, votes so far.
pub(super) fn may(
    process: &Process,
    case: &Case,
    step: &Step,
    actor: &Actor,
) -> Result<(), Refusal> {
    let real = process.role_exists(&actor.role, &actor.organisation_type);
    let fits = |rule: &&ActorRule| {
        real && rule.organisation_type == actor.organisation_type
            && rule.roles.contains(&actor.role)
    };
    let rules: Vec<&ActorRule> = step.by.iter().filter(fits).collect();
    let Some(first) = rules.first() else {
        let allowed = step.by.iter().flat_map(|rule| {
            rule.roles
                .iter()
                .map(|role| format!("{}/{role}", rule.organisation_type))
        });
        return Err(Refusal::NotYourRole {
            step: step.id.clone(),
            role: actor.role.clone(),
            organisation_type: actor.organisation_type.clone(),
            allowed: allowed.collect(),
        });
    };
    if !rules.iter().any(|rule| in_scope(rule.scope, case, actor)) {
        return Err(Refusal::NotYourSubject {
            step: step.id.clone(),
            organisation: actor.organisation,
            scope: first.scope,
        });
    }
    kept_apart(case, step, actor)?;
    let votes = case.votes(&step.id);
    if votes.iter().any(|vote| vote.user == actor.user) {
        return Err(Refusal::VotedBefore {
            step: step.id.clone(),
            user: actor.user,
            needed: step.votes_needed(),
        });
    }
    if !step.reviews_by.is_empty()
        && votes
            .iter()
            .any(|vote| vote.organisation_type == actor.organisation_type)
    {
        return Err(Refusal::ReviewedBefore {
            step: step.id.clone(),
            organisation_type: actor.organisation_type.clone(),
        });
    }
    Ok(())
}

fn in_scope(scope: Scope, case: &Case, actor: &Actor) -> bool {
    let subject = &case.subject;
    match scope {
        Scope::Own => subject.owners.contains(&actor.organisation),
        Scope::Assigned => subject.certifier == Some(actor.organisation),
        Scope::Counterparty => subject.counterparty == Some(actor.organisation),
        Scope::Sector => !subject.scopes.is_disjoint(&actor.scopes),
        Scope::Any => true,
    }
}

fn kept_apart(case: &Case, step: &Step, actor: &Actor) -> Result<(), Refusal> {
    for apart in &step.apart {
        for before in case.performers(&apart.flow, &apart.step) {
            let who = if before.user == actor.user {
                format!("user {}", actor.user)
            } else if apart.organisation && before.organisation == actor.organisation {
                format!("organisation {}", actor.organisation)
            } else {
                continue;
            };
            return Err(Refusal::KeptApart {
                step: step.id.clone(),
                other: apart.step.clone(),
                who,
            });
        }
    }
    Ok(())
}

/// A step that leaves the case's stage, seen by one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// The step.
    pub step: Id,
    /// Why the actor cannot do it although somebody can; `None` when the actor can.
    pub hindrance: Option<Refusal>,
    /// The form to fill in.
    pub form: Option<Id>,
    /// The documents to attach.
    pub documents: Vec<Id>,
    /// Whether a comment must be given with a yes.
    pub comment: bool,
    /// Whether it can be answered with no.
    pub may_refuse: bool,
}

/// What an actor may do now, and what the actor nearly may: every step that leaves the stage, in the order of the file.
///
/// # Errors
/// [`Refusal`] when the case does not follow this process.
pub fn possible(process: &Process, case: &Case, actor: &Actor) -> Result<Vec<Possible>, Refusal> {
    let flow = flow_of(process, case)?;
    let steps = flow.steps_from(&case.stage, case.track.as_deref());
    let awake = steps.filter(|step| step.kind != StepKind::Automatic);
    let seen = awake.map(|step| Possible {
        step: step.id.clone(),
        hindrance: in_place(flow, case, step)
            .and_then(|()| may(process, case, step, actor))
            .err(),
        form: step.form.clone(),
        documents: step.documents.clone(),
        comment: step.comment,
        may_refuse: step.no.is_some(),
    });
    Ok(seen.collect())
}
