//! What a step names is there, and fits the flow that the step is in.

use super::super::model::{ActorRule, Answer, EffectRule, Flow, Process, Step};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::super::vocabulary::{Scope, StepKind, SubjectKind};
use super::references::{ancestors, fields, known, role_in, tracks};
use super::step_path;

pub(super) fn check(process: &Process, flow: &Flow, step: &Step, notes: &mut Notes) {
    let path = step_path(flow, &step.id);
    let at = |key: &str| format!("{path}.{key}");
    let is_stage = |id: &str| flow.stage(id).is_some();
    tracks(notes, &path, &step.tracks, |id| {
        flow.tracks.iter().any(|track| track == id)
    });
    known(notes, &at("from"), "stage", &step.from, is_stage);
    known(notes, &at("to"), "stage", [&step.to], is_stage);
    known(notes, &at("form"), "form", &step.form, |id| {
        process.form(id).is_some()
    });
    known(notes, &at("documents"), "document", &step.documents, |id| {
        process.documents.iter().any(|kind| kind.id == id)
    });
    known(notes, &at("letters"), "letter", &step.letters, |id| {
        process.letters.iter().any(|letter| letter.id == id)
    });
    known(notes, &at("fees"), "fee", &step.fees, |id| {
        process.fees.iter().any(|fee| fee.id == id)
    });
    fields(process, notes, &at("needs"), &step.needs);
    effects(process, flow, notes, &at("effects"), &step.effects);
    if let Some(Answer {
        to,
        letters,
        effects: rules,
    }) = &step.no
    {
        known(notes, &at("no.to"), "stage", [to], is_stage);
        known(notes, &at("no.letters"), "letter", letters, |id| {
            process.letters.iter().any(|letter| letter.id == id)
        });
        effects(process, flow, notes, &at("no.effects"), rules);
    }
    for (number, rule) in step.by.iter().enumerate() {
        actor(process, flow, notes, &at(&format!("by.{number}")), rule);
    }
    known(
        notes,
        &at("reviews_by"),
        "actor type in by",
        &step.reviews_by,
        |id| step.by.iter().any(|rule| rule.organisation_type == id),
    );
    separations(process, flow, step, notes);
    deadline(flow, step, notes);
}

fn effects(process: &Process, flow: &Flow, notes: &mut Notes, path: &str, rules: &[EffectRule]) {
    fields(
        process,
        notes,
        path,
        rules.iter().filter_map(|rule| rule.field.as_ref()),
    );
    for rule in rules.iter().filter(|rule| !rule.effect.fits(flow.subject)) {
        let message = format!(
            "{} cannot follow from a flow about a {}",
            rule.effect, flow.subject
        );
        notes.on(
            ProblemKind::EffectUnfit,
            path,
            message,
            "move the effect to the flow whose subject it changes".to_owned(),
        );
    }
}

fn actor(process: &Process, flow: &Flow, notes: &mut Notes, path: &str, rule: &ActorRule) {
    known(
        notes,
        path,
        "organisation type",
        [&rule.organisation_type],
        |id| process.organisation_type(id).is_some(),
    );
    for role in &rule.roles {
        role_in(process, notes, path, role, &rule.organisation_type);
    }
    let sectoral = process
        .organisation_type(&rule.organisation_type)
        .is_some_and(|kind| kind.sectoral);
    let fits = match rule.scope {
        Scope::Own | Scope::Any => true,
        Scope::Sector => sectoral && flow.subject != SubjectKind::Organisation,
        Scope::Counterparty => flow.subject == SubjectKind::TransferRequest,
        Scope::Assigned => flow.subject != SubjectKind::Organisation,
    };
    if !fits {
        let message = format!(
            "the scope {} means nothing for a {} in a flow about a {}",
            rule.scope, rule.organisation_type, flow.subject
        );
        notes.on(
            ProblemKind::BadValue,
            path,
            message,
            "use any or own; sector needs a type with sectoral = true".to_owned(),
        );
    }
}

fn separations(process: &Process, flow: &Flow, step: &Step, notes: &mut Notes) {
    let reachable: Vec<&Flow> = std::iter::once(flow)
        .chain(ancestors(process, flow).unwrap_or_default())
        .collect();
    for (number, apart) in step.apart.iter().enumerate() {
        let path = format!("{}.apart.{number}", step_path(flow, &step.id));
        let Some(other) = reachable.iter().find(|flow| flow.id == apart.flow) else {
            let message = format!("{:?} is neither this flow nor one above it", apart.flow);
            notes.on(
                ProblemKind::UnknownId,
                &path,
                message,
                "name this flow, or a parent's".to_owned(),
            );
            continue;
        };
        known(notes, &path, "step", [&apart.step], |id| {
            other.step(id).is_some()
        });
        if other.id == flow.id && apart.step == step.id {
            let message = "a step is to be kept apart from itself".to_owned();
            notes.on(
                ProblemKind::BadValue,
                &path,
                message,
                "take it out: no user approves twice anyway".to_owned(),
            );
        }
    }
}

fn deadline(flow: &Flow, step: &Step, notes: &mut Notes) {
    let path = step_path(flow, &step.id);
    if let Some(then) = step
        .deadline
        .as_ref()
        .and_then(|deadline| deadline.then.as_ref())
    {
        let next = flow
            .step(then)
            .filter(|next| next.kind == StepKind::Automatic);
        let follows = next.is_some_and(|next| {
            step.from.iter().all(|stage| next.from.contains(stage))
                && covers(&next.tracks, &step.tracks)
        });
        if !follows {
            let message =
                format!("{then:?} is no automatic step that can be done wherever this one waits");
            let mend = "name a step of kind automatic with the same from and tracks".to_owned();
            notes.on(
                ProblemKind::AutomaticStep,
                &format!("{path}.deadline"),
                message,
                mend,
            );
        }
    }
    let named = |other: &Step| {
        other
            .deadline
            .as_ref()
            .and_then(|deadline| deadline.then.as_ref())
            == Some(&step.id)
    };
    if step.kind == StepKind::Automatic && !flow.steps.iter().any(named) {
        let message = "no deadline leads to this automatic step".to_owned();
        notes.on(
            ProblemKind::AutomaticStep,
            &path,
            message,
            "name it in a deadline's then, or take it out".to_owned(),
        );
    }
}

fn covers(wide: &[String], narrow: &[String]) -> bool {
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|id| wide.contains(id)))
}
