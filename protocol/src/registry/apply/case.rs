//! Cases of the country's process: each act is judged by the adopted process itself, and its effects take place here.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::id::OrganisationId;
use crate::log::Hash;
use crate::record::{
    ActedBy, CaseAct, CaseOpened, Commitment, MAX_SET, Project, YearTonnes, is_by_year,
};
use crate::registry::apply::Context;
use crate::registry::apply::setup::{known_organisation, next};
use crate::registry::case::{RegistryCase, Standing};
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::{
    self, Act, Actor, Decision, Effect, EffectRule, FilledForm, HISTORY_MAX, Outcome, Process,
    Subject, SubjectKind,
};

pub(super) fn case_opened(
    tx: &mut Tx<'_>,
    context: Context,
    it: &CaseOpened,
) -> Result<(), Refusal> {
    let last = tx.state().cases().next_back().map(|last| last.number);
    next("case", it.case, last)?;
    if it.owners.len() > MAX_SET || !is_ascending(&it.owners) || !is_ascending(&it.scopes) {
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
    let process = process_for(tx.state(), parent.as_ref())?;
    let kind = process
        .flow(it.flow.as_str())
        .ok_or_else(|| workflow::Refusal::UnknownFlow(it.flow.to_string()))?
        .subject;
    let owners: BTreeSet<OrganisationId> = it.owners.iter().copied().collect();
    let actor = actor(tx.state(), &it.by, kind, &owners)?;
    if kind == SubjectKind::Organisation {
        first_case_of(tx, it)?;
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
        changed_at: context.at.index,
        case,
    };
    tx.put(Key::Case(it.case), Value::Case(Box::new(opened)));
    Ok(())
}

fn is_ascending<T: Ord>(list: &[T]) -> bool {
    list.windows(2).all(|pair| pair[0] < pair[1])
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

/// The actor as the process sees it: of the organisation type that the registry knows, and of an organisation that may
/// act. One that is not registered, or suspended, may act in its own case only.
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
    let standing = state.organisation_standing(by.organisation);
    let is_own = kind == SubjectKind::Organisation && owners.contains(&by.organisation);
    let may = match standing {
        Standing::Active => true,
        Standing::Pending | Standing::Suspended => is_own,
        Standing::Closed => false,
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

/// An organisation pursues one registration at a time, and only while it has none.
fn first_case_of(tx: &mut Tx<'_>, it: &CaseOpened) -> Result<(), Refusal> {
    let [organisation] = it.owners[..] else {
        return Err(Refusal::Act(
            "the case of an organisation has that one owner",
        ));
    };
    if tx.state().organisation_standing(organisation) != Standing::Pending {
        return Err(Refusal::Act("the organisation is registered already"));
    }
    let key = Key::OrganisationCase(organisation);
    let before = tx.state().case(tx.state().count(&key));
    if before.is_some_and(|case| !has_ended(tx.state(), case)) {
        return Err(Refusal::Act(
            "another case of this organisation is under way",
        ));
    }
    tx.put(key, Value::Count(it.case));
    Ok(())
}

fn has_ended(state: &State, case: &RegistryCase) -> bool {
    let process = state.process_of(&case.case.process);
    let stage = process
        .and_then(|it| it.flow(&case.case.flow))
        .and_then(|flow| flow.stages.iter().find(|it| it.id == case.case.stage));
    stage.is_some_and(|stage| stage.end.is_some())
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
    let Some(by) = &it.by else {
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
    Ok(workflow::act(process, &known.case, &actor, &act)?)
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

pub(super) fn case_act(tx: &mut Tx<'_>, context: Context, it: &CaseAct) -> Result<(), Refusal> {
    let mut outcome = outcome_of(tx.state(), context.time_ms, it)?;
    let mut known = known_case(tx.state(), it.case)?.clone();
    if known.kind != SubjectKind::Project {
        active_project(tx.state(), known.project)?;
    }
    if let Some(certifier) = it.names {
        known_organisation(tx, certifier)?;
    }
    known.verified = verified_after(tx.state(), it, &known)?;
    let verified = verified_of(tx.state(), &known).to_vec();
    for due in &outcome.effects {
        effect(tx, &mut known, due.effect, &verified)?;
    }
    outcome.case.history.clear();
    known.case = outcome.case;
    known.acts += 1;
    known.changed_at = context.at.index;
    tx.put(Key::Case(it.case), Value::Case(Box::new(known)));
    Ok(())
}

/// What the case's verified tonnes are after an act.
///
/// They stand with the act that fills in the form which an issuance later reads: so the one who verifies says them, and
/// nobody after that can say others.
pub(in crate::registry) fn verified_after(
    state: &State,
    it: &CaseAct,
    known: &RegistryCase,
) -> Result<Vec<YearTonnes>, Refusal> {
    if it.amounts.len() > MAX_SET || !is_by_year(&it.amounts) {
        return Err(Refusal::Act(
            "the vintages must stand in ascending order, each once, with at least one tonne",
        ));
    }
    match (says_verified(state, it, known)?, it.amounts.is_empty()) {
        (true, true) => Err(Refusal::Act(
            "it must say the verified tonnes of each vintage",
        )),
        (false, false) => Err(Refusal::Act(
            "the verified tonnes stand with the step that verifies, and only there",
        )),
        (true, false) => Ok(it.amounts.clone()),
        (false, true) => Ok(known.verified.clone()),
    }
}

fn says_verified(state: &State, it: &CaseAct, known: &RegistryCase) -> Result<bool, Refusal> {
    let process = state
        .process_of(&known.case.process)
        .ok_or(Refusal::NoProcess)?;
    let form = process
        .flow(&known.case.flow)
        .and_then(|flow| flow.steps.iter().find(|step| step.id == it.step.as_str()))
        .and_then(|step| step.form.as_deref());
    let reads = |rule: &EffectRule| {
        let field = rule.field.as_deref().and_then(|it| it.split_once('.'));
        rule.effect.is_issuance() && field.map(|(form, _)| form) == form
    };
    let mut steps = process.flows.iter().flat_map(|flow| &flow.steps);
    Ok(!it.no && form.is_some() && steps.any(|step| step.effects.iter().any(reads)))
}

/// The verified tonnes of a case, or of the case that it belongs to.
pub(in crate::registry) fn verified_of<'a>(
    state: &'a State,
    known: &'a RegistryCase,
) -> &'a [YearTonnes] {
    let mut case = known;
    while case.verified.is_empty() {
        // A parent's number is lower than its child's, so this ends.
        match case.parent.and_then(|number| state.case(number)) {
            Some(parent) => case = parent,
            None => return &[],
        }
    }
    &case.verified
}

fn effect(
    tx: &mut Tx<'_>,
    known: &mut RegistryCase,
    effect: Effect,
    verified: &[YearTonnes],
) -> Result<(), Refusal> {
    match effect {
        Effect::Register if known.kind == SubjectKind::Project => register_project(tx, known),
        Effect::Register | Effect::Reactivate => set_standing(tx, known, Standing::Active),
        Effect::Suspend => set_standing(tx, known, Standing::Suspended),
        Effect::Close => set_standing(tx, known, Standing::Closed),
        Effect::AllowIssuance => allow_issuance(tx, known, verified),
        Effect::Issue => verified
            .iter()
            .try_for_each(|amount| issuable(tx.state(), project_of(known)?, *amount).map(drop)),
        // In the case itself, in the acts, or in the records that the writer adds behind the act.
        Effect::Publish
        | Effect::AssignCertifier
        | Effect::Authorise
        | Effect::RevokeAuthorisation
        | Effect::OpenCreditingPeriod
        | Effect::Reserve
        | Effect::Release
        | Effect::Transfer
        | Effect::Retire => Ok(()),
    }
}

/// The project gets the next national number; its owners' first is the one that the register names.
fn register_project(tx: &mut Tx<'_>, known: &mut RegistryCase) -> Result<(), Refusal> {
    if known.project.is_some() {
        return Ok(());
    }
    let subject = &known.case.subject;
    let (Some(organisation), Some(scope)) =
        (subject.owners.first().copied(), subject.scopes.first())
    else {
        return Err(Refusal::Act(
            "a project that is registered has an owner and a sectoral scope",
        ));
    };
    let last = tx.state().projects().next_back().map_or(0, |it| it.number);
    let number = last.checked_add(1).ok_or(Refusal::Overflow)?;
    let project = Project {
        number,
        organisation,
        title: known.title.clone(),
        scope: *scope,
    };
    known.project = Some(number);
    tx.put(Key::Project(number), Value::Project(project));
    Ok(())
}

fn set_standing(tx: &mut Tx<'_>, known: &RegistryCase, standing: Standing) -> Result<(), Refusal> {
    if let Some(project) = known.project.filter(|_| known.kind == SubjectKind::Project) {
        tx.put(Key::ProjectStanding(project), Value::Standing(standing));
    }
    if known.kind == SubjectKind::Organisation {
        for organisation in &known.case.subject.owners {
            let key = Key::OrganisationStanding(*organisation);
            tx.put(key, Value::Standing(standing));
        }
    }
    Ok(())
}

fn project_of(known: &RegistryCase) -> Result<u32, Refusal> {
    known
        .project
        .ok_or(Refusal::Act("its case belongs to no registered project"))
}

fn allow_issuance(
    tx: &mut Tx<'_>,
    known: &RegistryCase,
    amounts: &[YearTonnes],
) -> Result<(), Refusal> {
    let project = project_of(known)?;
    if amounts.is_empty() {
        return Err(Refusal::Act("nothing was verified that could be issued"));
    }
    for YearTonnes { year, tonnes } in amounts {
        let before = tx.state().issuable(project, *year);
        let after = before.checked_add(*tonnes).ok_or(Refusal::Overflow)?;
        tx.put(Key::Issuable(project, *year), Value::Count(after));
    }
    Ok(())
}

/// What is left to issue of a project and vintage once `amount` is taken from it.
fn issuable(state: &State, project: u32, amount: YearTonnes) -> Result<u64, Refusal> {
    let YearTonnes { year, tonnes } = amount;
    let issuable = state.issuable(project, year);
    issuable.checked_sub(tonnes).ok_or(Refusal::NotVerified {
        project,
        year,
        issuable,
        wanted: tonnes,
    })
}

/// Takes an issuance from what was verified. Without a process there is no verification, and the authority answers for
/// what it issues.
pub(super) fn take_verified(
    tx: &mut Tx<'_>,
    project: u32,
    amount: YearTonnes,
) -> Result<(), Refusal> {
    if tx.state().process().is_none() {
        return Ok(());
    }
    active_project(tx.state(), Some(project))?;
    let left = issuable(tx.state(), project, amount)?;
    tx.put(Key::Issuable(project, amount.year), Value::Count(left));
    Ok(())
}

/// Whether an organisation may open accounts and dispose of what is in them.
pub(super) fn active_organisation(
    state: &State,
    organisation: OrganisationId,
) -> Result<(), Refusal> {
    match state.organisation_standing(organisation) {
        Standing::Active => Ok(()),
        standing => Err(Refusal::OrganisationStanding {
            organisation,
            standing: standing.name(),
        }),
    }
}
