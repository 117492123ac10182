//! Cases of the country's process: each act is judged by the adopted process itself, and its effects take place with it.

mod approved;
mod due;
mod effects;
mod finding;
mod migration;
mod period;
mod reserved;
mod suspension;
mod verified;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::id::OrganisationId;
use crate::log::Hash;
use crate::record::{ActedBy, CaseAct, CaseOpened, Commitment, is_set};
use crate::registry::apply::setup::{known_organisation, next};
use crate::registry::apply::{Context, letter};
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{CaseEnd, Key, Refusal, Standing, State, Value};
use crate::workflow::{
    self, Act, Actor, Case, Decision, Effect, End, FilledForm, HISTORY_MAX, Outcome, Process,
    Subject, SubjectKind, VIEWER,
};

pub(in crate::registry) use approved::retirement;
pub(super) use approved::{
    Source, only_what_is_approved, source_of_lock, source_of_retirement, source_of_transfer,
};
pub(in crate::registry) use due::dues;
pub(super) use due::{only_what_is_due, take_cancellation, take_issuance};
pub(super) use effects::active_organisation;
pub(super) use finding::{finding_answered, finding_closed, finding_opened};
pub use migration::CaseMove;
pub(super) use migration::case_migrated;
pub(in crate::registry) use verified::{verified_after, verified_of};

use effects::{Cause, effect};
use suspension::stopped_owner;

pub(super) fn case_opened(
    tx: &mut Tx<'_>,
    context: Context,
    it: &CaseOpened,
) -> Result<(), Refusal> {
    let last = tx.state().cases().next_back().map(|last| last.number);
    next("case", it.case, last)?;
    if !is_set(&it.owners) || !is_set(&it.scopes) {
        return Err(Refusal::Act(
            "owners and scopes must stand in ascending order, each once",
        ));
    }
    for organisation in it.owners.iter().chain(&it.counterparty) {
        known_organisation(tx, *organisation)?;
    }
    let parent = it
        .parent
        .map(|number| known_case(tx.state(), number))
        .transpose()?
        .cloned();
    if let Some(parent) = &parent {
        not_paused(parent)?;
    }
    let process = process_for(tx.state(), parent.as_ref())?;
    let kind = process
        .flow(it.flow.as_str())
        .ok_or_else(|| workflow::Refusal::UnknownFlow(it.flow.to_string()))?
        .subject;
    let owners: BTreeSet<OrganisationId> = it.owners.iter().copied().collect();
    let actor = actor(tx.state(), &it.by, kind, &owners)?;
    if kind == SubjectKind::Organisation {
        first_case_of(tx, it)?;
    } else if let Some((organisation, standing)) =
        stopped_owner(tx.state(), owners.iter().chain(&it.counterparty))
    {
        return Err(Refusal::OrganisationStanding {
            organisation,
            standing: standing.name(),
        });
    }
    if let Some(parent) = &parent {
        of_parent(&parent.case.subject, it)?;
    }
    let project = parent.as_ref().and_then(|parent| parent.project);
    active_project(tx.state(), project)?;
    let subject = Subject {
        id: it.case.to_string(),
        owners,
        certifier: None,
        counterparty: it.counterparty,
        scopes: it.scopes.iter().copied().collect(),
    };
    let track = it.track.as_ref().map(|track| track.as_str());
    let above = parent.as_ref().map(|parent| &parent.case);
    let flow = it.flow.as_str();
    let case = workflow::start(
        &process,
        flow,
        track,
        subject,
        above,
        &actor,
        context.time_ms,
    )?;
    let opened = RegistryCase {
        number: it.case,
        parent: it.parent,
        kind,
        title: it.title.clone(),
        acts: 0,
        project,
        verified: Vec::new(),
        reserved: None,
        reserved_ms: None,
        end: None,
        paused: None,
        changed_at: context.at.index,
        case,
        period: None,
        shares: owners_shares(kind, it, parent.as_ref())?,
        findings: 0,
        published: false,
    };
    tx.put(Key::Case(it.case), Value::Case(Box::new(opened)));
    Ok(())
}

/// The owners' parts. Whatever belongs to a project has the project's owners with the project's parts, so that nobody else
/// reports on it or receives what it issues.
fn owners_shares(
    kind: SubjectKind,
    it: &CaseOpened,
    parent: Option<&RegistryCase>,
) -> Result<Vec<u32>, Refusal> {
    let is_of_project = matches!(
        kind,
        SubjectKind::Project | SubjectKind::MonitoringPeriod | SubjectKind::IssuanceRequest
    );
    let said = !it.shares.is_empty();
    match parent.filter(|_| is_of_project) {
        Some(parent) if said || !parent.case.subject.owners.iter().eq(&it.owners) => {
            Err(Refusal::Act(
                "a case below a project has the project's owners, and no shares of its own",
            ))
        }
        Some(parent) => Ok(parent.shares.clone()),
        None if said && !is_of_project => Err(Refusal::Act("only a project has shares")),
        None if said && (it.shares.len() != it.owners.len() || it.shares.contains(&0)) => Err(
            Refusal::Act("shares name a part above zero for each owner, or stand for none"),
        ),
        None => Ok(it.shares.clone()),
    }
}

/// What hangs below a case lies in its sectors, so that it comes before the same ministries.
fn of_parent(parent: &Subject, it: &CaseOpened) -> Result<(), Refusal> {
    if !parent.scopes.iter().eq(&it.scopes) {
        return Err(Refusal::Act(
            "a case below another has the same sectoral scopes",
        ));
    }
    Ok(())
}

fn known_case(state: &State, number: u64) -> Result<&RegistryCase, Refusal> {
    state.case(number).ok_or(Refusal::UnknownCase(number))
}

/// A case below another follows the other's process: a running project stays on the version that it began under.
fn process_for(state: &State, parent: Option<&RegistryCase>) -> Result<Arc<Process>, Refusal> {
    let process = match parent {
        Some(parent) => state.process_of(&parent.case.process),
        None => state.process(),
    };
    process.cloned().ok_or(Refusal::NoProcess)
}

/// The actor as the process sees it: of the organisation type and sectoral scopes that the registry knows, and of an organisation that may
/// act. One that is not registered, suspended or closed may act in its own case only.
fn actor(
    state: &State,
    by: &ActedBy,
    kind: SubjectKind,
    owners: &BTreeSet<OrganisationId>,
) -> Result<Actor, Refusal> {
    let organisation = state
        .organisation(by.organisation)
        .ok_or(Refusal::UnknownOrganisation(by.organisation))?;
    if organisation.organisation_type.as_ref() != Some(&by.organisation_type) {
        return Err(Refusal::OrganisationType {
            organisation: by.organisation,
            claimed: by.organisation_type.to_string(),
        });
    }
    if organisation.scopes != by.scopes {
        return Err(Refusal::Sectors {
            organisation: by.organisation,
            why: "it answers for other sectoral scopes than the act claims",
        });
    }
    let standing = state.organisation_standing(by.organisation);
    let is_own = kind == SubjectKind::Organisation && owners.contains(&by.organisation);
    let may = match standing {
        Standing::Active => true,
        Standing::Pending | Standing::Suspended | Standing::Closed => is_own,
    };
    if !may {
        return Err(Refusal::OrganisationStanding {
            organisation: by.organisation,
            standing: standing.name(),
        });
    }
    Ok(Actor {
        user: by.user,
        organisation: by.organisation,
        organisation_type: by.organisation_type.to_string(),
        role: by.role.to_string(),
        scopes: by.scopes.iter().copied().collect(),
    })
}

/// Somebody of the authority of a process, in a role that acts.
pub(super) fn official(state: &State, process: &Process, by: &ActedBy) -> Result<(), Refusal> {
    member(state, process, by)?;
    let kind = process.organisation_type(by.organisation_type.as_str());
    if !kind.is_some_and(|kind| kind.authority) {
        return Err(Refusal::Act(
            "only the authority that keeps the registry does this",
        ));
    }
    Ok(())
}

/// Under a process two different users of the authority approve, and they may where `is_needed` says that they need not; without a
/// process nobody is named.
pub(super) fn approved(
    state: &State,
    by: &[ActedBy],
    is_needed: impl FnOnce(&Process) -> bool,
    otherwise: impl FnOnce(&'static str) -> Refusal,
) -> Result<(), Refusal> {
    match state.process() {
        None if by.is_empty() => Ok(()),
        None => Err(Refusal::NoProcess),
        Some(process) if by.is_empty() && !is_needed(process) => Ok(()),
        Some(process) => two_officials(state, process, by, otherwise),
    }
}

/// Two different users of the authority; `otherwise` is the refusal of anybody else.
pub(super) fn two_officials(
    state: &State,
    process: &Process,
    by: &[ActedBy],
    otherwise: impl FnOnce(&'static str) -> Refusal,
) -> Result<(), Refusal> {
    let [first, second] = by else {
        return Err(otherwise("it takes two different users of the authority"));
    };
    if first.user == second.user {
        return Err(otherwise("it takes two different users of the authority"));
    }
    by.iter().try_for_each(|by| official(state, process, by))
}

/// Somebody of an organisation that may act, in a role that acts.
pub(super) fn member(state: &State, process: &Process, by: &ActedBy) -> Result<(), Refusal> {
    let actor = actor(state, by, SubjectKind::Project, &BTreeSet::new())?;
    if actor.role == VIEWER || !process.role_exists(&actor.role, &actor.organisation_type) {
        return Err(Refusal::Act("the role does not act in the organisation"));
    }
    Ok(())
}

/// An organisation pursues one registration at a time, and only while it has none.
fn first_case_of(tx: &mut Tx<'_>, it: &CaseOpened) -> Result<(), Refusal> {
    let [organisation] = it.owners[..] else {
        return Err(Refusal::Act(
            "the case of an organisation has that one owner",
        ));
    };
    if !matches!(
        tx.state().organisation_standing(organisation),
        Standing::Pending | Standing::Closed
    ) {
        return Err(Refusal::Already("the organisation is registered"));
    }
    let key = Key::OrganisationCase(organisation);
    let before = tx.state().case(tx.state().count(&key));
    if before.is_some_and(|case| case.end.is_none()) {
        return Err(Refusal::Already(
            "another case of this organisation is under way",
        ));
    }
    tx.put(key, Value::Count(it.case));
    Ok(())
}

fn active_project(state: &State, project: Option<u32>) -> Result<(), Refusal> {
    let Some(project) = project else {
        return Ok(());
    };
    match state.project_standing(project) {
        Standing::Active => Ok(()),
        standing => Err(Refusal::ProjectStanding {
            project,
            standing: standing.name(),
        }),
    }
}

/// What an act would bring about in the present state, judged by the process of its case.
pub(in crate::registry) fn outcome_of(
    state: &State,
    time_ms: u64,
    it: &CaseAct,
) -> Result<Outcome, Refusal> {
    let known = known_case(state, it.case)?;
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    // The case carries no history here, so the guard against a loop is held with the count.
    if usize::try_from(known.acts).unwrap_or(usize::MAX) >= HISTORY_MAX {
        return Err(workflow::Refusal::TooLong.into());
    }
    if let Some(CaseEnd::Standing {
        organisation,
        standing,
        at,
    }) = known.end
    {
        return Err(Refusal::CaseCancelled {
            case: it.case,
            organisation,
            standing: standing.name(),
            at,
        });
    }
    let Some(by) = &it.by else {
        not_paused(known)?;
        return passed_deadline(process, known, time_ms, it);
    };
    let actor = actor(state, by, known.kind, &known.case.subject.owners)?;
    let hash = |it: &Commitment| it.0;
    let documents = it
        .documents
        .iter()
        .map(|it| (it.kind.to_string(), it.sha256));
    let act = Act {
        step: it.step.to_string(),
        decision: if it.no { Decision::No } else { Decision::Yes },
        // What was filled in stays outside the ledger: whoever writes the record has checked it against the form.
        form: it.form.as_ref().map(|it| FilledForm::Sealed(it.0)),
        documents: documents.collect::<Vec<(String, Hash)>>(),
        comment: it.comment.as_ref().map(hash),
        names: it.names,
        time_ms,
    };
    let outcome = workflow::act(process, &known.case, &actor, &act)?;
    // While a case rests the authority may still decide about it, but nothing is issued to whoever may not act.
    let by_authority = process
        .organisation_type(&actor.organisation_type)
        .is_some_and(|kind| kind.authority);
    if !by_authority || outcome.effects.iter().any(|due| due.effect.is_issuance()) {
        not_paused(known)?;
    }
    Ok(outcome)
}

fn not_paused(known: &RegistryCase) -> Result<(), Refusal> {
    match known.paused {
        Some(pause) => Err(Refusal::CasePaused {
            case: known.number,
            at: pause.at,
        }),
        None => Ok(()),
    }
}

/// What it means that the case stands where its flow ends; `None` while it does not.
fn end_of(state: &State, case: &Case) -> Option<End> {
    let flow = state.process_of(&case.process)?.flow(&case.flow)?;
    flow.stage(&case.stage)?.end
}

fn passed_deadline(
    process: &Process,
    known: &RegistryCase,
    time_ms: u64,
    it: &CaseAct,
) -> Result<Outcome, Refusal> {
    let outcome = workflow::timer(process, &known.case, time_ms)?;
    let is_it = |outcome: &Outcome| {
        let step = outcome.case.history.last().map(|done| done.step.as_str());
        step == Some(it.step.as_str())
    };
    let brings_nothing = !it.no
        && it.form.is_none()
        && it.documents.is_empty()
        && it.comment.is_none()
        && it.names.is_none();
    outcome
        .filter(|outcome| brings_nothing && is_it(outcome))
        .ok_or_else(|| Refusal::NotDue {
            case: it.case,
            step: it.step.to_string(),
        })
}

/// The automatic step of a case whose deadline has passed, where it would be recorded now.
pub(in crate::registry) fn lapse_of(
    state: &State,
    known: &RegistryCase,
    time_ms: u64,
) -> Option<CaseAct> {
    let process = state.process_of(&known.case.process)?;
    let outcome = workflow::timer(process, &known.case, time_ms).ok()??;
    let act = CaseAct {
        case: known.number,
        step: outcome.case.history.last()?.step.parse().ok()?,
        no: false,
        by: None,
        form: None,
        documents: Vec::new(),
        comment: None,
        names: None,
        amounts: Vec::new(),
        reservation: None,
        period: None,
    };
    outcome_of(state, time_ms, &act).ok()?;
    project_of_case_goes_on(state, known).ok()?;
    Some(act)
}

/// Nothing happens in what belongs to a project that is not active. The project's own case goes on.
fn project_of_case_goes_on(state: &State, known: &RegistryCase) -> Result<(), Refusal> {
    match known.kind {
        SubjectKind::Project => Ok(()),
        _ => active_project(state, known.project),
    }
}

pub(super) fn case_act(tx: &mut Tx<'_>, context: Context, it: &CaseAct) -> Result<(), Refusal> {
    let mut outcome = outcome_of(tx.state(), context.time_ms, it)?;
    let mut known = known_case(tx.state(), it.case)?.clone();
    project_of_case_goes_on(tx.state(), &known)?;
    if let Some(certifier) = it.names {
        known_organisation(tx, certifier)?;
    }
    finding::none_stands_against(tx.state(), &known, it)?;
    let stated = period::stated(tx.state(), it, &known)?;
    if known.kind != SubjectKind::MonitoringPeriod {
        known.period = stated.or(known.period);
    }
    known.verified = verified_after(tx.state(), it, &known)?;
    let verified = verified_of(tx.state(), &known).to_vec();
    let reserves = outcome
        .effects
        .iter()
        .any(|due| due.effect == Effect::Reserve);
    if reserves != it.reservation.is_some() {
        return Err(Refusal::Act(
            "units stand with the step that reserves them, and only there",
        ));
    }
    for due in &outcome.effects {
        let cause = Cause { context, act: it };
        tx.note(due.effect);
        effect(tx, cause, &mut known, due.effect, &verified)?;
    }
    period::vintages_lie_within(tx.state(), &known, it)?;
    outcome.case.history.clear();
    known.case = outcome.case;
    if let Some(process) = tx.state().process_of(&known.case.process).cloned() {
        let (case, letters) = (&known.case, &outcome.letters);
        letter::owe(tx, context, it.case, case, &process, letters);
    }
    let end = end_of(tx.state(), &known.case);
    known.end = end.map(|_| CaseEnd::Step {
        at: context.at.index,
    });
    period::uncover_if_lost(tx, &known, end);
    finding::forget_at_end(tx, &known);
    known.acts += 1;
    known.changed_at = context.at.index;
    tx.put(Key::Case(it.case), Value::Case(Box::new(known)));
    Ok(())
}
