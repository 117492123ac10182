//! What a step uses has been asked before, on every way that leads to it.
//!
//! A forward analysis: a fact holds at a stage when every way to the stage establishes it. The facts are the required
//! fields of forms, "verified", and "covered". Stages start with all facts (written `None`) and lose them until nothing changes.

use super::super::model::{Answer, EffectRule, Flow, Process, Step};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::super::vocabulary::{Effect, StepKind};
use super::{flow_path, step_path};
use std::collections::{BTreeMap, BTreeSet};

/// No form field has these names.
const VERIFIED: &str = "(verified)";
const COVERED: &str = "(covered)";

type Facts = BTreeSet<String>;

pub(super) fn check(process: &Process, flow: &Flow, notes: &mut Notes) {
    let mut told = BTreeSet::new();
    for track in flow.ways() {
        let Some(start) = start(process, flow, track, process.flows.len()) else {
            let on = track.map_or_else(String::new, |track| format!(" on the track {track:?}"));
            let message = format!("no case of the parent ever comes to one of its stages{on}");
            let mend = "name stages that the parent reaches, or limit the flow's tracks".to_owned();
            notes.on(
                ProblemKind::UnreachableStage,
                &format!("{}.parent", flow_path(flow)),
                message,
                mend,
            );
            continue;
        };
        let facts = facts(process, flow, track, start);
        for step in flow.steps.iter().filter(|step| step.is_on(track)) {
            for before in step
                .from
                .iter()
                .filter_map(|stage| facts.get(stage.as_str()))
            {
                check_step(process, flow, step, before, &mut told, notes);
            }
        }
    }
}

/// What is known when a case begins; `None` when none can begin on this track.
fn start(process: &Process, flow: &Flow, track: Option<&str>, depth: usize) -> Option<Facts> {
    let Some(parent) = &flow.parent else {
        return Some(Facts::new());
    };
    let above = process.flow(&parent.flow)?;
    // A tracked case lies below one on its own track; any other may lie below a case on any track.
    let ways = above.ways().into_iter();
    let ways = ways.filter(|way| way.is_none() || track.is_none() || *way == track);
    let known = ways.filter_map(|way| {
        let first = start(process, above, way, depth.checked_sub(1)?)?;
        let facts = facts(process, above, way, first);
        let here = parent
            .stages
            .iter()
            .filter_map(|stage| facts.get(stage.as_str()));
        here.cloned().reduce(|one, other| &one & &other)
    });
    known.reduce(|one, other| &one & &other)
}

/// The facts of every stage that can be reached.
fn facts<'a>(
    process: &'a Process,
    flow: &'a Flow,
    track: Option<&str>,
    start: Facts,
) -> BTreeMap<&'a str, Facts> {
    let mut known = BTreeMap::from([(flow.first.as_str(), start)]);
    loop {
        let mut changed = false;
        for step in flow.steps.iter().filter(|step| step.is_on(track)) {
            for from in &step.from {
                let Some(before) = known.get(from.as_str()) else {
                    continue;
                };
                let (yes, no) = after(process, step, before);
                let edges = std::iter::once((&step.to, yes))
                    .chain(step.no.as_ref().map(|answer| (&answer.to, no)));
                for (target, facts) in edges {
                    changed |= meet(&mut known, target, facts);
                }
            }
        }
        if !changed {
            return known;
        }
    }
}

fn meet<'a>(known: &mut BTreeMap<&'a str, Facts>, stage: &'a str, facts: Facts) -> bool {
    let Some(old) = known.get_mut(stage) else {
        known.insert(stage, facts);
        return true;
    };
    let count = old.len();
    old.retain(|fact| facts.contains(fact));
    old.len() != count
}

/// What is known after a yes and after a no.
fn after(process: &Process, step: &Step, before: &Facts) -> (Facts, Facts) {
    let mut facts = before.clone();
    facts.extend(asked(process, step));
    if matches!(step.kind, StepKind::Submit | StepKind::Resubmit) {
        // What was verified before is not what is handed in now.
        facts.remove(VERIFIED);
        facts.remove(COVERED);
    }
    let no = facts.clone();
    if step.has_effect(Effect::CoverPeriod) {
        facts.insert(COVERED.to_owned());
    }
    if step.kind == StepKind::Verify {
        facts.insert(VERIFIED.to_owned());
    }
    (facts, no)
}

/// The fields that the step's own form surely asks.
fn asked(process: &Process, step: &Step) -> Vec<String> {
    let form = step.form.as_deref().and_then(|id| process.form(id));
    let required = form.into_iter().flat_map(|form| {
        let fields = form.schema.fields().iter().filter(|field| field.required);
        fields.map(|field| format!("{}.{}", form.id, field.name))
    });
    required.collect()
}

fn check_step(
    process: &Process,
    flow: &Flow,
    step: &Step,
    before: &Facts,
    told: &mut BTreeSet<String>,
    notes: &mut Notes,
) {
    let path = step_path(flow, &step.id);
    let mut here = before.clone();
    here.extend(asked(process, step));
    let mut missing = |key: &str, user: &str, field: &str, facts: &Facts| {
        let path = format!("{path}.{key}");
        if facts.contains(field) || !told.insert(format!("{path} {field}")) {
            return;
        }
        let message = format!(
            "{user} needs the field {field:?}, and on some way to here no form has surely asked it"
        );
        notes.on(
            ProblemKind::FieldNotAsked,
            &path,
            message,
            "require it in a form of an earlier step on every way".to_owned(),
        );
    };
    for field in &step.needs {
        missing("needs", "the step", field, before);
    }
    let no = step.no.as_ref().map(
        |Answer {
             letters, effects, ..
         }| ("no.letters", letters, "no.effects", effects),
    );
    for (letters_key, letters, effects_key, effects) in
        std::iter::once(("letters", &step.letters, "effects", &step.effects)).chain(no)
    {
        for letter in process
            .letters
            .iter()
            .filter(|letter| letters.contains(&letter.id))
        {
            for field in &letter.needs {
                missing(
                    letters_key,
                    &format!("the letter {:?}", letter.id),
                    field,
                    &here,
                );
            }
        }
        for EffectRule { effect, field } in effects {
            if let Some(field) = field {
                missing(effects_key, &format!("the effect {effect}"), field, &here);
            }
        }
    }
    issuance(step, &path, before, told, notes);
}

/// Units come into being only for a period that was handed in and then verified.
fn issuance(
    step: &Step,
    path: &str,
    before: &Facts,
    told: &mut BTreeSet<String>,
    notes: &mut Notes,
) {
    let mut on_no = step.no.iter().flat_map(|answer| &answer.effects);
    let on_no = on_no.any(|rule| rule.effect.is_issuance());
    let on_yes = step.effects.iter().any(|rule| rule.effect.is_issuance());
    let unverified = (on_yes && step.kind != StepKind::Verify) || on_no;
    if unverified && !before.contains(VERIFIED) && told.insert(path.to_owned()) {
        let message =
            "units would be issued, and on some way to here nothing was verified".to_owned();
        notes.on(
            ProblemKind::IssuanceUnverified,
            path,
            message,
            "put a step of kind verify on every way before it".to_owned(),
        );
    }
    if (on_yes || on_no) && !before.contains(COVERED) && told.insert(format!("{path} period")) {
        let message =
            "units would be issued, and on some way to here no period was stated".to_owned();
        notes.on(
            ProblemKind::IssuanceWithoutPeriod,
            path,
            message,
            "add the effect cover-period to every step that submits the monitoring period"
                .to_owned(),
        );
    }
}
