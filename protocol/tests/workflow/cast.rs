//! Who may try a step: every type and role, related to the subject in every way.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{
    Act, Actor, Case, Decision, Effect, FilledForm, Process, Step, Subject,
};
use serde_json::json;
use std::collections::BTreeSet;

pub(crate) const OWNER: OrganisationId = OrganisationId(10);
pub(crate) const COUNTERPARTY: OrganisationId = OrganisationId(20);
pub(crate) const STRANGER: OrganisationId = OrganisationId(90);
/// Organisations of one type have this base, so that two types never share one.
const TYPE_BASE: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    Owner,
    Assigned,
    Counterparty,
    Sector,
    Stranger,
}

pub(crate) const RELATIONS: [Relation; 5] = [
    Relation::Owner,
    Relation::Assigned,
    Relation::Counterparty,
    Relation::Sector,
    Relation::Stranger,
];

impl Relation {
    /// Whether an organisation in this relation fits a scope, by the words of the process file format.
    pub(crate) fn fits(self, scope: &str) -> bool {
        match scope {
            "own" => self == Self::Owner,
            "assigned" => self == Self::Assigned,
            "counterparty" => self == Self::Counterparty,
            "sector" => self == Self::Sector,
            "any" => true,
            other => panic!("scope {other}"),
        }
    }
}

pub(crate) fn scopes(numbers: &[u8]) -> BTreeSet<SectoralScope> {
    numbers
        .iter()
        .map(|number| SectoralScope::new(*number).unwrap())
        .collect()
}

pub(crate) fn subject() -> Subject {
    Subject {
        id: "7".into(),
        owners: BTreeSet::from([OWNER]),
        certifier: None,
        counterparty: Some(COUNTERPARTY),
        scopes: scopes(&[3, 13]),
    }
}

/// The organisation in a relation to a case; `None` where the case has none.
fn organisation(case: &Case, kind: u32, relation: Relation) -> Option<OrganisationId> {
    match relation {
        Relation::Owner => Some(OWNER),
        Relation::Assigned => case.subject.certifier,
        Relation::Counterparty => Some(COUNTERPARTY),
        Relation::Sector => Some(OrganisationId(TYPE_BASE + kind)),
        Relation::Stranger => Some(OrganisationId(STRANGER.0 + kind)),
    }
}

pub(crate) fn actor(
    process: &Process,
    case: &Case,
    kind: &str,
    role: &str,
    relation: Relation,
    user: u64,
) -> Option<Actor> {
    let at = process
        .organisation_types
        .iter()
        .position(|known| known.id == kind)?;
    Some(Actor {
        user,
        organisation: organisation(case, u32::try_from(at).unwrap(), relation)?,
        organisation_type: kind.to_owned(),
        role: role.to_owned(),
        scopes: if relation == Relation::Sector {
            scopes(&[13])
        } else {
            scopes(&[1])
        },
    })
}

/// An act that brings along everything the step asks. Every certifier assigned is another one than before.
pub(crate) fn full_act(process: &Process, case: &Case, step: &Step, decision: Decision) -> Act {
    let mut act = Act::yes(&step.id, case.latest_ms + 1_000);
    act.decision = decision;
    act.comment = Some([1; 32]);
    act.documents = step
        .documents
        .iter()
        .map(|kind| (kind.clone(), [2; 32]))
        .collect();
    let mut instance = step
        .form
        .as_ref()
        .map(|form| process.form(form).unwrap().schema.example());
    if decision == Decision::Yes && step.has_effect(Effect::AssignCertifier) {
        let next = case.subject.certifier.map_or(30, |before| before.0 + 1);
        act.names = Some(OrganisationId(next));
        let rule = step
            .effects
            .iter()
            .find(|rule| rule.effect == Effect::AssignCertifier)
            .unwrap();
        let (form, field) = rule.field.as_ref().unwrap().split_once('.').unwrap();
        if step.form.as_deref() == Some(form) {
            instance.as_mut().unwrap()[field] = json!(next);
        }
    }
    act.form = instance.map(|instance| FilledForm::Open {
        instance,
        commitment: [3; 32],
    });
    act
}
