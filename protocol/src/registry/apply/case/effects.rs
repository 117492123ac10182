//! What a step brings about in the registry.

use std::sync::Arc;

use super::approved::approve;
use super::due::issue;
use super::period::{cover, open_crediting_period};
use super::reserved::{release, reserve};
use super::suspension::stand;
use super::verified::allow_issuance;
use crate::id::OrganisationId;
use crate::record::{CaseAct, Project, YearTonnes};
use crate::registry::apply::Context;
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, Standing, State, Value};
use crate::workflow::{Effect, Process, SubjectKind};

/// The act that brings the effect, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Cause<'a> {
    pub(super) context: Context,
    pub(super) act: &'a CaseAct,
}

pub(super) fn effect(
    tx: &mut Tx<'_>,
    cause: Cause<'_>,
    known: &mut RegistryCase,
    effect: Effect,
    verified: &[YearTonnes],
) -> Result<(), Refusal> {
    match effect {
        Effect::Register if known.kind == SubjectKind::Project => register_project(tx, known),
        Effect::Register | Effect::Reactivate => {
            set_standing(tx, cause.context, known, Standing::Active)
        }
        Effect::Suspend => set_standing(tx, cause.context, known, Standing::Suspended),
        Effect::Close => set_standing(tx, cause.context, known, Standing::Closed),
        Effect::AllowIssuance => allow_issuance(tx, known, verified),
        Effect::Issue => issue(tx, known, verified),
        Effect::Reserve => reserve(tx, cause.context, known, cause.act),
        Effect::Release => release(tx, cause.context, known),
        Effect::Transfer | Effect::Retire | Effect::Send => {
            approve(tx, cause.context, known, effect)
        }
        Effect::OpenCreditingPeriod => open_crediting_period(tx, known),
        Effect::CoverPeriod => cover(tx, known, cause.act),
        Effect::Publish => {
            known.published = true;
            Ok(())
        }
        // In the case itself or in the acts.
        Effect::AssignCertifier | Effect::Authorise | Effect::RevokeAuthorisation => Ok(()),
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
    tx.put(Key::ProjectCase(number), Value::Count(known.number));
    Ok(())
}

fn set_standing(
    tx: &mut Tx<'_>,
    context: Context,
    known: &RegistryCase,
    standing: Standing,
) -> Result<(), Refusal> {
    if let Some(project) = known.project.filter(|_| known.kind == SubjectKind::Project) {
        tx.put(Key::ProjectStanding(project), Value::Standing(standing));
    }
    if known.kind == SubjectKind::Organisation {
        for organisation in &known.case.subject.owners {
            stand(tx, context, *organisation, standing)?;
        }
    }
    Ok(())
}

/// Whether an organisation may open accounts and dispose of what is in them.
pub(in crate::registry::apply) fn active_organisation(
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

/// Under a process that has a flow for it, a transfer or retirement is made by a case and not beside it.
pub(in crate::registry::apply) fn not_by_process(
    state: &State,
    kind: SubjectKind,
    what: &'static str,
) -> Result<(), Refusal> {
    let has_flow = |process: &Arc<Process>| process.flows.iter().any(|flow| flow.subject == kind);
    if state.process().is_some_and(has_flow) {
        return Err(Refusal::ByProcess(what));
    }
    Ok(())
}
