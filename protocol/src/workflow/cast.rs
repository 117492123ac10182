//! The invented people of a walk: whoever a step asks for, each somebody new.

use super::case::{Act, Actor, Case, Decision, FilledForm, Outcome, Subject};
use super::engine::{act, start};
use super::model::{ActorRule, Flow, Process, Step};
use super::refusal::Refusal;
use super::schema::Kind;
use super::simulate::{Walk, WalkLine};
use super::vocabulary::{Effect, Scope, StepKind};
use super::waiting::{DAY_MS, timer};
use crate::id::OrganisationId;
use crate::serial::SectoralScope;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const OWNER: OrganisationId = OrganisationId(1);
const COUNTERPARTY: OrganisationId = OrganisationId(2);
const FIRST_CERTIFIER: u32 = 1_000;
const FIRST_OTHER: u32 = 100;

/// Invented people, each new.
pub(super) struct Cast<'a> {
    process: &'a Process,
    users: u64,
}

impl<'a> Cast<'a> {
    pub(super) fn new(process: &'a Process) -> Self {
        Self { process, users: 0 }
    }

    /// Begins a case, below one that is brought to the right stage where the flow has a parent.
    pub(super) fn begin(
        &mut self,
        flow: &Flow,
        track: Option<&str>,
        depth: usize,
    ) -> Result<Case, Refusal> {
        let above = flow
            .parent
            .as_ref()
            .and_then(|parent| Some((parent, self.process.flow(&parent.flow)?)));
        let parent = match (above, depth.checked_sub(1)) {
            (Some((parent, above)), Some(depth)) => {
                let way = above
                    .ways()
                    .into_iter()
                    .find(|way| track.is_none() || way.is_none() || *way == track);
                let mut walk = Walk {
                    lines: Vec::new(),
                    case: self.begin(above, way.flatten(), depth)?,
                };
                for (step, decision) in shortest(above, way.flatten(), &parent.stages) {
                    self.step(&mut walk, step, decision)?;
                }
                Some(walk.case)
            }
            _ => None,
        };
        // Where no step assigns a certifier, the subject comes with one.
        let assigns = flow
            .steps
            .iter()
            .any(|step| step.has_effect(Effect::AssignCertifier));
        let given = !assigns && parent.is_none();
        let subject = Subject {
            id: "1".to_owned(),
            owners: BTreeSet::from([OWNER]),
            certifier: given.then_some(OrganisationId(FIRST_CERTIFIER)),
            counterparty: Some(COUNTERPARTY),
            scopes: SectoralScope::new(1).into_iter().collect(),
        };
        let time_ms = parent.as_ref().map_or(0, |case| case.latest_ms);
        let mut refused = Refusal::UnknownFlow(flow.id.clone());
        for rule in flow
            .steps_from(&flow.first, track)
            .flat_map(|step| &step.by)
        {
            let certifier = parent.as_ref().and_then(|case| case.subject.certifier);
            let actor = self.actor(rule, certifier);
            match start(
                self.process,
                &flow.id,
                track,
                subject.clone(),
                parent.as_ref(),
                &actor,
                time_ms,
            ) {
                Ok(case) => return Ok(case),
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused)
    }

    fn actor(&mut self, rule: &ActorRule, certifier: Option<OrganisationId>) -> Actor {
        self.users += 1;
        let types = &self.process.organisation_types;
        let at = types
            .iter()
            .position(|kind| kind.id == rule.organisation_type);
        let other = FIRST_OTHER + u32::try_from(at.unwrap_or_default()).unwrap_or_default();
        Actor {
            user: self.users,
            organisation: match rule.scope {
                Scope::Own => OWNER,
                Scope::Counterparty => COUNTERPARTY,
                Scope::Assigned => certifier.unwrap_or(OrganisationId(FIRST_CERTIFIER)),
                Scope::Sector | Scope::Any => OrganisationId(other),
            },
            organisation_type: rule.organisation_type.clone(),
            role: rule.roles.first().cloned().unwrap_or_default(),
            scopes: SectoralScope::new(1).into_iter().collect(),
        }
    }

    /// Does a step with all the votes that it takes.
    pub(super) fn step(
        &mut self,
        walk: &mut Walk,
        step: &Step,
        decision: Decision,
    ) -> Result<(), Refusal> {
        let from = walk.case.stage.clone();
        let mut by = Vec::new();
        let outcome = loop {
            let time_ms = walk.case.latest_ms.saturating_add(DAY_MS);
            let outcome = if step.kind == StepKind::Automatic {
                self.wait(&walk.case, step)?
            } else {
                let next = step.reviews_by.get(by.len());
                let rule = step
                    .by
                    .iter()
                    .find(|rule| next.is_none_or(|kind| &rule.organisation_type == kind));
                let Some(rule) = rule else {
                    return Err(Refusal::Automatic(step.id.clone()));
                };
                by.push(format!(
                    "{}/{}",
                    rule.organisation_type,
                    rule.roles.first().map_or("", String::as_str)
                ));
                let actor = self.actor(rule, walk.case.subject.certifier);
                act(
                    self.process,
                    &walk.case,
                    &actor,
                    &self.full_act(&walk.case, step, decision, time_ms),
                )?
            };
            if outcome.completed {
                break outcome;
            }
            walk.case = outcome.case;
        };
        let mut brings: Vec<String> = outcome
            .effects
            .iter()
            .map(|due| due.effect.to_string())
            .collect();
        brings.extend(
            outcome
                .letters
                .iter()
                .map(|letter| format!("letter {letter}")),
        );
        brings.extend(outcome.fees.iter().map(|fee| format!("fee {fee}")));
        let day = outcome.case.latest_ms / DAY_MS;
        walk.lines.push(WalkLine {
            day,
            step: step.id.clone(),
            decision,
            by,
            from,
            to: outcome.case.stage.clone(),
            brings,
        });
        walk.case = outcome.case;
        Ok(())
    }

    /// Lets time pass until the deadline that leads to an automatic step.
    fn wait(&self, case: &Case, step: &Step) -> Result<Outcome, Refusal> {
        let refused = || Refusal::Automatic(step.id.clone());
        let flow = self.process.flow(&case.flow).ok_or_else(refused)?;
        let waits = flow
            .steps_from(&case.stage, case.track.as_deref())
            .filter_map(|other| other.deadline.as_ref());
        let days = waits
            .filter(|deadline| deadline.then.as_ref() == Some(&step.id))
            .map(|deadline| deadline.days)
            .max();
        let due = case
            .since_ms
            .saturating_add(u64::from(days.ok_or_else(refused)?) * DAY_MS);
        let outcome = timer(self.process, case, due.max(case.latest_ms))?;
        outcome.ok_or_else(refused)
    }

    /// An act with the smallest form that is right, every document and a comment.
    fn full_act(&self, case: &Case, step: &Step, decision: Decision, time_ms: u64) -> Act {
        let form = step.form.as_deref().and_then(|id| self.process.form(id));
        let mut instance = form.map(|form| form.schema.example());
        let rule = step
            .effects
            .iter()
            .find(|rule| rule.effect == Effect::AssignCertifier);
        let names = rule.filter(|_| decision == Decision::Yes).map(|_| {
            OrganisationId(
                case.subject
                    .certifier
                    .map_or(FIRST_CERTIFIER, |before| before.0.saturating_add(1)),
            )
        });
        let field = rule.and_then(|rule| rule.field.as_deref()?.split_once('.'));
        if let (Some(name), Some((id, field)), Some(form), Some(Value::Object(fields))) =
            (names, field, form, &mut instance)
            && form.id == id
        {
            let text = form
                .schema
                .field(field)
                .is_some_and(|field| matches!(field.node.kind, Kind::Text { .. }));
            let value = if text {
                json!(name.to_string())
            } else {
                json!(name.0)
            };
            fields.insert(field.to_owned(), value);
        }
        Act {
            step: step.id.clone(),
            decision,
            form: instance.map(|instance| FilledForm::Open {
                commitment: digest(&instance.to_string()),
                instance,
            }),
            documents: step
                .documents
                .iter()
                .map(|kind| (kind.clone(), digest(kind)))
                .collect(),
            comment: Some(digest("comment")),
            names,
            time_ms,
        }
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The fewest steps from the first stage to one of these.
fn shortest<'a>(
    flow: &'a Flow,
    track: Option<&'a str>,
    targets: &[String],
) -> Vec<(&'a Step, Decision)> {
    let mut ways: BTreeMap<&str, Vec<(&Step, Decision)>> =
        BTreeMap::from([(flow.first.as_str(), Vec::new())]);
    let mut open = std::collections::VecDeque::from([flow.first.as_str()]);
    while let Some(stage) = open.pop_front() {
        let way = ways.get(stage).cloned().unwrap_or_default();
        if targets.iter().any(|target| target == stage) {
            return way;
        }
        for step in flow
            .steps_from(stage, track)
            .filter(|step| step.kind != StepKind::Automatic)
        {
            let no = step
                .no
                .iter()
                .map(|answer| (answer.to.as_str(), Decision::No));
            for (target, decision) in std::iter::once((step.to.as_str(), Decision::Yes)).chain(no) {
                if !ways.contains_key(target) {
                    let mut longer = way.clone();
                    longer.push((step, decision));
                    ways.insert(target, longer);
                    open.push_back(target);
                }
            }
        }
    }
    Vec::new()
}
